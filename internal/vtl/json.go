package vtl

import (
	"slices"
	"sort"
	"strings"

	"github.com/apigwlint/apigwlint/tri"
)

// A JSON says whether an output is JSON.
type JSON struct {
	// Valid is Yes when the output is JSON whatever the request holds, and No
	// when it is not, provided that each reference stands for one value or for
	// a part of a string.
	Valid tri.Bool
	// Object says that the output begins like an object or an array, which
	// form data and XML do not.
	Object      bool
	Offset, End int    // what is wrong, when Valid is No
	Message     string // the same in words
	Places      []Place
}

// A PlaceKind says what is doubtful about a reference in JSON.
type PlaceKind int8

const (
	// Unescaped is text of the request in a JSON string, where a quote or a
	// line break in it ends the string.
	Unescaped PlaceKind = iota
	// EscapedQuote is the result of $util.escapeJavaScript in a JSON string. It
	// turns ' into \', which JSON does not know.
	EscapedQuote
	// Unquoted is the result of $input.path as a JSON value: strings lack
	// their quotes, and objects are rendered as Java does.
	Unquoted
	// QuotedJSON is the result of $input.json in a JSON string, where a string
	// has quotes of its own.
	QuotedJSON
)

// A Place is a reference in JSON that breaks it for some requests.
type Place struct {
	Kind        PlaceKind
	Offset, End int
	Source      string
}

// holeByte stands for a hole in the flat form of an output; it occurs in no
// UTF-8 text.
const holeByte = 0xFF

// A flat is an output as one string.
type flat struct {
	s      string
	starts []int // of the pieces in s
	pieces []Piece
}

func flatten(pieces []Piece) flat {
	var b strings.Builder
	f := flat{pieces: pieces}
	for _, p := range pieces {
		f.starts = append(f.starts, b.Len())
		if p.Hole != nil {
			b.WriteByte(holeByte)
		} else {
			b.WriteString(strings.ReplaceAll(p.Text, "\xFF", "?"))
		}
	}
	f.s = b.String()
	return f
}

// piece returns the piece at a position and how far into it the position lies.
func (f flat) piece(i int) (Piece, int) {
	n := sort.SearchInts(f.starts, i+1) - 1
	if n < 0 {
		return Piece{}, 0
	}
	return f.pieces[n], i - f.starts[n]
}

// locate returns where in the template the output from i to j comes from.
func (f flat) locate(i, j int) (offset, end int) {
	p, into := f.piece(i)
	if j <= i {
		j = i + 1
	}
	q, last := f.piece(min(j, len(f.s)) - 1)
	offset, end = p.Offset, q.End
	if p.literal() {
		offset += min(into, p.End-p.Offset)
	}
	if q.literal() {
		end = min(q.Offset+last+1, q.End)
	}
	return offset, max(offset, end)
}

// JSON reads the output of the path as JSON.
func (o Outcome) JSON() JSON {
	if o.Failure != nil {
		return JSON{}
	}
	r := &jsonReader{flat: flatten(o.Pieces), valid: tri.Yes}
	r.document()
	r.out.Valid = r.valid
	return r.out
}

// CanBeJSON reports whether some and whether all outcomes are JSON. Paths that
// no request takes may be among them, so that one path never decides alone.
func (r Result) CanBeJSON() (some, every tri.Bool) {
	if !r.Complete || len(r.Outcomes) == 0 {
		return tri.Maybe, tri.Maybe
	}
	none := true
	every = tri.Yes
	for _, o := range r.Outcomes {
		v := o.JSON().Valid
		every = tri.And(every, v)
		none = none && v == tri.No
	}
	switch {
	case none:
		return tri.No, tri.No
	case every == tri.Yes:
		return tri.Yes, tri.Yes
	}
	return tri.Maybe, tri.Maybe
}

// Places returns the doubtful references of all outcomes, in the order of the
// template.
func (r Result) Places() []Place {
	var out []Place
	for _, o := range r.Outcomes {
		for _, p := range o.JSON().Places {
			if !slices.Contains(out, p) {
				out = append(out, p)
			}
		}
	}
	slices.SortStableFunc(out, func(a, b Place) int { return a.Offset - b.Offset })
	return out
}

// maxJSONDepth bounds the recursion of readers.
const maxJSONDepth = 200

// A jsonReader reads JSON with holes.
type jsonReader struct {
	flat
	i     int
	depth int
	valid tri.Bool
	out   JSON
	done  bool // no more can be said
}

func (r *jsonReader) document() {
	c := r.skip()
	r.out.Object = c == '{' || c == '['
	if c == 0 {
		r.valid = tri.Maybe
		return
	}
	r.value()
	if !r.done && r.skip() != 0 {
		r.wrong("text follows the end of the JSON value")
	}
}

// skip passes white space and returns the next byte, 0 at the end.
func (r *jsonReader) skip() byte {
	for r.i < len(r.s) && isSpace(r.s[r.i]) {
		r.i++
	}
	return r.at(r.i)
}

func (r *jsonReader) at(i int) byte {
	if i < len(r.s) {
		return r.s[i]
	}
	return 0
}

// giveUp leaves it open whether the output is JSON.
func (r *jsonReader) giveUp() {
	if !r.done {
		r.valid, r.done = tri.Maybe, true
	}
}

func (r *jsonReader) wrong(message string) {
	if r.done {
		return
	}
	r.valid, r.done = tri.No, true
	r.out.Message = message
	end := r.i
	for end < len(r.s) && !isSpace(r.s[end]) && strings.IndexByte(`,:{}[]"`, r.s[end]) < 0 && r.s[end] != holeByte {
		end++
	}
	r.out.Offset, r.out.End = r.locate(min(r.i, max(len(r.s)-1, 0)), end)
}

func (r *jsonReader) value() {
	switch c := r.skip(); {
	case c == '{':
		r.object()
	case c == '[':
		r.array()
	case c == '"':
		r.str()
	case c == holeByte:
		r.hole()
	case c == 0:
		r.i = len(r.s)
		r.wrong("the JSON ends where a value must stand")
	default:
		r.scalar()
	}
}

// ends reports whether a value may end before c.
func ends(c byte) bool {
	return c == 0 || isSpace(c) || c == ',' || c == '}' || c == ']'
}

// hole reads a hole that stands for a whole value.
func (r *jsonReader) hole() {
	p, _ := r.piece(r.i)
	r.i++
	if !ends(r.at(r.i)) || p.Hole.Kind == HoleAny || p.Hole.Kind == HoleBody {
		r.giveUp()
		return
	}
	if p.Hole.Kind == HoleValue {
		r.place(Unquoted, p)
	}
	if p.Hole.Kind != HoleJSON {
		r.valid = tri.Maybe
	}
}

func (r *jsonReader) place(k PlaceKind, p Piece) {
	r.out.Places = append(r.out.Places, Place{k, p.Offset, p.End, p.Hole.Source})
}

func (r *jsonReader) scalar() {
	start := r.i
	end := start
	for end < len(r.s) && !ends(r.s[end]) && strings.IndexByte(`:{["`, r.s[end]) < 0 {
		if r.s[end] == holeByte {
			r.giveUp() // a number or word that goes on in the hole
			return
		}
		end++
	}
	word := r.s[start:end]
	switch {
	case word == "true" || word == "false" || word == "null" || isJSONNumber(word):
		r.i = end
	case word == "":
		r.wrong("unexpected " + quote(r.s[start:start+1]) + " in JSON")
	case word[0] == '$':
		r.wrong(quote(word) + " is not defined, rendered as it is written, and no JSON value")
	default:
		r.wrong(quote(word) + " is no JSON value")
	}
}

func isJSONNumber(s string) bool {
	s = strings.TrimPrefix(s, "-")
	n := span(s, isDigit)
	if n == 0 || n > 1 && s[0] == '0' {
		return false
	}
	s = s[n:]
	if strings.HasPrefix(s, ".") {
		n = span(s[1:], isDigit)
		if n == 0 {
			return false
		}
		s = s[1+n:]
	}
	return s == "" || exponent(s) == len(s)
}

func (r *jsonReader) str() {
	for r.i++; r.i < len(r.s) && !r.done; r.i++ {
		switch c := r.s[r.i]; {
		case c == '"':
			r.i++
			return
		case c == holeByte:
			r.holeInString()
		case c == '\\':
			r.escape()
		case c < 0x20:
			r.wrong("a line break or control character stands in a JSON string")
		}
	}
	r.wrong("the JSON ends within a string")
}

func (r *jsonReader) escape() {
	r.i++
	switch c := r.at(r.i); {
	case c == holeByte || c == 0:
		r.giveUp()
	case c == 'u':
		for k := 1; k <= 4; k++ {
			if d := r.at(r.i + k); d == holeByte {
				r.giveUp()
				return
			} else if !isDigit(d) && (d|0x20 < 'a' || d|0x20 > 'f') {
				r.wrong(`\u is not followed by four hexadecimal digits`)
				return
			}
		}
		r.i += 4
	case strings.IndexByte(`"\/bfnrt`, c) < 0:
		r.wrong(`\` + string(rune(c)) + " is no escape in JSON")
	}
}

// holeInString reads a hole within a string.
func (r *jsonReader) holeInString() {
	p, _ := r.piece(r.i)
	switch p.Hole.Kind {
	case HoleStage, HoleScalar, HoleEncoded, HoleQuoted:
		return
	case HoleValue, HoleBody, HoleParam:
		r.place(Unescaped, p)
	case HoleEscaped:
		r.place(EscapedQuote, p)
	case HoleJSON:
		r.place(QuotedJSON, p)
	}
	r.valid = tri.Maybe
}

func (r *jsonReader) enter() bool {
	if r.depth++; r.depth > maxJSONDepth {
		r.giveUp()
		return false
	}
	return true
}

func (r *jsonReader) object() {
	if !r.enter() {
		return
	}
	r.i++
	if r.skip() == '}' {
		r.i++
		r.depth--
		return
	}
	for !r.done {
		switch c := r.skip(); c {
		case '"':
			r.str()
		case holeByte:
			r.giveUp()
		case 0:
			r.wrong("an object in the JSON has no }")
		case '}':
			r.wrong("a comma stands before the end of an object in the JSON")
		default:
			r.wrong("a name in double quotes must stand here in the JSON")
		}
		if r.done {
			return
		}
		if !r.expect(':', "a colon must follow the name in the JSON") {
			return
		}
		r.value()
		if r.done || r.closes('}', "an object in the JSON has no }") {
			return
		}
	}
}

func (r *jsonReader) array() {
	if !r.enter() {
		return
	}
	r.i++
	if r.skip() == ']' {
		r.i++
		r.depth--
		return
	}
	for !r.done {
		if r.skip() == ']' {
			r.wrong("a comma stands before the end of an array in the JSON")
			return
		}
		r.value()
		if r.done || r.closes(']', "an array in the JSON has no ]") {
			return
		}
	}
}

// expect passes over a sign.
func (r *jsonReader) expect(c byte, message string) bool {
	switch r.skip() {
	case c:
		r.i++
		return true
	case holeByte:
		r.giveUp()
	default:
		r.wrong(message)
	}
	return false
}

// closes passes over a comma, or the closing bracket, upon which it is true.
func (r *jsonReader) closes(bracket byte, unclosed string) bool {
	switch r.skip() {
	case ',':
		r.i++
	case bracket:
		r.i++
		r.depth--
		return true
	case holeByte:
		r.giveUp()
	case 0:
		r.wrong(unclosed)
	default:
		r.wrong("a comma is missing in the JSON")
	}
	return r.done
}
