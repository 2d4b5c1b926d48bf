package vtl

import (
	"errors"
	"maps"
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// stringLiteral resolves the escapes of a string and parses what is to be
// replaced in it. A string that cannot be parsed fails when the template is
// first used, not when it is parsed.
func (p *parser) stringLiteral(t token) Expr {
	s := &String{pos: pos{t.start, t.end}}
	quote := t.image[:1]
	s.Value = t.image[1 : len(t.image)-1]
	if quote == `"` {
		var ok bool
		if s.Value, ok = unescape(s.Value); !ok {
			s.fault = &SyntaxError{Offset: t.start + strings.Index(t.image, `\u`), Message: `\u is not followed by four hexadecimal digits`}
		}
	}
	s.Value = strings.ReplaceAll(s.Value, quote+quote, quote)
	if s.fault != nil || quote != `"` || !strings.ContainsAny(t.image, "$#") {
		return s
	}
	src := s.Value
	if !strings.Contains(src, "##") {
		src, s.tail = src+" ", true
	}
	inner := newParser(src, p.depth)
	inner.nested, inner.macros = true, maps.Clone(p.macros)
	tree, err := inner.parse()
	if e := (*SyntaxError)(nil); errors.As(err, &e) {
		s.fault = &SyntaxError{Offset: t.start, Message: "in the string: " + e.Message}
		if s.Value == t.image[1:len(t.image)-1] {
			s.fault.Offset += 1 + min(e.Offset, len(s.Value))
		}
	} else if err != nil {
		panic(failure{err})
	}
	s.Tree = tree
	p.inStrings = p.inStrings || tree != nil && (tree.macrosInStrings || len(tree.macros) > len(p.macros))
	return s
}

// unescape resolves \uXXXX, the only escape in strings.
func unescape(s string) (string, bool) {
	if !strings.Contains(s, `\u`) {
		return s, true
	}
	var b strings.Builder
	var units []uint16
	flush := func() {
		b.WriteString(string(utf16.Decode(units)))
		units = units[:0]
	}
	for {
		i := strings.Index(s, `\u`)
		if i < 0 {
			flush()
			b.WriteString(s)
			return b.String(), true
		}
		if i > 0 {
			flush()
			b.WriteString(s[:i])
		}
		if len(s) < i+6 {
			return s, false
		}
		n, err := strconv.ParseInt(s[i+2:i+6], 16, 32)
		if err != nil || !utf8.ValidString(s[i+2:i+6]) {
			return s, false
		}
		units = append(units, uint16(n))
		s = s[i+6:]
	}
}
