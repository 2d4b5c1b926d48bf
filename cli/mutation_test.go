package cli_test

import (
	"bytes"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"golang.org/x/sync/errgroup"

	"github.com/apigwlint/apigwlint/lint"
	"github.com/apigwlint/apigwlint/parsers"
	"github.com/apigwlint/apigwlint/report"
	"github.com/apigwlint/apigwlint/rules"
	"github.com/apigwlint/apigwlint/source"
)

// wrong is what nodes are replaced by: what is of no type that anybody expects.
// It is written the same in YAML, JSON and HCL, but for what only one of them has.
var wrong = []string{
	"null", `""`, "0", "-1", "1e400", "true", "[]", "{}", "[null]", "[[]]", `[""]`,
	`"` + strings.Repeat("${A.B}/{x+}", 2000) + `"`,
	strings.Repeat("[", 300) + strings.Repeat("]", 300),
}

var (
	wrongInYAML = []string{
		"{null: null}", "{'': ''}", "{Fn::If: [A, B]}", "{Ref: [A]}", "{Ref: AWS::NoValue}", "!Ref Nowhere", "!GetAtt Nowhere.Arn", "!Sub '${'", "!Sub [a]",
		"{Fn::Transform: {Name: AWS::Include, Parameters: {Location: a}}}", "{$ref: '#'}", "{$ref: '#/a/b'}", "'#{x}'", "arn:aws:::::", "!If [x, 1, [2]]",
	}
	wrongInHCL = []string{"var.nowhere", "{ a = null }", "[for x in 3 : x]", `{ for k, v in {} : k => v... }`, "local.nowhere[*].arn[0]", "each.value.arn", "count.index", "self.arn", "null.a", `"${null}"`, "(", "<<E\nE\n"}
)

// A mutant is an example with something wrong in one of its files.
type mutant struct {
	file        string // of the example
	span        [2]int
	replacement string
}

func (m mutant) String() string {
	return fmt.Sprintf("%s[%d:%d]=%.60q", m.file, m.span[0], m.span[1], m.replacement)
}

// TestWrongTypes replaces each value of each example by what does not belong
// there. Nothing panics or takes long, and places stay within their files. A run
// takes a sample; APIGWLINT_THOROUGH=1 takes all, which is most of an hour.
func TestWrongTypes(t *testing.T) {
	sample, n := 2003, 0 // a prime, so that not each is the same replacement
	if testing.Short() {
		sample = 4001
	}
	if s := os.Getenv("APIGWLINT_THOROUGH"); s != "" {
		var err error
		if sample, err = strconv.Atoi(s); err != nil || sample < 1 {
			t.Fatalf("APIGWLINT_THOROUGH is %q, not a number: 1 tries all, 11 one of 11", s)
		}
	}
	var g errgroup.Group
	g.SetLimit(runtime.GOMAXPROCS(0))
	for _, name := range examples(t) {
		data, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		spans, replacements := places(t, source.NewFile(name, data))
		for _, span := range spans {
			own := spans[n*7%len(spans)] // another value of the same file
			for _, replacement := range slices.Concat(replacements, []string{string(data[own[0]:own[1]])}) {
				if n++; n%sample == 0 {
					g.Go(func() error {
						lintMutant(t, mutant{name, span, replacement}, data)
						return nil
					})
				}
			}
		}
	}
	_ = g.Wait() // the functions return no errors
	t.Logf("%d mutants, one of %d tried", n, sample)
	if n/sample < 20 {
		t.Errorf("only %d mutants", n)
	}
}

// examples lists the files of the examples of all rules.
func examples(t *testing.T) []string {
	t.Helper()
	var out []string
	err := filepath.WalkDir(filepath.FromSlash("../testdata"), func(name string, d fs.DirEntry, err error) error {
		if slices.Contains([]string{".yaml", ".json", ".tf"}, filepath.Ext(name)) && !strings.HasPrefix(d.Name(), "sarif-schema") {
			out = append(out, filepath.ToSlash(name))
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// places returns where the values of a file are, and what to replace them by.
func places(t *testing.T, f *source.File) (spans [][2]int, replacements []string) {
	t.Helper()
	if strings.HasSuffix(f.Name, ".tf") {
		parsed, diags := hclsyntax.ParseConfig(f.Data, f.Name, hcl.InitialPos)
		if diags.HasErrors() {
			t.Fatal(diags)
		}
		_ = hclsyntax.VisitAll(parsed.Body.(*hclsyntax.Body), func(n hclsyntax.Node) hcl.Diagnostics {
			switch n.(type) {
			case hclsyntax.Expression, *hclsyntax.Block:
				r := n.Range()
				spans = append(spans, [2]int{r.Start.Byte, r.End.Byte})
			}
			return nil
		})
		return spans, slices.Concat(wrong, wrongInHCL)
	}
	for _, s := range parsers.Places(f) {
		spans = append(spans, [2]int{s.Start, s.End})
	}
	return spans, slices.Concat(wrong, wrongInYAML)
}

// lintMutant lints one mutant as a whole, and checks what comes of it.
func lintMutant(t *testing.T, m mutant, data []byte) {
	t.Helper()
	mutated := slices.Concat(data[:m.span[0]], []byte(m.replacement), data[m.span[1]:])
	defer func() {
		if e := recover(); e != nil {
			t.Errorf("%v panics: %v\n%s", m, e, debug.Stack())
		}
	}()
	start := time.Now()
	dir := filepath.ToSlash(filepath.Dir(m.file))
	in := parsers.Input{Paths: []string{"-"}, Stdin: mutated, StdinName: "mutants/" + filepath.Base(m.file)}
	if strings.HasSuffix(m.file, ".tf") {
		// A module is a directory, of which the mutant is a file.
		in.Paths, in.StdinName = []string{"-", dir}, m.file
	}
	loaded := parsers.Load(in, parsers.Options{})
	res := lint.Run(loaded.Units, rules.All(), lint.Options{})
	for _, b := range res.Bugs {
		t.Errorf("%v: %s panics: %s\n%s", m, b.Rule.Name, b.Panic, b.Stack)
	}
	problems := loaded.Problems
	for _, u := range loaded.Units {
		problems = append(problems, u.Problems...)
	}
	res.AddProblems(problems)
	for _, f := range res.Findings {
		checkSpan(t, m, f.Span, f.Message)
		for _, r := range f.Related {
			checkSpan(t, m, r.Span, r.Message)
		}
	}
	for _, format := range report.Formats() {
		var b bytes.Buffer
		if err := report.Write(&b, format, &report.Report{Rules: rules.All(), Findings: res.Findings}, false); err != nil {
			t.Errorf("%v: %s: %v", m, format, err)
		}
	}
	if d := time.Since(start); d > 20*time.Second {
		t.Errorf("%v takes %v", m, d)
	}
}

func checkSpan(t *testing.T, m mutant, s source.Span, message string) {
	t.Helper()
	if message == "" {
		t.Errorf("%v: nothing is said of %v", m, s)
	}
	if !s.IsValid() || s.Start < 0 || s.End < s.Start || s.End > len(s.File.Data) {
		t.Errorf("%v: %q is said of %+v", m, message, s)
	}
}
