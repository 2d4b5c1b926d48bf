// Package linttest tests a rule on example files that carry their own
// expectations.
//
// A comment
//
//	IntegrationHttpMethod: GET # want "invoked with POST only"
//
// expects a finding on its line whose message matches the regular expression;
// several follow one another on one line. A severity may stand before them, as in
// want warning "…". Where no comment can stand on the line
// itself, as in a block scalar, "want+2" speaks of the second line after it and
// "want-1" of the one before. Comments begin with # or //. A file that takes no
// comments has its expectations beside it, in a file of its name and ".want":
//
//	12: "invoked with POST only"
//	/Resources/OrdersGet: "invoked with POST only"
//
// with a line number or a JSON pointer, which stands for the lines of the value
// there. What lies under bad/ holds at least one expectation, what lies under
// good/ none.
package linttest

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/apigwlint/apigwlint/lint"
	"github.com/apigwlint/apigwlint/model"
	"github.com/apigwlint/apigwlint/parsers"
	"github.com/apigwlint/apigwlint/source"
)

// A Case is one example: a file, or a directory that is linted as a whole.
type Case struct {
	Path   string // of the file or directory
	Name   string // bad/sam.yaml
	Bad    bool
	Format string // the first word of the name: cloudformation, sam, openapi, terraform
}

// Cases lists the examples in dir, which holds the directories bad and good. A
// file named after a format with the extension ".none" says why that format has
// no example, and is none itself.
func Cases(dir string) ([]Case, error) {
	var out []Case
	for _, side := range []string{"bad", "good"} {
		entries, err := os.ReadDir(filepath.Join(dir, side))
		if err != nil && !os.IsNotExist(err) {
			return nil, err
		}
		for _, e := range entries {
			if ext := filepath.Ext(e.Name()); ext == ".want" || ext == ".none" || strings.HasPrefix(e.Name(), ".") {
				continue
			}
			format, _, _ := strings.Cut(e.Name(), ".")
			format, _, _ = strings.Cut(format, "-")
			out = append(out, Case{filepath.Join(dir, side, e.Name()), side + "/" + e.Name(), side == "bad", format})
		}
	}
	return out, nil
}

// Run checks rule on the examples in dir: that it finds what they expect and
// nothing else, in JSON as in YAML, twice the same, and that knowing less about
// an example never finds more.
func Run(t *testing.T, dir string, rule *lint.Rule) {
	t.Helper()
	cases, err := Cases(dir)
	if err != nil {
		t.Fatal(err)
	}
	if len(cases) == 0 {
		t.Fatalf("%s: no examples", dir)
	}
	for _, c := range cases {
		t.Run(c.Name, func(t *testing.T) {
			t.Parallel()
			c.check(t, rule)
		})
	}
}

func (c Case) check(t *testing.T, rule *lint.Rule) {
	wants, err := expectations(c.Path)
	if err != nil {
		t.Fatal(err)
	}
	switch {
	case c.Bad && len(wants) == 0:
		t.Error("an example of what is bad expects nothing")
	case !c.Bad && len(wants) > 0:
		t.Error("an example of what is good expects findings")
	}
	units := load(t, c.Path)
	findings := findings(t, units, rule)
	for _, e := range compare(wants, findings) {
		t.Error(e)
	}
	checkPlaces(t, findings)
	if again := render(findingsOf(load(t, c.Path), rule)); again != render(findings) {
		t.Errorf("a second run finds something else:\n%s\nbefore:\n%s", again, render(findings))
	}
	checkTwin(t, c.Path, rule, len(findings))
	CheckForgetting(t, units, rule)
}

func load(t *testing.T, path string) []*model.Unit {
	t.Helper()
	res := parsers.Load(parsers.Input{Paths: []string{path}}, parsers.Options{})
	for _, p := range res.Problems {
		t.Errorf("%v: %s", p.Span, p.Message)
	}
	for _, err := range res.Unreadable {
		t.Error(err)
	}
	found := 0
	for _, u := range res.Units {
		for _, p := range u.Problems {
			t.Errorf("%v: %s", p.Span, p.Message)
		}
		for _, sc := range u.Scenarios {
			for _, api := range sc.Model.APIs {
				found += api.Routes.Len() + api.Authorizers.Len()
			}
		}
	}
	if found == 0 {
		t.Errorf("%s: neither a route nor an authorizer was recognised in it", path)
	}
	return res.Units
}

func findingsOf(units []*model.Unit, rule *lint.Rule) []lint.Finding {
	return lint.Run(units, []*lint.Rule{rule}, lint.Options{}).Findings
}

func findings(t *testing.T, units []*model.Unit, rule *lint.Rule) []lint.Finding {
	t.Helper()
	res := lint.Run(units, []*lint.Rule{rule}, lint.Options{})
	for _, b := range res.Bugs {
		t.Errorf("%s panics: %s\n%s", b.Rule.Name, b.Panic, b.Stack)
	}
	return res.Findings
}

func render(list []lint.Finding) string {
	var b strings.Builder
	for _, f := range list {
		fmt.Fprintf(&b, "%v-%d: %v: %s [%s] %v %v %q %q %v %s\n", f.Span, f.Span.End, f.Severity, f.Message,
			f.Rule.Name, f.Routes, f.Status, f.Log, f.Help, f.When, f.Fingerprint)
		for _, r := range f.Related {
			fmt.Fprintf(&b, "\t%v: %s\n", r.Span, r.Message)
		}
	}
	return b.String()
}

// checkPlaces verifies that findings speak of places in their files, and that
// their sentences read as others do.
func checkPlaces(t *testing.T, list []lint.Finding) {
	t.Helper()
	for _, f := range list {
		spans := []source.Span{f.Span}
		for _, r := range f.Related {
			spans = append(spans, r.Span)
		}
		if f.Fix != nil {
			for _, e := range f.Fix.Edits {
				spans = append(spans, e.Span)
			}
		}
		for _, s := range spans {
			if !s.IsValid() || s.Start < 0 || s.Start > s.End || s.End > len(s.File.Data) {
				t.Errorf("%s: the place %v (%d to %d) is none", f.Message, s, s.Start, s.End)
			}
		}
		for _, word := range []string{"should", "please", "Please", "\uFFFF", "%!"} {
			if strings.Contains(f.Message+f.Help, word) {
				t.Errorf("%q, help %q has %q in it", f.Message, f.Help, word)
			}
		}
		if strings.HasSuffix(f.Message, ".") || f.Help == "" {
			t.Errorf("%q ends with a period, or has no help", f.Message)
		}
		// What is only worth knowing may break nothing by itself.
		if len(f.Status) == 0 && f.Severity > lint.Note && !strings.HasPrefix(f.Message, "deployment") {
			t.Errorf("%q says neither a status nor that the deployment is refused", f.Message)
		}
	}
}

// compare returns what is expected and not found, and the other way round.
func compare(wants []want, list []lint.Finding) []string {
	var out []string
	left := slices.Clone(wants)
next:
	for _, f := range list {
		for i, w := range left {
			if w.covers(f) {
				left = slices.Delete(left, i, i+1)
				continue next
			}
		}
		out = append(out, fmt.Sprintf("%v: not expected: %s", f.Span, f.Message))
	}
	for _, w := range left {
		out = append(out, fmt.Sprintf("%s: nothing found that matches %q", w, w.re))
	}
	return out
}

// checkTwin verifies that an example in YAML has as many findings when it is
// written in JSON.
func checkTwin(t *testing.T, path string, rule *lint.Rule, n int) {
	t.Helper()
	ext := filepath.Ext(path)
	if ext != ".yaml" && ext != ".yml" {
		return
	}
	data, err := os.ReadFile(path)
	if err != nil {
		return // a directory with a name like that of a file
	}
	twin, err := parsers.JSONTwin(path, data)
	if err != nil {
		t.Fatalf("as JSON: %v", err)
	}
	name := filepath.Join(t.TempDir(), strings.TrimSuffix(filepath.Base(path), ext)+".json")
	if err := os.WriteFile(name, twin, 0o600); err != nil {
		t.Fatal(err)
	}
	got := findings(t, load(t, name), rule)
	if len(got) != n {
		t.Errorf("%d findings in YAML, %d in JSON:\n%s", n, len(got), render(got))
	}
	for _, f := range got {
		if f.Rule != rule {
			t.Errorf("in JSON: %v: %s [%s]", f.Span, f.Message, f.Rule.Name)
		}
	}
}
