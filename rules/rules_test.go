package rules

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/apigwlint/apigwlint/lint"
	"github.com/apigwlint/apigwlint/linttest"
)

const examples = "../testdata/rules"

// TestRules runs every rule on its examples.
func TestRules(t *testing.T) {
	for _, r := range All() {
		t.Run(r.Name, func(t *testing.T) { linttest.Run(t, filepath.Join(examples, r.Name), r) })
	}
}

var kebab = regexp.MustCompile(`^[a-z]+(-[a-z]+)+$`)

// TestAll holds the list in rules.go, the files here and each rule's form together.
func TestAll(t *testing.T) {
	all := All()
	if !slices.IsSortedFunc(all, func(a, b *lint.Rule) int { return strings.Compare(a.Name, b.Name) }) {
		t.Error("All is not sorted")
	}
	for _, r := range all {
		if !kebab.MatchString(r.Name) || r.Group == "" || r.Doc == "" || r.Summary == "" || r.Severity == 0 || len(r.URLs) == 0 || r.Run == nil {
			t.Errorf("%s: incomplete", r.Name)
		}
		if r.Refused != (len(r.Status) == 0) {
			t.Errorf("%s: a rule has a status, or speaks of deployments that are refused", r.Name)
		}
		if strings.HasSuffix(r.Summary, ".") || strings.ToLower(r.Summary[:1]) != r.Summary[:1] && r.Summary[1] != 'P' {
			t.Errorf("%s: the summary is a sentence: %s", r.Name, r.Summary)
		}
		if _, err := os.Stat(strings.ReplaceAll(r.Name, "-", "_") + ".go"); err != nil {
			t.Errorf("%s: no file of its own: %v", r.Name, err)
		}
	}
	if declared := rulesDeclared(t); declared != len(all) {
		t.Errorf("%d rules are declared, %d are in All", declared, len(all))
	}
	entries, err := os.ReadDir(examples)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		if !slices.ContainsFunc(all, func(r *lint.Rule) bool { return r.Name == e.Name() }) {
			t.Errorf("examples of a rule %s that does not exist", e.Name())
		}
	}
}

// rulesDeclared counts the literals &lint.Rule{…} of the package.
func rulesDeclared(t *testing.T) int {
	t.Helper()
	n := 0
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range files {
		f, err := parser.ParseFile(token.NewFileSet(), name, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(f, func(node ast.Node) bool {
			if lit, ok := node.(*ast.UnaryExpr); ok && lit.Op == token.AND {
				if c, ok := lit.X.(*ast.CompositeLit); ok {
					if s, ok := c.Type.(*ast.SelectorExpr); ok && s.Sel.Name == "Rule" {
						n++
					}
				}
			}
			return true
		})
	}
	return n
}

// formats are those in which a defect is written down somewhere.
var formats = []string{"cloudformation", "sam", "openapi", "terraform"}

// TestFormats requires a bad and a good example of every rule in every format,
// or the reason why there is none.
func TestFormats(t *testing.T) {
	for _, r := range All() {
		dir := filepath.Join(examples, r.Name)
		cases, err := linttest.Cases(dir)
		if err != nil {
			t.Fatal(err)
		}
		for _, side := range []string{"bad", "good"} {
			for _, format := range formats {
				has := slices.ContainsFunc(cases, func(c linttest.Case) bool {
					return c.Format == format && c.Bad == (side == "bad")
				})
				reason, err := os.ReadFile(filepath.Join(dir, side, format+".none"))
				switch {
				case has && err == nil:
					t.Errorf("%s/%s: a reason why there is no example in %s, and an example", r.Name, side, format)
				case !has && len(strings.TrimSpace(string(reason))) < 20:
					t.Errorf("%s/%s: no example in %s, and no file %s.none with the reason", r.Name, side, format, format)
				}
			}
		}
		for _, c := range cases {
			if !slices.Contains(formats, c.Format) {
				t.Errorf("%s/%s: the name does not begin with a format", r.Name, c.Name)
			}
		}
	}
}
