package model

import (
	"iter"
	"slices"
	"strings"
	"time"

	"github.com/apigwlint/apigwlint/source"
	"github.com/apigwlint/apigwlint/tri"
	"github.com/apigwlint/apigwlint/value"
)

// An Invocation names a Lambda function, and which version or alias of it.
type Invocation struct {
	// Function is the function when it is in the model.
	Function *Function
	// Name is the function's name or ARN as written, without the qualifier.
	Name value.Text
	// Region and Account are those of the function's ARN; absent when it is
	// named without them.
	Region, Account value.Text
	// Qualifier is a version or an alias; absent for the unqualified function.
	Qualifier value.Text
	// Variables are the stage variables that stand in the name or the qualifier.
	Variables []VariableUse
	// ByStage is what is invoked on each stage, when stage variables decide.
	ByStage []StageInvocation
	Span    source.Span
}

// A StageInvocation is what an invocation names on one stage.
type StageInvocation struct {
	Stage  *Stage
	Target *Invocation
}

// String returns the function as people name it, with its qualifier.
func (i *Invocation) String() string {
	name := i.Name.String()
	if i.Function != nil {
		name = i.Function.ID
	}
	if q := i.Qualifier.String(); q != "" {
		name += ":" + q
	}
	return name
}

// On returns what i names on stage.
func (i *Invocation) On(stage *Stage) *Invocation {
	for _, s := range i.ByStage {
		if s.Stage == stage {
			return s.Target
		}
	}
	return i
}

// Names reports whether i and j are the same function, whatever the qualifier.
func (i *Invocation) Names(j *Invocation) tri.Bool {
	if i == nil || j == nil {
		return tri.Maybe
	}
	if len(i.Variables) > 0 || len(j.Variables) > 0 {
		return tri.Maybe
	}
	if i.Function != nil && j.Function != nil {
		return tri.Of(i.Function == j.Function)
	}
	if i.Name.Equal(j.Name) == tri.Yes {
		return tri.Yes
	}
	own, known := i.BareName().Get()
	other, both := j.BareName().Get()
	if !known || !both || differ(i.Region, j.Region) || differ(i.Account, j.Account) {
		return tri.Maybe // of functions in two places nothing is said
	}
	return tri.Of(own == other)
}

// differ reports whether both are written down and are not the same.
func differ(a, b value.Text) bool {
	return a.Present() == tri.Yes && b.Present() == tri.Yes && a.Equal(b) != tri.Yes
}

// BareName returns the name of the function without the rest of its ARN.
func (i *Invocation) BareName() value.Text {
	if i.Function != nil {
		return i.Function.Name
	}
	f, ok := i.Name.Flat()
	if !ok {
		return i.Name
	}
	return f.Slice(strings.LastIndexByte(f.S, ':')+1, len(f.S))
}

// SameQualifier reports whether a permission on i speaks of the version or
// alias that j invokes. Lambda keeps no policy for $LATEST, so that what holds
// there is not decided.
func (i *Invocation) SameQualifier(j *Invocation) tri.Bool {
	if i == nil || j == nil {
		return tri.Maybe
	}
	if tri.Or(i.Qualifier.Is("$LATEST"), j.Qualifier.Is("$LATEST")) == tri.Yes {
		return tri.Maybe
	}
	// What fills the place of a qualifier from outside may be $LATEST.
	if open(i.Qualifier) && j.Qualifier.Present() == tri.No || open(j.Qualifier) && i.Qualifier.Present() == tri.No {
		return tri.Maybe
	}
	return i.Qualifier.Equal(j.Qualifier)
}

// open reports whether a text has a hole that no resource of the files fills.
func open(t value.Text) bool {
	for ref := range t.Refs() {
		if ref.Kind != value.Resource {
			return true
		}
	}
	return false
}

// A VariableUse is a place where a text reads a stage variable.
type VariableUse struct {
	Name string
	// Start and End are byte positions in the flat form of the text.
	Start, End int
	Span       source.Span
}

// StageVariables lists the uses of stage variables in a setting that API
// Gateway resolves for each stage: ${stageVariables.name}.
// https://docs.aws.amazon.com/apigateway/latest/developerguide/aws-api-gateway-stage-variables-reference.html
func StageVariables(t value.Text) []VariableUse {
	const open = "${stageVariables."
	f, ok := t.Flat()
	if !ok {
		return nil
	}
	var uses []VariableUse
	for from := 0; ; {
		i := strings.Index(f.S[from:], open)
		if i < 0 {
			return uses
		}
		start := from + i
		n := strings.IndexByte(f.S[start:], '}')
		if n < 0 {
			return uses
		}
		end := start + n + 1
		if name := f.S[start+len(open) : end-1]; !strings.Contains(name, value.HoleString) {
			uses = append(uses, VariableUse{name, start, end, f.Slice(start, end).Span()})
		}
		from = end
	}
}

// LostVariable is the reference to a stage variable that the language of the
// definition took for one of its own: ${stageVariables.name} where the characters
// "${" had to be escaped. Nothing has that name, so that it is refused.
func LostVariable(name string) value.Ref {
	return value.Ref{Kind: value.Other, Name: lostVariable, Attr: name}
}

const lostVariable = "stageVariables"

// LostVariables lists the stage variables that do not reach API Gateway.
func LostVariables(t value.Text) []VariableUse {
	var uses []VariableUse
	pos := 0
	for _, p := range t.Parts() {
		switch {
		case p.Ref == nil:
			pos += len(p.Lit)
			continue
		case *p.Ref == LostVariable(p.Ref.Attr):
			uses = append(uses, VariableUse{p.Ref.Attr, pos, pos + len(value.HoleString), p.Span})
		}
		pos += len(value.HoleString)
	}
	return uses
}

// Unresolved returns t with holes in the place of its stage variables.
func Unresolved(t value.Text) value.Text {
	f, ok := t.Flat()
	if !ok {
		return t
	}
	out, last := value.Join(t.Span()), 0
	for _, use := range StageVariables(t) {
		out = out.Append(f.Slice(last, use.Start)).Append(value.Hole(value.Ref{Kind: value.Other, Name: "stage variable " + use.Name}, use.Span))
		last = use.End
	}
	return out.Append(f.Slice(last, len(f.S))).At(t.Span()).Assuming(t.Assumes()...)
}

// Resolve returns t as API Gateway resolves it on the stage: with the values of
// the stage variables in place. ok is false when a variable is not certainly
// set, or a canary may override it.
func (s *Stage) Resolve(t value.Text) (resolved value.Text, ok bool) {
	f, written := t.Flat()
	if !written {
		return t, false
	}
	out, last := value.Join(t.Span()), 0
	for _, use := range StageVariables(t) {
		v, set := s.Variables.Get(use.Name)
		if !set || s.CanaryVariables.Has(use.Name) != tri.No {
			return t, false
		}
		out = out.Append(f.Slice(last, use.Start)).Append(v)
		last = use.End
	}
	return out.Append(f.Slice(last, len(f.S))).At(t.Span()), true
}

// Defines reports whether the stage, or the canary on it, sets a variable.
func (s *Stage) Defines(name string) tri.Bool {
	return tri.Or(s.Variables.Has(name), s.CanaryVariables.Has(name))
}

// Served yields the stages that callers use. One that a deployment makes by a
// stage name of its own, beside another stage of that deployment, is left over:
// SAM makes such a stage, called Stage, for every REST API, with no settings.
// https://github.com/aws/serverless-application-model/issues/191
func (a *API) Served() iter.Seq[*Stage] {
	return func(yield func(*Stage) bool) {
		for s := range a.Stages.All() {
			if !a.leftOver(s) && !yield(s) {
				return
			}
		}
	}
}

func (a *API) leftOver(s *Stage) bool {
	if a.Kind == HTTP || a.Kind == WebSocket {
		return false
	}
	made, ok := s.Deployment.Get()
	if ok && made.ID != s.ID || s.Deployment.Present() == tri.No {
		return false
	}
	for other := range a.Stages.All() {
		// What is not known of the deployments may make it so.
		if d, known := other.Deployment.Get(); other != s && (!ok || !known || d == made) {
			return true
		}
	}
	return false
}

// InvokesLambda reports whether the backend is a Lambda function.
func (in *Integration) InvokesLambda() tri.Bool {
	return tri.And(in.Type.OneOf("AWS", "AWS_PROXY"), in.Lambda.Present())
}

// IsProxy reports whether requests and responses pass without mapping.
func (in *Integration) IsProxy() tri.Bool { return in.Type.OneOf("AWS_PROXY", "HTTP_PROXY") }

// IsMock reports whether API Gateway answers by itself.
func (in *Integration) IsMock() tri.Bool { return in.Type.IsFold("MOCK") }

// UsesCredentials reports whether a role, or the caller's own identity, makes
// the call, so that no permission of the function is asked for.
func (in *Integration) UsesCredentials() tri.Bool { return Filled(in.Credentials) }

// Filled reports whether a setting is written down and not empty, which the
// identifier of a resource never is.
func Filled(t value.Text) tri.Bool {
	for ref := range t.Refs() {
		if ref.Kind == value.Resource || ref.Kind == value.Pseudo {
			return tri.Yes
		}
	}
	return tri.And(t.Present(), t.Is("").Not())
}

// Streams reports whether responses are streamed instead of buffered.
func (in *Integration) Streams() tri.Bool {
	return in.TransferMode.Or("BUFFERED").IsFold("STREAM")
}

// DefaultTimeout is how long API Gateway waits for a backend unless told otherwise.
// https://docs.aws.amazon.com/apigateway/latest/developerguide/limits.html
func (k Kind) DefaultTimeout() (time.Duration, bool) {
	switch k {
	case REST, WebSocket:
		return 29 * time.Second, true
	case HTTP:
		return 30 * time.Second, true
	}
	return 0, false
}

// EffectiveTimeout returns how long API Gateway waits for the backend of r.
func (r *Route) EffectiveTimeout() value.Of[time.Duration] {
	in, ok := r.Integration.Get()
	if !ok {
		return value.Unknown[time.Duration](r.Span)
	}
	if def, ok := r.API.Kind.DefaultTimeout(); ok {
		return in.Timeout.Or(def)
	}
	if in.Timeout.Present() == tri.No {
		return value.Unknown[time.Duration](in.Span)
	}
	return in.Timeout
}

// ExecutionARN returns the ARN under which the API presents itself when it
// calls something, without stage and route.
func (a *API) ExecutionARN() value.Text {
	lit := func(s string) value.Text { return value.Lit(s, a.Span) }
	part := func(t value.Text, pseudo string) value.Text {
		if t.Present() != tri.Yes {
			return value.Hole(value.Ref{Kind: value.Pseudo, Name: pseudo, Segment: true}, a.Span)
		}
		return t
	}
	return lit("arn:").Append(part(a.Partition, "Partition")).
		Append(lit(":execute-api:")).Append(part(a.Region, "Region")).
		Append(lit(":")).Append(part(a.Account, "AccountId")).
		Append(lit(":")).Append(a.APIID)
}

// AnyStage stands for a stage that is not in the files.
var AnyStage = value.Hole(value.Ref{Kind: value.Other, Name: "stage", Segment: true}, source.Span{})

// CallerARN returns the ARN that API Gateway presents to Lambda when a request
// with the verb comes in through stage. The verb is the caller's, never ANY;
// the path is the resource's, with its parameters in braces. Catch-all routes of
// HTTP APIs and routes of WebSocket APIs have no verb.
// https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-control-access-using-iam-policies-to-invoke-api.html
func (r *Route) CallerARN(stage value.Text, verb string) value.Text {
	arn := r.API.ExecutionARN().Append(value.Lit("/", r.Span)).Append(stage).Append(value.Lit("/", r.Span))
	if r.Method.Present() != tri.No {
		arn = arn.Append(value.Lit(verb, r.Span))
	}
	return arn.Append(r.Path)
}

// CallerARN returns the ARN that API Gateway presents when it calls the authorizer.
func (a *Authorizer) CallerARN() value.Text {
	return a.API.ExecutionARN().Append(value.Lit("/authorizers/", a.Span)).Append(a.AuthorizerID)
}

// verbs are the methods that ANY stands for.
var verbs = []string{"DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT"}

// Verbs lists the methods with which callers can reach the route: those of ANY
// are all that no other route of the same path takes. Of a route without a
// method the list is one empty string; when the method is not known, nothing.
func (r *Route) Verbs() []string {
	if r.Method.Present() == tri.No {
		return []string{""}
	}
	method, ok := r.Method.Get()
	if !ok {
		return nil
	}
	if method != "ANY" {
		return []string{method}
	}
	taken := map[string]bool{}
	for other := range r.API.Routes.All() {
		if other.Path.Equal(r.Path) != tri.No && other != r {
			if m, ok := other.Method.Get(); ok {
				taken[m] = true
			} else {
				return nil
			}
		}
	}
	return slices.DeleteFunc(slices.Clone(verbs), func(v string) bool { return taken[v] })
}

// IsInvoke reports whether the permission allows invoking.
func (p *Permission) IsInvoke() tri.Bool {
	return p.Action.OneOf("lambda:InvokeFunction", "lambda:*", "*")
}

// ToAPIGateway reports whether the permission is given to API Gateway. The
// service's principal is the same in every partition; whether the forms with
// another suffix work is not known.
func (p *Permission) ToAPIGateway() tri.Bool {
	is := tri.Or(p.Principal.Is("apigateway.amazonaws.com"), p.Principal.Is("*"))
	if is == tri.No && p.Principal.HasPrefix("apigateway.") != tri.No {
		return tri.Maybe
	}
	return is
}

// CoversSource reports whether a call that presents caller meets the
// conditions of the permission.
func (p *Permission) CoversSource(caller value.Text) tri.Bool {
	source := p.SourceARN.Present().Not()
	if source != tri.Yes {
		source = tri.Or(source, value.Glob(p.SourceARN, placed(caller, p.SourceARN), value.Wildcard))
	}
	// These conditions need more than the caller's ARN: at best they are not decided.
	unconditional := func(t value.Text) tri.Bool {
		if t.Present() == tri.No {
			return tri.Yes
		}
		return tri.Maybe
	}
	return tri.And(source, unconditional(p.SourceAccount), unconditional(p.EventSourceToken), unconditional(p.URLAuthType))
}

// Covers reports whether the permission lets a call that presents caller invoke
// what inv names.
func (p *Permission) Covers(inv *Invocation, caller value.Text) tri.Bool {
	return tri.And(p.Target.Names(inv), p.Target.SameQualifier(inv), p.ToAPIGateway(), p.IsInvoke(), p.CoversSource(caller))
}

// A Call is one way in which requests reach the function behind a route.
type Call struct {
	Stage  *Stage // nil for a stage that is not in the files
	Verb   string
	Target *Invocation
	Caller value.Text // the ARN that API Gateway presents
}

// Calls lists the calls that requests to the route turn into: one for each
// stage and verb. It is empty when the verbs, or the function, cannot be told.
func (r *Route) Calls() []Call {
	in, ok := r.Integration.Get()
	if !ok {
		return nil
	}
	inv, ok := in.Lambda.Get()
	if !ok {
		return nil
	}
	var calls []Call
	add := func(stage *Stage, name value.Text) {
		for _, verb := range r.Verbs() {
			calls = append(calls, Call{stage, verb, inv.On(stage), r.CallerARN(name, verb)})
		}
	}
	for s := range r.API.Served() {
		add(s, s.Name)
	}
	if !r.API.Stages.IsClosed() || r.API.Stages.Len() == 0 {
		add(nil, AnyStage)
	}
	return calls
}

// Invokable reports whether API Gateway may call the function behind the route
// with every verb on every stage, by permission or with credentials. needed is
// No when there is no function behind the route.
func (m *Model) Invokable(r *Route) (allowed, needed tri.Bool) {
	in, ok := r.Integration.Get()
	if !ok {
		return tri.Maybe, r.Integration.Present()
	}
	needed = in.InvokesLambda()
	if needed != tri.Yes {
		return tri.Maybe, needed
	}
	switch in.UsesCredentials() {
	case tri.Maybe:
		return tri.Maybe, needed
	case tri.Yes:
		return m.invokableAs(in), needed
	}
	calls := r.Calls()
	if len(calls) == 0 {
		return tri.Maybe, needed
	}
	allowed = tri.Yes
	for _, c := range calls {
		allowed = tri.And(allowed, m.Permits(c.Target, c.Caller))
	}
	return allowed, needed
}

// invokableAs reports whether the role of an integration may be assumed, and may
// call the function.
func (m *Model) invokableAs(in *Integration) tri.Bool {
	inv, ok := in.Lambda.Get()
	if !ok || in.Role == nil {
		return tri.Maybe
	}
	call := inv.Call()
	return tri.And(in.Role.Trusts(Gateway), tri.Or(in.Role.MayDo(call.Action, call.Resource), m.Grants(in.Role, call.Action, call.Resource)))
}

// placed returns caller with the partition, region and account that arn writes
// down, where the files do not say in which the API is deployed: a definition
// that names its place is taken at its word.
func placed(caller, arn value.Text) value.Text {
	if !slices.ContainsFunc(caller.Parts(), func(p value.Part) bool {
		return p.Ref != nil && p.Ref.Kind == value.Pseudo && !slices.ContainsFunc(arn.Parts(), func(q value.Part) bool { return q.Ref != nil && *q.Ref == *p.Ref })
	}) {
		return caller // arn has the same holes
	}
	f, ok := arn.Flat()
	if !ok || caller.Present() != tri.Yes {
		return caller
	}
	segments := strings.SplitN(f.S, ":", 6)
	if len(segments) < 6 {
		return caller
	}
	written := map[string]string{"Partition": segments[1], "Region": segments[3], "AccountId": segments[4]}
	parts := slices.Clone(caller.Parts())
	for i, p := range parts {
		if p.Ref == nil || p.Ref.Kind != value.Pseudo {
			continue
		}
		if lit := written[p.Ref.Name]; lit != "" && !strings.ContainsAny(lit, "*?"+value.HoleString) {
			parts[i] = value.Part{Lit: lit, Span: p.Span}
		}
	}
	return value.Join(caller.Span(), parts...)
}
