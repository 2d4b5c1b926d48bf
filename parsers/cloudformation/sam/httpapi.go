package sam

import (
	"regexp"
	"strings"

	"github.com/apigwlint/apigwlint/parsers/internal/tree"
	"github.com/apigwlint/apigwlint/tri"
	"github.com/apigwlint/apigwlint/value"
)

// httpEvent makes the route and the permission of an HttpApi event.
// https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-property-function-httpapi.html
func (t *transformer) httpEvent(tg *target, ev *event) {
	a, apiID := t.apiOf(ev, "ApiId", implicitHTTP, typeHTTPAPI)
	path, method := ev.props.TextOf("Path"), ev.props.TextOf("Method")
	if path.Present() == tri.No && method.Present() == tri.No {
		path, method = ev.at.lit(defaultPath), ev.at.lit(xAnyMethod)
	}
	t.httpPermission(tg, ev, a, apiID, path, method)
	if a == nil || a.body == nil || !isVersion3(a.body) || paths(a.body) == nil {
		return
	}
	a.routeSettings(ev, path, method)
	item, key := eventItem(a.body, path, method)
	if item == nil {
		return
	}
	op := item.Get(key)
	if op == nil {
		op = ev.at.mapping()
		put(item, key, method.Span(), op)
	}
	if !op.Is(tree.Map) {
		return
	}
	if !hasIntegration(op) {
		a.httpIntegration(op, tg, ev, path.Is(defaultPath) == tri.Yes && key == xAnyMethod)
	}
	a.httpEventAuth(op, ev)
	pathParameters(op, path, ev.at)
	if in := op.Get(xIntegration); in.Is(tree.Map) {
		for _, setting := range []struct{ key, from string }{{"timeoutInMillis", "TimeoutInMillis"}, {"payloadFormatVersion", "PayloadFormatVersion"}} {
			if n := ev.props.Get(setting.from); truthy(n) != tri.No {
				put(in, setting.key, n.Span, n)
			} else if ev.props.Has(setting.from) == tri.Maybe {
				put(in, setting.key, ev.at.span(), ev.at.unknown())
			}
		}
	}
}

// httpIntegration writes the integration with a function into an operation.
func (a *api) httpIntegration(op *tree.Node, tg *target, ev *event, isDefault bool) {
	at := ev.at
	put(op, xIntegration, at.span(), at.mapping(
		member{"type", at.str("aws_proxy")},
		member{"httpMethod", at.str("POST")},
		member{"payloadFormatVersion", at.str("2.0")},
		member{"uri", at.text(at.lambdaURI(at.here(tg.arn)))},
	))
	if isDefault {
		put(op, "isDefaultRoute", at.span(), at.boolean(true))
	}
	if op.Get("responses") == nil {
		put(op, "responses", at.span(), at.mapping())
	}
}

// httpPermission lets the API invoke the target of an event. The permission for
// $default covers all routes: when the target has that, the translator makes no other.
func (t *transformer) httpPermission(tg *target, ev *event, a *api, apiID, path, method value.Text) {
	switch {
	case path.Is(defaultPath) == tri.Yes:
		path = ev.at.lit("")
	case a != nil && invokesByDefault(a.body, tg.id()):
		return
	default:
		path = permissionPath(path, httpParameter)
	}
	if method.IsFold(xAnyMethod) == tri.Yes {
		method = ev.at.lit("*")
	}
	arn := ev.at.arn("execute-api", apiID, ev.at.lit("/*/"), permissionMethod(method), path)
	t.permission(tg, ev.id+"Permission", ev.at, apiGateway, member{"SourceArn", ev.at.text(arn)})
}

// invokesByDefault reports whether the $default route of a document calls the
// function by its ARN, as the translator finds out.
func invokesByDefault(body *tree.Node, function string) bool {
	uri := body.Get("paths", defaultPath, xAnyMethod, xIntegration, "uri")
	if uri == nil {
		return false
	}
	for ref := range uri.Value.Refs() {
		if ref.Kind == value.Resource && ref.Attr == "Arn" {
			return ref.Name == function
		}
	}
	return false
}

var braces = regexp.MustCompile(`\{(.*?)\}`)

// pathParameters declares the parameters of the path in an operation.
func pathParameters(op *tree.Node, path value.Text, at place) {
	p, _ := path.Get()
	for _, found := range braces.FindAllStringSubmatch(p, -1) {
		declared := false
		for _, have := range items(op.Get("parameters")) {
			if name, ok := have.Get("name").Str(); ok && name == found[1] {
				put(have, "in", at.span(), at.str("path"))
				put(have, "required", at.span(), at.boolean(true))
				declared = true
				break
			}
		}
		if !declared {
			appendTo(op, "parameters", at, at.mapping(member{"name", at.str(found[1])}, member{"in", at.str("path")}, member{"required", at.boolean(true)}))
		}
	}
}

// routeSettings moves the settings of an event to the stage of its API.
func (a *api) routeSettings(ev *event, path, method value.Text) {
	settings := ev.props.Get("RouteSettings")
	if settings == nil {
		return
	}
	p, okPath := path.Get()
	m, okMethod := method.Get()
	if !okPath || !okMethod || !a.props.Is(tree.Map) {
		return
	}
	m = strings.ToUpper(m)
	if strings.EqualFold(m, xAnyMethod) {
		m = "ANY"
	}
	key := m + " " + p
	if p == defaultPath {
		key = defaultPath
	}
	all := a.props.Get("RouteSettings")
	if all == nil {
		all = place(settings.Place()).mapping()
	}
	if !all.Is(tree.Map) {
		return
	}
	a.props = a.props.Set("RouteSettings", all.Set(key, merge(all.Get(key), settings)))
}

// finishHTTP makes the resources of an AWS::Serverless::HttpApi.
// https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-resource-httpapi.html
func (t *transformer) finishHTTP(a *api) {
	if a.body != nil {
		a.httpCORS()
		a.httpAuth()
		if a.props.Get("DisableExecuteApiEndpoint") != nil {
			a.disableEndpoint()
		}
		a.title()
		a.renameDefault()
	}
	members := append([]member{optional("FailOnWarnings", a.props, "FailOnWarnings")}, a.bodyMembers()...)
	t.become(a.res, httpAPI, a.apiProperties(members...))
	t.httpStage(a)
	t.httpAuthorizerPermissions(a)
	t.v2Domain(a.res, a.id, httpAPI, a.props)
}

func (t *transformer) httpStage(a *api) {
	name := a.props.Get("StageName")
	if set(a.props, "StageName") == tri.No {
		name = a.at.str(defaultPath)
	} else if name == nil {
		name = a.at.unknown()
	}
	stage := suffixed(a.id, name.Text(), "Stage")
	if s, _ := name.Str(); s == defaultPath {
		stage = a.id + "ApiGatewayDefaultStage"
	}
	t.makeOf(a.res, stage, "AWS::ApiGatewayV2::Stage", a.at, a.apiProperties(append(
		a.copied("StageVariables", "AccessLogSettings", "DefaultRouteSettings", "RouteSettings"),
		member{"ApiId", a.at.text(a.at.ref(a.id, httpAPI, ""))},
		member{"StageName", name},
		member{"AutoDeploy", a.at.boolean(true)},
	)...))
	t.stack.Aliases[a.id+".Stage"] = stage
}

// title writes Name and Description into the body.
func (a *api) title() {
	for _, text := range []struct{ from, key string }{{"Name", "title"}, {"Description", "description"}} {
		if n := a.props.Get(text.from); n != nil {
			put(child(a.body, "info", a.at.span()), text.key, n.Span, n)
		}
	}
}

// renameDefault puts a slash before $default where warnings fail the import.
func (a *api) renameDefault() {
	if set(a.props, "FailOnWarnings") != tri.Yes {
		return
	}
	if p := paths(a.body); p != nil {
		if e := p.Entry(defaultPath); e != nil {
			e.Key = "/" + defaultPath
		}
	}
}

// httpCORS writes the CORS configuration into the body.
// https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-property-httpapi-httpapicorsconfiguration.html
func (a *api) httpCORS() {
	cors := a.props.Get("CorsConfiguration")
	if truthy(cors) == tri.No {
		return
	}
	at := place(cors.Place())
	conf := child(a.body, xCORS, at.span())
	if conf == nil {
		return
	}
	switch {
	case cors.Is(tree.Map):
		conf.Open = conf.Open || cors.Open
		for _, e := range cors.Entries {
			if key := strings.ToLower(e.Key[:min(1, len(e.Key))]) + e.Key[min(1, len(e.Key)):]; !e.Value.Is(tree.Null) {
				put(conf, key, e.KeySpan, e.Value)
			}
		}
	case cors.Is(tree.Scalar) && truthy(cors) == tri.Yes:
		put(conf, "allowOrigins", at.span(), at.list(at.str("*")))
	default:
		conf.Open = true
	}
}
