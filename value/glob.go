package value

import (
	"unicode/utf8"

	"github.com/apigwlint/apigwlint/tri"
)

// A Syntax says what "*" and "?" mean in the first argument of [Glob].
type Syntax bool

// Literal patterns match themselves. In Wildcard patterns "*" stands for any
// characters, none and "/" included, and "?" for one: IAM's StringLike.
const (
	Literal  Syntax = false
	Wildcard Syntax = true
)

// Glob reports whether the pattern covers the subject. Both may have holes: the
// answer is Yes when it holds however they are filled, No when it holds for no
// filling, and Maybe otherwise. The same reference fills its holes with the
// same characters in both.
func Glob(pattern, subject Text, syntax Syntax) tri.Bool {
	if pattern.st != known || subject.st != known {
		return tri.And(pattern.undecided(), subject.undecided())
	}
	p, s := unprefixed(tokens(pattern, syntax), tokens(subject, Literal), syntax)
	// What is one segment on one side is one segment on the other.
	narrow := map[Ref]bool{}
	for _, list := range [][]token{p, s} {
		for _, t := range list {
			if t.ref != nil && t.ref.Segment {
				narrow[*t.ref] = true
			}
		}
	}
	m := matcher{p: p, s: s, narrow: narrow}
	switch {
	case m.run(true):
		return tri.Yes
	case m.run(false):
		return tri.Maybe
	}
	return tri.No
}

// unprefixed takes away what both begin with, so that the same reference is the
// same in both even where one of them goes on. A value from outside may bring
// wildcards into a pattern; those of resources have none.
func unprefixed(p, s []token, syntax Syntax) (pattern, subject []token) {
	n := 0
	for n < min(len(p), len(s)) && !p[n].star && !p[n].any && equal(&p[n], &s[n]) {
		if ref := p[n].ref; ref != nil && syntax == Wildcard && ref.Kind != Resource && ref.Kind != Pseudo {
			break
		}
		n++
	}
	return p[n:], s[n:]
}

// A token is one character, one wildcard or one hole.
type token struct {
	char rune
	star bool // any characters
	any  bool // exactly one character
	ref  *Ref
}

func tokens(t Text, syntax Syntax) []token {
	var out []token
	for _, p := range t.parts {
		if p.Ref != nil {
			out = append(out, token{ref: p.Ref})
			continue
		}
		for _, c := range p.Lit {
			switch {
			case syntax == Wildcard && c == '*':
				out = append(out, token{star: true})
			case syntax == Wildcard && c == '?':
				out = append(out, token{any: true})
			default:
				if c == utf8.RuneError {
					c = '?'
				}
				out = append(out, token{char: c})
			}
		}
	}
	return out
}

// A matcher walks pattern and subject together. When it must be certain, a hole
// is matched only by itself and by a star; otherwise it may be any characters.
type matcher struct {
	p, s    []token
	narrow  map[Ref]bool
	certain bool
	seen    []bool
}

func (m *matcher) run(certain bool) bool {
	m.certain = certain
	m.seen = make([]bool, (len(m.p)+1)*(len(m.s)+1))
	return m.match(0, 0)
}

// match reports whether the rest of the pattern from i covers the rest of the
// subject from j.
func (m *matcher) match(i, j int) bool {
	for {
		k := i*(len(m.s)+1) + j
		if m.seen[k] {
			return false // tried before, without success
		}
		m.seen[k] = true
		if i == len(m.p) && j == len(m.s) {
			return true
		}
		var p, s *token
		if i < len(m.p) {
			p = &m.p[i]
		}
		if j < len(m.s) {
			s = &m.s[j]
		}
		if p != nil && p.star {
			if m.match(i+1, j) {
				return true
			}
			if s == nil {
				return false
			}
			j++
			continue
		}
		if m.certain {
			if p == nil || s == nil || !equal(p, s) {
				return false
			}
			i, j = i+1, j+1
			continue
		}
		// Possibly: a hole may stand for nothing, or for what the other side has here.
		if p != nil && s != nil && (equal(p, s) || p.any && s.ref != nil) && m.match(i+1, j+1) {
			return true
		}
		if p != nil && p.ref != nil {
			if m.match(i+1, j) {
				return true
			}
			if s != nil && m.mayHold(p, s) && m.match(i, j+1) {
				return true
			}
		}
		if s != nil && s.ref != nil {
			if m.match(i, j+1) {
				return true
			}
			if p != nil && m.mayHold(s, p) && m.match(i+1, j) {
				return true
			}
		}
		return false
	}
}

// mayHold reports whether the hole may contain the token.
func (m *matcher) mayHold(hole, t *token) bool {
	return t.ref != nil || t.any || !m.narrow[*hole.ref] || t.char != '/' && t.char != ':'
}

// equal reports whether the tokens certainly stand for the same characters.
func equal(p, s *token) bool {
	switch {
	case p.ref != nil || s.ref != nil:
		return p.ref != nil && s.ref != nil && *p.ref == *s.ref
	case p.any:
		return true
	}
	return p.char == s.char
}
