// Package javaregexp matches strings as java.util.regex does, whose syntax API
// Gateway's selection patterns have.
//
// A pattern is read by the rules of Java's Pattern and written again for
// regexp2, with every construct spelt out whose meaning differs. What cannot be
// carried over faithfully is refused as unsupported: the caller then knows
// nothing about the pattern, rather than something wrong.
//
// https://docs.oracle.com/en/java/javase/17/docs/api/java.base/java/util/regex/Pattern.html
package javaregexp

import (
	"errors"
	"fmt"
	"time"

	"github.com/dlclark/regexp2"
)

// ErrUnsupported is wrapped by errors about patterns that Java may well accept,
// but that are not understood here.
var ErrUnsupported = errors.New("not supported")

// A SyntaxError says that Java refuses a pattern, and where.
type SyntaxError struct {
	Offset  int // in runes
	Message string
}

func (e *SyntaxError) Error() string { return fmt.Sprintf("%s near index %d", e.Message, e.Offset) }

// timeout bounds the backtracking of one match.
const timeout = 200 * time.Millisecond

// A Regexp is a compiled pattern. It is safe for concurrent use.
type Regexp struct {
	full, find *regexp2.Regexp
}

// Compile reads a pattern. The error is a *[SyntaxError] when Java refuses the
// pattern, and wraps [ErrUnsupported] when it cannot be told.
func Compile(pattern string) (*Regexp, error) {
	p := &parser{src: []rune(pattern), names: map[string]int{}}
	body, err := p.parse()
	if err != nil {
		return nil, err
	}
	re := &Regexp{}
	for _, c := range []struct {
		to   **regexp2.Regexp
		text string
	}{{&re.full, `\A(?:` + body + `)\z`}, {&re.find, body}} {
		compiled, err := regexp2.Compile(c.text, regexp2.None)
		if err != nil {
			return nil, fmt.Errorf("%w: %w", ErrUnsupported, err)
		}
		compiled.MatchTimeout = timeout
		*c.to = compiled
	}
	return re, nil
}

// Matches reports whether the whole of s matches, as Java's matches does. The
// error says that it takes too long to find out.
func (r *Regexp) Matches(s string) (bool, error) { return r.full.MatchString(s) }

// Find reports whether some part of s matches, as Java's find does. The error
// says that it takes too long to find out.
func (r *Regexp) Find(s string) (bool, error) { return r.find.MatchString(s) }
