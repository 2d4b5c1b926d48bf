package flow

import (
	"github.com/apigwlint/apigwlint/parsers/handler/internal/ir"
)

// A scope binds names to cells.
type scope struct {
	parent *scope
	cells  map[string]int
	mod    *loaded
	fn     bool // of a function or module: var declarations and Python's names live here
}

func (s *scope) lookup(name string) (int, bool) {
	for ; s != nil; s = s.parent {
		if c, ok := s.cells[name]; ok {
			return c, c >= 0
		}
	}
	return 0, false
}

// function returns the scope of the function around.
func (s *scope) function() *scope {
	for !s.fn {
		s = s.parent
	}
	return s
}

// A closure is a function with the scope in which it was made.
type closure struct {
	fn    *ir.Func
	scope *scope
	// settle, when set, makes the function one that settles a promise.
	settle *vals
}

// bind makes a cell for a name of the scope.
func (e *evaluator) bind(s *scope, name string, v vals) {
	if c, ok := s.cells[name]; ok && c >= 0 {
		e.cur.cells[c] = v
		return
	}
	e.next++
	s.cells[name] = e.next
	e.cur.cells[e.next] = v
}

// declare makes cells for what the statements bind in the scope, so that
// functions may speak of what is bound after them.
func (e *evaluator) declare(body []ir.Stmt, s *scope) {
	outer := map[string]bool{}
	var initial vals
	if s.mod.Python {
		initial = unknown()
	} else {
		initial = one(val{kind: undefined})
	}
	add := func(name string) {
		if _, ok := s.cells[name]; !ok && !outer[name] {
			e.bind(s, name, initial)
		}
	}
	var names func(x ir.Expr)
	names = func(x ir.Expr) {
		switch x := x.(type) {
		case *ir.Name:
			add(x.Name)
		case *ir.Map:
			for _, f := range x.Fields {
				names(f.Value)
			}
		case *ir.List:
			for _, a := range x.Items {
				names(a.Value)
			}
		case *ir.Assign:
			names(x.Target)
		}
	}
	if s.mod.Python {
		walkStmts(body, func(st ir.Stmt) {
			if o, ok := st.(*ir.Outer); ok {
				for _, n := range o.Names {
					outer[n] = true
				}
			}
		}, nil)
	}
	top := map[ir.Stmt]bool{}
	for _, st := range body {
		top[st] = true
	}
	walkStmts(body, func(st ir.Stmt) {
		switch st := st.(type) {
		case *ir.Declare:
			if st.Var || top[st] {
				names(st.Target)
			}
		case *ir.Define:
			if s.mod.Python || top[st] {
				add(st.Name)
			}
		case *ir.Import:
			if !st.Reexport {
				for _, n := range st.Names {
					if n.Name != "" {
						add(n.Name)
					}
				}
			}
		case *ir.Loop:
			if s.mod.Python && st.Target != nil {
				names(st.Target)
			}
		case *ir.With:
			for _, item := range st.Items {
				if item.Target != nil {
					names(item.Target)
				}
			}
		case *ir.Try:
			if s.mod.Python {
				for _, h := range st.Handlers {
					if h.Name != nil {
						names(h.Name)
					}
				}
			}
		case *ir.Switch:
			if s.mod.Python {
				for _, c := range st.Cases {
					for _, b := range c.Binds {
						names(b)
					}
				}
			}
		}
	}, func(x ir.Expr) {
		if a, ok := x.(*ir.Assign); ok && s.mod.Python {
			names(a.Target)
		}
	})
}

// walkStmts calls the functions with all statements and expressions of a body,
// except those of functions and classes within it.
func walkStmts(body []ir.Stmt, stmt func(ir.Stmt), expr func(ir.Expr)) {
	w := walker{stmt, expr, false}
	w.body(body)
}

// walkAll goes into functions and classes too.
func walkAll(body []ir.Stmt, stmt func(ir.Stmt), expr func(ir.Expr)) {
	w := walker{stmt, expr, true}
	w.body(body)
}

type walker struct {
	stmt func(ir.Stmt)
	expr func(ir.Expr)
	deep bool
}

func (w *walker) body(list []ir.Stmt) {
	for _, s := range list {
		w.statement(s)
	}
}

func (w *walker) statement(s ir.Stmt) {
	if w.stmt != nil {
		w.stmt(s)
	}
	switch s := s.(type) {
	case *ir.Eval:
		w.x(s.X)
	case *ir.Declare:
		w.x(s.Target)
		w.x(s.Value)
	case *ir.Return:
		w.x(s.X)
	case *ir.Throw:
		w.x(s.X)
	case *ir.If:
		w.x(s.Test)
		w.body(s.Then)
		w.body(s.Else)
	case *ir.Loop:
		w.body(s.Init)
		w.x(s.Test)
		w.x(s.Target)
		w.x(s.Iter)
		w.x(s.Step)
		w.body(s.Body)
		w.body(s.Else)
	case *ir.Try:
		w.body(s.Body)
		for _, h := range s.Handlers {
			w.x(h.Name)
			w.x(h.Types)
			w.body(h.Body)
		}
		w.body(s.Else)
		w.body(s.Finally)
	case *ir.With:
		for i := range s.Items {
			w.x(s.Items[i].Target)
			w.x(s.Items[i].Value)
		}
		w.body(s.Body)
	case *ir.Switch:
		w.x(s.Tag)
		for _, c := range s.Cases {
			for _, t := range c.Tests {
				w.x(t)
			}
			w.body(c.Body)
		}
	case *ir.Block:
		w.body(s.Body)
	case *ir.Define:
		w.x(s.X)
	case *ir.Export:
		w.x(s.X)
	case *ir.Delete:
		w.x(s.X)
	}
}

func (w *walker) x(x ir.Expr) {
	if x == nil {
		return
	}
	if w.expr != nil {
		w.expr(x)
	}
	switch x := x.(type) {
	case *ir.Member:
		w.x(x.X)
		w.x(x.Key)
	case *ir.Call:
		w.x(x.Fn)
		for _, a := range x.Args {
			w.x(a.Value)
		}
	case *ir.Map:
		for _, f := range x.Fields {
			w.x(f.Key)
			w.x(f.Value)
		}
	case *ir.List:
		for _, a := range x.Items {
			w.x(a.Value)
		}
	case *ir.Func:
		for _, d := range x.Decorators {
			w.x(d)
		}
		if w.deep {
			for _, p := range x.Params {
				w.x(p.Target)
				w.x(p.Default)
			}
			w.body(x.Body)
		}
	case *ir.Class:
		if w.deep {
			w.body(x.Body)
		}
	case *ir.Cond:
		w.x(x.Test)
		w.x(x.Then)
		w.x(x.Else)
	case *ir.Logic:
		w.x(x.L)
		w.x(x.R)
	case *ir.Not:
		w.x(x.X)
	case *ir.Binary:
		w.x(x.L)
		w.x(x.R)
	case *ir.Assign:
		w.x(x.Target)
		w.x(x.Value)
	case *ir.Await:
		w.x(x.X)
	case *ir.Seq:
		for _, i := range x.Items {
			w.x(i)
		}
	case *ir.Opaque:
		for _, i := range x.Parts {
			w.x(i)
		}
	}
}
