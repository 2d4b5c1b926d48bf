package terraform

import (
	"sort"
	"strings"
	"sync"
	"unicode/utf8"

	"github.com/apigwlint/apigwlint/source"
	"github.com/apigwlint/apigwlint/value"
)

// literal returns the part of a template that is written out at span. Its
// positions are exact in spite of escapes and stripped indentation.
func literal(s string, span source.Span, quoted bool) value.Part {
	p := value.Part{Lit: s, Span: span}
	if span.Text() != s {
		p.At = &written{span: span, val: s, quoted: quoted}
	} else {
		p.At = verbatim{span.File, span.Start}
	}
	return p
}

// verbatim locates ranges of a string that stands in the file as it is.
type verbatim struct {
	file *source.File
	base int
}

func (v verbatim) Locate(start, end int) source.Span {
	if v.file == nil {
		return source.Span{}
	}
	return v.file.Span(v.base+start, v.base+end)
}

// written locates ranges of a string that stands in the file with escapes or,
// in a heredoc, with indentation that is not part of it.
type written struct {
	span   source.Span
	val    string
	quoted bool

	once sync.Once
	segs []seg
}

// A seg says that the bytes of the string from out on stand in the file
// from src on.
type seg struct{ out, src int }

func (w *written) Locate(start, end int) source.Span {
	w.once.Do(w.index)
	if w.span.File == nil {
		return w.span
	}
	from := w.src(start)
	to := from
	if end > start {
		// The end of a range is the end of its last character.
		last := end - 1
		for last > start && !utf8.RuneStart(w.val[min(last, len(w.val)-1)]) {
			last--
		}
		to = max(w.src(end), w.src(last)+1)
		if i := sort.Search(len(w.segs), func(i int) bool { return w.segs[i].out > last }); i > 0 && i < len(w.segs) && w.segs[i].out == end {
			to = max(from, w.src(last)+(end-last)) // not over the indentation of the next line
		}
	}
	return w.span.File.Span(from, min(to, w.span.End))
}

func (w *written) src(out int) int {
	i := sort.Search(len(w.segs), func(i int) bool { return w.segs[i].out > out })
	if i == 0 {
		return w.span.Start
	}
	s := w.segs[i-1]
	return min(s.src+out-s.out, w.span.End)
}

// index walks the string and what is written side by side.
func (w *written) index() {
	raw := w.span.Text()
	i, j := 0, 0
	lineStart := true
	for j < len(w.val) && i < len(raw) {
		if lineStart && !w.quoted {
			i += indentation(raw[i:], w.val[j:])
		}
		w.segs = append(w.segs, seg{j, w.span.Start + i})
		for j < len(w.val) && i < len(raw) {
			n, m := unit(raw[i:], w.quoted)
			m = min(m, len(w.val)-j)
			lineStart = w.val[j] == '\n'
			i, j = i+n, j+m
			if n != m || lineStart {
				break
			}
		}
	}
}

// indentation returns how much of the white space that begins a line of a
// heredoc is not part of its content.
func indentation(raw, val string) int {
	spaces := func(s string) int { return len(s) - len(strings.TrimLeft(s, " \t")) }
	return max(0, spaces(raw)-spaces(val))
}

// unit returns the lengths of the next character as it is written and in the
// string: https://developer.hashicorp.com/terraform/language/expressions/strings
func unit(raw string, quoted bool) (written, decoded int) {
	if strings.HasPrefix(raw, "$${") || strings.HasPrefix(raw, "%%{") {
		return 3, 2
	}
	if !quoted || raw[0] != '\\' || len(raw) < 2 {
		_, n := utf8.DecodeRuneInString(raw)
		return n, n
	}
	digits := map[byte]int{'u': 4, 'U': 8}[raw[1]]
	if digits == 0 {
		return 2, 1
	}
	n := min(2+digits, len(raw))
	return n, utf8.RuneLen(hexRune(raw[2:n]))
}

func hexRune(s string) rune {
	var r rune
	for _, c := range s {
		d := strings.IndexRune("0123456789abcdef", c|0x20)
		if d < 0 {
			return utf8.RuneError
		}
		r = r<<4 | rune(d)
	}
	if !utf8.ValidRune(r) {
		return utf8.RuneError
	}
	return r
}

// Sentinels are what stands for the holes of a text while it goes through a
// function that knows nothing of holes: characters of the private use area,
// which no editor writes.
const (
	holeStart = '\uE000'
	holeEnd   = '\uE001'
	holeDigit = '\uE010'
)

// A holeTable numbers the holes of a text that is made into a plain string.
type holeTable struct {
	parts []value.Part
	index map[value.Ref]int
}

// sentinel returns the characters that stand for a hole.
func (h *holeTable) sentinel(p value.Part) string {
	i, ok := h.index[*p.Ref]
	if !ok {
		if h.index == nil {
			h.index = map[value.Ref]int{}
		}
		i = len(h.parts)
		h.index[*p.Ref] = i
		h.parts = append(h.parts, p)
	}
	var b strings.Builder
	b.WriteRune(holeStart)
	for {
		b.WriteRune(holeDigit + rune(i%10))
		if i /= 10; i == 0 {
			break
		}
	}
	b.WriteRune(holeEnd)
	return b.String()
}

// flatten returns a text with sentinels for its holes.
func (h *holeTable) flatten(t value.Text) string {
	if s, ok := t.Get(); ok {
		return s
	}
	var b strings.Builder
	for _, p := range t.Parts() {
		if p.Ref != nil {
			b.WriteString(h.sentinel(p))
		} else {
			b.WriteString(p.Lit)
		}
	}
	return b.String()
}

// next returns the first sentinel in s and the hole that it stands for.
func (h *holeTable) next(s string) (start, end int, p value.Part, ok bool) {
	start = strings.IndexRune(s, holeStart)
	if start < 0 {
		return 0, 0, p, false
	}
	i, scale := 0, 1
	for at, c := range s[start:] {
		switch {
		case c == holeStart && at == 0:
		case c >= holeDigit && c <= holeDigit+9 && scale < 1e8:
			i += int(c-holeDigit) * scale
			scale *= 10
		case c == holeEnd && i < len(h.parts) && scale > 1:
			return start, start + at + utf8.RuneLen(holeEnd), h.parts[i], true
		default:
			return 0, 0, p, false
		}
	}
	return 0, 0, p, false
}

// restore returns the text of a string in which sentinels stand for holes. All
// of it is placed at span.
func (h *holeTable) restore(s string, span source.Span) value.Text {
	var parts []value.Part
	for s != "" {
		start, end, p, ok := h.next(s)
		if !ok {
			break
		}
		if start > 0 {
			parts = append(parts, value.Part{Lit: s[:start], Span: span})
		}
		parts = append(parts, p)
		s = s[end:]
	}
	if s != "" {
		parts = append(parts, value.Part{Lit: s, Span: span})
	}
	return value.Join(span, parts...)
}
