package sam

import (
	"slices"
	"strings"

	"github.com/apigwlint/apigwlint/parsers/cloudformation/internal/stack"
	"github.com/apigwlint/apigwlint/parsers/internal/tree"
)

// applyGlobals merges the Globals section into the resources.
// https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-specification-template-anatomy-globals.html
func (t *transformer) applyGlobals() {
	for _, r := range t.stack.Resources {
		section, isSAM := strings.CutPrefix(r.Type, prefix)
		if !isSAM {
			t.originals = append(t.originals, r)
			continue
		}
		n := *r
		if n.Properties.Is(tree.Null) {
			n.Properties = nil
		}
		n.Properties = asMap(n.Properties)
		n.Properties = t.withGlobals(section, &n)
		t.originals = append(t.originals, &n)
	}
}

// withGlobals returns the properties of a resource over those of its section.
func (t *transformer) withGlobals(section string, r *stack.Resource) *tree.Node {
	g := t.stack.Globals
	if g != nil && g.Kind != tree.Map {
		// Nothing is known about what the section adds.
		return opened(r.Properties, r)
	}
	global := g.Get(section)
	if global == nil && (g == nil || !g.Open) {
		return r.Properties
	}
	if ignore := r.Body.Get("IgnoreGlobals"); ignore != nil {
		if s, ok := ignore.Str(); ok && s == "*" {
			return r.Properties
		}
		global = ignoring(global, ignore)
	}
	switch {
	case global == nil && g.Open, global != nil && global.Kind == tree.Unknown:
		return opened(r.Properties, r)
	case !global.Is(tree.Map):
		return r.Properties
	case r.Properties == nil || r.Properties.Kind == tree.Null:
		return atResource(global, r)
	case r.Properties.Kind != tree.Map:
		return r.Properties
	}
	m := merge(global, r.Properties)
	m.Span, m.Head = r.Properties.Span, r.Properties.Head
	return m
}

// ignoring leaves out of the globals what IgnoreGlobals of a resource names.
func ignoring(global, ignore *tree.Node) *tree.Node {
	if !global.Is(tree.Map) {
		return global
	}
	var keys []string
	items, _ := ignore.Members()
	for _, item := range items {
		if s, ok := item.Str(); ok {
			keys = append(keys, s)
		}
	}
	return global.Without(keys...)
}

// merge lays a local value over a global one: maps are merged, lists are
// concatenated, anything else is replaced.
func merge(global, local *tree.Node) *tree.Node {
	switch {
	case local == nil:
		return global
	case global == nil:
		return local
	case global.Kind == tree.List && local.Kind == tree.List:
		m := *local
		m.Items = slices.Concat(global.Items, local.Items)
		m.Open = global.Open || local.Open
		return &m
	case global.Kind == tree.Map && local.Kind == tree.Map:
		m := *local
		m.Open = global.Open || local.Open
		m.Entries = nil
		for _, e := range global.Entries {
			if l := local.Entry(e.Key); l != nil {
				e.KeySpan, e.Value = l.KeySpan, merge(e.Value, l.Value)
			}
			m.Entries = append(m.Entries, e)
		}
		for _, e := range local.Entries {
			if global.Entry(e.Key) == nil {
				m.Entries = append(m.Entries, e)
			}
		}
		return &m
	}
	return local
}

// opened returns properties that may have more members than are written.
func opened(properties *tree.Node, r *stack.Resource) *tree.Node {
	if properties == nil || properties.Kind == tree.Null {
		properties = place(r.Span).mapping()
	}
	c := *properties
	c.Open = true
	return &c
}

// atResource returns global properties as those of a resource that has none of
// its own: what is missing from them is missing there.
func atResource(global *tree.Node, r *stack.Resource) *tree.Node {
	c := *global
	c.Span, c.Head = r.Span, r.Span
	return &c
}
