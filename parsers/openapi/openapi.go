// Package openapi lifts OpenAPI documents with x-amazon-apigateway extensions
// into the model: files of their own, and bodies within CloudFormation, SAM and
// Terraform definitions.
//
// API Gateway imports more than the OpenAPI specification allows, and ignores
// much of what it does allow, so that documents are read as trees. The typed view
// of package typed is a second look.
//
// https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-swagger-extensions.html
package openapi

import (
	"strings"

	"github.com/apigwlint/apigwlint/model"
	"github.com/apigwlint/apigwlint/parsers/internal/embedded"
	"github.com/apigwlint/apigwlint/parsers/internal/iam"
	"github.com/apigwlint/apigwlint/parsers/internal/schema"
	"github.com/apigwlint/apigwlint/parsers/internal/tree"
	"github.com/apigwlint/apigwlint/tri"
	"github.com/apigwlint/apigwlint/value"
)

// An Import says how API Gateway is asked to import a document.
type Import struct {
	// BasePath is ignore (the default), prepend or split: what becomes of the
	// base path of the document.
	// https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-import-api-basePath.html
	BasePath value.Text
}

// Lift adds what an evaluated body defines to the API that it is imported into.
// What the API has already is kept: separate resources may stand beside a body.
func Lift(body *tree.Node, api *model.API) {
	Import{BasePath: value.NoText(api.Span)}.Lift(body, api)
}

// Lift is the function Lift for an import with settings.
func (i Import) Lift(body *tree.Node, api *model.API) {
	body = embedded.Document(body) // Terraform, and a template too, may give it as a string
	l := &lifter{api: api, doc: newDocument(body), body: body}
	l.lift(i)
}

// IsOpenAPI reports whether a document is in OpenAPI form: Swagger 2.0 or
// OpenAPI 3, with or without extensions.
func IsOpenAPI(root *tree.Node) bool {
	if version(root) == 0 {
		return false
	}
	for _, key := range []string{"paths", "info", "components", "webhooks"} {
		if root.Entry(key) != nil {
			return true
		}
	}
	return false
}

// version returns the major version of a document, 0 when it has none.
func version(root *tree.Node) int {
	for major, key := range map[int]string{2: "swagger", 3: "openapi"} {
		if s, ok := root.Get(key).Str(); ok {
			first, _, _ := strings.Cut(strings.TrimSpace(s), ".")
			if first == map[int]string{2: "2", 3: "3"}[major] {
				return major
			}
		}
	}
	return 0
}

// extension is how the names of API Gateway's extensions begin.
const extension = "x-amazon-apigateway-"

// Recognizes reports whether a document in OpenAPI form is written for API
// Gateway: it has one of its extensions where API Gateway reads them.
func Recognizes(root *tree.Node) bool {
	// The deepest are those of operations: paths, a path, an operation, the key.
	return IsOpenAPI(root) && extended(root, 4)
}

func extended(n *tree.Node, depth int) bool {
	if n == nil || depth == 0 {
		return false
	}
	for _, e := range n.Entries {
		if strings.HasPrefix(e.Key, extension) || extended(e.Value, depth-1) {
			return true
		}
	}
	for _, item := range n.Items {
		if extended(item, depth-1) {
			return true
		}
	}
	return false
}

// A lifter adds one document to an API.
type lifter struct {
	api  *model.API
	doc  *document
	body *tree.Node
	// alone says that the document is a file of its own, which may be rendered
	// by something before it is imported: placeholders are unknown values.
	alone bool

	routes     []*model.Route
	routesOpen bool
	schemes    map[string]*scheme

	meter    *schema.Meter       // of the document's schemas
	active   map[*tree.Node]bool // what references lead to, while it is rewritten
	expanded int                 // nodes that were rewritten
}

func (l *lifter) lift(i Import) {
	l.api.Document = tri.Yes
	if !l.body.Is(tree.Map) {
		open(l.api)
		return
	}
	if l.api.Kind == "" {
		l.api.Kind = kindOf(l.doc, l.body)
	}
	if l.api.Name.Present() == tri.No {
		l.api.Name = l.body.Get("info").TextOf("title")
	}
	l.meter = schema.New(l.follow)
	l.settings()
	l.authorizers()
	l.paths(basePath(l.doc, l.body, i.BasePath))
	l.api.Routes = l.api.Routes.With(l.routes...)
	if l.routesOpen {
		l.api.Routes = l.api.Routes.Opened()
	}
	if l.body.Open {
		open(l.api)
	}
}

// open says that an API may have anything that a document can define.
func open(api *model.API) {
	api.Routes = api.Routes.Opened()
	api.Authorizers = api.Authorizers.Opened()
	api.GatewayResponses = api.GatewayResponses.Opened()
	api.BinaryMediaTypes = api.BinaryMediaTypes.Opened()
	if api.Policy.Present() == tri.No {
		api.Policy = value.Unknown[*model.Policy](api.Policy.Span())
	}
	if api.Endpoint.Present() == tri.No {
		api.Endpoint = value.UnknownText(api.Endpoint.Span())
	}
	if api.DisableEndpoint.Present() == tri.No {
		api.DisableEndpoint = value.Unknown[bool](api.DisableEndpoint.Span())
	}
}

// settings lifts what the document says of the API as a whole.
func (l *lifter) settings() {
	media := l.texts(l.body, extension+"binary-media-types")
	l.api.BinaryMediaTypes = value.SetOf(
		append(collect(l.api.BinaryMediaTypes), collect(media)...),
		l.api.BinaryMediaTypes.IsClosed() && media.IsClosed())
	if v := l.version(); v != nil {
		l.api.OpenAPI = v.Text()
	}
	l.api.Security = l.requirements(l.body)
	if key := extension + "minimum-compression-size"; l.api.Compression.Present() != tri.Yes && l.body.Has(key) != tri.No {
		l.api.Compression = l.body.IntOf(key)
	}
	l.gatewayResponses()
	if policy := l.follow(l.body.Get(extension + "policy")); policy != nil && l.api.Policy.Present() != tri.Yes {
		l.api.Policy = iam.Policy(l.plain(policy))
	}
	l.endpoint(l.body)
	servers, _ := l.body.Get("servers").Members()
	for _, s := range servers {
		l.endpoint(s)
	}
}

// version returns what the document says of its version.
func (l *lifter) version() *tree.Node {
	if v := l.body.Get("swagger"); v != nil {
		return v
	}
	return l.body.Get("openapi")
}

func collect[T any](s value.Set[T]) []T {
	var out []T
	for x := range s.All() {
		out = append(out, x)
	}
	return out
}

// gatewayResponses lifts the answers that API Gateway gives by itself.
// https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-swagger-extensions-gateway-responses.html
func (l *lifter) gatewayResponses() {
	n := l.follow(l.body.Get(extension + "gateway-responses"))
	switch {
	case n == nil:
		return
	case !n.Is(tree.Map) || n.Open:
		l.api.GatewayResponses = l.api.GatewayResponses.Opened()
	}
	var out []*model.GatewayResponse
	for _, e := range n.Entries {
		r := l.plain(e.Value)
		if r.Is(tree.Null) {
			continue
		}
		out = append(out, &model.GatewayResponse{
			Type:   value.Lit(e.Key, e.KeySpan),
			Status: r.TextOf("statusCode"),
			Span:   e.KeySpan,
		})
	}
	l.api.GatewayResponses = l.api.GatewayResponses.With(out...)
}

// endpoint lifts the endpoint configuration, which stands at the top of a
// document or within a server. What the owner of the body says counts for more.
// https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-swagger-extensions-endpoint-configuration.html
func (l *lifter) endpoint(of *tree.Node) {
	n := l.plain(of.Get(extension + "endpoint-configuration"))
	if n == nil {
		return
	}
	if l.api.Endpoint.Present() != tri.Yes {
		types := collect(n.TextsOf("types"))
		switch {
		case len(types) == 1:
			l.api.Endpoint = types[0].Map(strings.ToUpper)
		case n.Get("vpcEndpointIds") != nil:
			// Only private APIs have VPC endpoints.
			l.api.Endpoint = value.Lit(private, n.Get("vpcEndpointIds").Place())
		case len(types) > 1, n.Has("types") == tri.Maybe:
			l.api.Endpoint = value.UnknownText(n.Place())
		}
	}
	if disable := n.BoolOf("disableExecuteApiEndpoint"); disable.Present() != tri.No && l.api.DisableEndpoint.Present() != tri.Yes {
		l.api.DisableEndpoint = disable
	}
}

const private = "PRIVATE"

// texts is tree.Node.TextsOf after placeholders and references.
func (l *lifter) texts(n *tree.Node, key string) value.Set[value.Text] {
	m := l.plain(n.Get(key))
	if m == nil {
		return n.TextsOf(key)
	}
	return tree.NewMap(n.Span, tree.Entry{Key: key, Value: m}).TextsOf(key)
}
