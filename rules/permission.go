package rules

import (
	"iter"
	"slices"
	"strings"

	"github.com/apigwlint/apigwlint/lint"
	"github.com/apigwlint/apigwlint/model"
	"github.com/apigwlint/apigwlint/source"
	"github.com/apigwlint/apigwlint/tri"
	"github.com/apigwlint/apigwlint/value"
)

// A part is what a permission and a call have to agree in.
type part int

// The parts, in the order in which they are blamed.
const (
	nothing part = iota // no permission is meant for the API at all
	principal
	action
	qualifier
	sourceARN
)

// A refusal is a call of a function of the files that no permission covers.
type refusal struct {
	route *model.Route
	in    *model.Integration
	call  model.Call
	// certain is No when the call is permitted after all.
	certain tri.Bool
	// part is what the permission that comes nearest lacks.
	part       part
	permission *model.Permission // nil for nothing
}

// refusals yields the calls that are not certainly permitted: those without
// credentials, to functions that are in the files and named without stage
// variables.
func refusals(m *model.Model) iter.Seq[refusal] {
	return func(yield func(refusal) bool) {
		permissions := slices.Collect(m.Permissions.All())
		for route, in := range m.Integrations() {
			inv, ok := in.Lambda.Get()
			if !ok || inv.Function == nil || len(inv.Variables) > 0 {
				continue
			}
			needed := tri.And(in.InvokesLambda(), in.UsesCredentials().Not())
			if needed == tri.No {
				continue
			}
			for _, call := range route.Calls() {
				if i := covering(m, permissions, call); i >= 0 {
					// The next call is probably covered by this permission or the next one.
					permissions = slices.Concat(permissions[i:], permissions[:i])
					continue
				}
				r := refuse(m, route.API, call)
				r.route, r.in = route, in
				r.certain = tri.And(r.certain, needed)
				if r.certain != tri.No && !yield(r) {
					return
				}
			}
		}
	}
}

// covering returns the index of a permission that certainly covers the call, or -1.
func covering(m *model.Model, permissions []*model.Permission, call model.Call) int {
	return slices.IndexFunc(permissions, func(p *model.Permission) bool {
		return p.Target.Names(call.Target) == tri.Yes && m.Match(p, call.Target, call.Caller).All() == tri.Yes
	})
}

// ofEvents reports whether the permission would come from an event of the
// function: a document sends the route to a function whose permissions a transform
// makes, and nobody has written one for it.
func (r refusal) ofEvents() tri.Bool {
	generated := tri.Yes
	switch {
	case r.part != nothing && r.part != sourceARN:
		return tri.No
	case r.permission != nil:
		generated = r.permission.Generated
	}
	return tri.And(r.route.Imported, r.call.Target.Function.Events, generated)
}

// refuse finds out whether a call is refused, and why: it blames the permission
// of the function that comes nearest to covering it. A verdict stands only when
// everything about the permissions that may come nearest is known.
func refuse(m *model.Model, api *model.API, call model.Call) refusal {
	out := refusal{call: call, certain: tri.Yes}
	if !m.Permissions.IsClosed() {
		out.certain = tri.Maybe
	}
	best, decided := -1, true
	for p := range m.Permissions.All() {
		if p.Target.Names(call.Target) == tri.No {
			continue
		}
		match := m.Match(p, call.Target, call.Caller)
		// The principal with another suffix than that of SAM and the
		// documentation is judged here, with a warning.
		match.Principal = tri.Or(p.Principal.Is("apigateway.amazonaws.com"), p.Principal.Is("*"))
		if out.certain = tri.And(out.certain, match.All().Not()); out.certain == tri.No {
			return out
		}
		if match.Function != tri.Yes {
			continue
		}
		concerns := m.Concerns(p, api)
		if concerns == tri.No {
			continue
		}
		blamed, score, ok := blame(match, p, call)
		decided = decided && ok && concerns == tri.Yes
		if score > best {
			best, out.part, out.permission = score, blamed, p
		}
	}
	if !decided {
		out.certain = tri.And(out.certain, tri.Maybe)
	}
	return out
}

// blame returns the first part in which a permission does not cover a call, and
// how near it comes: one that lacks a single part comes nearest, then the one
// that gets furthest.
func blame(match model.Match, p *model.Permission, call model.Call) (blamed part, score int, decided bool) {
	parts := []tri.Bool{principal: match.Principal, action: match.Action, qualifier: match.Qualifier, sourceARN: match.Source}
	decided = true
	lacking := 0
	for k := principal; k <= sourceARN; k++ {
		switch parts[k] {
		case tri.Maybe:
			decided = false
		case tri.No:
			lacking++
			if blamed == nothing {
				blamed = k
			}
		}
	}
	const single, step = 1000, 100
	if lacking == 1 {
		score = single + step*int(sourceARN-blamed)
	} else {
		score = step * int(blamed)
	}
	if blamed == sourceARN {
		score += similarity(p.SourceARN, call.Caller)
	}
	return blamed, score, decided
}

// similarity counts the segments from the left that a SourceArn and a caller
// have in common.
func similarity(pattern, caller value.Text) int {
	p, ok := pattern.Flat()
	c, written := caller.Flat()
	if !ok || !written {
		return 0
	}
	ps, cs := strings.Split(p.S, "/"), strings.Split(c.S, "/")
	n := 0
	for i := range min(len(ps), len(cs), 50) {
		if ps[i] == cs[i] || ps[i] == "*" {
			n++
		}
	}
	return n
}

// blamed yields the refusals for which a permission lacks the part, once for
// each route, permission and message.
func blamed(pass *lint.Pass, which part, diagnose func(refusal) lint.Diagnostic) {
	type key struct {
		route      *model.Route
		permission *model.Permission
		message    string
	}
	seen := map[key]bool{}
	for r := range refusals(pass.Model) {
		r.certain = tri.And(r.certain, r.ofEvents().Not())
		if r.part != which || r.certain == tri.No {
			continue
		}
		d := diagnose(r)
		d.Routes = []*model.Route{r.route}
		if d.Log == "" {
			d.Log = permissionLog(r.route.API.Kind)
		}
		d.Related = append(d.Related, functionRelated(r.call.Target)...)
		d.Uses = append(d.Uses, naming(r.call.Target)...)
		d.Span = place(d.Span, r.in.Span, r.route.Span)
		if r.certain == tri.Yes {
			k := key{r.route, r.permission, d.Message}
			if seen[k] {
				continue
			}
			seen[k] = true
		}
		pass.ReportIf(r.certain, d)
	}
}

// permissionLog is what is logged when Lambda refuses a call for want of a permission.
func permissionLog(kind model.Kind) string {
	if kind == model.HTTP {
		return "The IAM role configured on the integration or API Gateway doesn't have permissions to call the integration. Check the permissions and try again."
	}
	return "Execution failed due to configuration error: Invalid permissions on Lambda function"
}

func functionRelated(inv *model.Invocation) []lint.Related {
	if inv == nil || inv.Function == nil {
		return nil
	}
	return []lint.Related{{Span: inv.Function.Span, Message: inv.Function.ID + " is defined here"}}
}

// naming returns the settings on which it rests that inv is the function that
// it is: none when it is referred to.
func naming(inv *model.Invocation) []value.Setting {
	if _, ok := inv.Name.Only(); ok {
		return nil
	}
	return []value.Setting{inv.Name}
}

// named returns the identifier of a permission for messages.
func named(p *model.Permission) string {
	if p.ID == "" {
		return "the permission"
	}
	return p.ID
}

// sourceExample is a SourceArn that covers all calls of the API that the route
// belongs to.
func sourceExample(api *model.API) string {
	return api.ExecutionARN().String() + "/*"
}

// place returns the first of the spans that is one.
func place(spans ...source.Span) source.Span {
	for _, s := range spans {
		if s.IsValid() {
			return s
		}
	}
	return source.Span{}
}
