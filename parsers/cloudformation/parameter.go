package cloudformation

import (
	"slices"
	"strings"

	"github.com/apigwlint/apigwlint/parsers/internal/tree"
	"github.com/apigwlint/apigwlint/source"
	"github.com/apigwlint/apigwlint/value"
)

// parameter returns the value of a parameter, used at span.
func (in *instance) parameter(name string, deciding bool, span source.Span) (*tree.Node, bool) {
	p := in.params[name]
	if p == nil {
		return nil, false
	}
	key := paramKey{name, deciding}
	v, ok := in.values[key]
	if !ok {
		// A cycle through the parent finds the parameter without a value.
		in.values[key] = in.missing(name, p)
		v = in.evaluateParameter(name, p, deciding)
		in.values[key] = v
	}
	return moved(v, span), true
}

// moved returns a value as it is used at span.
func moved(n *tree.Node, span source.Span) *tree.Node {
	out := *n
	out.Span, out.Head = span, source.Span{}
	out.Value = relocate(n.Value, span)
	if n.Kind == tree.List {
		out.Items = make([]*tree.Node, len(n.Items))
		for i, item := range n.Items {
			out.Items[i] = moved(item, span)
		}
	}
	return &out
}

func (in *instance) paramRef(name string, p *parameter) value.Ref {
	segment := len(p.allowed) > 0 && !p.hidden && !slices.ContainsFunc(p.allowed, func(s string) bool { return strings.ContainsAny(s, "/:") })
	return value.Ref{Kind: value.Parameter, Name: in.path + name, Segment: segment}
}

// missing is a parameter of which the value is not known.
func (in *instance) missing(name string, p *parameter) *tree.Node {
	hole := value.Hole(in.paramRef(name, p), source.Span{})
	if p.list {
		return &tree.Node{Value: hole}
	}
	return tree.NewText(hole)
}

func (in *instance) evaluateParameter(name string, p *parameter, deciding bool) *tree.Node {
	if in.nested {
		if m, ok := in.given[name]; ok {
			sc := m.scope
			sc.deciding = deciding
			return in.passed(name, p, sc.eval(m.value), m.value, sc)
		}
	} else if v, ok := in.run.unit.values[name]; ok && !p.stored {
		return p.literal(v)
	}
	ref := in.paramRef(name, p)
	if v, ok := in.run.decider.fixedValue(ref); ok && !p.stored {
		return p.literal(v)
	}
	if p.hidden {
		return in.missing(name, p)
	}
	if len(p.allowed) == 1 {
		return p.literal(p.allowed[0])
	}
	certain := in.nested && !in.givenOpen
	if certain && p.def != nil {
		return p.literal(*p.def)
	}
	in.run.declare(ref, p.def, p.allowed)
	if p.def == nil || deciding || in.run.decider.excludes(ref, *p.def) {
		return in.missing(name, p)
	}
	v := p.literal(*p.def)
	assume(v, value.Ref{Kind: value.Parameter, Name: in.path + name})
	return v
}

func assume(n *tree.Node, ref value.Ref) {
	n.Value = n.Value.Assuming(ref)
	for _, item := range n.Items {
		assume(item, ref)
	}
}

// passed turns what a parent passes into a value of the parameter's type.
func (in *instance) passed(name string, p *parameter, v, from *tree.Node, sc scope) *tree.Node {
	if p.stored {
		return in.missing(name, p)
	}
	if s, ok := v.Str(); ok && p.list {
		list := p.literal(s)
		for _, ref := range v.Value.Assumes() {
			assume(list, ref)
		}
		return list
	}
	if p.list != v.Is(tree.List) {
		if p.list {
			return &tree.Node{Value: sc.textOf(v, from)}
		}
		return tree.NewText(sc.textOf(v, from))
	}
	return v
}

// literal returns a value of the parameter's type.
func (p *parameter) literal(s string) *tree.Node {
	if !p.list {
		n := tree.NewScalar(s, source.Span{})
		if p.number {
			n.Type = tree.Float
			if !strings.ContainsAny(s, ".eE") {
				n.Type = tree.Int
			}
		}
		return n
	}
	list := tree.NewList(source.Span{})
	if s == "" {
		return list
	}
	for item := range strings.SplitSeq(s, ",") {
		list.Items = append(list.Items, tree.NewScalar(strings.TrimSpace(item), source.Span{}))
	}
	return list
}
