package terraform

import (
	"strings"
	"time"

	"github.com/apigwlint/apigwlint/model"
	"github.com/apigwlint/apigwlint/parsers/internal/tree"
	"github.com/apigwlint/apigwlint/tri"
	"github.com/apigwlint/apigwlint/value"
)

// v2APIs lifts the resources of HTTP and WebSocket APIs.
// https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/apigatewayv2_api
func (l *lifter) v2APIs() {
	for _, r := range l.types["aws_apigatewayv2_api"] {
		l.v2API(r)
	}
	for _, r := range l.types["aws_apigatewayv2_authorizer"] {
		l.v2Authorizer(r)
	}
	for _, r := range l.types["aws_apigatewayv2_integration"] {
		l.v2Integration(r)
	}
	for _, r := range l.types["aws_apigatewayv2_integration_response"] {
		l.v2IntegrationResponse(r)
	}
	for _, r := range l.types["aws_apigatewayv2_route"] {
		l.v2Route(r)
	}
	for _, r := range l.types["aws_apigatewayv2_route_response"] {
		if route := l.routes[r.p.TextOf("route_id").String()]; route != nil {
			route.TwoWay = tri.Yes
			continue
		}
		for _, route := range l.routes {
			route.TwoWay = tri.Or(route.TwoWay, tri.Maybe)
		}
	}
	for _, r := range l.types["aws_apigatewayv2_deployment"] {
		l.addDeployment(r, l.api(r, "api_id", ""))
	}
	for _, r := range l.types["aws_apigatewayv2_stage"] {
		l.v2Stage(r)
	}
	for _, api := range l.model.APIs {
		if api.Kind == "" {
			api.Kind = kindByRoutes(api)
		}
	}
}

func (l *lifter) v2API(r *lifted) {
	p := r.p
	api := &model.API{
		ID: r.addr, Kind: protocol(p), Name: p.TextOf("name"), APIID: r.id(),
		Region: r.region, Account: r.account,
		Endpoint: value.Lit("REGIONAL", r.span), Managed: tri.Yes, Document: tri.No,
		FailOnWarnings:   p.BoolOf("fail_on_warnings"),
		ImportMode:       absent(p.Place()),
		Compression:      value.Absent[int](p.Place()),
		BinaryMediaTypes: value.Closed[value.Text](),
		Policy:           value.Absent[*model.Policy](p.Place()),
		DisableEndpoint:  p.BoolOf("disable_execute_api_endpoint"),
		Span:             r.span,
	}
	l.addAPI(r, api)
	l.body(r, api)
	l.quickCreate(r, api)
}

func protocol(p *tree.Node) model.Kind {
	switch t := p.TextOf("protocol_type"); {
	case t.IsFold("HTTP") == tri.Yes:
		return model.HTTP
	case t.IsFold("WEBSOCKET") == tri.Yes:
		return model.WebSocket
	}
	return ""
}

// kindByRoutes tells the kind of an API that is created elsewhere.
func kindByRoutes(api *model.API) model.Kind {
	for r := range api.Routes.All() {
		switch {
		case r.Method.Present() == tri.Yes:
			return model.HTTP
		case tri.Or(r.Path.Is("$connect"), r.Path.Is("$disconnect")) == tri.Yes:
			return model.WebSocket
		}
	}
	return ""
}

// quickCreate adds the integration, route and stage that come with a target.
// https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop.html
func (l *lifter) quickCreate(r *lifted, api *model.API) {
	target := r.p.TextOf("target")
	if target.Present() == tri.No {
		return
	}
	span := target.Span()
	in := &model.Integration{
		ID: r.addr, Type: value.UnknownText(span), Subtype: absent(span), URI: target,
		Credentials: r.p.TextOf("credentials_arn"), Timeout: value.Absent[time.Duration](span),
		ConnectionType: absent(span), ConnectionID: absent(span), TargetARN: absent(span), TLSServerName: absent(span),
		InsecureTLS: value.Absent[bool](span), TransferMode: absent(span), Passthrough: absent(span), ContentHandling: absent(span),
		RequestTemplates: value.NoMap[value.Text](span), RequestParameters: value.NoMap[value.Text](span),
		Responses: value.Closed[*model.IntegrationResponse](), Imported: tri.No, Span: span,
	}
	switch l.link.FromURI(target).Present() {
	case tri.Yes:
		in.Type = value.Lit("AWS_PROXY", span)
	case tri.No:
		in.Type = value.Lit("HTTP_PROXY", span)
	}
	verb, path := routeKey(r.p.TextOf("route_key").Or("$default"), model.HTTP)
	api.Routes = api.Routes.With(&model.Route{
		API: api, ID: r.addr, Method: verb, Path: path, Integration: value.Known(in, span),
		Authorization: absent(span), Authorizer: value.Absent[*model.Authorizer](span),
		APIKeyRequired: value.Absent[bool](span), Security: value.Absent[int](span), RequestParameters: value.NoMap[value.Of[bool]](span),
		RequestModels: value.NoMap[value.Text](span), Imported: tri.No, Span: span,
	})
	api.Stages = api.Stages.With(&model.Stage{
		ID: r.addr, Name: value.Lit("$default", span), Variables: value.NoMap[value.Text](span),
		AutoDeploy: value.Known(true, span), CanaryVariables: value.NoMap[value.Text](span),
		CanaryDeployment: value.Absent[*model.Deployment](span),
		Throttles:        value.Closed[*model.Throttle](), Cached: value.Closed[value.Text](), Span: span,
	})
}

func (l *lifter) v2Authorizer(r *lifted) {
	p := r.p
	a := &model.Authorizer{
		ID: r.addr, Name: p.TextOf("name"), AuthorizerID: r.id(),
		Type:           p.TextOf("authorizer_type"),
		URI:            p.TextOf("authorizer_uri"),
		Credentials:    p.TextOf("authorizer_credentials_arn"),
		IdentitySource: joined(p, "identity_sources"),
		TTL:            p.DurationOf("authorizer_result_ttl_in_seconds", time.Second),
		PayloadFormat:  p.TextOf("authorizer_payload_format_version"),
		SimpleResponse: p.BoolOf("enable_simple_responses"),
		ProviderARNs:   value.Closed[value.Text](),
		Issuer:         l.issuer(nested(p, "jwt_configuration").TextOf("issuer")),
		Span:           r.span,
	}
	if a.Type.IsFold("JWT") == tri.Yes {
		a.Lambda = value.Absent[*model.Invocation](r.span)
	}
	l.addAuthorizer(r, l.api(r, "api_id", ""), a)
}

// joined returns a list of texts with commas between them.
func joined(n *tree.Node, key string) value.Text {
	list, all := items(n, key)
	switch {
	case !all:
		return value.UnknownText(n.Place())
	case len(list) == 0:
		return value.NoText(n.Place())
	}
	out := []value.Text{list[0].Text()}
	for _, item := range list[1:] {
		out = append(out, value.Lit(",", item.Span), item.Text())
	}
	return value.Concat(out[0].Span(), out...)
}

func (l *lifter) v2Integration(r *lifted) {
	p := r.p
	api := l.api(r, "api_id", "")
	register(l.integrations, r, &model.Integration{
		ID:             r.addr,
		Type:           p.TextOf("integration_type"),
		Subtype:        p.TextOf("integration_subtype"),
		URI:            p.TextOf("integration_uri"),
		Method:         p.TextOf("integration_method"),
		Credentials:    p.TextOf("credentials_arn"),
		Timeout:        p.DurationOf("timeout_milliseconds", time.Millisecond),
		ConnectionType: p.TextOf("connection_type"),
		ConnectionID:   p.TextOf("connection_id"),
		TargetARN:      absent(r.span),
		TLSServerName:  nested(p, "tls_config").TextOf("server_name_to_verify"),
		InsecureTLS:    value.Absent[bool](r.span),
		// The provider's own default, which it always sends.
		PayloadFormat:     p.TextOf("payload_format_version").Or("1.0"),
		TransferMode:      absent(r.span),
		Passthrough:       p.TextOf("passthrough_behavior"),
		ContentHandling:   p.TextOf("content_handling_strategy"),
		RequestTemplates:  p.TextMapOf("request_templates"),
		RequestParameters: p.TextMapOf("request_parameters"),
		Responses:         l.statusMappings(p, api),
		Imported:          tri.No,
		Span:              r.span,
	})
}

// statusMappings returns the responses that an HTTP API changes, by status.
// https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-parameter-mapping.html
func (l *lifter) statusMappings(p *tree.Node, api *model.API) value.Set[*model.IntegrationResponse] {
	blocks, all := items(p, "response_parameters")
	var out []*model.IntegrationResponse
	for _, b := range blocks {
		if !b.Is(tree.Map) {
			all = false
			continue
		}
		out = append(out, &model.IntegrationResponse{
			Status: b.TextOf("status_code"), Pattern: absent(b.Span), ContentHandling: absent(b.Span),
			Parameters: b.TextMapOf("mappings"), Templates: value.NoMap[value.Text](b.Span), Span: b.Span,
		})
	}
	return value.SetOf(out, all && api.Managed == tri.Yes && l.complete("aws_apigatewayv2_integration_response"))
}

func (l *lifter) v2IntegrationResponse(r *lifted) {
	p := r.p
	response := &model.IntegrationResponse{
		Status:          absent(r.span),
		Pattern:         p.TextOf("integration_response_key"),
		ContentHandling: p.TextOf("content_handling_strategy"),
		Parameters:      value.NoMap[value.Text](r.span),
		Templates:       p.TextMapOf("response_templates"),
		Span:            r.span,
	}
	if in := l.integrations[p.TextOf("integration_id").String()]; in != nil {
		in.Responses = in.Responses.With(response)
		return
	}
	for _, in := range l.integrations {
		in.Responses = in.Responses.Opened()
	}
}

func (l *lifter) v2Route(r *lifted) {
	p := r.p
	api := l.api(r, "api_id", "")
	verb, path := routeKey(p.TextOf("route_key"), api.Kind)
	target := p.TextOf("target")
	route := &model.Route{
		API: api, ID: r.addr, Method: verb, Path: path,
		Integration:       l.target(target),
		IntegrationRef:    absent(r.span),
		Target:            target,
		Authorization:     p.TextOf("authorization_type"),
		Authorizer:        l.authorizer(p.TextOf("authorizer_id")),
		APIKeyRequired:    p.BoolOf("api_key_required"),
		Security:          value.Absent[int](p.Place()),
		RequestParameters: routeParameters(p),
		RequestModels:     p.TextMapOf("request_models"),
		Imported:          tri.No,
		Span:              r.span,
	}
	if api.Managed == tri.Yes && l.complete("aws_apigatewayv2_route_response") {
		route.TwoWay = tri.No // until a route response says otherwise
	}
	route.RequestSchemas = l.schemas(api, route.RequestModels)
	register(l.routes, r, route)
	api.Routes = api.Routes.With(route)
}

func routeParameters(p *tree.Node) value.Map[value.Of[bool]] {
	blocks, all := items(p, "request_parameter")
	if len(blocks) == 0 && all {
		return value.NoMap[value.Of[bool]](p.Place())
	}
	var entries []value.Entry[value.Of[bool]]
	for _, b := range blocks {
		entries = append(entries, value.Entry[value.Of[bool]]{Key: b.TextOf("request_parameter_key"), Value: b.BoolOf("required"), Span: b.Span})
	}
	if !all {
		return value.OpenMap(p.Place(), entries...)
	}
	return value.NewMap(p.Place(), entries...)
}

// routeKey splits a route key. Only those of HTTP APIs begin with a method.
func routeKey(key value.Text, kind model.Kind) (verb, path value.Text) {
	f, ok := key.Flat()
	if !ok {
		return value.UnknownText(key.Span()), value.UnknownText(key.Span())
	}
	space := strings.IndexByte(f.S, ' ')
	switch {
	case kind == model.WebSocket:
		return value.NoText(key.Span()), key
	case space >= 0 && (kind == model.HTTP || space+1 < len(f.S) && f.S[space+1] == '/'):
		return f.Slice(0, space).Map(strings.ToUpper), f.Slice(space+1, len(f.S))
	case strings.Contains(f.S, value.HoleString):
		return value.UnknownText(key.Span()), value.UnknownText(key.Span())
	}
	return value.NoText(key.Span()), key
}

// target returns the integration that the target of a route names.
func (l *lifter) target(target value.Text) value.Of[*model.Integration] {
	if target.Present() == tri.No {
		return value.Absent[*model.Integration](target.Span())
	}
	const prefix = "integrations/"
	if f, ok := target.Flat(); ok && strings.HasPrefix(f.S, prefix) {
		if in := l.integrations[f.Slice(len(prefix), len(f.S)).String()]; in != nil {
			return value.Known(in, target.Span()).Assuming(target.Assumes()...)
		}
	}
	return value.Unknown[*model.Integration](target.Span())
}

func (l *lifter) v2Stage(r *lifted) {
	p := r.p
	api := l.api(r, "api_id", "")
	api.Stages = api.Stages.With(&model.Stage{
		ID: r.addr, Name: p.TextOf("name"),
		Variables:        p.TextMapOf("stage_variables"),
		AutoDeploy:       p.BoolOf("auto_deploy"),
		Deployment:       l.deployment(p.TextOf("deployment_id")),
		CanaryVariables:  value.NoMap[value.Text](r.span),
		CanaryDeployment: value.Absent[*model.Deployment](r.span),
		Throttles:        routeThrottles(p),
		Cached:           value.Closed[value.Text](),
		Span:             r.span,
	})
}

// routeThrottles returns the limits of a stage of a V2 API.
func routeThrottles(p *tree.Node) value.Set[*model.Throttle] {
	var out []*model.Throttle
	general, all := items(p, "default_route_settings")
	for _, b := range general {
		out = append(out, routeThrottle(value.Lit(model.EveryRoute, b.Span), b))
	}
	blocks, own := items(p, "route_settings")
	for _, b := range blocks {
		out = append(out, routeThrottle(b.TextOf("route_key"), b))
	}
	return value.SetOf(out, all && own)
}

// routeThrottle returns the limits in a block of settings. A limit that the
// block leaves out is sent as 0, which lets nothing through.
// https://github.com/hashicorp/terraform-provider-aws/issues/27674
func routeThrottle(route value.Text, b *tree.Node) *model.Throttle {
	t := &model.Throttle{Route: route, Rate: b.FloatOf("throttling_rate_limit"), Burst: b.FloatOf("throttling_burst_limit"), Span: b.Span}
	t.Omitted = tri.And(t.Rate.Present(), t.Burst.Present()) == tri.No
	t.Rate, t.Burst = t.Rate.Or(0), t.Burst.Or(0)
	return t
}

// issuer returns who makes the tokens of an authorizer. The endpoint of a user
// pool is cognito-idp.{region}.amazonaws.com/{pool}, without https:// before it.
// https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/cognito_user_pool
func (l *lifter) issuer(t value.Text) value.Text {
	parts := t.Parts()
	if len(parts) == 0 || parts[0].Ref == nil {
		return t
	}
	pool := l.byAddr[parts[0].Ref.Name]
	if pool == nil || pool.typ != "aws_cognito_user_pool" || parts[0].Ref.Attr != "endpoint" {
		return t
	}
	at := parts[0].Span
	region := value.Hole(value.Ref{Kind: value.Pseudo, Name: "Region", Segment: true}, at)
	named := value.Lit("cognito-idp.", at).Append(region).Append(value.Lit(".amazonaws.com/", at)).Append(pool.hole("id"))
	return named.Append(value.Join(at, parts[1:]...)).At(t.Span()).Assuming(t.Assumes()...)
}
