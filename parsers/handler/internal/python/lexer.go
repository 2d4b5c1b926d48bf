// Package python reads Python sources into the form of package ir.
// https://docs.python.org/3/reference/grammar.html
package python

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/apigwlint/apigwlint/parsers/handler/internal/ir"
)

type kind int8

const (
	end kind = iota
	newline
	indent
	dedent
	name
	number
	str
	op
)

// A token is a token; text of a string is its value as far as it is literal.
type token struct {
	kind       kind
	text       string
	start, end int
	known      bool     // of a string: text is all of it
	bytes      bool     // of a string: it is one of bytes
	holes      [][2]int // of a formatted string: the expressions in it
}

type lexer struct {
	src    string
	pos    int
	depth  int // of brackets
	indent []int
	out    []token
}

func fail(at int, message string) { panic(&ir.SyntaxError{At: at, Message: message}) }

// lex splits a source into tokens. It panics with a SyntaxError.
func lex(src string, pos, stop int, inner bool) []token {
	l := &lexer{src: src[:stop], pos: pos, indent: []int{0}}
	if inner {
		l.depth = 1
	} else {
		l.pos += len(src) - len(strings.TrimPrefix(src, "\uFEFF"))
		l.lineStart()
	}
	for l.pos < len(l.src) {
		l.next()
	}
	if !inner {
		l.add(newline, l.pos, l.pos)
		for len(l.indent) > 1 {
			l.indent = l.indent[:len(l.indent)-1]
			l.add(dedent, l.pos, l.pos)
		}
	}
	l.add(end, l.pos, l.pos)
	return l.out
}

func (l *lexer) add(k kind, start, stop int) {
	if k == newline && (len(l.out) == 0 || l.out[len(l.out)-1].kind == newline || l.out[len(l.out)-1].kind == indent || l.out[len(l.out)-1].kind == dedent) {
		return
	}
	l.out = append(l.out, token{kind: k, text: l.src[start:stop], start: start, end: stop})
}

// lineStart measures the indentation of a line that is not blank.
func (l *lexer) lineStart() {
	for l.pos < len(l.src) {
		col, p := 0, l.pos
	space:
		for ; p < len(l.src); p++ {
			switch l.src[p] {
			case ' ':
				col++
			case '\t':
				col = (col/8 + 1) * 8
			case '\f':
				col = 0
			default:
				break space
			}
		}
		if p >= len(l.src) {
			l.pos = p
			return
		}
		if c := l.src[p]; c == '\n' || c == '\r' || c == '#' {
			l.pos = p
			l.skipLine()
			continue
		}
		l.pos = p
		switch top := l.indent[len(l.indent)-1]; {
		case col > top:
			l.indent = append(l.indent, col)
			l.add(indent, p, p)
		case col < top:
			for len(l.indent) > 0 && l.indent[len(l.indent)-1] > col {
				l.indent = l.indent[:len(l.indent)-1]
				l.add(dedent, p, p)
			}
			if len(l.indent) == 0 || l.indent[len(l.indent)-1] != col {
				fail(p, "the indentation fits no outer level")
			}
		}
		return
	}
}

func (l *lexer) skipLine() {
	for l.pos < len(l.src) && l.src[l.pos] != '\n' {
		l.pos++
	}
	if l.pos < len(l.src) {
		l.pos++
	}
}

var operators = []string{
	"**=", "//=", ">>=", "<<=", "...", "->", ":=", "**", "//", ">>", "<<", "<=", ">=", "==", "!=", "+=", "-=", "*=", "/=", "%=", "&=", "|=", "^=", "@=",
	"+", "-", "*", "/", "%", "@", "&", "|", "^", "~", "<", ">", "(", ")", "[", "]", "{", "}", ",", ":", ".", ";", "=", "!",
}

func (l *lexer) next() {
	c := l.src[l.pos]
	switch {
	case c == '\n':
		if l.depth == 0 {
			l.add(newline, l.pos, l.pos+1)
			l.pos++
			l.lineStart()
			return
		}
		l.pos++
		return
	case c == ' ' || c == '\t' || c == '\r' || c == '\f':
		l.pos++
		return
	case c == '#':
		for l.pos < len(l.src) && l.src[l.pos] != '\n' {
			l.pos++
		}
		return
	case c == '\\':
		rest := l.src[l.pos+1:]
		switch {
		case strings.HasPrefix(rest, "\r\n"):
			l.pos += 3
		case strings.HasPrefix(rest, "\n"):
			l.pos += 2
		default:
			fail(l.pos, "a stray backslash")
		}
		return
	case c >= '0' && c <= '9' || c == '.' && l.pos+1 < len(l.src) && l.src[l.pos+1] >= '0' && l.src[l.pos+1] <= '9':
		l.number()
		return
	case c == '"' || c == '\'':
		l.str(l.pos, "")
		return
	}
	if r, n := utf8.DecodeRuneInString(l.src[l.pos:]); r == '_' || unicode.IsLetter(r) {
		start := l.pos
		for l.pos += n; l.pos < len(l.src); l.pos += n {
			if r, n = utf8.DecodeRuneInString(l.src[l.pos:]); r != '_' && !unicode.IsLetter(r) && !unicode.IsDigit(r) && !unicode.Is(unicode.Mn, r) {
				break
			}
		}
		word := l.src[start:l.pos]
		if l.pos < len(l.src) && (l.src[l.pos] == '"' || l.src[l.pos] == '\'') && len(word) <= 2 && strings.Trim(strings.ToLower(word), "rbuft") == "" {
			l.str(start, strings.ToLower(word))
			return
		}
		l.add(name, start, l.pos)
		return
	}
	for _, o := range operators {
		if strings.HasPrefix(l.src[l.pos:], o) {
			switch o {
			case "(", "[", "{":
				l.depth++
			case ")", "]", "}":
				l.depth = max(0, l.depth-1)
			}
			l.add(op, l.pos, l.pos+len(o))
			l.pos += len(o)
			return
		}
	}
	fail(l.pos, "a character that no Python source has there")
}

func (l *lexer) number() {
	start := l.pos
	for l.pos < len(l.src) {
		c := l.src[l.pos]
		if c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c == '_' || c == '.' ||
			(c == '+' || c == '-') && (l.src[l.pos-1] == 'e' || l.src[l.pos-1] == 'E') && !strings.HasPrefix(l.src[start:], "0x") && !strings.HasPrefix(l.src[start:], "0X") {
			l.pos++
			continue
		}
		break
	}
	l.add(number, start, l.pos)
}

// str reads a string with its prefix, which stands from start on.
func (l *lexer) str(start int, prefix string) {
	quote := l.src[l.pos : l.pos+1]
	if strings.HasPrefix(l.src[l.pos:], strings.Repeat(quote, 3)) {
		quote = strings.Repeat(quote, 3)
	}
	l.pos += len(quote)
	raw, formatted := strings.Contains(prefix, "r"), strings.ContainsAny(prefix, "ft")
	t := token{kind: str, start: start, known: true, bytes: strings.Contains(prefix, "b")}
	var text strings.Builder
	for {
		if l.pos >= len(l.src) {
			fail(start, "a string without an end")
		}
		rest := l.src[l.pos:]
		switch {
		case strings.HasPrefix(rest, quote):
			l.pos += len(quote)
			t.end, t.text = l.pos, text.String()
			l.out = append(l.out, t)
			return
		case rest[0] == '\n' && len(quote) == 1:
			fail(start, "a string without an end")
		case rest[0] == '\\' && len(rest) > 1:
			if raw {
				text.WriteString(rest[:2])
			} else if s, ok := escapes[rest[1]]; ok {
				text.WriteString(s)
			} else {
				t.known = false // a code of a character, or none
			}
			l.pos += 2
		case formatted && (strings.HasPrefix(rest, "{{") || strings.HasPrefix(rest, "}}")):
			text.WriteByte(rest[0])
			l.pos += 2
		case formatted && rest[0] == '{':
			t.known = false
			l.hole(&t, quote)
		default:
			text.WriteByte(rest[0])
			l.pos++
		}
	}
}

var escapes = map[byte]string{'\n': "", '\\': "\\", '\'': "'", '"': "\"", 'n': "\n", 't': "\t", 'r': "\r", 'a': "\a", 'b': "\b", 'f': "\f", 'v': "\v"}

// hole reads an expression within a formatted string.
func (l *lexer) hole(t *token, quote string) {
	l.pos++
	start, depth, stop := l.pos, 0, -1
	for ; ; l.pos++ {
		if l.pos >= len(l.src) {
			fail(start, "an expression in a string without an end")
		}
		rest := l.src[l.pos:]
		c := rest[0]
		switch {
		case c == '\'' || c == '"':
			if strings.HasPrefix(rest, quote) && stop >= 0 {
				fail(start, "an expression in a string without an end")
			}
			l.nested()
			l.pos--
		case c == '(' || c == '[' || c == '{':
			depth++
		case (c == ')' || c == ']' || c == '}') && depth > 0:
			depth--
		case c == '}':
			if stop < 0 {
				stop = l.pos
			}
			t.holes = append(t.holes, [2]int{start, stop})
			l.pos++
			return
		case depth == 0 && stop < 0 && (c == ':' || c == '!' && !strings.HasPrefix(rest, "!=") || c == '=' && len(rest) > 1 && strings.IndexByte("}!:", rest[1]) >= 0):
			stop = l.pos
		}
	}
}

// nested skips a string within an expression within a string.
func (l *lexer) nested() {
	quote := l.src[l.pos : l.pos+1]
	if strings.HasPrefix(l.src[l.pos:], strings.Repeat(quote, 3)) {
		quote = strings.Repeat(quote, 3)
	}
	for l.pos += len(quote); l.pos < len(l.src); l.pos++ {
		if l.src[l.pos] == '\\' {
			l.pos++
			continue
		}
		if strings.HasPrefix(l.src[l.pos:], quote) {
			l.pos += len(quote)
			return
		}
	}
	fail(l.pos, "a string without an end")
}
