package terraform

import (
	"github.com/hashicorp/hcl/v2/ext/typeexpr"
	"github.com/zclconf/go-cty/cty"

	"github.com/apigwlint/apigwlint/value"
)

// conform converts a value to the type of the variable that it is given for,
// with the defaults of optional attributes.
// https://developer.hashicorp.com/terraform/language/expressions/type-constraints
func (ev *evaluator) conform(v *val, t cty.Type, defaults *typeexpr.Defaults) *val {
	if !ev.step() || t == cty.DynamicPseudoType || v.kind == null {
		return v
	}
	switch {
	case t == cty.String:
		if v.kind == prim {
			return litVal(primString(v.prim), v.span).assuming(v.assumes...)
		}
	case t == cty.Number:
		if n := v.number(); v.kind == str && n != cty.NilVal {
			return &val{kind: prim, prim: n, span: v.span, assumes: v.text.Assumes()}
		}
	case t == cty.Bool:
		if s, _ := v.known(); v.kind == str && (s == "true" || s == "false") {
			return boolVal(s == "true", v.span).assuming(v.text.Assumes()...)
		}
	case t.IsListType() || t.IsSetType():
		return ev.conformList(v, t, child(defaults, ""))
	case t.IsMapType():
		if v.kind == object {
			out := v.plain()
			c := *out
			c.attrs = make(map[string]attr, len(out.attrs))
			for k, a := range out.attrs {
				a.v = ev.conform(a.v, t.ElementType(), child(defaults, ""))
				c.attrs[k] = a
			}
			return &c
		}
	case t.IsObjectType():
		return ev.conformObject(v, t, defaults)
	case t.IsTupleType():
		if v.kind == list {
			c := *v
			c.items = nil
			for i, item := range v.items {
				if i < t.Length() {
					item = ev.conform(item, t.TupleElementType(i), nil)
				}
				c.items = append(c.items, item)
			}
			return &c
		}
	}
	return v
}

func child(d *typeexpr.Defaults, name string) *typeexpr.Defaults {
	if d == nil {
		return nil
	}
	return d.Children[name]
}

func (ev *evaluator) conformList(v *val, t cty.Type, defaults *typeexpr.Defaults) *val {
	if v.kind != list {
		return v
	}
	c := *v
	c.items = make([]*val, len(v.items))
	for i, item := range v.items {
		c.items[i] = ev.conform(item, t.ElementType(), defaults)
	}
	c.set = false
	if t.IsSetType() {
		call := funcCall{env: env{ev: ev}, name: "toset", args: []*val{&c}, span: v.span}
		return call.distinct()
	}
	return &c
}

func (ev *evaluator) conformObject(v *val, t cty.Type, defaults *typeexpr.Defaults) *val {
	if v.kind != object {
		return v
	}
	from := v.plain()
	c := *from
	c.attrs = map[string]attr{}
	c.open = from.open && v.lookup == nil
	for name, want := range t.AttributeTypes() {
		a, ok := from.attrs[name]
		if v.lookup != nil {
			a, ok = v.attr(name), true
		}
		if !ok && from.open {
			continue
		}
		if !ok {
			a = attr{key: value.Lit(name, v.span), span: v.span, v: nullVal(v.span)}
		}
		if defaults != nil && a.v.kind == null {
			if d, has := defaults.DefaultValues[name]; has {
				a.v = env{ev: ev}.fromCty(d, v.span)
			}
		}
		a.v = ev.conform(a.v, want, child(defaults, name))
		c.attrs[name] = a
	}
	return &c
}
