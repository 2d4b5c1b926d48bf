package terraform

import (
	"maps"
	"slices"

	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/convert"

	"github.com/apigwlint/apigwlint/source"
	"github.com/apigwlint/apigwlint/tri"
	"github.com/apigwlint/apigwlint/value"
)

// A kind is the shape of a value.
type kind int8

// The shapes. The zero value is a value of which nothing is known.
const (
	unknown kind = iota
	null
	str
	prim   // a number or boolean
	list   // a list, tuple or set
	object // an object or map
)

// A val is the value of an expression as far as the files decide it. Unlike a
// cty.Value it keeps where it was written, what its unknown parts refer to and
// on which defaults it rests. Values are shared and never changed once made.
type val struct {
	kind kind
	span source.Span

	// text is the content of a str. Of an unknown it is a single hole.
	text value.Text
	// enc is what a str encodes: the argument of jsonencode or yamlencode. Its
	// text is rendered only when somebody asks for it.
	enc  *val
	yaml bool

	prim cty.Value

	items []*val // of a list
	set   bool   // a set: without order and repetitions

	attrs map[string]attr // of an object
	// lookup and names find the attributes of a resource or module on demand.
	lookup func(string) *val
	names  func() []string

	// open says that a list or object may have more members than are seen.
	open bool
	// some is what each member is like of a collection of unknown size.
	some *val

	// deps are the root module's variables without value that an unknown rests on.
	deps []string
	// assumes are the variables on whose defaults a prim rests; a str keeps
	// them in its text.
	assumes []value.Ref
	// err says that evaluation fails here, which try and can ask for.
	err bool
}

// An attr is a member of an object.
type attr struct {
	key  value.Text
	span source.Span // of the key
	v    *val
}

func textVal(t value.Text) *val {
	if _, hole := t.Only(); hole {
		return &val{text: t, span: t.Span()}
	}
	return &val{kind: str, text: t, span: t.Span()}
}

func litVal(s string, span source.Span) *val { return textVal(value.Lit(s, span)) }

func refVal(ref value.Ref, span source.Span) *val { return textVal(value.Hole(ref, span)) }

func numVal(n int64, span source.Span) *val {
	return &val{kind: prim, prim: cty.NumberIntVal(n), span: span}
}

func boolVal(b bool, span source.Span) *val {
	return &val{kind: prim, prim: cty.BoolVal(b), span: span}
}

func nullVal(span source.Span) *val { return &val{kind: null, span: span} }

func listVal(span source.Span, items ...*val) *val {
	return &val{kind: list, items: items, span: span}
}

func objectVal(span source.Span, attrs ...attr) *val {
	v := &val{kind: object, span: span, attrs: make(map[string]attr, len(attrs))}
	for _, a := range attrs {
		v.attrs[a.key.String()] = a
	}
	return v
}

// named returns an attribute of a made-up object.
func named(key string, v *val) attr { return attr{key: value.Lit(key, v.span), span: v.span, v: v} }

// at returns the value as one that is written at span.
func (v *val) at(span source.Span) *val {
	c := *v
	c.span = span
	return &c
}

// keys lists the names of an object's members in Terraform's order.
func (v *val) keys() []string {
	if v.names != nil {
		return v.names()
	}
	return slices.Sorted(maps.Keys(v.attrs))
}

// member returns the member of an object, nil when it has none of that name.
func (v *val) member(key string) *val {
	if v.lookup != nil {
		return v.lookup(key)
	}
	if a, ok := v.attrs[key]; ok {
		return a.v
	}
	return nil
}

func (v *val) attr(key string) attr {
	if v.lookup != nil {
		m := v.lookup(key)
		if m == nil {
			m = &val{span: v.span}
		}
		return attr{key: value.Lit(key, m.span), span: m.span, v: m}
	}
	return v.attrs[key]
}

// plain returns an object whose attributes are all evaluated.
func (v *val) plain() *val {
	if v.lookup == nil {
		return v
	}
	out := &val{kind: object, span: v.span, attrs: map[string]attr{}, open: true}
	for _, k := range v.keys() {
		out.attrs[k] = v.attr(k)
	}
	return out
}

// ref returns what an unknown refers to.
func (v *val) ref() (value.Ref, bool) {
	if v.kind != unknown {
		return value.Ref{}, false
	}
	return v.text.Only()
}

// known returns the string of a str without holes, or of a prim.
func (v *val) known() (string, bool) {
	switch v.kind {
	case str:
		return v.text.Get()
	case prim:
		return primString(v.prim), true
	}
	return "", false
}

// primString returns a number or boolean as Terraform writes it.
func primString(p cty.Value) string {
	s, err := convert.Convert(p, cty.String)
	if err != nil || s.IsNull() || !s.IsKnown() {
		return ""
	}
	return s.AsString()
}

// truth returns a value as a condition.
func (v *val) truth() tri.Bool {
	switch v.kind {
	case prim:
		if v.prim.Type() == cty.Bool {
			return tri.Of(v.prim.True())
		}
	case str:
		switch s, _ := v.text.Get(); s {
		case "true", "1":
			return tri.Yes
		case "false", "0":
			return tri.No
		}
	}
	return tri.Maybe
}

// integer returns a value as a whole number.
func (v *val) integer() (int, bool) {
	n := v.number()
	if n == cty.NilVal {
		return 0, false
	}
	f := n.AsBigFloat()
	if !f.IsInt() {
		return 0, false
	}
	i, acc := f.Int64()
	return int(i), acc == 0
}

// number returns a value as a number, or cty.NilVal.
func (v *val) number() cty.Value {
	switch v.kind {
	case prim:
		if v.prim.Type() == cty.Number {
			return v.prim
		}
	case str:
		if s, ok := v.text.Get(); ok {
			if n, err := cty.ParseNumberVal(s); err == nil {
				return n
			}
		}
	}
	return cty.NilVal
}

// wholly reports whether a value and all in it is known, looking at no more
// than budget values.
func (v *val) wholly(budget *int) bool {
	*budget--
	if *budget < 0 {
		return false
	}
	switch v.kind {
	case unknown:
		return false
	case str:
		if v.enc != nil {
			return v.enc.wholly(budget)
		}
		_, ok := v.text.Get()
		return ok
	case list:
		if v.open {
			return false
		}
		for _, x := range v.items {
			if !x.wholly(budget) {
				return false
			}
		}
	case object:
		if v.open || v.lookup != nil {
			return false
		}
		for _, a := range v.attrs {
			if _, ok := a.key.Get(); !ok || !a.v.wholly(budget) {
				return false
			}
		}
	}
	return true
}

// assumptions lists the variables on whose defaults a value itself rests.
func (v *val) assumptions() []value.Ref {
	if v.kind == str || v.kind == unknown {
		return v.text.Assumes()
	}
	return v.assumes
}

// assuming returns a value that also rests on the defaults of refs.
func (v *val) assuming(refs ...value.Ref) *val {
	if len(refs) == 0 {
		return v
	}
	c := *v
	switch v.kind {
	case str:
		c.text = v.text.Assuming(refs...)
	case prim, list, object, null:
		for _, r := range refs {
			if !slices.Contains(c.assumes, r) {
				c.assumes = append(slices.Clip(c.assumes), r)
			}
		}
	}
	return &c
}

// failed returns an unknown value that is an error for try and can.
func failed(span source.Span) *val { return &val{span: span, err: true} }

// equal reports whether two values are the same.
func equal(a, b *val, budget *int) tri.Bool {
	*budget--
	if *budget < 0 {
		return tri.Maybe
	}
	if a.kind == unknown || b.kind == unknown {
		return equalUnknown(a, b)
	}
	if a.kind != b.kind {
		return tri.No
	}
	switch a.kind {
	case null:
		return tri.Yes
	case str:
		if a.enc != nil || b.enc != nil {
			if a.enc != nil && b.enc != nil && a.yaml == b.yaml {
				return equal(a.enc, b.enc, budget)
			}
			return tri.Maybe
		}
		return a.text.Equal(b.text)
	case prim:
		if !a.prim.Type().Equals(b.prim.Type()) {
			return tri.No
		}
		return tri.Of(a.prim.RawEquals(b.prim))
	case list:
		if a.open || b.open {
			return tri.Maybe
		}
		if len(a.items) != len(b.items) {
			return tri.No
		}
		r := tri.Yes
		for i := range a.items {
			r = tri.And(r, equal(a.items[i], b.items[i], budget))
		}
		return r
	}
	return equalObjects(a, b, budget)
}

func equalObjects(a, b *val, budget *int) tri.Bool {
	if a.open || b.open || a.lookup != nil || b.lookup != nil {
		return tri.Maybe
	}
	if !slices.Equal(a.keys(), b.keys()) {
		return tri.No
	}
	r := tri.Yes
	for k, x := range a.attrs {
		r = tri.And(r, equal(x.v, b.attrs[k].v, budget))
	}
	return r
}

// equalUnknown compares what is not known. An attribute that the provider
// sets is neither null nor empty.
func equalUnknown(a, b *val) tri.Bool {
	if a.kind != unknown {
		a, b = b, a
	}
	ref, ok := a.ref()
	if !ok {
		return tri.Maybe
	}
	if ref.Kind == value.Resource || ref.Kind == value.Pseudo {
		if s, isText := b.known(); b.kind == null || isText && b.kind == str && s == "" {
			if computed(ref) {
				return tri.No
			}
		}
	}
	if other, isRef := b.ref(); isRef && other == ref {
		return tri.Yes
	}
	return tri.Maybe
}

// computed reports whether an attribute always has a value once the resource exists.
func computed(ref value.Ref) bool {
	switch ref.Attr {
	case "id", "arn", "invoke_arn", "execution_arn", "root_resource_id", "qualified_arn", "version", "dns_name":
		return true
	}
	return ref.Kind == value.Pseudo
}

// definite reports whether it is known what a value itself is.
func (v *val) definite() bool {
	if v.kind == str && v.enc == nil {
		_, ok := v.text.Get()
		return ok
	}
	return v.kind != unknown
}
