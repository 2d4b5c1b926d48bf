package terraform

import (
	"slices"

	"github.com/apigwlint/apigwlint/model"
	"github.com/apigwlint/apigwlint/parsers/internal/tree"
)

// lift turns what the evaluator finds into the model.
func (ev *evaluator) lift() *model.Model {
	g := newGraph()
	refs, waits := map[string]*references{}, map[string]*references{}
	w := world{closed: true, open: map[string]bool{}}
	instances := ev.all()
	// What is behind the gateway comes first: a file that it needs must be there,
	// while others may be made by a build or kept out of the repository.
	slices.SortStableFunc(instances, func(a, b *instance) int { return order(a) - order(b) })
	for _, i := range instances {
		ev.strict = ofGateway(i.typ)
		if i.typ == "archive_file" {
			w.archives = append(w.archives, ev.archive(i))
		}
		if i.data {
			continue
		}
		lifted := ev.lifted(i)
		if isDeployment(i.typ) {
			lifted.renewal = func() renewal { return g.renewal(i.mod, i.b) }
		}
		w.resources = append(w.resources, lifted)
		if i.set.open {
			w.open[i.typ] = true
		}
		if refs[i.resource.addr] == nil {
			refs[i.resource.addr] = g.block(i.mod, i.b)
			waits[i.resource.addr] = g.waits(i.mod, i.b)
		}
	}
	w.refers, w.waits = lookup(refs), lookup(waits)
	ev.modules(ev.root, g, &w)
	if ev.reusable() {
		ev.outputs(g, &w)
	}
	if ev.budget <= 0 || ev.bytes > maxTexts {
		w.closed = false
	}
	return lift(w)
}

func lookup(refs map[string]*references) func(string) ([]string, bool) {
	return func(base string) ([]string, bool) {
		r := refs[base]
		if r == nil {
			return nil, true
		}
		return r.resources, !r.missing
	}
}

func order(i *instance) int {
	if ofGateway(i.typ) {
		return 0
	}
	return 1
}

// modules finds out what the modules of a unit leave open.
func (ev *evaluator) modules(m *module, g *graph, w *world) {
	if m.cfg.broken {
		w.closed = false
	}
	for name := range m.cfg.modules {
		c := m.moduleCall(name)
		if c.cfg == nil {
			given := g.block(m, c.b)
			w.given = append(w.given, given.resources...)
			continue
		}
		for _, child := range c.set.list {
			ev.modules(child, g, w)
		}
		if c.set.open {
			c.opens(w)
		}
	}
	for _, local := range m.cfg.order {
		if r := m.resource(local); r.expanded().open && !r.data {
			w.open[r.typ] = true
		}
	}
}

// opens says that there may be more of all that a module has.
func (c *call) opens(w *world) {
	for _, child := range c.set.list {
		for _, local := range child.cfg.order {
			if r := child.resource(local); !r.data {
				w.open[r.typ] = true
			}
		}
		for name := range child.cfg.modules {
			if inner := child.moduleCall(name); inner.cfg != nil {
				inner.opens(w)
			}
		}
	}
}

// reusable reports whether the directory looks like a module that others call:
// it asks for values and configures no provider of its own.
func (ev *evaluator) reusable() bool {
	c := ev.root.cfg
	if c.settings || len(c.providers) > 0 || len(ev.variables) > 0 {
		return false
	}
	for _, b := range c.variables {
		if b.attrs["default"] == nil {
			return true
		}
	}
	return false
}

// outputs gives the functions, roles and APIs in the outputs of a reusable
// module to whoever calls it.
func (ev *evaluator) outputs(g *graph, w *world) {
	types := map[string]string{}
	for _, r := range w.resources {
		types[r.base] = r.typ
	}
	for _, b := range ev.root.cfg.outputs {
		for _, base := range g.block(ev.root, b).resources {
			if typ := types[base]; isFunction(typ) || isAPI(typ) || typ == "aws_iam_role" || usesBackends[typ] != nil {
				w.given = append(w.given, base)
			}
		}
	}
}

// lifted returns an instance in the form that is lifted.
func (ev *evaluator) lifted(i *instance) *lifted {
	span := i.b.span
	v := i.object()
	n := i.b.unsettled(ev.toNode(v, span))
	n.Span, n.Head = span, span
	return &lifted{
		addr: i.addr, base: i.resource.addr, typ: i.typ, p: n, span: span,
		region: located(i.region(), span), account: located(i.account(), span),
		document: func(key string) *tree.Node {
			a, ok := v.attrs[key]
			if ok && i.b.ignoresChanges(key) {
				return &tree.Node{Span: a.v.span, Head: a.span}
			}
			if !ok || a.v.kind == null {
				return &tree.Node{Kind: tree.Null, Span: span, Head: span}
			}
			return ev.document(a.v, a.span)
		},
	}
}
