package openapi

import (
	"net/url"
	"strings"

	"github.com/apigwlint/apigwlint/model"
	"github.com/apigwlint/apigwlint/parsers/internal/tree"
	"github.com/apigwlint/apigwlint/tri"
	"github.com/apigwlint/apigwlint/value"
)

// anyMethod stands for all methods that a path does not define by themselves.
// https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-swagger-extensions-any-method.html
const anyMethod = extension + "any-method"

// methods are the members of a path that become routes. API Gateway has no TRACE.
var methods = map[string]string{
	"get": "GET", "put": "PUT", "post": "POST", "delete": "DELETE", "options": "OPTIONS", "head": "HEAD", "patch": "PATCH",
	anyMethod: "ANY",
}

// paths lifts all routes of the document.
func (l *lifter) paths(base value.Text) {
	paths := l.follow(l.body.Get("paths"))
	switch {
	case paths == nil:
		l.routesOpen = l.routesOpen || l.body.Has("paths") == tri.Maybe
		return
	case !paths.Is(tree.Map) || paths.Open:
		l.routesOpen = true
	}
	for _, e := range paths.Entries {
		if !strings.HasPrefix(e.Key, "x-") {
			l.path(e, base)
		}
	}
}

// path lifts the routes of one path.
func (l *lifter) path(e tree.Entry, base value.Text) {
	item := l.item(e.Value)
	if item.Is(tree.Null) {
		return
	}
	if !item.Is(tree.Map) || item.Open {
		l.routesOpen = true
	}
	path := base.Append(l.holes(value.Lit(e.Key, e.KeySpan))).At(e.KeySpan)
	for _, m := range item.Entries {
		method, ok := methods[strings.ToLower(m.Key)]
		if !ok {
			continue
		}
		op := l.follow(m.Value)
		if op.Is(tree.Null) {
			continue
		}
		r := &model.Route{
			API: l.api, Method: value.Lit(method, m.KeySpan), Path: path,
			Imported: tri.Yes, Span: m.KeySpan,
		}
		if l.isDefault(e.Key) {
			r.Method, r.Path = value.NoText(m.KeySpan), value.Lit("$default", e.KeySpan)
		}
		l.operation(r, op, item)
		l.routes = append(l.routes, r)
	}
}

// item returns a path item. Other than elsewhere, members may stand beside its
// reference; they count for more.
func (l *lifter) item(n *tree.Node) *tree.Node {
	if reference(n) == nil {
		return n
	}
	target := l.follow(n)
	if len(n.Entries) == 1 {
		return target
	}
	merged := *n
	merged.Entries = nil
	merged.Open = n.Open || !target.Is(tree.Map) || target.Open
	for _, e := range n.Entries {
		if e.Key != "$ref" {
			merged.Entries = append(merged.Entries, e)
		}
	}
	for _, e := range target.Entries {
		if merged.Entry(e.Key) == nil {
			merged.Entries = append(merged.Entries, e)
		}
	}
	return &merged
}

// isDefault reports whether an operation is the catch-all route of an HTTP API.
// https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-routes.html
func (l *lifter) isDefault(path string) bool {
	if l.api.Kind == model.REST {
		return false
	}
	return path == "$default" || path == "/$default"
}

// operation lifts what an operation says of its route.
func (l *lifter) operation(r *model.Route, op, item *tree.Node) {
	r.Integration = l.integrationOf(op)
	r.IntegrationRef = value.NoText(op.Place())
	if ref := reference(op.Get(extension + "integration")); ref != nil {
		r.IntegrationRef = ref.Text()
	}
	r.Target = value.NoText(op.Place())
	l.secure(r, op)
	r.RequestSchemas, r.ResponseSchemas = l.requestSchemas(op, item), l.responseSchemas(op)
	if l.api.Kind == model.HTTP {
		// The import of an HTTP API takes no notice of parameters, models and responses.
		r.RequestParameters = value.NoMap[value.Of[bool]](op.Place())
		r.RequestModels = value.NoMap[value.Text](op.Place())
		return
	}
	r.Responses = l.methodResponses(op)
	l.parameters(r, op, item)
}

// parameters lifts the declared parameters and the body of requests. Those of
// the path item hold for all its operations.
func (l *lifter) parameters(r *model.Route, op, item *tree.Node) {
	var params []value.Entry[value.Of[bool]]
	var body []value.Entry[value.Text]
	known := op.Is(tree.Map) && !op.Open
	seen := map[string]bool{}
	declare := func(key string, required value.Of[bool], n *tree.Node) {
		if !seen[key] {
			seen[key] = true
			params = append(params, value.Entry[value.Of[bool]]{Key: value.Lit(key, n.Place()), Value: required, Span: n.Span})
		}
	}
	for _, owner := range []*tree.Node{op, item} {
		list, complete := l.follow(owner.Get("parameters")).Members()
		known = known && complete
		for _, p := range list {
			p = l.follow(p)
			in, ok := p.Get("in").Str()
			name, named := p.Get("name").Str()
			switch {
			case !ok || !named:
				known = false
			case in == "path":
				declare("method.request.path."+name, value.Known(true, p.Span), p)
			case in == "query":
				declare("method.request.querystring."+name, p.BoolOf("required").Or(false), p)
			case in == "header":
				declare("method.request.header."+name, p.BoolOf("required").Or(false), p)
			case in == "body" && body == nil:
				body = l.modelsOf(p, op, "consumes")
			}
		}
	}
	// API Gateway declares the parameters of the path by itself.
	if path, ok := r.Path.Get(); ok {
		for _, name := range pathParameters(path) {
			if key := "method.request.path." + name; !seen[key] {
				seen[key] = true
				params = append(params, value.Entry[value.Of[bool]]{Key: value.Lit(key, r.Path.Span()), Value: value.Known(true, r.Path.Span()), Span: r.Path.Span()})
			}
		}
	}
	if request := l.follow(op.Get("requestBody")); request != nil {
		body = l.modelsOf(request, op, "consumes")
		known = known && !request.Is(tree.Unknown)
	}
	r.RequestParameters = mapOf(op, known, params)
	r.RequestModels = mapOf(op, known, body)
}

// mapOf returns a map of an operation's declarations, absent when there are none.
func mapOf[T any](op *tree.Node, known bool, entries []value.Entry[T]) value.Map[T] {
	switch {
	case !known:
		return value.OpenMap(op.Place(), entries...)
	case len(entries) == 0:
		return value.NoMap[T](op.Place())
	}
	return value.NewMap(op.Place(), entries...)
}

// pathParameters lists the parameters of a path: /a/{b}/{c+} has b and c.
func pathParameters(path string) []string {
	var names []string
	for _, segment := range strings.Split(path, "/") {
		if len(segment) > 2 && segment[0] == '{' && segment[len(segment)-1] == '}' {
			names = append(names, strings.TrimSuffix(segment[1:len(segment)-1], "+"))
		}
	}
	return names
}

// methodResponses lifts the responses of an operation, which become the method
// responses of a REST API.
func (l *lifter) methodResponses(op *tree.Node) value.Set[*model.MethodResponse] {
	responses := l.follow(op.Get("responses"))
	if responses == nil {
		return value.SetOf[*model.MethodResponse](nil, op.Has("responses") == tri.No)
	}
	var out []*model.MethodResponse
	for _, e := range responses.Entries {
		if strings.HasPrefix(e.Key, "x-") {
			continue
		}
		response := l.follow(e.Value)
		if response.Is(tree.Null) {
			continue
		}
		headers := l.headers(response)
		known := response.Is(tree.Map) && !response.Open
		out = append(out, &model.MethodResponse{
			Status:     value.Lit(e.Key, e.KeySpan),
			Parameters: headers,
			Models:     mapOf(response, known, l.modelsOf(response, op, "produces")),
			Span:       e.KeySpan,
		})
	}
	return value.SetOf(out, responses.Is(tree.Map) && !responses.Open)
}

func (l *lifter) headers(response *tree.Node) value.Map[value.Of[bool]] {
	headers := l.follow(response.Get("headers"))
	if headers == nil {
		return mapOf[value.Of[bool]](response, response.Has("headers") == tri.No, nil)
	}
	var out []value.Entry[value.Of[bool]]
	for _, e := range headers.Entries {
		out = append(out, value.Entry[value.Of[bool]]{
			Key: value.Lit("method.response.header."+e.Key, e.KeySpan), Value: value.Known(false, e.KeySpan), Span: e.KeySpan,
		})
	}
	return mapOf(headers, headers.Is(tree.Map) && !headers.Open, out)
}

// modelsOf lifts the models of a request or response by content type. In Swagger
// 2.0 the types are those that the operation, or the document, consumes or produces.
func (l *lifter) modelsOf(n, op *tree.Node, types string) []value.Entry[value.Text] {
	var out []value.Entry[value.Text]
	if schema := n.Get("schema"); schema != nil {
		list, _ := op.Get(types).Members()
		if list == nil {
			list, _ = l.body.Get(types).Members()
		}
		for _, t := range list {
			out = append(out, value.Entry[value.Text]{Key: t.Text(), Value: modelName(schema), Span: schema.Span})
		}
		if list == nil {
			out = append(out, value.Entry[value.Text]{Key: value.Lit("application/json", schema.Place()), Value: modelName(schema), Span: schema.Span})
		}
	}
	if content := l.follow(n.Get("content")); content != nil {
		for _, e := range content.Entries {
			if schema := l.follow(e.Value).Get("schema"); schema != nil {
				out = append(out, value.Entry[value.Text]{Key: value.Lit(e.Key, e.KeySpan), Value: modelName(schema), Span: e.KeySpan})
			}
		}
	}
	return out
}

// modelName returns the name of the model that a schema becomes: that of the
// definition that it refers to. API Gateway makes up a name for any other.
func modelName(schema *tree.Node) value.Text {
	ref := reference(schema)
	if ref == nil {
		return value.UnknownText(schema.Span)
	}
	f, ok := ref.Text().Flat()
	if !ok {
		return value.UnknownText(schema.Span)
	}
	return f.Slice(strings.LastIndexByte(f.S, '/')+1, len(f.S))
}

// basePath returns what comes before all paths of the document.
func basePath(d *document, body *tree.Node, mode value.Text) value.Text {
	ignore, prepend, split := mode.Or("ignore").IsFold("ignore"), mode.IsFold("prepend"), mode.IsFold("split")
	if ignore == tri.Yes {
		return value.Lit("", mode.Span())
	}
	base := writtenBase(d, body)
	if base.Present() == tri.No {
		return value.Lit("", mode.Span())
	}
	f, ok := base.Flat()
	if !ok || prepend != tri.Yes && split != tri.Yes {
		return value.Hole(value.Ref{Kind: value.Other, Name: "basePath"}, mode.Span())
	}
	start, end := len(f.S)-len(strings.TrimLeft(f.S, "/")), len(strings.TrimRight(f.S, "/"))
	if split == tri.Yes { // the topmost part is left out
		i := strings.IndexByte(f.S[min(start, end):end], '/')
		if i < 0 {
			return value.Lit("", base.Span())
		}
		start += i + 1
	}
	if start >= end {
		return value.Lit("", base.Span())
	}
	return value.Lit("/", base.Span()).Append(f.Slice(start, end))
}

// writtenBase returns the base path of a document: that of Swagger 2.0, the
// variable basePath of a server, or the path of a server's URL.
func writtenBase(d *document, body *tree.Node) value.Text {
	if base := body.Get("basePath"); base != nil {
		return base.Text()
	}
	servers, known := body.Get("servers").Members()
	for _, s := range servers {
		s = d.follow(s)
		if def := s.Get("variables", "basePath", "default"); def != nil {
			return def.Text()
		}
		text := s.Get("url").Text()
		f, ok := text.Flat()
		if !ok {
			continue
		}
		if u, err := url.Parse(f.S); err == nil && len(u.Path) > 1 {
			i := len(f.S) - len(u.EscapedPath())
			return f.Slice(max(i, 0), len(f.S))
		}
	}
	if !known || body.Has("basePath") == tri.Maybe {
		return value.UnknownText(body.Place())
	}
	return value.NoText(body.Place())
}
