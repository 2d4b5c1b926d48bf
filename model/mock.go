package model

import (
	"regexp"
	"strconv"
	"strings"

	"github.com/apigwlint/apigwlint/value"
)

// A MockKind says what the request template of a MOCK integration makes of its
// statusCode. The zero value is: the files do not decide.
type MockKind int8

// What can be said of a template that renders the same for every request.
const (
	MockUnknown MockKind = iota // computed, or not readable
	MockStatus                  // an integer
	MockNone                    // no statusCode at all
	MockQuoted                  // a number in quotes, which is no integer
	MockBraces                  // a statusCode without the braces of an object
)

// A MockAnswer is the statusCode that a request template yields.
type MockAnswer struct {
	Kind MockKind
	Code int    // of MockStatus
	Raw  string // the value as it is written
	// Start and End are where the value stands in the template.
	Start, End int
}

var (
	quotedNumber = regexp.MustCompile(`^\s*\d+\s*$`)
	// bareStatus is the inside of an object that lost its braces.
	bareStatus = regexp.MustCompile(`^\s*["']?statusCode["']?\s*:\s*\d+\s*,?\s*$`)
)

// ReadMock finds the statusCode in a request template of a MOCK integration.
// API Gateway's reader is lenient: names need no quotes, quotes may be single,
// a comma may trail. Templates with directives, or with a reference where the
// status stands, are computed at run time and remain unknown.
// https://docs.aws.amazon.com/apigateway/latest/developerguide/how-to-mock-integration.html
func ReadMock(template value.Text) MockAnswer {
	s, ok := template.Get()
	if !ok || strings.Contains(s, "#") {
		return MockAnswer{}
	}
	if strings.TrimSpace(s) == "" {
		return MockAnswer{Kind: MockNone}
	}
	if bareStatus.MatchString(s) {
		return MockAnswer{Kind: MockBraces, Raw: strings.TrimSpace(s)}
	}
	r := mockReader{s: s}
	if !r.object(true) || r.skip() != 0 {
		return MockAnswer{}
	}
	if r.answer.Kind == MockUnknown && !r.status && !r.opaque {
		return MockAnswer{Kind: MockNone}
	}
	return r.answer
}

// A mockReader reads lenient JSON in which values may be references of the
// template language.
type mockReader struct {
	s      string
	i      int
	depth  int
	answer MockAnswer
	status bool // a statusCode was seen, or something that may be one
	opaque bool // something was passed over whose text is not known
}

// skip passes white space and returns the next byte, 0 at the end.
func (r *mockReader) skip() byte {
	for r.i < len(r.s) && strings.IndexByte(" \t\r\n", r.s[r.i]) >= 0 {
		r.i++
	}
	if r.i == len(r.s) {
		return 0
	}
	return r.s[r.i]
}

// maxMockDepth bounds the recursion on templates that nobody wrote by hand.
const maxMockDepth = 100

func (r *mockReader) object(top bool) bool {
	if r.skip() != '{' || r.depth > maxMockDepth {
		return false
	}
	r.depth++
	defer func() { r.depth-- }()
	r.i++
	for {
		switch r.skip() {
		case '}':
			r.i++
			return true
		case 0:
			return false
		}
		name, ok := r.name()
		if !ok || r.skip() != ':' {
			return false
		}
		r.i++
		r.skip()
		start := r.i
		if !r.value() {
			return false
		}
		if top {
			r.note(name, start, strings.TrimRight(r.s[start:r.i], " \t\r\n"))
		}
		switch r.skip() {
		case ',':
			r.i++
		case '}':
		default:
			return false
		}
	}
}

// note remembers the value of the statusCode; the last one counts.
func (r *mockReader) note(name string, start int, raw string) {
	if name != "statusCode" {
		// Something that may turn into the name, or is spelt in another case.
		r.status = r.status || strings.EqualFold(name, "statusCode") || strings.Contains(name, "$")
		return
	}
	r.status = true
	r.answer = MockAnswer{Raw: raw, Start: start, End: start + len(raw)}
	if code, err := strconv.Atoi(raw); err == nil && raw[0] != '+' {
		r.answer.Kind, r.answer.Code = MockStatus, code
	} else if len(raw) > 2 && (raw[0] == '"' || raw[0] == '\'') && quotedNumber.MatchString(raw[1:len(raw)-1]) {
		r.answer.Kind = MockQuoted
	}
}

func (r *mockReader) name() (string, bool) {
	if c := r.s[r.i]; c == '"' || c == '\'' {
		start := r.i
		if !r.quoted() {
			return "", false
		}
		return r.s[start+1 : r.i-1], true
	}
	start := r.i
	for r.i < len(r.s) && strings.IndexByte(": \t\r\n{}[],\"'", r.s[r.i]) < 0 {
		r.i++
	}
	return r.s[start:r.i], r.i > start
}

func (r *mockReader) quoted() bool {
	quote := r.s[r.i]
	for r.i++; r.i < len(r.s); r.i++ {
		switch r.s[r.i] {
		case '\\':
			r.i++
		case quote:
			r.i++
			return true
		}
	}
	return false
}

func (r *mockReader) value() bool {
	switch c := r.skip(); {
	case c == '{':
		return r.object(false)
	case c == '[':
		return r.array()
	case c == '"' || c == '\'':
		return r.quoted()
	case c == '$':
		r.opaque = true
		return r.reference()
	case c == 0:
		return false
	}
	start := r.i
	for r.i < len(r.s) && strings.IndexByte(",}] \t\r\n$\"'{[:", r.s[r.i]) < 0 {
		r.i++
	}
	return r.i > start && (r.i == len(r.s) || strings.IndexByte("$\"'{[:", r.s[r.i]) < 0)
}

func (r *mockReader) array() bool {
	if r.depth > maxMockDepth {
		return false
	}
	r.depth++
	defer func() { r.depth-- }()
	r.i++
	for {
		switch r.skip() {
		case ']':
			r.i++
			return true
		case ',':
			r.i++
			continue
		}
		if !r.value() {
			return false
		}
	}
}

// reference passes over a reference such as $input.json('$.name').
func (r *mockReader) reference() bool {
	open := 0
	for r.i < len(r.s) {
		switch c := r.s[r.i]; {
		case c == '\'' || c == '"':
			if !r.quoted() {
				return false
			}
			continue
		case c == '(' || c == '{' || c == '[':
			open++
		case (c == ')' || c == '}' || c == ']') && open > 0:
			open--
		case open == 0 && strings.IndexByte(",}] \t\r\n", c) >= 0:
			return true
		}
		r.i++
	}
	return open == 0
}
