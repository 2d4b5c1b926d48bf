package report

import (
	"bytes"
	"encoding/json"

	"github.com/apigwlint/apigwlint/lint"
)

// The document of --format json. Fields may be added; none changes its meaning
// without a new version.
type jsonReport struct {
	Version  int           `json:"version"`
	Tool     jsonTool      `json:"tool"`
	Findings []jsonFinding `json:"findings"`
	Errors   []string      `json:"errors"`
	Summary  Summary       `json:"summary"`
}

type jsonTool struct {
	Name    string `json:"name"`
	Version string `json:"version"`
}

type jsonFinding struct {
	Rule     string `json:"rule"`
	Severity string `json:"severity"`
	Message  string `json:"message"`
	place
	API         string        `json:"api"`
	Routes      []string      `json:"routes"`
	Stages      []string      `json:"stages"`
	Status      []int         `json:"status"`
	Caller      string        `json:"caller"`
	Log         string        `json:"log"`
	When        string        `json:"when"`
	Construct   string        `json:"construct"`
	Help        string        `json:"help"`
	Related     []jsonRelated `json:"related"`
	Fixable     bool          `json:"fixable"`
	Fingerprint string        `json:"fingerprint"`
}

type jsonRelated struct {
	place
	Message string `json:"message"`
}

func writeJSON(b *bytes.Buffer, r *Report, _ bool) error {
	out := jsonReport{
		Version: 1, Tool: jsonTool{"apigwlint", r.Version},
		Findings: []jsonFinding{}, Errors: list(r.Errors), Summary: r.Summary,
	}
	for _, f := range r.Findings {
		out.Findings = append(out.Findings, toJSON(f))
	}
	return encode(b, out)
}

func toJSON(f lint.Finding) jsonFinding {
	out := jsonFinding{
		Rule: f.Rule.Name, Severity: f.Severity.String(), Message: f.Message, place: placeOf(f.Span),
		API: f.API, Routes: list(f.Routes), Stages: list(f.Stages), Status: list(f.Status),
		Caller: f.Caller, Log: f.Log, When: f.When, Construct: f.Construct, Help: f.Help,
		Related: []jsonRelated{}, Fixable: f.Fix != nil, Fingerprint: f.Fingerprint,
	}
	for _, r := range f.Related {
		out.Related = append(out.Related, jsonRelated{placeOf(r.Span), r.Message})
	}
	return out
}

// list returns l as JSON has it: never null.
func list[T any](l []T) []T { return append([]T{}, l...) }

// encode writes v as indented JSON, with <, > and & as they are.
func encode(b *bytes.Buffer, v any) error {
	e := json.NewEncoder(b)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	return e.Encode(v)
}
