package terraform

import (
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"

	"github.com/apigwlint/apigwlint/model"
	"github.com/apigwlint/apigwlint/source"
	"github.com/apigwlint/apigwlint/tri"
	"github.com/apigwlint/apigwlint/value"
)

func isDeployment(typ string) bool {
	return typ == "aws_api_gateway_deployment" || typ == "aws_apigatewayv2_deployment"
}

// deployments finds out what exists certainly before each deployment is made,
// and what makes a new one.
func (l *lifter) deployments() {
	for _, api := range l.model.APIs {
		for d := range api.Deployments.All() {
			if r := l.byAddr[d.ID]; r != nil {
				l.reach(api, d, r)
				l.renew(api, d, r)
			}
		}
	}
}

// parts lists the resources that a route is made of.
func (l *lifter) parts(route *model.Route) []*lifted {
	ids := []string{route.ID}
	if in, ok := route.Integration.Get(); ok {
		ids = append(ids, in.ID)
	}
	var out []*lifted
	for _, id := range ids {
		if r := l.byAddr[id]; r != nil {
			out = append(out, r)
		}
	}
	return out
}

func (l *lifter) reach(api *model.API, d *model.Deployment, r *lifted) {
	reached, all := l.closure(r.base)
	all = all && l.closed && api.Routes.IsClosed()
	has := func(part *lifted) bool { return reached[part.base] }
	var whole, touched []*model.Route
	var missed []*model.IntegrationResponse
	for route := range api.Routes.All() {
		parts := l.parts(route)
		if route.Imported == tri.Yes || route.ID == api.ID || slices.ContainsFunc(parts, has) {
			touched = append(touched, route)
		}
		// What a body or quick create makes exists as soon as the API does.
		if route.Imported == tri.Yes || route.ID == api.ID || len(parts) > 0 && !slices.ContainsFunc(parts, func(p *lifted) bool { return !has(p) }) {
			whole = append(whole, route)
			if in, ok := route.Integration.Get(); ok {
				for response := range in.Responses.All() {
					if own := l.responses[response]; own != nil && !has(own) {
						missed = append(missed, response)
					}
				}
			}
		}
	}
	d.Reaches, d.Touches = value.SetOf(whole, all), value.SetOf(touched, all)
	d.AfterPolicy = l.afterPolicy(api, reached, all)
	if all {
		d.Misses = value.Closed(missed...)
	}
}

// afterPolicy reports whether a deployment that waits for the reached resources,
// and when all is set for no others, is made after the resource policy of the API.
func (l *lifter) afterPolicy(api *model.API, reached map[string]bool, all bool) tri.Bool {
	after := tri.And(tri.Of(api.Managed == tri.Yes && len(l.policies[api]) == 0), api.Policy.Present())
	for _, p := range l.policies[api] {
		after = tri.Or(after, tri.Of(reached[p.base]))
	}
	if after == tri.No && (!all || len(l.policies[api]) == 0) {
		return tri.Maybe
	}
	return after
}

// closure returns the resources that a resource waits for, itself included,
// and whether these are certainly all.
func (l *lifter) closure(base string) (reached map[string]bool, all bool) {
	reached, all = map[string]bool{}, true
	for queue := []string{base}; len(queue) > 0; queue = queue[1:] {
		if reached[queue[0]] {
			continue
		}
		reached[queue[0]] = true
		to, complete := l.waits(queue[0])
		all = all && complete
		queue = append(queue, to...)
	}
	return reached, all
}

// A renewal is what makes a new deployment.
type renewal struct {
	kind model.Renewal // "" when it cannot be told
	at   source.Span
	// resources lists those of which a change of the content does, and all says
	// that nothing else does.
	resources []string
	all       bool
}

func (l *lifter) renew(api *model.API, d *model.Deployment, r *lifted) {
	if r.renewal == nil {
		return
	}
	got := r.renewal()
	if got.kind == "" {
		return
	}
	d.Renewal = value.Known(got.kind, got.at)
	var routes []*model.Route
	for route := range api.Routes.All() {
		parts := l.parts(route)
		if route.Imported != tri.Yes && len(parts) > 0 &&
			!slices.ContainsFunc(parts, func(p *lifted) bool { return !slices.Contains(got.resources, p.base) }) {
			routes = append(routes, route)
		}
	}
	d.Renewed = value.SetOf(routes, got.all && l.closed && api.Document == tri.No)
}

// renewal finds out what replaces the deployment of a block: a change of its
// triggers, or of what its lifecycle names.
// https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/api_gateway_deployment
func (g *graph) renewal(m *module, b *block) renewal {
	for _, name := range []string{"variables", "stage_description", "for_each"} {
		if b.attrs[name] != nil {
			return renewal{} // these replace it too, and may hold a hash or the time
		}
	}
	t := trail{all: true}
	written := false
	at := b.span
	if a := b.attrs["triggers"]; a != nil {
		written, at = true, a.span
		t.expr(m, a.expr, 0)
	}
	if life := b.child("lifecycle"); life != nil {
		if a := life.attrs["replace_triggered_by"]; a != nil {
			written, at = true, a.span
			t.expr(m, a.expr, 0)
		}
	}
	switch {
	case !written:
		return renewal{kind: model.RenewedNever, at: at, all: true}
	case len(t.content) > 0 || t.impure:
		return renewal{kind: model.RenewedByContent, at: at, resources: t.content, all: t.all}
	case len(t.identity) > 0 && t.all:
		return renewal{kind: model.RenewedByIdentity, at: at, all: true}
	}
	return renewal{}
}

// A trail collects what decides the value of expressions.
type trail struct {
	content  []string // addresses of resources whose arguments are part of it
	identity []string // addresses of resources of which only the identifier is
	impure   bool     // files, the time or something else that changes is part of it
	all      bool     // nothing else decides
	steps    int
}

// Bounds on following locals, variables and outputs.
const (
	maxTrail      = 32
	maxTrailSteps = 5000
)

func (t *trail) expr(m *module, x hclsyntax.Expression, depth int) {
	if t.steps++; depth > maxTrail || t.steps > maxTrailSteps {
		t.impure, t.all = true, false
		return
	}
	_ = hclsyntax.VisitAll(x, func(n hclsyntax.Node) hcl.Diagnostics {
		if call, ok := n.(*hclsyntax.FunctionCallExpr); ok && changing(call.Name) {
			t.impure, t.all = true, false
		}
		return nil
	})
	for _, v := range variables(x) {
		t.traversal(m, v, depth)
	}
}

// changing reports whether a function looks at files or at the time.
func changing(name string) bool {
	switch name {
	case "timestamp", "plantimestamp", "uuid", "bcrypt", "templatefile":
		return true
	}
	return strings.HasPrefix(name, "file")
}

func (t *trail) traversal(m *module, v hcl.Traversal, depth int) {
	var path []string
	for _, step := range v {
		switch s := step.(type) {
		case hcl.TraverseRoot:
			path = append(path, s.Name)
		case hcl.TraverseAttr:
			path = append(path, s.Name)
		}
	}
	if len(path) < 2 {
		return
	}
	switch path[0] {
	case "local":
		if a := m.cfg.locals[path[1]]; a != nil {
			t.expr(m, a.expr, depth+1)
			return
		}
		t.all = false
	case "var":
		if m.parent != nil {
			if a := m.call.b.attrs[path[1]]; a != nil {
				t.expr(m.parent, a.expr, depth+1)
				return
			}
		}
		t.all = false
	case "module":
		t.output(m, path, depth)
	case "each", "count", "path", "terraform", "self":
	case "data":
		t.impure, t.all = true, false
	default:
		addr := m.prefix + path[0] + "." + path[1]
		switch {
		case m.cfg.resources[path[0]+"."+path[1]] == nil || !ofGateway(path[0]):
			t.impure, t.all = true, false // its identifier may say of what it is made
		case len(path) == 3 && path[2] == "id":
			t.identity = append(t.identity, addr)
		default:
			t.content = append(t.content, addr)
		}
	}
}

// output follows an output of a called module; all of its resources, when none is named.
func (t *trail) output(m *module, path []string, depth int) {
	c := m.moduleCall(path[1])
	if c == nil || c.cfg == nil || len(path) < 3 {
		t.impure, t.all = true, false // anything may be part of it
		return
	}
	for _, child := range c.set.list {
		b := child.cfg.outputs[path[2]]
		if b == nil || b.attrs["value"] == nil {
			t.all = false
			continue
		}
		t.expr(child, b.attrs["value"].expr, depth+1)
	}
}
