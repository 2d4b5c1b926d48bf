package tree

import (
	"bytes"
	"fmt"
	"slices"
	"unicode/utf8"

	"github.com/apigwlint/apigwlint/source"
)

// parseJSON reads a JSON document as RFC 8259 has it. Keys may occur again: the
// last one wins.
func parseJSON(f *source.File) (*Node, *source.Problem) {
	r := &jsonReader{f: f, data: f.Data, text: string(f.Data)}
	if bytes.HasPrefix(f.Data, byteOrderMark) {
		r.i = len(byteOrderMark)
	}
	r.space()
	n := r.value(0)
	if r.err == nil {
		r.space()
		if r.i < len(r.data) {
			r.fail(r.i, "unexpected %s after the end of the document", r.what(r.i))
		}
	}
	if r.err != nil {
		return nil, r.err
	}
	return n, nil
}

type jsonReader struct {
	f    *source.File
	data []byte
	text string // data, of which all strings without escapes are parts
	i    int
	err  *source.Problem

	nodes  slab[Node]
	texts  slab[written]
	levels []*level
}

// A level is room to collect the members of the object or array that is open at
// one depth, so that each allocates no more than it needs.
type level struct {
	object mapBuilder
	array  []*Node
}

func (r *jsonReader) level(depth int) *level {
	if depth == len(r.levels) {
		r.levels = append(r.levels, &level{})
	}
	return r.levels[depth]
}

func (r *jsonReader) fail(off int, format string, args ...any) *Node {
	if r.err == nil {
		r.err = problem(r.f, off, "cannot be read as JSON: "+fmt.Sprintf(format, args...))
	}
	return nil
}

// what names the character at an offset for a message.
func (r *jsonReader) what(off int) string {
	if off >= len(r.data) {
		return "end of the file"
	}
	switch c, _ := utf8.DecodeRuneInString(r.text[off:]); c {
	case '\n', '\r':
		return "end of the line"
	default:
		return fmt.Sprintf("%q", c)
	}
}

func (r *jsonReader) space() {
	for r.i < len(r.data) {
		switch r.data[r.i] {
		case ' ', '\t', '\n', '\r':
			r.i++
		default:
			return
		}
	}
}

// peek returns the next character behind white space, or 0.
func (r *jsonReader) peek() byte {
	r.space()
	if r.i < len(r.data) {
		return r.data[r.i]
	}
	return 0
}

// value reads the value at r.i. It returns nil after an error.
func (r *jsonReader) value(depth int) *Node {
	if r.i >= len(r.data) {
		return r.fail(r.i, "a value is missing at the end of the file")
	}
	switch c := r.data[r.i]; {
	case c == '"':
		start := r.i
		s, w, ok := r.str()
		if !ok {
			return nil
		}
		n := r.nodes.new()
		n.Kind, n.Span = Scalar, source.Span{File: r.f, Start: start, End: r.i}
		n.Value = w.text(s, n.Span)
		return n
	case c == '{':
		return r.object(depth)
	case c == '[':
		return r.array(depth)
	case c == '-' || c >= '0' && c <= '9':
		return r.number()
	case c == 't':
		return r.word("true", Scalar)
	case c == 'f':
		return r.word("false", Scalar)
	case c == 'n':
		return r.word("null", Null)
	}
	return r.fail(r.i, "unexpected %s where a value is expected", r.what(r.i))
}

func (r *jsonReader) word(word string, kind Kind) *Node {
	start := r.i
	if len(r.text)-start < len(word) || r.text[start:start+len(word)] != word {
		return r.fail(start, "unexpected %s where a value is expected", r.what(start))
	}
	r.i += len(word)
	if kind == Null {
		n := r.nodes.new()
		n.Kind, n.Span = Null, source.Span{File: r.f, Start: start, End: r.i}
		return n
	}
	return r.bare(start, Bool)
}

// bare returns the node of a number or boolean that ends at r.i.
func (r *jsonReader) bare(start int, t Type) *Node {
	n := r.nodes.new()
	n.Kind, n.Type, n.Span = Scalar, t, source.Span{File: r.f, Start: start, End: r.i}
	w := r.texts.new()
	w.file, w.start, w.end, w.size = r.f, start, r.i, r.i-start
	n.Value = w.text(r.text[start:r.i], n.Span)
	return n
}

func (r *jsonReader) digits() bool {
	start := r.i
	for r.i < len(r.data) && r.data[r.i] >= '0' && r.data[r.i] <= '9' {
		r.i++
	}
	return r.i > start
}

func (r *jsonReader) number() *Node {
	start, t := r.i, Int
	if r.data[r.i] == '-' {
		r.i++
	}
	first := r.i
	if !r.digits() {
		return r.fail(r.i, "unexpected %s in a number", r.what(r.i))
	}
	if r.data[first] == '0' && r.i > first+1 {
		return r.fail(first, "a number begins with 0")
	}
	if r.i < len(r.data) && r.data[r.i] == '.' {
		r.i++
		t = Float
		if !r.digits() {
			return r.fail(r.i, "unexpected %s in a number", r.what(r.i))
		}
	}
	if r.i < len(r.data) && r.data[r.i]|0x20 == 'e' {
		r.i++
		t = Float
		if r.i < len(r.data) && (r.data[r.i] == '+' || r.data[r.i] == '-') {
			r.i++
		}
		if !r.digits() {
			return r.fail(r.i, "unexpected %s in a number", r.what(r.i))
		}
	}
	return r.bare(start, t)
}

// str reads the string at r.i.
func (r *jsonReader) str() (string, *written, bool) {
	r.i++
	start := r.i
	escapes := false
	for {
		for r.i < len(r.data) && !special[r.data[r.i]] {
			r.i++
		}
		if r.i == len(r.data) {
			r.fail(start-1, "a string has no closing quote")
			return "", nil, false
		}
		switch r.data[r.i] {
		case '"':
			w := r.texts.new()
			w.file, w.start, w.end = r.f, start, r.i
			r.i++
			if !escapes {
				w.size = w.end - start
				return r.text[start:w.end], w, true
			}
			w.style = double
			buf := make([]byte, 0, w.end-start)
			decodeQuoted(r.data[:w.end], start, double, func(s []byte, _, _ int) { buf = append(buf, s...) })
			w.size = len(buf)
			return string(buf), w, true
		case '\\':
			escapes = true
			if !r.escape() {
				return "", nil, false
			}
		default:
			r.fail(r.i, "unexpected %s in a string", r.what(r.i))
			return "", nil, false
		}
	}
}

// special are the characters of which a string does not simply consist.
var special = func() (t [256]bool) {
	for c := range ' ' {
		t[c] = true
	}
	t['"'], t['\\'] = true, true
	return t
}()

// escape checks the escape sequence at r.i and skips it.
func (r *jsonReader) escape() bool {
	if r.i+1 >= len(r.data) {
		r.i = len(r.data)
		return true
	}
	switch r.data[r.i+1] {
	case '"', '\\', '/', 'b', 'f', 'n', 'r', 't':
		r.i += 2
		return true
	case 'u':
		for k := r.i + 2; k < r.i+6; k++ {
			if k >= len(r.data) || !isHex(r.data[k]) {
				r.fail(r.i, `\u needs four hexadecimal digits`)
				return false
			}
		}
		r.i += 6
		return true
	}
	r.fail(r.i, `\ before %s is not an escape sequence`, r.what(r.i+1))
	return false
}

func isHex(c byte) bool {
	return c >= '0' && c <= '9' || c >= 'a' && c <= 'f' || c >= 'A' && c <= 'F'
}

func (r *jsonReader) object(depth int) *Node {
	start := r.i
	if depth >= MaxDepth {
		return r.fail(start, "nested deeper than %d levels", MaxDepth)
	}
	r.i++
	m := &r.level(depth).object
	m.entries, m.index = m.entries[:0], nil
	for c := r.peek(); c != '}'; {
		if c != '"' {
			if len(m.entries) > 0 && c != 0 {
				return r.fail(r.i, "unexpected %s where a key in quotes is expected", r.what(r.i))
			}
			return r.fail(r.i, "unexpected %s where a key in quotes or } is expected", r.what(r.i))
		}
		key, w, ok := r.str()
		if !ok {
			return nil
		}
		if r.peek() != ':' {
			return r.fail(r.i, "unexpected %s where : is expected", r.what(r.i))
		}
		r.i++
		r.space()
		v := r.value(depth + 1)
		if v == nil {
			return nil
		}
		v.Head = source.Span{File: r.f, Start: w.start, End: w.end}
		m.put(Entry{key, v.Head, v})
		if c = r.peek(); c == ',' {
			r.i++
			if c = r.peek(); c == '}' {
				return r.fail(r.i, "unexpected } after a comma")
			}
		} else if c != '}' {
			return r.fail(r.i, "unexpected %s where , or } is expected", r.what(r.i))
		}
	}
	r.i++
	n := r.nodes.new()
	n.Kind, n.Span, n.Entries = Map, source.Span{File: r.f, Start: start, End: r.i}, slices.Clone(m.entries)
	return n
}

func (r *jsonReader) array(depth int) *Node {
	start := r.i
	if depth >= MaxDepth {
		return r.fail(start, "nested deeper than %d levels", MaxDepth)
	}
	r.i++
	l := r.level(depth)
	items := l.array[:0]
	for c := r.peek(); c != ']'; {
		v := r.value(depth + 1)
		if v == nil {
			return nil
		}
		items = append(items, v)
		if c = r.peek(); c == ',' {
			r.i++
			if c = r.peek(); c == ']' {
				return r.fail(r.i, "unexpected ] after a comma")
			}
		} else if c != ']' {
			return r.fail(r.i, "unexpected %s where , or ] is expected", r.what(r.i))
		}
	}
	r.i++
	l.array = items
	n := r.nodes.new()
	n.Kind, n.Span, n.Items = List, source.Span{File: r.f, Start: start, End: r.i}, slices.Clone(items)
	return n
}
