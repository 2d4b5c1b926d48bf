package vtl

import (
	"fmt"
	"math"
	"strconv"
	"strings"
)

// A HoleKind says what is known of output that depends on the request.
type HoleKind int8

// The kinds of holes. Zero means that anything may stand there.
const (
	HoleAny     HoleKind = iota // any text, such as the output of a loop
	HoleValue                   // of $input.path(…): a Java object as text
	HoleJSON                    // of $input.json(…): JSON
	HoleBody                    // $input.body
	HoleParam                   // of $input.params(…)
	HoleContext                 // of $context
	HoleStage                   // of $stageVariables, which hold no quotes
	HoleScalar                  // a number or a truth value
	HoleEscaped                 // of $util.escapeJavaScript(…), which may hold \'
	HoleQuoted                  // the same with \' undone, fit for a JSON string
	HoleEncoded                 // URL or Base64 encoded
)

// A Hole is output that depends on the request.
type Hole struct {
	Kind   HoleKind
	Source string // the expression
}

// A Piece of output is known text or a hole. Offset and End are the bytes of
// the template that it comes from; text that stands there literally has as
// many bytes as they enclose.
type Piece struct {
	Text        string
	Hole        *Hole
	Offset, End int
}

// A value is what an expression evaluates to: nil for null, a string, an int
// that fits into Java's, a float64, a bool, or one of the types below.
type value any

// An unknown depends on the request. Unknowns with the same key are equal.
type unknown struct {
	kind HoleKind
	key  string
	src  string
	sure bool // certainly not null
}

// A text is a string with holes.
type text struct{ pieces []Piece }

// A list is a Java list, an array, or a collection that a map offers.
type list struct {
	items  []value
	array  bool
	view   bool  // of a map
	of     *dict // the map that it shows
	size   int   // of a range that is too long to be kept
	opaque bool  // what it holds is not known any more
}

// A dict is a Java map that keeps the order of insertion.
type dict struct {
	keys   []value
	values map[value]value
	views  []*list // collections that show what it holds
	opaque bool
}

// An entry is one of the entries of a map.
type entry struct {
	key value
	of  *dict
}

type (
	inputObject struct{}
	utilObject  struct{}
	stageObject struct{}
)

// A loopScope is $foreach.
type loopScope struct {
	index  int
	more   bool
	parent value
}

// A definition is what #define assigns.
type definition struct {
	body   *Block
	depth  int
	origin origin
}

func newDict() *dict { return &dict{values: map[value]value{}} }

// put sets a key; keys that are not known make the map opaque.
func (d *dict) put(k, v value) {
	for _, l := range d.views {
		l.opaque = true
	}
	if !hashable(k) {
		d.opaque = true
		return
	}
	if _, ok := d.values[k]; !ok {
		d.keys = append(d.keys, k)
	}
	d.values[k] = v
}

func hashable(k value) bool {
	switch k.(type) {
	case nil, string, int, bool:
		return true
	}
	return false
}

// opaque forgets what mutable objects in v hold.
func opaque(v value) {
	switch v := v.(type) {
	case *list:
		if !v.opaque {
			v.opaque = true
			for _, x := range v.items {
				opaque(x)
			}
		}
	case *dict:
		if !v.opaque {
			v.opaque = true
			for _, l := range v.views {
				l.opaque = true
			}
			for _, x := range v.values {
				opaque(x)
			}
		}
	case entry:
		opaque(v.of)
	case *loopScope:
		v.parent = nil
	}
}

// key identifies a known value in the keys of unknowns; ok is false for
// values that have no identity.
func (r *run) key(v value) string {
	switch v := v.(type) {
	case nil:
		return "null"
	case string:
		return strconv.Quote(v)
	case int, bool, float64:
		return fmt.Sprint(v)
	case *unknown:
		return v.key
	}
	return r.fresh()
}

// fresh returns a key that is equal to no other.
func (r *run) fresh() string {
	r.serial++
	return fmt.Sprintf("?%d", r.serial)
}

// anything returns an unknown that is equal to nothing else.
func (r *run) anything(kind HoleKind, src string) *unknown {
	return &unknown{kind: kind, key: r.fresh(), src: src}
}

// show returns what v is rendered as; n is where it comes from.
func (r *run) show(v value, n Node) []Piece {
	r.step()
	start, end := n.Span()
	lit := func(s string) []Piece { return []Piece{{Text: s, Offset: start, End: end}} }
	hole := func(kind HoleKind, src string) []Piece {
		return []Piece{{Hole: &Hole{kind, src}, Offset: start, End: end}}
	}
	switch v := v.(type) {
	case string:
		return lit(v)
	case int:
		return lit(strconv.Itoa(v))
	case bool:
		return lit(strconv.FormatBool(v))
	case float64:
		if s, ok := javaFloat(v); ok {
			return lit(s)
		}
		return hole(HoleScalar, r.source(n))
	case *text:
		out := make([]Piece, len(v.pieces))
		for i, p := range v.pieces {
			p.Offset, p.End = start, end
			out[i] = p
		}
		return out
	case *unknown:
		return hole(v.kind, v.src)
	case *list:
		if v.opaque || v.array || !r.deeper() {
			return hole(HoleAny, r.source(n))
		}
		defer r.shallower()
		out := lit("[")
		for i, x := range v.items {
			if i > 0 {
				out = append(out, lit(", ")...)
			}
			out = append(out, r.showInside(x, n)...)
		}
		return append(out, lit("]")...)
	case *dict:
		if v.opaque || !r.deeper() {
			return hole(HoleAny, r.source(n))
		}
		defer r.shallower()
		out := lit("{")
		for i, k := range v.keys {
			if i > 0 {
				out = append(out, lit(", ")...)
			}
			out = append(out, r.showInside(k, n)...)
			out = append(out, lit("=")...)
			out = append(out, r.showInside(v.values[k], n)...)
		}
		return append(out, lit("}")...)
	case *definition:
		pieces, sig := r.capture(func() signal { return r.expand(v, n) })
		if sig != goOn {
			panic(undecided{})
		}
		return r.show(&text{pieces}, n)
	case entry:
		if v.of.opaque {
			return hole(HoleAny, r.source(n))
		}
		out := append(r.showInside(v.key, n), lit("=")...)
		return append(out, r.showInside(v.of.values[v.key], n)...)
	}
	return hole(HoleAny, r.source(n))
}

// showInside renders an element of a collection, where null has a name.
func (r *run) showInside(v value, n Node) []Piece {
	if v == nil {
		start, end := n.Span()
		return []Piece{{Text: "null", Offset: start, End: end}}
	}
	return r.show(v, n)
}

// string returns v as a known string, or as what is known of it.
func (r *run) string(v value, n Node) value {
	pieces := r.show(v, n)
	var b strings.Builder
	for _, p := range pieces {
		if p.Hole != nil {
			return &text{pieces}
		}
		b.WriteString(p.Text)
	}
	return b.String()
}

// javaFloat formats a number as Java does, where that is certain.
func javaFloat(f float64) (string, bool) {
	abs := math.Abs(f)
	if abs != 0 && (abs < 1e-3 || abs >= 1e7) || math.IsNaN(f) {
		return "", false
	}
	s := strconv.FormatFloat(f, 'f', -1, 64)
	if len(s) > 15 {
		return "", false
	}
	if !strings.Contains(s, ".") {
		s += ".0"
	}
	return s, true
}
