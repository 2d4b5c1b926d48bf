// Package source holds input files and the positions of things in them.
//
// A position is a file and a byte offset, nothing else. Lines and columns are
// computed when a report asks for them, because everybody counts them
// differently: YAML counts runes, HCL grapheme clusters, SARIF UTF-16 code units.
package source

import (
	"bytes"
	"fmt"
	"sort"
	"unicode/utf8"
)

// A File is one input file, kept in memory for the whole run.
type File struct {
	Name  string // relative to the working directory where possible, with forward slashes
	Data  []byte
	lines []int // offset of the first byte of each line
}

// NewFile returns a file over data, which must not change afterwards.
func NewFile(name string, data []byte) *File {
	f := &File{Name: name, Data: data, lines: []int{0}}
	for i, b := range data {
		if b == '\n' {
			f.lines = append(f.lines, i+1)
		}
	}
	return f
}

// Lines returns the number of lines; a file that ends with a line break has
// an empty last line.
func (f *File) Lines() int { return len(f.lines) }

// Line returns the text of the 1-based line n without its line break.
func (f *File) Line(n int) string {
	if n < 1 || n > len(f.lines) {
		return ""
	}
	start, end := f.lines[n-1], len(f.Data)
	if n < len(f.lines) {
		end = f.lines[n] - 1
	}
	if end > start && f.Data[end-1] == '\r' {
		end--
	}
	return string(f.Data[start:end])
}

// LineStart returns the offset of the first byte of the 1-based line n.
func (f *File) LineStart(n int) int {
	if n < 1 {
		return 0
	}
	if n > len(f.lines) {
		return len(f.Data)
	}
	return f.lines[n-1]
}

// Offset returns the offset of the rune at a 1-based line and rune column,
// which is how YAML parsers report positions.
func (f *File) Offset(line, col int) int {
	if line < 1 || line > len(f.lines) {
		return len(f.Data)
	}
	off := f.lines[line-1]
	if line == 1 && bytes.HasPrefix(f.Data, byteOrderMark) {
		off = len(byteOrderMark)
	}
	for ; col > 1 && off < len(f.Data) && f.Data[off] != '\n'; col-- {
		_, n := utf8.DecodeRune(f.Data[off:])
		off += n
	}
	return off
}

// Position returns the 1-based line of a byte offset and its column in Unicode
// code points, which is what SARIF calls columnKind unicodeCodePoints.
func (f *File) Position(offset int) (line, column int) {
	offset = max(0, min(offset, len(f.Data)))
	line = sort.SearchInts(f.lines, offset+1)
	start := f.lines[line-1]
	if line == 1 && bytes.HasPrefix(f.Data, byteOrderMark) {
		start = min(len(byteOrderMark), offset)
	}
	return line, utf8.RuneCount(f.Data[start:offset]) + 1
}

// byteOrderMark may begin a file; it is no part of its first line.
var byteOrderMark = []byte("\uFEFF")

// Span returns the range from start to end, cut to the file.
func (f *File) Span(start, end int) Span {
	start = max(0, min(start, len(f.Data)))
	end = max(start, min(end, len(f.Data)))
	return Span{f, start, end}
}

// A Span is a half-open range of bytes in a file. The zero Span is no place.
type Span struct {
	File       *File
	Start, End int
}

// IsValid reports whether s points into a file.
func (s Span) IsValid() bool { return s.File != nil }

// Text returns the bytes that s covers.
func (s Span) Text() string {
	if s.File == nil {
		return ""
	}
	return string(s.File.Data[s.Start:s.End])
}

// Line returns the 1-based line on which s starts, or 0.
func (s Span) Line() int {
	if s.File == nil {
		return 0
	}
	line, _ := s.File.Position(s.Start)
	return line
}

// Column returns the 1-based column, in code points, at which s starts, or 0.
func (s Span) Column() int {
	if s.File == nil {
		return 0
	}
	_, col := s.File.Position(s.Start)
	return col
}

// Contains reports whether t lies inside s.
func (s Span) Contains(t Span) bool {
	return s.File != nil && s.File == t.File && s.Start <= t.Start && t.End <= s.End
}

// Compare orders spans by file name, start and end.
func (s Span) Compare(t Span) int {
	switch {
	case s.File != t.File && s.File == nil:
		return -1
	case s.File != t.File && t.File == nil:
		return 1
	case s.File != t.File && s.File.Name != t.File.Name:
		if s.File.Name < t.File.Name {
			return -1
		}
		return 1
	case s.Start != t.Start:
		return s.Start - t.Start
	}
	return s.End - t.End
}

// String returns file:line:column.
func (s Span) String() string {
	if s.File == nil {
		return "-"
	}
	return fmt.Sprintf("%s:%d:%d", s.File.Name, s.Line(), s.Column())
}

// A Locator maps a range of bytes of a decoded string, such as the content of
// a block scalar or of a JSON string, to the place where it is written.
type Locator interface {
	Locate(start, end int) Span
}

// A Problem is something in an input file that keeps it, or a part of it,
// from being read. It becomes a finding of the pseudo-rule "syntax".
type Problem struct {
	Span    Span
	Message string

	// Minor says that only something which the file names cannot be read, such
	// as a file that a build has yet to make: worth a note, and no fault of it.
	Minor bool
}

// An Ignore is a wish, written in an input file, not to see the findings of
// one rule within a range of it.
type Ignore struct {
	Span   Span   // the directive itself
	Scope  Span   // what it covers: a line, a resource, a file
	Rule   string // the name of a rule
	Reason string // why; a directive without one is reported and has no effect
}
