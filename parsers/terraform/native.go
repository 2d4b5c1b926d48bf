package terraform

import (
	"slices"
	"sort"

	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/function/stdlib"

	"github.com/apigwlint/apigwlint/tri"
	"github.com/apigwlint/apigwlint/value"
)

// native evaluates the functions that work on values of which a part is not
// known, or whose results keep the places of their arguments. It returns nil
// when nothing can be said.
func (c *funcCall) native() *val {
	switch c.name {
	case "merge":
		return c.merge()
	case "concat":
		return c.concat()
	case "flatten":
		out := listVal(c.span)
		c.flatten(c.arg(0), out)
		return out
	case "lookup":
		return c.lookup()
	case "element":
		return c.element()
	case "keys", "values":
		return c.keysOrValues()
	case "zipmap":
		return c.zipmap()
	case "coalesce":
		return c.coalesce()
	case "coalescelist":
		for _, a := range c.args {
			if a.kind != list || a.open {
				return nil
			}
			if len(a.items) > 0 {
				return a
			}
		}
	case "compact":
		return c.compact()
	case "distinct", "toset":
		return c.distinct()
	case "tolist":
		if a := c.arg(0); a.kind == list {
			b := *a
			b.set, b.items = false, unified(a.items)
			return &b
		}
		return c.some()
	case "tomap":
		return c.tomap()
	case "sensitive", "nonsensitive", "ephemeralasnull":
		return c.arg(0)
	case "list":
		return listVal(c.span, c.args...)
	case "map":
		return c.oldMap()
	case "tostring":
		if a := c.arg(0); a.kind == str || a.kind == null || a.kind == unknown {
			return a
		} else if a.kind == prim {
			return textVal(c.text(a, c.span))
		}
		return failed(c.span)
	case "one":
		return c.one()
	case "slice":
		return c.slice()
	case "reverse":
		if a := c.arg(0); a.kind == list && !a.open {
			out := listVal(a.span, slices.Clone(a.items)...)
			slices.Reverse(out.items)
			return out
		}
	case "matchkeys":
		return c.matchkeys()
	case "length":
		return c.length()
	case "contains":
		return c.contains()
	case "index":
		return c.indexOf()
	case "alltrue", "anytrue":
		return c.truths()
	}
	return c.nativeText()
}

// try returns the first argument that can be evaluated.
func (c *funcCall) try() *val {
	for _, a := range c.args {
		if !a.err {
			return a
		}
	}
	return failed(c.span)
}

func (c *funcCall) can() *val {
	a := c.arg(0)
	switch {
	case a.err:
		return boolVal(false, c.span)
	case c.whole(a):
		return boolVal(true, c.span)
	}
	return c.ev.opaque(c.span, a)
}

func (c *funcCall) whole(a *val) bool {
	budget := min(maxValue, c.ev.budget)
	defer func(before int) { c.ev.budget -= before - budget }(budget)
	return a.wholly(&budget)
}

func (c *funcCall) merge() *val {
	out := objectVal(c.span)
	for _, a := range c.args {
		a = a.plain()
		switch a.kind {
		case null:
			continue
		case object:
		default:
			// What is merged over the rest may replace any of it.
			return c.ev.opaque(c.span, c.args...)
		}
		out.open = out.open || a.open
		for k, m := range a.attrs {
			m.v = m.v.assuming(a.assumes...)
			out.attrs[k] = m
		}
		if len(out.attrs) > 0 && !c.ev.step() {
			return nil
		}
	}
	return out
}

func (c *funcCall) concat() *val {
	out := listVal(c.span)
	for _, a := range c.args {
		if a.kind != list || out.open {
			return nil
		}
		out.open = a.open
		for _, item := range a.items {
			if !c.ev.step() {
				return nil
			}
			out.items = append(out.items, item.assuming(a.assumes...))
		}
	}
	return out
}

func (c *funcCall) flatten(v, out *val) {
	if !c.ev.step() {
		out.open = true
		return
	}
	switch {
	case v.kind == list:
		out.open = out.open || v.open
		for _, item := range v.items {
			if item.kind == list {
				c.flatten(item, out)
				continue
			}
			// An unknown may turn out to be a list; a reference to one value is none.
			if _, isRef := item.ref(); item.kind == unknown && !isRef {
				out.open = true
				continue
			}
			out.items = append(out.items, item)
		}
	case v.kind == unknown:
		out.open = true
		out.depending(v)
	default:
		out.err = true
	}
}

func (c *funcCall) lookup() *val {
	m, key := c.arg(0), c.arg(1)
	if m.kind != object || len(c.args) < 2 {
		return nil
	}
	k := c.text(key, c.span)
	if v := m.member(k.String()); v != nil && (key.kind != unknown || m.lookup == nil) {
		if v.kind == null && len(c.args) > 2 && m.lookup != nil {
			return c.args[2]
		}
		return v.assuming(m.assumes...)
	}
	if _, known := k.Get(); !known || m.open {
		return nil
	}
	if len(c.args) > 2 {
		return c.args[2]
	}
	return failed(c.span)
}

func (c *funcCall) element() *val {
	l := c.arg(0)
	if l.some != nil {
		return l.some
	}
	i, ok := c.arg(1).integer()
	if l.kind != list || !ok || len(l.items) == 0 || l.open && i >= len(l.items) {
		if l.kind == list && !l.open && len(l.items) > 0 {
			return c.anyOf(l, l.items, c.arg(1), c.span)
		}
		return nil
	}
	n := len(l.items)
	return l.items[(i%n+n)%n].assuming(l.assumes...)
}

func (c *funcCall) keysOrValues() *val {
	m := c.arg(0)
	members, all, ok := c.elements(m, c.span)
	if m.kind != object && m.some == nil || !ok {
		return nil
	}
	out := listVal(c.span)
	out.open = !all
	for _, e := range members {
		if c.name == "keys" {
			out.items = append(out.items, e.key)
		} else {
			out.items = append(out.items, e.v)
		}
	}
	return out
}

func (c *funcCall) zipmap() *val {
	keys, values := c.arg(0), c.arg(1)
	if keys.kind != list || values.kind != list || len(keys.items) != len(values.items) {
		return nil
	}
	out := objectVal(c.span)
	out.open = keys.open || values.open
	for i, k := range keys.items {
		t := c.text(k, c.span)
		out.attrs[t.String()] = attr{key: t, span: k.span, v: values.items[i]}
	}
	return out
}

// coalesce returns the first argument that is neither null nor empty.
func (c *funcCall) coalesce() *val {
	var skipped []value.Ref
	for _, a := range c.args {
		switch {
		case a.kind == null:
		case a.kind == str && a.enc == nil && a.text.Is("") == tri.Yes:
		case a.kind == str && a.enc == nil && a.text.Is("") == tri.Maybe:
			return nil
		case a.kind == unknown:
			if c.equal(a, nullVal(c.span)) != tri.No {
				return nil
			}
			return a
		default:
			return a.assuming(skipped...)
		}
		skipped = append(skipped, a.assumptions()...)
	}
	return failed(c.span)
}

func (c *funcCall) compact() *val {
	l := c.arg(0)
	if l.kind != list {
		return nil
	}
	out := listVal(c.span)
	out.open = l.open
	for _, item := range l.items {
		empty := c.equal(item, litVal("", c.span))
		if item.kind == null || empty == tri.Yes {
			continue
		}
		out.items = append(out.items, item)
	}
	return out
}

func (c *funcCall) distinct() *val {
	l := c.arg(0)
	if l.kind != list {
		return c.some()
	}
	out := listVal(l.span)
	items := l.items
	if c.name == "toset" {
		items = unified(items)
	}
	out.open, out.set, out.assumes = l.open, c.name == "toset", l.assumes
	for _, item := range items {
		if !c.ev.step() {
			return nil
		}
		if !slices.ContainsFunc(out.items, func(have *val) bool { return c.equal(have, item) == tri.Yes }) {
			out.items = append(out.items, item)
		}
	}
	if out.set {
		sort.SliceStable(out.items, func(i, j int) bool { return c.less(out.items[i], out.items[j]) })
	}
	return out
}

func (c *funcCall) less(a, b *val) bool {
	if m, n := a.number(), b.number(); a.kind == prim && b.kind == prim && m != cty.NilVal && n != cty.NilVal {
		return m.LessThan(n).True()
	}
	return c.text(a, c.span).String() < c.text(b, c.span).String()
}

// some returns a collection of unknown size as another.
func (c *funcCall) some() *val {
	if a := c.arg(0); a.some != nil {
		return a
	}
	return nil
}

// oldMap is map(k, v, …), which Terraform had before 0.15.
func (c *funcCall) oldMap() *val {
	out := objectVal(c.span)
	for i := 0; i+1 < len(c.args); i += 2 {
		t := c.text(c.args[i], c.span)
		out.attrs[t.String()] = attr{key: t, span: c.args[i].span, v: c.args[i+1]}
	}
	return out
}

// unified returns the members of a collection with one type: numbers and
// booleans beside strings become strings.
func unified(items []*val) []*val {
	text, kinds := false, map[string]bool{}
	for _, item := range items {
		switch item.kind {
		case str:
			text = true
		case prim:
			kinds[item.prim.Type().FriendlyName()] = true
		}
	}
	if !text && len(kinds) < 2 {
		return items
	}
	out := slices.Clone(items)
	for i, item := range out {
		if item.kind == prim {
			out[i] = litVal(primString(item.prim), item.span).assuming(item.assumes...)
		}
	}
	return out
}

func (c *funcCall) tomap() *val {
	m := c.arg(0)
	if m.kind != object || m.lookup != nil {
		return m
	}
	keys := m.keys()
	var items []*val
	for _, k := range keys {
		items = append(items, m.attrs[k].v)
	}
	out := *m
	out.attrs = make(map[string]attr, len(keys))
	for i, v := range unified(items) {
		a := m.attrs[keys[i]]
		a.v = v
		out.attrs[keys[i]] = a
	}
	return &out
}

func (c *funcCall) one() *val {
	l := c.arg(0)
	switch {
	case l.some != nil:
		return l.some
	case l.kind != list:
		return nil
	case l.open && len(l.items) == 1:
		return l.items[0]
	case l.open || len(l.items) > 1:
		return failed(c.span)
	case len(l.items) == 0:
		return nullVal(c.span)
	}
	return l.items[0]
}

func (c *funcCall) slice() *val {
	l := c.arg(0)
	i, ok := c.arg(1).integer()
	j, ok2 := c.arg(2).integer()
	if l.kind != list || !ok || !ok2 {
		return nil
	}
	if i < 0 || j < i || j > len(l.items) {
		return failed(c.span)
	}
	return listVal(l.span, l.items[i:j]...)
}

func (c *funcCall) matchkeys() *val {
	values, keys, search := c.arg(0), c.arg(1), c.arg(2)
	if values.kind != list || keys.kind != list || search.kind != list || len(values.items) != len(keys.items) || search.open {
		return nil
	}
	out := listVal(c.span)
	out.open = values.open || keys.open
	for i, k := range keys.items {
		found := tri.No
		for _, s := range search.items {
			found = tri.Or(found, c.equal(k, s))
		}
		if found == tri.Maybe {
			return nil
		}
		if found == tri.Yes {
			out.items = append(out.items, values.items[i])
		}
	}
	return out
}

func (c *funcCall) length() *val {
	v := c.arg(0)
	switch {
	case v.kind == list && !v.open:
		return numVal(int64(len(v.items)), c.span).assuming(v.assumes...)
	case v.kind == object && !v.open && v.lookup == nil:
		return numVal(int64(len(v.attrs)), c.span).assuming(v.assumes...)
	case v.kind == str:
		if s, ok := v.known(); ok {
			return c.characters(s)
		}
	case v.kind == null || v.kind == prim:
		return failed(c.span)
	}
	return nil
}

func (c *funcCall) contains() *val {
	l := c.arg(0)
	if l.kind != list {
		return nil
	}
	found := tri.No
	if l.open {
		found = tri.Maybe
	}
	for _, item := range l.items {
		found = tri.Or(found, c.equal(item, c.arg(1)))
	}
	return c.triVal(found, c.span, c.args...)
}

func (c *funcCall) indexOf() *val {
	l := c.arg(0)
	if l.kind != list {
		return nil
	}
	for i, item := range l.items {
		switch c.equal(item, c.arg(1)) {
		case tri.Yes:
			return numVal(int64(i), c.span)
		case tri.Maybe:
			return nil
		}
	}
	return failed(c.span)
}

func (c *funcCall) truths() *val {
	l := c.arg(0)
	if l.kind != list {
		return nil
	}
	one, all := tri.No, tri.Yes
	if l.open {
		one, all = tri.Maybe, tri.Maybe
	}
	for _, item := range l.items {
		truth := item.truth()
		if item.kind == null {
			truth = tri.No
		}
		one, all = tri.Or(one, truth), tri.And(all, truth)
	}
	if c.name == "alltrue" {
		return c.triVal(all, c.span, c.args...)
	}
	return c.triVal(one, c.span, c.args...)
}

// characters counts the characters of a string as Terraform does.
func (c *funcCall) characters(s string) *val {
	n, err := stdlib.Strlen(cty.StringVal(s))
	if err != nil {
		return failed(c.span)
	}
	return &val{kind: prim, prim: n, span: c.span}
}
