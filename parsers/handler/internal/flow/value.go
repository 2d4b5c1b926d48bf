// Package flow follows the values that a handler returns through its source.
//
// It is a small abstract interpreter. What it cannot follow is unknown, and an
// answer that only some other caller than API Gateway gets, or that a path gives
// of which it is not sure that it can be taken, is none.
package flow

import (
	"slices"

	"github.com/apigwlint/apigwlint/parsers/handler/internal/ir"
	"github.com/apigwlint/apigwlint/source"
)

// A kind is what an alternative is. The first are those of package ir.
type kind int8

const (
	undefined = kind(ir.Undefined)
	null      = kind(ir.Null)
	boolean   = kind(ir.Bool)
	number    = kind(ir.Number)
	text      = kind(ir.String)
	array     = kind(ir.Array)
	object    = kind(ir.Object)
)

const (
	function kind = 20 + iota
	promise
	moduleValue
)

// A value is one thing that an expression may be.
type val struct {
	kind  kind
	at    source.Span
	text  string
	known bool     // text is what a string, number or boolean is
	ref   int      // of an object or array: its cell in the heap
	fn    *closure // of a function
	inner *vals    // of a promise
	mod   *loaded  // of a module
}

// A taint says from what of the event a value comes.
type taint uint8

const (
	request taint = 1 << iota // what callers send
	caller                    // what tells who calls: all of it, what every request has, or what none has
)

// tainted returns the taint of a property.
func tainted(path []string) taint {
	if len(path) == 0 || !slices.Contains(properties, path[0]) || len(path) == 1 && slices.Contains(markers, path[0]) {
		return request | caller
	}
	return request
}

// A vals is what an expression may be: one of the alternatives, or, when it is
// open, anything else.
type vals struct {
	list []val
	open bool
	// event says from what of the event it comes, and path which property of it
	// it is, if it is one.
	event taint
	path  []string
	isAt  bool // path is set
	// name is what it is called, for what other people's modules or the
	// language bring.
	name string
	// called says that a function returned it, so that what is asked about it
	// may decide which of its returns were taken.
	called bool
}

func one(v val) vals { return vals{list: []val{v}} }

func unknown() vals { return vals{open: true} }

func named(name string) vals { return vals{open: true, name: name} }

// fromEvent is something that depends on the event.
func fromEvent() vals { return vals{open: true, event: request} }

func property(path []string) vals {
	return vals{open: true, event: tainted(path), path: path, isAt: true}
}

// only returns the value when there is certainly just one.
func (v vals) only() (val, bool) {
	if len(v.list) == 1 && !v.open {
		return v.list[0], true
	}
	return val{}, false
}

const maxAlternatives = 12

// or returns the alternatives of both.
func (v vals) or(w vals) vals {
	if same(v, w) {
		return v
	}
	out := vals{open: v.open || w.open, event: v.event | w.event, called: v.called || w.called}
	out.list = slices.Clone(v.list)
	for _, x := range w.list {
		if !slices.ContainsFunc(out.list, func(y val) bool { return equal(x, y) }) {
			out.list = append(out.list, x)
		}
	}
	if len(out.list) > maxAlternatives {
		return vals{open: true, event: out.event}
	}
	return out
}

// merged returns what a variable holds after branches that leave v and w in it.
// Which of several kinds it is may be known to a later branch, so that nothing
// is said of it then.
func (v vals) merged(w vals) vals {
	out := v.or(w)
	for _, x := range out.list {
		if x.kind != out.list[0].kind {
			return vals{open: true, event: out.event}
		}
	}
	return out
}

// blurred returns v without what is known of it.
func (v vals) blurred() vals {
	if v.isAt || v.name != "" {
		return v
	}
	return vals{open: true, event: v.event}
}

func same(v, w vals) bool {
	if v.open != w.open || v.event != w.event || v.name != w.name || v.isAt != w.isAt || !slices.Equal(v.path, w.path) || len(v.list) != len(w.list) {
		return false
	}
	for i := range v.list {
		if !equal(v.list[i], w.list[i]) {
			return false
		}
	}
	return true
}

func equal(x, y val) bool {
	if x.kind != y.kind || x.ref != y.ref || x.fn != y.fn || x.mod != y.mod || x.text != y.text || x.known != y.known {
		return false
	}
	if x.kind == promise {
		return same(*x.inner, *y.inner)
	}
	return true
}

// A thing is an object or an array in the heap.
type thing struct {
	fields []field
	items  []vals
	open   bool // it may have other members or items
	// grown says that it was filled by a loop or a call, so that its content
	// is not what its literal shows.
	grown bool
}

type field struct {
	key   string
	at    source.Span // the key and its value
	place source.Span // the value
	v     vals
	maybe bool
}

func (t *thing) find(key string) *field {
	for i := range t.fields {
		if t.fields[i].key == key {
			return &t.fields[i]
		}
	}
	return nil
}

func (t *thing) set(f field) {
	if have := t.find(f.key); have != nil {
		*have = f
		return
	}
	t.fields = append(t.fields, f)
}

// lose forgets what is known of the members.
func (t *thing) lose() {
	for i := range t.fields {
		t.fields[i].v = t.fields[i].v.blurred()
		t.fields[i].maybe = true
	}
	t.items = nil
	t.open, t.grown = true, true
}

func (t *thing) clone() *thing {
	c := *t
	c.fields, c.items = slices.Clone(t.fields), slices.Clone(t.items)
	return &c
}

// A state is what is known at a place of the program.
type state struct {
	cells map[int]vals
	heap  map[int]*thing
	dead  bool
	// aside says that the place is reached only, or may be, when the call does
	// not come from API Gateway; unsure, that it may not be reached at all.
	aside, unsure bool
	// asked says that something about the event decided the way here.
	asked bool
	// dim says that what decided the way here may have told who calls, so that
	// only an answer in the form of API Gateway is surely for it.
	dim bool
	// work counts what was copied, over all states of a run.
	work *int
}

// maxWork bounds what is copied, and so the time that a run takes.
const maxWork = 800_000

func (s *state) count(n int) {
	if s.work == nil {
		return
	}
	if *s.work += n; *s.work > maxWork {
		panic(tooMuch{})
	}
}

func (s *state) clone() *state {
	s.count(len(s.cells) + len(s.heap))
	c := *s
	c.cells = make(map[int]vals, len(s.cells))
	for k, v := range s.cells {
		c.cells[k] = v
	}
	c.heap = make(map[int]*thing, len(s.heap))
	for k, t := range s.heap {
		s.count(len(t.fields) + len(t.items))
		c.heap[k] = t.clone()
	}
	return &c
}

// join returns the state after branches that began with base and ended with a and b.
func join(base, a, b *state) *state {
	switch {
	case a.dead:
		return b
	case b.dead:
		return a
	}
	a.count(len(a.cells) + len(a.heap))
	out := &state{cells: make(map[int]vals, len(a.cells)), heap: make(map[int]*thing, len(a.heap)), work: a.work}
	if base != nil {
		out.aside, out.unsure, out.asked, out.dim = base.aside, base.unsure, base.asked, base.dim
	} else {
		out.aside, out.unsure, out.asked, out.dim = a.aside || b.aside, a.unsure || b.unsure, a.asked || b.asked, a.dim || b.dim
	}
	for k, v := range a.cells {
		w, ok := b.cells[k]
		if !ok {
			out.cells[k] = v
			continue
		}
		out.cells[k] = joined(before(base, k), v, w)
	}
	for k, w := range b.cells {
		if _, ok := a.cells[k]; !ok {
			out.cells[k] = w
		}
	}
	for k, t := range a.heap {
		if u, ok := b.heap[k]; ok {
			a.count(len(t.fields) + len(u.fields))
			t = joinThings(t, u)
		}
		out.heap[k] = t
	}
	for k, u := range b.heap {
		if _, ok := a.heap[k]; !ok {
			out.heap[k] = u
		}
	}
	return out
}

func before(base *state, k int) *vals {
	if base == nil {
		return nil
	}
	if v, ok := base.cells[k]; ok {
		return &v
	}
	return nil
}

// joined merges what a variable holds. One that a branch leaves as it was may
// be there only to be replaced.
func joined(base *vals, v, w vals) vals {
	if same(v, w) {
		v.called = v.called || w.called
		return v
	}
	if base != nil && !base.isAt {
		switch {
		case same(v, *base) && structured(v, w):
			return vals{list: w.list, open: true, event: v.event | w.event, called: w.called}
		case same(w, *base) && structured(v, w):
			return vals{list: v.list, open: true, event: v.event | w.event, called: v.called}
		}
	}
	return v.merged(w)
}

// structured reports whether one of the alternatives is more than a scalar.
func structured(v, w vals) bool {
	for _, x := range slices.Concat(v.list, w.list) {
		if x.kind != text && x.kind != number && x.kind != boolean {
			return true
		}
	}
	return false
}

func joinThings(t, u *thing) *thing {
	out := &thing{open: t.open || u.open, grown: t.grown || u.grown}
	for _, f := range t.fields {
		g := u.find(f.key)
		if g == nil {
			f.maybe = true
		} else {
			f.v, f.maybe = f.v.merged(g.v), f.maybe || g.maybe
		}
		out.fields = append(out.fields, f)
	}
	for _, g := range u.fields {
		if t.find(g.key) == nil {
			g.maybe = true
			out.fields = append(out.fields, g)
		}
	}
	if len(t.items) == len(u.items) {
		for i := range t.items {
			out.items = append(out.items, t.items[i].merged(u.items[i]))
		}
	} else {
		out.open, out.grown = true, true
	}
	return out
}
