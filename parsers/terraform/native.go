package terraform

import (
	"fmt"
	"slices"
	"sort"
	"strings"
	"unicode/utf8"

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
	any, all := tri.No, tri.Yes
	if l.open {
		any, all = tri.Maybe, tri.Maybe
	}
	for _, item := range l.items {
		truth := item.truth()
		if item.kind == null {
			truth = tri.No
		}
		any, all = tri.Or(any, truth), tri.And(all, truth)
	}
	if c.name == "alltrue" {
		return c.triVal(all, c.span, c.args...)
	}
	return c.triVal(any, c.span, c.args...)
}

// characters counts the characters of a string as Terraform does.
func (c *funcCall) characters(s string) *val {
	n, err := stdlib.Strlen(cty.StringVal(s))
	if err != nil {
		return failed(c.span)
	}
	return &val{kind: prim, prim: n, span: c.span}
}

// formatted evaluates format when all verbs are plain, so that arguments keep
// their holes and places.
func (c *funcCall) formatted(args []*val) *val {
	spec, ok := c.arg(0).known()
	if !ok {
		return nil
	}
	var parts []value.Part
	var assumes []value.Ref
	at := func(start, end int) value.Part {
		return value.Part{Lit: spec[start:end], Span: c.args[0].text.Locate(start, end)}
	}
	next, start := 0, 0
	for i := 0; i < len(spec); i++ {
		if spec[i] != '%' {
			continue
		}
		if i+1 >= len(spec) {
			return failed(c.span)
		}
		parts = append(parts, at(start, i))
		verb := spec[i+1]
		i++
		start = i + 1
		if verb == '%' {
			parts = append(parts, at(i, i+1))
			continue
		}
		if verb != 's' && verb != 'v' && verb != 'd' {
			return nil
		}
		if next >= len(args) {
			return failed(c.span)
		}
		a := args[next]
		next++
		if a.kind != str && a.kind != prim && a.kind != unknown {
			return nil
		}
		if verb == 'd' && a.kind == prim {
			if _, whole := a.integer(); !whole {
				return nil
			}
		}
		t := c.text(a, c.span)
		parts = append(parts, t.Parts()...)
		assumes = append(assumes, t.Assumes()...)
	}
	if next < len(args) {
		return failed(c.span)
	}
	parts = append(parts, at(start, len(spec)))
	size := 0
	for _, p := range parts {
		size += len(p.Lit) + partCost
	}
	if c.ev.bytes += size; size > maxText || c.ev.bytes > maxTexts {
		return nil
	}
	return textVal(value.Join(c.span, parts...).Assuming(assumes...))
}

// formattedList evaluates formatlist with formatted.
func (c *funcCall) formattedList() *val {
	n := -1
	for _, a := range c.args[1:] {
		if a.kind == list {
			if a.open || n >= 0 && n != len(a.items) {
				return nil
			}
			n = len(a.items)
		}
	}
	if n < 0 {
		n = 1
	}
	out := listVal(c.span)
	for i := range n {
		var args []*val
		for _, a := range c.args[1:] {
			if a.kind == list {
				a = a.items[i]
			}
			args = append(args, a)
		}
		v := c.formatted(args)
		if v == nil {
			return nil
		}
		out.items = append(out.items, v)
	}
	return out
}

// trimmed evaluates the functions that take known characters off one end of a
// text which may have holes elsewhere.
func (c *funcCall) trimmed() *val {
	v := c.arg(0)
	if v.kind != str || v.enc != nil {
		return nil
	}
	f, _ := v.text.Flat()
	from, to := 0, len(f.S)
	switch c.name {
	case "trimspace":
		from, to = len(f.S)-len(strings.TrimLeft(f.S, " \t\r\n")), len(strings.TrimRight(f.S, " \t\r\n"))
	case "chomp":
		to = len(strings.TrimRight(f.S, "\r\n"))
	case "trimprefix", "trimsuffix":
		s, ok := c.arg(1).known()
		if !ok {
			return nil
		}
		has := v.text.HasPrefix(s)
		if c.name == "trimsuffix" {
			has = v.text.HasSuffix(s)
		}
		switch {
		case has == tri.Maybe:
			return nil
		case has == tri.Yes && c.name == "trimprefix":
			from = len(s)
		case has == tri.Yes:
			to = len(f.S) - len(s)
		}
	}
	if from >= to {
		return litVal("", c.span)
	}
	// A hole at an end may bring white space of its own, which nobody writes.
	return textVal(f.Slice(from, to).Assuming(v.text.Assumes()...))
}

// replaced evaluates replace on a text with holes: what is searched for is
// taken not to stand in what fills them when it holds a brace or a slash.
func (c *funcCall) replaced() *val {
	v := c.arg(0)
	from, ok := c.arg(1).known()
	to := c.arg(2)
	if v.kind != str || v.enc != nil || !ok || from == "" || to.kind != str && to.kind != unknown && to.kind != prim {
		return nil
	}
	if len(from) > 1 && from[0] == '/' && from[len(from)-1] == '/' {
		return nil
	}
	f, _ := v.text.Flat()
	if strings.Contains(f.S, value.HoleString) && !outsideHoles(v.text, from) {
		return nil
	}
	with := c.text(to, c.span)
	size := len(f.S) + strings.Count(f.S, from)*(weight(with)+partCost)
	if c.ev.bytes += size; size > maxText || c.ev.bytes > maxTexts {
		return nil
	}
	var parts []value.Part
	pos := 0
	for {
		i := strings.Index(f.S[pos:], from)
		if i < 0 || !c.ev.step() {
			break
		}
		if i > 0 {
			parts = append(parts, f.Slice(pos, pos+i).Parts()...)
		}
		parts = append(parts, with.Parts()...)
		pos += i + len(from)
	}
	if pos < len(f.S) {
		parts = append(parts, f.Slice(pos, len(f.S)).Parts()...)
	}
	return textVal(value.Join(v.span, parts...).Assuming(v.text.Assumes()...))
}

// outsideHoles reports whether a string stands in none of the holes of a text:
// it has a character that names, identifiers and ARNs have not, or is a date of
// the Lambda API. Functions' ARNs have no slash, while those of roles have.
func outsideHoles(t value.Text, s string) bool {
	if strings.ContainsAny(s, "{}<>$#") || s == "2015-03-31" || s == "2021-11-15" {
		return true
	}
	for ref := range t.Refs() {
		if !ref.Segment && !(ref.Kind == value.Resource && strings.Contains("."+ref.Name, ".aws_lambda_")) {
			return false
		}
	}
	return strings.Contains(s, "/")
}

// splitted evaluates split on a text with holes that cannot hold the separator.
func (c *funcCall) splitted() *val {
	sep, ok := c.arg(0).known()
	v := c.arg(1)
	if !ok || sep == "" || v.kind != str || v.enc != nil {
		return nil
	}
	if _, known := v.text.Get(); !known && sep != "/" && sep != ":" {
		return nil
	}
	for ref := range v.text.Refs() {
		if !ref.Segment {
			return nil
		}
	}
	f, _ := v.text.Flat()
	out := listVal(c.span)
	pos := 0
	for _, piece := range strings.Split(f.S, sep) {
		if piece == "" {
			out.items = append(out.items, litVal("", v.span))
		} else {
			out.items = append(out.items, textVal(f.Slice(pos, pos+len(piece))))
		}
		pos += len(piece) + len(sep)
		if !c.ev.step() {
			return nil
		}
	}
	return out
}

func validUTF8(data []byte) error {
	if !utf8.Valid(data) {
		return fmt.Errorf("not text in UTF-8")
	}
	return nil
}
