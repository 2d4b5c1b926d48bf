package report

import (
	"bytes"
	"cmp"
	"fmt"
	"net/url"
	"path"
	"slices"
	"strings"

	"github.com/apigwlint/apigwlint/lint"
	"github.com/apigwlint/apigwlint/source"
)

// The part of SARIF 2.1.0 that is written.
// https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html
type (
	sarifLog struct {
		Schema  string     `json:"$schema"`
		Version string     `json:"version"`
		Runs    []sarifRun `json:"runs"`
	}
	sarifRun struct {
		Tool        sarifTool         `json:"tool"`
		ColumnKind  string            `json:"columnKind"`
		Invocations []sarifInvocation `json:"invocations"`
		Results     []sarifResult     `json:"results"`
	}
	sarifTool struct {
		Driver sarifDriver `json:"driver"`
	}
	sarifDriver struct {
		Name           string      `json:"name"`
		Version        string      `json:"version"`
		InformationURI string      `json:"informationUri"`
		Rules          []sarifRule `json:"rules"`
	}
	sarifRule struct {
		ID                   string         `json:"id"`
		ShortDescription     sarifText      `json:"shortDescription"`
		FullDescription      sarifText      `json:"fullDescription"`
		Help                 sarifText      `json:"help"`
		HelpURI              string         `json:"helpUri"`
		DefaultConfiguration sarifLevel     `json:"defaultConfiguration"`
		Properties           map[string]any `json:"properties"`
	}
	sarifText struct {
		Text     string `json:"text"`
		Markdown string `json:"markdown,omitempty"`
	}
	sarifLevel struct {
		Level string `json:"level"`
	}
	sarifInvocation struct {
		ExecutionSuccessful bool                `json:"executionSuccessful"`
		Notifications       []sarifNotification `json:"toolExecutionNotifications,omitempty"`
	}
	sarifNotification struct {
		Level   string    `json:"level"`
		Message sarifText `json:"message"`
	}
	sarifResult struct {
		RuleID              string            `json:"ruleId"`
		RuleIndex           int               `json:"ruleIndex"`
		Level               string            `json:"level"`
		Message             sarifText         `json:"message"`
		Locations           []sarifLocation   `json:"locations"`
		RelatedLocations    []sarifLocation   `json:"relatedLocations,omitempty"`
		PartialFingerprints map[string]string `json:"partialFingerprints"`
		Fixes               []sarifFix        `json:"fixes,omitempty"`
		Properties          map[string]any    `json:"properties"`
	}
	sarifLocation struct {
		ID       int           `json:"id,omitempty"`
		Physical sarifPhysical `json:"physicalLocation"`
		Message  *sarifText    `json:"message,omitempty"`
	}
	sarifPhysical struct {
		Artifact sarifArtifact `json:"artifactLocation"`
		Region   sarifRegion   `json:"region"`
	}
	sarifArtifact struct {
		URI       string `json:"uri"`
		URIBaseID string `json:"uriBaseId,omitempty"`
	}
	sarifRegion struct {
		StartLine   int `json:"startLine"`
		StartColumn int `json:"startColumn"`
		EndLine     int `json:"endLine"`
		EndColumn   int `json:"endColumn"`
	}
	sarifFix struct {
		Description sarifText     `json:"description"`
		Changes     []sarifChange `json:"artifactChanges"`
	}
	sarifChange struct {
		Artifact     sarifArtifact      `json:"artifactLocation"`
		Replacements []sarifReplacement `json:"replacements"`
	}
	sarifReplacement struct {
		Deleted  sarifRegion `json:"deletedRegion"`
		Inserted sarifText   `json:"insertedContent"`
	}
)

// What GitHub takes; a file with more is refused as a whole.
// https://docs.github.com/en/code-security/reference/code-scanning/sarif-files/sarif-support-for-code-scanning
const (
	maxResults     = 25_000
	maxRelated     = 100
	maxDescription = 1024
)

// home is where the project and the pages of its rules are.
const home = "https://github.com/apigwlint/apigwlint"

// writeSARIF writes one run. It sets no automationDetails, so that the category
// that a workflow gives to its upload is what tells several uploads apart, and
// no security-severity: a failing request is no vulnerability.
func writeSARIF(b *bytes.Buffer, r *Report, _ bool) error {
	rules := slices.Concat(r.Rules, []*lint.Rule{lint.Syntax, lint.IgnoreDirective})
	slices.SortFunc(rules, func(a, b *lint.Rule) int { return cmp.Compare(a.Name, b.Name) })
	run := sarifRun{
		Tool:        sarifTool{sarifDriver{Name: "apigwlint", Version: r.Version, InformationURI: home}},
		ColumnKind:  "unicodeCodePoints",
		Invocations: []sarifInvocation{{ExecutionSuccessful: len(r.Errors) == 0}},
		Results:     []sarifResult{},
	}
	index := map[string]int{}
	for i, rule := range rules {
		index[rule.Name] = i
		run.Tool.Driver.Rules = append(run.Tool.Driver.Rules, sarifRuleOf(rule))
	}
	errors := r.Errors
	if n := len(r.Findings); n > maxResults {
		errors = append(slices.Clip(errors), fmt.Sprintf("%d of %d findings are left out", n-maxResults, n))
	}
	for _, e := range errors {
		run.Invocations[0].Notifications = append(run.Invocations[0].Notifications,
			sarifNotification{Level: "error", Message: sarifText{Text: e}})
	}
	for _, f := range r.Findings[:min(len(r.Findings), maxResults)] {
		run.Results = append(run.Results, sarifResultOf(f, index[f.Rule.Name]))
	}
	return encode(b, sarifLog{
		Schema:  "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json",
		Version: "2.1.0", Runs: []sarifRun{run},
	})
}

var problemSeverity = map[lint.Severity]string{lint.Error: "error", lint.Warning: "warning", lint.Note: "recommendation"}

func sarifRuleOf(r *lint.Rule) sarifRule {
	doc := strings.TrimSpace(r.Doc)
	markdown := doc
	if len(r.URLs) > 0 {
		markdown += "\n\n- <" + strings.Join(r.URLs, ">\n- <") + ">"
	}
	return sarifRule{
		ID:                   r.Name,
		ShortDescription:     sarifText{Text: clip(r.Summary)},
		FullDescription:      sarifText{Text: clip(doc)},
		Help:                 sarifText{Text: doc, Markdown: markdown},
		HelpURI:              home + "/blob/main/docs/rules/" + r.Name + ".md",
		DefaultConfiguration: sarifLevel{r.Severity.String()},
		Properties: map[string]any{
			"tags":             []string{"api-gateway", r.Group},
			"precision":        "high",
			"problem.severity": problemSeverity[r.Severity],
		},
	}
}

// clip returns as much of s as a description shows.
func clip(s string) string {
	if r := []rune(s); len(r) > maxDescription {
		return string(r[:maxDescription-1]) + ellipsis
	}
	return s
}

func sarifResultOf(f lint.Finding, rule int) sarifResult {
	out := sarifResult{
		RuleID: f.Rule.Name, RuleIndex: rule, Level: f.Severity.String(),
		Locations:           []sarifLocation{{Physical: physical(f.Span)}},
		PartialFingerprints: map[string]string{"apigwlint/v1": f.Fingerprint},
		Properties: map[string]any{
			"api": f.API, "routes": list(f.Routes), "status": list(f.Status), "log": f.Log, "when": f.When,
		},
	}
	text := details(&f)
	for i, r := range f.Related[:min(len(f.Related), maxRelated)] {
		out.RelatedLocations = append(out.RelatedLocations,
			sarifLocation{ID: i + 1, Physical: physical(r.Span), Message: &sarifText{Text: r.Message}})
		text += fmt.Sprintf("\n[%s](%d)", linkEscapes.Replace(r.Message), i+1)
	}
	out.Message.Text = text
	if f.Fix != nil {
		out.Fixes = []sarifFix{fixOf(f.Fix)}
	}
	return out
}

// linkEscapes are those of the text of a link in a message (section 3.11.6).
var linkEscapes = strings.NewReplacer(`\`, `\\`, `[`, `\[`, `]`, `\]`)

func fixOf(fix *lint.Fix) sarifFix {
	out := sarifFix{Description: sarifText{Text: fix.Message}}
	for _, e := range fix.Edits {
		at := physical(e.Span)
		i := slices.IndexFunc(out.Changes, func(c sarifChange) bool { return c.Artifact == at.Artifact })
		if i < 0 {
			i = len(out.Changes)
			out.Changes = append(out.Changes, sarifChange{Artifact: at.Artifact})
		}
		out.Changes[i].Replacements = append(out.Changes[i].Replacements,
			sarifReplacement{Deleted: at.Region, Inserted: sarifText{Text: e.New}})
	}
	return out
}

func physical(s source.Span) sarifPhysical {
	p := placeOf(s)
	return sarifPhysical{artifact(p.File), sarifRegion{p.Line, p.Column, p.EndLine, p.EndColumn}}
}

// artifact returns a percent-encoded URI: relative to the working directory,
// which is the root of the repository in a workflow, unless the path is absolute.
func artifact(name string) sarifArtifact {
	escaped := (&url.URL{Path: name}).EscapedPath()
	if path.IsAbs(name) {
		return sarifArtifact{URI: "file://" + escaped}
	}
	// A colon in the first segment would make it a scheme.
	return sarifArtifact{URI: strings.ReplaceAll(escaped, ":", "%3A"), URIBaseID: "%SRCROOT%"}
}
