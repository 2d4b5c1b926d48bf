package flow

import (
	"strings"

	"github.com/apigwlint/apigwlint/parsers/handler/internal/ir"
	"github.com/apigwlint/apigwlint/source"
)

// A Module is a source that was read.
type Module struct {
	Name   string // the file
	Python bool
	Body   []ir.Stmt
	Span   func(ir.Pos) source.Span
}

// Modules finds the modules that others import.
type Modules interface {
	// Import returns the local module that from calls by the name, nil when
	// there is none. The name is a path in JavaScript, dotted in Python.
	Import(from *Module, name string) *Module
	// Member returns the module within a package of Python, or nil.
	Member(of *Module, name string) *Module
}

// A loaded is a module that runs, or ran.
type loaded struct {
	*Module
	scope *scope
	esm   map[string]func() vals
	isESM bool
	// open says that it exports more than can be seen.
	open bool
	busy bool
}

type loader struct {
	modules Modules
	loaded  map[*Module]*loaded
}

// load runs a module once.
func (e *evaluator) load(m *Module) *loaded {
	if l, ok := e.loader.loaded[m]; ok {
		return l
	}
	l := &loaded{Module: m, esm: map[string]func() vals{}, busy: true}
	l.scope = &scope{cells: map[string]int{}, mod: l, fn: true}
	e.loader.loaded[m] = l
	recording, caught, apart, choices := e.recording, e.caught, e.apart, e.choices
	aside, unsure, asked, dim := e.cur.aside, e.cur.unsure, e.cur.asked, e.cur.dim
	e.recording, e.caught, e.apart, e.choices = false, 0, 0, 0
	e.cur.aside, e.cur.unsure, e.cur.asked, e.cur.dim = false, false, false, false
	e.calls = append(e.calls, &frame{mod: l, python: m.Python})
	if !m.Python {
		exports := one(val{kind: object, ref: e.make(&thing{})})
		module := &thing{open: true}
		module.set(field{key: "exports", v: exports})
		e.bind(l.scope, "exports", exports)
		e.bind(l.scope, "module", one(val{kind: object, ref: e.make(module)}))
	}
	e.declare(m.Body, l.scope)
	if !m.Python {
		e.hoist(m.Body, l.scope)
	}
	e.run(m.Body, l.scope)
	e.cur.dead = false
	e.calls = e.calls[:len(e.calls)-1]
	e.recording, e.caught, e.apart, e.choices = recording, caught, apart, choices
	e.cur.aside, e.cur.unsure, e.cur.asked, e.cur.dim = aside, unsure, asked, dim
	l.busy = false
	return l
}

// exported returns what module.exports is.
func (e *evaluator) exported(l *loaded) vals {
	c, ok := l.scope.cells["module"]
	if !ok {
		return unknown()
	}
	m, ok := e.cur.cells[c].only()
	if !ok {
		return unknown()
	}
	if t := e.cur.heap[m.ref]; t != nil {
		if f := t.find("exports"); f != nil && !f.maybe {
			return f.v
		}
	}
	return unknown()
}

// export returns a member of a module.
func (e *evaluator) export(l *loaded, key string) vals {
	if l.Python {
		if c, ok := l.scope.cells[key]; ok && c >= 0 {
			return e.cur.cells[c]
		}
		if m := e.loader.modules.Member(l.Module, key); m != nil {
			return one(val{kind: moduleValue, mod: e.load(m)})
		}
		return unknown()
	}
	if get, ok := l.esm[key]; ok {
		return get()
	}
	if l.isESM {
		return unknown()
	}
	if key == "default" {
		return e.exported(l)
	}
	return e.get(e.exported(l), key)
}

// value returns a module as require gives it.
func (e *evaluator) moduleValue(l *loaded) vals {
	switch {
	case l.busy && !l.isESM && !l.Python:
		return unknown()
	case l.isESM || l.Python:
		return one(val{kind: moduleValue, mod: l})
	}
	return e.exported(l)
}

func (e *evaluator) require(name string, args []argument) vals {
	if len(args) == 0 {
		return unknown()
	}
	spec, ok := args[0].v.only()
	if !ok || !spec.known || spec.kind != text {
		return unknown()
	}
	v := named(spec.text)
	if m := e.loader.modules.Import(e.frame().mod.Module, spec.text); m != nil {
		v = e.moduleValue(e.load(m))
	} else if strings.HasPrefix(spec.text, ".") {
		v = unknown()
	}
	if name == "import" {
		return vals{list: []val{{kind: promise, inner: &v}}}
	}
	return v
}

// imports binds what a module brings.
func (e *evaluator) imports(st *ir.Import, s *scope) {
	l := e.frame().mod
	m := e.loader.modules.Import(l.Module, st.From)
	var from *loaded
	if m != nil {
		from = e.load(m)
	}
	member := func(name string) vals {
		switch {
		case from == nil && strings.HasPrefix(st.From, ".") && l.Python && name != "":
			// from . import module, of a package without a file of its own
			if m := e.loader.modules.Import(l.Module, strings.TrimSuffix(st.From, ".")+"."+name); m != nil && strings.Trim(st.From, ".") == "" {
				return e.moduleValue(e.load(m))
			}
			if m := e.loader.modules.Import(l.Module, st.From+"."+name); m != nil && strings.Trim(st.From, ".") != "" {
				return e.moduleValue(e.load(m))
			}
			return unknown()
		case from == nil && strings.HasPrefix(st.From, "."):
			return unknown()
		case from == nil && l.Python && name != "":
			if m := e.loader.modules.Import(l.Module, st.From+"."+name); m != nil {
				return e.moduleValue(e.load(m))
			}
			return named(st.From + "." + name)
		case from == nil && (name == "" || name == "default"):
			return named(st.From)
		case from == nil:
			return named(st.From + "." + name)
		case name == "":
			if l.Python {
				return one(val{kind: moduleValue, mod: from})
			}
			return e.moduleValue(from)
		}
		return e.export(from, name)
	}
	for _, n := range st.Names {
		switch {
		case st.Reexport:
			l.isESM = true
			switch {
			case n.Member == "*" && from != nil && !from.busy:
				for key, get := range from.esm {
					if _, have := l.esm[key]; !have && key != "default" {
						l.esm[key] = get
					}
				}
				l.open = l.open || from.open || !from.isESM
			case n.Member == "*":
				l.open = true
			default:
				v := member(n.Member)
				l.esm[n.Name] = func() vals { return v }
			}
		case n.Member == "*":
			l.open = true
			if from != nil && l.Python {
				for key, c := range from.scope.cells {
					if !strings.HasPrefix(key, "_") && c >= 0 {
						if _, have := s.cells[key]; !have {
							e.bind(s, key, e.cur.cells[c])
						}
					}
				}
				l.open = l.open && from.open || from.open
			}
		default:
			v := member(n.Member)
			if c, ok := s.lookup(n.Name); ok {
				e.cur.cells[c] = v
			} else {
				e.bind(s, n.Name, v)
			}
		}
	}
}

func (e *evaluator) exports(st *ir.Export, s *scope) {
	l := e.frame().mod
	l.isESM = true
	if st.X != nil {
		v := e.eval(st.X, s)
		l.esm["default"] = func() vals { return v }
	}
	for _, n := range st.Names {
		c, ok := s.lookup(n.Name)
		l.esm[n.Member] = func() vals {
			if !ok {
				return unknown()
			}
			return e.cur.cells[c]
		}
	}
}
