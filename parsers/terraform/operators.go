package terraform

import (
	"slices"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"

	"github.com/apigwlint/apigwlint/source"
	"github.com/apigwlint/apigwlint/tri"
	"github.com/apigwlint/apigwlint/value"
)

func (e env) conditional(x *hclsyntax.ConditionalExpr, span source.Span) *val {
	cond, yes, no := e.eval(x.Condition), e.eval(x.TrueResult), e.eval(x.FalseResult)
	var out, other *val
	switch cond.truth() {
	case tri.Yes:
		out, other = yes, no
	case tri.No:
		out, other = no, yes
	default:
		if cond.err || e.equal(yes, no) != tri.Yes {
			return e.ev.opaque(span, cond, yes, no)
		}
		return yes
	}
	// Both results have one type: a number beside a string is a string.
	if out.kind == prim && (other.kind == str || other.kind == prim && !other.prim.Type().Equals(out.prim.Type())) {
		out = litVal(primString(out.prim), out.span).assuming(out.assumes...)
	}
	return out.assuming(cond.assumptions()...)
}

func (e env) equal(a, b *val) tri.Bool { return equal(a, b, &e.ev.budget) }

// triVal returns the value of a comparison.
func (e env) triVal(b tri.Bool, span source.Span, of ...*val) *val {
	if b == tri.Maybe {
		return e.ev.opaque(span, of...)
	}
	v := boolVal(b == tri.Yes, span)
	for _, o := range of {
		v = v.assuming(o.assumptions()...)
	}
	return v
}

func (e env) binary(x *hclsyntax.BinaryOpExpr, span source.Span) *val {
	a, b := e.eval(x.LHS), e.eval(x.RHS)
	switch x.Op {
	case hclsyntax.OpLogicalOr:
		return e.triVal(tri.Or(a.truth(), b.truth()), span, a, b)
	case hclsyntax.OpLogicalAnd:
		return e.triVal(tri.And(a.truth(), b.truth()), span, a, b)
	case hclsyntax.OpEqual, hclsyntax.OpNotEqual:
		eq := e.equal(a, b)
		if x.Op == hclsyntax.OpNotEqual {
			eq = eq.Not()
		}
		return e.triVal(eq, span, a, b)
	}
	m, n := a.number(), b.number()
	if m == cty.NilVal || n == cty.NilVal {
		return e.ev.opaque(span, a, b).failing(a.definite() && b.definite())
	}
	return e.operate(x.Op, span, []*val{a, b}, m, n)
}

func (e env) operate(op *hclsyntax.Operation, span source.Span, of []*val, args ...cty.Value) *val {
	r, err := op.Impl.Call(args)
	if err != nil || !r.IsKnown() || r.IsNull() {
		return failed(span)
	}
	v := &val{kind: prim, prim: r, span: span}
	for _, o := range of {
		v = v.assuming(o.assumptions()...)
	}
	return v
}

// failing marks a fresh unknown as an error.
func (v *val) failing(bad bool) *val {
	v.err = v.err || bad
	return v
}

func (e env) unary(x *hclsyntax.UnaryOpExpr, span source.Span) *val {
	a := e.eval(x.Val)
	if x.Op == hclsyntax.OpLogicalNot {
		return e.triVal(a.truth().Not(), span, a)
	}
	n := a.number()
	if n == cty.NilVal {
		return e.ev.opaque(span, a)
	}
	return e.operate(x.Op, span, []*val{a}, n)
}

// steps follows attributes and indexes into a value.
func (e env) steps(v *val, t hcl.Traversal, span source.Span) *val {
	for _, s := range t {
		switch s := s.(type) {
		case hcl.TraverseAttr:
			v = e.attribute(v, s.Name, span)
		case hcl.TraverseIndex:
			v = e.index(v, e.literal(s.Key, span), span)
		default:
			return e.ev.opaque(span, v)
		}
	}
	return v
}

func (e env) attribute(v *val, name string, span source.Span) *val {
	switch v.kind {
	case unknown:
		if v.err || v.some != nil {
			return failed(span)
		}
		if ref, ok := v.ref(); ok {
			return refVal(extend(ref, name), span).depending(v)
		}
		return e.ev.opaque(span, v)
	case object:
		if m := v.member(name); m != nil {
			if v.lookup == nil {
				m = m.assuming(v.assumes...)
			}
			return m
		}
		if v.open {
			return e.ev.opaque(span, v)
		}
	}
	return failed(span)
}

// extend returns the reference to an attribute of what ref stands for.
func extend(ref value.Ref, name string) value.Ref {
	if ref.Attr != "" {
		name = ref.Attr + "." + name
	}
	ref.Attr, ref.Segment = name, false
	return ref
}

func (e env) index(v, key *val, span source.Span) *val {
	switch {
	case v.err || key.err:
		return failed(span)
	case v.some != nil:
		// A collection of unknown size is thought of as having one member, at
		// index 0 or under a key that is not known either.
		if i, ok := key.integer(); ok && i == 0 || key.kind == unknown {
			return v.some
		}
		return e.extended(v, key, span)
	case v.kind == unknown:
		return e.extended(v, key, span)
	}
	if v.kind == list && !v.set {
		i, ok := key.integer()
		switch {
		case !ok:
			return e.anyOf(v, v.items, key, span)
		case i >= 0 && i < len(v.items):
			return v.items[i].assuming(v.assumes...)
		case i < 0 || !v.open:
			return failed(span)
		}
		return e.ev.opaque(span, v)
	}
	if v.kind != object {
		return failed(span)
	}
	if key.kind == unknown || key.kind == str || key.kind == prim {
		k := e.text(key, span)
		if m := v.member(k.String()); m != nil {
			return m.assuming(v.assumes...)
		}
		if _, known := k.Get(); known && !v.open {
			return failed(span)
		}
	}
	var all []*val
	if v.lookup == nil {
		for _, a := range v.attrs {
			all = append(all, a.v)
		}
	}
	return e.anyOf(v, all, key, span)
}

func (e env) extended(v, key *val, span source.Span) *val {
	ref, ok := v.ref()
	if !ok {
		return e.ev.opaque(span, v, key)
	}
	k := e.text(key, span).String()
	if key.kind == str {
		k = `"` + k + `"`
	}
	if ref.Attr == "" {
		ref.Name += "[" + k + "]"
	} else {
		ref.Attr += "[" + k + "]"
	}
	return refVal(ref, span).depending(v, key)
}

// anyOf returns the member under a key that is not known: what all are, if
// they are all the same.
func (e env) anyOf(v *val, members []*val, key *val, span source.Span) *val {
	if v.open || len(members) == 0 || slices.ContainsFunc(members, func(m *val) bool { return e.equal(m, members[0]) != tri.Yes }) {
		return e.ev.opaque(span, v, key)
	}
	return members[0]
}

// An element is a member of a collection with its key or index.
type element struct{ key, v *val }

// elements lists the members of a collection in Terraform's order. all is
// false when there may be more; ok when it is known what it is at all.
func (e env) elements(v *val, span source.Span) (members []element, all, ok bool) {
	switch v.kind {
	case list:
		for i, item := range v.items {
			key := numVal(int64(i), item.span)
			if v.set {
				key = item
			}
			members = append(members, element{key, item})
		}
		return members, !v.open, true
	case object:
		for _, k := range v.keys() {
			a := v.attr(k)
			members = append(members, element{textVal(a.key), a.v})
		}
		return members, !v.open, true
	}
	if v.some != nil {
		return []element{{e.ev.named("each.key", span, v), v.some}}, false, true
	}
	return nil, false, false
}

func (e env) loop(x *hclsyntax.ForExpr, span source.Span) *val {
	coll := e.eval(x.CollExpr)
	members, all, ok := e.elements(coll, span)
	if !ok {
		return e.ev.opaque(span, coll).failing(coll.kind != unknown)
	}
	out := &val{kind: list, span: span, open: !all, err: coll.err, assumes: coll.assumes}
	if x.KeyExpr != nil {
		out.kind, out.attrs = object, map[string]attr{}
	}
	for _, m := range members {
		if !e.ev.step() {
			return &val{span: span}
		}
		in := e.with(map[string]*val{x.KeyVar: m.key, x.ValVar: m.v})
		if x.CondExpr != nil {
			cond := in.eval(x.CondExpr)
			if cond.truth() == tri.No {
				continue
			}
			if cond.truth() == tri.Maybe {
				out.open = true
				out.depending(cond)
			}
		}
		in.member(x, out)
	}
	if coll.assumes != nil {
		out = assumeAll(out, coll.assumes, &e.ev.budget)
	}
	return out
}

// member adds what a for expression makes of one member.
func (e env) member(x *hclsyntax.ForExpr, out *val) {
	v := e.eval(x.ValExpr)
	out.err = out.err || v.err
	if x.KeyExpr == nil {
		out.items = append(out.items, v)
		return
	}
	key := e.eval(x.KeyExpr)
	if key.kind != str && key.kind != prim && key.kind != unknown {
		out.open, out.err = true, true
		return
	}
	t := e.text(key, e.span(x.KeyExpr.Range()))
	a := attr{key: t, span: t.Span(), v: v}
	if x.Group {
		group := listVal(v.span)
		if have, ok := out.attrs[t.String()]; ok {
			group.items = have.v.items
		}
		group.items = append(slices.Clip(group.items), v)
		a.v = group
	}
	out.attrs[t.String()] = a
}

func (e env) splat(x *hclsyntax.SplatExpr, span source.Span) *val {
	src := e.eval(x.Source)
	each := func(v *val) *val {
		in := e
		in.scope = &scope{outer: e.scope, anon: x.Item, item: v}
		return in.eval(x.Each)
	}
	switch {
	case src.kind == null:
		return listVal(span)
	case src.some != nil:
		out := listVal(span, each(src.some)).depending(src)
		out.open = true
		return out
	case src.kind == unknown:
		return e.ev.opaque(span, src)
	case src.kind == list:
		out := listVal(span)
		out.open, out.assumes = src.open, src.assumes
		for _, item := range src.items {
			if !e.ev.step() {
				return &val{span: span}
			}
			v := each(item)
			out.err = out.err || v.err
			out.items = append(out.items, v)
		}
		return out
	}
	v := each(src)
	return listVal(span, v).failing(v.err)
}

// assumeAll returns a value of which all parts rest on the defaults of refs.
func assumeAll(v *val, refs []value.Ref, budget *int) *val {
	*budget--
	if *budget < 0 || v.lookup != nil {
		return v
	}
	c := *v
	switch v.kind {
	case str:
		if v.enc != nil {
			c.enc = assumeAll(v.enc, refs, budget)
			return &c
		}
	case list:
		c.items = make([]*val, len(v.items))
		for i, item := range v.items {
			c.items[i] = assumeAll(item, refs, budget)
		}
	case object:
		c.attrs = make(map[string]attr, len(v.attrs))
		for k, a := range v.attrs {
			a.v = assumeAll(a.v, refs, budget)
			c.attrs[k] = a
		}
	}
	return c.assuming(refs...)
}
