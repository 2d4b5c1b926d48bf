package vtl

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
)

func (r *run) block(b *Block) signal {
	for _, n := range b.Nodes {
		if s := r.statement(n); s != goOn {
			return s
		}
	}
	return goOn
}

func (r *run) statement(n Node) signal {
	r.step()
	switch n := n.(type) {
	case *Text:
		r.writeText(n.Text, n)
	case *Reference:
		return r.reference(n)
	case *Set:
		r.set(n)
	case *If:
		for _, b := range n.Branches {
			if b.Cond == nil || r.truth(b.Cond) {
				return r.block(b.Body)
			}
		}
	case *Directive:
		return r.directive(n)
	}
	return goOn
}

// reference renders a reference.
func (r *run) reference(n *Reference) signal {
	if n.Bare || n.Inert {
		r.writeText(n.null, n)
		return goOn
	}
	v := r.eval(n)
	if d, ok := v.(*definition); ok && !n.Escape {
		return r.expand(d, n)
	}
	null := v == nil
	if u, ok := v.(*unknown); ok && !u.sure && (n.Escape || n.double != "") {
		null = !r.decide("defined "+u.key, n)
	}
	nullText := n.null
	if null && len(n.Path) == 0 {
		nullText = r.argumentText(n)
	}
	switch {
	case (null || n.Escape) && !isVerbatim(nullText):
		r.writeHole(n)
	case n.Escape && null:
		r.writeText(n.before+`\`+nullText, n)
	case n.Escape:
		r.writeText(n.before+nullText, n)
	case null:
		r.writeText(n.double+n.before+nullText, n)
	default:
		r.writeText(n.before, n)
		r.write(r.show(v, n)...)
	}
	return goOn
}

// argumentText returns what a null reference is rendered as: within a macro,
// its parameters as what the caller wrote.
func (r *run) argumentText(n *Reference) string {
	name, ok := strings.CutPrefix(n.null, "$")
	if !ok {
		return n.null
	}
	for s := r.scope; s != nil; s = s.parent {
		if arg, ok := s.args[name]; ok {
			text := ""
			r.within(s.origin, func() { text = r.source(arg) })
			return text
		}
	}
	return n.null
}

// expand renders what #define defined.
func (r *run) expand(d *definition, n Node) signal {
	if d.depth >= 2 || !r.deeper() {
		r.writeHole(n)
		return goOn
	}
	defer r.shallower()
	d.depth++
	defer func() { d.depth-- }()
	sig := goOn
	r.within(d.origin, func() { sig = r.block(d.body) })
	if sig == breaks {
		return goOn
	}
	return sig
}

func (r *run) directive(n *Directive) signal {
	if n.fault() != nil {
		r.fail(n, n.fault().Message)
	}
	switch n.Name {
	case "foreach":
		return r.foreach(n)
	case "macro":
		return goOn
	case "define":
		r.put(defined(n), &definition{body: n.Body, origin: r.origin})
		return goOn
	case "literal":
		r.literal(n)
		return goOn
	case "stop":
		return stops
	case "break":
		if len(n.Args) > 0 {
			panic(undecided{})
		}
		return breaks
	case "evaluate", "parse", "include":
		r.external(n)
		return goOn
	}
	return r.macro(n)
}

// defined returns the name that #define assigns to.
func defined(n *Directive) string {
	if ref, ok := n.Args[0].(*Reference); ok {
		return ref.target
	}
	return ""
}

func (r *run) literal(n *Directive) {
	var of Node = n.Body
	if len(n.Args) > 0 {
		of = n.Args[0]
	}
	r.writeSource(r.source(of), of)
}

// writeSource renders a piece of the template as it is written. Velocity has
// dropped some backslashes and stray signs by then, which is not repeated here.
func (r *run) writeSource(s string, n Node) {
	if strings.Contains(s[min(1, len(s)):], "#") || !isVerbatim(s) {
		r.writeHole(n)
		return
	}
	r.writeText(s, n)
}

// isVerbatim reports whether the source of an expression is certainly
// rendered unchanged where it is rendered instead of its value.
func isVerbatim(s string) bool {
	signs := strings.Count(s, "$")
	return !strings.Contains(s, `\`) && !strings.Contains(s, "#$") && len(plainReference.FindAllString(s, signs)) == signs
}

// plainReference matches the beginning of a reference.
var plainReference = regexp.MustCompile(`\$!?\{?[A-Za-z_]`)

// external gives up on directives whose template is not known before.
func (r *run) external(n *Directive) {
	r.havoc()
	r.writeHole(n)
	if overrides(r.t.Source) {
		r.override(n, r.anything(HoleAny, ""))
	}
}

// macro calls a macro; what is no macro is text, except that directives without
// parentheses leave theirs to what follows.
func (r *run) macro(n *Directive) signal {
	m, ok := r.macros[strings.TrimPrefix(n.Name, "@")]
	if !ok {
		if r.t.macrosInStrings {
			panic(undecided{})
		}
		r.writeSource(n.source, n)
		return goOn
	}
	if n.Body != nil {
		r.external(n)
		return goOn
	}
	for _, arg := range n.Args {
		if w, ok := arg.(*Word); ok {
			r.fail(n, fmt.Sprintf("%s is no argument of the macro #%s", w.Name, n.Name))
		}
	}
	calls := 0
	for s := r.scope; s != nil; s = s.parent {
		calls++
	}
	if calls > 20 {
		r.fail(n, "macro #"+n.Name+" calls itself too deeply")
	}
	s := &scope{vars: map[string]value{}, args: map[string]Expr{}, parent: r.scope, origin: r.origin}
	for i, param := range m.Args[1:] {
		ref, ok := param.(*Reference)
		if !ok || i >= len(n.Args) {
			continue
		}
		switch arg := n.Args[i].(type) {
		case *Number, *Bool:
			s.vars[ref.target] = r.eval(arg)
		default:
			s.args[ref.target] = arg
		}
	}
	r.scope = s
	sig := goOn
	r.within(r.root(), func() { sig = r.block(m.Body) })
	r.scope = s.parent
	if sig == breaks {
		return goOn
	}
	return sig
}

// foreach runs a loop; over an unknown collection no times, once or often.
func (r *run) foreach(n *Directive) signal {
	switch len(n.Args) {
	case 0, 1:
		r.fail(n, "#foreach has no collection")
	case 2:
		return goOn // Velocity takes the body for the collection, and finds nothing in it
	}
	element, ok := n.Args[0].(*Reference)
	if !ok || element.Inert || len(n.Args) > 3 {
		panic(undecided{})
	}
	name := element.Name
	of := r.eval(n.Args[2])
	items, known := elements(of)
	size := len(items)
	if l, ok := of.(*list); ok && l.size > 0 {
		size = l.size
	}
	switch {
	case size > MaxIterations:
		l := Loop{Count: size}
		l.Offset, l.End = r.origin.base(n.Args[2].Span())
		r.loops = append(r.loops, l)
		return r.manyTimes(n, name)
	case known:
		return r.loop(n, name, items, of)
	}
	u, ok := of.(*unknown)
	if !ok {
		u = r.anything(HoleAny, r.source(n.Args[2]))
	}
	start, _ := n.Span()
	_, end := n.Args[len(n.Args)-1].Span()
	switch r.choose("loop "+u.key, 3, Decision{Offset: start, End: end, Source: r.source(n.Args[2])}) {
	case 0:
		return goOn
	case 1:
		item := &unknown{kind: u.kind, key: u.key + "[0]" + r.era(), src: u.src}
		return r.loop(n, name, []value{item}, nil)
	}
	r.decisions[len(r.decisions)-1].Taken = -1
	return r.manyTimes(n, name)
}

// elements returns what a loop over v iterates over. What cannot be iterated
// over has no iterations.
func elements(v value) ([]value, bool) {
	switch v := v.(type) {
	case *list:
		return slices.Clone(v.items), !v.opaque
	case *dict:
		var items []value
		for _, k := range v.keys {
			items = append(items, v.values[k])
		}
		return items, !v.opaque
	case *unknown:
		return nil, false
	}
	return nil, true
}

// extent returns how much a collection holds; it changes when something is
// added or removed.
func extent(v value) int {
	switch v := v.(type) {
	case *list:
		switch {
		case v.of != nil:
			return extent(v.of)
		case v.opaque:
			return -1
		}
		return len(v.items)
	case *dict:
		if v.opaque {
			return -1
		}
		return len(v.keys)
	}
	return 0
}

// loop runs the body once for each item of a collection. A body that changes
// the collection makes Java fail, mostly.
func (r *run) loop(n *Directive, name string, items []value, of value) signal {
	size := extent(of)
	saved := map[string]value{}
	names := []string{name, "velocityCount", "velocityHasNext", "foreach"}
	for _, v := range names {
		saved[v] = r.get(v)
	}
	scope := &loopScope{index: -1, parent: saved["foreach"]}
	sig := goOn
	for i, item := range items {
		scope.index, scope.more = i, i+1 < len(items)
		r.put("velocityCount", i+1)
		r.put("velocityHasNext", scope.more)
		r.put("foreach", scope)
		r.put(name, item)
		r.step()
		if sig = r.block(n.Body); sig != goOn {
			break
		}
		if extent(of) != size {
			panic(undecided{})
		}
	}
	if len(items) > 0 {
		for _, v := range names {
			r.remove(v)
			if saved[v] != nil {
				r.put(v, saved[v])
			}
		}
	}
	if sig == breaks {
		return goOn
	}
	return sig
}

// manyTimes stands for a loop that runs any number of times: its output is not
// known, nor is anything afterwards that it may change.
func (r *run) manyTimes(n *Directive, name string) signal {
	e := r.effects(n.Body)
	r.writeHole(n)
	if e.all {
		r.havoc()
	}
	if e.mutates {
		r.havocObjects()
	}
	for _, v := range e.assigns {
		if v != name {
			opaque(r.variable(v))
			r.put(v, r.anything(HoleAny, "$"+v))
		}
	}
	if e.overrides {
		r.override(n, r.anything(HoleAny, ""))
	}
	if e.stops {
		start, end := n.Span()
		if r.choose("stop "+r.fresh(), 2, Decision{Offset: start, End: end, Source: "#stop in the loop"}) == 1 {
			return stops
		}
	}
	return goOn
}

// effects are what a block may do beyond its output.
type effects struct {
	assigns   []string
	mutates   bool // changes lists or maps
	overrides bool
	stops     bool
	all       bool // does something that is not followed
}

func (r *run) effects(b *Block) effects {
	var e effects
	r.addEffects(&e, b, 0)
	return e
}

func (r *run) addEffects(e *effects, root Node, depth int) {
	Walk(root, func(n Node) {
		switch n := n.(type) {
		case *String:
			if n.Tree != nil {
				r.addEffects(e, n.Tree.Body, depth)
			}
		case *Set:
			if len(n.Left.Path) == 0 {
				e.assigns = append(e.assigns, n.Left.target)
			} else {
				e.mutates = true
			}
		case *Reference:
			for _, a := range n.Path {
				if a.Call != nil && !pureMethods[a.Call.Name] {
					e.mutates = true
				}
				if a.Name == "responseOverride" {
					e.overrides = true
				}
			}
			// What #define defined is rendered where it is referred to.
			switch v := r.variable(n.Name).(type) {
			case *definition:
				e.all, e.stops, e.overrides = true, true, true
			case *unknown:
				e.overrides = e.overrides || strings.HasPrefix(v.key, contextKey)
			}
			if r.isArgument(n.Name) {
				e.all, e.overrides = true, true
			}
		case *Directive:
			switch n.Name {
			case "stop", "break":
				e.stops = true
			case "define":
				e.assigns = append(e.assigns, defined(n))
			case "evaluate", "parse", "include":
				e.all, e.stops, e.overrides, e.mutates = true, true, true, true
			default:
				if m, ok := r.macros[strings.TrimPrefix(n.Name, "@")]; ok {
					e.all = true
					if depth < 20 {
						r.addEffects(e, m.Body, depth+1)
					}
				}
			}
		}
	})
}
