package linttest

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/apigwlint/apigwlint/lint"
	"github.com/apigwlint/apigwlint/model"
	"github.com/apigwlint/apigwlint/source"
	"github.com/apigwlint/apigwlint/tri"
	"github.com/apigwlint/apigwlint/value"
)

func write(t *testing.T, dir, name, content string) {
	t.Helper()
	path := filepath.Join(dir, name)
	if err := os.MkdirAll(filepath.Dir(path), 0o750); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
}

func TestExpectations(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, "a.yaml", "a: 1 # want \"one\"\n# want+2 warning \"two\" \"t\\\\.hree\"\nb: |\n  c\n")
	write(t, dir, "sub/b.tf", "x = 1 // want-0 \"four\"\n")
	write(t, dir, "sub/c.json", "{\n \"a\": {\n  \"b/c\": [1,\n   2]\n }\n}\n")
	write(t, dir, "sub/c.json.want", "# a comment\n\n/a/b~1c: error \"five\"\n2: \"six\"\n/a/b~1c/1: \"seven\"\n")
	wants, err := expectations(dir)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, w := range wants {
		name, _ := filepath.Rel(dir, w.file)
		got = append(got, strings.Join([]string{filepath.ToSlash(name), string(rune('0' + w.from)), string(rune('0' + w.to)), w.severity, w.re.String()}, " "))
	}
	want := "a.yaml 1 1  one|a.yaml 4 4 warning two|a.yaml 4 4 warning t\\.hree|sub/b.tf 1 1  four|" +
		"sub/c.json 3 4 error five|sub/c.json 2 2  six|sub/c.json 4 4  seven"
	if s := strings.Join(got, "|"); s != want {
		t.Errorf("read\n%s\nwant\n%s", s, want)
	}
	// A file on its own has its sidecar too.
	if wants, err := expectations(filepath.Join(dir, "sub", "c.json")); err != nil || len(wants) != 3 {
		t.Errorf("%d expectations beside the file, %v", len(wants), err)
	}
}

func TestExpectationsThatCannotBeRead(t *testing.T) {
	for name, content := range map[string]string{
		"a.yaml": "a: 1 # want one\n", "b.yaml": "a: 1 # want \"(\"\n", "c.json.want": "nonsense\n", "d.json.want": "/a/b: \"x\"\n",
	} {
		dir := t.TempDir()
		write(t, dir, name, content)
		write(t, dir, "d.json", "{\"a\": {}}")
		if _, err := expectations(dir); err == nil {
			t.Errorf("%s: %q is taken for an expectation", name, content)
		}
	}
}

func TestCases(t *testing.T) {
	dir := t.TempDir()
	for _, name := range []string{"bad/sam.yaml", "bad/terraform-http/main.tf", "bad/openapi.none", "bad/openapi.json.want", "good/cloudformation-two-stages.yaml", "else/x.yaml"} {
		write(t, dir, name, "")
	}
	cases, err := Cases(dir)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, c := range cases {
		got = append(got, c.Name+"="+c.Format)
	}
	if s := strings.Join(got, " "); s != "bad/sam.yaml=sam bad/terraform-http=terraform good/cloudformation-two-stages.yaml=cloudformation" {
		t.Errorf("cases are %s", s)
	}
}

func TestCompare(t *testing.T) {
	name, err := filepath.Abs("x.yaml")
	if err != nil {
		t.Fatal(err)
	}
	file := source.NewFile("x.yaml", []byte("a\nb\nc\n"))
	finding := lint.Finding{Span: file.Span(2, 3), Severity: lint.Error, Message: "GET / answers 500: it is so"}
	w := want{file: name, from: 2, to: 2, re: regexp.MustCompile("it is so")}
	for label, tt := range map[string]struct {
		change func(*want)
		n      int
	}{
		"as expected":    {func(*want) {}, 0},
		"other line":     {func(w *want) { w.from, w.to = 1, 1 }, 2},
		"several lines":  {func(w *want) { w.from, w.to = 1, 3 }, 0},
		"other file":     {func(w *want) { w.file += "x" }, 2},
		"other message":  {func(w *want) { w.re = regexp.MustCompile("^it is so") }, 2},
		"severity":       {func(w *want) { w.severity = "error" }, 0},
		"other severity": {func(w *want) { w.severity = "note" }, 2},
	} {
		w := w
		tt.change(&w)
		if got := compare([]want{w}, []lint.Finding{finding}); len(got) != tt.n {
			t.Errorf("%s: %v", label, got)
		}
	}
	if got := compare([]want{w}, []lint.Finding{finding, finding}); len(got) != 1 {
		t.Errorf("found twice, expected once: %v", got)
	}
}

// TestForgetting runs rules that break the law of forgetting, each in its way.
func TestForgetting(t *testing.T) {
	file := source.NewFile("x", []byte("0123456789"))
	span := file.Span(1, 2)
	report := func(when func(*model.Model) bool) *lint.Rule {
		rule := &lint.Rule{Name: "unsound", Severity: lint.Error}
		rule.Run = func(pass *lint.Pass) {
			pass.ReportIf(tri.Of(when(pass.Model)), lint.Diagnostic{Span: span, Message: "found"})
		}
		return rule
	}
	world := func() *model.Model {
		in := &model.Integration{
			Type: value.Lit("MOCK", span), RequestTemplates: value.NewMap(span, value.Entry[value.Text]{Key: value.Lit("k", span), Value: value.Lit("v", span)}),
		}
		api := &model.API{Kind: model.REST, Managed: tri.Yes}
		api.Routes = value.Closed(&model.Route{API: api, Integration: value.Known(in, span)})
		api.BinaryMediaTypes = value.Closed(value.Lit("*/*", span))
		return &model.Model{APIs: []*model.API{api}}
	}
	route := func(m *model.Model) *model.Route {
		for r := range m.Routes() {
			return r
		}
		return &model.Route{}
	}
	in := func(m *model.Model) *model.Integration {
		in, ok := route(m).Integration.Get()
		if !ok {
			return &model.Integration{Type: value.Lit("MOCK", span)}
		}
		return in
	}
	for name, when := range map[string]func(*model.Model) bool{
		"a text":    func(m *model.Model) bool { return in(m).Type.Is("MOCK") != tri.Yes },
		"a kind":    func(m *model.Model) bool { return m.APIs[0].Kind != model.REST },
		"a boolean": func(m *model.Model) bool { return m.APIs[0].Managed != tri.Yes },
		"a value":   func(m *model.Model) bool { _, ok := route(m).Integration.Get(); return !ok },
		"a set":     func(m *model.Model) bool { return !m.APIs[0].Routes.IsClosed() },
		"a map": func(m *model.Model) bool {
			return !in(m).RequestTemplates.IsClosed() && in(m).RequestTemplates.Span() == span
		},
		"a value in a map": func(m *model.Model) bool { v, ok := in(m).RequestTemplates.Get("k"); return ok && v.Is("v") != tri.Yes },
		"a member of a set": func(m *model.Model) bool {
			s := m.APIs[0].BinaryMediaTypes
			return s.Len() == 1 && s.Any(func(t value.Text) tri.Bool { return t.Is("*/*") }) != tri.Yes
		},
		"the place of a value": func(m *model.Model) bool { return in(m).Type.Present() == tri.Maybe && in(m).Type.Span() == span },
	} {
		m := world()
		if got := forgetting(m, report(when)); len(got) == 0 {
			t.Errorf("%s: a rule that reports when it is not known passes", name)
		}
		if when(m) {
			t.Errorf("%s: the model is not as it was", name)
		}
	}
	if got := forgetting(world(), report(func(m *model.Model) bool { return in(m).Type.Is("MOCK") == tri.Yes })); len(got) > 0 {
		t.Errorf("a sound rule: %v", got)
	}
}
