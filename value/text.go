package value

import (
	"iter"
	"slices"
	"sort"
	"strings"

	"github.com/apigwlint/apigwlint/source"
	"github.com/apigwlint/apigwlint/tri"
)

// A Part is either literal characters or a hole to be filled at deployment.
type Part struct {
	Lit  string
	Ref  *Ref        // what fills the hole; nil for literal characters
	Span source.Span // where the part is written

	// At maps ranges of Lit to their places; nil when only Span is known.
	At source.Locator
}

// A Text is a string that may have holes, such as an ARN built with Fn::Sub.
type Text struct {
	parts   []Part
	st      state
	span    source.Span
	assumes []Ref
}

// Lit returns a text without holes.
func Lit(s string, span source.Span) Text { return Join(span, Part{Lit: s, Span: span}) }

// Join returns the text made of parts. Neighbouring literals become one for
// every question that is asked of the text.
func Join(span source.Span, parts ...Part) Text {
	return Text{parts: slices.DeleteFunc(slices.Clone(parts), func(p Part) bool { return p.Ref == nil && p.Lit == "" }), st: known, span: span}
}

// Hole returns the text that consists of whatever ref stands for.
func Hole(ref Ref, span source.Span) Text { return Join(span, Part{Ref: &ref, Span: span}) }

// NoText returns a text that the block at span leaves out.
func NoText(span source.Span) Text { return Text{st: absent, span: span} }

// UnknownText returns a text of which nothing is known but that it may be at span.
func UnknownText(span source.Span) Text { return Text{span: span} }

// Span returns where the text is or, for an absent one, the block that lacks it.
func (t Text) Span() source.Span { return t.span }

// Present reports whether the text is written down.
func (t Text) Present() tri.Bool { return present(t.st) }

// Assumes lists the parameters whose defaults the text rests on.
func (t Text) Assumes() []Ref { return t.assumes }

// Assuming returns the text as one that rests on the defaults of refs too.
func (t Text) Assuming(refs ...Ref) Text {
	for _, r := range refs {
		if !slices.Contains(t.assumes, r) {
			t.assumes = append(slices.Clip(t.assumes), r)
		}
	}
	return t
}

// At returns the same text as a setting that stands at span.
func (t Text) At(span source.Span) Text {
	t.span = span
	return t
}

// Parts returns the literal parts and holes of a text that is written down.
func (t Text) Parts() []Part { return t.parts }

// Get returns the whole string when it is written down and has no holes.
func (t Text) Get() (string, bool) {
	if t.st != known {
		return "", false
	}
	if len(t.parts) == 1 && t.parts[0].Ref == nil {
		return t.parts[0].Lit, true
	}
	var b strings.Builder
	for _, p := range t.parts {
		if p.Ref != nil {
			return "", false
		}
		b.WriteString(p.Lit)
	}
	return b.String(), true
}

// Or returns the text, or def, the service's default, when it was left out.
func (t Text) Or(def string) Text {
	if t.st == absent {
		return Lit(def, t.span)
	}
	return t
}

// Only returns the reference when the text is a single hole.
func (t Text) Only() (Ref, bool) {
	if t.st == known && len(t.parts) == 1 && t.parts[0].Ref != nil {
		return *t.parts[0].Ref, true
	}
	return Ref{}, false
}

// Refs yields the references in t.
func (t Text) Refs() iter.Seq[Ref] {
	return func(yield func(Ref) bool) {
		for _, p := range t.parts {
			if p.Ref != nil && !yield(*p.Ref) {
				return
			}
		}
	}
}

// Append returns t followed by u, at the place of t.
func (t Text) Append(u Text) Text {
	if t.st != known || u.st != known {
		return UnknownText(t.span)
	}
	return Join(t.span, slices.Concat(t.parts, u.parts)...).Assuming(t.assumes...).Assuming(u.assumes...)
}

// Concat returns texts one after another, in time that grows with their length
// only. It is unknown when one of them is not written down.
func Concat(span source.Span, texts ...Text) Text {
	var parts []Part
	var assumes Text
	for _, t := range texts {
		if t.st != known {
			return UnknownText(span)
		}
		parts = append(parts, t.parts...)
		assumes = assumes.Assuming(t.assumes...)
	}
	return Join(span, parts...).Assuming(assumes.assumes...)
}

// Map returns t with f applied to its literal parts, such as strings.ToUpper.
// It is meant for functions that work character by character.
func (t Text) Map(f func(string) string) Text {
	parts := slices.Clone(t.parts)
	for i := range parts {
		if parts[i].Ref == nil {
			parts[i].Lit, parts[i].At = f(parts[i].Lit), nil
		}
	}
	t.parts = parts
	return t
}

// Slice returns the part of t that lies between two positions, which count the
// bytes of literals and one for each hole.
func (t Text) Slice(start, end int) Text {
	if t.st != known {
		return UnknownText(t.span)
	}
	var parts []Part
	pos := 0
	for _, p := range t.parts {
		n := 1
		if p.Ref == nil {
			n = len(p.Lit)
		}
		from, to := max(start-pos, 0), min(end-pos, n)
		if from < to {
			if p.Ref == nil && (from > 0 || to < n) {
				whole := p
				p.Lit = p.Lit[from:to]
				p.At = shifted{whole, from}
				p.Span = p.At.Locate(0, to-from)
			}
			parts = append(parts, p)
		}
		pos += n
	}
	out := Join(t.span, parts...)
	out.assumes = t.assumes
	if len(parts) > 0 && parts[0].Span.File != nil && parts[0].Span.File == parts[len(parts)-1].Span.File {
		out.span = parts[0].Span.File.Span(parts[0].Span.Start, max(parts[0].Span.End, parts[len(parts)-1].Span.End))
	}
	return out
}

// shifted locates ranges of the tail of a part's literal.
type shifted struct {
	whole Part
	by    int
}

func (s shifted) Locate(start, end int) source.Span { return s.whole.locate(start+s.by, end+s.by) }

func (p Part) locate(start, end int) source.Span {
	if p.At == nil {
		return p.Span
	}
	return p.At.Locate(start, end)
}

// Locate returns where the range from start to end, in the positions of
// [Text.Slice], is written.
func (t Text) Locate(start, end int) source.Span {
	pos := 0
	for _, p := range t.parts {
		n := 1
		if p.Ref == nil {
			n = len(p.Lit)
		}
		if start < pos+n || start == pos+n && end == start {
			if p.Ref != nil {
				return p.Span
			}
			return p.locate(start-pos, min(end-pos, n))
		}
		pos += n
	}
	return t.span
}

// hole stands for a hole in the flattened form of a text. The character is
// not valid in any string that a parser yields.
const hole = '\uFFFF'

// Flat returns the text with each hole replaced by U+FFFF, in which positions
// of literal characters can be searched; ok is false when the text is not
// written down. [Flat.Slice] turns positions of the flat form back into texts.
func (t Text) Flat() (Flat, bool) {
	if t.st != known {
		return Flat{}, false
	}
	var b strings.Builder
	starts := make([]int, len(t.parts))
	for i, p := range t.parts {
		starts[i] = b.Len()
		if p.Ref != nil {
			b.WriteRune(hole)
		} else {
			b.WriteString(p.Lit)
		}
	}
	return Flat{b.String(), t, starts}, true
}

// A Flat is a text in which holes are one character each.
type Flat struct {
	S      string
	text   Text
	starts []int // where in S each part begins
}

// HoleString is what stands for a hole in [Flat.S].
const HoleString = string(hole)

// Slice returns the text between two byte positions of S. It takes no longer
// for a long text than for a short one.
func (f Flat) Slice(start, end int) Text {
	start, end = max(0, start), min(len(f.S), end)
	if start >= end {
		out := Join(f.text.span)
		out.assumes = f.text.assumes
		return out
	}
	first := sort.SearchInts(f.starts, start+1) - 1
	last := sort.SearchInts(f.starts, end)
	part := f.text
	part.parts = f.text.parts[first:last]
	at := func(i int) int { // a hole is three bytes in S and one in the text
		n := i - f.starts[first]
		for k := first; k < last; k++ {
			if f.text.parts[k].Ref != nil && f.starts[k]+len(HoleString) <= i {
				n -= len(HoleString) - 1
			}
		}
		return n
	}
	return part.Slice(at(start), at(end))
}

// Is reports whether t is exactly s.
func (t Text) Is(s string) tri.Bool {
	if t.st != known {
		return t.undecided()
	}
	if lit, ok := t.Get(); ok {
		return tri.Of(lit == s)
	}
	return Glob(t, Lit(s, source.Span{}), Literal)
}

// IsFold reports whether t is s, ignoring the case of ASCII letters.
func (t Text) IsFold(s string) tri.Bool {
	return t.Map(strings.ToLower).Is(strings.ToLower(s))
}

// OneOf reports whether t is one of ss, ignoring case.
func (t Text) OneOf(ss ...string) tri.Bool {
	r := tri.No
	for _, s := range ss {
		r = tri.Or(r, t.IsFold(s))
	}
	return r
}

// HasPrefix reports whether t begins with s.
func (t Text) HasPrefix(s string) tri.Bool {
	if t.st != known {
		return t.undecided()
	}
	first := ""
	for _, p := range t.parts {
		if p.Ref != nil {
			if strings.HasPrefix(s, first) && len(first) < len(s) {
				return tri.Maybe
			}
			break
		}
		first += p.Lit
	}
	return tri.Of(strings.HasPrefix(first, s))
}

// HasSuffix reports whether t ends with s.
func (t Text) HasSuffix(s string) tri.Bool {
	if t.st != known {
		return t.undecided()
	}
	last := ""
	for _, p := range slices.Backward(t.parts) {
		if p.Ref != nil {
			if strings.HasSuffix(s, last) && len(last) < len(s) {
				return tri.Maybe
			}
			break
		}
		last = p.Lit + last
	}
	return tri.Of(strings.HasSuffix(last, s))
}

// Contains reports whether t contains sub.
func (t Text) Contains(sub string) tri.Bool {
	f, ok := t.Flat()
	if !ok {
		return t.undecided()
	}
	switch {
	case strings.Contains(f.S, sub):
		return tri.Yes
	case strings.Contains(f.S, HoleString):
		return tri.Maybe
	}
	return tri.No
}

// Equal reports whether t and u are the same string, or both left out.
func (t Text) Equal(u Text) tri.Bool {
	switch {
	case t.st == unknown || u.st == unknown:
		return tri.Maybe
	case t.st == absent || u.st == absent:
		return tri.Of(t.st == u.st)
	}
	return Glob(t, u, Literal)
}

// Matches reports whether ok holds of the string; it is asked only when the
// whole string is known.
func (t Text) Matches(ok func(string) bool) tri.Bool {
	if s, known := t.Get(); known {
		return tri.Of(ok(s))
	}
	return t.undecided()
}

// undecided is the answer about a text that is not wholly known.
func (t Text) undecided() tri.Bool {
	if t.st == absent {
		return tri.No
	}
	return tri.Maybe
}

// String returns the text with holes as ${Ref}, for messages and reports; of
// an unknown or absent text, the empty string.
func (t Text) String() string {
	var b strings.Builder
	for _, p := range t.parts {
		if p.Ref != nil {
			b.WriteString("${" + p.Ref.String() + "}")
		} else {
			b.WriteString(p.Lit)
		}
	}
	return b.String()
}
