package lift

import (
	"strings"
	"time"

	"github.com/apigwlint/apigwlint/model"
	"github.com/apigwlint/apigwlint/parsers/internal/embedded"
	"github.com/apigwlint/apigwlint/parsers/internal/iam"
	"github.com/apigwlint/apigwlint/parsers/internal/tree"
	"github.com/apigwlint/apigwlint/parsers/openapi"
	"github.com/apigwlint/apigwlint/tri"
	"github.com/apigwlint/apigwlint/value"
)

// restAPIs lifts the resources of REST APIs.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/AWS_ApiGateway.html
func (l *lifter) restAPIs() {
	for r := range l.of("AWS::ApiGateway::RestApi") {
		l.restAPI(r)
	}
	for r := range l.of("AWS::ApiGateway::Resource") {
		l.paths.Add(r.ref(""), r.props.TextOf("ParentId"), r.props.TextOf("PathPart"))
	}
	for r := range l.of("AWS::ApiGateway::Authorizer") {
		l.restAuthorizer(r)
	}
	for r := range l.of("AWS::ApiGateway::GatewayResponse") {
		api := l.api(r, "RestApiId", model.REST)
		api.GatewayResponses = api.GatewayResponses.With(&model.GatewayResponse{
			Type: r.props.TextOf("ResponseType"), Status: r.props.TextOf("StatusCode"), Span: r.Span,
		})
	}
	for r := range l.of("AWS::ApiGateway::Method") {
		l.method(r)
	}
	for r := range l.of("AWS::ApiGateway::Deployment") {
		l.restDeployment(r)
	}
	for r := range l.of("AWS::ApiGateway::Stage") {
		l.restStage(r)
	}
}

func (l *lifter) restAPI(r *resource) {
	p := r.props
	api := &model.API{
		ID: r.ID, Kind: model.REST, Name: p.TextOf("Name"), APIID: r.hole(""),
		Endpoint: restEndpoint(p), Managed: tri.Yes, Document: tri.No,
		FailOnWarnings:   p.BoolOf("FailOnWarnings"),
		ImportMode:       p.TextOf("Mode"),
		Compression:      p.IntOf("MinimumCompressionSize"),
		BinaryMediaTypes: mediaTypes(p.TextsOf("BinaryMediaTypes")),
		Policy:           value.Absent[*model.Policy](p.Place()),
		DisableEndpoint:  p.BoolOf("DisableExecuteApiEndpoint"),
		Span:             r.Span,
	}
	if policy := p.Get("Policy"); policy != nil {
		api.Policy = iam.Policy(policy)
	} else if p.Has("Policy") != tri.No {
		api.Policy = value.Unknown[*model.Policy](p.Place())
	}
	l.addAPI(r, api)
	l.paths.AddRoot(r.ref("RootResourceId"))
	l.body(r, api)
	if p.Has("CloneFrom") != tri.No {
		openContents(api)
	}
}

// restEndpoint returns the type of endpoint. An API has one, though the property is a list.
func restEndpoint(p *tree.Node) value.Text {
	config := child(p, "EndpointConfiguration")
	switch kinds, all := items(config, "Types"); {
	case len(kinds) == 1 && all:
		return kinds[0].Text()
	case len(kinds) > 0 || !all:
		return value.UnknownText(config.Place())
	}
	// Parameters of the import say it too.
	t := child(p, "Parameters").TextOf("endpointConfigurationTypes")
	if t.Present() == tri.No {
		return value.NoText(p.Place())
	}
	return t
}

// mediaTypes writes media types with the slash that CloudFormation escapes.
func mediaTypes(types value.Set[value.Text]) value.Set[value.Text] {
	var out []value.Text
	for t := range types.All() {
		out = append(out, t.Map(func(s string) string { return strings.ReplaceAll(s, "~1", "/") }))
	}
	return value.SetOf(out, types.IsClosed())
}

// addAPI registers an API that these files create.
func (l *lifter) addAPI(r *resource, api *model.API) {
	api.OpenAPI, api.Security = absent(r.props.Place()), value.Absent[int](r.props.Place())
	api.Routes = value.SetOf[*model.Route](nil, l.closed)
	api.Authorizers = value.SetOf[*model.Authorizer](nil, l.closed)
	api.Deployments = value.SetOf[*model.Deployment](nil, l.closed)
	api.GatewayResponses = value.SetOf[*model.GatewayResponse](nil, l.closed)
	l.model.APIs = append(l.model.APIs, api)
	l.apis[api.APIID.String()] = api
}

// body lifts the definition of an API in OpenAPI form.
func (l *lifter) body(r *resource, api *model.API) {
	p := r.props
	if p.Has("BodyS3Location") != tri.No {
		api.Document = tri.Or(api.Document, p.Has("BodyS3Location"))
		openContents(api)
	}
	has := p.Has("Body")
	if has == tri.No {
		return
	}
	api.Document = tri.Or(api.Document, has)
	if body := embedded.Document(p.Get("Body")); body.Is(tree.Map) {
		basePath := p.TextOf("BasePath")
		if api.Kind == model.REST {
			basePath = child(p, "Parameters").TextOf("basepath")
		}
		openapi.Import{BasePath: basePath}.Lift(body, api)
		return
	}
	openContents(api)
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

// api returns the API that a property of r names. It makes one up, of which
// nothing else is known, for an API that these files do not create.
func (l *lifter) api(r *resource, key string, kind model.Kind) *model.API {
	id := r.props.TextOf(key)
	if api := l.apis[id.String()]; api != nil && id.Present() == tri.Yes {
		return api
	}
	name := id.String()
	if name == "" {
		name = "?"
		// It may be any API of the files.
		for _, api := range l.model.APIs {
			l.openAPI(api)
		}
	}
	api := l.apis["foreign "+name]
	if api == nil {
		api = &model.API{ID: name, Kind: kind, Managed: tri.No, APIID: id, Span: r.Span}
		l.apis["foreign "+name] = api
		l.model.APIs = append(l.model.APIs, api)
	}
	return api
}

func (l *lifter) method(r *resource) {
	p := r.props
	api := l.api(r, "RestApiId", model.REST)
	route := &model.Route{
		API: api, ID: r.ID,
		Method:            p.TextOf("HttpMethod").Map(strings.ToUpper),
		Path:              l.paths.Path(p.TextOf("ResourceId")),
		Integration:       value.Absent[*model.Integration](p.Place()),
		IntegrationRef:    absent(p.Place()),
		Target:            absent(p.Place()),
		Authorization:     p.TextOf("AuthorizationType"),
		Authorizer:        l.authorizer(p.TextOf("AuthorizerId")),
		APIKeyRequired:    p.BoolOf("ApiKeyRequired"),
		Security:          value.Absent[int](p.Place()),
		Responses:         lifted(p, "MethodResponses", methodResponse),
		RequestParameters: tree.MapOf(p, "RequestParameters", boolean),
		RequestModels:     p.TextMapOf("RequestModels"),
		Imported:          tri.No,
		Span:              r.Span,
	}
	switch n := p.Get("Integration"); {
	case n.Is(tree.Map):
		route.Integration = value.Known(restIntegration(n, r.ID), n.Span)
	case n != nil || p.Has("Integration") != tri.No:
		route.Integration = value.Unknown[*model.Integration](p.Place())
	}
	l.schemas(route, p, "RequestModels")
	for _, n := range membersOf(p, "MethodResponses") {
		l.schemas(route, n, "ResponseModels")
	}
	l.routes[r.ref("")] = route
	api.Routes = api.Routes.With(route)
}

// authorizer returns what the identifier of an authorizer names.
func (l *lifter) authorizer(id value.Text) value.Of[*model.Authorizer] {
	if id.Present() == tri.No {
		return value.Absent[*model.Authorizer](id.Span())
	}
	if ref, ok := id.Only(); ok {
		if a := l.authorizers[ref]; a != nil {
			return value.Known(a, id.Span()).Assuming(id.Assumes()...)
		}
	}
	return value.Unknown[*model.Authorizer](id.Span())
}

func methodResponse(n *tree.Node) *model.MethodResponse {
	return &model.MethodResponse{
		Status:     n.TextOf("StatusCode"),
		Parameters: tree.MapOf(n, "ResponseParameters", boolean),
		Models:     n.TextMapOf("ResponseModels"),
		Span:       n.Span,
	}
}

func restIntegration(n *tree.Node, id string) *model.Integration {
	return &model.Integration{
		ID:                id,
		Type:              n.TextOf("Type"),
		Subtype:           absent(n.Place()),
		URI:               n.TextOf("Uri"),
		Method:            n.TextOf("IntegrationHttpMethod"),
		Credentials:       n.TextOf("Credentials"),
		Timeout:           n.DurationOf("TimeoutInMillis", time.Millisecond),
		ConnectionType:    n.TextOf("ConnectionType"),
		ConnectionID:      n.TextOf("ConnectionId"),
		TargetARN:         n.TextOf("IntegrationTarget"),
		TLSServerName:     absent(n.Place()),
		InsecureTLS:       child(n, "TlsConfig").BoolOf("InsecureSkipVerification"),
		PayloadFormat:     absent(n.Place()),
		TransferMode:      n.TextOf("ResponseTransferMode"),
		Passthrough:       n.TextOf("PassthroughBehavior"),
		ContentHandling:   n.TextOf("ContentHandling"),
		RequestTemplates:  n.TextMapOf("RequestTemplates"),
		RequestParameters: n.TextMapOf("RequestParameters"),
		Responses:         lifted(n, "IntegrationResponses", integrationResponse),
		Imported:          tri.No,
		Span:              n.Place(),
	}
}

func integrationResponse(n *tree.Node) *model.IntegrationResponse {
	pattern := n.TextOf("SelectionPattern")
	if pattern.Is("") == tri.Yes {
		pattern = value.NoText(n.Place())
	}
	return &model.IntegrationResponse{
		Status:          n.TextOf("StatusCode"),
		Pattern:         pattern,
		ContentHandling: n.TextOf("ContentHandling"),
		Parameters:      n.TextMapOf("ResponseParameters"),
		Templates:       n.TextMapOf("ResponseTemplates"),
		Span:            n.Span,
	}
}

func (l *lifter) restAuthorizer(r *resource) {
	p := r.props
	a := &model.Authorizer{
		ID: r.ID, Name: p.TextOf("Name"), AuthorizerID: r.hole(""),
		Type:           p.TextOf("Type"),
		URI:            p.TextOf("AuthorizerUri"),
		Credentials:    p.TextOf("AuthorizerCredentials"),
		IdentitySource: p.TextOf("IdentitySource"),
		TTL:            p.DurationOf("AuthorizerResultTtlInSeconds", time.Second),
		PayloadFormat:  absent(p.Place()),
		SimpleResponse: value.Absent[bool](p.Place()),
		ProviderARNs:   p.TextsOf("ProviderARNs"),
		Issuer:         absent(p.Place()),
		Span:           r.Span,
	}
	if a.Type.IsFold("COGNITO_USER_POOLS") == tri.Yes {
		a.Lambda = value.Absent[*model.Invocation](r.Span)
	}
	l.addAuthorizer(r, l.api(r, "RestApiId", model.REST), a)
}

func (l *lifter) addAuthorizer(r *resource, api *model.API, a *model.Authorizer) {
	a.API = api
	l.authorizers[r.ref("")] = a
	api.Authorizers = api.Authorizers.With(a)
}

func (l *lifter) restDeployment(r *resource) {
	p := r.props
	api := l.api(r, "RestApiId", model.REST)
	d := l.addDeployment(r, api)
	d.Canary = written(p, "DeploymentCanarySettings")
	// A deployment makes a stage when it names one.
	name := p.TextOf("StageName")
	if name.Present() == tri.No {
		return
	}
	if name.Present() == tri.Maybe {
		l.opened[api] = true
		return
	}
	for s := range api.Stages.All() {
		if s.Name.Equal(name) == tri.Yes {
			return
		}
	}
	description := child(p, "StageDescription")
	canary := child(description, "CanarySetting").TextMapOf("StageVariableOverrides")
	if own := child(p, "DeploymentCanarySettings"); own.Has("StageVariableOverrides") != tri.No {
		canary = canary.Merge(own.TextMapOf("StageVariableOverrides"))
	}
	l.addStage(api, &model.Stage{
		ID: r.ID, Name: name,
		Variables:        description.TextMapOf("Variables"),
		AutoDeploy:       value.Absent[bool](r.Span),
		Deployment:       value.Known(d, r.Span),
		CanaryVariables:  canary,
		CanaryDeployment: value.Absent[*model.Deployment](r.Span),
		Throttles:        methodThrottles(description).With(throttles("*/*", description)...),
		Cached:           cached(description),
		Span:             r.Span,
	})
}

func (l *lifter) addDeployment(r *resource, api *model.API) *model.Deployment {
	d := &model.Deployment{
		ID: r.ID, Description: r.props.TextOf("Description"), StageName: r.props.TextOf("StageName"),
		Canary: value.Absent[bool](r.Span), Renewal: renewal(r), Span: r.Span,
	}
	l.deployed[r.ref("")] = d
	api.Deployments = api.Deployments.With(d)
	return d
}

func (l *lifter) addStage(api *model.API, s *model.Stage) { api.Stages = api.Stages.With(s) }

// deployment returns what the identifier of a deployment names.
func (l *lifter) deployment(id value.Text) value.Of[*model.Deployment] {
	if id.Present() == tri.No {
		return value.Absent[*model.Deployment](id.Span())
	}
	if ref, ok := id.Only(); ok {
		if d := l.deployed[ref]; d != nil {
			return value.Known(d, id.Span())
		}
	}
	return value.Unknown[*model.Deployment](id.Span())
}

func (l *lifter) restStage(r *resource) {
	p := r.props
	l.addStage(l.api(r, "RestApiId", model.REST), &model.Stage{
		ID: r.ID, Name: stageName(r),
		Variables:        p.TextMapOf("Variables"),
		AutoDeploy:       value.Absent[bool](r.Span),
		Deployment:       l.deployment(p.TextOf("DeploymentId")),
		CanaryVariables:  child(p, "CanarySetting").TextMapOf("StageVariableOverrides"),
		CanaryDeployment: l.deployment(child(p, "CanarySetting").TextOf("DeploymentId")),
		Throttles:        methodThrottles(p),
		Cached:           cached(p),
		Span:             r.Span,
	})
}

// stageName returns the name of a stage, which a reference to it stands for.
func stageName(r *resource) value.Text {
	if name := r.props.TextOf("StageName"); name.Present() == tri.Yes {
		return name
	}
	return r.hole("")
}

// methodThrottles returns the limits in MethodSettings.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-properties-apigateway-stage-methodsetting.html
func methodThrottles(n *tree.Node) value.Set[*model.Throttle] {
	settings, all := items(n, "MethodSettings")
	var out []*model.Throttle
	for _, s := range settings {
		if !s.Is(tree.Map) {
			all = false
			continue
		}
		if t := throttle(settingRoute(s), s); t != nil {
			out = append(out, t)
		}
	}
	return value.SetOf(out, all)
}

// settingRoute returns the routes that one of the MethodSettings is about.
func settingRoute(s *tree.Node) value.Text {
	path, ok := s.TextOf("ResourcePath").Or("/*").Get()
	method := s.TextOf("HttpMethod").Or("*")
	if !ok || method.Present() != tri.Yes {
		return value.UnknownText(s.Span)
	}
	path = strings.TrimPrefix(path, "/")
	if path == "" {
		path = "~1"
	}
	return value.Lit(path+"/", s.Span).Append(method)
}

// cached returns the routes whose answers are cached, which takes a cluster.
func cached(n *tree.Node) value.Set[value.Text] {
	cluster, known := n.BoolOf("CacheClusterEnabled").Or(false).Get()
	if known && !cluster {
		return value.Closed[value.Text]()
	}
	settings, all := items(n, "MethodSettings")
	all = all && known
	var out []value.Text
	for _, s := range settings {
		switch on, ok := s.BoolOf("CachingEnabled").Or(false).Get(); {
		case !ok || !known && on:
			all = false
		case on:
			out = append(out, settingRoute(s))
		}
	}
	return value.SetOf(out, all)
}

// throttle returns the limits that n sets for a route, nil when it sets none.
func throttle(route value.Text, n *tree.Node) *model.Throttle {
	if tri.Or(n.Has("ThrottlingRateLimit"), n.Has("ThrottlingBurstLimit")) == tri.No {
		return nil
	}
	return &model.Throttle{
		Route: route,
		Rate:  n.FloatOf("ThrottlingRateLimit"),
		Burst: n.FloatOf("ThrottlingBurstLimit"),
		Span:  n.Span,
	}
}

func throttles(route string, n *tree.Node) []*model.Throttle {
	if t := throttle(value.Lit(route, n.Span), n); t != nil {
		return []*model.Throttle{t}
	}
	return nil
}
