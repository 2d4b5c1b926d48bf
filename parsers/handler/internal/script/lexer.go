// Package script reads JavaScript and TypeScript sources into the form of
// package ir. Types are passed over; JSX is not read.
// https://tc39.es/ecma262/
package script

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/apigwlint/apigwlint/parsers/handler/internal/ir"
)

type kind int8

const (
	end kind = iota
	name
	private
	number
	str
	template
	regexp
	op
)

// A token is a token. The text of a string is its value.
type token struct {
	kind       kind
	text       string
	start, end int
	nl         bool // a line break stands before it
	known      bool // text is all of a string or template
	holes      [][2]int
	match      int // of a bracket: the index of its counterpart
}

func fail(at int, message string) { panic(&ir.SyntaxError{At: at, Message: message}) }

type lexer struct {
	src  string
	pos  int
	nl   bool
	out  []token
	open []int
	deep int // templates around
}

// lex splits the source from pos to stop into tokens. It panics with a SyntaxError.
func lex(src string, pos, stop int) []token {
	l := &lexer{src: src[:stop], pos: pos}
	if pos == 0 {
		l.pos = len(src) - len(strings.TrimPrefix(src, "\uFEFF"))
		if strings.HasPrefix(src[l.pos:], "#!") {
			l.lineComment()
		}
	}
	for l.space(); l.pos < len(l.src); l.space() {
		l.next()
	}
	if len(l.open) > 0 {
		fail(l.out[l.open[len(l.open)-1]].start, "a bracket that nothing closes")
	}
	l.out = append(l.out, token{kind: end, start: l.pos, end: l.pos, nl: true})
	return l.out
}

func (l *lexer) lineComment() {
	for l.pos < len(l.src) && l.src[l.pos] != '\n' {
		l.pos++
	}
}

// space skips white space and comments.
func (l *lexer) space() {
	for l.pos < len(l.src) {
		rest := l.src[l.pos:]
		switch c := rest[0]; {
		case c == '\n':
			l.nl = true
			l.pos++
		case c == ' ' || c == '\t' || c == '\r' || c == '\f' || c == '\v':
			l.pos++
		case strings.HasPrefix(rest, "//"):
			l.lineComment()
		case strings.HasPrefix(rest, "/*"):
			n := strings.Index(rest[2:], "*/")
			if n < 0 {
				fail(l.pos, "a comment without an end")
			}
			l.nl = l.nl || strings.Contains(rest[:n+2], "\n")
			l.pos += n + 4
		case c >= utf8.RuneSelf:
			r, n := utf8.DecodeRuneInString(rest)
			if r != '\uFEFF' && r != '\u2028' && r != '\u2029' && !unicode.IsSpace(r) {
				return
			}
			l.nl = l.nl || r == '\u2028' || r == '\u2029'
			l.pos += n
		default:
			return
		}
	}
}

func (l *lexer) add(t token) {
	t.nl, l.nl = l.nl, false
	t.end = l.pos
	l.out = append(l.out, t)
}

// The characters ">" stand alone: type arguments may end with several.
var operators = []string{
	"...", "===", "!==", "**=", "<<=", "&&=", "||=", "??=",
	"=>", "==", "!=", "<=", "++", "--", "+=", "-=", "*=", "/=", "%=", "&=", "|=", "^=", "&&", "||", "??", "?.", "**", "<<",
	"+", "-", "*", "/", "%", "&", "|", "^", "~", "!", "<", ">", "(", ")", "[", "]", "{", "}", ",", ":", ".", ";", "=", "?", "@", "#",
}

func isStart(r rune) bool { return r == '_' || r == '$' || unicode.IsLetter(r) }

func (l *lexer) next() {
	start, rest := l.pos, l.src[l.pos:]
	c := rest[0]
	r, n := utf8.DecodeRuneInString(rest)
	switch {
	case isStart(r):
		l.pos += n
		l.word()
		l.add(token{kind: name, text: l.src[start:l.pos], start: start})
		return
	case c == '#' && len(rest) > 1 && isStart(rune(rest[1])):
		l.pos++
		l.word()
		l.add(token{kind: private, text: l.src[start:l.pos], start: start})
		return
	case c >= '0' && c <= '9' || c == '.' && len(rest) > 1 && rest[1] >= '0' && rest[1] <= '9':
		l.number()
		l.add(token{kind: number, text: strings.ReplaceAll(l.src[start:l.pos], "_", ""), start: start})
		return
	case c == '"' || c == '\'':
		l.str(c)
		return
	case c == '`':
		l.template()
		return
	case c == '/' && l.regexpAllowed():
		l.regexp()
		l.add(token{kind: regexp, text: l.src[start:l.pos], start: start})
		return
	}
	for _, o := range operators {
		if !strings.HasPrefix(rest, o) || o == "?." && len(rest) > 2 && rest[2] >= '0' && rest[2] <= '9' {
			continue
		}
		l.pos += len(o)
		t := token{kind: op, text: o, start: start}
		switch o {
		case "(", "[", "{":
			l.open = append(l.open, len(l.out))
		case ")", "]", "}":
			if len(l.open) == 0 {
				fail(start, "a bracket that nothing opens")
			}
			t.match = l.open[len(l.open)-1]
			l.open = l.open[:len(l.open)-1]
			opened := &l.out[t.match]
			if opened.text != map[string]string{")": "(", "]": "[", "}": "{"}[o] {
				fail(start, "brackets that do not fit")
			}
			opened.match = len(l.out)
		}
		l.add(t)
		return
	}
	fail(start, "a character that no script has there")
}

func (l *lexer) word() {
	for l.pos < len(l.src) {
		r, n := utf8.DecodeRuneInString(l.src[l.pos:])
		if !isStart(r) && !unicode.IsDigit(r) && !unicode.Is(unicode.Mn, r) && r != '\u200c' && r != '\u200d' {
			return
		}
		l.pos += n
	}
}

func (l *lexer) number() {
	hex := strings.HasPrefix(l.src[l.pos:], "0x") || strings.HasPrefix(l.src[l.pos:], "0X")
	for l.pos < len(l.src) {
		c := l.src[l.pos]
		switch {
		case c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c == '_' || c == '.':
		case (c == '+' || c == '-') && !hex && (l.src[l.pos-1] == 'e' || l.src[l.pos-1] == 'E'):
		default:
			return
		}
		l.pos++
	}
}

var escapes = map[byte]string{'\n': "", 'n': "\n", 't': "\t", 'r': "\r", 'b': "\b", 'f': "\f", 'v': "\v", '\\': "\\", '\'': "'", '"': "\"", '`': "`", '/': "/", '$': "$"}

func (l *lexer) str(quote byte) {
	t := token{kind: str, start: l.pos, known: true}
	var text strings.Builder
	for l.pos++; ; {
		if l.pos >= len(l.src) || l.src[l.pos] == '\n' {
			fail(t.start, "a string without an end")
		}
		c := l.src[l.pos]
		switch {
		case c == quote:
			l.pos++
			t.text = text.String()
			l.add(t)
			return
		case c == '\\' && l.pos+1 < len(l.src):
			if s, ok := escapes[l.src[l.pos+1]]; ok {
				text.WriteString(s)
			} else {
				t.known = false
			}
			l.pos += 2
		default:
			text.WriteByte(c)
			l.pos++
		}
	}
}

// template reads a template literal with its holes.
func (l *lexer) template() {
	t := token{kind: template, start: l.pos, known: true}
	var text strings.Builder
	for l.pos++; ; {
		if l.pos >= len(l.src) {
			fail(t.start, "a template without an end")
		}
		rest := l.src[l.pos:]
		switch {
		case rest[0] == '`':
			l.pos++
			t.text = text.String()
			l.add(t)
			return
		case rest[0] == '\\' && len(rest) > 1:
			if s, ok := escapes[rest[1]]; ok {
				text.WriteString(s)
			} else {
				t.known = false
			}
			l.pos += 2
		case strings.HasPrefix(rest, "${"):
			t.known = false
			start := l.pos + 2
			l.hole(start)
			t.holes = append(t.holes, [2]int{start, l.pos})
			l.pos++
		default:
			text.WriteByte(rest[0])
			l.pos++
		}
	}
}

// hole moves to the brace that closes the expression at start.
func (l *lexer) hole(start int) {
	inner := &lexer{src: l.src, pos: start, deep: l.deep + 1}
	if inner.deep > 30 {
		fail(start, "nested too deeply")
	}
	for inner.space(); inner.pos < len(inner.src); inner.space() {
		if inner.src[inner.pos] == '}' && len(inner.open) == 0 {
			l.pos = inner.pos
			return
		}
		inner.next()
	}
	fail(start, "an expression in a template without an end")
}

// regexpAllowed reports whether a slash begins a regular expression: where an
// operand is due.
func (l *lexer) regexpAllowed() bool {
	if len(l.out) == 0 {
		return true
	}
	switch t := l.out[len(l.out)-1]; t.kind {
	case number, str, template, regexp, private:
		return false
	case name:
		switch t.text {
		case "return", "typeof", "case", "do", "else", "in", "instanceof", "new", "void", "delete", "throw", "await", "yield", "of":
			return true
		}
		return false
	case op:
		if t.text == ")" {
			// After the head of a statement an operand is due.
			if before := t.match - 1; before >= 0 && l.out[before].kind == name {
				switch l.out[before].text {
				case "if", "while", "for", "with":
					return true
				}
			}
			return false
		}
		return t.text != "]" && t.text != "}" && t.text != "++" && t.text != "--"
	}
	return true
}

func (l *lexer) regexp() {
	start, class := l.pos, false
	for l.pos++; ; l.pos++ {
		if l.pos >= len(l.src) || l.src[l.pos] == '\n' {
			fail(start, "a regular expression without an end")
		}
		switch c := l.src[l.pos]; {
		case c == '\\':
			l.pos++
		case c == '[':
			class = true
		case c == ']':
			class = false
		case c == '/' && !class:
			l.pos++
			l.word()
			return
		}
	}
}
