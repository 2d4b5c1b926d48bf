package cloudformation

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/apigwlint/apigwlint/tri"
	"github.com/apigwlint/apigwlint/value"
)

// A domain is what is decided about the value of one reference, such as a
// parameter, in a scenario.
type domain struct {
	fixed    bool
	value    string
	excluded []string
	allowed  []string // nil when the value may be any
}

// remaining lists the values that are still possible, when they can be listed.
func (d *domain) remaining() ([]string, bool) {
	if d.allowed == nil {
		return nil, false
	}
	return slices.DeleteFunc(slices.Clone(d.allowed), func(s string) bool { return slices.Contains(d.excluded, s) }), true
}

// settle fixes the value when only one is left.
func (d *domain) settle() {
	if left, ok := d.remaining(); ok && !d.fixed && len(left) == 1 {
		d.fixed, d.value = true, left[0]
	}
}

// A decider answers what a template's conditions ask, so that the answers of
// one scenario never contradict each other. While scenarios are enumerated it
// chooses; afterwards it repeats what was chosen, and Maybe is the answer to
// everything else.
type decider struct {
	domains map[value.Ref]*domain
	atoms   map[string]bool
	// choose takes one of two ways, of which it is told the likelier one.
	choose func(likely bool) bool
}

func newDecider(choose func(bool) bool) *decider {
	return &decider{domains: map[value.Ref]*domain{}, atoms: map[string]bool{}, choose: choose}
}

// frozen returns the decider as one that chooses no more.
func (d *decider) frozen() *decider {
	c := &decider{domains: make(map[value.Ref]*domain, len(d.domains)), atoms: maps.Clone(d.atoms)}
	for ref, dom := range d.domains {
		copied := *dom
		copied.excluded = slices.Clone(dom.excluded)
		c.domains[ref] = &copied
	}
	return c
}

// plain is a reference as a key.
func plain(ref value.Ref) value.Ref {
	ref.Segment = false
	return ref
}

func (d *decider) domain(ref value.Ref, allowed []string) *domain {
	key := plain(ref)
	dom := d.domains[key]
	if dom == nil {
		dom = &domain{allowed: allowed}
		dom.settle()
		d.domains[key] = dom
	}
	return dom
}

// fixedValue returns the value that a reference has in the scenario.
func (d *decider) fixedValue(ref value.Ref) (string, bool) {
	if dom := d.domains[plain(ref)]; dom != nil && dom.fixed {
		return dom.value, true
	}
	return "", false
}

// excludes reports whether a reference certainly has another value.
func (d *decider) excludes(ref value.Ref, s string) bool {
	dom := d.domains[plain(ref)]
	return dom != nil && (slices.Contains(dom.excluded, s) || dom.fixed && dom.value != s)
}

// equals decides whether a reference has a value. allowed are all values that
// it may have, or nil; likely is what holds by default.
func (d *decider) equals(ref value.Ref, s string, allowed []string, likely bool) tri.Bool {
	dom := d.domains[plain(ref)]
	if dom == nil && d.choose == nil {
		if allowed != nil && !slices.Contains(allowed, s) {
			return tri.No
		}
		return tri.Maybe
	}
	if dom == nil {
		dom = d.domain(ref, allowed)
	}
	switch {
	case dom.fixed:
		return tri.Of(dom.value == s)
	case slices.Contains(dom.excluded, s):
		return tri.No
	case dom.allowed != nil && !slices.Contains(dom.allowed, s):
		return tri.No
	case d.choose == nil:
		return tri.Maybe
	}
	if d.choose(likely) {
		dom.fixed, dom.value = true, s
		return tri.Yes
	}
	dom.excluded = append(dom.excluded, s)
	dom.settle()
	return tri.No
}

// atom decides something that has no structure.
func (d *decider) atom(key string) tri.Bool {
	if b, ok := d.atoms[key]; ok {
		return tri.Of(b)
	}
	if d.choose == nil {
		return tri.Maybe
	}
	b := d.choose(true)
	d.atoms[key] = b
	return tri.Of(b)
}

// among decides which of several keys a reference has for its value, as a
// lookup in a mapping needs; ok is false when it is none of them. others says
// that it may be none.
func (d *decider) among(ref value.Ref, keys, allowed []string, others bool, likely *string) (string, bool) {
	dom := d.domain(ref, allowed)
	if dom.fixed {
		return dom.value, slices.Contains(keys, dom.value)
	}
	if !others {
		left := slices.DeleteFunc(slices.Clone(keys), func(k string) bool {
			return slices.Contains(dom.excluded, k) || dom.allowed != nil && !slices.Contains(dom.allowed, k)
		})
		if len(left) > 0 {
			dom.allowed = left
			dom.settle()
			keys = left
		}
	}
	// What is likely is asked first, so that the first scenario is that of the defaults.
	if likely != nil && slices.Contains(keys, *likely) && d.equals(ref, *likely, nil, true) == tri.Yes {
		return *likely, true
	}
	for _, k := range keys {
		if d.equals(ref, k, nil, false) == tri.Yes {
			return k, true
		}
	}
	return "", false
}

// String identifies what was decided.
func (d *decider) String() string {
	var parts []string
	for ref, dom := range d.domains {
		parts = append(parts, fmt.Sprintf("%+v %v %q %q", ref, dom.fixed, dom.value, dom.excluded))
	}
	for key, b := range d.atoms {
		parts = append(parts, fmt.Sprintf("%q %v", key, b))
	}
	slices.Sort(parts)
	return strings.Join(parts, "\n")
}

// explore calls try with a function that chooses, once for every way in which
// the choices can turn out, until try returns false.
func explore(try func(choose func(likely bool) bool) bool) {
	type choice struct{ took, likely bool }
	var prefix []bool
	for {
		var trail []choice
		if !try(func(likely bool) bool {
			took := likely
			if len(trail) < len(prefix) {
				took = prefix[len(trail)]
			}
			trail = append(trail, choice{took, likely})
			return took
		}) {
			return
		}
		last := len(trail) - 1
		for last >= 0 && trail[last].took != trail[last].likely {
			last--
		}
		if last < 0 {
			return
		}
		prefix = prefix[:0]
		for _, c := range trail[:last] {
			prefix = append(prefix, c.took)
		}
		prefix = append(prefix, !trail[last].likely)
	}
}
