package cli_test

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/apigwlint/apigwlint/cli"
	"github.com/apigwlint/apigwlint/parsers"
	"github.com/apigwlint/apigwlint/rules"
)

// corpus returns the folder of real definitions, or skips the test.
func corpus(t testing.TB) string {
	dir := os.Getenv("APIGWLINT_CORPUS")
	if dir == "" {
		t.Skip("APIGWLINT_CORPUS names no corpus")
	}
	return filepath.ToSlash(dir)
}

// table reads a list of the corpus by its column path.
func table(t *testing.T, name string) map[string]map[string]string {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(corpus(t), name))
	if err != nil {
		t.Fatal(err)
	}
	r := csv.NewReader(bytes.NewReader(data))
	r.Comma, r.LazyQuotes, r.FieldsPerRecord = '\t', true, -1
	records, err := r.ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]map[string]string{}
	for _, record := range records[1:] {
		row := map[string]string{}
		for i, field := range record {
			row[records[0][i]] = field
		}
		out[row["path"]] = row
	}
	return out
}

// TestCorpus lints real definitions as a user would, and requires that all are
// understood.
func TestCorpus(t *testing.T) {
	dir := corpus(t)
	manifest, malformed := table(t, "MANIFEST.tsv"), table(t, "MALFORMED.tsv")
	for _, format := range []string{"cfn", "sam", "openapi", "terraform"} {
		t.Run(format, func(t *testing.T) {
			var stdout, stderr bytes.Buffer
			code := cli.Run([]string{"--format", "json", "--severity", "note", path.Join(dir, format)}, strings.NewReader(""), &stdout, &stderr, rules.All())
			if code > 1 {
				t.Fatalf("exit %d: %s", code, stderr.String())
			}
			var report struct {
				Findings []struct {
					Rule, Severity, Message, File string
					Line                          int
				}
				Summary map[string]int
			}
			if err := json.Unmarshal(stdout.Bytes(), &report); err != nil {
				t.Fatal(err)
			}
			t.Logf("%v", report.Summary)
			count := map[string]int{}
			for _, f := range report.Findings {
				name := strings.TrimPrefix(f.File, dir+"/")
				tier := tierOf(manifest, name)
				count[f.Severity+" "+f.Rule+" "+tier]++
				if f.Rule == "syntax" && f.Severity == "error" && malformed[name] == nil {
					t.Errorf("%s:%d: %s", name, f.Line, f.Message)
				}
			}
			for _, key := range slices.Sorted(mapKeys(count)) {
				t.Logf("%4d %s", count[key], key)
			}
		})
	}
}

func mapKeys(m map[string]int) func(func(string) bool) {
	return func(yield func(string) bool) {
		for k := range m {
			if !yield(k) {
				return
			}
		}
	}
}

// tierOf returns how much a file of the corpus is to be trusted: that of the
// nearest entry of the manifest above it.
func tierOf(manifest map[string]map[string]string, name string) string {
	for ; name != "." && name != "/"; name = path.Dir(name) {
		for _, key := range []string{name, name + "/"} {
			if row := manifest[key]; row != nil {
				return row["tier"]
			}
		}
	}
	return "unlisted"
}

// TestCorpusIsRecognised requires that each template and document of the
// manifest is part of a unit that has no problems.
func TestCorpusIsRecognised(t *testing.T) {
	dir := corpus(t)
	manifest, malformed := table(t, "MANIFEST.tsv"), table(t, "MALFORMED.tsv")
	for format, folder := range map[string]string{"cfn": "cfn", "sam": "sam", "openapi": "openapi"} {
		res := parsers.Load(parsers.Input{Paths: []string{path.Join(dir, folder), path.Join(dir, "sam"), path.Join(dir, "terraform")}}, parsers.Options{NoHandlers: true})
		loaded := map[string]bool{}
		for _, u := range res.Units {
			if len(u.Scenarios) > 0 {
				for _, f := range u.Files {
					loaded[strings.TrimPrefix(f.Name, dir+"/")] = true
				}
			}
		}
		for name, row := range manifest {
			if row["format"] == format && malformed[name] == nil && !loaded[name] && path.Ext(name) != ".tftpl" {
				t.Errorf("%s is not recognised", name)
			}
		}
	}
}

// BenchmarkCorpus lints everything of the corpus, from reading the files to the
// report.
func BenchmarkCorpus(b *testing.B) {
	dir := corpus(b)
	for _, format := range []string{"cfn", "sam", "openapi", "terraform"} {
		b.Run(format, func(b *testing.B) { benchmark(b, path.Join(dir, format)) })
	}
}

// BenchmarkExample lints the example of the README: what a pre-commit hook costs.
func BenchmarkExample(b *testing.B) { benchmark(b, "../testdata/examples/orders") }

func benchmark(b *testing.B, dir string) {
	size := int64(0)
	res := parsers.Load(parsers.Input{Paths: []string{dir}}, parsers.Options{})
	for _, u := range res.Units {
		for _, f := range u.Files {
			size += int64(len(f.Data))
		}
	}
	b.SetBytes(size)
	b.ReportAllocs()
	for b.Loop() {
		var stdout, stderr bytes.Buffer
		if code := cli.Run([]string{"--format", "json", dir}, strings.NewReader(""), &stdout, &stderr, rules.All()); code > 1 {
			b.Fatalf("exit %d: %s", code, stderr.String())
		}
	}
}
