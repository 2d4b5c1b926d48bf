package cloudformation

import (
	"maps"
	"slices"
	"strings"

	"github.com/apigwlint/apigwlint/model"
	"github.com/apigwlint/apigwlint/parsers/internal/tree"
	"github.com/apigwlint/apigwlint/tri"
)

// maxScenarios is how many ways in which conditions can turn out are looked at.
const maxScenarios = 64

// An assignment is one consistent way in which the conditions of a unit can turn out.
type assignment struct {
	decider *decider
	named   map[string]bool // conditions, with the path of their stack
	// partial says that there are more assignments than are looked at.
	partial bool
}

// A conditionUse lists the conditions that something in a template depends on;
// what has nothing to do with APIs and functions is not regarded.
type conditionUse struct {
	all      []string
	relevant []string // those on which API Gateway, and what it calls, depends
}

// A use is a template as the root of a unit or as a nested stack, whose outputs
// matter too.
type use struct {
	t      *template
	nested bool
}

// conditionUse returns the conditions that a template uses.
func (u *unit) conditionUse(t *template, nested bool) conditionUse {
	if found, ok := u.conds[use{t, nested}]; ok {
		return found
	}
	c := collector{unit: u, seen: map[*tree.Node]bool{}, all: map[string]bool{}, relevant: map[string]bool{}}
	sections := func(n *tree.Node) {
		c.section(n.Get("Resources"), false)
		c.section(n.Get("Globals"), true)
		c.section(n.Get("Mappings"), true)
		if nested {
			c.section(n.Get("Outputs"), true)
		}
	}
	sections(t.root)
	for _, include := range t.includes {
		c.included(include, sections)
	}
	if c.computed {
		// The names come from loops: any condition may be meant.
		if declared := t.root.Get("Conditions"); declared.Is(tree.Map) {
			for _, e := range declared.Entries {
				if !isLoop(e.Key) && e.Key != "Fn::Transform" {
					c.all[e.Key], c.relevant[e.Key] = true, true
				}
			}
		}
	}
	found := conditionUse{slices.Sorted(maps.Keys(c.all)), slices.Sorted(maps.Keys(c.relevant))}
	u.conds[use{t, nested}] = found
	return found
}

// A collector finds the names of conditions in a template as written.
type collector struct {
	unit          *unit
	seen          map[*tree.Node]bool
	all, relevant map[string]bool
	computed      bool
	important     bool // what is being read is part of the model
	depth         int
}

// section reads a section whose members may have a Condition.
func (c *collector) section(n *tree.Node, important bool) {
	if !n.Is(tree.Map) {
		return
	}
	for _, e := range n.Entries {
		switch {
		case e.Key == "Fn::Transform":
			c.included(e.Value, func(n *tree.Node) { c.section(n, important) })
		case isLoop(e.Key):
			if e.Value.Is(tree.List) && len(e.Value.Items) == 3 {
				c.section(e.Value.Items[2], important)
			}
		default:
			kind, _ := e.Value.Get("Type").Str()
			if !important && inert(kind) {
				continue
			}
			c.important = important || relevant(kind)
			c.name(e.Value.Get("Condition"))
			c.walk(e.Value)
		}
	}
}

func (c *collector) name(n *tree.Node) {
	name, ok := n.Str()
	switch {
	case !ok || n.Tag != "":
		c.computed = c.computed || n != nil
	case strings.ContainsAny(name, "$&"):
		c.computed = true
	default:
		c.all[name] = true
		if c.important {
			c.relevant[name] = true
		}
	}
}

func (c *collector) walk(n *tree.Node) {
	if n == nil || c.unit.isPlain(n) || c.seen[n] {
		return
	}
	c.depth++
	defer func() { c.depth-- }()
	c.seen[n] = true
	if call, ok := intrinsicOf(n); ok {
		if call.name == "Fn::If" && call.arg.Is(tree.List) && len(call.arg.Items) > 0 {
			c.name(call.arg.Items[0])
		}
		if call.name == "Fn::Transform" {
			c.included(call.arg, c.walk)
		}
		c.walk(call.arg)
		return
	}
	for _, item := range n.Items {
		c.walk(item)
	}
	for _, e := range n.Entries {
		if e.Key == "Fn::Transform" {
			c.included(e.Value, c.walk)
		}
		c.walk(e.Value)
	}
}

// included reads the file that an include names literally.
func (c *collector) included(call *tree.Node, read func(*tree.Node)) {
	location := call.Get("Parameters", "Location")
	if name, _ := call.Get("Name").Str(); name != includeTransform || location == nil || c.seen[location] {
		return
	}
	c.seen[location] = true
	if name, ok := localPath(location.Text(), location.Span.File); ok {
		if _, n, err := c.unit.document(name); err == nil {
			read(n)
		}
	}
}

// decide asks for the conditions that an instance and its nested stacks use.
func (in *instance) decide(important bool) {
	found := in.run.unit.conditionUse(in.template, in.nested)
	names := found.all
	if important {
		names = found.relevant
	}
	for _, name := range names {
		in.condition(name)
	}
	in.decideNested(important)
}

func (in *instance) decideNested(important bool) {
	for _, m := range in.resources().members {
		kind, _ := m.scope.substituted(m.value.Get("Type"))
		if _, ok := nestedStack(kind); !ok {
			continue
		}
		if name, ok := m.scope.substituted(m.value.Get("Condition")); ok && in.condition(name) == tri.No {
			continue
		}
		if c := in.child(m.key); c != nil {
			c.decide(important)
		}
	}
}

// assignments lists the ways in which the conditions of the unit can turn out.
func (u *unit) assignments() []assignment {
	out := u.enumerate(false)
	if len(out) > maxScenarios {
		out = u.enumerate(true)
	}
	if len(out) <= maxScenarios {
		return out
	}
	covering := u.cover()
	// Where nested stacks alone make many scenarios, there is nothing to cover.
	if len(covering) == 0 {
		for _, a := range out {
			a.partial = true
			covering = append(covering, a)
		}
	}
	return covering[:min(len(covering), maxScenarios)]
}

// enumerate lists the ways in which conditions can turn out, and stops when
// there are too many.
func (u *unit) enumerate(important bool) []assignment {
	var out []assignment
	explore(func(choose func(bool) bool) bool {
		r := newRun(u, newDecider(choose))
		newInstance(r, u.root, "", nil).decide(important)
		out = append(out, assignment{decider: r.decider, named: r.named})
		return len(out) <= maxScenarios
	})
	return out
}

// A wish is a condition with the value that it is to have.
type wish struct {
	name string
	met  bool
}

// cover picks assignments in which each condition is true and false, and each
// two conditions have every combination of values that they can have.
func (u *unit) cover() []assignment {
	names := u.conditionUse(u.root, false).relevant
	covered := map[[2]wish]bool{}
	var out []assignment
	seen := map[string]bool{}
	tries := 1 << 13
	values := []bool{true, false}
	for i, first := range names {
		for _, second := range names[i:] {
			for _, p := range values {
				for _, q := range values {
					pair := [2]wish{{first, p}, {second, q}}
					if first == second && p != q || covered[pair] || len(out) == maxScenarios {
						continue
					}
					a, ok := u.satisfy(pair, uint64(len(out)), &tries)
					if !ok || seen[a.decider.String()] {
						continue
					}
					seen[a.decider.String()] = true
					out = append(out, a)
					mark(covered, names, a.named)
				}
			}
		}
	}
	return out
}

func mark(covered map[[2]wish]bool, names []string, named map[string]bool) {
	for i, first := range names {
		p, ok := named[first]
		if !ok {
			continue
		}
		for _, second := range names[i:] {
			if q, ok := named[second]; ok {
				covered[[2]wish{{first, p}, {second, q}}] = true
			}
		}
	}
}

// satisfy finds an assignment in which two conditions have the values that are
// asked for. Everything else turns out by chance, the same in every run.
func (u *unit) satisfy(wishes [2]wish, seed uint64, tries *int) (found assignment, ok bool) {
	left := 256
	explore(func(choose func(bool) bool) bool {
		left--
		*tries--
		r := newRun(u, newDecider(choose))
		in := newInstance(r, u.root, "", nil)
		for _, w := range wishes {
			if in.condition(w.name) != tri.Of(w.met) {
				return left > 0 && *tries > 0
			}
		}
		state := seed*0x9E3779B97F4A7C15 + 1
		r.decider.choose = func(bool) bool {
			state ^= state << 13
			state ^= state >> 7
			state ^= state << 17
			return state&(1<<20) != 0
		}
		in.decide(true)
		found, ok = assignment{decider: r.decider, named: r.named, partial: true}, true
		return false
	})
	return found, ok
}

// conditions lists the conditions that the scenarios of a unit differ in or
// depend on, in the order of their names; those of stacks that do not exist in
// a scenario count as not met there.
func conditions(all []assignment) [][]model.Condition {
	names := map[string]bool{}
	for _, a := range all {
		for name := range a.named {
			names[name] = true
		}
	}
	sorted := slices.Sorted(maps.Keys(names))
	out := make([][]model.Condition, len(all))
	for i, a := range all {
		for _, name := range sorted {
			out[i] = append(out[i], model.Condition{Name: name, Met: a.named[name]})
		}
	}
	return out
}
