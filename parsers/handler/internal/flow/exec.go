package flow

import (
	"github.com/apigwlint/apigwlint/parsers/handler/internal/ir"
	"github.com/apigwlint/apigwlint/tri"
)

// block runs statements in a scope of their own.
func (e *evaluator) block(body []ir.Stmt, s *scope) {
	if len(body) == 0 {
		return
	}
	if !e.python() {
		s = &scope{parent: s, cells: map[string]int{}, mod: s.mod}
		e.declare(body, s)
		e.hoist(body, s)
	}
	e.run(body, s)
}

// hoist defines the functions that a block declares, wherever in it.
func (e *evaluator) hoist(body []ir.Stmt, s *scope) {
	for _, st := range body {
		if d, ok := st.(*ir.Define); ok {
			if _, is := d.X.(*ir.Func); is {
				e.define(d, s)
			}
		}
	}
}

func (e *evaluator) run(body []ir.Stmt, s *scope) {
	for _, st := range body {
		if e.cur.dead {
			return
		}
		e.exec(st, s)
	}
}

func (e *evaluator) exec(st ir.Stmt, s *scope) {
	e.step()
	switch st := st.(type) {
	case *ir.Eval:
		e.eval(st.X, s)
	case *ir.Declare:
		e.declaration(st, s)
	case *ir.Return:
		v := e.undefined()
		at := ir.Node(st)
		if st.X != nil {
			_, e.awaiting = st.X.(*ir.Call)
			v = e.eval(st.X, s)
			at = st.X
		}
		if e.cur.dead {
			return
		}
		f := e.frame()
		f.returns = append(f.returns, returned{v: v, at: e.span(at), end: e.cur.clone(), lost: e.cur.aside || e.cur.unsure, dim: e.cur.dim})
		e.cur.dead = true
	case *ir.Throw:
		e.throw(st, s)
	case *ir.If:
		e.ifStmt(st, s)
	case *ir.Loop:
		e.loop(st, s)
	case *ir.Try:
		e.try(st, s)
	case *ir.With:
		for i := range st.Items {
			v := e.eval(st.Items[i].Value, s)
			e.escape(v)
			if st.Items[i].Target != nil {
				e.store(st.Items[i].Target, vals{open: true, event: v.event}, s, false)
			}
		}
		// A context may swallow what is raised in it.
		e.caught++
		base := e.cur.clone()
		e.block(st.Body, s)
		e.caught--
		if e.cur.dead && len(st.Items) > 0 && e.swallows(st) {
			e.cur = base
			e.havoc(st.Body, nil, s)
			e.cur.unsure = true
		}
	case *ir.Switch:
		e.switchStmt(st, s)
	case *ir.Block:
		e.block(st.Body, s)
	case *ir.Define:
		if _, is := st.X.(*ir.Func); is && !e.python() {
			return // hoisted
		}
		e.define(st, s)
	case *ir.Jump:
		f := e.frame()
		found := false
		for i := len(f.jumps) - 1; i >= 0 && !found; i-- {
			if j := f.jumps[i]; j.loop || st.Break {
				j.left = append(j.left, e.cur.clone())
				found = true
			}
		}
		if !found || st.Label != "" {
			e.obscure() // it goes somewhere else
		}
		e.cur.dead = true
	case *ir.Import:
		e.imports(st, s)
	case *ir.Export:
		e.exports(st, s)
	case *ir.Delete:
		if m, ok := st.X.(*ir.Member); ok {
			e.storeMember(m, unknown(), s)
			e.forget(m, s)
		}
	}
}

// forget says that a member may be gone.
func (e *evaluator) forget(m *ir.Member, s *scope) {
	key, ok := e.key(m.Key, s)
	for _, alt := range e.eval(m.X, s).list {
		if t := e.cur.heap[alt.ref]; t != nil && ok {
			if f := t.find(key); f != nil {
				f.maybe = true
			}
		}
	}
}

// swallows reports whether a context manager is one that keeps errors back.
func (e *evaluator) swallows(st *ir.With) bool {
	swallows := false
	for i := range st.Items {
		w := walker{expr: func(x ir.Expr) {
			if n, ok := x.(*ir.Name); ok {
				swallows = swallows || n.Name == "suppress"
			}
			if l, ok := x.(*ir.Lit); ok {
				swallows = swallows || l.Text == "suppress"
			}
		}}
		w.x(st.Items[i].Value)
	}
	return swallows
}

func (e *evaluator) declaration(st *ir.Declare, s *scope) {
	v := e.undefined()
	if st.Value != nil {
		v = e.eval(st.Value, s)
	}
	in := s
	if st.Var {
		in = s.function()
		if st.Value == nil {
			return
		}
	}
	e.store(st.Target, v, in, true)
}

// define binds a function or a class. Decorators that hand on what the function
// returns leave it as it is; all others make something unknown of it.
func (e *evaluator) define(st *ir.Define, s *scope) {
	v := unknown()
	switch x := st.X.(type) {
	case *ir.Func:
		v = e.eval(x, s)
		for _, d := range x.Decorators {
			dv := e.eval(d, s)
			if !transparent(d) && !transparentName(dv.name) {
				v = unknown()
			}
		}
	case *ir.Class:
		e.eval(x, s)
		v = vals{open: true, name: "class " + x.Name}
		v.name = ""
	default:
		v = e.eval(st.X, s)
	}
	if c, ok := s.lookup(st.Name); ok {
		e.cur.cells[c] = v
		return
	}
	e.bind(s, st.Name, v)
}

// transparent reports whether a decorator hands on what the function returns:
// those of Powertools for logging, tracing and metrics, and of X-Ray.
// https://docs.aws.amazon.com/powertools/python/latest/
func transparent(x ir.Expr) bool {
	if c, ok := x.(*ir.Call); ok {
		x = c.Fn
	}
	m, ok := x.(*ir.Member)
	if !ok {
		return false
	}
	k, ok := m.Key.(*ir.Lit)
	if !ok {
		return false
	}
	switch k.Text {
	case "inject_lambda_context", "capture_lambda_handler", "log_metrics", "capture_method":
		return true
	}
	return false
}

func transparentName(name string) bool {
	switch name {
	case "functools.lru_cache", "functools.lru_cache()", "functools.cache", "staticmethod":
		return true
	}
	return false
}

func (e *evaluator) throw(st *ir.Throw, s *scope) {
	var v vals
	if st.X != nil {
		v = e.eval(st.X, s)
	}
	if e.cur.dead {
		return
	}
	if st.X != nil && e.counts() && e.caught == 0 {
		e.fault(st.X, v, st)
	}
	e.cur.dead = true
}

// counts reports whether what happens here happens in a call by API Gateway.
func (e *evaluator) counts() bool {
	return e.recording && e.apart == 0 && !e.cur.aside && !e.cur.unsure && !e.cur.dead
}

func (e *evaluator) ifStmt(st *ir.If, s *scope) {
	v := e.eval(st.Test, s)
	switch e.truth(v) {
	case tri.Yes:
		e.block(st.Then, s)
		return
	case tri.No:
		e.block(st.Else, s)
		return
	}
	g := e.guard(st.Test, s)
	base := e.cur
	e.cur = base.clone()
	e.enter(g, true)
	e.block(st.Then, s)
	a := e.cur
	e.cur = base.clone()
	e.enter(g, false)
	e.block(st.Else, s)
	e.cur = join(base, a, e.cur)
}

// havoc forgets what statements may change.
func (e *evaluator) havoc(body []ir.Stmt, more ir.Expr, s *scope) {
	change := func(x ir.Expr) {
		switch x := x.(type) {
		case *ir.Name:
			if c, ok := s.lookup(x.Name); ok {
				e.cur.cells[c] = vals{open: true, event: e.cur.cells[c].event}
			}
		case *ir.Member:
			e.shake(x, s)
		case *ir.Map, *ir.List:
			for _, n := range patternNames(x) {
				if c, ok := s.lookup(n); ok {
					e.cur.cells[c] = unknown()
				}
			}
		}
	}
	visit := func(x ir.Expr) {
		switch x := x.(type) {
		case *ir.Assign:
			if x.Op == "+" {
				if n, ok := x.Target.(*ir.Name); ok {
					e.grow(n, s)
					return
				}
			}
			change(x.Target)
		case *ir.Call:
			if m, ok := x.Fn.(*ir.Member); ok {
				if n, ok := m.X.(*ir.Name); ok {
					e.grow(n, s)
				}
			}
		}
	}
	walkAll(body, func(st ir.Stmt) {
		switch st := st.(type) {
		case *ir.Delete:
			change(st.X)
		case *ir.Loop:
			if st.Target != nil {
				change(st.Target)
			}
		case *ir.With:
			for i := range st.Items {
				if st.Items[i].Target != nil {
					change(st.Items[i].Target)
				}
			}
		}
	}, visit)
	if more != nil {
		w := walker{expr: visit}
		w.x(more)
	}
}

// grow notes that a variable of the loop may have got more than its literal
// shows: a longer string, more items.
func (e *evaluator) grow(n *ir.Name, s *scope) {
	c, ok := s.lookup(n.Name)
	if !ok {
		return
	}
	v := e.cur.cells[c]
	for i, alt := range v.list {
		switch alt.kind {
		case text, number:
			list := append([]val{}, v.list...)
			list[i].known, list[i].text = false, ""
			v.list = list
		case array, object:
			if t := e.cur.heap[alt.ref]; t != nil {
				t.items, t.open, t.grown = nil, true, true
			}
		}
	}
	e.cur.cells[c] = v
}

// shake forgets a member of what a variable holds.
func (e *evaluator) shake(m *ir.Member, s *scope) {
	n, ok := m.X.(*ir.Name)
	if !ok {
		return
	}
	c, ok := s.lookup(n.Name)
	if !ok {
		return
	}
	key, known := e.literal(m.Key, s)
	for _, alt := range e.cur.cells[c].list {
		t := e.cur.heap[alt.ref]
		switch {
		case t == nil:
		case known && alt.kind == object:
			if f := t.find(key); f != nil {
				f.v = f.v.blurred()
			} else {
				t.set(field{key: key, at: e.span(m), place: e.span(m), v: unknown(), maybe: true})
			}
			t.grown = true
		case alt.kind == object:
			t.open, t.grown = true, true
			for i := range t.fields {
				t.fields[i].v = t.fields[i].v.blurred()
			}
		default:
			t.items, t.open, t.grown = nil, true, true
		}
	}
}

func (e *evaluator) loop(st *ir.Loop, s *scope) {
	if !e.python() {
		s = &scope{parent: s, cells: map[string]int{}, mod: s.mod}
		e.declare(st.Init, s)
	}
	e.run(st.Init, s)
	event := taint(0)
	if st.Iter != nil {
		event = e.eval(st.Iter, s).event
	}
	all := st.Body
	e.havoc(all, st.Test, s)
	if st.Step != nil {
		e.havoc(nil, st.Step, s)
	}
	never := tri.Maybe
	var g guard
	if st.Test != nil {
		never = e.truth(e.eval(st.Test, s))
		g = e.guard(st.Test, s)
	}
	if st.Iter != nil {
		g = e.guard(st.Iter, s)
		g.unsure = false
	}
	base := e.cur
	e.cur = base.clone()
	e.enter(g, true)
	if st.Target != nil {
		e.store(st.Target, vals{open: true, event: event}, s, !e.python())
	}
	f := e.frame()
	j := &jumps{loop: true}
	f.jumps = append(f.jumps, j)
	e.choices++
	e.block(st.Body, s)
	e.choices--
	f.jumps = f.jumps[:len(f.jumps)-1]
	end := e.cur
	for _, left := range j.left {
		end = join(base, end, left)
	}
	forever := never == tri.Yes && st.Test != nil || st.Test == nil && st.Iter == nil && !st.Once
	switch {
	case st.Once, forever:
		e.cur = end
		if forever && len(j.left) == 0 {
			e.cur.dead = true
		}
	default:
		e.cur = join(base, base.clone(), end)
	}
	e.block(st.Else, s)
}

// reads reports whether statements look at what tells who calls, so that an
// error in them may tell it too.
func (e *evaluator) reads(body []ir.Stmt, s *scope) bool {
	found := false
	walkStmts(body, nil, func(x ir.Expr) {
		if path, ok := e.path(x, s); ok {
			found = found || tainted(path)&caller != 0 && len(path) > 0
		}
	})
	return found
}

func (e *evaluator) try(st *ir.Try, s *scope) {
	before := e.cur.clone()
	if len(st.Handlers) > 0 {
		e.caught++
	}
	e.block(st.Body, s)
	if len(st.Handlers) > 0 {
		e.caught--
	}
	if !e.cur.dead {
		e.block(st.Else, s)
	}
	end := e.cur
	for _, h := range st.Handlers {
		e.cur = before.clone()
		e.havoc(st.Body, nil, s)
		e.cur.asked = true // what the event holds may decide it
		e.cur.dim = e.cur.dim || e.reads(st.Body, s)
		inner := s
		if !e.python() {
			inner = &scope{parent: s, cells: map[string]int{}, mod: s.mod}
		}
		if h.Name != nil {
			e.store(h.Name, fromEvent(), inner, !e.python())
		}
		e.choices++
		e.block(h.Body, inner)
		e.choices--
		end = join(before, end, e.cur)
	}
	e.cur = end
	if len(st.Finally) == 0 {
		return
	}
	if e.cur.dead {
		// It runs, but what it does comes after a return.
		e.cur = before.clone()
		e.havoc(st.Body, nil, s)
		e.apart++
		n := len(e.frame().returns)
		e.block(st.Finally, s)
		if len(e.frame().returns) > n {
			for i := range e.frame().returns[:n] {
				e.frame().returns[i].lost = true
			}
		}
		e.apart--
		e.cur.dead = true
		return
	}
	n := len(e.frame().returns)
	e.block(st.Finally, s)
	if len(e.frame().returns) > n {
		for i := range e.frame().returns[:n] {
			e.frame().returns[i].lost = true
		}
	}
}

func (e *evaluator) switchStmt(st *ir.Switch, s *scope) {
	e.eval(st.Tag, s)
	var g guard
	e.mentions(st.Tag, s, &g, false)
	if path, ok := e.path(st.Tag, s); ok {
		if len(path) == 0 {
			g.aside = [2]bool{true, true}
		} else {
			g.equals(path, true)
		}
	} else {
		e.inside(st.Tag, s, &g, func() { g.aside = [2]bool{true, true} })
	}
	base := e.cur
	inner := s
	if !e.python() {
		inner = &scope{parent: s, cells: map[string]int{}, mod: s.mod}
		for _, c := range st.Cases {
			e.declare(c.Body, inner)
			e.hoist(c.Body, inner)
		}
	}
	f := e.frame()
	j := &jumps{}
	if st.Falls {
		f.jumps = append(f.jumps, j)
	}
	after := base.clone()
	after.dead = true
	through := after
	all := false
	e.choices++
	for _, c := range st.Cases {
		e.cur = base.clone()
		for _, t := range c.Tests {
			e.eval(t, inner)
		}
		e.enter(g, !c.Any)
		if !through.dead {
			e.cur = join(base, e.cur, through)
		}
		for _, b := range c.Binds {
			e.store(b, fromEvent(), inner, false)
		}
		e.run(c.Body, inner)
		all = all || c.Any
		if st.Falls {
			through = e.cur
		} else {
			after = join(base, after, e.cur)
		}
	}
	e.choices--
	if st.Falls {
		f.jumps = f.jumps[:len(f.jumps)-1]
		after = join(base, after, through)
		for _, left := range j.left {
			after = join(base, after, left)
		}
	}
	if !all {
		e.cur = base.clone()
		e.enter(g, false)
		after = join(base, after, e.cur)
	}
	e.cur = after
}
