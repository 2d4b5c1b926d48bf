package terraform

import (
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
)

// A graph says which resources the blocks of a unit refer to, directly and
// through locals, variables and outputs, as Terraform orders its work by it.
type graph struct {
	memo map[graphKey]*references
}

type graphKey struct {
	mod  *module
	name string
}

// References are what something refers to: addresses of resources, without
// the keys of instances, and calls of modules that are not there.
type references struct {
	resources []string
	missing   bool // something cannot be seen, which may refer to anything
	done      bool
}

func newGraph() *graph { return &graph{memo: map[graphKey]*references{}} }

func (r *references) add(o *references) {
	for _, a := range o.resources {
		if !slices.Contains(r.resources, a) {
			r.resources = append(r.resources, a)
		}
	}
	r.missing = r.missing || o.missing
}

// block returns what a block refers to, depends_on included.
func (g *graph) block(m *module, b *block) *references {
	out := &references{done: true}
	g.collect(m, b, out)
	return out
}

func (g *graph) collect(m *module, b *block, out *references) {
	for name, a := range b.attrs {
		g.attribute(m, name, a, out)
	}
	for _, n := range b.blocks {
		g.collect(m, n, out)
	}
}

func (g *graph) attribute(m *module, name string, a *attribute, out *references) {
	switch name {
	case "depends_on":
		if list, ok := a.expr.(*hclsyntax.TupleConsExpr); ok {
			for _, x := range list.Exprs {
				g.named(m, strings.Split(keyword(x), "."), out)
			}
		}
	case "provider", "providers":
	default:
		g.expr(m, a.expr, out)
	}
}

// waits returns what a block waits for: what it refers to, and what all in its
// module, and in those around it, waits for.
func (g *graph) waits(m *module, b *block) *references {
	out := g.block(m, b)
	for ; m.parent != nil; m = m.parent {
		for _, name := range []string{"depends_on", "count", "for_each"} {
			if a := m.call.b.attrs[name]; a != nil {
				g.attribute(m.parent, name, a, out)
			}
		}
	}
	return out
}

func (g *graph) expr(m *module, x hclsyntax.Expression, out *references) {
	for _, t := range variables(x) {
		var path []string
		for _, step := range t {
			switch s := step.(type) {
			case hcl.TraverseRoot:
				path = append(path, s.Name)
			case hcl.TraverseAttr:
				path = append(path, s.Name)
			}
			if len(path) == 3 {
				break
			}
		}
		g.named(m, path, out)
	}
}

// variables lists the references in an expression, without overflowing the
// stack on expressions that are nested without end.
func variables(x hclsyntax.Expression) []hcl.Traversal { return x.Variables() }

// named adds what a reference leads to.
func (g *graph) named(m *module, path []string, out *references) {
	if len(path) < 2 {
		return
	}
	name := path[1]
	switch path[0] {
	case "local":
		if a := m.cfg.locals[name]; a != nil {
			out.add(g.once(m, "local."+name, func(r *references) { g.expr(m, a.expr, r) }))
		}
	case "var":
		if m.parent != nil {
			if a := m.call.b.attrs[name]; a != nil {
				out.add(g.once(m, "var."+name, func(r *references) { g.expr(m.parent, a.expr, r) }))
			}
		}
	case "module":
		output := ""
		if len(path) > 2 {
			output = path[2]
		}
		g.module(m, name, output, out)
	case "data":
		if len(path) > 2 {
			g.resource(m, "data."+name+"."+path[2], out)
		}
	case "each", "count", "path", "terraform", "self":
	default:
		g.resource(m, path[0]+"."+name, out)
	}
}

// resource adds a resource. A data source stands for what it refers to itself.
func (g *graph) resource(m *module, local string, out *references) {
	b := m.cfg.resources[local]
	if b == nil {
		out.missing = out.missing || m.cfg.broken
		return
	}
	if strings.HasPrefix(local, "data.") {
		out.add(g.once(m, local, func(r *references) { g.collect(m, b, r) }))
		return
	}
	if addr := m.prefix + local; !slices.Contains(out.resources, addr) {
		out.resources = append(out.resources, addr)
	}
}

// module adds what an output of a called module leads to; without the name of
// an output, all of the module.
func (g *graph) module(m *module, name, output string, out *references) {
	c := m.moduleCall(name)
	if c == nil {
		return
	}
	if c.cfg == nil {
		out.missing = true
		out.add(g.once(m, "module."+name, func(r *references) { g.collect(m, c.b, r) }))
		return
	}
	for _, child := range c.set.list {
		if b := child.cfg.outputs[output]; b != nil {
			out.add(g.once(child, "output."+output, func(r *references) { g.collect(child, b, r) }))
			continue
		}
		out.add(g.once(child, "", func(r *references) {
			for _, local := range child.cfg.order {
				g.resource(child, local, r)
			}
			for inner := range child.cfg.modules {
				g.module(child, inner, "", r)
			}
		}))
	}
}

func (g *graph) once(m *module, name string, find func(*references)) *references {
	key := graphKey{m, name}
	if r := g.memo[key]; r != nil {
		return r // of a cycle, what is found so far
	}
	r := &references{}
	g.memo[key] = r
	find(r)
	return r
}
