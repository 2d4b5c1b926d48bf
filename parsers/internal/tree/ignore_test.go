package tree

import (
	"fmt"
	"testing"

	"github.com/apigwlint/apigwlint/source"
)

func lines(ig source.Ignore) string {
	last, _ := ig.Scope.File.Position(ig.Scope.End)
	return fmt.Sprintf("%d-%d %q %q", ig.Scope.Line(), last, ig.Rule, ig.Reason)
}

func TestIgnores(t *testing.T) {
	for _, test := range []struct {
		name, in string
		want     []string
	}{
		{"end of line", "a:\n  b: c # apigwlint:ignore rule a good reason\n  d: e\n", []string{`2-2 "rule" "a good reason"`}},
		{"own line", "a:\n  # apigwlint:ignore rule because\n  b: c\n  d: e\n", []string{`3-3 "rule" "because"`}},
		{"block", "# apigwlint:ignore rule because\n\n# more\na:\n  b: c\n\n# comment\n  d:\n  - e\nf: g\n", []string{`4-9 "rule" "because"`}},
		{"list below its key", "# apigwlint:ignore rule because\na:\n- b\n- c\nd: e\n", []string{`2-4 "rule" "because"`}},
		{"item", "a:\n# apigwlint:ignore rule because\n- b: c\n  d: e\n- f\n", []string{`3-4 "rule" "because"`}},
		{"several", "# apigwlint:ignore r1 x\n# apigwlint:ignore r2 y\na: b\n", []string{`3-3 "r1" "x"`, `3-3 "r2" "y"`}},
		{"no rule", "a: b # apigwlint:ignore\n", []string{`1-1 "" ""`}},
		{"no reason", "a: b #apigwlint:ignore rule\n", []string{`1-1 "rule" ""`}},
		{"punctuation", "a: b # apigwlint:ignore rule: -- why not\n", []string{`1-1 "rule" "why not"`}},
		{"a dash is no reason", "a: b # apigwlint:ignore rule --\n", []string{`1-1 "rule" ""`}},
		{"last line", "a: b\n# apigwlint:ignore rule because", []string{`2-2 "rule" "because"`}},
		{"CRLF", "a: b # apigwlint:ignore rule because\r\nc: d\r\n", []string{`1-1 "rule" "because"`}},
		{"document", "# apigwlint:ignore rule because\n---\na:\n  b: c\n", []string{`3-4 "rule" "because"`}},
		{"header of a block scalar", "a: | # apigwlint:ignore rule because\n  b\n", []string{`1-1 "rule" "because"`}},
		{"in a block scalar", "a: |\n  # apigwlint:ignore rule because\n  b\nc: d # apigwlint:ignore rule because\n", []string{`4-4 "rule" "because"`}},
		{"in quotes", "a: 'b # apigwlint:ignore rule because'\n", nil},
		{"within a word", "a: b#apigwlint:ignore rule because\n", nil},
		{"another word", "a: b # apigwlint:ignored rule because\n", nil},
		{"slashes", "a: b // apigwlint:ignore rule because\n", nil},
		{"resource", "Resources:\n  F:\n    Type: T\n    Metadata:\n      apigwlint:\n        ignore:\n          rule: because\n  G:\n    Type: T\n", []string{`2-7 "rule" "because"`}},
		{"template", "# c\nMetadata: {apigwlint: {ignore: {r1: x, r2: ''}}}\nA: b\n", []string{`1-4 "r1" "x"`, `1-4 "r2" ""`}},
		{"rules without reasons", "Metadata: {apigwlint: {ignore: [r1]}}", []string{`1-1 "r1" ""`}},
		{"extension", "{\"paths\": {\n\"/\": {\"get\": {\n\"x-apigwlint-ignore\": {\"rule\": \"because\"}\n}}}}", []string{`2-4 "rule" "because"`}},
		{"in JSON", "{\"a\": \"# apigwlint:ignore rule because\"}", nil},
	} {
		t.Run(test.name, func(t *testing.T) {
			f := source.NewFile("x.yaml", []byte(test.in))
			n, problems := Parse(f)
			if len(problems) > 0 {
				t.Fatal(show(problems))
			}
			var got []string
			for _, ig := range Ignores(f, n) {
				got = append(got, lines(ig))
			}
			if fmt.Sprint(got) != fmt.Sprint(test.want) {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
}

func TestComments(t *testing.T) {
	f := source.NewFile("x.tf", []byte("# apigwlint:ignore r1 x\nresource \"a\" \"b\" {\n  c = 1\n  // apigwlint:ignore r2 y\n  d = 2 // apigwlint:ignore r3 z\n}\ne = \"https://apigwlint:ignore\"\n"))
	var got []string
	for _, ig := range Comments(f) {
		got = append(got, lines(ig)+" "+ig.Span.Text())
	}
	want := []string{
		`2-5 "r1" "x" # apigwlint:ignore r1 x`,
		`5-5 "r2" "y" // apigwlint:ignore r2 y`,
		`5-5 "r3" "z" // apigwlint:ignore r3 z`,
	}
	if fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("got %q, want %q", got, want)
	}
	if got := Comments(source.NewFile("x.json", f.Data)); got != nil {
		t.Errorf("JSON has comments: %v", got)
	}
}
