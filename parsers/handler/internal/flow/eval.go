package flow

import (
	"strconv"

	"github.com/apigwlint/apigwlint/parsers/handler/internal/ir"
	"github.com/apigwlint/apigwlint/source"
	"github.com/apigwlint/apigwlint/tri"
)

// Bounds. Past them, nothing is known.
const (
	maxSteps = 60000
	maxCalls = 10
)

// An evaluator runs a program on unknown input.
type evaluator struct {
	cur   *state
	next  int // the last cell or thing
	steps int
	calls []*frame
	// recording says that the handler runs, and what it does counts.
	recording bool
	caught    int // handlers of errors around
	apart     int // functions that somebody unknown calls, around
	choices   int // operands that may not be evaluated, around
	visiting  map[*ir.Func]bool
	touched   bool // the event may have been changed
	awaiting  bool // somebody waits for the result of the call to come

	loader *loader
	out    *collector
}

// A frame is a call.
type frame struct {
	fn      *closure
	returns []returned
	jumps   []*jumps
	mod     *loaded
	python  bool
}

type returned struct {
	v    vals
	at   source.Span
	end  *state
	lost bool // it may not be reached
	dim  bool
}

// jumps collects the states that leave a loop or a switch.
type jumps struct {
	left []*state
	loop bool
}

func (e *evaluator) frame() *frame { return e.calls[len(e.calls)-1] }

func (e *evaluator) python() bool { return e.frame().python }

func (e *evaluator) span(p ir.Node) source.Span { return e.frame().mod.Span(p.Place()) }

// step counts work; when there is too much of it, everything ends.
func (e *evaluator) step() {
	if e.steps++; e.steps > maxSteps {
		panic(tooMuch{})
	}
}

type tooMuch struct{}

// make puts a thing into the heap.
func (e *evaluator) make(t *thing) int {
	e.next++
	e.cur.heap[e.next] = t
	return e.next
}

func (e *evaluator) undefined() vals { return one(val{kind: undefined}) }

// eval returns what an expression may be.
func (e *evaluator) eval(x ir.Expr, s *scope) vals {
	e.step()
	switch x := x.(type) {
	case *ir.Lit:
		if x.Kind == ir.Any {
			return unknown()
		}
		return one(val{kind: kind(x.Kind), at: e.span(x), text: x.Text, known: x.Known})
	case *ir.Name:
		return e.name(x, s)
	case *ir.Member:
		return e.member(x, s)
	case *ir.Call:
		return e.call(x, s)
	case *ir.Map:
		return e.mapping(x, s)
	case *ir.List:
		return e.list(x, s)
	case *ir.Func:
		return one(val{kind: function, at: e.span(x), fn: &closure{fn: x, scope: s}})
	case *ir.Class:
		e.class(x, s)
		return unknown()
	case *ir.Cond:
		return e.conditional(x, s)
	case *ir.Logic:
		return e.logic(x, s)
	case *ir.Not:
		v := e.eval(x.X, s)
		switch e.truth(v) {
		case tri.Yes:
			return e.bool(x, false)
		case tri.No:
			return e.bool(x, true)
		}
		return vals{list: []val{{kind: boolean, at: e.span(x)}}, event: v.event}
	case *ir.Binary:
		return e.binary(x, s)
	case *ir.Assign:
		return e.assign(x, s)
	case *ir.Await:
		_, e.awaiting = x.X.(*ir.Call)
		return settled(e.eval(x.X, s))
	case *ir.Seq:
		v := e.undefined()
		for _, i := range x.Items {
			v = e.eval(i, s)
		}
		return v
	case *ir.Opaque:
		return e.opaque(x, s)
	}
	return unknown()
}

func (e *evaluator) bool(x ir.Node, b bool) vals {
	return one(val{kind: boolean, at: e.span(x), text: strconv.FormatBool(b), known: true})
}

// settled returns what awaiting v gives.
func settled(v vals) vals {
	out := vals{open: v.open, event: v.event, called: v.called}
	if v.isAt || v.name != "" {
		out.path, out.isAt, out.name = v.path, v.isAt, v.name
	}
	for _, x := range v.list {
		if x.kind == promise {
			inner := *x.inner
			inner.path, inner.isAt, inner.name = nil, false, ""
			out = out.or(inner)
			continue
		}
		out = out.or(vals{list: []val{x}, open: out.open})
	}
	return out
}

func (e *evaluator) name(x *ir.Name, s *scope) vals {
	if c, ok := s.lookup(x.Name); ok {
		return e.cur.cells[c]
	}
	if e.python() {
		if x.Name == "__name__" {
			return one(val{kind: text, text: "handler", known: true, at: e.span(x)})
		}
	} else if x.Name == "arguments" {
		e.obscure()
	}
	return named(x.Name)
}

func (e *evaluator) opaque(x *ir.Opaque, s *scope) vals {
	inner := s
	if len(x.Binds) > 0 {
		inner = &scope{parent: s, cells: map[string]int{}, mod: s.mod, fn: s.fn && false}
		for _, b := range x.Binds {
			for _, n := range patternNames(b) {
				e.bind(inner, n, unknown())
			}
		}
	}
	event := taint(0)
	e.choices += len(x.Binds)
	for _, p := range x.Parts {
		v := e.eval(p, inner)
		event |= v.event
		for _, alt := range v.list {
			if alt.kind == function {
				e.escape(v)
			}
		}
	}
	e.choices -= len(x.Binds)
	switch x.Kind {
	case ir.Any:
		return vals{open: true, event: event}
	case ir.Array, ir.Object:
		ref := e.make(&thing{open: true, grown: true})
		return vals{list: []val{{kind: kind(x.Kind), at: e.span(x), ref: ref}}, event: event}
	}
	return vals{list: []val{{kind: kind(x.Kind), at: e.span(x)}}, event: event}
}

func patternNames(x ir.Expr) []string {
	var out []string
	walker := walker{expr: func(x ir.Expr) {
		if n, ok := x.(*ir.Name); ok {
			out = append(out, n.Name)
		}
	}}
	walker.x(x)
	return out
}

func (e *evaluator) class(x *ir.Class, s *scope) {
	for _, b := range x.Bases {
		e.eval(b, s)
	}
	if e.recording {
		e.obscure() // its methods may answer
	}
}

// obscure says that the handler may answer in a way that is not seen.
func (e *evaluator) obscure() { e.out.open, e.out.answered = true, true }

func (e *evaluator) mapping(x *ir.Map, s *scope) vals {
	t := &thing{}
	ref := e.make(t)
	event := taint(0)
	for _, f := range x.Fields {
		v := e.eval(f.Value, s)
		event |= v.event
		if f.Key == nil {
			e.spread(ref, v)
			continue
		}
		key, ok := e.key(f.Key, s)
		t = e.cur.heap[ref]
		if !ok {
			t.lose()
			continue
		}
		at := e.span(f.Value)
		if at.IsValid() {
			at = at.File.Span(min(e.span(f.Key).Start, at.Start), at.End)
		}
		t.set(field{key: key, at: at, place: e.span(f.Value), v: v})
	}
	out := one(val{kind: object, at: e.span(x), ref: ref})
	out.event = event
	return out
}

// key returns the literal that a key is.
func (e *evaluator) key(x ir.Expr, s *scope) (string, bool) {
	v, ok := e.eval(x, s).only()
	if !ok || !v.known || v.kind != text && v.kind != number {
		return "", false
	}
	return v.text, true
}

// spread adds the members of what v may be to an object.
func (e *evaluator) spread(ref int, v vals) {
	t := e.cur.heap[ref]
	x, ok := v.only()
	if ok && (x.kind == undefined || x.kind == null) {
		return
	}
	if !ok || x.kind != object {
		// What is there already may be replaced.
		for i := range t.fields {
			t.fields[i].v = unknown()
		}
		t.open = true
		return
	}
	from := e.cur.heap[x.ref]
	if from == nil {
		t.lose()
		return
	}
	if from.open {
		for i := range t.fields {
			t.fields[i].v = unknown()
		}
		t.open = true
	}
	for _, f := range from.fields {
		if f.maybe {
			if have := t.find(f.key); have != nil {
				have.v = have.v.merged(f.v)
				continue
			}
		}
		t.set(f)
	}
}

func (e *evaluator) list(x *ir.List, s *scope) vals {
	t := &thing{}
	event := taint(0)
	for _, item := range x.Items {
		v := e.eval(item.Value, s)
		event |= v.event
		if item.Spread {
			t.open, t.grown = true, true
			continue
		}
		t.items = append(t.items, v)
	}
	if t.open {
		t.items = nil
	}
	out := one(val{kind: array, at: e.span(x), ref: e.make(t)})
	out.event = event
	return out
}

func (e *evaluator) conditional(x *ir.Cond, s *scope) vals {
	tv := e.eval(x.Test, s)
	switch e.truth(tv) {
	case tri.Yes:
		return e.eval(x.Then, s)
	case tri.No:
		return e.eval(x.Else, s)
	}
	g := e.guard(x.Test, s)
	base := e.cur
	e.choices++
	e.cur = base.clone()
	e.enter(g, true)
	then := e.doubted(e.eval(x.Then, s))
	a := e.cur
	e.cur = base.clone()
	e.enter(g, false)
	other := e.doubted(e.eval(x.Else, s))
	b := e.cur
	e.choices--
	e.cur = join(base, a, b)
	out := then.or(other)
	out.event |= tv.event
	return out
}

// doubted returns v as it is known where it may not be reached.
func (e *evaluator) doubted(v vals) vals {
	if e.cur.aside || e.cur.unsure {
		return vals{open: true, event: v.event}
	}
	return v
}

func (e *evaluator) logic(x *ir.Logic, s *scope) vals {
	l := e.eval(x.L, s)
	known := e.truth(l)
	if x.Op == "??" {
		known = tri.Maybe
		if v, ok := l.only(); ok {
			known = tri.Of(v.kind != undefined && v.kind != null)
		}
	}
	switch {
	case x.Op == "and" && known == tri.No, x.Op != "and" && known == tri.Yes:
		return l
	case x.Op == "and" && known == tri.Yes, x.Op != "and" && known == tri.No:
		return e.eval(x.R, s)
	}
	g := e.guard(x.L, s)
	base := e.cur
	e.cur = base.clone()
	e.enter(g, x.Op == "and")
	e.choices++
	r := e.eval(x.R, s)
	e.choices--
	e.cur = join(base, base, e.cur)
	out := l.or(r)
	out.path, out.isAt, out.name = nil, false, ""
	for _, v := range out.list {
		if v.kind != out.list[0].kind {
			return vals{open: true, event: out.event}
		}
	}
	return out
}

// truth decides what a value counts as in a condition.
func (e *evaluator) truth(v vals) tri.Bool {
	x, ok := v.only()
	if !ok {
		return tri.Maybe
	}
	switch x.kind {
	case undefined, null:
		return tri.No
	case boolean:
		if x.known {
			return tri.Of(x.text == "true")
		}
	case text:
		if x.known {
			return tri.Of(x.text != "")
		}
	case number:
		if x.known {
			n, err := strconv.ParseFloat(x.text, 64)
			if err == nil {
				return tri.Of(n != 0)
			}
		}
	case object, array:
		if !e.frame().mod.Python {
			return tri.Yes
		}
		if t := e.cur.heap[x.ref]; t != nil && !t.open {
			for _, f := range t.fields {
				if f.maybe {
					return tri.Maybe
				}
			}
			return tri.Of(len(t.fields)+len(t.items) > 0)
		}
	case function, promise:
		return tri.Yes
	}
	return tri.Maybe
}

func (e *evaluator) binary(x *ir.Binary, s *scope) vals {
	l, r := e.eval(x.L, s), e.eval(x.R, s)
	event := l.event | r.event
	switch x.Op {
	case "==", "!=":
		a, ok := l.only()
		b, ok2 := r.only()
		if ok && ok2 && scalar(a) && scalar(b) {
			switch {
			case a.kind == b.kind:
				return e.bool(x, (a.text == b.text || a.kind == null || a.kind == undefined) == (x.Op == "=="))
			case (a.kind == null || a.kind == undefined) && (b.kind == null || b.kind == undefined):
			case a.kind == null || a.kind == undefined || b.kind == null || b.kind == undefined:
				return e.bool(x, x.Op == "!=")
			}
		}
		fallthrough
	case "<", ">", "<=", ">=", "in", "not in", "instanceof":
		return vals{list: []val{{kind: boolean, at: e.span(x)}}, event: event}
	}
	a, ok := l.only()
	b, ok2 := r.only()
	switch {
	case x.Op == "+" && (ok && a.kind == text || ok2 && b.kind == text):
		return vals{list: []val{{kind: text, at: e.span(x)}}, event: event}
	case x.Op == "%" && ok && a.kind == text && e.python():
		return vals{list: []val{{kind: text, at: e.span(x)}}, event: event}
	case ok && ok2 && a.kind == number && b.kind == number:
		return vals{list: []val{{kind: number, at: e.span(x)}}, event: event}
	}
	return vals{open: true, event: event}
}

// scalar reports whether the value of v can be compared.
func scalar(v val) bool { return v.known || v.kind == null || v.kind == undefined }

// member evaluates x.key.
func (e *evaluator) member(x *ir.Member, s *scope) vals {
	base := e.eval(x.X, s)
	key, ok := e.key(x.Key, s)
	if !ok {
		return vals{open: true, event: base.event}
	}
	if base.isAt {
		path := append(append([]string{}, base.path...), key)
		switch {
		case e.python() && !x.Dot:
			e.requires(path, x)
		case !e.python() && !x.Optional && len(base.path) > 0:
			e.requires(base.path, x.X)
		}
		if e.python() && x.Dot {
			return vals{open: true, event: tainted(path), name: "event." + key}
		}
		return property(path)
	}
	return e.get(base, key)
}

// get returns a member of what base may be.
func (e *evaluator) get(base vals, key string) vals {
	if base.name != "" {
		return vals{open: true, event: base.event, name: base.name + "." + key}
	}
	x, ok := base.only()
	if !ok {
		return vals{open: true, event: base.event}
	}
	switch x.kind {
	case object:
		t := e.cur.heap[x.ref]
		if t == nil {
			break
		}
		f := t.find(key)
		switch {
		case f != nil && !f.maybe:
			return f.v
		case f == nil && !t.open && !e.python():
			return e.undefined()
		}
	case array:
		t := e.cur.heap[x.ref]
		n, err := strconv.Atoi(key)
		if t != nil && err == nil && !t.open && n >= 0 && n < len(t.items) {
			return t.items[n]
		}
	case moduleValue:
		return e.export(x.mod, key)
	}
	return vals{open: true, event: base.event}
}

// assign evaluates an assignment.
func (e *evaluator) assign(x *ir.Assign, s *scope) vals {
	v := e.eval(x.Value, s)
	if x.Op != "" {
		old := e.eval(x.Target, s)
		v = e.combined(x, old, v)
	}
	e.store(x.Target, v, s, false)
	return v
}

// combined is the value of a += b and the like.
func (e *evaluator) combined(x *ir.Assign, old, v vals) vals {
	switch x.Op {
	case "||", "&&", "??":
		return old.merged(v)
	case "|":
		if o, ok := old.only(); ok && o.kind == object {
			if t := e.cur.heap[o.ref]; t != nil {
				e.spread(o.ref, v)
				return old
			}
		}
	case "+":
		o, ok := old.only()
		n, ok2 := v.only()
		switch {
		case ok && o.kind == text || ok2 && n.kind == text:
			return vals{list: []val{{kind: text, at: e.span(x)}}, event: old.event | v.event}
		case ok && o.kind == array:
			if t := e.cur.heap[o.ref]; t != nil {
				t.items, t.open, t.grown = nil, true, true
			}
			return old
		}
	}
	return vals{open: true, event: old.event | v.event}
}

// store binds a target to a value. With declare, names are those of the scope.
func (e *evaluator) store(target ir.Expr, v vals, s *scope, declare bool) {
	switch t := target.(type) {
	case *ir.Name:
		if declare {
			e.bind(s, t.Name, v)
			return
		}
		if c, ok := s.lookup(t.Name); ok {
			e.cur.cells[c] = v
		}
	case *ir.Member:
		e.storeMember(t, v, s)
	case *ir.Map:
		if v.isAt && len(v.path) > 0 {
			e.requires(v.path, t)
		}
		for _, f := range t.Fields {
			if f.Key == nil {
				e.store(f.Value, vals{open: true, event: v.event}, s, declare)
				continue
			}
			part := vals{open: true, event: v.event}
			if key, ok := e.key(f.Key, s); ok {
				if v.isAt {
					part = property(append(append([]string{}, v.path...), key))
				} else {
					part = e.get(v, key)
				}
			}
			e.store(f.Value, part, s, declare)
		}
	case *ir.List:
		for i, a := range t.Items {
			part := vals{open: true, event: v.event}
			if !a.Spread {
				part = e.get(v, strconv.Itoa(i))
			}
			e.store(a.Value, part, s, declare)
		}
	case *ir.Assign: // a default
		d := e.eval(t.Value, s)
		x, ok := v.only()
		switch {
		case ok && x.kind == undefined:
			v = d
		case !ok:
			v = vals{open: true, event: v.event}
		}
		e.store(t.Target, v, s, declare)
	default:
		if target != nil {
			e.eval(target, s)
		}
	}
}

func (e *evaluator) storeMember(m *ir.Member, v vals, s *scope) {
	base := e.eval(m.X, s)
	key, known := e.key(m.Key, s)
	if base.isAt {
		e.touched = true
		return
	}
	x, single := base.only()
	if base.open {
		e.escape(v) // somebody unknown has got it
	}
	for _, alt := range base.list {
		t := e.cur.heap[alt.ref]
		if t == nil || alt.kind != object && alt.kind != array {
			continue
		}
		switch {
		case alt.kind == array:
			t.items, t.open, t.grown = nil, true, true
		case !known:
			t.lose()
		case single && alt.ref == x.ref:
			at := e.span(m)
			t.set(field{key: key, at: at, place: at, v: v})
		default:
			if f := t.find(key); f != nil {
				f.v = f.v.merged(v)
			} else {
				t.set(field{key: key, at: e.span(m), place: e.span(m), v: v, maybe: true})
			}
		}
	}
}
