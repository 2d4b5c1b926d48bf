package report

import (
	"bytes"
	"fmt"
	"strconv"
	"strings"
	"unicode"

	"golang.org/x/text/width"

	"github.com/apigwlint/apigwlint/lint"
	"github.com/apigwlint/apigwlint/source"
)

// writeText writes findings for people: each reads on its own, and ends with
// what to do.
func writeText(b *bytes.Buffer, r *Report, colour bool) error {
	p := printer{b, colour}
	for i := range r.Findings {
		p.finding(&r.Findings[i])
		b.WriteByte('\n')
	}
	b.WriteString(r.total() + "\n")
	return nil
}

// The ANSI sequences of a terminal that are used.
const (
	bold  = "1"
	dim   = "2"
	blue  = "1;34"
	reset = "\x1b[0m"
)

var severityColour = map[lint.Severity]string{lint.Error: "1;31", lint.Warning: "1;33", lint.Note: "1;36"}

type printer struct {
	b      *bytes.Buffer
	colour bool
}

func (p printer) paint(code, s string) string {
	if !p.colour || s == "" {
		return s
	}
	return "\x1b[" + code + "m" + s + reset
}

func (p printer) finding(f *lint.Finding) {
	at := placeOf(f.Span)
	colour := severityColour[f.Severity]
	fmt.Fprintf(p.b, "%s %s %s %s\n", p.paint(bold, visible(at.String())+":"), p.paint(colour, f.Severity.String()+":"),
		p.paint(bold, visible(f.Message)), p.paint(dim, "["+f.Rule.Name+"]"))

	gutter := strings.Repeat(" ", len(strconv.Itoa(at.Line)))
	if e, ok := excerptOf(f.Span); ok {
		bar := p.paint(blue, gutter+" |")
		fmt.Fprintf(p.b, "%s\n%s %s\n%s %s%s\n", bar,
			p.paint(blue, strconv.Itoa(at.Line)+" |"), e.line, bar, e.indent, p.paint(colour, e.underline))
	}
	note := func(label, text string) {
		if text != "" {
			fmt.Fprintf(p.b, "%s %s %s\n", p.paint(blue, gutter+" ="), p.paint(bold, visible(label)+":"), visible(text))
		}
	}
	note("routes", routeList(f))
	for _, r := range f.Related {
		note(placeOf(r.Span).String(), r.Message)
	}
	note("caller sees", f.Caller)
	note("log", f.Log)
	note("when", f.When)
	note("construct", f.Construct)
	note("help", f.Help)
}

// maxRoutes is how many routes a finding lists; the others are counted.
const maxRoutes = 8

// routeList returns the routes and the stages. It is empty when it would only
// repeat the message, which names up to two routes.
func routeList(f *lint.Finding) string {
	if len(f.Routes) == 0 || len(f.Routes) <= 2 && len(f.Stages) == 0 {
		return ""
	}
	list := strings.Join(f.Routes[:min(len(f.Routes), maxRoutes)], ", ")
	if more := len(f.Routes) - maxRoutes; more > 0 {
		list += fmt.Sprintf(" and %d more", more)
	}
	switch len(f.Stages) {
	case 0:
		return list
	case 1:
		return list + "  (stage " + f.Stages[0] + ")"
	}
	return list + "  (stages " + strings.Join(f.Stages, ", ") + ")"
}

// An excerpt is a line of a file with a part of it underlined.
type excerpt struct{ line, indent, underline string }

// maxWidth is how many columns of a line are shown, of which at most context
// come before the underlined part when the line has to be cut.
const (
	maxWidth = 140
	context  = 60
	ellipsis = "…"
)

// excerptOf returns the line on which the span starts. What stands for a whole
// file, or on an empty line, has none.
func excerptOf(s source.Span) (excerpt, bool) {
	if !s.IsValid() || s.End == 0 {
		return excerpt{}, false
	}
	n := s.Line()
	start, line := s.File.LineStart(n), s.File.Line(n)
	from := min(s.Start-start, len(line))
	to := max(from, min(s.End-start, len(line)))
	before, marked, after := expand(line[:from]), expand(line[from:to]), expand(strings.TrimRight(line[to:], " \t"))
	if strings.TrimSpace(before+marked+after) == "" {
		return excerpt{}, false
	}
	if columns(before)+columns(marked)+columns(after) > maxWidth {
		before = cutStart(before, context)
		marked, after = cutEnd(marked, after, maxWidth-columns(before))
	}
	return excerpt{
		line:      before + marked + after,
		indent:    strings.Repeat(" ", columns(before)),
		underline: strings.Repeat("^", max(1, columns(marked))),
	}, true
}

// expand makes s printable, with a fixed width for tabs.
func expand(s string) string { return visible(strings.ReplaceAll(s, "\t", "    ")) }

// cutStart keeps the last n columns of s.
func cutStart(s string, n int) string {
	if columns(s) <= n {
		return s
	}
	runes := []rune(s)
	w, i := 0, len(runes)
	for i > 0 && w+columnsOf(runes[i-1]) < n {
		i--
		w += columnsOf(runes[i])
	}
	return ellipsis + string(runes[i:])
}

// cutEnd keeps the first n columns of s followed by t.
func cutEnd(s, t string, n int) (string, string) {
	w := 0
	for i, r := range s {
		if w += columnsOf(r); w >= n {
			return s[:i] + ellipsis, ""
		}
	}
	for i, r := range t {
		if w += columnsOf(r); w >= n {
			return s, t[:i] + ellipsis
		}
	}
	return s, t
}

func columns(s string) int {
	n := 0
	for _, r := range s {
		n += columnsOf(r)
	}
	return n
}

// columnsOf is how many columns of a terminal a character takes.
func columnsOf(r rune) int {
	if unicode.In(r, unicode.Mn, unicode.Me, unicode.Cf) {
		return 0
	}
	switch width.LookupRune(r).Kind() {
	case width.EastAsianWide, width.EastAsianFullwidth:
		return 2
	}
	return 1
}

// total is the last line of a report.
func (r *Report) total() string {
	s := r.Summary
	var shown Summary
	shown.Count(r.Findings...)
	line := counts(shown)
	if line == "" {
		line = "no findings"
	}
	hidden := Summary{Errors: s.Errors - shown.Errors, Warnings: s.Warnings - shown.Warnings, Notes: s.Notes - shown.Notes}
	if c := counts(hidden); c != "" {
		line += " (" + c + " hidden)"
	}
	if s.APIs == 0 {
		line += "; no API found in " + plural(s.Files, "file")
	} else {
		line += fmt.Sprintf(" in %s, %s", plural(s.APIs, "API"), plural(s.Routes, "route"))
	}
	if s.Suppressed > 0 {
		line += "; " + plural(s.Suppressed, "finding") + " suppressed"
	}
	if s.Baseline > 0 {
		line += "; " + plural(s.Baseline, "finding") + " in the baseline"
	}
	if s.Undecided > 0 {
		line += "; " + plural(s.Undecided, "check") + " undecided: values known only at deployment (--verbose)"
	}
	return line
}

// counts returns "3 errors, 1 warning", or nothing.
func counts(s Summary) string {
	var parts []string
	for _, c := range []struct {
		n    int
		noun string
	}{{s.Errors, "error"}, {s.Warnings, "warning"}, {s.Notes, "note"}} {
		if c.n > 0 {
			parts = append(parts, plural(c.n, c.noun))
		}
	}
	return strings.Join(parts, ", ")
}
