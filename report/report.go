// Package report writes what a run found in the forms that people, editors and
// services read.
package report

import (
	"bytes"
	"fmt"
	"io"
	"strings"
	"unicode"

	"github.com/apigwlint/apigwlint/lint"
	"github.com/apigwlint/apigwlint/source"
)

// A Report is what a run has to say.
type Report struct {
	Version  string         // of apigwlint
	Rules    []*lint.Rule   // that were run
	Findings []lint.Finding // that are shown, in order
	Summary  Summary        // counts all findings, hidden ones too
	Errors   []string       // what kept the run from being complete: unreadable paths, bugs
}

// A Summary counts what a run saw. It counts findings that are too mild to be
// shown, but not those that a directive or the baseline covers.
type Summary struct {
	Files      int `json:"files"`
	Units      int `json:"units"`
	APIs       int `json:"apis"`
	Routes     int `json:"routes"`
	Errors     int `json:"errors"`
	Warnings   int `json:"warnings"`
	Notes      int `json:"notes"`
	Suppressed int `json:"suppressed"`
	Baseline   int `json:"baseline"`
	Undecided  int `json:"undecided"`
}

// Count adds findings to the counts by severity.
func (s *Summary) Count(findings ...lint.Finding) {
	for _, f := range findings {
		switch f.Severity {
		case lint.Error:
			s.Errors++
		case lint.Warning:
			s.Warnings++
		case lint.Note:
			s.Notes++
		}
	}
}

// A writer writes a report in one format.
type writer func(b *bytes.Buffer, r *Report, colour bool) error

// formats are in the order in which help lists them.
var formats = []struct {
	name  string
	write writer
}{
	{"text", writeText},
	{"json", writeJSON},
	{"sarif", writeSARIF},
	{"unix", writeUnix},
	{"github", writeGitHub},
	{"gitlab", writeGitLab},
}

// Formats lists the names of the formats; the first is the one for people.
func Formats() []string {
	var names []string
	for _, f := range formats {
		names = append(names, f.name)
	}
	return names
}

// Write writes r in the named format. Only text is ever coloured.
func Write(w io.Writer, format string, r *Report, colour bool) error {
	for _, f := range formats {
		if f.name != format {
			continue
		}
		var b bytes.Buffer
		if err := f.write(&b, r, colour); err != nil {
			return err
		}
		_, err := w.Write(b.Bytes())
		return err
	}
	return fmt.Errorf("%q is not one of %s", format, strings.Join(Formats(), ", "))
}

// A place is where a span starts and ends, as every format but text wants it:
// lines and columns begin at 1, columns count code points, and the end is one
// past the last character.
type place struct {
	File      string `json:"file"`
	Line      int    `json:"line"`
	Column    int    `json:"column"`
	EndLine   int    `json:"endLine"`
	EndColumn int    `json:"endColumn"`
}

func placeOf(s source.Span) place {
	if !s.IsValid() {
		return place{File: "-", Line: 1, Column: 1, EndLine: 1, EndColumn: 1}
	}
	p := place{File: s.File.Name}
	p.Line, p.Column = s.File.Position(s.Start)
	p.EndLine, p.EndColumn = s.File.Position(s.End)
	return p
}

// String returns file:line:column.
func (p place) String() string { return fmt.Sprintf("%s:%d:%d", p.File, p.Line, p.Column) }

// visible returns s as it may be shown on one line of a terminal: what is in a
// file must neither move the cursor nor reorder the text.
func visible(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\n' || r == '\t':
			return ' '
		case r == '\r' || r == '\uFEFF':
			return -1
		case unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r):
			return unicode.ReplacementChar
		}
		return r
	}, s)
}

// plural returns "1 route", "2 routes".
func plural(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}

// Outcome is what callers see of the mistake that a rule finds.
func Outcome(r *lint.Rule) string {
	var parts []string
	for _, s := range r.Status {
		parts = append(parts, fmt.Sprint(s))
	}
	if r.Refused {
		parts = append(parts, "deployment refused")
	}
	return strings.Join(parts, ", ")
}
