package javaregexp

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"unicode"
)

// flags are the match flags that are on at a place in the pattern.
type flags struct{ i, d, m, s, u, x bool }

// A parser reads a pattern and writes it again for regexp2.
type parser struct {
	src    []rune
	pos    int
	flags  flags
	groups int
	names  map[string]int
	depth  int
}

// A piece is a part of the pattern that has been written, and the most
// characters that it can match, which Java wants to know of look-behinds.
type piece struct {
	text string
	max  int
}

const unbounded = math.MaxInt32

// lineBreak is \R. How it backtracks when it is repeated has changed between
// versions of Java.
const lineBreak = `(?:\r\n|[\n\u000b\f\r\u0085\u2028\u2029])`

func plus(a, b int) int {
	if a >= unbounded || b >= unbounded {
		return unbounded
	}
	return min(a+b, unbounded)
}

func times(a, n int) int {
	if a == 0 || n == 0 {
		return 0
	}
	if a >= unbounded || n >= unbounded || a > unbounded/n {
		return unbounded
	}
	return a * n
}

func (p *parser) fail(format string, args ...any) error {
	return &SyntaxError{p.pos, fmt.Sprintf(format, args...)}
}

func (p *parser) unsupported(what string) error { return fmt.Errorf("%w: %s", ErrUnsupported, what) }

const eof = -1

// peek returns the next rune that counts: in comments mode, blanks do not.
func (p *parser) peek() rune {
	if p.flags.x {
		p.skipComments()
	}
	return p.at(0)
}

func (p *parser) at(n int) rune {
	if p.pos+n >= len(p.src) {
		return eof
	}
	return p.src[p.pos+n]
}

func (p *parser) skipComments() {
	for p.pos < len(p.src) {
		switch c := p.src[p.pos]; {
		case c == ' ' || c >= '\t' && c <= '\r':
			p.pos++
		case c == '#':
			for p.pos < len(p.src) && !p.terminator(p.src[p.pos]) {
				p.pos++
			}
		default:
			return
		}
	}
}

func (p *parser) terminator(c rune) bool {
	return c == '\n' || !p.flags.d && (c == '\r' || c == '\u0085' || c == '\u2028' || c == '\u2029')
}

func (p *parser) parse() (string, error) {
	out, err := p.alternatives()
	if err != nil {
		return "", err
	}
	if p.peek() == ')' {
		return "", p.fail("Unmatched closing ')'")
	}
	return out.text, nil
}

// alternatives reads up to the end of the group that it is in.
func (p *parser) alternatives() (piece, error) {
	if p.depth++; p.depth > 200 {
		return piece{}, p.unsupported("deep nesting")
	}
	defer func() { p.depth-- }()
	var b strings.Builder
	most := 0
	for {
		one, err := p.sequence()
		if err != nil {
			return piece{}, err
		}
		b.WriteString(one.text)
		most = max(most, one.max)
		if p.peek() != '|' {
			return piece{b.String(), most}, nil
		}
		p.pos++
		b.WriteByte('|')
	}
}

func (p *parser) sequence() (piece, error) {
	var out piece
	var b strings.Builder
	for {
		c := p.peek()
		if c == eof || c == '|' || c == ')' {
			out.text = b.String()
			return out, nil
		}
		atom, quantifiable, err := p.atom(c)
		if err != nil {
			return piece{}, err
		}
		if quantifiable {
			if atom, err = p.quantified(atom); err != nil {
				return piece{}, err
			}
		}
		b.WriteString(atom.text)
		out.max = plus(out.max, atom.max)
	}
}

// atom reads one element. Flags in mid-pattern are none that a quantifier may
// follow.
func (p *parser) atom(c rune) (atom piece, quantifiable bool, err error) {
	switch c {
	case '(':
		return p.group()
	case '[':
		set, err := p.class()
		return piece{set.String(), 1}, true, err
	case '\\':
		return p.escape()
	case '^':
		p.pos++
		if p.flags.m {
			if p.flags.d {
				return piece{text: `(?:(?:\A|(?<=\n))(?!\z))`}, true, nil
			}
			return piece{text: `(?:(?:\A|(?<=[\n\u0085\u2028\u2029])|(?<=\r)(?!\n))(?!\z))`}, true, nil
		}
		return piece{text: `(?:\A)`}, true, nil
	case '$':
		p.pos++
		return piece{text: p.dollar(p.flags.m)}, true, nil
	case '.':
		p.pos++
		switch {
		case p.flags.s:
			return piece{`[\s\S]`, 1}, true, nil
		case p.flags.d:
			return piece{`[^\n]`, 1}, true, nil
		}
		return piece{`[^\n\r\u0085\u2028\u2029]`, 1}, true, nil
	case '*', '+', '?':
		return piece{}, false, p.fail("Dangling meta character '%c'", c)
	case '{':
		return piece{}, true, nil // Java repeats nothing
	}
	p.pos++
	return piece{p.literal(c), 1}, true, nil
}

// dollar is the end of the input, or before a final line terminator; or, in
// multiline mode, of a line.
func (p *parser) dollar(multiline bool) string {
	switch {
	case multiline && p.flags.d:
		return `(?:(?=\n|\z))`
	case multiline:
		return `(?:(?=[\r\u0085\u2028\u2029]|\z)|(?<!\r)(?=\n))`
	case p.flags.d:
		return `(?:(?=\n?\z))`
	}
	return `(?:(?=(?:\r\n|[\r\u0085\u2028\u2029])?\z)|(?<!\r)(?=\n\z))`
}

// literal writes a character that stands for itself.
func (p *parser) literal(c rune) string {
	if p.flags.i {
		if alike := p.fold(single(c)); len(alike) > 1 || alike[0].lo != alike[0].hi {
			return alike.String()
		}
	}
	return quote(c)
}

func quote(c rune) string {
	switch {
	case c >= '0' && c <= '9', c >= 'a' && c <= 'z', c >= 'A' && c <= 'Z', c == '_', c > 0xFFFF:
		return string(c)
	}
	return fmt.Sprintf(`\u%04x`, c)
}

// quantified reads the quantifier after an atom, if there is one.
func (p *parser) quantified(atom piece) (piece, error) {
	var q string
	low, high := 0, unbounded
	switch p.peek() {
	case '*':
		p.pos++
		q = "*"
	case '+':
		p.pos++
		q = "+"
	case '?':
		p.pos++
		q, high = "?", 1
	case '{':
		var err error
		if low, high, err = p.bounds(); err != nil {
			return piece{}, err
		}
		q = "{" + strconv.Itoa(low) + "}"
		switch {
		case high == unbounded:
			q = "{" + strconv.Itoa(low) + ",}"
		case high != low:
			q = "{" + strconv.Itoa(low) + "," + strconv.Itoa(high) + "}"
		}
	default:
		return atom, nil
	}
	if atom.text == lineBreak {
		return piece{}, p.unsupported(`a repeated \R`)
	}
	out := piece{"(?:" + atom.text + ")" + q, times(atom.max, high)}
	switch p.peek() {
	case '?':
		p.pos++
		out.text += "?"
	case '+':
		p.pos++
		out.text = "(?>" + out.text + ")"
	}
	return out, nil
}

func (p *parser) bounds() (low, high int, err error) {
	p.pos++ // {
	number := func() (int, bool, error) {
		n, some := 0, false
		for c := p.at(0); c >= '0' && c <= '9'; c = p.at(0) {
			some = true
			if n = n*10 + int(c-'0'); n > math.MaxInt32 {
				return 0, false, p.fail("Illegal repetition range")
			}
			p.pos++
		}
		return n, some, nil
	}
	low, some, err := number()
	if err != nil {
		return 0, 0, err
	}
	if !some {
		return 0, 0, p.fail("Illegal repetition")
	}
	high = low
	if p.at(0) == ',' {
		p.pos++
		high = unbounded
		if p.at(0) != '}' {
			if high, _, err = number(); err != nil {
				return 0, 0, err
			}
		}
	}
	if p.at(0) != '}' {
		return 0, 0, p.fail("Unclosed counted closure")
	}
	p.pos++
	if high < low {
		return 0, 0, p.fail("Illegal repetition range")
	}
	if low > 1000 || high != unbounded && high > 100_000 {
		return 0, 0, p.unsupported("a large repetition")
	}
	return low, high, nil
}

// group reads what begins with an opening parenthesis.
func (p *parser) group() (piece, bool, error) {
	p.pos++
	saved := p.flags
	open := ""
	if p.at(0) == '?' {
		p.pos++
		c := p.at(0)
		p.pos++
		switch c {
		case ':', '=', '!', '>':
			open = "(?" + string(c)
		case '<':
			switch c = p.at(0); {
			case c == '=' || c == '!':
				p.pos++
				open = "(?<" + string(c)
			case asciiLetter(c):
				name := p.name()
				if p.at(0) != '>' {
					return piece{}, false, p.fail("named capturing group is missing trailing '>'")
				}
				p.pos++
				if p.names[name] != 0 {
					return piece{}, false, p.fail("Named capturing group <%s> is already defined", name)
				}
				p.groups++
				p.names[name] = p.groups
				open = fmt.Sprintf("(?<g%d>", p.groups)
			default:
				return piece{}, false, p.fail("Unknown look-behind group")
			}
		default:
			p.pos--
			if err := p.setFlags(); err != nil {
				return piece{}, false, err
			}
			switch p.at(0) {
			case ')':
				p.pos++
				return piece{}, false, nil // until the end of the enclosing group
			case ':':
				p.pos++
				open = "(?:"
			default:
				return piece{}, false, p.fail("Unknown inline modifier")
			}
		}
	} else {
		p.groups++
		open = fmt.Sprintf("(?<g%d>", p.groups)
	}
	body, err := p.alternatives()
	if err != nil {
		return piece{}, false, err
	}
	if p.peek() != ')' {
		return piece{}, false, p.fail("Unclosed group")
	}
	p.pos++
	p.flags = saved
	if strings.HasPrefix(open, "(?<=") || strings.HasPrefix(open, "(?<!") {
		if body.max >= unbounded {
			return piece{}, false, p.unsupported("a look-behind without an obvious maximum length")
		}
		body.max = 0
	}
	if open == "(?=" || open == "(?!" {
		body.max = 0
	}
	return piece{open + body.text + ")", body.max}, true, nil
}

func asciiLetter(c rune) bool { return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' }

func (p *parser) name() string {
	start := p.pos
	for c := p.at(0); asciiLetter(c) || c >= '0' && c <= '9' && p.pos > start; c = p.at(0) {
		p.pos++
	}
	return string(p.src[start:p.pos])
}

func (p *parser) setFlags() error {
	on := true
	for {
		var f *bool
		switch p.at(0) {
		case 'i':
			f = &p.flags.i
		case 'd':
			f = &p.flags.d
		case 'm':
			f = &p.flags.m
		case 's':
			f = &p.flags.s
		case 'u':
			f = &p.flags.u
		case 'x':
			f = &p.flags.x
		case 'c', 'U':
			return p.unsupported("flag " + string(p.at(0)))
		case '-':
			if !on {
				return p.fail("Unknown inline modifier")
			}
			p.pos++
			on = false
			continue
		default:
			return nil
		}
		*f = on
		p.pos++
	}
}

// escape reads what begins with a backslash outside a character class.
func (p *parser) escape() (piece, bool, error) {
	c := p.at(1)
	assertion := func(text string) (piece, bool, error) {
		p.pos += 2
		return piece{text: text}, true, nil
	}
	switch c {
	case 'A', 'G':
		return assertion(`(?:\A)`)
	case 'b':
		if p.at(2) == '{' {
			return piece{}, false, p.unsupported(`\b{g}`)
		}
		return assertion(`(?:\b)`)
	case 'B':
		return assertion(`(?:\B)`)
	case 'Z':
		return assertion(p.dollar(false))
	case 'z':
		return assertion(`(?:\z)`)
	case 'R':
		p.pos += 2
		return piece{lineBreak, 2}, true, nil
	case 'X':
		return piece{}, false, p.unsupported(`\X`)
	case 'Q':
		return p.quotation()
	case 'k':
		p.pos += 2
		if p.at(0) != '<' {
			return piece{}, false, p.fail(`\k is not followed by '<' for named capturing group`)
		}
		p.pos++
		name := p.name()
		if p.at(0) != '>' {
			return piece{}, false, p.fail("named capturing group is missing trailing '>'")
		}
		p.pos++
		n := p.names[name]
		if n == 0 {
			return piece{}, false, p.fail("named capturing group <%s> does not exist", name)
		}
		return p.backReference(n), true, nil
	}
	if c >= '1' && c <= '9' {
		p.pos += 2
		n := int(c - '0')
		for d := p.at(0); d >= '0' && d <= '9' && n*10+int(d-'0') <= p.groups; d = p.at(0) {
			n = n*10 + int(d-'0')
			p.pos++
		}
		if n > p.groups {
			return piece{`(?!)`, 0}, true, nil // a group that has matched nothing
		}
		return p.backReference(n), true, nil
	}
	set, err := p.escapedSet()
	if err != nil {
		return piece{}, false, err
	}
	if len(set) == 1 && set[0].lo == set[0].hi {
		return piece{p.literal(set[0].lo), 1}, true, nil
	}
	return piece{set.String(), 1}, true, nil
}

func (p *parser) backReference(n int) piece {
	text := fmt.Sprintf(`\k<g%d>`, n)
	if p.flags.i {
		text = "(?i:" + text + ")"
	}
	return piece{text, unbounded}
}

// quotation reads \Q…\E; a quantifier binds to its last character only.
func (p *parser) quotation() (piece, bool, error) {
	p.pos += 2
	start := p.pos
	end := len(p.src)
	for i := start; i+1 < len(p.src); i++ {
		if p.src[i] == '\\' && p.src[i+1] == 'E' {
			end = i
			break
		}
	}
	p.pos = min(end+2, len(p.src))
	var b strings.Builder
	for i := start; i < end; i++ {
		text := p.literal(p.src[i])
		if i == end-1 {
			last, err := p.quantified(piece{text, 1})
			if err != nil {
				return piece{}, false, err
			}
			b.WriteString(last.text)
			return piece{b.String(), plus(end-start-1, last.max)}, false, nil
		}
		b.WriteString(text)
	}
	return piece{}, false, nil
}

// fold adds to a set what differs from its members in case only.
func (p *parser) fold(s set) set {
	out := s
	for _, r := range s {
		if r.hi-r.lo > 0x4000 {
			continue // classes of thousands of characters hold both cases
		}
		for c := r.lo; c <= r.hi; c++ {
			if !p.flags.u {
				if c < 0x80 && unicode.IsLetter(c) {
					out = append(out, span{c ^ 0x20, c ^ 0x20})
				}
				continue
			}
			for f := unicode.SimpleFold(c); f != c; f = unicode.SimpleFold(f) {
				out = append(out, span{f, f})
			}
		}
	}
	return out.normal()
}
