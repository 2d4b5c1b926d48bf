package tree

import (
	"bytes"
	"encoding/json"
	"testing"
	"unicode/utf8"

	"github.com/apigwlint/apigwlint/source"
)

// seeds are texts that are hard to read in different ways.
var seeds = []string{
	"a: b\nc:\n  - x y\n  - 'it''s'\n  - \"a\\tb\"\nd: |\n  text\n   more\n\ne: >-\n  a\n  b\n\n  c\nf: {x: 1, \"y\": [a, b: c]}\n",
	"a: &x !Sub foo\nb: *x\nc: {<<: {d: e}, f: *x}\n<<: [{g: h}, {g: i}]\n",
	"a: !Join ['', [a, !Ref b, !GetAtt c.d]]\nb: !X\n  y: z\nc: !X\n- y\nd: !X |\n  y\n",
	"# apigwlint:ignore rule reason\na: >+\n\n  b\n\n\n\nc: |2-\n   x\n  y\n\n",
	"a: b\r\nc: |\r\n  x\r\n  y\r\nd: 'e\r\n\r\n  f'\r\n",
	"\uFEFFa: é\u0085b: c\u2028 d\n",
	"a: \"b \\\n  c\\x41\\u00e9\\U0001F600\\\n\n  \\ d\n e\"\n",
	"? a\n: b\n? [c]\n: d\n? |\n  e\n: f\n",
	"- - a\n  - b\n- c: d\n  e:\n  - f\n-\n- g\n",
	"a:\nb: !T\nc: &x\nd: ~\ne: ''\n",
	"---\na: b\n...\n---\n# nothing\n---\n- c\n",
	"2012-10-17: 2012-10-17\n0123: 0x1F\n1_000: 1e3\n.5: .inf\ntrue: No\nnull: ~\n",
	"[a: b, ? c : d, {e}, {f, g: }, : h, [], {}]\n",
	"a plain\n scalar  over\n\n lines\n",
	"%TAG !e! tag:example.com,2000:\n---\n!e!x {a: !<tag:yaml.org,2002:str> 1, b: !!int \"3\", c: ! 4, d: !!binary YQ==}\n",
	"&a [*a]\n",
	"{\"a\": \"b\\u00e9\\ud83d\\ude00\\/\\n\", \"c\": [1, -2.5e3, true, null, false], \"d\": {}, \"a\": \"\\ud800x\"}",
	"{\"a\": 1,}", "{a: 1, \"b\":2}", "[1,2", "{\"a\" 1}", "{{ x }}: y", "{\"x-apigwlint-ignore\": {\"r\": \"s\"}, \"Metadata\": {\"apigwlint\": {\"ignore\": [\"t\"]}}}",
	"a: |\n\tb\n", "\ta: b\n", "a: \x00", "a: \xff", "'", "\"", "|", ">-", "a: |+\n \n  ", "- |1\n  x\n - y", "a: # c\n  b # c\n  # c\n",
}

func FuzzParse(f *testing.F) {
	for _, s := range seeds {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		file := source.NewFile("x.yaml", data)
		docs, problems := ParseAll(file)
		again, problems2 := ParseAll(file)
		if len(docs) != len(again) || len(problems) != len(problems2) {
			t.Fatal("two runs differ")
		}
		for _, p := range problems {
			if p.Span.File != file || p.Message == "" {
				t.Errorf("problem %v", p)
			}
		}
		for i, doc := range docs {
			if dump(doc) != dump(again[i]) {
				t.Fatal("two runs differ")
			}
			if len(problems) == 0 {
				if err := check(file, doc); err != nil {
					t.Error(err)
				}
			}
			for _, ig := range Ignores(file, doc) {
				if !file.Span(0, len(data)).Contains(ig.Span) || !file.Span(0, len(data)).Contains(ig.Scope) {
					t.Errorf("ignore outside: %v", ig)
				}
			}
			checkJSON(t, doc)
		}
		Comments(source.NewFile("x.tf", data))
		checkJSONReader(t, data)
	})
}

// checkJSON verifies that a tree survives being written as JSON.
func checkJSON(t *testing.T, n *Node) {
	out := ToJSON(n)
	if !json.Valid(out) {
		t.Fatalf("not JSON: %s", out)
	}
	back, problem := parseJSON(source.NewFile("x.json", out))
	if problem != nil {
		t.Fatalf("%s: %s", problem.Message, out)
	}
	if !bytes.Equal(ToJSON(back), out) {
		t.Errorf("%s becomes %s", out, ToJSON(back))
	}
}

// checkJSONReader compares the JSON reader with the standard library.
func checkJSONReader(t *testing.T, data []byte) {
	data = bytes.TrimPrefix(data, byteOrderMark)
	if !utf8.Valid(data) {
		return
	}
	n, problem := parseJSON(source.NewFile("x.json", data))
	if (problem == nil) != json.Valid(data) {
		t.Fatalf("%q: %v, but encoding/json says %t", data, problem, json.Valid(data))
	}
	if problem != nil {
		return
	}
	var want, got any
	if err := json.Unmarshal(data, &want); err != nil {
		return // numbers that are too large
	}
	if err := json.Unmarshal(ToJSON(n), &got); err != nil {
		t.Fatal(err)
	}
	w, _ := json.Marshal(want)
	g, _ := json.Marshal(got)
	if !bytes.Equal(w, g) {
		t.Errorf("got %s, want %s", g, w)
	}
}
