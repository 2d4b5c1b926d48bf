package lint_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/apigwlint/apigwlint/lint"
	"github.com/apigwlint/apigwlint/model"
	"github.com/apigwlint/apigwlint/source"
	"github.com/apigwlint/apigwlint/tri"
	"github.com/apigwlint/apigwlint/value"
)

var file = source.NewFile("a.yaml", []byte("first: 1\nsecond: 2\nthird: 3\n"))

// at returns the n-th line of the file.
func at(n int) source.Span {
	start := file.LineStart(n)
	return file.Span(start, start+len(file.Line(n)))
}

// routes makes a model with GET routes of the given paths.
func routes(paths ...string) *model.Model {
	api := &model.API{ID: "Api", Kind: model.REST, Span: at(1)}
	var list []*model.Route
	for i, p := range paths {
		list = append(list, &model.Route{API: api, Method: value.Lit("GET", at(i+1)), Path: value.Lit(p, at(i+1)), Span: at(i + 1)})
	}
	api.Routes = value.Closed(list...)
	return &model.Model{APIs: []*model.API{api}}
}

func unit(models ...*model.Model) *model.Unit {
	u := &model.Unit{Name: "a.yaml", Files: []*source.File{file}}
	for _, m := range models {
		u.Scenarios = append(u.Scenarios, model.Scenario{Model: m})
	}
	return u
}

// each reports every route, for one cause when cause is not nil.
func each(certain tri.Bool, cause any) *lint.Rule {
	return &lint.Rule{
		Name: "each-route", Status: []int{500}, Severity: lint.Error,
		Run: func(pass *lint.Pass) {
			for r := range pass.Model.Routes() {
				pass.ReportIf(certain, lint.Diagnostic{Span: r.Span, Message: "it is a route", Routes: []*model.Route{r}, Cause: cause})
			}
		},
	}
}

func run(u *model.Unit, rules ...*lint.Rule) lint.Result {
	return lint.Run([]*model.Unit{u}, rules, lint.Options{})
}

func TestCausesFold(t *testing.T) {
	res := run(unit(routes("/a", "/b", "/c")), each(tri.Yes, "one"))
	if len(res.Findings) != 1 {
		t.Fatalf("%d findings", len(res.Findings))
	}
	f := res.Findings[0]
	if f.Message != "GET /a and 2 more routes answer 500: it is a route" || !slices.Equal(f.Routes, []string{"GET /a", "GET /b", "GET /c"}) {
		t.Errorf("%q of %q", f.Message, f.Routes)
	}
	if f.Span != at(1) || f.API != "Api" || f.Caller != `500 {"message": "Internal server error"}` {
		t.Errorf("%v, %q, %q", f.Span, f.API, f.Caller)
	}
	if res := run(unit(routes("/a", "/b", "/c")), each(tri.Yes, nil)); len(res.Findings) != 3 {
		t.Errorf("without a common cause there are %d findings", len(res.Findings))
	}
}

func TestOnlyYesIsReported(t *testing.T) {
	res := run(unit(routes("/a")), each(tri.Maybe, nil))
	if len(res.Findings) != 0 || len(res.Undecided) != 1 {
		t.Errorf("maybe gives %d findings, %d undecided", len(res.Findings), len(res.Undecided))
	}
	res = run(unit(routes("/a")), each(tri.No, nil))
	if len(res.Findings) != 0 || len(res.Undecided) != 0 {
		t.Errorf("no gives %d findings, %d undecided", len(res.Findings), len(res.Undecided))
	}
}

func TestScenariosFold(t *testing.T) {
	u := unit(routes("/a"), routes(), routes("/a"), routes())
	for i := range u.Scenarios {
		u.Scenarios[i].Conditions = []model.Condition{{Name: "Fast", Met: i%4 < 2}, {Name: "Prod", Met: i%2 == 0}}
	}
	res := run(u, each(tri.Yes, nil))
	if len(res.Findings) != 1 || res.Findings[0].When != "Prod" {
		t.Fatalf("findings: %+v", res.Findings)
	}
	all := unit(routes("/a"), routes("/a"))
	all.Scenarios[0].Conditions, all.Scenarios[1].Conditions = []model.Condition{{Name: "Prod", Met: true}}, []model.Condition{{Name: "Prod"}}
	if res := run(all, each(tri.Yes, nil)); len(res.Findings) != 1 || res.Findings[0].When != "" {
		t.Errorf("what holds in all scenarios is said to hold when %q", res.Findings[0].When)
	}
}

func TestPanickingRule(t *testing.T) {
	bad := &lint.Rule{Name: "bad", Severity: lint.Error, Run: func(*lint.Pass) { panic("a bug") }}
	res := run(unit(routes("/a")), bad, each(tri.Yes, nil))
	if len(res.Bugs) != 1 || res.Bugs[0].Rule != bad || res.Bugs[0].Unit != "a.yaml" || !strings.Contains(res.Bugs[0].Panic, "a bug") {
		t.Errorf("bugs: %+v", res.Bugs)
	}
	if len(res.Findings) != 1 {
		t.Errorf("the other rule has %d findings", len(res.Findings))
	}
}

func TestOrderAndFingerprints(t *testing.T) {
	first := run(unit(routes("/a", "/b")), each(tri.Yes, nil))
	swapped := routes("/b", "/a")
	second := run(unit(swapped), each(tri.Yes, nil))
	for i, f := range first.Findings {
		if i > 0 && f.Span.Compare(first.Findings[i-1].Span) < 0 {
			t.Error("findings are not in the order of the file")
		}
		if f.Fingerprint == "" || f.Fingerprint != second.Findings[i].Fingerprint {
			t.Error("the fingerprint depends on more than the rule, the API and the line")
		}
	}
	if first.Findings[0].Fingerprint == first.Findings[1].Fingerprint {
		t.Error("two places have one fingerprint")
	}
	// The same line elsewhere in the file is the same finding.
	moved := source.NewFile("a.yaml", append([]byte("# a comment\n"), file.Data...))
	m := routes("/a")
	for r := range m.Routes() {
		r.Span = moved.Span(moved.LineStart(2), moved.LineStart(2)+8)
	}
	if got := run(unit(m), each(tri.Yes, nil)).Findings[0].Fingerprint; got != first.Findings[0].Fingerprint {
		t.Error("the fingerprint does not survive a moved line")
	}
}

func TestIgnores(t *testing.T) {
	rule := each(tri.Yes, nil)
	ignore := func(name, reason string, line int) source.Ignore {
		return source.Ignore{Span: at(line), Scope: at(line), Rule: name, Reason: reason}
	}
	for name, tt := range map[string]struct {
		ignore               source.Ignore
		findings, suppressed int
		message              string
	}{
		"covers":      {ignore("each-route", "known", 1), 1, 1, ""},
		"no reason":   {ignore("each-route", "", 1), 3, 0, "no reason"},
		"no rule":     {ignore("", "", 1), 3, 0, "names no rule"},
		"nothing":     {ignore("each-route", "known", 3), 3, 0, "covers no finding"},
		"did not run": {ignore("another-rule", "known", 1), 2, 0, ""},
	} {
		u := unit(routes("/a", "/b"))
		u.Ignores = []source.Ignore{tt.ignore}
		res := run(u, rule)
		if len(res.Findings) != tt.findings || len(res.Suppressed) != tt.suppressed {
			t.Errorf("%s: %d findings, %d suppressed", name, len(res.Findings), len(res.Suppressed))
		}
		said := slices.ContainsFunc(res.Findings, func(f lint.Finding) bool {
			return f.Rule == lint.IgnoreDirective && strings.Contains(f.Message, tt.message)
		})
		if said != (tt.message != "") {
			t.Errorf("%s: a directive is reported: %v", name, said)
		}
	}
}

func TestRefusals(t *testing.T) {
	rule := &lint.Rule{Name: "refused", Refused: true, Severity: lint.Error, Run: func(pass *lint.Pass) {
		for r := range pass.Model.Routes() {
			pass.ReportIf(tri.Yes, lint.Diagnostic{Span: r.Span, Message: "no", Routes: []*model.Route{r}, Severity: lint.Warning})
		}
	}}
	f := run(unit(routes("/a")), rule).Findings[0]
	if f.Message != "deployment of GET /a is refused: no" || len(f.Status) != 0 || f.Caller != "" || f.Severity != lint.Warning {
		t.Errorf("%+v", f)
	}
}

func TestMisuse(t *testing.T) {
	for name, d := range map[string]lint.Diagnostic{
		"no place":   {Message: "x"},
		"no cause":   {Message: "x", Span: at(1), Cause: 3},
		"too severe": {Message: "x", Span: at(1), Severity: lint.Error},
	} {
		rule := &lint.Rule{Name: "misuse", Severity: lint.Warning, Run: func(pass *lint.Pass) { pass.ReportIf(tri.Yes, d) }}
		if res := run(unit(routes("/a")), rule); len(res.Bugs) != 1 {
			t.Errorf("%s is no bug", name)
		}
	}
}

func TestConstructs(t *testing.T) {
	u := unit(routes("/a", "/b"))
	u.Constructs = map[source.Span]string{file.Span(0, len(file.Data)): "Stack", at(1): "Stack/First"}
	res := run(u, each(tri.Yes, nil))
	if got := res.Findings[0].Construct + ", " + res.Findings[1].Construct; got != "Stack/First, Stack" {
		t.Errorf("the constructs are %s", got)
	}
}

func TestProblems(t *testing.T) {
	var res lint.Result
	broken := source.Problem{Span: at(2), Message: "broken"}
	res.AddProblems([]source.Problem{broken, {Span: at(1), Message: "not there", Minor: true}, broken})
	if len(res.Findings) != 2 || res.Findings[0].Severity != lint.Note || res.Findings[1].Severity != lint.Error {
		t.Errorf("%+v", res.Findings)
	}
}
