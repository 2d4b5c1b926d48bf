package report_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/apigwlint/apigwlint/lint"
	"github.com/apigwlint/apigwlint/report"
	"github.com/apigwlint/apigwlint/source"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// The rules of the gallery.
var (
	permission = &lint.Rule{
		Name: "lambda-permission-missing", Group: "permission", Severity: lint.Error, Status: []int{500},
		Summary: "nothing lets API Gateway invoke the function",
		Doc:     "API Gateway needs a **permission**.\n\nAdd `AWS::Lambda::Permission`.\n",
		URLs:    []string{"https://docs.aws.amazon.com/lambda/latest/dg/services-apigateway.html"},
	}
	timeout = &lint.Rule{
		Name: "lambda-timeout", Group: "timeout", Severity: lint.Warning, Status: []int{504},
		Summary: "a function may run longer than API Gateway waits", Doc: strings.Repeat("Long. ", 200),
	}
	curiosity = &lint.Rule{Name: "curiosity", Group: "input", Severity: lint.Note, Summary: "worth knowing", Doc: "Worth knowing."}
)

// at returns the place of text in a file.
func at(f *source.File, text string) source.Span {
	i := bytes.Index(f.Data, []byte(text))
	if i < 0 {
		panic("no " + text + " in " + f.Name)
	}
	return f.Span(i, i+len(text))
}

// gallery returns a report with every kind of place and every kind of note.
func gallery() *report.Report {
	template := source.NewFile("template.yaml", []byte(`Resources:
  OrdersFunction:
    Type: AWS::Lambda::Function
  Method:
    Properties:
      Integration:
        Uri: !Sub arn:aws:apigateway:${AWS::Region}:lambda:path/2015-03-31/functions/${OrdersFunction.Arn}/invocations
`))
	functions := source.NewFile("lambda functions/größe.yaml", []byte("Timeout: 60\n日本: {名前: ü, Timeout: 40}\n\tTimeout: 35 # \u202e\x1b[31mred\n"))
	crlf := source.NewFile("crlf.yaml", []byte("A: 1\r\nB:\r\n  C: |\r\n    one\r\n    two\r\nD: 2\r\n"))
	minified := source.NewFile("a:b/min.json", []byte(`{"pad":"`+strings.Repeat("x", 100)+`","bad":"`+strings.Repeat("y", 200)+`","pad":"`+strings.Repeat("z", 100)+`"}`))
	marked := source.NewFile("bom.yaml", []byte("\uFEFFAPI: x\n"))

	findings := []lint.Finding{
		{
			Rule: permission, Severity: lint.Error, Span: at(template, "${OrdersFunction.Arn}"),
			Message: "GET /orders/{id} and 2 more routes answer 500: nothing lets API Gateway invoke OrdersFunction",
			API:     "OrdersApi", Routes: []string{"GET /orders/{id}", "POST /orders", "DELETE /orders/{id}"}, Stages: []string{"prod"},
			Status: []int{500}, Caller: `500 {"message": "Internal server error"}`,
			Log:  "Execution failed due to configuration error: Invalid permissions on Lambda function",
			Help: "add an AWS::Lambda::Permission for apigateway.amazonaws.com", When: "IsProd and not IsTest",
			Construct: "Stack/Orders/Resource",
			Related: []lint.Related{
				{Span: at(template, "OrdersFunction:"), Message: "OrdersFunction is defined here"},
				{Span: at(functions, "名前: ü"), Message: "and [settings] for it are here"},
			},
			Fix: &lint.Fix{Message: "add the permission", Edits: []lint.Edit{
				{Span: template.Span(11, 11), New: "  Permission: {}\n"},
				{Span: at(functions, "60"), New: "29"},
			}},
		},
		{
			Rule: timeout, Severity: lint.Warning, Span: at(functions, "Timeout: 40"), Message: "GET /a and GET /b answer 504: 100% of <slow> calls: with, commas\nand lines",
			API: "OrdersApi", Routes: []string{"GET /a", "GET /b"}, Status: []int{504}, Caller: `504 {"message": "Endpoint request timed out"}`,
		},
		{Rule: timeout, Severity: lint.Warning, Span: at(functions, "Timeout: 35"), Message: "after a tab", Routes: many(12), Status: []int{502, 504}, Stages: []string{"dev", "prod"}},
		{Rule: timeout, Severity: lint.Error, Span: at(crlf, "C: |\r\n    one\r\n    two"), Message: "several lines"},
		{Rule: permission, Severity: lint.Error, Span: at(minified, strings.Repeat("y", 200)), Message: "a long line", Routes: []string{"GET /"}, Stages: []string{"$default"}},
		{Rule: curiosity, Severity: lint.Note, Span: at(marked, "API"), Message: "after a byte order mark"},
		{Rule: lint.Syntax, Severity: lint.Error, Span: template.Span(0, 0), Message: "a whole file"},
		{Rule: lint.Syntax, Severity: lint.Error, Span: crlf.Span(4, 4), Message: "between two characters"},
		{Rule: lint.Syntax, Severity: lint.Error, Span: source.NewFile("empty.yaml", nil).Span(0, 0), Message: "nothing in it"},
		{Rule: lint.Syntax, Severity: lint.Error, Message: "no place"},
	}
	for i := range findings {
		findings[i].Fingerprint = strings.Repeat(string(rune('a'+i)), 32)
	}
	r := &report.Report{
		Version: "1.2.3", Rules: []*lint.Rule{permission, timeout, curiosity}, Findings: findings,
		Errors:  []string{"open secret.yaml: permission denied"},
		Summary: report.Summary{Files: 5, Units: 2, APIs: 1, Routes: 14, Suppressed: 1, Baseline: 2, Undecided: 5},
	}
	r.Summary.Count(findings...)
	r.Summary.Count(lint.Finding{Severity: lint.Note}, lint.Finding{Severity: lint.Note}) // hidden
	return r
}

func many(n int) []string {
	var out []string
	for i := range n {
		out = append(out, "GET /"+string(rune('a'+i)))
	}
	return out
}

func write(t *testing.T, format string, r *report.Report, colour bool) string {
	t.Helper()
	var b bytes.Buffer
	if err := report.Write(&b, format, r, colour); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestGallery(t *testing.T) {
	golden := func(t *testing.T, name, got string) {
		file := filepath.Join("..", "testdata", "report", name+".golden")
		if *update {
			if err := os.WriteFile(file, []byte(got), 0o666); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(string(want), got); diff != "" {
			t.Errorf("%s (go test ./report -update):\n%s", file, diff)
		}
	}
	for _, format := range report.Formats() {
		t.Run(format, func(t *testing.T) { golden(t, format, write(t, format, gallery(), false)) })
	}
	t.Run("colour", func(t *testing.T) { golden(t, "colour", write(t, "text", gallery(), true)) })
	t.Run("empty", func(t *testing.T) {
		var all strings.Builder
		for _, format := range report.Formats() {
			all.WriteString("-- " + format + " --\n" + write(t, format, &report.Report{}, false))
		}
		golden(t, "empty", all.String())
	})
}

func TestUnknownFormat(t *testing.T) {
	if err := report.Write(&bytes.Buffer{}, "xml", gallery(), false); err == nil || !strings.Contains(err.Error(), "sarif") {
		t.Errorf("the error is %v", err)
	}
}

// TestOnlyColourColours: nothing but the colours differs on a terminal, and what
// a file holds cannot colour.
func TestOnlyColourColours(t *testing.T) {
	if s := write(t, "text", gallery(), false); strings.ContainsAny(s, "\x1b\u202e\r") {
		t.Error("the text holds what moves the cursor")
	}
	for _, format := range report.Formats()[1:] {
		if write(t, format, gallery(), true) != write(t, format, gallery(), false) {
			t.Errorf("%s is coloured", format)
		}
	}
}

func TestJSONShape(t *testing.T) {
	for _, r := range []*report.Report{gallery(), {}} {
		text := write(t, "json", r, true)
		if strings.Contains(text, "null") {
			t.Errorf("null in\n%s", text)
		}
		var doc struct {
			Version  int              `json:"version"`
			Findings []map[string]any `json:"findings"`
			Summary  map[string]int   `json:"summary"`
		}
		if err := json.Unmarshal([]byte(text), &doc); err != nil {
			t.Fatal(err)
		}
		if doc.Version != 1 || len(doc.Findings) != len(r.Findings) {
			t.Errorf("version %d, %d findings", doc.Version, len(doc.Findings))
		}
		for _, f := range doc.Findings {
			for _, key := range strings.Fields("rule severity message file line column endLine endColumn api routes status log when related fixable fingerprint") {
				if _, ok := f[key]; !ok {
					t.Errorf("no %s in %v", key, f)
				}
			}
			if f["line"].(float64) < 1 || f["column"].(float64) < 1 {
				t.Errorf("place %v:%v", f["line"], f["column"])
			}
		}
		for _, key := range strings.Fields("files units apis routes errors warnings notes suppressed undecided") {
			if _, ok := doc.Summary[key]; !ok {
				t.Errorf("no %s in %v", key, doc.Summary)
			}
		}
	}
}

// TestSARIFLimits: GitHub refuses a file with too much in it as a whole.
func TestSARIFLimits(t *testing.T) {
	r := gallery()
	one := r.Findings[1]
	for range 150 {
		one.Related = append(one.Related, lint.Related{Span: one.Span, Message: "here"})
	}
	r.Findings = []lint.Finding{one}
	for range 25_001 {
		r.Findings = append(r.Findings, r.Findings[0])
		r.Findings[len(r.Findings)-1].Related = nil
	}
	var doc struct {
		Runs []struct {
			Results []struct {
				RelatedLocations []any
			}
			Invocations []struct {
				ToolExecutionNotifications []any
			}
		}
	}
	if err := json.Unmarshal([]byte(write(t, "sarif", r, false)), &doc); err != nil {
		t.Fatal(err)
	}
	run := doc.Runs[0]
	if len(run.Results) != 25_000 || len(run.Results[0].RelatedLocations) != 100 {
		t.Errorf("%d results, %d related locations", len(run.Results), len(run.Results[0].RelatedLocations))
	}
	if len(run.Invocations[0].ToolExecutionNotifications) != 2 {
		t.Error("nothing says that results are left out")
	}
}
