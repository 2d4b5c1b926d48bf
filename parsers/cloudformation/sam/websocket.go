package sam

import (
	"strings"

	"github.com/apigwlint/apigwlint/parsers/cloudformation/internal/stack"
	"github.com/apigwlint/apigwlint/parsers/internal/tree"
	"github.com/apigwlint/apigwlint/tri"
	"github.com/apigwlint/apigwlint/value"
)

// webSocketAPI transforms an AWS::Serverless::WebSocketApi, whose routes are
// resources and not a document.
// https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-resource-websocketapi.html
func (t *transformer) webSocketAPI(r *stack.Resource) {
	at, props := place(r.Span), r.Properties
	if props == nil || props.Kind == tree.Null {
		props = at.mapping()
	}
	out := props
	if props.Is(tree.Map) {
		out = props.Without("Routes", "StageName", "StageVariables", "Auth", "AccessLogSettings", "DefaultRouteSettings", "RouteSettings", "Domain", "PropagateTags")
		if props.Has("Name") == tri.No {
			put(out, "Name", at.span(), at.str(t.logical(r.ID)))
		}
		put(out, "ProtocolType", at.span(), at.str("WEBSOCKET"))
	} else {
		out = at.mapping(member{"ProtocolType", at.str("WEBSOCKET")})
		out.Open = true
	}
	t.become(r, httpAPI, out)
	ws := &webSocket{t: t, r: r, at: at, props: props, id: at.text(at.ref(r.ID, httpAPI, ""))}
	ws.stage()
	routes, open := knownMap(props, "Routes")
	if open {
		t.stack.Open = true
	}
	for _, e := range entries(routes) {
		ws.route(e)
	}
	ws.authorizer()
	t.v2Domain(r, r.ID, httpAPI, props)
}

type webSocket struct {
	t     *transformer
	r     *stack.Resource
	at    place
	props *tree.Node
	id    *tree.Node // the reference to the API
}

func (ws *webSocket) stage() {
	name := ws.props.Get("StageName")
	id := ws.r.ID + "DefaultStage"
	switch s, known := name.Str(); {
	case name == nil && ws.props.Has("StageName") == tri.No:
		name = ws.at.str("default")
	case name == nil:
		name = ws.at.unknown()
	case known && s != "default":
		id = ws.r.ID + s + "Stage"
	case !known:
		id = ws.r.ID + "Stage"
	}
	members := []member{{"ApiId", ws.id}, {"StageName", name}, {"AutoDeploy", ws.at.boolean(true)}}
	for _, key := range []string{"StageVariables", "AccessLogSettings", "DefaultRouteSettings", "RouteSettings"} {
		members = append(members, member{key, ws.props.Get(key)})
	}
	stage := ws.t.make(ws.r, id, "AWS::ApiGatewayV2::Stage", ws.at, members...)
	stage.Properties.Open = ws.props.Open
	ws.t.stack.Aliases[ws.r.ID+".Stage"] = id
}

// stageName is the stage as permissions name it.
func (ws *webSocket) stageName() value.Text {
	return ws.props.TextOf("StageName").Or("default")
}

// route makes a route, its integration and the permission to call its function.
func (ws *webSocket) route(e tree.Entry) {
	t, r, at, spec := ws.t, ws.r, place(e.KeySpan), e.Value
	name := capitalize(strings.TrimPrefix(e.Key, "$"))
	integration := r.ID + name + "Integration"
	arn := spec.TextOf("FunctionArn")
	members := []member{
		{"ApiId", ws.id}, {"RouteKey", at.str(e.Key)},
		{"Target", at.text(at.join(at.lit("integrations/"), at.ref(integration, "AWS::ApiGatewayV2::Integration", "")))},
	}
	for _, key := range []string{"ApiKeyRequired", "ModelSelectionExpression", "OperationName", "RequestModels", "RequestParameters", "RouteResponseSelectionExpression"} {
		members = append(members, member{key, spec.Get(key)})
	}
	if e.Key == "$connect" {
		members = append(members, ws.connectAuth()...)
	}
	route := t.make(r, r.ID+name+"Route", "AWS::ApiGatewayV2::Route", at, members...)
	route.Properties.Open = !spec.Is(tree.Map) || spec.Open
	in := t.make(r, integration, "AWS::ApiGatewayV2::Integration", at,
		member{"ApiId", ws.id},
		member{"IntegrationType", at.str("AWS_PROXY")},
		member{"IntegrationUri", at.text(at.lambdaURI(arn))},
		member{"TimeoutInMillis", spec.Get("IntegrationTimeout")},
	)
	in.Properties.Open = route.Properties.Open
	t.make(r, r.ID+name+"Permission", lambdaPermission, at,
		member{"Action", at.str("lambda:InvokeFunction")},
		member{"FunctionName", at.text(arn)},
		member{"Principal", at.str(apiGateway)},
		member{"SourceArn", at.text(at.arn("execute-api", at.ref(r.ID, httpAPI, ""), at.lit("/"), ws.stageName(), at.lit("/"+e.Key)))},
	)
}

// capitalize is Python's str.capitalize.
func capitalize(s string) string {
	if s == "" {
		return s
	}
	return strings.ToUpper(s[:1]) + strings.ToLower(s[1:])
}

// connectAuth says how callers of $connect are authorized.
func (ws *webSocket) connectAuth() []member {
	auth := ws.props.Get("Auth")
	if truthy(auth) == tri.No {
		if ws.props.Has("Auth") == tri.Maybe {
			return []member{{"AuthorizationType", ws.at.unknown()}}
		}
		return nil
	}
	at := place(auth.Place())
	kind := auth.TextOf("AuthType")
	if kind.Present() == tri.No {
		return nil
	}
	out := []member{{"AuthorizationType", at.text(onKnown(kind, strings.ToUpper))}}
	if kind.IsFold("CUSTOM") == tri.Yes {
		out = append(out, member{"AuthorizerId", at.text(at.ref(ws.r.ID+"ConnectAuthorizer", "AWS::ApiGatewayV2::Authorizer", ""))})
	}
	return out
}

// authorizer makes the Lambda authorizer of $connect, and lets the API call it.
func (ws *webSocket) authorizer() {
	auth := ws.props.Get("Auth")
	if auth.TextOf("AuthType").IsFold("CUSTOM") != tri.Yes || ws.props.Get("Routes").Entry("$connect") == nil {
		return
	}
	at, id, arn := place(auth.Place()), ws.r.ID+"ConnectAuthorizer", auth.TextOf("AuthArn")
	name := auth.Get("Name")
	if truthy(name) == tri.No {
		name = at.str(ws.t.logical(id))
	}
	ws.t.make(ws.r, id, "AWS::ApiGatewayV2::Authorizer", at,
		member{"ApiId", ws.id},
		member{"AuthorizerType", at.str("REQUEST")},
		member{"AuthorizerUri", at.text(at.lambdaURI(arn))},
		member{"AuthorizerCredentialsArn", auth.Get("InvokeRole")},
		member{"IdentitySource", auth.Get("IdentitySource")},
		member{"Name", name},
	)
	if set(auth, "InvokeRole") != tri.No {
		return
	}
	ws.t.make(ws.r, ws.r.ID+"AuthorizerPermission", lambdaPermission, at,
		member{"Action", at.str("lambda:InvokeFunction")},
		member{"FunctionName", at.text(arn)},
		member{"Principal", at.str(apiGateway)},
		member{"SourceArn", at.text(at.arn("execute-api", at.ref(ws.r.ID, httpAPI, ""), at.lit("/authorizers/*")))},
	)
}
