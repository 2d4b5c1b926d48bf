package terraform

import (
	"fmt"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"

	"github.com/apigwlint/apigwlint/source"
	"github.com/apigwlint/apigwlint/value"
)

// Bounds on what a configuration can make the evaluator do. Past them, values
// are unknown.
const (
	maxSteps     = 1_000_000 // expressions and members of values
	maxValue     = 200_000   // members of a value that is encoded
	maxText      = 8 << 20   // bytes of one string, with partCost for each part
	maxTexts     = 64 << 20  // bytes of all strings that are put together
	partCost     = 64
	maxInstances = 1000   // of one resource or module
	maxDepth     = 20_000 // of nested evaluations
	maxTemplates = 8      // of nested template files
)

// An evaluator evaluates one unit in one scenario.
type evaluator struct {
	l         *loader
	root      *module
	fixed     map[string]bool // values of variables of the root module in this scenario
	variables map[string]*val // values given from outside
	budget    int
	bytes     int
	depth     int
	fresh     map[string]int
	rendered  map[*val]value.Text
	instances map[string]*instance // those seen so far, by address
	decisive  []string             // variables without value that decide what exists
	read      map[*source.File]bool
	problems  []source.Problem
	exhausted bool // that something is too much work has been said
	strict    bool // files that cannot be read are a problem
}

// An env is where an expression is evaluated.
type env struct {
	ev        *evaluator
	mod       *module // nil in a template file
	scope     *scope
	templates int // how many template files are being rendered
}

// A scope holds the names that an expression defines for a part of itself.
type scope struct {
	outer *scope
	names map[string]*val
	anon  *hclsyntax.AnonSymbolExpr
	item  *val
}

func (e env) with(names map[string]*val) env {
	e.scope = &scope{outer: e.scope, names: names}
	return e
}

func (e env) find(name string) *val {
	for s := e.scope; s != nil; s = s.outer {
		if v, ok := s.names[name]; ok {
			return v
		}
	}
	return nil
}

// step counts a unit of work and reports whether the budget allows it.
func (ev *evaluator) step() bool {
	ev.budget--
	return ev.budget > 0
}

// opaque returns an unknown that no other expression is equal to. It is named
// after the place, which is how it shows in messages.
func (ev *evaluator) opaque(span source.Span, from ...*val) *val {
	name := strings.Join(strings.Fields(span.Text()), " ")
	if len(name) > 60 {
		name = strings.ToValidUTF8(name[:57], "") + "..."
	}
	if name == "" {
		name = "value"
	}
	return ev.named(name, span, from...)
}

func (ev *evaluator) named(name string, span source.Span, from ...*val) *val {
	ev.fresh[name]++
	if n := ev.fresh[name]; n > 1 {
		name = fmt.Sprintf("%s#%d", name, n)
	}
	v := refVal(value.Ref{Kind: value.Other, Name: name}, span)
	return v.depending(from...)
}

// depending adds what other values depend on to a fresh unknown.
func (v *val) depending(from ...*val) *val {
	for _, f := range from {
		for _, d := range f.deps {
			if !slices.Contains(v.deps, d) {
				v.deps = append(v.deps, d)
			}
		}
		v.err = v.err || f.err
	}
	return v
}

func (e env) span(r hcl.Range) source.Span { return e.ev.l.span(r) }

// eval returns the value of an expression.
func (e env) eval(x hclsyntax.Expression) *val {
	span := e.span(x.Range())
	if !e.ev.step() || e.ev.depth > maxDepth {
		e.ev.tooMuch(span)
		return &val{span: span}
	}
	e.ev.depth++
	defer func() { e.ev.depth-- }()
	switch x := x.(type) {
	case *hclsyntax.LiteralValueExpr:
		return e.literal(x.Val, span)
	case *hclsyntax.TemplateExpr:
		return e.template(x, span)
	case *hclsyntax.TemplateWrapExpr:
		return e.eval(x.Wrapped)
	case *hclsyntax.TemplateJoinExpr:
		return e.templateJoin(x, span)
	case *hclsyntax.ParenthesesExpr:
		return e.eval(x.Expression)
	case *hclsyntax.ScopeTraversalExpr:
		return e.traversal(x.Traversal, span)
	case *hclsyntax.RelativeTraversalExpr:
		return e.steps(e.eval(x.Source), x.Traversal, span)
	case *hclsyntax.IndexExpr:
		return e.index(e.eval(x.Collection), e.eval(x.Key), span)
	case *hclsyntax.TupleConsExpr:
		return e.tuple(x, span)
	case *hclsyntax.ObjectConsExpr:
		return e.object(x, span)
	case *hclsyntax.FunctionCallExpr:
		return e.call(x, span)
	case *hclsyntax.ConditionalExpr:
		return e.conditional(x, span)
	case *hclsyntax.BinaryOpExpr:
		return e.binary(x, span)
	case *hclsyntax.UnaryOpExpr:
		return e.unary(x, span)
	case *hclsyntax.ForExpr:
		return e.loop(x, span)
	case *hclsyntax.SplatExpr:
		return e.splat(x, span)
	case *hclsyntax.AnonSymbolExpr:
		for s := e.scope; s != nil; s = s.outer {
			if s.anon == x {
				return s.item
			}
		}
	case *hclsyntax.ObjectConsKeyExpr:
		return e.eval(x.Wrapped)
	}
	return &val{span: span}
}

func (e env) literal(v cty.Value, span source.Span) *val {
	switch {
	case !v.IsKnown():
		return &val{span: span}
	case v.IsNull():
		return nullVal(span)
	case v.Type() == cty.String:
		return litVal(v.AsString(), span)
	}
	return &val{kind: prim, prim: v, span: span}
}

func (e env) template(x *hclsyntax.TemplateExpr, span source.Span) *val {
	// The range of a quoted template includes its quotes.
	quoted := strings.HasPrefix(span.Text(), `"`)
	var parts []value.Part
	var assumes []value.Ref
	size := 0
	bad := false
	for _, p := range x.Parts {
		if lit, ok := p.(*hclsyntax.LiteralValueExpr); ok && lit.Val.Type() == cty.String && lit.Val.IsKnown() {
			s := lit.Val.AsString()
			size += len(s)
			parts = append(parts, literal(s, e.span(lit.SrcRange), quoted))
			continue
		}
		v := e.eval(p)
		t := e.text(v, e.span(p.Range()))
		bad = bad || v.err || v.kind == null || v.kind == list || v.kind == object
		parts = append(parts, t.Parts()...)
		assumes = append(assumes, t.Assumes()...)
		size += weight(t)
		if size > maxText {
			e.ev.tooMuch(span)
			return &val{span: span}
		}
	}
	if e.ev.bytes += size; e.ev.bytes > maxTexts {
		e.ev.tooMuch(span)
		return &val{span: span}
	}
	v := textVal(value.Join(span, parts...).Assuming(assumes...))
	v.err = bad
	return v
}

// text returns a value as it appears in a template: always text, in which what
// is not known is a hole.
func (e env) text(v *val, span source.Span) value.Text {
	switch v.kind {
	case str:
		if v.enc != nil {
			return e.ev.render(v)
		}
		return v.text
	case prim:
		at := v.span
		if !at.IsValid() {
			at = span
		}
		return value.Lit(primString(v.prim), at).Assuming(v.assumes...)
	case unknown:
		if _, ok := v.ref(); ok {
			return v.text
		}
	}
	return e.ev.opaque(span, v).text
}

// weight is what a text takes.
func weight(t value.Text) int {
	n := 0
	for _, p := range t.Parts() {
		n += len(p.Lit) + partCost
	}
	return n
}

func (e env) templateJoin(x *hclsyntax.TemplateJoinExpr, span source.Span) *val {
	v := e.eval(x.Tuple)
	if v.kind != list || v.open {
		return e.ev.opaque(span, v)
	}
	return e.join(value.Join(span), v.items, span)
}

// join puts texts together with a separator.
func (e env) join(sep value.Text, items []*val, span source.Span) *val {
	var parts []value.Part
	var assumes []value.Ref
	size := 0
	for i, item := range items {
		if i > 0 {
			parts = append(parts, sep.Parts()...)
		}
		t := e.text(item, span)
		parts = append(parts, t.Parts()...)
		assumes = append(assumes, t.Assumes()...)
		size += weight(t)
		if size > maxText || !e.ev.step() {
			return &val{span: span}
		}
	}
	if e.ev.bytes += size; e.ev.bytes > maxTexts {
		return &val{span: span}
	}
	return textVal(value.Join(span, parts...).Assuming(assumes...))
}

func (e env) tuple(x *hclsyntax.TupleConsExpr, span source.Span) *val {
	out := listVal(span)
	for _, item := range x.Exprs {
		v := e.eval(item)
		out.err = out.err || v.err
		out.items = append(out.items, v)
	}
	return out
}

func (e env) object(x *hclsyntax.ObjectConsExpr, span source.Span) *val {
	out := objectVal(span)
	for _, item := range x.Items {
		key := e.key(item.KeyExpr)
		v := e.eval(item.ValueExpr)
		if key.err || key.kind != str && key.kind != prim && key.kind != unknown {
			out.open, out.err = true, true
			continue
		}
		t := e.text(key, e.span(item.KeyExpr.Range()))
		out.attrs[t.String()] = attr{key: t, span: e.span(item.KeyExpr.Range()), v: v}
		out.err = out.err || v.err
	}
	return out
}

// key returns the name of an object's member, which may be written without quotes.
func (e env) key(x hclsyntax.Expression) *val {
	if k, ok := x.(*hclsyntax.ObjectConsKeyExpr); ok && !k.ForceNonLiteral {
		if name := hcl.ExprAsKeyword(k.Wrapped); name != "" {
			return litVal(name, e.span(k.Range()))
		}
	}
	return e.eval(x)
}
