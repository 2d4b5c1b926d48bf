package openapi

import (
	"strings"
	"time"

	"github.com/apigwlint/apigwlint/model"
	"github.com/apigwlint/apigwlint/parsers/internal/tree"
	"github.com/apigwlint/apigwlint/source"
	"github.com/apigwlint/apigwlint/tri"
	"github.com/apigwlint/apigwlint/value"
)

// A scheme is a security scheme and what API Gateway makes of it.
type scheme struct {
	authorizer *model.Authorizer
	iam        bool
	apiKey     bool
	unknown    bool // what it comes to cannot be told
}

// authorizers lifts the security schemes. An authorizer is created for each that
// has the extension, used or not.
// https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-swagger-extensions-authorizer.html
func (l *lifter) authorizers() {
	l.schemes = map[string]*scheme{}
	var list []*model.Authorizer
	for _, n := range []*tree.Node{l.body.Get("securityDefinitions"), l.follow(l.body.Get("components")).Get("securitySchemes")} {
		n = l.follow(n)
		if n == nil {
			continue
		}
		if !n.Is(tree.Map) || n.Open {
			l.api.Authorizers = l.api.Authorizers.Opened()
		}
		for _, e := range n.Entries {
			s := l.scheme(e)
			l.schemes[e.Key] = s
			if s.authorizer != nil {
				list = append(list, s.authorizer)
			}
		}
	}
	l.api.Authorizers = l.api.Authorizers.With(list...)
}

func (l *lifter) scheme(e tree.Entry) *scheme {
	n := l.plain(e.Value)
	switch authtype := n.TextOf(extension + "authtype"); {
	case !n.Is(tree.Map):
		return &scheme{unknown: true}
	case n.Get(extension+"authorizer") != nil:
		ext := n.Get(extension + "authorizer")
		return &scheme{authorizer: l.authorizer(e, n, ext), unknown: !ext.Is(tree.Map)}
	case n.Has(extension+"authorizer") != tri.No:
		return &scheme{unknown: true}
	case authtype.IsFold("awsSigv4") == tri.Yes:
		return &scheme{iam: true}
	case n.TextOf("type").IsFold("apiKey") == tri.Yes && n.TextOf("name").IsFold("x-api-key") == tri.Yes:
		return &scheme{apiKey: true}
	}
	// REST APIs take no notice of schemes that are none of theirs.
	return &scheme{unknown: l.api.Kind != model.REST || n.TextOf(extension+"authtype").Present() == tri.Maybe}
}

func (l *lifter) authorizer(e tree.Entry, scheme, n *tree.Node) *model.Authorizer {
	a := &model.Authorizer{
		API:            l.api,
		ID:             e.Key,
		Name:           value.Lit(e.Key, e.KeySpan),
		AuthorizerID:   value.Hole(value.Ref{Kind: value.Other, Name: l.api.ID + "." + e.Key, Attr: "AuthorizerId", Segment: true}, e.KeySpan),
		Type:           upper(n, "type"),
		URI:            l.uri(n, "authorizerUri"),
		Credentials:    n.TextOf("authorizerCredentials"),
		IdentitySource: l.identitySource(scheme, n),
		TTL:            n.DurationOf("authorizerResultTtlInSeconds", time.Second),
		PayloadFormat:  n.TextOf("authorizerPayloadFormatVersion"),
		SimpleResponse: n.BoolOf("enableSimpleResponses"),
		ProviderARNs:   n.TextsOf("providerARNs"),
		Issuer:         member(n, "jwtConfiguration").TextOf("issuer"),
		Span:           e.KeySpan,
	}
	return a
}

// identitySource returns what the authorizer is given. TOKEN and Cognito
// authorizers take the header that the scheme itself names.
func (l *lifter) identitySource(scheme, n *tree.Node) value.Text {
	if n.Has("identitySource") != tri.No {
		return n.TextOf("identitySource")
	}
	name := scheme.TextOf("name")
	if name.Present() == tri.No || name.IsFold("unused") == tri.Yes {
		return n.TextOf("identitySource")
	}
	if n.TextOf("type").OneOf("token", "cognito_user_pools") != tri.Yes || scheme.TextOf("in").IsFold("header") != tri.Yes {
		return value.UnknownText(name.Span())
	}
	return value.Lit("method.request.header.", name.Span()).Append(name)
}

// requirements counts the schemes that the security requirements of an
// operation, or of the document, name.
func (l *lifter) requirements(of *tree.Node) value.Of[int] {
	reqs := of.Get("security")
	if reqs == nil {
		if of.Has("security") == tri.No {
			return value.Absent[int](of.Place())
		}
		return value.Unknown[int](of.Place())
	}
	list, complete := reqs.Members()
	n := 0
	for _, req := range list {
		complete = complete && req.Is(tree.Map) && !req.Open
		n += len(req.Entries)
	}
	if !complete {
		return value.Unknown[int](reqs.Place())
	}
	return value.Known(n, reqs.Place())
}

// secure lifts who may call a route.
func (l *lifter) secure(r *model.Route, op *tree.Node) {
	r.Security = l.requirements(op)
	none := op.Place()
	l.protect(r, op)
	// The extension counts for more than the schemes.
	// https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-swagger-extensions-auth.html
	if auth := l.plain(op.Get(extension + "auth")); auth != nil {
		kind := upper(auth, "type")
		if kind.Present() == tri.No {
			return
		}
		r.Authorization = kind
		switch {
		case kind.OneOf("NONE", "AWS_IAM") == tri.Yes:
			r.Authorizer = value.Absent[*model.Authorizer](none)
		case r.Authorizer.Present() == tri.No:
			r.Authorizer = value.Unknown[*model.Authorizer](auth.Place())
		}
	}
}

// protect lifts the security requirements of a route.
func (l *lifter) protect(r *model.Route, op *tree.Node) {
	undecided := func(span source.Span) {
		r.Authorization = value.UnknownText(span)
		r.Authorizer = value.Unknown[*model.Authorizer](span)
		r.APIKeyRequired = value.Unknown[bool](span)
	}
	reqs := op.Get("security")
	if reqs == nil && (op.Has("security") != tri.No || l.body.Has("security") != tri.No) {
		// The guide says that requirements of the whole document are not regarded,
		// and imports that were watched used their authorizer.
		undecided(op.Place())
		return
	}
	list, complete := reqs.Members()
	var used scheme
	var at, keyAt source.Span
	for _, req := range list {
		if !req.Is(tree.Map) || req.Open {
			complete = false
		}
		for _, e := range req.Entries {
			s := l.schemes[e.Key]
			if s == nil {
				s = &scheme{unknown: true}
			}
			if s.apiKey {
				used.apiKey, keyAt = true, e.KeySpan
				continue
			}
			if s.authorizer != nil && used.authorizer != nil && s.authorizer != used.authorizer ||
				s.iam && used.authorizer != nil || used.iam && s.authorizer != nil {
				used.unknown = true // which of them it is, is not known
			}
			used.unknown = used.unknown || s.unknown
			used.iam = used.iam || s.iam
			if s.authorizer != nil {
				used.authorizer = s.authorizer
			}
			if s.iam || s.authorizer != nil {
				at = e.KeySpan
			}
		}
	}
	if used.unknown || !complete {
		undecided(reqs.Place())
		return
	}
	r.Authorization = value.NoText(op.Place())
	r.Authorizer = value.Absent[*model.Authorizer](op.Place())
	r.APIKeyRequired = value.Absent[bool](op.Place())
	if used.apiKey {
		r.APIKeyRequired = value.Known(true, keyAt)
	}
	switch {
	case used.iam:
		r.Authorization = value.Lit("AWS_IAM", at)
	case used.authorizer != nil:
		r.Authorization = authorization(used.authorizer.Type, at)
		r.Authorizer = value.Known(used.authorizer, at)
	}
}

// authorization returns how a route with an authorizer of the type is authorized.
func authorization(kind value.Text, span source.Span) value.Text {
	s, ok := kind.Get()
	switch {
	case !ok:
		return value.UnknownText(span)
	case strings.EqualFold(s, "token"), strings.EqualFold(s, "request"):
		return value.Lit("CUSTOM", span)
	}
	return kind.At(span)
}
