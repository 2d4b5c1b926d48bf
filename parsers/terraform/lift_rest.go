package terraform

import (
	"strings"
	"time"

	"github.com/apigwlint/apigwlint/model"
	"github.com/apigwlint/apigwlint/parsers/internal/iam"
	"github.com/apigwlint/apigwlint/parsers/internal/tree"
	"github.com/apigwlint/apigwlint/parsers/openapi"
	"github.com/apigwlint/apigwlint/tri"
	"github.com/apigwlint/apigwlint/value"
)

// A method is a method of a REST API with what other resources name it by.
type method struct {
	route        *model.Route
	resource     value.Text
	verb         value.Text
	integration  *model.Integration
	integrations int
}

// restAPIs lifts the resources of REST APIs.
// https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/api_gateway_rest_api
func (l *lifter) restAPIs() {
	for _, r := range l.types["aws_api_gateway_rest_api"] {
		l.restAPI(r)
	}
	for _, r := range l.types["aws_api_gateway_rest_api_policy"] {
		api := l.api(r, "rest_api_id", model.REST)
		if api.Policy.Present() == tri.No || len(l.policies[api]) > 0 {
			l.policies[api] = append(l.policies[api], r)
		}
		api.Policy = iam.Policy(r.document("policy"))
	}
	for _, r := range l.types["aws_api_gateway_resource"] {
		for _, id := range []value.Text{r.hole("id"), treeKey(r.id())} {
			if ref, ok := id.Only(); ok {
				l.paths.Add(ref, treeKey(r.p.TextOf("parent_id")), r.p.TextOf("path_part"))
			}
		}
	}
	for _, r := range l.types["aws_api_gateway_authorizer"] {
		l.restAuthorizer(r)
	}
	for _, r := range l.types["aws_api_gateway_gateway_response"] {
		api := l.api(r, "rest_api_id", model.REST)
		api.GatewayResponses = api.GatewayResponses.With(&model.GatewayResponse{
			Type: r.p.TextOf("response_type"), Status: r.p.TextOf("status_code"), Span: r.span,
		})
	}
	for _, r := range l.types["aws_api_gateway_method"] {
		l.method(r)
	}
	for _, r := range l.types["aws_api_gateway_method_response"] {
		l.methodResponse(r)
	}
	for _, r := range l.types["aws_api_gateway_integration"] {
		l.restIntegration(r)
	}
	for _, r := range l.types["aws_api_gateway_integration_response"] {
		l.integrationResponse(r)
	}
	for _, r := range l.types["aws_api_gateway_rest_api_put"] {
		l.body(r, l.api(r, "rest_api_id", model.REST))
	}
	for _, r := range l.types["aws_api_gateway_deployment"] {
		l.addDeployment(r, l.api(r, "rest_api_id", model.REST))
	}
	for _, r := range l.types["aws_api_gateway_stage"] {
		l.restStage(r)
	}
	for _, r := range l.types["aws_api_gateway_deployment"] {
		l.deploymentStage(r)
	}
	for _, r := range l.types["aws_api_gateway_method_settings"] {
		l.methodSettings(r)
	}
}

func (l *lifter) restAPI(r *lifted) {
	p := r.p
	api := &model.API{
		ID: r.addr, Kind: model.REST, Name: p.TextOf("name"), APIID: r.id(),
		Region: r.region, Account: r.account,
		Endpoint: restEndpoint(p), Managed: tri.Yes, Document: tri.No,
		FailOnWarnings:   p.BoolOf("fail_on_warnings"),
		ImportMode:       p.TextOf("put_rest_api_mode"),
		Compression:      compression(p),
		BinaryMediaTypes: p.TextsOf("binary_media_types"),
		Policy:           value.Absent[*model.Policy](p.Place()),
		DisableEndpoint:  p.BoolOf("disable_execute_api_endpoint"),
		Span:             r.span,
	}
	if p.Has("policy") != tri.No {
		api.Policy = iam.Policy(r.document("policy"))
	} else if !l.complete("aws_api_gateway_rest_api_policy") {
		api.Policy = value.Unknown[*model.Policy](p.Place())
	}
	l.addAPI(r, api)
	if api.ImportMode.Or("overwrite").Is("overwrite") != tri.Yes {
		api.Routes = api.Routes.Opened() // what was there before stays
	}
	l.paths.AddRoot(r.ref("root_resource_id"))
	if s, ok := p.TextOf("root_resource_id").Get(); ok && s != "" {
		l.paths.AddRoot(value.Ref{Kind: value.Other, Name: s})
	}
	l.body(r, api)
}

// compression returns the size from which on responses are compressed; -1 and
// the empty string turn compression off.
func compression(p *tree.Node) value.Of[int] {
	if p.TextOf("minimum_compression_size").Is("") == tri.Yes {
		return value.Absent[int](p.Place())
	}
	size := p.IntOf("minimum_compression_size")
	if n, ok := size.Get(); ok && n < 0 {
		return value.Absent[int](size.Span())
	}
	return size
}

// restEndpoint returns the type of endpoint. An API has one, though the argument is a list.
func restEndpoint(p *tree.Node) value.Text {
	config := nested(p, "endpoint_configuration")
	switch kinds, all := items(config, "types"); {
	case len(kinds) == 1 && all:
		return kinds[0].Text()
	case len(kinds) > 0 || !all:
		return value.UnknownText(config.Place())
	}
	if params := p.Get("parameters"); params != nil || p.Has("parameters") != tri.No {
		if t := params.TextOf("endpointConfigurationTypes"); params == nil || t.Present() != tri.No {
			return t
		}
	}
	return value.NoText(p.Place())
}

// addAPI registers an API that these files create.
func (l *lifter) addAPI(r *lifted, api *model.API) {
	prefix := "aws_api_gateway_"
	if r.typ == "aws_apigatewayv2_api" {
		prefix = "aws_apigatewayv2_"
	}
	routes := l.complete(r.typ, "aws_api_gateway_method", "aws_api_gateway_rest_api_put", "aws_api_gateway_resource")
	if r.typ == "aws_apigatewayv2_api" {
		routes = l.complete(r.typ, "aws_apigatewayv2_route")
	}
	api.OpenAPI, api.Security = absent(r.p.Place()), value.Absent[int](r.p.Place())
	api.Routes = value.SetOf[*model.Route](nil, routes)
	api.Authorizers = value.SetOf[*model.Authorizer](nil, l.complete(prefix+"authorizer"))
	api.Deployments = value.SetOf[*model.Deployment](nil, l.complete(prefix+"deployment"))
	api.GatewayResponses = value.SetOf[*model.GatewayResponse](nil, l.complete("aws_api_gateway_gateway_response"))
	l.model.APIs = append(l.model.APIs, api)
	register(l.apis, r, api)
	l.apiOf[r.base] = api
}

// body lifts the definition of an API in OpenAPI form.
func (l *lifter) body(r *lifted, api *model.API) {
	has := r.p.Has("body")
	if has == tri.No {
		return
	}
	api.Document = tri.Or(api.Document, has)
	body := r.document("body")
	if !body.Is(tree.Map) {
		openContents(api)
		return
	}
	basePath := value.NoText(r.span)
	if api.Kind == model.REST {
		if params := r.p.Get("parameters"); params != nil {
			basePath = params.TextOf("basepath")
		}
	}
	openapi.Import{BasePath: basePath}.Lift(body, api)
	if body.Open {
		openContents(api)
	}
}

// openContents says that an API has more than the files show.
func openContents(api *model.API) {
	api.Routes = api.Routes.Opened()
	api.Authorizers = api.Authorizers.Opened()
	api.GatewayResponses = api.GatewayResponses.Opened()
	api.BinaryMediaTypes = api.BinaryMediaTypes.Opened()
	if api.Policy.Present() == tri.No {
		api.Policy = value.Unknown[*model.Policy](api.Span)
	}
}

// api returns the API that an argument of r names. It makes one up, of which
// nothing else is known, for an API that these files do not create.
func (l *lifter) api(r *lifted, key string, kind model.Kind) *model.API {
	id := r.p.TextOf(key)
	if api := l.apis[id.String()]; api != nil && id.Present() == tri.Yes {
		return api
	}
	name := id.String()
	ref, isRef := id.Only()
	if id.Present() != tri.Yes || isRef && ref.Kind == value.Other {
		// It may be any API of the files.
		for _, api := range l.model.APIs {
			l.openAPI(api)
		}
	}
	if name == "" {
		name = "?"
	}
	api := l.apis["foreign "+name]
	if api == nil {
		api = &model.API{ID: name, Kind: kind, Managed: tri.No, APIID: id, Region: r.region, Account: r.account, Span: r.span}
		l.apis["foreign "+name] = api
		l.model.APIs = append(l.model.APIs, api)
	}
	return api
}

func (l *lifter) method(r *lifted) {
	p := r.p
	api := l.api(r, "rest_api_id", model.REST)
	managed := api.Managed == tri.Yes
	route := &model.Route{
		API: api, ID: r.addr,
		Method:            p.TextOf("http_method").Map(strings.ToUpper),
		Path:              l.paths.Path(treeKey(p.TextOf("resource_id"))),
		Integration:       value.Absent[*model.Integration](p.Place()),
		IntegrationRef:    absent(p.Place()),
		Authorization:     p.TextOf("authorization"),
		Authorizer:        l.authorizer(p.TextOf("authorizer_id")),
		APIKeyRequired:    p.BoolOf("api_key_required"),
		Security:          value.Absent[int](p.Place()),
		Responses:         value.SetOf[*model.MethodResponse](nil, managed && l.complete("aws_api_gateway_method_response")),
		RequestParameters: tree.MapOf(p, "request_parameters", boolean),
		RequestModels:     p.TextMapOf("request_models"),
		Imported:          tri.No,
		Span:              r.span,
	}
	if !managed || !l.complete("aws_api_gateway_integration", "aws_api_gateway_rest_api_put") {
		route.Integration = value.Unknown[*model.Integration](p.Place())
	}
	route.RequestSchemas = l.schemas(api, route.RequestModels)
	l.methods = append(l.methods, &method{route: route, resource: p.TextOf("resource_id"), verb: route.Method})
	api.Routes = api.Routes.With(route)
}

// sameID reports whether two texts are the identifier of the same resource.
func sameID(a, b value.Text) tri.Bool {
	x, isRef := a.Only()
	y, isRef2 := b.Only()
	if isRef && isRef2 && x.Kind == value.Resource && y.Kind == value.Resource {
		return tri.Of(x.Name == y.Name && x.Attr == y.Attr)
	}
	return a.Equal(b)
}

// methodsOf returns the methods that r certainly, and those that it perhaps,
// belongs to.
func (l *lifter) methodsOf(r *lifted) (certain, perhaps []*method) {
	api := l.api(r, "rest_api_id", model.REST)
	resource, verb := r.p.TextOf("resource_id"), r.p.TextOf("http_method").Map(strings.ToUpper)
	for _, m := range l.methods {
		if m.route.API != api && (api.Managed == tri.Yes && m.route.API.Managed == tri.Yes || sameID(m.route.API.APIID, api.APIID) == tri.No) {
			continue
		}
		switch tri.And(sameID(m.resource, resource), m.verb.Equal(verb)) {
		case tri.Yes:
			certain = append(certain, m)
		case tri.Maybe:
			perhaps = append(perhaps, m)
		}
	}
	if len(certain) > 0 {
		perhaps = nil
	}
	return certain, perhaps
}

func (l *lifter) methodResponse(r *lifted) {
	response := &model.MethodResponse{
		Status:     r.p.TextOf("status_code"),
		Parameters: tree.MapOf(r.p, "response_parameters", boolean),
		Models:     r.p.TextMapOf("response_models"),
		Span:       r.span,
	}
	certain, perhaps := l.methodsOf(r)
	for _, m := range certain {
		m.route.Responses = m.route.Responses.With(response)
		m.route.ResponseSchemas = append(m.route.ResponseSchemas, l.schemas(m.route.API, response.Models)...)
	}
	for _, m := range perhaps {
		m.route.Responses = m.route.Responses.Opened()
	}
}

func (l *lifter) restIntegration(r *lifted) {
	certain, perhaps := l.methodsOf(r)
	for _, m := range certain {
		// Two integrations of a method exist only on different conditions.
		if m.integrations++; m.integrations > 1 {
			m.route.Integration = value.Unknown[*model.Integration](r.span)
			continue
		}
		m.integration = l.integration(r, m.route.API)
		m.route.Integration = value.Known(m.integration, r.span)
	}
	for _, m := range perhaps {
		if m.integrations == 0 {
			m.route.Integration = value.Unknown[*model.Integration](r.span)
		}
	}
}

func (l *lifter) integration(r *lifted, api *model.API) *model.Integration {
	p := r.p
	return &model.Integration{
		ID:                r.addr,
		Type:              p.TextOf("type"),
		Subtype:           absent(r.span),
		URI:               p.TextOf("uri"),
		Method:            p.TextOf("integration_http_method"),
		Credentials:       p.TextOf("credentials"),
		Timeout:           p.DurationOf("timeout_milliseconds", time.Millisecond),
		ConnectionType:    p.TextOf("connection_type"),
		ConnectionID:      p.TextOf("connection_id"),
		TargetARN:         p.TextOf("integration_target"),
		TLSServerName:     absent(r.span),
		InsecureTLS:       nested(p, "tls_config").BoolOf("insecure_skip_verification"),
		PayloadFormat:     absent(r.span),
		TransferMode:      p.TextOf("response_transfer_mode"),
		Passthrough:       p.TextOf("passthrough_behavior"),
		ContentHandling:   p.TextOf("content_handling"),
		RequestTemplates:  p.TextMapOf("request_templates"),
		RequestParameters: p.TextMapOf("request_parameters"),
		Responses:         value.SetOf[*model.IntegrationResponse](nil, api.Managed == tri.Yes && l.complete("aws_api_gateway_integration_response")),
		Imported:          tri.No,
		Span:              r.span,
	}
}

func (l *lifter) integrationResponse(r *lifted) {
	p := r.p
	pattern := p.TextOf("selection_pattern")
	if pattern.Is("") == tri.Yes {
		pattern = value.NoText(r.span)
	}
	response := &model.IntegrationResponse{
		Status:          p.TextOf("status_code"),
		Pattern:         pattern,
		ContentHandling: p.TextOf("content_handling"),
		Parameters:      p.TextMapOf("response_parameters"),
		Templates:       p.TextMapOf("response_templates"),
		Span:            r.span,
	}
	l.responses[response] = r
	certain, perhaps := l.methodsOf(r)
	for _, m := range certain {
		if m.integration != nil {
			m.integration.Responses = m.integration.Responses.With(response)
		}
	}
	for _, m := range perhaps {
		if m.integration != nil {
			m.integration.Responses = m.integration.Responses.Opened()
		}
	}
}

// authorizer returns what the identifier of an authorizer names.
func (l *lifter) authorizer(id value.Text) value.Of[*model.Authorizer] {
	if id.Present() == tri.No || id.Is("") == tri.Yes {
		return value.Absent[*model.Authorizer](id.Span())
	}
	if a := l.authorizers[id.String()]; a != nil {
		return value.Known(a, id.Span()).Assuming(id.Assumes()...)
	}
	return value.Unknown[*model.Authorizer](id.Span())
}

func (l *lifter) restAuthorizer(r *lifted) {
	p := r.p
	a := &model.Authorizer{
		ID: r.addr, Name: p.TextOf("name"), AuthorizerID: r.id(),
		Type:           p.TextOf("type").Or("TOKEN"),
		URI:            p.TextOf("authorizer_uri"),
		Credentials:    p.TextOf("authorizer_credentials"),
		IdentitySource: p.TextOf("identity_source"),
		TTL:            p.DurationOf("authorizer_result_ttl_in_seconds", time.Second),
		PayloadFormat:  absent(r.span),
		SimpleResponse: value.Absent[bool](r.span),
		ProviderARNs:   p.TextsOf("provider_arns"),
		Issuer:         absent(p.Place()),
		Span:           r.span,
	}
	if a.Type.IsFold("COGNITO_USER_POOLS") == tri.Yes {
		a.Lambda = value.Absent[*model.Invocation](r.span)
	}
	l.addAuthorizer(r, l.api(r, "rest_api_id", model.REST), a)
}

func (l *lifter) addAuthorizer(r *lifted, api *model.API, a *model.Authorizer) {
	a.API = api
	register(l.authorizers, r, a)
	api.Authorizers = api.Authorizers.With(a)
}

func (l *lifter) addDeployment(r *lifted, api *model.API) {
	d := &model.Deployment{
		ID: r.addr, Description: r.p.TextOf("description"), StageName: r.p.TextOf("stage_name"),
		Canary: canary(r.p), Span: r.span,
	}
	if d.StageName.Is("") == tri.Yes {
		d.StageName = absent(r.span)
	}
	register(l.deployed, r, d)
	api.Deployments = api.Deployments.With(d)
}

// canary reports whether a deployment has the settings of a canary.
func canary(p *tree.Node) value.Of[bool] {
	switch blocks, all := items(p, "canary_settings"); {
	case len(blocks) > 0:
		return value.Known(true, blocks[0].Place())
	case all:
		return value.Absent[bool](p.Place())
	}
	return value.Unknown[bool](p.Place())
}

// deployment returns what the identifier of a deployment names.
func (l *lifter) deployment(id value.Text) value.Of[*model.Deployment] {
	if id.Present() == tri.No {
		return value.Absent[*model.Deployment](id.Span())
	}
	if d := l.deployed[id.String()]; d != nil {
		return value.Known(d, id.Span())
	}
	return value.Unknown[*model.Deployment](id.Span())
}

func (l *lifter) restStage(r *lifted) {
	p := r.p
	api := l.api(r, "rest_api_id", model.REST)
	api.Stages = api.Stages.With(&model.Stage{
		ID: r.addr, Name: p.TextOf("stage_name"),
		Variables:        p.TextMapOf("variables"),
		AutoDeploy:       value.Absent[bool](r.span),
		Deployment:       l.deployment(p.TextOf("deployment_id")),
		CanaryVariables:  nested(p, "canary_settings").TextMapOf("stage_variable_overrides"),
		CanaryDeployment: l.deployment(nested(p, "canary_settings").TextOf("deployment_id")),
		Throttles:        value.SetOf[*model.Throttle](nil, l.complete("aws_api_gateway_method_settings")),
		Cached:           value.SetOf[value.Text](nil, l.complete("aws_api_gateway_method_settings")),
		Span:             r.span,
	})
}

// deploymentStage lifts the stage that a deployment makes when it names one,
// which provider versions before 6 allow.
func (l *lifter) deploymentStage(r *lifted) {
	p := r.p
	name := p.TextOf("stage_name")
	if name.Present() == tri.No || name.Is("") == tri.Yes {
		return
	}
	api := l.api(r, "rest_api_id", model.REST)
	if name.Present() == tri.Maybe {
		l.opened[api] = true
		return
	}
	for s := range api.Stages.All() {
		if s.Name.Equal(name) == tri.Yes {
			return
		}
	}
	d := l.deployed[r.id().String()]
	api.Stages = api.Stages.With(&model.Stage{
		ID: r.addr, Name: name,
		Variables:        p.TextMapOf("variables"),
		AutoDeploy:       value.Absent[bool](r.span),
		Deployment:       value.Known(d, r.span),
		CanaryVariables:  nested(p, "canary_settings").TextMapOf("stage_variable_overrides"),
		CanaryDeployment: value.Absent[*model.Deployment](r.span),
		Throttles:        value.SetOf[*model.Throttle](nil, l.complete("aws_api_gateway_method_settings")),
		Cached:           value.Closed[value.Text](),
		Span:             r.span,
	})
}

// methodSettings lifts the limits that a resource sets for methods of a stage.
// https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/api_gateway_method_settings
func (l *lifter) methodSettings(r *lifted) {
	t := throttle(r.p.TextOf("method_path"), nested(r.p, "settings"))
	cached := nested(r.p, "settings").BoolOf("caching_enabled").Or(false)
	for s := range l.api(r, "rest_api_id", model.REST).Stages.All() {
		switch named := s.Name.Equal(r.p.TextOf("stage_name")); {
		case named == tri.Yes && l.caches(s, cached) == tri.Yes:
			s.Cached = s.Cached.With(r.p.TextOf("method_path"))
		case named != tri.No && l.caches(s, cached) != tri.No:
			s.Cached = s.Cached.Opened()
		}
		switch s.Name.Equal(r.p.TextOf("stage_name")) {
		case tri.Yes:
			if t != nil {
				s.Throttles = s.Throttles.With(t)
			}
		case tri.Maybe:
			s.Throttles = s.Throttles.Opened()
		}
	}
}

// caches reports whether a stage has the cluster that caching takes, and a
// setting turns it on.
func (l *lifter) caches(s *model.Stage, setting value.Of[bool]) tri.Bool {
	yes := func(b bool) bool { return b }
	cluster := tri.Maybe
	if r := l.byAddr[s.ID]; r != nil {
		cluster = r.p.BoolOf("cache_cluster_enabled").Or(false).Is(yes)
	}
	return tri.And(cluster, setting.Is(yes))
}

// throttle returns the limits that n sets for a route, nil when it sets none.
// The provider's default of -1 is none.
func throttle(route value.Text, n *tree.Node) *model.Throttle {
	if tri.Or(n.Has("throttling_rate_limit"), n.Has("throttling_burst_limit")) == tri.No {
		return nil
	}
	limit := func(key string) value.Of[float64] {
		v := n.FloatOf(key)
		if f, ok := v.Get(); ok && f < 0 {
			return value.Absent[float64](v.Span())
		}
		return v
	}
	return &model.Throttle{Route: route, Rate: limit("throttling_rate_limit"), Burst: limit("throttling_burst_limit"), Span: n.Span}
}
