package terraform

import (
	"crypto/sha1"
	"fmt"
	"strings"

	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/convert"
	"github.com/zclconf/go-cty/cty/function"

	"github.com/apigwlint/apigwlint/source"
	"github.com/apigwlint/apigwlint/value"
)

// A funcCall is a call of a function with its arguments evaluated.
type funcCall struct {
	env
	name string
	args []*val
	span source.Span
}

// call evaluates the call of a function. A function that is not known, or
// cannot be evaluated, gives an unknown.
func (e env) call(x *hclsyntax.FunctionCallExpr, span source.Span) *val {
	c := &funcCall{env: e, name: strings.TrimPrefix(x.Name, "core::"), span: span}
	for i, a := range x.Args {
		v := e.eval(a)
		if x.ExpandFinal && i == len(x.Args)-1 {
			if v.kind != list || v.open {
				return c.unknown(append(c.args, v)...)
			}
			for _, item := range v.items {
				c.args = append(c.args, item.assuming(v.assumes...))
			}
			break
		}
		c.args = append(c.args, v)
	}
	switch c.name {
	case "try":
		return c.try()
	case "can":
		return c.can()
	}
	for _, a := range c.args {
		if a.err && a.kind == unknown {
			return c.unknown().failing(true)
		}
	}
	out := c.native()
	if out == nil {
		out = c.generic()
	}
	if out == nil {
		out = c.unknown()
	}
	for _, a := range c.args {
		out = out.assuming(a.assumptions()...)
		if a.err && out.kind != unknown {
			out = out.at(out.span).failing(true)
		}
	}
	return out
}

// unknown returns the result of a call that is not known: the same for the
// same arguments, so that what is derived from one thing stays recognisable.
func (c *funcCall) unknown(of ...*val) *val {
	if of == nil {
		of = c.args
	}
	if impure[c.name] {
		return c.ev.opaque(c.span, of...)
	}
	var args []string
	for _, a := range of {
		switch a.kind {
		case str, prim, unknown:
			if _, isRef := a.ref(); a.kind == unknown && !isRef {
				return c.ev.opaque(c.span, of...)
			}
			args = append(args, c.text(a, c.span).String())
		default:
			return c.ev.opaque(c.span, of...)
		}
	}
	name := c.name + "(" + strings.Join(args, ", ") + ")"
	if len(name) > 100 {
		name = fmt.Sprintf("%s(%x)", c.name, sha1.Sum([]byte(name)))
	}
	return refVal(value.Ref{Kind: value.Other, Name: name}, c.span).depending(of...)
}

func (c *funcCall) arg(i int) *val {
	if i < len(c.args) {
		return c.args[i]
	}
	return nullVal(c.span)
}

// generic calls a function that knows nothing of holes: all arguments must be known.
func (c *funcCall) generic() *val {
	f, ok := library[c.name]
	if !ok {
		return nil
	}
	args := make([]cty.Value, len(c.args))
	size := 0
	for i, a := range c.args {
		if !c.whole(a) {
			return nil
		}
		args[i] = c.cty(a)
		if s, ok := a.known(); ok {
			size += len(s)
		}
	}
	if c.ev.bytes += size; c.ev.bytes > maxTexts || tooMuch(c.name, args) {
		c.ev.tooMuch(c.span)
		return nil
	}
	out, err := callLibrary(f, args)
	if err != nil {
		return failed(c.span)
	}
	return c.fromCty(out, c.span)
}

// callLibrary calls a function with its arguments converted to what it takes.
func callLibrary(f function.Function, args []cty.Value) (out cty.Value, err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("%v", r)
		}
	}()
	params, rest := f.Params(), f.VarParam()
	for i := range args {
		var p *function.Parameter
		switch {
		case i < len(params):
			p = &params[i]
		case rest != nil:
			p = rest
		default:
			return cty.NilVal, fmt.Errorf("too many arguments")
		}
		if args[i], err = convert.Convert(args[i], p.Type); err != nil {
			return cty.NilVal, err
		}
	}
	return f.Call(args)
}

// tooMuch reports whether a call would make something huge out of little.
func tooMuch(name string, args []cty.Value) bool {
	length := func(v cty.Value) int {
		if v.CanIterateElements() {
			return v.LengthInt()
		}
		return 0
	}
	switch name {
	case "setproduct":
		n := 1
		for _, a := range args {
			if n *= max(1, length(a)); n > 100_000 {
				return true
			}
		}
	case "format", "formatlist":
		digits := 0
		for _, r := range args[0].GoString() {
			if r < '0' || r > '9' {
				digits = 0
			} else if digits++; digits > 4 {
				return true
			}
		}
	case "indent", "chunklist":
		for _, a := range args {
			if a.Type() == cty.Number && a.LessThan(cty.NumberIntVal(10_000)).False() {
				return true
			}
		}
	case "replace":
		if len(args) == 3 {
			all := 1
			for _, a := range []cty.Value{args[0], args[2]} {
				if a.Type() == cty.String {
					all *= max(1, len(a.AsString()))
				}
			}
			return all > maxText
		}
	case "range", "bcrypt", "rsadecrypt":
		return name != "range"
	}
	return false
}

// cty returns a wholly known value for the library.
func (e env) cty(v *val) cty.Value {
	switch v.kind {
	case null:
		return cty.NullVal(cty.DynamicPseudoType)
	case str:
		s, _ := e.text(v, v.span).Get()
		return cty.StringVal(s)
	case prim:
		return v.prim
	case list:
		items := make([]cty.Value, len(v.items))
		for i, item := range v.items {
			items[i] = e.cty(item)
		}
		if v.set && len(items) > 0 {
			if s, err := convert.Convert(cty.TupleVal(items), cty.Set(cty.DynamicPseudoType)); err == nil {
				return s
			}
		}
		return cty.TupleVal(items)
	case object:
		attrs := make(map[string]cty.Value, len(v.attrs))
		for k, a := range v.attrs {
			attrs[k] = e.cty(a.v)
		}
		return cty.ObjectVal(attrs)
	}
	return cty.DynamicVal
}

// fromCty returns what the library gives.
func (e env) fromCty(v cty.Value, span source.Span) *val {
	v, _ = v.Unmark()
	if !e.ev.step() || !v.IsKnown() {
		return &val{span: span}
	}
	t := v.Type()
	switch {
	case v.IsNull():
		return nullVal(span)
	case t == cty.String:
		return litVal(v.AsString(), span)
	case t == cty.Number, t == cty.Bool:
		return &val{kind: prim, prim: v, span: span}
	case t.IsListType() || t.IsTupleType() || t.IsSetType():
		out := listVal(span)
		out.set = t.IsSetType()
		for it := v.ElementIterator(); it.Next(); {
			_, item := it.Element()
			out.items = append(out.items, e.fromCty(item, span))
		}
		return out
	case t.IsMapType() || t.IsObjectType():
		out := objectVal(span)
		for it := v.ElementIterator(); it.Next(); {
			k, item := it.Element()
			key := k.AsString()
			out.attrs[key] = attr{key: value.Lit(key, span), span: span, v: e.fromCty(item, span)}
		}
		return out
	}
	return &val{span: span}
}
