package javaregexp

import (
	"cmp"
	"slices"
	"strings"
	"unicode"
)

// A span is a range of characters.
type span struct{ lo, hi rune }

// A set is the characters that a class matches: sorted, disjoint spans.
type set []span

const last = unicode.MaxRune

func single(c rune) set { return set{{c, c}} }

// normal sorts and joins the spans.
func (s set) normal() set {
	s = slices.Clone(s)
	slices.SortFunc(s, func(a, b span) int { return cmp.Compare(a.lo, b.lo) })
	var out set
	for _, r := range s {
		if n := len(out); n > 0 && r.lo <= out[n-1].hi+1 {
			out[n-1].hi = max(out[n-1].hi, r.hi)
			continue
		}
		out = append(out, r)
	}
	return out
}

func (s set) union(t set) set { return append(slices.Clone(s), t...).normal() }

func (s set) complement() set {
	var out set
	next := rune(0)
	for _, r := range s.normal() {
		if r.lo > next {
			out = append(out, span{next, r.lo - 1})
		}
		next = r.hi + 1
	}
	if next <= last {
		out = append(out, span{next, last})
	}
	return out
}

func (s set) intersect(t set) set { return s.complement().union(t.complement()).complement() }

// String writes the set as a class for regexp2.
func (s set) String() string {
	if len(s) == 0 {
		return `(?!)`
	}
	var b strings.Builder
	b.WriteByte('[')
	for _, r := range s {
		b.WriteString(quote(r.lo))
		if r.hi > r.lo {
			b.WriteByte('-')
			b.WriteString(quote(r.hi))
		}
	}
	b.WriteByte(']')
	return b.String()
}

func spans(pairs string) set {
	runes := []rune(pairs)
	var out set
	for i := 0; i+1 < len(runes); i += 2 {
		out = append(out, span{runes[i], runes[i+1]})
	}
	return out.normal()
}

// The classes that have a letter.
var (
	digits     = spans("09")
	words      = spans("azAZ__09")
	blanks     = spans("  \t\r")
	horizontal = spans("  \t\t\u00a0\u00a0\u1680\u1680\u180e\u180e\u2000\u200a\u202f\u202f\u205f\u205f\u3000\u3000")
	vertical   = spans("\n\r\u0085\u0085\u2028\u2029")
)

// posix are the classes of US-ASCII that \p names.
var posix = map[string]set{
	"Lower": spans("az"), "Upper": spans("AZ"), "ASCII": spans("\x00\x7f"), "Alpha": spans("azAZ"), "Digit": digits,
	"Alnum": spans("azAZ09"), "Punct": spans("!/:@[`{~"), "Graph": spans("!~"), "Print": spans(" ~"), "Blank": spans("  \t\t"),
	"Cntrl": spans("\x00\x1f\x7f\x7f"), "XDigit": spans("09afAF"), "Space": blanks,
}

// binary are properties that Java has under names of its own.
var binary = map[string]*unicode.RangeTable{
	"javaLowerCase": unicode.Lower, "javaUpperCase": unicode.Upper, "javaTitleCase": unicode.Title, "javaLetter": unicode.Letter,
	"javaDigit": unicode.Nd, "IsLetter": unicode.Letter, "IsDigit": unicode.Nd, "IsWhite_Space": unicode.White_Space,
}

func table(t *unicode.RangeTable) set {
	var out set
	add := func(lo, hi, stride rune) {
		if stride == 1 {
			out = append(out, span{lo, hi})
			return
		}
		for c := lo; c <= hi; c += stride {
			out = append(out, span{c, c})
		}
	}
	for _, r := range t.R16 {
		add(rune(r.Lo), rune(r.Hi), rune(r.Stride))
	}
	for _, r := range t.R32 {
		add(rune(r.Lo), rune(r.Hi), rune(r.Stride))
	}
	return out.normal()
}

// property reads what follows \p or \P.
func (p *parser) property() (set, error) {
	var name string
	if p.at(0) == '{' {
		end := slices.Index(p.src[p.pos:], '}')
		if end < 0 {
			return nil, p.fail("Unclosed character family")
		}
		name = string(p.src[p.pos+1 : p.pos+end])
		p.pos += end + 1
		if name == "" {
			return nil, p.fail("Empty character family")
		}
	} else {
		if p.at(0) == eof {
			return nil, p.fail("Illegal/unsupported escape sequence")
		}
		name = string(p.at(0))
		p.pos++
	}
	if s, ok := posix[name]; ok {
		if p.flags.i && (name == "Lower" || name == "Upper") {
			return posix["Alpha"], nil
		}
		return s, nil
	}
	if t, ok := binary[name]; ok && !p.flags.i {
		return table(t), nil
	}
	switch name {
	case "IsAlphabetic":
		return table(unicode.Letter).union(table(unicode.Nl)).union(table(unicode.Other_Alphabetic)), nil
	case "javaWhitespace":
		return spans("\t\r\x1c\x1f  \u1680\u1680\u2000\u2006\u2008\u200a\u2028\u2029\u205f\u205f\u3000\u3000"), nil
	case "InGreek":
		return spans("\u0370\u03ff"), nil
	}
	short := strings.TrimPrefix(name, "Is")
	if t, ok := unicode.Categories[short]; ok && !p.flags.i {
		return table(t), nil
	}
	if t, ok := unicode.Scripts[short]; ok && short != name {
		return table(t), nil
	}
	return nil, p.unsupported(`\p{` + name + "}")
}

// escapedSet reads an escape that stands for characters, in or out of a class.
func (p *parser) escapedSet() (set, error) {
	c := p.at(1)
	p.pos += 2
	switch c {
	case eof:
		return nil, p.fail("Unexpected internal error")
	case 'd':
		return digits, nil
	case 'D':
		return digits.complement(), nil
	case 'w':
		return words, nil
	case 'W':
		return words.complement(), nil
	case 's':
		return blanks, nil
	case 'S':
		return blanks.complement(), nil
	case 'h':
		return horizontal, nil
	case 'H':
		return horizontal.complement(), nil
	case 'v':
		return vertical, nil
	case 'V':
		return vertical.complement(), nil
	case 'p':
		return p.property()
	case 'P':
		s, err := p.property()
		return s.complement(), err
	}
	r, err := p.escapedRune(c)
	if err != nil {
		return nil, err
	}
	return single(r), nil
}

// escapedRune reads the rest of an escape that stands for one character.
func (p *parser) escapedRune(c rune) (rune, error) {
	switch c {
	case 't':
		return '\t', nil
	case 'n':
		return '\n', nil
	case 'r':
		return '\r', nil
	case 'f':
		return '\f', nil
	case 'a':
		return '\a', nil
	case 'e':
		return 0x1b, nil
	case 'c':
		if p.at(0) == eof {
			return 0, p.fail("Illegal control escape sequence")
		}
		p.pos++
		return p.at(-1) ^ 64, nil
	case '0':
		return p.octal()
	case 'x':
		if p.at(0) == '{' {
			p.pos++
			start := p.pos
			n := p.hex(8)
			if p.pos == start || p.at(0) != '}' {
				return 0, p.fail("Unclosed hexadecimal escape sequence")
			}
			if n > last {
				return 0, p.fail("Hexadecimal codepoint is too big")
			}
			p.pos++
			return n, nil
		}
		return p.fixedHex(2)
	case 'u':
		r, err := p.fixedHex(4)
		if err == nil && r >= 0xd800 && r <= 0xdfff {
			return 0, p.unsupported("a surrogate")
		}
		return r, err
	case 'N':
		return 0, p.unsupported(`\N`)
	}
	if asciiLetter(c) {
		return 0, p.fail("Illegal/unsupported escape sequence")
	}
	return c, nil
}

func (p *parser) octal() (rune, error) {
	n, count := rune(0), 0
	for c := p.at(0); c >= '0' && c <= '7' && count < 3 && n*8+c-'0' <= 0377; c = p.at(0) {
		n = n*8 + c - '0'
		count++
		p.pos++
	}
	if count == 0 {
		return 0, p.fail("Illegal octal escape sequence")
	}
	return n, nil
}

func (p *parser) fixedHex(n int) (rune, error) {
	start := p.pos
	r := p.hex(n)
	if p.pos-start != n {
		return 0, p.fail("Illegal hexadecimal escape sequence")
	}
	return r, nil
}

// hex reads up to n hexadecimal digits.
func (p *parser) hex(n int) rune {
	var r rune
	for range n {
		c := unicode.ToLower(p.at(0))
		switch {
		case c >= '0' && c <= '9':
			r = r<<4 | (c - '0')
		case c >= 'a' && c <= 'f':
			r = r<<4 | (c - 'a' + 10)
		default:
			return r
		}
		p.pos++
	}
	return r
}

// class reads what begins with an opening bracket.
func (p *parser) class() (set, error) {
	if p.depth++; p.depth > 200 {
		return nil, p.unsupported("deep nesting")
	}
	defer func() { p.depth-- }()
	p.pos++ // [
	negated := false
	if p.peek() == '^' {
		negated = true
		p.pos++
	}
	s, err := p.members(false)
	if err != nil {
		return nil, err
	}
	p.pos++ // ]
	if negated {
		s = s.complement()
	}
	return s, nil
}

// members reads the union of a class's members up to the closing bracket, or up
// to the next && when it is the right side of one.
func (p *parser) members(right bool) (set, error) {
	var s set
	empty := true
	for {
		switch c := p.peek(); {
		case c == eof:
			return nil, p.fail("Unclosed character class")
		case c == ']' && (!empty || right):
			return s, nil
		case c == '[':
			inner, err := p.class()
			if err != nil {
				return nil, err
			}
			s = s.union(inner)
		case c == '&' && p.at(1) == '&':
			if right {
				return s, nil
			}
			for p.peek() == '&' && p.at(1) == '&' {
				for p.peek() == '&' {
					p.pos++
				}
				if empty || p.peek() == ']' {
					return nil, p.unsupported("an intersection with nothing")
				}
				other, err := p.members(true)
				if err != nil {
					return nil, err
				}
				s = s.intersect(other)
			}
			return s, nil
		default:
			r, err := p.member(c)
			if err != nil {
				return nil, err
			}
			if p.flags.i {
				r = p.fold(r)
			}
			s = s.union(r)
		}
		empty = false
	}
}

// member reads one character, range or escape.
func (p *parser) member(c rune) (set, error) {
	if c == '\\' && p.at(1) == 'Q' {
		return nil, p.unsupported("a quotation in a class")
	}
	low, err := p.bound(c)
	if err != nil || len(low) != 1 || low[0].lo != low[0].hi || p.peek() != '-' {
		return low, err
	}
	switch p.at(1) {
	case '[', ']':
		return low, nil // a hyphen of its own
	case eof:
		return nil, p.fail("Unclosed character class")
	}
	p.pos++
	high, err := p.bound(p.peek())
	if err != nil {
		return nil, err
	}
	if len(high) != 1 || high[0].lo != high[0].hi {
		return nil, p.unsupported("a range up to a class")
	}
	if high[0].lo < low[0].lo {
		return nil, p.fail("Illegal character range")
	}
	return set{{low[0].lo, high[0].lo}}, nil
}

func (p *parser) bound(c rune) (set, error) {
	if c == '\\' {
		return p.escapedSet()
	}
	if c == eof {
		return nil, p.fail("Unclosed character class")
	}
	p.pos++
	return single(c), nil
}
