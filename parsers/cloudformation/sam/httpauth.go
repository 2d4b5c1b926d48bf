package sam

import (
	"github.com/apigwlint/apigwlint/parsers/internal/tree"
	"github.com/apigwlint/apigwlint/tri"
)

// httpEventAuth writes what an event says about authorization into its operation.
// https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-property-function-httpapifunctionauth.html
func (a *api) httpEventAuth(op *tree.Node, ev *event) {
	own := mapOf(ev.props, "Auth")
	if truthy(own) == tri.No {
		return
	}
	authorizer := own.Get("Authorizer")
	if truthy(authorizer) == tri.No && own.Has("Authorizer") != tri.Maybe {
		authorizer = a.auth().Get("DefaultAuthorizer")
		if authorizer == nil && a.auth().Has("DefaultAuthorizer") == tri.No {
			return
		}
	}
	name, ok := authorizer.Str()
	if !ok {
		put(op, "security", own.Span, tree.NewUnknown(own.Span))
		return
	}
	at := place(authorizer.Span)
	var scopes *tree.Node
	if name != noAuth && name != awsIAM {
		scopes = a.auth().Get("Authorizers", name, "AuthorizationScopes")
		if n := own.Get("AuthorizationScopes"); truthy(n) != tri.No {
			scopes = n
		}
	}
	addSecurity(op, at, name, scopes)
}

// httpAuth writes the Auth of an HTTP API into its body.
// https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-property-httpapi-httpapiauth.html
func (a *api) httpAuth() {
	auth := a.auth()
	if truthy(auth) == tri.No {
		return
	}
	if !auth.Is(tree.Map) {
		a.unknownSecurity(func(operation) bool { return true })
		return
	}
	a.httpSchemes(auth)
	fallback := auth.Get("DefaultAuthorizer")
	name, known := fallback.Str()
	open := func(op operation) bool { return op.method != "options" && truthy(op.node.Get("security")) != tri.Yes }
	switch {
	case fallback == nil && auth.Has("DefaultAuthorizer") == tri.No, known && name == "":
		return
	case !known:
		a.unknownSecurity(open)
		return
	}
	at := place(fallback.Span)
	for _, op := range operations(a.body) {
		if !open(op) {
			continue
		}
		scopes := auth.Get("Authorizers", name, "AuthorizationScopes")
		if scopes == nil {
			scopes = at.list()
		}
		if op.node.Get("security").Is(tree.Unknown) {
			continue
		}
		put(op.node, "security", at.span(), at.list(at.mapping(member{name, scopes})))
	}
}

// httpSchemes writes the authorizers into the security schemes.
func (a *api) httpSchemes(auth *tree.Node) {
	iam := isTrue(auth, "EnableIamAuthorizer")
	authorizers := auth.Get("Authorizers")
	if iam == tri.No && authorizers == nil {
		return
	}
	components := child(a.body, "components", auth.Place())
	schemes := child(components, "securitySchemes", auth.Place())
	if schemes == nil {
		return
	}
	switch iam {
	case tri.Yes:
		at := place(auth.Get("EnableIamAuthorizer").Span)
		put(schemes, awsIAM, at.span(), iamScheme(at))
	case tri.Maybe:
		schemes.Open = true
	}
	if authorizers == nil {
		return
	}
	if !authorizers.Is(tree.Map) {
		schemes.Open = true
		return
	}
	schemes.Open = schemes.Open || authorizers.Open
	for _, e := range authorizers.Entries {
		if e.Value.Is(tree.Map) && !e.Value.Open {
			put(schemes, e.Key, e.KeySpan, httpScheme(place(e.KeySpan), e.Value))
		} else {
			put(schemes, e.Key, e.KeySpan, tree.NewUnknown(e.Value.Span))
		}
	}
}

// httpScheme is the security scheme of an authorizer of an HTTP API.
func httpScheme(at place, c *tree.Node) *tree.Node {
	if jwt := c.Get("JwtConfiguration"); truthy(jwt) != tri.No {
		return at.mapping(member{"type", at.str("oauth2")}, member{xAuthorizer, at.mapping(
			member{"type", at.str("jwt")}, member{"identitySource", c.Get("IdentitySource")}, member{"jwtConfiguration", lowerKeys(jwt)})})
	}
	authorizer := lambdaAuthorizer(at, c)
	put(authorizer, "type", at.span(), at.str("request"))
	if identity := mapOf(c, "Identity"); truthy(identity) != tri.No {
		list := at.list()
		for _, t := range identitySource(at, identity, "request.", "$") {
			list.Items = append(list.Items, textNode(t))
		}
		put(authorizer, "identitySource", at.span(), list)
	}
	put(authorizer, "authorizerPayloadFormatVersion", at.span(), c.Get("AuthorizerPayloadFormatVersion"))
	if simple := c.Get("EnableSimpleResponses"); truthy(simple) != tri.No {
		put(authorizer, "enableSimpleResponses", at.span(), simple)
	}
	return at.mapping(member{"type", at.str("apiKey")}, member{"name", at.str("Unused")}, member{"in", at.str("header")}, member{xAuthorizer, authorizer})
}

// lowerKeys returns a JWT configuration with the names that documents have.
func lowerKeys(jwt *tree.Node) *tree.Node {
	if !jwt.Is(tree.Map) {
		return jwt
	}
	c := *jwt
	c.Entries = nil
	for _, e := range jwt.Entries {
		switch e.Key {
		case "Issuer":
			e.Key = "issuer"
		case "Audience":
			e.Key = "audience"
		}
		c.Entries = append(c.Entries, e)
	}
	return &c
}
