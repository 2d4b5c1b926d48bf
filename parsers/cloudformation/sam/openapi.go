package sam

import (
	"regexp"
	"strings"

	"github.com/apigwlint/apigwlint/parsers/internal/tree"
	"github.com/apigwlint/apigwlint/source"
	"github.com/apigwlint/apigwlint/tri"
	"github.com/apigwlint/apigwlint/value"
)

// Keys of API Gateway's extensions to OpenAPI.
// https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-swagger-extensions.html
const (
	xIntegration       = "x-amazon-apigateway-integration"
	xAnyMethod         = "x-amazon-apigateway-any-method"
	xAuthorizer        = "x-amazon-apigateway-authorizer"
	xAuthType          = "x-amazon-apigateway-authtype"
	xGatewayResponses  = "x-amazon-apigateway-gateway-responses"
	xPolicy            = "x-amazon-apigateway-policy"
	xBinaryMediaTypes  = "x-amazon-apigateway-binary-media-types"
	xRequestValidators = "x-amazon-apigateway-request-validators"
	xRequestValidator  = "x-amazon-apigateway-request-validator"
	xEndpoint          = "x-amazon-apigateway-endpoint-configuration"
	xCORS              = "x-amazon-apigateway-cors"

	defaultPath = "$default"
)

var (
	openAPI3 = regexp.MustCompile(`^3(\.\d)(\.\d)?$`)
	// The translator knows path parameters of REST and HTTP APIs by these.
	restParameter = regexp.MustCompile(`\{([a-zA-Z0-9._-]+\+?)\}`)
	httpParameter = regexp.MustCompile(`\{([a-zA-Z0-9._-]+|proxy\+)\}`)
)

// skeleton returns the document that the translator begins with.
func (p place) skeleton(versionKey, version string) *tree.Node {
	return p.mapping(
		member{versionKey, p.str(version)},
		member{"info", p.mapping(member{"version", p.str("1.0")}, member{"title", p.text(p.pseudo("StackName"))})},
		member{"paths", p.mapping()},
	)
}

// isVersion3 reports whether a document says that it is OpenAPI 3. One whose
// version is not known is taken for it, as nothing else could be deployed.
func isVersion3(body *tree.Node) bool {
	version := body.Get("openapi")
	s, ok := version.Str()
	return version != nil && body.Get("swagger") == nil && (!ok || openAPI3.MatchString(s))
}

// isDocument reports whether the translator takes a body for a document that it
// can add to.
func isDocument(body *tree.Node) bool {
	return paths(body) != nil && (truthy(body.Get("swagger")) != tri.No || isVersion3(body))
}

// methodKey returns the key under which a method stands in a path item.
func methodKey(method string) string {
	method = strings.ToLower(method)
	if method == "any" {
		return xAnyMethod
	}
	return method
}

// paths returns the path items of a document that is a map.
func paths(body *tree.Node) *tree.Node {
	if p := body.Get("paths"); p.Is(tree.Map) {
		return p
	}
	return nil
}

// openPaths notes that a document may have routes that cannot be seen.
func openPaths(body *tree.Node) {
	if p := paths(body); p != nil {
		p.Open = true
	}
}

// An operation is one operation of a document.
type operation struct {
	path, method string // method as key
	node         *tree.Node
}

// notMethods are members of path items that are no operations.
var notMethods = map[string]bool{"summary": true, "description": true, "parameters": true, "servers": true, "$ref": true}

// operations lists the operations that have an integration.
func operations(body *tree.Node) []operation {
	var out []operation
	p := paths(body)
	if p == nil {
		return nil
	}
	for _, item := range p.Entries {
		if !item.Value.Is(tree.Map) {
			continue
		}
		for _, e := range item.Value.Entries {
			if !notMethods[e.Key] && e.Value.Is(tree.Map) && set(e.Value, xIntegration) != tri.No {
				out = append(out, operation{item.Key, methodKey(e.Key), e.Value})
			}
		}
	}
	return out
}

// hasIntegration reports whether an operation is complete.
func hasIntegration(op *tree.Node) bool { return set(op, xIntegration) == tri.Yes }

// pathItem returns the path item for a path, made when it is missing.
func pathItem(body *tree.Node, path string, at source.Span) *tree.Node {
	p := child(body, "paths", at)
	if p == nil {
		return nil
	}
	return child(p, path, at)
}

// permissionPath returns the path as it stands in the SourceArn of a
// permission: API Gateway drops a slash at the end, and parameters match anything.
func permissionPath(path value.Text, parameter *regexp.Regexp) value.Text {
	f, ok := path.Flat()
	if !ok {
		return value.UnknownText(path.Span())
	}
	if len(f.S) > 1 && strings.HasSuffix(f.S, "/") {
		path = f.Slice(0, len(f.S)-1)
	}
	return replaceLiterals(path, parameter, "*")
}

// permissionMethod returns the method as it stands in a SourceArn.
func permissionMethod(method value.Text) value.Text {
	return onKnown(method, func(s string) string {
		if strings.EqualFold(s, "any") {
			return "*"
		}
		return strings.ToUpper(s)
	})
}

// onKnown applies f to a text without holes; of another nothing is known.
func onKnown(t value.Text, f func(string) string) value.Text {
	if s, ok := t.Get(); ok {
		return value.Lit(f(s), t.Span()).Assuming(t.Assumes()...)
	}
	return value.UnknownText(t.Span())
}

// addSecurity appends a requirement to those of an operation.
func addSecurity(op *tree.Node, at place, name string, scopes *tree.Node) {
	if scopes == nil {
		scopes = at.list()
	}
	have := op.Get("security")
	list := at.list()
	switch {
	case have.Is(tree.List):
		c := *have
		list = &c
	case have != nil:
		return // not a list: the translator refuses it
	}
	list.Items = append(list.Items[:len(list.Items):len(list.Items)], at.mapping(member{name, scopes}))
	put(op, "security", at.span(), list)
}

// overlay lays the members of an operation over those of another, as
// MergeDefinitions does.
func overlay(onto, op *tree.Node) {
	for _, e := range op.Entries {
		if old := onto.Entry(e.Key); old != nil {
			old.Value = e.Value
		} else {
			onto.Entries = append(onto.Entries, e)
		}
	}
}
