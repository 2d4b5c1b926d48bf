package config_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/bmatcuk/doublestar/v4"
	"github.com/google/go-cmp/cmp"

	"github.com/apigwlint/apigwlint/config"
	"github.com/apigwlint/apigwlint/lint"
)

var rules = []string{"lambda-timeout", "lambda-permission-missing", "syntax"}

func TestParse(t *testing.T) {
	got, err := config.Parse("c.yaml", []byte(`
rules:
  lambda-timeout: off
  lambda-permission-missing: warning
exclude: ["**/test/**", "*.json"]
parameters: {Stage: prod, Count: 3, Null: null}
variables:
  name: x
  list: [a, 1]
  map: {k: true}
quotas:
  integration-timeout-ms: 60000
severity: note
fail-on: never
`), rules)
	if err != nil {
		t.Fatal(err)
	}
	want := &config.Config{
		File: "c.yaml",
		Off:  map[string]bool{"lambda-timeout": true}, Severity: map[string]lint.Severity{"lambda-permission-missing": lint.Warning},
		Exclude:    []string{"**/test/**", "*.json"},
		Parameters: map[string]string{"Stage": "prod", "Count": "3", "Null": "null"},
		Variables:  map[string]string{"name": "x", "list": `["a",1]`, "map": `{"k":true}`},
		Limits:     lint.Limits{IntegrationTimeout: time.Minute}, Show: lint.Note, FailOn: config.Never,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestNothing(t *testing.T) {
	for _, text := range []string{"", "\n", "# only a comment\n", "---\n", "rules:\nexclude: []\n", "{}"} {
		got, err := config.Parse("c.yaml", []byte(text), rules)
		if err != nil {
			t.Errorf("%q: %v", text, err)
			continue
		}
		if got.Limits != lint.DefaultLimits || got.Show != 0 || got.FailOn != 0 || len(got.Off) > 0 {
			t.Errorf("%q says %+v", text, got)
		}
	}
}

func TestErrors(t *testing.T) {
	for _, tt := range []struct{ text, want string }{
		{"rules: {lambda-timout: off}", `c.yaml:1:9: unknown rule "lambda-timout"; did you mean "lambda-timeout"?`},
		{"rules:\n  lambda-timeout: fatal", `c.yaml:2:19: "fatal" is not one of off, note, warning, error`},
		{"rules:\n  lambda-timeout: {a: b}", `c.yaml:2:19: "" is not one of`},
		{"rule: {}", `c.yaml:1:1: unknown key "rule"; did you mean "rules"?`},
		{"completely: different", `c.yaml:1:1: unknown key "completely"`},
		{"quotas: {timeout: 1}", `c.yaml:1:10: unknown key "timeout"`},
		{"quotas: {integration-timeout-ms: 1s}", `c.yaml:1:34: "1s" is not a number of milliseconds`},
		{"quotas: {integration-timeout-ms: -1}", `is not a number of milliseconds`},
		{"quotas: {integration-timeout-ms: [1]}", `a single value is expected here`},
		{"severity: loud", `c.yaml:1:11: "loud" is not one of note, warning, error`},
		{"fail-on: loud", `c.yaml:1:10: "loud" is not one of note, warning, error, never`},
		{"exclude: x", `c.yaml:1:10: a list of patterns is expected here`},
		{"exclude: ['[']", `c.yaml:1:11: "[" is not a pattern`},
		{"[]", `c.yaml:1:1: a mapping is expected here`},
		{"rules: []", `c.yaml:1:8: a mapping is expected here`},
		{"severity: note\nseverity: error", `c.yaml:2:1: "severity" is here twice`},
		{"rules: {\n", `c.yaml:2:`},
		{"a: &a [*a]", `unknown key "a"`},
		{"variables: {a: &a [*a]}", `c.yaml:1:`},
	} {
		_, err := config.Parse("c.yaml", []byte(tt.text), rules)
		if err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%q: %v, want %s", tt.text, err, tt.want)
		}
	}
}

func TestEveryErrorIsSaid(t *testing.T) {
	_, err := config.Parse("c.yaml", []byte("a: 1\nb: 2\nseverity: x\n"), rules)
	if err == nil || strings.Count(err.Error(), "\n") != 2 {
		t.Errorf("the error is %v", err)
	}
}

func TestFind(t *testing.T) {
	top := t.TempDir()
	for _, file := range []string{".apigwlint.yaml", "repo/.git/HEAD", "repo/.apigwlint.yml", "repo/a/b/x", "bare/.git", "bare/a/x", "repo/own/.apigwlint.yaml", "repo/own/.apigwlint.yml"} {
		if err := os.MkdirAll(filepath.Join(top, filepath.Dir(file)), 0o777); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(top, file), nil, 0o666); err != nil {
			t.Fatal(err)
		}
	}
	for dir, want := range map[string]string{
		"repo/a/b": "repo/.apigwlint.yml",
		"repo":     "repo/.apigwlint.yml",
		"repo/own": "repo/own/.apigwlint.yaml",
		"bare/a":   "",                // nothing in the repository; what is above it is another's
		".":        ".apigwlint.yaml", // no repository: only the directory itself
	} {
		got, err := config.Find(filepath.Join(top, dir))
		if err != nil {
			t.Fatal(err)
		}
		if want != "" {
			want = filepath.Join(top, want)
		}
		if got != want {
			t.Errorf("in %s: %q, want %q", dir, got, want)
		}
	}
}

// TestExcluded: a pattern excludes the same files from wherever above them apigwlint is run.
func TestExcluded(t *testing.T) {
	files := []string{"a.json", "sub/a.json", "sub/test/b.yaml", "sub/deep/test/c/d.yaml", "test/x.yaml"}
	for _, pattern := range []string{"*.json", "**/test/**", "sub/*.json", "sub/**", "**/*.json", "s?b/test/*", "**/deep/**/d.yaml", "{sub,x}/a.json", "**"} {
		c := &config.Config{File: "/repo/.apigwlint.yaml", Exclude: []string{pattern}}
		for _, dir := range []string{"/repo", "/repo/sub", "/repo/sub/deep"} {
			patterns := c.Excluded(dir)
			for _, file := range files {
				name, err := filepath.Rel(dir, "/repo/"+file)
				if err != nil {
					t.Fatal(err)
				}
				if strings.HasPrefix(name, "..") {
					continue
				}
				want := doublestar.MatchUnvalidated(pattern, file)
				got := false
				for _, p := range patterns {
					got = got || doublestar.MatchUnvalidated(p, name)
				}
				if got != want {
					t.Errorf("%s in %s: excluded by %q: %v, want %v (%q)", name, dir, pattern, got, want, patterns)
				}
			}
		}
	}
}

func TestDidYouMean(t *testing.T) {
	names := []string{"abc", "abd", "lambda-timeout"}
	for name, want := range map[string]string{"abx": `; did you mean "abc"?`, "lambdatimeout": `; did you mean "lambda-timeout"?`, "zzzzzz": "", "": ""} {
		if got := config.DidYouMean(name, names); got != want {
			t.Errorf("%q: %q, want %q", name, got, want)
		}
	}
}

func FuzzParse(f *testing.F) {
	f.Add([]byte("rules: {syntax: off}\nvariables: {a: [1]}"))
	f.Add([]byte("exclude: &a [*a]"))
	f.Fuzz(func(_ *testing.T, data []byte) {
		_, _ = config.Parse("c.yaml", data, rules) // must not panic
	})
}
