package cloudformation

import (
	"bufio"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/apigwlint/apigwlint/parsers/internal/files"
)

// corpusTemplates lists the well-formed templates of the corpus.
func corpusTemplates(tb testing.TB) (dir string, names []string) {
	tb.Helper()
	dir = os.Getenv("APIGWLINT_CORPUS")
	if dir == "" {
		tb.Skip("APIGWLINT_CORPUS does not name the corpus")
	}
	malformed := map[string]bool{}
	for _, row := range table(tb, filepath.Join(dir, "MALFORMED.tsv")) {
		malformed[row[0]] = true
	}
	for _, row := range table(tb, filepath.Join(dir, "MANIFEST.tsv")) {
		if kind := row[1]; (kind == "cfn" || kind == "sam") && !malformed[row[0]] {
			names = append(names, filepath.ToSlash(filepath.Join(dir, row[0])))
		}
	}
	return dir, names
}

func table(tb testing.TB, name string) [][]string {
	tb.Helper()
	f, err := os.Open(name)
	if err != nil {
		tb.Fatal(err)
	}
	defer func() { _ = f.Close() }()
	var out [][]string
	for sc := bufio.NewScanner(f); sc.Scan(); {
		out = append(out, strings.Split(sc.Text(), "\t"))
	}
	return out
}

// TestCorpus loads every template of the corpus as a run of its own files.
func TestCorpus(t *testing.T) {
	dir, names := corpusTemplates(t)
	r, err := files.NewReader(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range names {
		root, problems, err := r.Tree(name)
		if err != nil || len(problems) > 0 || !Recognizes(root) {
			t.Errorf("%s is not recognised: %v %v", name, err, problems)
		}
	}
	start := time.Now()
	units := Load(r, names, Options{})
	took := time.Since(start)
	scenarios, resources, openStacks, many := 0, 0, 0, 0
	for _, u := range units {
		for _, p := range u.Problems {
			t.Errorf("%v: %s", p.Span, p.Message)
		}
		if len(u.Scenarios) == 0 {
			t.Errorf("%s has no scenario", u.Name)
		}
		scenarios += len(u.Scenarios)
		if len(u.Scenarios) > 8 {
			many++
			t.Logf("%s: %d scenarios", u.Name, len(u.Scenarios))
		}
	}
	opened, _ := open(r, names, Options{})
	for _, u := range opened {
		u.scenarios = u.assignments()
		for _, s := range u.evaluate(u.scenarios[0]) {
			resources += len(s.Resources)
			if s.Open {
				openStacks++
				t.Logf("open: %s %s", s.File.Name, s.Path)
			}
		}
	}
	t.Logf("%d templates, %d units, %d scenarios (%d units with more than 8), %d resources, %d open stacks, %v",
		len(names), len(units), scenarios, many, resources, openStacks, took)
}

// BenchmarkEvaluateCorpus evaluates all templates, without transform and lift.
func BenchmarkEvaluateCorpus(b *testing.B) {
	dir, names := corpusTemplates(b)
	r, err := files.NewReader(dir)
	if err != nil {
		b.Fatal(err)
	}
	size := 0
	for _, name := range names {
		if f, err := r.Read(name); err == nil {
			size += len(f.Data)
		}
		_, _, _ = r.Tree(name)
	}
	b.SetBytes(int64(size))
	for b.Loop() {
		units, _ := open(r, names, Options{})
		for _, u := range units {
			for _, a := range u.assignments() {
				u.evaluate(a)
			}
		}
	}
}
