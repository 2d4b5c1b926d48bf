package vtl

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// Bounds of an evaluation. Templates beyond them are not decided.
const (
	maxPaths  = 64
	maxSteps  = 100_000
	maxOutput = 1 << 20 // of one path, and the eightfold of all
)

// An Env is what is known of a template's surroundings.
type Env struct {
	// StageVariable returns the value of a stage variable where it is known.
	// It may be nil.
	StageVariable func(name string) (string, bool)
}

// A Result is all that a template can do.
type Result struct {
	Outcomes []Outcome
	// Complete says that every request has one of the outcomes. Otherwise the
	// template has too many paths, or does something that is not followed.
	Complete bool
}

// An Outcome is what a template does on one path through its branches. Paths
// that no request takes may be among them.
type Outcome struct {
	Pieces    []Piece
	Decisions []Decision
	Overrides []Override
	Loops     []Loop       // that run longer than API Gateway allows
	Stopped   bool         // by #stop
	Failure   *SyntaxError // what certainly fails on this path while it is rendered
}

// A Decision is a condition that depends on the request, and what it was taken for.
type Decision struct {
	Offset, End int
	Source      string
	Taken       int // 1 or 0 for conditions; the number of iterations, or -1 for several, of loops
}

// An Override is an assignment to $context.responseOverride.status.
type Override struct {
	Offset, End int
	Value       string // as it is rendered
	Known       bool
}

// A Loop is a #foreach over something that is known to be long.
type Loop struct {
	Offset, End int // of what it runs over
	Count       int
}

// Eval evaluates the template on every path that it can take.
func (t *Template) Eval(env Env) Result {
	if fault := t.Fault(); fault != nil {
		return Result{Outcomes: []Outcome{{Failure: fault}}, Complete: true}
	}
	res := Result{Complete: true}
	var prefix []choice
	total := 0
	for {
		r := &run{t: t, env: env, prefix: prefix, facts: map[string]int{}, equal: map[string]value{}, macros: t.macros}
		r.scope = &scope{vars: map[string]value{}}
		out, ok := r.all()
		total += r.size
		if ok {
			res.Outcomes = append(res.Outcomes, out)
		}
		prefix = r.taken
		for len(prefix) > 0 && prefix[len(prefix)-1].option+1 == prefix[len(prefix)-1].of {
			prefix = prefix[:len(prefix)-1]
		}
		if !ok || len(prefix) > 0 && (len(res.Outcomes) == maxPaths || total > 8*maxOutput) {
			res.Complete = false
			return res
		}
		if len(prefix) == 0 {
			return res
		}
		prefix[len(prefix)-1].option++
	}
}

// A choice is one of several ways to go on.
type choice struct{ option, of int }

// A run evaluates a template along one path. Where the request decides, it
// follows the choices of its prefix and then always the first option, so that
// all paths are found by running again with other prefixes.
type run struct {
	t         *Template
	env       Env
	prefix    []choice
	taken     []choice
	facts     map[string]int   // choices taken, by key
	equal     map[string]value // unknowns that were compared with success
	macros    map[string]*Directive
	scope     *scope
	out       *[]Piece
	size      int
	steps     int
	depth     int
	serial    int
	epoch     int
	origin    origin
	decisions []Decision
	overrides []Override
	loops     []Loop
}

// A scope holds variables; macros have scopes of their own within the caller's.
type scope struct {
	vars   map[string]value
	args   map[string]Expr // of a macro, evaluated by the caller whenever they are read
	origin origin          // of args
	parent *scope
}

// An origin is the text that nodes were parsed from: the template, or a string
// in it.
type origin struct {
	src  string
	base func(start, end int) (int, int) // maps offsets to the template's
}

// undecided ends a run of which nothing can be said.
type undecided struct{}

// signal says how a block was left.
type signal int8

const (
	goOn signal = iota
	breaks
	stops
)

func (r *run) all() (out Outcome, ok bool) {
	var pieces []Piece
	r.out = &pieces
	r.origin = r.root()
	finish := func() Outcome {
		return Outcome{Pieces: joined(pieces), Decisions: r.decisions, Overrides: r.overrides, Loops: r.loops}
	}
	defer func() {
		switch e := recover().(type) {
		case nil:
		case undecided:
			out, ok = Outcome{}, false
		case failure:
			out, ok = finish(), true
			if !errors.As(e.err, &out.Failure) {
				panic(e)
			}
		default:
			panic(e)
		}
	}()
	s := r.block(r.t.Body)
	out = finish()
	out.Stopped = s != goOn
	return out, true
}

// root returns the template itself.
func (r *run) root() origin {
	return origin{r.t.Source, func(start, end int) (int, int) { return start, end }}
}

// within does f with nodes of another origin.
func (r *run) within(o origin, f func()) {
	outer := r.origin
	r.origin = o
	f()
	r.origin = outer
}

// joined merges neighbouring texts that stand side by side in the template.
func joined(pieces []Piece) []Piece {
	var out []Piece
	for i := 0; i < len(pieces); {
		p := pieces[i]
		j := i + 1
		for p.literal() && j < len(pieces) && pieces[j].literal() && pieces[j].Offset == pieces[j-1].End {
			j++
		}
		if j > i+1 {
			var b strings.Builder
			for _, q := range pieces[i:j] {
				b.WriteString(q.Text)
			}
			p.Text, p.End = b.String(), pieces[j-1].End
		}
		if p.Hole != nil || p.Text != "" {
			out = append(out, p)
		}
		i = j
	}
	return out
}

// literal reports whether each byte of a text has its own place.
func (p Piece) literal() bool { return p.Hole == nil && p.End-p.Offset == len(p.Text) }

// source returns the text of a node.
func (r *run) source(n Node) string {
	start, end := n.Span()
	if start > end || end > len(r.origin.src) {
		return ""
	}
	return r.origin.src[start:end]
}

func (r *run) fail(n Node, message string) {
	start, end := n.Span()
	start, _ = r.origin.base(start, end)
	panic(failure{&SyntaxError{Offset: start, Message: message}})
}

func (r *run) step() {
	if r.steps++; r.steps > maxSteps {
		panic(undecided{})
	}
}

func (r *run) deeper() bool {
	r.depth++
	if r.depth > maxDepth {
		r.depth--
		return false
	}
	return true
}

func (r *run) shallower() { r.depth-- }

// choose returns one of n options. The same key always has the same option.
func (r *run) choose(key string, n int, d Decision) int {
	if i, ok := r.facts[key]; ok {
		return i
	}
	i := len(r.taken)
	c := choice{0, n}
	if i < len(r.prefix) {
		c = r.prefix[i]
	}
	r.taken = append(r.taken, c)
	r.facts[key] = c.option
	d.Taken = c.option
	d.Offset, d.End = r.origin.base(d.Offset, d.End)
	r.decisions = append(r.decisions, d)
	return c.option
}

// decide chooses between yes and no.
func (r *run) decide(key string, n Node) bool {
	start, end := n.Span()
	return r.choose(key, 2, Decision{Offset: start, End: end, Source: r.source(n)}) == 1
}

// forget drops what was concluded of unknown objects, which may have changed.
func (r *run) forget() {
	r.epoch++
	clear(r.facts)
	clear(r.equal)
}

func (r *run) write(pieces ...Piece) {
	for _, p := range pieces {
		p.Offset, p.End = r.origin.base(p.Offset, p.End)
		if r.size += len(p.Text) + 1; r.size > maxOutput {
			panic(undecided{})
		}
		*r.out = append(*r.out, p)
	}
}

func (r *run) writeText(s string, n Node) {
	if s != "" {
		start, end := n.Span()
		r.write(Piece{Text: s, Offset: start, End: end})
	}
}

// writeHole writes what a node comes to, of which nothing is known.
func (r *run) writeHole(n Node) {
	start, end := n.Span()
	r.write(Piece{Hole: &Hole{HoleAny, r.source(n)}, Offset: start, End: end})
}

// capture renders into a string.
func (r *run) capture(f func() signal) ([]Piece, signal) {
	outer := r.out
	var pieces []Piece
	r.out = &pieces
	defer func() { r.out = outer }()
	s := f()
	return pieces, s
}

func (r *run) get(name string) value { return r.getIn(r.scope, name) }

func (r *run) getIn(s *scope, name string) value {
	for ; s != nil; s = s.parent {
		if v, ok := s.vars[name]; ok && v != nil {
			return v
		}
		if arg, ok := s.args[name]; ok {
			var v value
			outer := r.scope
			r.scope = s.parent
			r.within(s.origin, func() { v = r.eval(arg) })
			r.scope = outer
			return v
		}
	}
	switch name {
	case "input":
		return inputObject{}
	case "util":
		return utilObject{}
	case "stageVariables":
		return stageObject{}
	case "context":
		return &unknown{kind: HoleContext, key: contextKey, src: contextKey, sure: true}
	}
	if tools[name] {
		return r.anything(HoleAny, "$"+name)
	}
	return nil
}

// tools are the names under which Velocity's own tools go. AWS documents none
// of them, but publishes templates that use $esc.
var tools = map[string]bool{
	"esc": true, "math": true, "date": true, "number": true, "display": true, "convert": true, "sorter": true, "json": true, "xml": true,
	"text": true, "class": true, "field": true, "link": true, "loop": true, "render": true, "resource": true, "alternator": true,
	"collection": true, "log": true,
}

// contextKey begins the keys of everything in $context.
const contextKey = "$context"

// variable returns a variable without evaluating arguments of macros.
func (r *run) variable(name string) value {
	for s := r.scope; s != nil; s = s.parent {
		if v := s.vars[name]; v != nil {
			return v
		}
	}
	return nil
}

// isArgument reports whether name is a parameter of a macro that is being rendered.
func (r *run) isArgument(name string) bool {
	for s := r.scope; s != nil; s = s.parent {
		if _, ok := s.args[name]; ok {
			return true
		}
	}
	return false
}

// era marks keys of things that may have changed since.
func (r *run) era() string {
	if r.epoch == 0 {
		return ""
	}
	return fmt.Sprintf("@%d", r.epoch)
}

// put assigns a variable; within macros, that of the caller too.
func (r *run) put(name string, v value) {
	for s := r.scope; s != nil; s = s.parent {
		s.vars[name] = v
	}
}

func (r *run) remove(name string) {
	for s := r.scope; s != nil; s = s.parent {
		delete(s.vars, name)
		delete(s.args, name)
	}
}

// havoc forgets all variables and what they refer to, after something that
// is not followed.
func (r *run) havoc() {
	r.forget()
	for s := r.scope; s != nil; s = s.parent {
		for name, v := range s.vars {
			opaque(v)
			s.vars[name] = r.anything(HoleAny, "$"+name)
		}
	}
}

// havocObjects forgets what lists and maps hold.
func (r *run) havocObjects() {
	r.forget()
	for s := r.scope; s != nil; s = s.parent {
		for _, name := range slices.Sorted(maps.Keys(s.vars)) {
			opaque(s.vars[name])
		}
	}
}

func overrides(template string) bool { return strings.Contains(template, "responseOverride") }
