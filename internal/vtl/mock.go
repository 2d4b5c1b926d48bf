package vtl

import (
	"regexp"
	"strconv"
	"strings"
)

// A MockKind says what the request template of a MOCK integration makes of
// statusCode. The zero value is: not decided.
type MockKind int8

// What can be said of the statusCode on a path.
const (
	MockUndecided MockKind = iota
	MockInteger            // an integer
	MockMissing            // no statusCode at all
	MockQuoted             // a number in quotes, which is no integer
	MockBare               // a statusCode without the braces of an object
)

// A MockStatus is the statusCode that a template yields on a path.
type MockStatus struct {
	Kind        MockKind
	Code        int    // of MockInteger
	Raw         string // the value as it is rendered
	Offset, End int    // what the value comes from
}

var (
	quotedNumber = regexp.MustCompile(`^\s*\d+\s*$`)
	// bareStatus is the inside of an object that lost its braces.
	bareStatus = regexp.MustCompile(`^\s*["']?statusCode["']?\s*:\s*\d+\s*,?\s*$`)
)

// MockStatus finds the statusCode in the output of the path. API Gateway's
// reader is lenient: names need no quotes, quotes may be single, a comma may
// trail.
// https://docs.aws.amazon.com/apigateway/latest/developerguide/how-to-mock-integration.html
func (o Outcome) MockStatus() MockStatus {
	if o.Failure != nil {
		return MockStatus{}
	}
	f := flatten(o.Pieces)
	if strings.TrimSpace(f.s) == "" {
		return MockStatus{Kind: MockMissing}
	}
	if bareStatus.MatchString(f.s) {
		m := MockStatus{Kind: MockBare, Raw: strings.TrimSpace(f.s)}
		start := strings.Index(f.s, m.Raw)
		m.Offset, m.End = f.locate(start, start+len(m.Raw))
		return m
	}
	r := mockReader{flat: f}
	if !r.object(true) || r.skip() != 0 {
		return MockStatus{}
	}
	if r.answer.Kind == MockUndecided && !r.status && !r.opaque {
		return MockStatus{Kind: MockMissing}
	}
	return r.answer
}

// A mockReader reads lenient JSON with holes.
type mockReader struct {
	flat
	i      int
	depth  int
	answer MockStatus
	status bool // a statusCode was seen, or something that may be one
	opaque bool // a hole was passed that may hold more than a value
}

func (r *mockReader) skip() byte {
	for r.i < len(r.s) && isSpace(r.s[r.i]) {
		r.i++
	}
	if r.i == len(r.s) {
		return 0
	}
	return r.s[r.i]
}

func (r *mockReader) object(top bool) bool {
	if r.skip() != '{' || r.depth > maxJSONDepth {
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
		r.status = r.status || strings.EqualFold(name, "statusCode") || strings.IndexByte(name, holeByte) >= 0
		return
	}
	r.status = true
	r.answer = MockStatus{Raw: raw}
	r.answer.Offset, r.answer.End = r.locate(start, start+len(raw))
	if code, err := strconv.Atoi(raw); err == nil && raw[0] != '+' {
		r.answer.Kind, r.answer.Code = MockInteger, code
	} else if len(raw) > 2 && (raw[0] == '"' || raw[0] == '\'') && quotedNumber.MatchString(raw[1:len(raw)-1]) {
		r.answer.Kind = MockQuoted
	}
	if strings.IndexByte(raw, holeByte) >= 0 {
		r.answer.Raw = ""
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
		case holeByte:
			if p, _ := r.piece(r.i); p.Hole.Kind != HoleStage && p.Hole.Kind != HoleScalar && p.Hole.Kind != HoleEncoded {
				r.opaque = true // it may end the string
			}
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
	case c == 0:
		return false
	}
	start := r.i
	for r.i < len(r.s) && strings.IndexByte(",}] \t\r\n\"'{[:", r.s[r.i]) < 0 {
		if r.s[r.i] == holeByte {
			if p, _ := r.piece(r.i); p.Hole.Kind == HoleAny {
				return false // it may hold names
			}
			r.opaque = true
		}
		r.i++
	}
	return r.i > start && (r.i == len(r.s) || strings.IndexByte("\"'{[:", r.s[r.i]) < 0)
}

func (r *mockReader) array() bool {
	if r.depth > maxJSONDepth {
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
