package tree

import (
	"bytes"
	"sort"
	"sync/atomic"
	"unicode/utf8"

	"github.com/apigwlint/apigwlint/source"
	"github.com/apigwlint/apigwlint/value"
)

// A style is how a scalar is written.
type style uint8

const (
	verbatim style = iota // the content is the text
	plain                 // unquoted, over several lines
	single
	double // YAML and JSON
	literal
	folded
)

// A written is the content of a scalar in its file. It finds the place of a
// range of the content by decoding the text anew, when first asked.
type written struct {
	file       *source.File
	start, end int // the text without quotes and block header
	size       int // length of the content, which ends a plain scalar
	style      style
	chomp      byte  // of a block scalar: '+', '-' or 0
	indent     int32 // of a block scalar, in spaces

	segments atomic.Pointer[[]segment]
}

// A segment is a run of content: the same bytes as in the file (exact), or what
// one escape or line folding stands for.
type segment struct {
	at       int // in the content
	from, to int // in the file
	exact    bool
}

// Locate implements [source.Locator].
func (w *written) Locate(start, end int) source.Span {
	start = max(0, min(start, w.size))
	end = max(start, min(end, w.size))
	if w.style == verbatim {
		return w.file.Span(w.start+start, w.start+end)
	}
	segs := w.segments.Load()
	if segs == nil {
		segs = w.decodeSegments()
		w.segments.Store(segs)
	}
	if len(*segs) == 0 {
		return w.file.Span(w.start, w.end)
	}
	from, to := 0, 0
	if start == w.size {
		from = (*segs)[len(*segs)-1].to
	} else {
		s := find(*segs, start)
		from = s.from
		if s.exact {
			from += start - s.at
		}
	}
	if end == start {
		return w.file.Span(from, from)
	}
	s := find(*segs, end-1)
	to = s.to
	if s.exact {
		to = s.from + end - s.at
	}
	return w.file.Span(from, to)
}

// find returns the segment that holds a position of the content.
func find(segs []segment, at int) segment {
	i := sort.Search(len(segs), func(i int) bool { return segs[i].at > at })
	return segs[max(i-1, 0)]
}

func (w *written) decodeSegments() *[]segment {
	segs := []segment{}
	at := 0
	w.decode(func(s []byte, from, to int) {
		if len(s) == 0 {
			return
		}
		exact := bytes.Equal(s, w.file.Data[from:to])
		if n := len(segs); n > 0 && exact && segs[n-1].exact && segs[n-1].to == from {
			segs[n-1].to = to
		} else {
			segs = append(segs, segment{at, from, to, exact})
		}
		at += len(s)
	})
	return &segs
}

// text returns the content as a value.
func (w *written) text(content string, span source.Span) value.Text {
	start := w.start
	if w.style == literal || w.style == folded {
		start += countSpaces(w.file.Data, start, int(w.indent))
	}
	return value.Join(span, value.Part{Lit: content, Span: w.file.Span(start, max(start, w.end)), At: w})
}

// decode yields the content piece by piece, each with the bytes it is written as.
func (w *written) decode(emit func(s []byte, from, to int)) {
	data := w.file.Data
	switch w.style {
	case verbatim:
		emit(data[w.start:w.end], w.start, w.end)
	case plain:
		decodePlain(data, w.start, w.size, emit)
	case single, double:
		decodeQuoted(data[:w.end], w.start, w.style, emit)
	case literal, folded:
		w.decodeBlock(emit)
	}
}

var space, newline = []byte(" "), []byte("\n")

func isBlank(b byte) bool { return b == ' ' || b == '\t' }

// breakAt returns the length of the YAML line break at i, or 0, and what it
// stands for.
func breakAt(data []byte, i int) (int, []byte) {
	if i >= len(data) {
		return 0, nil
	}
	switch data[i] {
	case '\n':
		return 1, newline
	case '\r':
		if i+1 < len(data) && data[i+1] == '\n' {
			return 2, newline
		}
		return 1, newline
	case 0xC2:
		if i+1 < len(data) && data[i+1] == 0x85 {
			return 2, newline
		}
	case 0xE2:
		if i+2 < len(data) && data[i+1] == 0x80 && (data[i+2] == 0xA8 || data[i+2] == 0xA9) {
			return 3, data[i : i+3]
		}
	}
	return 0, nil
}

// lineEnd returns the offset of the line break at or after i.
func lineEnd(data []byte, i int) int {
	for i < len(data) {
		if n, _ := breakAt(data, i); n > 0 {
			return i
		}
		i++
	}
	return i
}

// fold emits what a run of blanks and line breaks within a flow scalar stands
// for, and returns its end. escaped says that an escaped line break precedes it.
func fold(data []byte, i int, escaped bool, emit func(s []byte, from, to int)) int {
	start, seen := i, escaped
	var first []byte
	var rest []byte
	for i < len(data) {
		if isBlank(data[i]) {
			i++
			continue
		}
		n, s := breakAt(data, i)
		if n == 0 {
			break
		}
		if seen {
			rest = append(rest, s...)
		} else {
			first, seen = s, true
		}
		i += n
	}
	switch {
	case !seen:
		emit(data[start:i], start, i)
	case len(first) == 1 && len(rest) == 0:
		emit(space, start, i)
	case len(first) == 1:
		emit(rest, start, i)
	default:
		emit(append(append([]byte(nil), first...), rest...), start, i)
	}
	return i
}

// decodePlain decodes an unquoted scalar whose content has size bytes, and
// returns its end.
func decodePlain(data []byte, i, size int, emit func(s []byte, from, to int)) int {
	done := 0
	count := func(s []byte, from, to int) {
		done += len(s)
		emit(s, from, to)
	}
	for done < size && i < len(data) {
		start := i
		for i < len(data) && i-start < size-done && !isBlank(data[i]) {
			if n, _ := breakAt(data, i); n > 0 {
				break
			}
			i++
		}
		if i > start {
			count(data[start:i], start, i)
			continue
		}
		i = fold(data, i, false, count)
	}
	return i
}

// decodeQuoted decodes a quoted scalar from behind its quote on. data ends
// where the closing quote is.
func decodeQuoted(data []byte, i int, st style, emit func(s []byte, from, to int)) {
	for i < len(data) {
		start := i
		for i < len(data) && data[i] != '\\' && data[i] != '\'' && data[i] != ' ' && data[i] != '\t' {
			if n, _ := breakAt(data, i); n > 0 {
				break
			}
			i++
		}
		if i > start {
			emit(data[start:i], start, i)
			continue
		}
		switch c := data[i]; {
		case c == '\'' && st == single:
			i = min(i+2, len(data))
			emit(data[start:start+1], start, i)
		case c == '\'', c == '\\' && st == single:
			i++
			emit(data[start:i], start, i)
		case c == '\\':
			if n, _ := breakAt(data, i+1); n > 0 {
				i = fold(data, i+1+n, true, emit)
				continue
			}
			var s []byte
			s, i = unescape(data, i)
			emit(s, start, i)
		default:
			i = fold(data, i, false, emit)
		}
	}
}

// unescape decodes the escape sequence at i, of YAML or JSON, and returns its
// end. Surrogates occur in JSON only; one without a partner is replaced, as
// encoding/json does.
func unescape(data []byte, i int) ([]byte, int) {
	if i+1 >= len(data) {
		return data[i:], len(data)
	}
	c := data[i+1]
	n := 0
	switch c {
	case 'x':
		n = 2
	case 'u':
		n = 4
	case 'U':
		n = 8
	default:
		return utf8.AppendRune(nil, simpleEscape(c)), i + 2
	}
	end := min(i+2+n, len(data))
	r := hex(data[i+2 : end])
	if r >= 0xD800 && r < 0xDC00 && end+6 <= len(data) && data[end] == '\\' && data[end+1] == 'u' {
		if low := hex(data[end+2 : end+6]); low >= 0xDC00 && low < 0xE000 {
			return utf8.AppendRune(nil, (r-0xD800)<<10+(low-0xDC00)+0x10000), end + 6
		}
	}
	return utf8.AppendRune(nil, r), end
}

func simpleEscape(c byte) rune {
	switch c {
	case '0':
		return 0
	case 'a':
		return '\a'
	case 'b':
		return '\b'
	case 't':
		return '\t'
	case 'n':
		return '\n'
	case 'v':
		return '\v'
	case 'f':
		return '\f'
	case 'r':
		return '\r'
	case 'e':
		return 0x1B
	case 'N':
		return 0x85
	case '_':
		return 0xA0
	case 'L':
		return 0x2028
	case 'P':
		return 0x2029
	}
	return rune(c)
}

func hex(digits []byte) rune {
	var r rune
	for _, c := range digits {
		switch {
		case c >= '0' && c <= '9':
			r = r<<4 + rune(c-'0')
		case c >= 'a' && c <= 'f':
			r = r<<4 + rune(c-'a') + 10
		case c >= 'A' && c <= 'F':
			r = r<<4 + rune(c-'A') + 10
		}
	}
	return r
}

// A block is the layout of a block scalar.
type block struct {
	folded bool
	chomp  byte // '+', '-' or 0
	indent int  // spaces before each line of content
	first  int  // where the first line of the content, and its indentation, begins
	end    int  // behind the last line that counts, without its line break
}

// layoutBlock finds the extent of the block scalar whose indicator is at i.
// parent is the column, from 0, of the block collection that holds it, or -1.
func layoutBlock(data []byte, i, parent int) block {
	b := block{folded: data[i] == '>'}
	explicit := 0
	for i++; i < len(data); i++ {
		switch c := data[i]; {
		case c == '+' || c == '-':
			b.chomp = c
			continue
		case c >= '1' && c <= '9':
			explicit = int(c - '0')
			continue
		}
		break
	}
	b.end = i
	i = lineEnd(data, i)
	n, _ := breakAt(data, i)
	i += n
	b.first = i
	if explicit > 0 {
		b.indent = max(parent, 0) + explicit
	} else {
		b.indent = max(parent+1, leading(data, i))
	}
	for i < len(data) {
		spaces := countSpaces(data, i, b.indent)
		j := i + spaces
		if j == len(data) {
			if b.chomp == '+' && spaces > 0 {
				b.end = j
			}
			break
		}
		if n, _ := breakAt(data, j); n > 0 {
			if b.chomp == '+' {
				b.end = j
			}
			i = j + n
			continue
		}
		if spaces < b.indent {
			break
		}
		b.end = lineEnd(data, j)
		n, _ := breakAt(data, b.end)
		i = b.end + n
		if n == 0 {
			break
		}
	}
	return b
}

// leading returns the largest indentation of the blank lines at i and of the
// line behind them, by which YAML detects the indentation of a block scalar.
func leading(data []byte, i int) int {
	most := 0
	for {
		spaces := countSpaces(data, i, len(data))
		most = max(most, spaces)
		n, _ := breakAt(data, i+spaces)
		if n == 0 {
			return most
		}
		i += spaces + n
	}
}

func countSpaces(data []byte, i, limit int) int {
	n := 0
	for n < limit && i+n < len(data) && data[i+n] == ' ' {
		n++
	}
	return n
}

// decodeBlock decodes a block scalar from its first line on.
func (w *written) decodeBlock(emit func(s []byte, from, to int)) {
	data, indent := w.file.Data, int(w.indent)
	i := w.start
	// What the last line break stands for is known when the next line is.
	type pending struct {
		s        []byte
		from, to int
	}
	var lead pending
	var breaks []pending
	blanks := func() {
		for i < len(data) {
			spaces := countSpaces(data, i, indent)
			n, s := breakAt(data, i+spaces)
			if n == 0 {
				if i+spaces == len(data) && spaces > 0 {
					breaks = append(breaks, pending{newline, i, len(data)})
				}
				return
			}
			breaks = append(breaks, pending{s, i + spaces, i + spaces + n})
			i += spaces + n
		}
	}
	leadingBlank := false
	blanks()
	for i < len(data) && countSpaces(data, i, indent) == indent && i+indent < len(data) {
		i += indent
		trailingBlank := isBlank(data[i])
		switch {
		case w.style == folded && !leadingBlank && !trailingBlank && len(lead.s) == 1:
			if len(breaks) == 0 {
				emit(space, lead.from, lead.to)
			}
		case len(lead.s) > 0:
			emit(lead.s, lead.from, lead.to)
		}
		for _, p := range breaks {
			emit(p.s, p.from, p.to)
		}
		breaks = breaks[:0]
		leadingBlank = trailingBlank
		end := lineEnd(data, i)
		emit(data[i:end], i, end)
		n, s := breakAt(data, end)
		lead = pending{s, end, end + n}
		if n == 0 && len(bytes.Trim(data[i:end], " \t")) == 0 {
			lead = pending{newline, end, end}
		}
		i = end + n
		blanks()
	}
	if w.chomp != '-' && len(lead.s) > 0 {
		emit(lead.s, lead.from, lead.to)
	}
	if w.chomp == '+' {
		for _, p := range breaks {
			emit(p.s, p.from, p.to)
		}
	}
}
