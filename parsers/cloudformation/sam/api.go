package sam

import (
	"path"
	"strings"

	"github.com/apigwlint/apigwlint/parsers/cloudformation/internal/stack"
	"github.com/apigwlint/apigwlint/parsers/internal/tree"
	"github.com/apigwlint/apigwlint/source"
	"github.com/apigwlint/apigwlint/tri"
	"github.com/apigwlint/apigwlint/value"
)

// An api is a REST or HTTP API while its body is built.
type api struct {
	id    string // with path
	rest  bool
	res   *stack.Resource // the original; made up for an implicit API
	at    place
	props *tree.Node // a map, or unknown

	// body is the document that events add to; nil when there is none to add to.
	body *tree.Node
	// fixed is a body that events do not change: an included file, or unknown.
	fixed *tree.Node
	// location is where in S3 the body is.
	location *tree.Node
	// managed says that the translator began the body by itself.
	managed bool
	// merge says that events override what the body says of their operations.
	merge bool

	statements    []*tree.Node // that events and the API add to the resource policy
	ownStatements []*tree.Node // that the body itself has
	later         []func()     // what events do once all of them have added their operations
}

// findAPIs collects the APIs that the template defines.
func (t *transformer) findAPIs() {
	for _, r := range t.originals {
		if r.Type == typeAPI || r.Type == typeHTTPAPI {
			t.apis[r.ID] = t.newAPI(r)
		}
	}
}

// implicitAPI returns the API that events without one belong to.
func (t *transformer) implicitAPI(logical, apiType string, cause place) *api {
	id := t.id(logical)
	if a := t.apis[id]; a != nil {
		return a
	}
	r := &stack.Resource{ID: id, Type: apiType, Span: cause.span(), Generated: true, Body: cause.mapping(member{"Type", cause.str(apiType)})}
	if apiType == typeAPI {
		r.Properties = cause.mapping(member{"StageName", cause.str("Prod")})
	} else {
		r.Properties = cause.mapping()
	}
	r.Properties = t.withGlobals(strings.TrimPrefix(apiType, prefix), r)
	a := t.newAPI(r)
	t.apis[id] = a
	t.implicit = append(t.implicit, a)
	return a
}

func (t *transformer) newAPI(r *stack.Resource) *api {
	a := &api{id: r.ID, rest: r.Type == typeAPI, res: r, at: place(r.Span), props: r.Properties}
	if a.props == nil || a.props.Kind == tree.Null {
		a.props = a.at.mapping()
	}
	body, uri := a.props.Get("DefinitionBody"), a.props.Get("DefinitionUri")
	switch {
	case body != nil && body.Kind == tree.Map && truthy(body) != tri.No:
		a.body = clone(body)
		a.merge = a.rest && isTrue(a.props, "MergeDefinitions") != tri.No
		if a.merge && isTrue(a.props, "MergeDefinitions") == tri.Maybe {
			openPaths(a.body)
		}
	case body != nil && truthy(body) != tri.No:
		a.fixed = tree.NewUnknown(body.Span)
	case uri != nil && truthy(uri) != tri.No:
		t.definitionURI(a, uri)
	case a.props.Has("DefinitionBody") == tri.Maybe || a.props.Has("DefinitionUri") == tri.Maybe:
		a.fixed = a.at.unknown()
	default:
		a.managed = true
		a.body = a.newBody()
	}
	return a
}

// newBody returns the document that an API without one begins with.
func (a *api) newBody() *tree.Node {
	if !a.rest {
		return a.at.skeleton("openapi", "3.0.1")
	}
	if v, ok := a.props.TextOf("OpenApiVersion").Get(); ok && openAPI3.MatchString(v) {
		return a.at.skeleton("openapi", v)
	}
	return a.at.skeleton("swagger", "2.0")
}

// definitionURI takes the body from a local file, or says where in S3 it is.
func (t *transformer) definitionURI(a *api, uri *tree.Node) {
	s, ok := uri.Str()
	if !ok {
		a.location = uri
		return
	}
	if strings.HasPrefix(s, "s3://") {
		a.location = s3Location(place(uri.Span), s, "Bucket", "Key")
		return
	}
	if t.include != nil && !strings.Contains(s, "://") {
		n, err := t.include(path.Clean(s), uri.Span)
		if err == nil && n.Is(tree.Map) {
			a.fixed = n
			return
		}
		if err == nil && n != nil && n.Kind != tree.Unknown {
			t.problems = append(t.problems, source.Problem{Span: uri.Span, Message: s + " holds no OpenAPI document"})
		}
	}
	a.location = tree.NewUnknown(uri.Span)
}

// apiOf returns the API that an event belongs to, nil when it cannot be told,
// and its id as the permission names it.
func (t *transformer) apiOf(ev *event, key, implicit, apiType string) (*api, value.Text) {
	named := ev.props.Get(key)
	if named == nil {
		if ev.props.Has(key) == tri.Maybe {
			t.openEvents()
			return nil, value.UnknownText(ev.at.span())
		}
		a := t.implicitAPI(implicit, apiType, ev.at)
		return a, ev.at.ref(a.id, cfnAPIType(a), "")
	}
	id, ok := t.resourceRef(named)
	switch {
	case !ok:
		t.openEvents()
		return nil, named.Text()
	case t.apis[id] != nil:
		return t.apis[id], named.Text()
	case id == t.id(implicit):
		return t.implicitAPI(implicit, apiType, ev.at), named.Text()
	}
	return nil, named.Text()
}

func cfnAPIType(a *api) string {
	if a.rest {
		return restAPI
	}
	return httpAPI
}

// finishAPI makes the resources of an API whose events have been added.
func (t *transformer) finishAPI(a *api) {
	for _, f := range a.later {
		f()
	}
	if t.opened && a.body != nil && (a.managed || a.merge || !a.rest) {
		openPaths(a.body)
	}
	if a.rest {
		t.finishREST(a)
	} else {
		t.finishHTTP(a)
	}
}

// copied returns members of the API's properties that keep their names.
func (a *api) copied(names ...string) []member {
	var out []member
	for _, name := range names {
		out = append(out, member{name, a.props.Get(name)})
	}
	return out
}

// optional is a member that is left out when it is certainly not set.
func optional(key string, m *tree.Node, from string) member {
	if set(m, from) == tri.No {
		return member{}
	}
	if n := m.Get(from); n != nil {
		return member{key, n}
	}
	return member{key, tree.NewUnknown(m.Place())}
}

// apiProperties returns a map of the members, open when the API's own
// properties may have more than can be seen.
func (a *api) apiProperties(members ...member) *tree.Node {
	p := a.at.mapping(members...)
	p.Span, p.Head = a.props.Span, a.props.Head
	if !p.Span.IsValid() {
		p.Span = a.at.span()
	}
	p.Open = a.props.Kind == tree.Unknown || a.props.Open
	return p
}

// finishREST makes the resources of an AWS::Serverless::Api.
// https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-resource-api.html
func (t *transformer) finishREST(a *api) {
	if a.body != nil {
		a.restCORS()
		a.restAuth()
		a.gatewayResponses()
		a.binaryMediaTypes()
		a.models()
		a.disableEndpoint()
		a.toVersion3()
	}
	members := a.copied("Name", "Description", "BinaryMediaTypes", "MinimumCompressionSize", "Mode", "ApiKeySourceType", "Policy", "SecurityPolicy", "EndpointAccessMode")
	members = append(members, optional("FailOnWarnings", a.props, "FailOnWarnings"))
	members = append(members, a.bodyMembers()...)
	members = append(members, a.endpoint()...)
	t.become(a.res, restAPI, a.apiProperties(members...))

	// The translator hashes the body, so that the API is deployed when it changes.
	deployment := a.id + "Deployment" + hash(a.id)
	stageName := a.props.TextOf("StageName")
	stage := suffixed(a.id, stageName, "Stage")
	extra := member{"StageName", a.at.str("Stage")}
	switch set(a.props, "OpenApiVersion") {
	case tri.Yes:
		extra = member{}
	case tri.Maybe:
		extra = member{"StageName", a.at.unknown()}
	}
	apiRef := a.at.text(a.at.ref(a.id, restAPI, ""))
	t.make(a.res, deployment, "AWS::ApiGateway::Deployment", a.at, member{"RestApiId", apiRef}, extra,
		member{"Description", a.at.str("RestApi deployment id: " + hash(a.id))})
	t.makeOf(a.res, stage, "AWS::ApiGateway::Stage", a.at, a.stageProperties(append(
		a.copied("StageName", "CacheClusterEnabled", "CacheClusterSize", "Variables", "MethodSettings", "AccessLogSetting", "CanarySetting", "TracingEnabled"),
		member{"RestApiId", apiRef},
		member{"DeploymentId", a.at.text(a.at.ref(deployment, "AWS::ApiGateway::Deployment", ""))},
	)))
	t.stack.Aliases[a.id+".Stage"] = stage
	t.stack.Aliases[a.id+".Deployment"] = deployment
	t.restAuthorizerPermissions(a)
	t.restDomain(a)
	t.usagePlan(a, stage)
}

// stageProperties returns the properties of the API's stage, at the places of
// the API's own.
func (a *api) stageProperties(members []member) *tree.Node {
	p := a.apiProperties(members...)
	if set(a.props, "StageName") == tri.No {
		drop(p, "StageName")
	}
	return p
}

// bodyMembers are the properties that say where the API's routes come from.
func (a *api) bodyMembers() []member {
	switch {
	case a.body != nil:
		return []member{{"Body", a.body}}
	case a.fixed != nil:
		return []member{{"Body", a.fixed}}
	}
	return []member{{"BodyS3Location", a.location}}
}

// endpoint is the endpoint configuration, which may be just a type.
func (a *api) endpoint() []member {
	e := a.props.Get("EndpointConfiguration")
	if e == nil {
		return nil
	}
	at := place(e.Place())
	switch {
	case e.Kind == tree.Map && e.Get("Type") != nil:
		conf := at.mapping(member{"Types", at.list(e.Get("Type"))}, member{"VpcEndpointIds", firstOf(e, "VPCEndpointIds", "VpcEndpointIds")}, member{"IpAddressType", e.Get("IpAddressType")})
		conf.Span = e.Span
		return []member{{"EndpointConfiguration", conf}}
	case e.Kind == tree.Map && len(e.Entries) > 0:
		return []member{{"EndpointConfiguration", e}}
	case e.Kind == tree.Scalar:
		return []member{{"EndpointConfiguration", at.mapping(member{"Types", at.list(e)})}}
	}
	return []member{{"EndpointConfiguration", tree.NewUnknown(e.Span)}}
}

func firstOf(m *tree.Node, keys ...string) *tree.Node {
	for _, k := range keys {
		if n := m.Get(k); n != nil {
			return n
		}
	}
	return nil
}

// binaryMediaTypes writes the types into the body, where ~1 stands for a slash.
func (a *api) binaryMediaTypes() {
	types := a.props.Get("BinaryMediaTypes")
	if truthy(types) == tri.No {
		return
	}
	if !types.Is(tree.List) {
		put(a.body, xBinaryMediaTypes, types.Span, types)
		return
	}
	list := *types
	list.Items = nil
	for _, item := range types.Items {
		if item.Is(tree.Scalar) {
			c := *item
			c.Value = item.Value.Map(func(s string) string { return strings.ReplaceAll(s, "~1", "/") })
			item = &c
		}
		list.Items = append(list.Items, item)
	}
	put(a.body, xBinaryMediaTypes, types.Span, &list)
}

// models writes the models into the body, under names in lower case.
func (a *api) models() {
	models := a.props.Get("Models")
	if truthy(models) == tri.No {
		return
	}
	definitions := child(a.body, "definitions", models.Span)
	if definitions == nil {
		return
	}
	if !models.Is(tree.Map) {
		definitions.Open = true
		return
	}
	for _, e := range models.Entries {
		put(definitions, strings.ToLower(e.Key), e.KeySpan, e.Value)
	}
}

// gatewayResponses writes the gateway responses into the body.
func (a *api) gatewayResponses() {
	responses := a.props.Get("GatewayResponses")
	if truthy(responses) == tri.No {
		return
	}
	all := child(a.body, xGatewayResponses, responses.Place())
	if all == nil {
		return
	}
	if !responses.Is(tree.Map) {
		all.Open = true
		return
	}
	all.Open = all.Open || responses.Open
	for _, e := range responses.Entries {
		if !e.Value.Is(tree.Map) {
			put(all, e.Key, e.KeySpan, tree.NewUnknown(e.Value.Span))
			continue
		}
		at := place(e.KeySpan)
		parameters := at.mapping()
		for _, kind := range []struct{ from, to string }{{"Headers", "header"}, {"Paths", "path"}, {"QueryStrings", "querystring"}} {
			given := e.Value.Get("ResponseParameters", kind.from)
			if given == nil {
				continue
			}
			if !given.Is(tree.Map) || given.Open {
				parameters.Open = true
			}
			for _, p := range given.Entries {
				put(parameters, "gatewayresponse."+kind.to+"."+p.Key, p.KeySpan, p.Value)
			}
		}
		templates := e.Value.Get("ResponseTemplates")
		if templates == nil {
			templates = at.mapping()
		}
		response := at.mapping(member{"responseParameters", parameters}, member{"responseTemplates", templates}, member{"statusCode", e.Value.Get("StatusCode")})
		response.Open = e.Value.Open
		put(all, e.Key, e.KeySpan, response)
	}
}

// disableEndpoint writes DisableExecuteApiEndpoint into the body.
func (a *api) disableEndpoint() {
	disable := a.props.Get("DisableExecuteApiEndpoint")
	if disable == nil {
		return
	}
	at := place(disable.Span)
	if !isVersion3(a.body) && a.rest {
		if conf := child(a.body, xEndpoint, at.span()); conf != nil {
			put(conf, "disableExecuteApiEndpoint", at.span(), disable)
		}
		return
	}
	servers := a.body.Get("servers")
	if servers == nil {
		servers = at.list(at.mapping())
		put(a.body, "servers", at.span(), servers)
	}
	for _, server := range servers.Items {
		if conf := child(server, xEndpoint, at.span()); conf != nil {
			put(conf, "disableExecuteApiEndpoint", at.span(), disable)
		}
	}
}

// toVersion3 moves what was written in the form of Swagger 2.0 to where OpenAPI
// 3 has it, when the body is of that version or the API asks for it.
func (a *api) toVersion3() {
	if a.body.Get("swagger") != nil {
		return
	}
	version, ok := a.props.TextOf("OpenApiVersion").Get()
	if !ok {
		version, _ = a.body.Get("openapi").Str()
	}
	if !openAPI3.MatchString(version) {
		return
	}
	for _, moved := range []struct{ from, to string }{{"securityDefinitions", "securitySchemes"}, {"definitions", "schemas"}} {
		n := a.body.Get(moved.from)
		if truthy(n) == tri.No {
			continue
		}
		if components := child(a.body, "components", a.at.span()); components != nil {
			put(components, moved.to, n.Span, n)
			drop(a.body, moved.from)
		}
	}
	p := paths(a.body)
	if p == nil {
		return
	}
	for _, item := range p.Entries {
		options := item.Value.Get("options")
		if !options.Is(tree.Map) {
			continue
		}
		drop(options, "produces")
		drop(options, "consumes")
		if headers := options.Get("responses", "200", "headers"); headers.Is(tree.Map) {
			for i, h := range headers.Entries {
				headers.Entries[i].Value = place(h.Value.Span).mapping(member{"schema", h.Value})
			}
		}
	}
}
