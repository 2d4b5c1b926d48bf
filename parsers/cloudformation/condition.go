package cloudformation

import (
	"slices"

	"github.com/apigwlint/apigwlint/parsers/internal/tree"
	"github.com/apigwlint/apigwlint/tri"
	"github.com/apigwlint/apigwlint/value"
)

// condition returns the value of a named condition in the scenario.
func (in *instance) condition(name string) tri.Bool {
	if v, ok := in.conditions[name]; ok {
		return v
	}
	in.conditions[name] = tri.Maybe
	if in.declared == nil {
		in.declared = &section{}
		in.declared = in.section("Conditions", true)
	}
	m, ok := in.declared.find(name)
	var v tri.Bool
	if ok {
		v = m.scope.test(m.value)
	} else {
		v = in.run.decider.atom("condition " + in.path + name)
	}
	in.conditions[name] = v
	if v != tri.Maybe {
		in.run.named[in.path+name] = v == tri.Yes
	}
	return v
}

// test evaluates a condition function.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference-conditions.html
func (s scope) test(n *tree.Node) tri.Bool {
	s.depth++
	if n == nil || s.depth > maxDepth || !s.in.run.spend(1, n.Span) {
		return tri.Maybe
	}
	if c, ok := intrinsicOf(n); ok {
		items, _ := s.list(c.arg)
		switch c.name {
		case "Fn::Equals":
			if len(items) == 2 {
				return s.equal(items[0], items[1])
			}
		case "Fn::And", "Fn::Or":
			if len(items) > 0 {
				return s.combine(c.name == "Fn::And", items)
			}
		case "Fn::Not":
			if len(items) == 1 {
				return s.test(items[0]).Not()
			}
		case "Condition":
			if name, ok := s.substituted(c.arg); ok {
				return s.in.condition(name)
			}
		}
	}
	if n.Tag == "" && n.Is(tree.Map) && len(n.Entries) == 1 && n.Entries[0].Key == "Condition" {
		if name, ok := s.substituted(n.Entries[0].Value); ok {
			return s.in.condition(name)
		}
	}
	if text, ok := n.Str(); ok && n.Tag == "" && (text == "true" || text == "false") {
		return tri.Of(text == "true")
	}
	return s.in.run.decider.atom(s.in.path + s.describe(n))
}

// combine is And or Or. What does not matter any more is not asked for, so that
// it makes no scenarios.
func (s scope) combine(and bool, items []*tree.Node) tri.Bool {
	stop := tri.Of(!and)
	out := stop.Not()
	for _, item := range items {
		v := s.test(item)
		if v == stop {
			return v
		}
		if v == tri.Maybe {
			out = v
		}
	}
	return out
}

// equal decides whether two values are the same string.
func (s scope) equal(a, b *tree.Node) tri.Bool {
	x, y := s.fixed(s.text(a)), s.fixed(s.text(b))
	if p, ok := x.Get(); ok {
		if q, ok := y.Get(); ok {
			return tri.Of(p == q)
		}
	}
	x, y = trim(x, y)
	const large = 1 << 12 // the comparison takes the product of the lengths
	if len(x.String()) < large && len(y.String()) < large {
		if r := x.Equal(y); r != tri.Maybe {
			return r
		}
	}
	for range 2 {
		ref, hole := x.Only()
		text, known := y.Get()
		if hole && known {
			likely, allowed := s.in.run.declared(ref)
			return s.in.run.decider.equals(ref, text, allowed, likely != nil && *likely == text)
		}
		x, y = y, x
	}
	key := x.String() + "\x00" + y.String()
	if y.String() < x.String() {
		key = y.String() + "\x00" + x.String()
	}
	return s.in.run.decider.atom(key)
}

// fixed returns a text with the values that references have in the scenario.
func (s scope) fixed(t value.Text) value.Text {
	parts := slices.Clone(t.Parts())
	for i, p := range parts {
		if p.Ref == nil {
			continue
		}
		if v, ok := s.in.run.decider.fixedValue(*p.Ref); ok {
			parts[i] = value.Part{Lit: v, Span: p.Span}
		}
	}
	if t.Present() != tri.Yes {
		return t
	}
	return value.Join(t.Span(), parts...)
}

// trim takes away the characters that both texts begin and end with.
func trim(x, y value.Text) (value.Text, value.Text) {
	f, ok := x.Flat()
	g, ok2 := y.Flat()
	if !ok || !ok2 {
		return x, y
	}
	start := 0
	for start < len(f.S) && start < len(g.S) && f.S[start] == g.S[start] && f.S[start] < 0x80 {
		start++
	}
	i, j := len(f.S), len(g.S)
	for i > start && j > start && f.S[i-1] == g.S[j-1] && f.S[i-1] < 0x80 {
		i, j = i-1, j-1
	}
	return f.Slice(start, i), g.Slice(start, j)
}
