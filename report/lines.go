package report

import (
	"bytes"
	"fmt"
	"slices"
	"strings"

	"github.com/apigwlint/apigwlint/lint"
)

// writeUnix writes one line a finding, as editors read it.
func writeUnix(b *bytes.Buffer, r *Report, _ bool) error {
	for _, f := range r.Findings {
		fmt.Fprintf(b, "%s: %s: %s [%s]\n", visible(placeOf(f.Span).String()), f.Severity, visible(f.Message), f.Rule.Name)
	}
	return nil
}

var githubCommand = map[lint.Severity]string{lint.Error: "error", lint.Warning: "warning", lint.Note: "notice"}

// writeGitHub writes workflow commands, which GitHub shows beside the lines of a
// pull request. It shows ten of each level in a step and drops the rest, so the
// most severe come first and the total comes last, in the log only.
// https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands
func writeGitHub(b *bytes.Buffer, r *Report, _ bool) error {
	sorted := slices.Clone(r.Findings)
	slices.SortStableFunc(sorted, func(a, b lint.Finding) int { return int(b.Severity) - int(a.Severity) })
	for i := range sorted {
		f := &sorted[i]
		at := placeOf(f.Span)
		fmt.Fprintf(b, "::%s file=%s,line=%d,endLine=%d,", githubCommand[f.Severity], escapeProperty(at.File), at.Line, at.EndLine)
		if at.Line == at.EndLine { // columns are refused for more than one line
			fmt.Fprintf(b, "col=%d,endColumn=%d,", at.Column, at.EndColumn)
		}
		fmt.Fprintf(b, "title=%s::%s\n", escapeProperty(f.Rule.Name), escapeData(details(f)))
	}
	b.WriteString(r.total() + "\n")
	return nil
}

// details is the message with what else helps where only text can be shown.
func details(f *lint.Finding) string {
	lines := []string{f.Message}
	for _, note := range []struct{ label, text string }{{"log", f.Log}, {"when", f.When}, {"help", f.Help}} {
		if note.text != "" {
			lines = append(lines, note.label+": "+note.text)
		}
	}
	return strings.Join(lines, "\n")
}

var (
	dataEscapes     = strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A")
	propertyEscapes = strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A", ":", "%3A", ",", "%2C")
)

func escapeData(s string) string     { return dataEscapes.Replace(s) }
func escapeProperty(s string) string { return propertyEscapes.Replace(s) }

// gitlabSeverity maps to the degrees of GitLab's code quality reports.
// https://docs.gitlab.com/ci/testing/code_quality/#code-quality-report-format
var gitlabSeverity = map[lint.Severity]string{lint.Error: "critical", lint.Warning: "minor", lint.Note: "info"}

type gitlabFinding struct {
	Description string         `json:"description"`
	CheckName   string         `json:"check_name"`
	Fingerprint string         `json:"fingerprint"`
	Severity    string         `json:"severity"`
	Location    gitlabLocation `json:"location"`
}

type gitlabLocation struct {
	Path  string      `json:"path"`
	Lines gitlabLines `json:"lines"`
}

type gitlabLines struct {
	Begin int `json:"begin"`
	End   int `json:"end"`
}

func writeGitLab(b *bytes.Buffer, r *Report, _ bool) error {
	out := []gitlabFinding{}
	for _, f := range r.Findings {
		at := placeOf(f.Span)
		out = append(out, gitlabFinding{
			Description: f.Message, CheckName: f.Rule.Name, Fingerprint: f.Fingerprint, Severity: gitlabSeverity[f.Severity],
			Location: gitlabLocation{Path: at.File, Lines: gitlabLines{at.Line, at.EndLine}},
		})
	}
	return encode(b, out)
}
