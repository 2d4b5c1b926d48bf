package model

import (
	"regexp"
	"strings"

	"github.com/apigwlint/apigwlint/tri"
	"github.com/apigwlint/apigwlint/value"
)

// A Match says which parts of a call a permission meets.
type Match struct {
	Function, Qualifier, Principal, Action, Source tri.Bool
}

// All reports whether the permission lets the call through.
func (m Match) All() tri.Bool {
	return tri.And(m.Function, m.Qualifier, m.Principal, m.Action, m.Source)
}

// Match compares a permission with a call of inv that presents caller.
func (m *Model) Match(p *Permission, inv *Invocation, caller value.Text) Match {
	source := p.CoversSource(caller)
	if source == tri.No && longDefault(p.SourceARN, caller) {
		source = tri.Maybe
	}
	if m.OtherCaller(p.SourceARN, caller) {
		source = tri.No
	}
	return Match{
		Function:  p.Target.Names(inv),
		Qualifier: p.Target.SameQualifier(inv),
		Principal: p.ToAPIGateway(),
		Action:    p.IsInvoke(),
		Source:    source,
	}
}

// longDefault reports whether a source ARN names the catch-all route with a
// segment for the verb before it. The documented ARN has none, but that is what
// SAM writes for the path /$default, and its tests call such an API with success.
// https://github.com/aws/serverless-application-model/blob/develop/integration/combination/test_function_with_http_api.py
func longDefault(pattern, caller value.Text) bool {
	const key = "/$default"
	f, ok := caller.Flat()
	if !ok || !strings.HasSuffix(f.S, key) || pattern.HasSuffix(key) == tri.No {
		return false
	}
	verb := value.Hole(value.Ref{Kind: value.Other, Name: "verb", Segment: true}, caller.Span())
	long := f.Slice(0, len(f.S)-len(key)+1).Append(verb).Append(f.Slice(len(f.S)-len(key), len(f.S)))
	return value.Glob(pattern, placed(long, pattern), value.Wildcard) != tri.No
}

// Permits reports whether any permission in the model lets a call that presents
// caller invoke what inv names.
func (m *Model) Permits(inv *Invocation, caller value.Text) tri.Bool {
	permitted := m.Permissions.Any(func(*Permission) tri.Bool { return tri.No })
	for p := range m.Permissions.All() {
		if p.Target.Names(inv) == tri.No {
			continue
		}
		if permitted = tri.Or(permitted, m.Match(p, inv, caller).All()); permitted == tri.Yes {
			return permitted
		}
	}
	return permitted
}

// Identifiers that the service assigns: ten characters for an API, six for an
// authorizer. The bounds leave room, as AWS documents no length.
var (
	apiIDShape        = regexp.MustCompile(`^[a-z0-9]{8,14}$`)
	authorizerIDShape = regexp.MustCompile(`^[a-z0-9]{5,10}$`)
)

// OtherCaller reports whether pattern certainly names another API or authorizer
// than caller, although its identifier is not known before deployment: it is
// that of another resource of the files, or a text that the service never
// assigns, such as a name.
func (m *Model) OtherCaller(pattern, caller value.Text) bool {
	p, c := callerParts(pattern), callerParts(caller)
	if p == nil || c == nil {
		return false
	}
	if m.otherID(p[0], c[0], apiIDShape) {
		return true
	}
	const kind = "authorizers"
	return len(p) == 3 && len(c) == 3 && p[1].Is(kind) == tri.Yes && c[1].Is(kind) == tri.Yes &&
		m.otherID(p[2], c[2], authorizerIDShape)
}

// callerParts splits the resource part of an execute-api ARN into identifier,
// stage and the rest.
func callerParts(arn value.Text) []value.Text {
	f, ok := arn.Flat()
	if !ok {
		return nil
	}
	segments := strings.SplitN(f.S, ":", 6)
	if len(segments) < 6 {
		return nil
	}
	var parts []value.Text
	start := len(f.S) - len(segments[5])
	for _, s := range strings.SplitN(segments[5], "/", 3) {
		parts = append(parts, f.Slice(start, start+len(s)))
		start += len(s) + 1
	}
	return parts
}

// otherID reports whether pattern, a part of an ARN, certainly differs from an
// identifier that is assigned to a resource of the files.
func (m *Model) otherID(pattern, id value.Text, shape *regexp.Regexp) bool {
	own, ok := id.Only()
	if !ok || !assigned(own) {
		return false
	}
	if s, ok := pattern.Get(); ok {
		return !strings.ContainsAny(s, "*?") && !shape.MatchString(s)
	}
	other, ok := pattern.Only()
	return ok && assigned(other) && other.Name != own.Name && m.assigns(other)
}

// assigned reports whether a reference stands for an identifier that something
// in the files is given at deployment; that of an authorizer in an OpenAPI
// document is one although nothing can refer to it.
func assigned(ref value.Ref) bool {
	return ref.Kind == value.Resource || ref.Kind == value.Other && ref.Segment
}

// assigns reports whether ref is a resource of the files that has an identifier
// of its own: an API or an authorizer.
func (m *Model) assigns(ref value.Ref) bool {
	for _, api := range m.APIs {
		if r, ok := api.APIID.Only(); ok && r.Kind == ref.Kind && r.Name == ref.Name {
			return true
		}
		for a := range api.Authorizers.All() {
			if r, ok := a.AuthorizerID.Only(); ok && r.Kind == ref.Kind && r.Name == ref.Name {
				return true
			}
		}
	}
	return false
}

// OfAnotherAPI returns the API of the files that the permission's SourceArn
// names, when it is certainly not api; nil otherwise.
func (m *Model) OfAnotherAPI(p *Permission, api *API) *API {
	parts := callerParts(p.SourceARN)
	if parts == nil {
		return nil
	}
	ref, ok := parts[0].Only()
	own, isRef := api.APIID.Only()
	if !ok || !isRef || ref.Kind != value.Resource || own.Kind != value.Resource || ref.Name == own.Name {
		return nil
	}
	for _, other := range m.APIs {
		if r, ok := other.APIID.Only(); ok && r.Kind == value.Resource && r.Name == ref.Name {
			return other
		}
	}
	return nil
}

// ForExecuteAPI reports whether SourceArn is that of an API's calls. One that
// begins with something unresolved is taken for that of another service.
func (p *Permission) ForExecuteAPI() tri.Bool {
	f, ok := p.SourceARN.Flat()
	if !ok {
		return p.SourceARN.Present()
	}
	segments := strings.SplitN(f.S, ":", 4)
	return tri.Of(len(segments) == 4 && segments[0] == "arn" && segments[2] == "execute-api")
}

// Concerns reports whether the permission is meant for calls of api: it is
// given to API Gateway, or to a service by mistake, with an API as the source,
// and does not name another API of the files.
func (m *Model) Concerns(p *Permission, api *API) tri.Bool {
	if m.OfAnotherAPI(p, api) != nil {
		return tri.No
	}
	return tri.Or(p.Principal.HasPrefix("apigateway."),
		tri.And(p.Principal.HasSuffix(".amazonaws.com"), p.ForExecuteAPI()))
}

// IsAsync reports whether the function is only started, so that nobody waits
// for it.
// https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-lambda-integration-async.html
func (in *Integration) IsAsync() tri.Bool {
	const header = "integration.request.header.x-amz-invocation-type"
	async := tri.No
	if !in.RequestParameters.IsClosed() {
		async = tri.Maybe
	}
	for e := range in.RequestParameters.All() {
		event := e.Value.Is("'Event'")
		if event == tri.No && e.Value.HasPrefix("'") != tri.Yes {
			event = tri.Maybe // mapped from the request
		}
		async = tri.Or(async, tri.And(e.Key.IsFold(header), event))
	}
	return async
}
