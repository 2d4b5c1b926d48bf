package cloudformation

import (
	"github.com/apigwlint/apigwlint/parsers/internal/tree"
	"github.com/apigwlint/apigwlint/source"
	"github.com/apigwlint/apigwlint/tri"
	"github.com/apigwlint/apigwlint/value"
)

// A run is the evaluation of a unit under one set of decisions.
type run struct {
	unit    *unit
	decider *decider
	// declarations are what is known of references that conditions ask about.
	declarations map[value.Ref]declaration
	// named are the values of the conditions that were asked for.
	named map[string]bool
	nodes int
}

// A declaration says which values a reference may have, and which it has by default.
type declaration struct {
	likely  *string
	allowed []string
}

func newRun(u *unit, d *decider) *run {
	return &run{unit: u, decider: d, declarations: map[value.Ref]declaration{}, named: map[string]bool{}}
}

func (r *run) declare(ref value.Ref, likely *string, allowed []string) {
	r.declarations[plain(ref)] = declaration{likely, allowed}
}

func (r *run) declared(ref value.Ref) (likely *string, allowed []string) {
	d := r.declarations[plain(ref)]
	return d.likely, d.allowed
}

// spend takes n nodes from the budget and reports whether there were any left.
func (r *run) spend(n int, at source.Span) bool {
	r.nodes += n
	r.unit.nodes += n
	if r.nodes <= maxNodes && r.unit.nodes <= 8*maxNodes {
		return true
	}
	r.unit.problem(at, "the template grows too large when it is evaluated")
	return false
}

// exhausted reports whether something was left out because of the budget.
func (r *run) exhausted() bool { return r.nodes > maxNodes || r.unit.nodes > 8*maxNodes }

// An instance is a template with values for its parameters: the root of a unit
// or a nested stack.
type instance struct {
	*template
	run  *run
	path string
	// given are the parameters that the parent passes; nil for the root.
	given map[string]member
	// givenOpen says that the parent may pass others.
	givenOpen bool
	nested    bool
	files     *chain // the templates that led to here

	values     map[paramKey]*tree.Node
	conditions map[string]tri.Bool
	declared   *section // Conditions
	raw        *section // Resources
	out        *section // Outputs
	maps       map[string]mappingRows
	children   map[string]*instance
	types      map[string]string
	outputs    map[outputKey]*value.Text

	// dangling says that something refers to what is nowhere in the template:
	// it is a part of one that is put together before it is deployed.
	dangling bool
}

type paramKey struct {
	name     string
	deciding bool
}

type outputKey struct {
	child, name string
	deciding    bool
}

// A section is a part of a template after loops and includes.
type section struct {
	members []member
	index   map[string]int
	open    bool
}

func (s *section) find(name string) (member, bool) {
	if i, ok := s.index[name]; ok {
		return s.members[i], true
	}
	return member{}, false
}

func newInstance(r *run, t *template, path string, files *chain) *instance {
	return &instance{
		template: t, run: r, path: path, files: &chain{t.file.Name, files},
		values: map[paramKey]*tree.Node{}, conditions: map[string]tri.Bool{}, maps: map[string]mappingRows{},
		children: map[string]*instance{}, outputs: map[outputKey]*value.Text{},
	}
}

func (in *instance) scope(deciding bool) scope {
	return scope{in: in, deciding: deciding, within: &chain{in.file.Name, nil}}
}

// section lists the members of a section of the template, with those that
// includes at the top of the template bring.
func (in *instance) section(name string, deciding bool) *section {
	s := in.scope(deciding)
	out := &section{index: map[string]int{}, open: in.open}
	add := func(n *tree.Node, sc scope) {
		if !n.Is(tree.Map) {
			out.open = out.open || n != nil
			return
		}
		if _, call := intrinsicOf(n); call {
			out.open = true
			return
		}
		members, open := sc.members(n, true)
		out.open = out.open || open
		for _, m := range members {
			if i, ok := out.index[m.key]; ok {
				out.members[i] = m
				continue
			}
			out.index[m.key] = len(out.members)
			out.members = append(out.members, m)
		}
	}
	add(in.root.Get(name), s)
	for _, include := range in.includes {
		if got, sc, ok := s.include(include); ok && got.Is(tree.Map) {
			add(got.Get(name), sc)
		} else {
			out.open = true
		}
	}
	return out
}

func (in *instance) resources() *section {
	if in.raw == nil {
		in.raw = &section{}
		in.raw = in.section("Resources", false)
	}
	return in.raw
}

func (in *instance) outputSection() *section {
	if in.out == nil {
		in.out = &section{}
		in.out = in.section("Outputs", false)
	}
	return in.out
}

type mappingRows struct {
	rows []member
	open bool
}

// mapping returns the rows of a mapping.
func (in *instance) mapping(name string) ([]member, bool) {
	if m, ok := in.maps[name]; ok {
		return m.rows, m.open
	}
	in.maps[name] = mappingRows{open: true}
	all := in.section("Mappings", false)
	m, ok := all.find(name)
	if !ok {
		return nil, true
	}
	var out mappingRows
	if !m.value.Is(tree.Map) {
		return nil, true
	}
	out.rows, out.open = m.scope.members(m.value, true)
	in.maps[name] = out
	return out.rows, out.open
}
