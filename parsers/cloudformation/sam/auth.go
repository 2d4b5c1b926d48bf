package sam

import (
	"strings"

	"github.com/apigwlint/apigwlint/parsers/internal/tree"
	"github.com/apigwlint/apigwlint/tri"
	"github.com/apigwlint/apigwlint/value"
)

const (
	awsIAM   = "AWS_IAM"
	noAuth   = "NONE"
	apiKey   = "api_key"
	noAPIKey = "api_key_false" // a mark that the translator takes away again

	// The role that makes API Gateway call with the caller's own identity.
	callerCredentials = "CALLER_CREDENTIALS"
)

// auth returns the Auth of the API: a map, unknown, or nil.
func (a *api) auth() *tree.Node {
	return mapOf(a.props, "Auth")
}

// integrationCredentials returns what role calls the function of an event where
// callers are authorized by IAM, nil when none does.
// https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-property-api-apiauth.html
func (a *api) integrationCredentials(ev *event) *tree.Node {
	own, general := mapOf(ev.props, "Auth"), a.auth()
	without := truthy(own).Not()
	byEvent := own.TextOf("Authorizer").Is(awsIAM)
	byDefault := tri.And(without, general.TextOf("DefaultAuthorizer").Is(awsIAM))
	switch tri.Or(byEvent, byDefault) {
	case tri.No:
		return nil
	case tri.Maybe:
		return ev.at.unknown()
	}
	role := invokeRole(own)
	if role == nil {
		role = invokeRole(general)
	}
	at := ev.at
	if role == nil {
		return callers(at)
	}
	switch s, known := role.Str(); {
	case known && s == noAuth:
		return nil
	case known && s == callerCredentials:
		return callers(place(role.Span))
	}
	return role
}

// callers is the ARN that stands for the identity of whoever calls.
func callers(at place) *tree.Node {
	return at.text(at.join(at.lit("arn:"), at.pseudo("Partition"), at.lit(":iam::*:user/*")))
}

// invokeRole returns the role that an Auth names; one that is set to nothing is NONE.
func invokeRole(auth *tree.Node) *tree.Node {
	e := auth.Entry("InvokeRole")
	switch {
	case e != nil && truthy(e.Value) == tri.No:
		return place(e.KeySpan).str(noAuth)
	case e != nil:
		return e.Value
	case auth.Has("InvokeRole") == tri.Maybe:
		return tree.NewUnknown(auth.Place())
	}
	return nil
}

// eventAuth writes what an event says about authorization into its operation.
// https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-property-function-apifunctionauth.html
func (a *api) eventAuth(op *tree.Node, ev *event, path value.Text) {
	own := mapOf(ev.props, "Auth")
	if own == nil {
		return
	}
	if !own.Is(tree.Map) || own.Open {
		put(op, "security", own.Span, tree.NewUnknown(own.Span))
		return
	}
	if authorizer := own.Get("Authorizer"); truthy(authorizer) != tri.No {
		name, ok := authorizer.Str()
		if !ok {
			put(op, "security", authorizer.Span, tree.NewUnknown(authorizer.Span))
			return
		}
		scopes := a.scopes(name)
		if n := own.Get("AuthorizationScopes"); n != nil && scopes != nil {
			scopes = n
		}
		addSecurity(op, place(authorizer.Span), name, scopes)
		if name == awsIAM {
			a.iamDefinition(place(authorizer.Span))
		}
	}
	if key := own.Get("ApiKeyRequired"); key != nil {
		a.eventAPIKey(op, key)
	}
	if policy := own.Get("ResourcePolicy"); policy != nil {
		p, ok := path.Get()
		stage := permissionSuffix(a)
		a.later = append(a.later, func() {
			if ok {
				a.resourcePolicy(policy, p, stage)
			}
			a.customStatements(policy)
		})
	}
}

// scopes returns the scopes that an authorizer of the API has by itself: nil
// when there is no such authorizer, as with NONE.
func (a *api) scopes(name string) *tree.Node {
	authorizer := a.auth().Get("Authorizers", name)
	if authorizer == nil || name == noAuth {
		return nil
	}
	if n := authorizer.Get("AuthorizationScopes"); n != nil {
		return n
	}
	return a.at.list()
}

func (a *api) eventAPIKey(op, key *tree.Node) {
	at := place(key.Span)
	switch truthy(key) {
	case tri.Yes:
		a.definition(apiKey, at, apiKeyScheme(at))
		addSecurity(op, at, apiKey, nil)
	case tri.No:
		addSecurity(op, at, noAPIKey, nil)
	default:
		put(op, "security", at.span(), at.unknown())
	}
}

func apiKeyScheme(at place) *tree.Node {
	return at.mapping(member{"type", at.str("apiKey")}, member{"name", at.str("x-api-key")}, member{"in", at.str("header")})
}

// iamScheme is how a document says that callers are authorized by IAM.
func iamScheme(at place) *tree.Node {
	return at.mapping(member{"type", at.str("apiKey")}, member{"name", at.str("Authorization")}, member{"in", at.str("header")}, member{xAuthType, at.str("awsSigv4")})
}

func (a *api) iamDefinition(at place) { a.definition(awsIAM, at, iamScheme(at)) }

// definition adds a security definition that the document does not have yet.
func (a *api) definition(name string, at place, scheme *tree.Node) {
	if all := child(a.body, "securityDefinitions", at.span()); all != nil && all.Get(name) == nil {
		put(all, name, at.span(), scheme)
	}
}

// restAuth writes the Auth of a REST API into its body.
func (a *api) restAuth() {
	auth := a.auth()
	if truthy(auth) == tri.No {
		return
	}
	if !auth.Is(tree.Map) {
		a.unknownSecurity(func(operation) bool { return true })
		return
	}
	fallback := auth.Get("DefaultAuthorizer")
	name, known := fallback.Str()
	authorizers := auth.Get("Authorizers")
	if known && name == awsIAM {
		a.iamDefinition(place(fallback.Span))
	}
	a.restDefinitions(authorizers)
	onOptions := isTrue(auth, "AddDefaultAuthorizerToCorsPreflight")
	if auth.Has("AddDefaultAuthorizerToCorsPreflight") == tri.No {
		onOptions = tri.Yes
	}
	covered := func(op operation) bool { return op.method != "options" || onOptions != tri.No }
	switch {
	case fallback != nil && !known, fallback == nil && auth.Has("DefaultAuthorizer") == tri.Maybe:
		a.unknownSecurity(covered)
	case known && name != "":
		for _, op := range operations(a.body) {
			switch {
			case op.method == "options" && onOptions == tri.Maybe:
				put(op.node, "security", fallback.Span, tree.NewUnknown(fallback.Span))
			case covered(op):
				a.defaultAuthorizer(op.node, name, place(fallback.Span))
			}
		}
	}
	a.defaultAPIKey(auth)
	a.defaultPolicy(auth)
}

// unknownSecurity notes that the authorization of operations depends on what is not known.
func (a *api) unknownSecurity(of func(operation) bool) {
	for _, op := range operations(a.body) {
		if of(op) {
			put(op.node, "security", a.at.span(), a.at.unknown())
		}
	}
}

// defaultAuthorizer authorizes an operation unless it has an authorizer, or
// NONE, of its own.
func (a *api) defaultAuthorizer(op *tree.Node, name string, at place) {
	have := op.Get("security")
	if have != nil && !have.Is(tree.List) {
		return
	}
	var others, own []*tree.Node
	for _, s := range items(have) {
		if a.namesAuthorizer(s) {
			own = append(own, s)
		} else {
			others = append(others, s)
		}
	}
	none := -1
	for i, s := range others {
		if s.Entry(noAuth) != nil {
			none = i
			break
		}
	}
	switch {
	case none >= 0:
		others = append(others[:none:none], others[none+1:]...)
	case len(own) > 0:
		others = append(others, own...)
	default:
		scopes := a.scopes(name)
		if scopes == nil {
			scopes = at.list()
		}
		others = append(others, at.mapping(member{name, scopes}))
	}
	if len(others) == 0 {
		return // the translator leaves the mark NONE where it is
	}
	put(op, "security", at.span(), at.list(others...))
	if others[0].Entry(awsIAM) != nil {
		a.iamDefinition(at)
	}
}

// namesAuthorizer reports whether a requirement names one of the API's authorizers.
func (a *api) namesAuthorizer(requirement *tree.Node) bool {
	if !requirement.Is(tree.Map) {
		return false
	}
	authorizers := a.auth().Get("Authorizers")
	for _, e := range requirement.Entries {
		if e.Key == awsIAM || authorizers.Entry(e.Key) != nil {
			return true
		}
	}
	return false
}

// defaultAPIKey requires an API key of every operation that does not say otherwise.
func (a *api) defaultAPIKey(auth *tree.Node) {
	required := set(auth, "ApiKeyRequired")
	if required == tri.No {
		return
	}
	if required == tri.Maybe {
		a.unknownSecurity(func(operation) bool { return true })
		return
	}
	at := place(auth.Get("ApiKeyRequired").Span)
	a.definition(apiKey, at, apiKeyScheme(at))
	onOptions := isTrue(auth, "AddApiKeyRequiredToCorsPreflight")
	if auth.Has("AddApiKeyRequiredToCorsPreflight") == tri.No {
		onOptions = tri.Yes
	}
	for _, op := range operations(a.body) {
		have := op.node.Get("security")
		if have != nil && !have.Is(tree.List) {
			continue
		}
		if op.method == "options" && onOptions == tri.Maybe {
			put(op.node, "security", at.span(), at.unknown())
			continue
		}
		var others []*tree.Node
		excepted := false
		for _, s := range items(have) {
			switch {
			case s.Entry(noAPIKey) != nil:
				excepted = true
			case s.Entry(apiKey) == nil:
				others = append(others, s)
			}
		}
		if !excepted && (op.method != "options" || onOptions == tri.Yes) {
			others = append(others, at.mapping(member{apiKey, at.list()}))
		}
		if have != nil || len(others) > 0 {
			put(op.node, "security", at.span(), at.list(others...))
		}
	}
}

// restDefinitions writes the authorizers into the security definitions.
func (a *api) restDefinitions(authorizers *tree.Node) {
	if authorizers == nil {
		return
	}
	all := child(a.body, "securityDefinitions", authorizers.Place())
	if all == nil {
		return
	}
	if !authorizers.Is(tree.Map) {
		all.Open = true
		return
	}
	all.Open = all.Open || authorizers.Open
	for _, e := range authorizers.Entries {
		if e.Value.Is(tree.Map) {
			put(all, e.Key, e.KeySpan, restScheme(place(e.KeySpan), e.Value))
		} else {
			put(all, e.Key, e.KeySpan, tree.NewUnknown(e.Value.Span))
		}
	}
}

// restScheme is the security definition of an authorizer of a REST API.
func restScheme(at place, c *tree.Node) *tree.Node {
	if c.Open {
		return at.unknown()
	}
	identity := mapOf(c, "Identity")
	header := identity.Get("Header")
	switch {
	case identity.Has("Header") == tri.Maybe:
		header = at.unknown()
	case truthy(header) == tri.No:
		header = at.str("Authorization")
	}
	var authorizer *tree.Node
	authType := "custom"
	if pool := c.Get("UserPoolArn"); truthy(pool) != tri.No {
		authType = "cognito_user_pools"
		if pool.Is(tree.Scalar) {
			pool = at.list(pool)
		}
		authorizer = at.mapping(member{"type", at.str("cognito_user_pools")}, member{"providerARNs", pool}, member{"identityValidationExpression", identity.Get("ValidationExpression")})
	} else {
		authorizer = lambdaAuthorizer(at, c)
		payload := c.TextOf("FunctionPayloadType").Or("TOKEN")
		put(authorizer, "type", at.span(), at.text(onKnown(payload, strings.ToLower)))
		if payload.Is("REQUEST") == tri.Yes {
			header = at.str("Unused")
			if source := identitySource(at, identity, "method.request.", ""); source != nil {
				put(authorizer, "identitySource", at.span(), joined(at, source))
			}
		} else {
			put(authorizer, "identityValidationExpression", at.span(), identity.Get("ValidationExpression"))
		}
	}
	return at.mapping(member{"type", at.str("apiKey")}, member{"name", header}, member{"in", at.str("header")},
		member{xAuthType, at.str(authType)}, member{xAuthorizer, authorizer})
}

// lambdaAuthorizer is what all authorizers that are functions have.
func lambdaAuthorizer(at place, c *tree.Node) *tree.Node {
	uri := at.unknown()
	if arn := c.Get("FunctionArn"); arn != nil {
		uri = place(arn.Span).text(place(arn.Span).lambdaURI(arn.Text()))
	}
	role := c.Get("FunctionInvokeRole")
	if s, ok := role.Str(); ok && (s == "" || s == noAuth) {
		role = nil
	}
	return at.mapping(member{"authorizerUri", uri}, member{"authorizerCredentials", role},
		reauthorize(at, c))
}

// reauthorize is for how long an answer of an authorizer is good.
func reauthorize(at place, c *tree.Node) member {
	identity := mapOf(c, "Identity")
	ttl := identity.Get("ReauthorizeEvery")
	if identity.Has("ReauthorizeEvery") == tri.Maybe {
		ttl = at.unknown()
	}
	return member{"authorizerResultTtlInSeconds", ttl}
}

// identitySource lists what an authorizer gets to see, nil when nothing is named.
func identitySource(at place, identity *tree.Node, request, mark string) []value.Text {
	var out []value.Text
	for _, kind := range []struct{ key, before string }{
		{"Headers", mark + request + "header."}, {"QueryStrings", mark + request + "querystring."},
		{"StageVariables", mark + "stageVariables."}, {"Context", mark + "context."},
	} {
		members, all := identity.Get(kind.key).Members()
		for _, m := range members {
			out = append(out, place(m.Span).lit(kind.before).Append(m.Text()))
		}
		if !all || identity.Has(kind.key) == tri.Maybe {
			out = append(out, value.UnknownText(at.span()))
		}
	}
	return out
}

// joined writes an identity source as REST APIs have it.
func joined(at place, texts []value.Text) *tree.Node {
	var out []value.Text
	for i, t := range texts {
		if i > 0 {
			out = append(out, at.lit(", "))
		}
		out = append(out, t)
	}
	return at.text(value.Concat(at.lit("").Span(), out...))
}

// restAuthorizerPermissions lets the API invoke its Lambda authorizers.
func (t *transformer) restAuthorizerPermissions(a *api) {
	t.authorizerPermissions(a, func(c *tree.Node) tri.Bool {
		return set(c, "DisableFunctionDefaultPermissions").Not()
	})
}

// httpAuthorizerPermissions does so for HTTP APIs, where it is to be asked for.
func (t *transformer) httpAuthorizerPermissions(a *api) {
	t.authorizerPermissions(a, func(c *tree.Node) tri.Bool { return set(c, "EnableFunctionDefaultPermissions") })
}

func (t *transformer) authorizerPermissions(a *api, wanted func(*tree.Node) tri.Bool) {
	authorizers, open := knownMap(a.auth(), "Authorizers")
	if open || a.auth().Is(tree.Unknown) {
		t.stack.Open = true
	}
	if authorizers == nil {
		return
	}
	for _, e := range authorizers.Entries {
		at, c := place(e.KeySpan), asMap(e.Value)
		switch tri.And(set(c, "FunctionArn"), wanted(c)) {
		case tri.No:
			continue
		case tri.Maybe:
			if c.Get("FunctionArn") == nil || wanted(c) != tri.Yes {
				t.stack.Open = true
				continue
			}
		}
		arn := c.Get("FunctionArn")
		t.make(a.res, a.id+e.Key+"AuthorizerPermission", lambdaPermission, at,
			member{"Action", at.str("lambda:InvokeFunction")},
			member{"FunctionName", arn},
			member{"Principal", at.str(apiGateway)},
			member{"SourceArn", at.text(at.arn("execute-api", at.ref(a.id, cfnAPIType(a), ""), at.lit("/authorizers/*")))},
		)
	}
}
