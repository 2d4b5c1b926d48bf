package tree

import (
	"encoding/json"
	"unicode/utf8"

	"github.com/apigwlint/apigwlint/tri"
)

// ToJSON writes a tree as JSON, in the order of the document. A string with
// holes and what is unknown become a string with ${…} in place of the unknown.
// Numbers that JSON cannot write, such as 0123, become strings.
func ToJSON(n *Node) []byte { return appendJSON(nil, n) }

func appendJSON(out []byte, n *Node) []byte {
	switch {
	case n == nil || n.Kind == Null:
		return append(out, "null"...)
	case n.Kind == Map:
		out = append(out, '{')
		for i, e := range n.Entries {
			if i > 0 {
				out = append(out, ',')
			}
			out = append(appendString(out, e.Key), ':')
			out = appendJSON(out, e.Value)
		}
		return append(out, '}')
	case n.Kind == List:
		out = append(out, '[')
		for i, item := range n.Items {
			if i > 0 {
				out = append(out, ',')
			}
			out = appendJSON(out, item)
		}
		return append(out, ']')
	}
	s := n.Value.String()
	switch {
	case s == "" && (n.Kind == Unknown || n.Value.Present() != tri.Yes):
		s = "${Unknown}"
	case n.Kind == Scalar && isBare(n, s):
		return append(out, s...)
	}
	return appendString(out, s)
}

// isBare reports whether a scalar is a number or boolean of JSON.
func isBare(n *Node, s string) bool {
	switch n.Type {
	case Bool:
		return s == "true" || s == "false"
	case Int, Float:
		return s != "" && (s[0] == '-' || s[0] >= '0' && s[0] <= '9') && json.Valid([]byte(s))
	}
	return false
}

func appendString(out []byte, s string) []byte {
	const digits = "0123456789abcdef"
	out = append(out, '"')
	start := 0
	for i := 0; i < len(s); {
		b := s[i]
		if b >= ' ' && b != '"' && b != '\\' && b < utf8.RuneSelf {
			i++
			continue
		}
		size := 1
		var escape []byte
		switch {
		case b == '"' || b == '\\':
			escape = []byte{'\\', b}
		case b == '\n':
			escape = []byte(`\n`)
		case b == '\t':
			escape = []byte(`\t`)
		case b == '\r':
			escape = []byte(`\r`)
		case b < ' ':
			escape = []byte{'\\', 'u', '0', '0', digits[b>>4], digits[b&15]}
		default:
			var r rune
			if r, size = utf8.DecodeRuneInString(s[i:]); r == utf8.RuneError && size == 1 {
				escape = []byte("\uFFFD")
			}
		}
		if escape != nil {
			out = append(append(out, s[start:i]...), escape...)
			start = i + size
		}
		i += size
	}
	return append(append(out, s[start:]...), '"')
}
