// Package link is the last step of every parser: it turns names and references
// into pointers between the things of a model. Parsers register what a
// reference stands for, and link finds out what each setting names.
package link

import (
	"cmp"
	"regexp"
	"slices"
	"strings"

	"github.com/apigwlint/apigwlint/model"
	"github.com/apigwlint/apigwlint/tri"
	"github.com/apigwlint/apigwlint/value"
)

// A Target is what a reference stands for.
type Target struct {
	Function *model.Function
	// Qualifier is set when the reference is a version or an alias of
	// Function: its value is a whole ARN with the qualifier.
	Qualifier *value.Text
	// QualifierOnly says that the reference is not the ARN but only the
	// qualifier itself, such as the name of an alias.
	QualifierOnly bool

	Role         *model.Role
	VPCLink      *model.VPCLink
	LoadBalancer *model.LoadBalancer
	Listener     *model.Listener
	TargetGroup  *model.TargetGroup
	Registry     *model.Registry
	StateMachine *model.StateMachine
}

// A Linker knows what references and names stand for.
type Linker struct {
	targets   map[value.Ref]Target
	functions []*model.Function // registered under a reference of their own
	roles     []*model.Role
}

// New returns a linker that knows nothing.
func New() *Linker { return &Linker{targets: map[value.Ref]Target{}} }

// Register says what ref stands for. The Segment field of ref is not regarded.
func (l *Linker) Register(ref value.Ref, t Target) {
	l.targets[key(ref)] = t
	if t.Function != nil && t.Qualifier == nil && !slices.Contains(l.functions, t.Function) {
		l.functions = append(l.functions, t.Function)
	}
	if t.Role != nil && !slices.Contains(l.roles, t.Role) {
		l.roles = append(l.roles, t.Role)
	}
}

// Lookup returns what ref stands for.
func (l *Linker) Lookup(ref value.Ref) (Target, bool) {
	t, ok := l.targets[key(ref)]
	return t, ok
}

func key(r value.Ref) value.Ref {
	r.Segment = false
	return r
}

// invokePath is the part of a URI that comes before the function:
// https://docs.aws.amazon.com/apigateway/latest/api/API_Integration.html#apigw-Type-Integration-uri
var (
	invokePath = regexp.MustCompile(`:lambda:path/{1,2}\d{4}-\d\d-\d\d/functions/`)
	invokeEnd  = regexp.MustCompile(`/(?:response-streaming-)?invocations/?$`)
)

// FromURI returns the function that an integration's or authorizer's URI
// invokes: known, absent when the URI is certainly none of a function, or unknown.
func (l *Linker) FromURI(uri value.Text) value.Of[*model.Invocation] {
	f, ok := uri.Flat()
	if !ok {
		if uri.Present() == tri.No {
			return value.Absent[*model.Invocation](uri.Span())
		}
		return value.Unknown[*model.Invocation](uri.Span())
	}
	known := func(t value.Text) value.Of[*model.Invocation] {
		return value.Known(l.Invocation(t), uri.Span()).Assuming(uri.Assumes()...)
	}
	if at := invokePath.FindStringIndex(f.S); at != nil {
		end := invokeEnd.FindStringIndex(f.S)
		if end == nil {
			if strings.HasSuffix(f.S, value.HoleString) {
				return value.Unknown[*model.Invocation](uri.Span())
			}
			return value.Absent[*model.Invocation](uri.Span()) // another action of the Lambda API
		}
		if end[0] <= at[1] {
			return value.Unknown[*model.Invocation](uri.Span())
		}
		return known(f.Slice(at[1], end[0]))
	}
	// An HTTP API takes the bare ARN of a function.
	if t, ok := l.resolve(uri); ok {
		switch {
		case t.Function != nil && !t.QualifierOnly:
			return known(uri)
		case t.Function == nil:
			return value.Absent[*model.Invocation](uri.Span())
		}
	}
	if i := qualifierStart(f.S); i > 0 {
		if t, ok := l.resolve(f.Slice(0, i)); ok && t.Function != nil && t.Qualifier == nil {
			return known(uri) // with a qualifier behind it
		}
	}
	if segments := strings.SplitN(f.S, ":", 4); len(segments) == 4 && segments[0] == "arn" && segments[2] == "lambda" {
		return known(uri)
	}
	if uri.HasPrefix("http://") == tri.Yes || uri.HasPrefix("https://") == tri.Yes {
		return value.Absent[*model.Invocation](uri.Span())
	}
	if segments := strings.SplitN(f.S, ":", 6); len(segments) == 6 && segments[0] == "arn" && segments[2] == "apigateway" &&
		!strings.Contains(segments[4], value.HoleString) && segments[4] != "lambda" {
		return value.Absent[*model.Invocation](uri.Span())
	}
	if !strings.Contains(f.S, value.HoleString) {
		return value.Absent[*model.Invocation](uri.Span())
	}
	return value.Unknown[*model.Invocation](uri.Span())
}

// resolve returns what a text stands for that consists of one reference.
func (l *Linker) resolve(t value.Text) (Target, bool) {
	if ref, ok := t.Only(); ok {
		return l.Lookup(ref)
	}
	return Target{}, false
}

// Invocation returns what a function's name or ARN, with or without a
// qualifier, names.
func (l *Linker) Invocation(t value.Text) *model.Invocation {
	inv := &model.Invocation{
		Name: t, Span: t.Span(), Variables: model.StageVariables(t),
		Region: value.NoText(t.Span()), Account: value.NoText(t.Span()), Qualifier: value.NoText(t.Span()),
	}
	f, ok := t.Flat()
	if !ok {
		inv.Qualifier = value.UnknownText(t.Span())
		return inv
	}
	rest := 0
	if at := functionPrefix.FindStringSubmatchIndex(f.S); at != nil {
		rest = at[1]
		if at[2] >= 0 {
			inv.Region = f.Slice(at[2], at[3])
		}
		if at[4] >= 0 {
			inv.Account = f.Slice(at[4], at[5])
		}
	}
	name := f.Slice(rest, len(f.S))
	if i := qualifierStart(f.S[rest:]); i >= 0 {
		name, inv.Qualifier = f.Slice(rest, rest+i), f.Slice(rest+i+1, len(f.S))
		inv.Name = f.Slice(0, rest+i)
	}
	if target, ok := l.resolve(name); ok && target.Function != nil && !target.QualifierOnly {
		inv.Function = target.Function
		if target.Qualifier != nil && inv.Qualifier.Present() == tri.No {
			inv.Qualifier = *target.Qualifier
		}
		return l.qualified(inv)
	}
	inv.Function = l.named(name)
	if inv.Function == nil && inv.Qualifier.Present() == tri.No && l.mayQualify(name) {
		inv.Qualifier = value.UnknownText(t.Span())
	}
	return l.qualified(inv)
}

// mayQualify reports whether a name may bring a qualifier of its own: by a hole
// that may be anything, or by a stage variable.
func (l *Linker) mayQualify(name value.Text) bool {
	if len(model.StageVariables(name)) > 0 {
		return true
	}
	for ref := range name.Refs() {
		if _, known := l.Lookup(ref); !known && !ref.Segment {
			return true
		}
	}
	return false
}

// qualified replaces a qualifier that is a reference by what it stands for.
func (l *Linker) qualified(inv *model.Invocation) *model.Invocation {
	if t, ok := l.resolve(inv.Qualifier); ok && t.Qualifier != nil {
		inv.Qualifier = *t.Qualifier
	}
	return inv
}

// functionPrefix is what may come before a function's name: all of
// arn:partition:lambda:region:account:function:, or the end of it.
// https://docs.aws.amazon.com/lambda/latest/api/API_GetFunction.html#API_GetFunction_RequestParameters
var functionPrefix = regexp.MustCompile(`^(?:arn:[^:]*:lambda:)?(?:([^:]*):)??(?:([^:]*):)?function:`)

// qualifierStart returns the index of the colon before a qualifier, or -1. A
// colon within ${stageVariables.x} is none, as there can be none.
func qualifierStart(s string) int { return strings.IndexByte(s, ':') }

// named returns the function that certainly has the name, and no other has.
func (l *Linker) named(name value.Text) *model.Function {
	return only(l.functions, func(f *model.Function) bool { return same(f.Name, name) })
}

// only returns the one of all that is ok, nil when there are several or none.
func only[T any](all []*T, ok func(*T) bool) *T {
	var found *T
	for _, x := range all {
		if ok(x) {
			if found != nil {
				return nil // two of one name, of different stacks or conditions
			}
			found = x
		}
	}
	return found
}

// same reports whether two names are certainly the same.
func same(a, b value.Text) bool {
	s, whole := a.Get()
	t, too := b.Get()
	if whole || too {
		return whole && too && s == t
	}
	return a.Present() == tri.Yes && a.Equal(b) == tri.Yes
}

// Finish links everything in m that names something else.
func (l *Linker) Finish(m *model.Model) {
	for p := range m.Permissions.All() {
		if p.Target == nil {
			p.Target = l.Invocation(p.FunctionName)
		}
	}
	for v := range m.VPCLinks.All() {
		for t := range v.Targets.All() {
			if target, _ := l.resolve(t); target.LoadBalancer != nil && target.Listener == nil {
				v.Balancers = append(v.Balancers, target.LoadBalancer)
			}
		}
	}
	for _, api := range m.APIs {
		for a := range api.Authorizers.All() {
			a.API = api
			if a.Lambda.Present() == tri.Maybe {
				a.Lambda = l.FromURI(a.URI)
			}
			l.byStage(api, a.Lambda)
			a.Role = l.Role(a.Credentials)
		}
		for r := range api.Routes.All() {
			r.API = api
			in, ok := r.Integration.Get()
			if !ok {
				continue
			}
			l.integration(api, in)
		}
	}
}

func (l *Linker) integration(api *model.API, in *model.Integration) {
	if in.Lambda.Present() == tri.Maybe {
		if in.Type.OneOf("MOCK", "HTTP", "HTTP_PROXY") == tri.Yes || in.Subtype.Present() == tri.Yes {
			in.Lambda = value.Absent[*model.Invocation](in.URI.Span())
		} else {
			in.Lambda = l.FromURI(in.URI)
		}
	}
	l.byStage(api, in.Lambda)
	in.Role = l.Role(in.Credentials)
	if t, ok := l.resolve(in.ConnectionID); ok {
		in.VPCLink = t.VPCLink
	}
	for _, t := range []value.Text{in.URI, in.TargetARN} {
		for ref := range t.Refs() {
			target, _ := l.Lookup(ref)
			if target.LoadBalancer != nil {
				in.LoadBalancer = target.LoadBalancer
			}
			if target.Listener != nil {
				in.Listener = target.Listener
			}
			if target.TargetGroup != nil {
				in.TargetGroup = target.TargetGroup
			}
			if target.Registry != nil {
				in.Registry = target.Registry
			}
		}
	}
	in.StateMachine = l.stateMachine(in)
}

// stateMachine returns the state machine that an integration starts and waits
// for: the only one to which its parameters or templates refer.
func (l *Linker) stateMachine(in *model.Integration) *model.StateMachine {
	if in.WaitsForExecution() != tri.Yes {
		return nil
	}
	var found *model.StateMachine
	for _, settings := range []value.Map[value.Text]{in.RequestParameters, in.RequestTemplates} {
		for e := range settings.All() {
			for ref := range e.Value.Refs() {
				t, _ := l.Lookup(ref)
				if t.StateMachine != nil && found != nil && found != t.StateMachine {
					return nil
				}
				found = cmp.Or(found, t.StateMachine)
			}
		}
	}
	return found
}

// Role returns the role that an ARN or a name certainly names, or nil.
func (l *Linker) Role(t value.Text) *model.Role {
	if target, ok := l.resolve(t); ok {
		return target.Role
	}
	f, ok := t.Flat()
	if !ok {
		return nil
	}
	name := t
	if at := rolePrefix.FindStringIndex(f.S); at != nil {
		name = f.Slice(max(at[1], strings.LastIndexByte(f.S, '/')+1), len(f.S))
		if target, ok := l.resolve(name); ok {
			return target.Role
		}
	}
	return only(l.roles, func(r *model.Role) bool { return same(r.Name, name) })
}

var rolePrefix = regexp.MustCompile(`^arn:[^:]*:iam::[^:]*:role/`)

// byStage resolves the stage variables of an invocation on each stage.
func (l *Linker) byStage(api *model.API, of value.Of[*model.Invocation]) {
	inv, ok := of.Get()
	if !ok || len(inv.Variables) == 0 || inv.ByStage != nil {
		return
	}
	whole := inv.Name
	if inv.Qualifier.Present() == tri.Yes {
		whole = inv.Name.Append(value.Lit(":", inv.Span)).Append(inv.Qualifier)
	}
	for s := range api.Stages.All() {
		if resolved, ok := s.Resolve(whole); ok {
			inv.ByStage = append(inv.ByStage, model.StageInvocation{Stage: s, Target: l.Invocation(resolved)})
		}
	}
}
