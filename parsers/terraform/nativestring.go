package terraform

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/apigwlint/apigwlint/tri"
	"github.com/apigwlint/apigwlint/value"
)

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
// it has a character that names, identifiers and ARNs have not, or is what only
// an invoke ARN has. Functions' ARNs have no slash, while those of roles have.
func outsideHoles(t value.Text, s string) bool {
	switch s {
	case "2015-03-31", "2021-11-15", "/invocations", "/response-streaming-invocations", "/functions/":
		return true
	}
	if strings.ContainsAny(s, "{}<>$#") {
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
