package lift

import (
	"strings"
	"time"

	"github.com/apigwlint/apigwlint/model"
	"github.com/apigwlint/apigwlint/parsers/internal/tree"
	"github.com/apigwlint/apigwlint/source"
	"github.com/apigwlint/apigwlint/tri"
	"github.com/apigwlint/apigwlint/value"
)

// quickCreated is what quick create makes for an HTTP API.
// https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop.html
type quickCreated struct {
	integration *model.Integration
	route       *model.Route
	stage       *model.Stage
}

// v2APIs lifts the resources of HTTP and WebSocket APIs.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/AWS_ApiGatewayV2.html
func (l *lifter) v2APIs() {
	for r := range l.of("AWS::ApiGatewayV2::Api") {
		l.v2API(r)
	}
	for r := range l.of("AWS::ApiGatewayV2::Authorizer") {
		l.v2Authorizer(r)
	}
	for r := range l.of("AWS::ApiGatewayV2::Integration") {
		l.v2Integration(r)
	}
	for r := range l.of("AWS::ApiGatewayV2::IntegrationResponse") {
		l.v2IntegrationResponse(r)
	}
	for r := range l.of("AWS::ApiGatewayV2::Route") {
		l.v2Route(r)
	}
	for r := range l.of("AWS::ApiGatewayV2::RouteResponse") {
		if ref, ok := r.props.TextOf("RouteId").Only(); ok && l.routes[ref] != nil {
			l.routes[ref].TwoWay = tri.Yes
		} else {
			for _, route := range l.routes {
				route.TwoWay = tri.Or(route.TwoWay, tri.Maybe)
			}
		}
	}
	for r := range l.of("AWS::ApiGatewayV2::Deployment") {
		l.addDeployment(r, l.api(r, "ApiId", ""))
	}
	for r := range l.of("AWS::ApiGatewayV2::Stage") {
		l.v2Stage(r)
	}
	for r := range l.of("AWS::ApiGatewayV2::Deployment") {
		l.deployToStage(r)
	}
	for r := range l.of("AWS::ApiGatewayV2::ApiGatewayManagedOverrides") {
		l.overrides(r)
	}
	for _, api := range l.model.APIs {
		if api.Kind == "" {
			api.Kind = kindByRoutes(api)
		}
	}
}

func (l *lifter) v2API(r *resource) {
	p := r.props
	api := &model.API{
		ID: r.ID, Kind: protocol(p), Name: p.TextOf("Name"), APIID: r.hole(""),
		Endpoint: value.Lit("REGIONAL", r.Span), Managed: tri.Yes, Document: tri.No,
		FailOnWarnings:   p.BoolOf("FailOnWarnings"),
		ImportMode:       absent(p.Place()),
		Compression:      value.Absent[int](p.Place()),
		BinaryMediaTypes: value.Closed[value.Text](),
		Policy:           value.Absent[*model.Policy](p.Place()),
		DisableEndpoint:  p.BoolOf("DisableExecuteApiEndpoint"),
		Span:             r.Span,
	}
	l.addAPI(r, api)
	l.body(r, api)
	l.quickCreate(r, api)
}

// protocol returns the kind of a V2 API. Without a protocol only an import works,
// which makes HTTP APIs.
func protocol(p *tree.Node) model.Kind {
	switch t := p.TextOf("ProtocolType"); {
	case t.IsFold("HTTP") == tri.Yes:
		return model.HTTP
	case t.IsFold("WEBSOCKET") == tri.Yes:
		return model.WebSocket
	case t.Present() == tri.No && tri.Or(p.Has("Body"), p.Has("BodyS3Location")) == tri.Yes:
		return model.HTTP
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

// quickCreate adds the integration, route and stage that come with a Target.
func (l *lifter) quickCreate(r *resource, api *model.API) {
	p := r.props
	target := p.TextOf("Target")
	if target.Present() == tri.No {
		return
	}
	span := target.Span()
	unknown := value.UnknownText(span)
	q := &quickCreated{
		integration: &model.Integration{
			ID: r.ID, Type: unknown, Subtype: absent(span), URI: target,
			Credentials: p.TextOf("CredentialsArn"), Timeout: value.Absent[time.Duration](span),
			ConnectionType: absent(span), ConnectionID: absent(span), TargetARN: absent(span), TLSServerName: absent(span),
			InsecureTLS: value.Absent[bool](span), TransferMode: absent(span), Passthrough: absent(span), ContentHandling: absent(span),
			RequestTemplates: value.NoMap[value.Text](span), RequestParameters: value.NoMap[value.Text](span),
			Responses: value.Closed[*model.IntegrationResponse](), Imported: tri.No, Span: span,
		},
		stage: &model.Stage{
			ID: r.ID, Name: value.Lit("$default", span), Variables: value.NoMap[value.Text](span),
			AutoDeploy: value.Known(true, span), CanaryVariables: value.NoMap[value.Text](span),
			CanaryDeployment: value.Absent[*model.Deployment](span),
			Throttles:        value.Closed[*model.Throttle](), Cached: value.Closed[value.Text](), Span: span,
		},
	}
	switch l.link.FromURI(target).Present() {
	case tri.Yes:
		q.integration.Type = value.Lit("AWS_PROXY", span)
	case tri.No:
		q.integration.Type = value.Lit("HTTP_PROXY", span)
	}
	method, path := routeKey(p.TextOf("RouteKey").Or("$default"), model.HTTP)
	q.route = &model.Route{
		API: api, ID: r.ID, Method: method, Path: path,
		Integration:   value.Known(q.integration, span),
		Authorization: absent(span), Authorizer: value.Absent[*model.Authorizer](span),
		APIKeyRequired: value.Absent[bool](span), Security: value.Absent[int](span), RequestParameters: value.NoMap[value.Of[bool]](span),
		RequestModels: value.NoMap[value.Text](span), Imported: tri.No, Span: span,
	}
	l.quick[api] = q
	api.Routes = api.Routes.With(q.route)
	l.addStage(api, q.stage)
}

// overrides applies what a resource changes in what quick create made.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-resource-apigatewayv2-apigatewaymanagedoverrides.html
func (l *lifter) overrides(r *resource) {
	p := r.props
	api := l.api(r, "ApiId", "")
	q := l.quick[api]
	if q == nil {
		l.openAPI(api)
		return
	}
	override := func(n *tree.Node, key string, field *value.Text) {
		if n.Has(key) != tri.No {
			*field = n.TextOf(key)
		}
	}
	in := child(p, "Integration")
	override(in, "PayloadFormatVersion", &q.integration.PayloadFormat)
	override(in, "IntegrationMethod", &q.integration.Method)
	if in.Has("TimeoutInMillis") != tri.No {
		q.integration.Timeout = in.DurationOf("TimeoutInMillis", time.Millisecond)
	}
	route := child(p, "Route")
	override(route, "AuthorizationType", &q.route.Authorization)
	if route.Has("AuthorizerId") != tri.No {
		q.route.Authorizer = l.authorizer(route.TextOf("AuthorizerId"))
	}
	if route.Has("Target") != tri.No {
		q.route.Target = route.TextOf("Target")
		q.route.Integration = l.target(q.route.Target)
	}
	stage := child(p, "Stage")
	if stage.Has("AutoDeploy") != tri.No {
		q.stage.AutoDeploy = stage.BoolOf("AutoDeploy")
	}
	if stage.Has("StageVariables") != tri.No {
		q.stage.Variables = stage.TextMapOf("StageVariables")
	}
	q.stage.Throttles = routeThrottles(stage)
}

func (l *lifter) v2Authorizer(r *resource) {
	p := r.props
	a := &model.Authorizer{
		ID: r.ID, Name: p.TextOf("Name"), AuthorizerID: r.hole(""),
		Type:           p.TextOf("AuthorizerType"),
		URI:            p.TextOf("AuthorizerUri"),
		Credentials:    p.TextOf("AuthorizerCredentialsArn"),
		IdentitySource: joined(p, "IdentitySource"),
		TTL:            p.DurationOf("AuthorizerResultTtlInSeconds", time.Second),
		PayloadFormat:  p.TextOf("AuthorizerPayloadFormatVersion"),
		SimpleResponse: p.BoolOf("EnableSimpleResponses"),
		ProviderARNs:   value.Closed[value.Text](),
		Issuer:         l.issuer(child(p, "JwtConfiguration").TextOf("Issuer")),
		Span:           r.Span,
	}
	if a.Type.IsFold("JWT") == tri.Yes {
		a.Lambda = value.Absent[*model.Invocation](r.Span)
	}
	l.addAuthorizer(r, l.api(r, "ApiId", ""), a)
}

// joined returns a list of texts with commas between them.
func joined(n *tree.Node, key string) value.Text {
	list, all := items(n, key)
	switch {
	case !all:
		return value.UnknownText(child(n, key).Place())
	case len(list) == 0:
		return value.NoText(n.Place())
	}
	out := []value.Text{list[0].Text()}
	for _, item := range list[1:] {
		out = append(out, value.Lit(",", item.Span), item.Text())
	}
	return value.Concat(out[0].Span(), out...)
}

func (l *lifter) v2Integration(r *resource) {
	p := r.props
	in := &model.Integration{
		ID:                r.ID,
		Type:              p.TextOf("IntegrationType"),
		Subtype:           p.TextOf("IntegrationSubtype"),
		URI:               p.TextOf("IntegrationUri"),
		Method:            p.TextOf("IntegrationMethod"),
		Credentials:       p.TextOf("CredentialsArn"),
		Timeout:           p.DurationOf("TimeoutInMillis", time.Millisecond),
		ConnectionType:    p.TextOf("ConnectionType"),
		ConnectionID:      p.TextOf("ConnectionId"),
		TargetARN:         absent(r.Span),
		TLSServerName:     child(p, "TlsConfig").TextOf("ServerNameToVerify"),
		InsecureTLS:       value.Absent[bool](r.Span),
		PayloadFormat:     p.TextOf("PayloadFormatVersion"),
		TransferMode:      absent(r.Span),
		Passthrough:       p.TextOf("PassthroughBehavior"),
		ContentHandling:   p.TextOf("ContentHandlingStrategy"),
		RequestTemplates:  p.TextMapOf("RequestTemplates"),
		RequestParameters: p.TextMapOf("RequestParameters"),
		Responses:         l.statusMappings(p, l.api(r, "ApiId", "")),
		Imported:          tri.No,
		Span:              r.Span,
	}
	l.integrations[r.ref("")] = in
}

// statusMappings returns the responses that an HTTP API changes, by status.
// https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-parameter-mapping.html
func (l *lifter) statusMappings(p *tree.Node, api *model.API) value.Set[*model.IntegrationResponse] {
	var out []*model.IntegrationResponse
	m := p.TextMapOf("ResponseParameters")
	for e := range m.All() {
		key, ok := e.Key.Get()
		if !ok {
			continue
		}
		n := p.Get("ResponseParameters", key)
		out = append(out, &model.IntegrationResponse{
			Status: e.Key, Pattern: absent(e.Span), ContentHandling: absent(e.Span),
			Parameters: parameterList(n, e.Span), Templates: value.NoMap[value.Text](e.Span), Span: e.Span,
		})
	}
	return value.SetOf(out, l.closed && m.IsClosed() && api.Managed == tri.Yes)
}

// parameterList reads {ResponseParameters: [{Destination, Source}]}, and the map
// that the API itself takes.
func parameterList(n *tree.Node, span source.Span) value.Map[value.Text] {
	list := n.Get("ResponseParameters")
	if list == nil {
		list = n
	}
	if list.Is(tree.Map) {
		return (&tree.Node{Kind: tree.Map, Span: span, Entries: []tree.Entry{{Key: "v", Value: list}}}).TextMapOf("v")
	}
	if !list.Is(tree.List) {
		return value.OpenMap[value.Text](span)
	}
	var entries []value.Entry[value.Text]
	for _, item := range list.Items {
		entries = append(entries, value.Entry[value.Text]{Key: item.TextOf("Destination"), Value: item.TextOf("Source"), Span: item.Span})
	}
	if list.Open {
		return value.OpenMap(span, entries...)
	}
	return value.NewMap(span, entries...)
}

func (l *lifter) v2IntegrationResponse(r *resource) {
	p := r.props
	response := &model.IntegrationResponse{
		Status:          absent(r.Span),
		Pattern:         p.TextOf("IntegrationResponseKey"),
		ContentHandling: p.TextOf("ContentHandlingStrategy"),
		Parameters:      p.TextMapOf("ResponseParameters"),
		Templates:       p.TextMapOf("ResponseTemplates"),
		Span:            r.Span,
	}
	if ref, ok := p.TextOf("IntegrationId").Only(); ok && l.integrations[ref] != nil {
		in := l.integrations[ref]
		in.Responses = in.Responses.With(response)
		return
	}
	for _, in := range l.integrations {
		in.Responses = in.Responses.Opened()
	}
}

func (l *lifter) v2Route(r *resource) {
	p := r.props
	api := l.api(r, "ApiId", "")
	method, path := routeKey(p.TextOf("RouteKey"), api.Kind)
	target := p.TextOf("Target")
	route := &model.Route{
		API: api, ID: r.ID, Method: method, Path: path,
		Integration:       l.target(target),
		IntegrationRef:    absent(r.Span),
		Target:            target,
		Authorization:     p.TextOf("AuthorizationType"),
		Authorizer:        l.authorizer(p.TextOf("AuthorizerId")),
		APIKeyRequired:    p.BoolOf("ApiKeyRequired"),
		Security:          value.Absent[int](p.Place()),
		RequestParameters: tree.MapOf(p, "RequestParameters", boolean),
		RequestModels:     p.TextMapOf("RequestModels"),
		Imported:          tri.No,
		Span:              r.Span,
	}
	if l.closed && api.Managed == tri.Yes {
		route.TwoWay = tri.No // until a route response says otherwise
	}
	l.schemas(route, p, "RequestModels")
	l.routes[r.ref("")] = route
	api.Routes = api.Routes.With(route)
}

// routeKey splits a route key. Only those of HTTP APIs begin with a method.
func routeKey(key value.Text, kind model.Kind) (method, path value.Text) {
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
	case kind == model.HTTP && strings.Contains(f.S, value.HoleString):
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
		if ref, ok := f.Slice(len(prefix), len(f.S)).Only(); ok {
			if in := l.integrations[ref]; in != nil {
				return value.Known(in, target.Span()).Assuming(target.Assumes()...)
			}
		}
	}
	return value.Unknown[*model.Integration](target.Span())
}

func (l *lifter) v2Stage(r *resource) {
	p := r.props
	l.addStage(l.api(r, "ApiId", ""), &model.Stage{
		ID: r.ID, Name: stageName(r),
		Variables:        p.TextMapOf("StageVariables"),
		AutoDeploy:       p.BoolOf("AutoDeploy"),
		Deployment:       l.deployment(p.TextOf("DeploymentId")),
		CanaryVariables:  value.NoMap[value.Text](r.Span),
		CanaryDeployment: value.Absent[*model.Deployment](r.Span),
		Throttles:        routeThrottles(p),
		Cached:           value.Closed[value.Text](),
		Span:             r.Span,
	})
}

// deployToStage gives a deployment to the stage that it names.
func (l *lifter) deployToStage(r *resource) {
	name := r.props.TextOf("StageName")
	if name.Present() == tri.No {
		return
	}
	for s := range l.api(r, "ApiId", "").Stages.All() {
		if s.Deployment.Present() != tri.No {
			continue
		}
		switch s.Name.Equal(name) {
		case tri.Yes:
			s.Deployment = value.Known(l.deployed[r.ref("")], name.Span())
		case tri.Maybe:
			s.Deployment = value.Unknown[*model.Deployment](name.Span())
		}
	}
}

// routeThrottles returns the limits of a stage of a V2 API.
func routeThrottles(p *tree.Node) value.Set[*model.Throttle] {
	out := throttles("*/*", child(p, "DefaultRouteSettings"))
	settings := child(p, "RouteSettings")
	for _, e := range settings.Entries {
		if t := throttle(value.Lit(e.Key, e.KeySpan), e.Value); t != nil {
			out = append(out, t)
		}
	}
	return value.SetOf(out, settings.Is(tree.Map) && !settings.Open)
}
