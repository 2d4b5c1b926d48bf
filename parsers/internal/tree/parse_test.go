package tree

import (
	"fmt"
	"strings"
	"testing"

	"github.com/apigwlint/apigwlint/source"
	"github.com/apigwlint/apigwlint/value"
)

// dump writes a tree with the text of its spans.
func dump(n *Node) string {
	var b strings.Builder
	var walk func(n *Node, depth int)
	walk = func(n *Node, depth int) {
		pad := strings.Repeat("  ", depth)
		switch n.Kind {
		case Map:
			fmt.Fprintf(&b, "map%s %q\n", n.Tag, n.Span.Text())
			for _, e := range n.Entries {
				fmt.Fprintf(&b, "%s  %s(%s): ", pad, e.Key, e.KeySpan.Text())
				walk(e.Value, depth+1)
			}
		case List:
			fmt.Fprintf(&b, "list%s %q\n", n.Tag, n.Span.Text())
			for _, item := range n.Items {
				fmt.Fprintf(&b, "%s  - ", pad)
				walk(item, depth+1)
			}
		case Scalar:
			s, _ := n.Value.Get()
			fmt.Fprintf(&b, "%s%s %q %q\n", [...]string{"string", "int", "float", "bool"}[n.Type], n.Tag, s, n.Span.Text())
		case Null:
			fmt.Fprintf(&b, "null%s %q\n", n.Tag, n.Span.Text())
		default:
			fmt.Fprintf(&b, "unknown%s %q\n", n.Tag, n.Span.Text())
		}
	}
	if n == nil {
		return "nil\n"
	}
	walk(n, 0)
	return b.String()
}

// TestParse checks kinds, types, contents and extents together.
func TestParse(t *testing.T) {
	for _, test := range []struct{ name, in, want string }{
		{"block map", "a: b\nc:\n  d: e # comment\n\nf:\n", `
map "a: b\nc:\n  d: e # comment\n\nf:"
  a(a): string "b" "b"
  c(c): map "d: e"
    d(d): string "e" "e"
  f(f): null ""
`},
		{"flow", "f: {x: 1, 'y': [a, b: c],} # {\n", `
map "f: {x: 1, 'y': [a, b: c],}"
  f(f): map "{x: 1, 'y': [a, b: c],}"
    x(x): int "1" "1"
    y(y): list "[a, b: c]"
      - string "a" "a"
      - map "b: c"
        b(b): string "c" "c"
`},
		{"pairs in lists", "[a: b, ? c : d, {e}, {f, g: }, : h, [], {}]\n", `
list "[a: b, ? c : d, {e}, {f, g: }, : h, [], {}]"
  - map "a: b"
    a(a): string "b" "b"
  - map "? c : d"
    c(c): string "d" "d"
  - map "{e}"
    e(e): null ""
  - map "{f, g: }"
    f(f): null ""
    g(g): null ""
  - map ": h"
    (): string "h" "h"
  - list "[]"
  - map "{}"
`},
		{"nested lists", "- - a\n  - b\n- c: d\n  e:\n  - f\n-\n- g\n", `
list "- - a\n  - b\n- c: d\n  e:\n  - f\n-\n- g"
  - list "- a\n  - b"
    - string "a" "a"
    - string "b" "b"
  - map "c: d\n  e:\n  - f"
    c(c): string "d" "d"
    e(e): list "- f"
      - string "f" "f"
  - null ""
  - string "g" "g"
`},
		{"local tags", "a: !Join ['', [!Ref b]]\nb: !X # why\n  y: z\nc: !X\n- y\nd: !X |\n  y\ne: !X\n", `
map "a: !Join ['', [!Ref b]]\nb: !X # why\n  y: z\nc: !X\n- y\nd: !X |\n  y\ne: !X"
  a(a): list!Join "!Join ['', [!Ref b]]"
    - string "" "''"
    - list "[!Ref b]"
      - string!Ref "b" "!Ref b"
  b(b): map!X "!X # why\n  y: z"
    y(y): string "z" "z"
  c(c): list!X "!X\n- y"
    - string "y" "y"
  d(d): string!X "y\n" "!X |\n  y"
  e(e): string!X "" "!X"
`},
		{"tags of YAML", "a: !!str 1\nb: !!int '3'\nc: ! 4\nd: !!binary YQ==\ne: !!float 1\nf: !!bool yes\ng: !<tag:yaml.org,2002:str> ~\n", `
map "a: !!str 1\nb: !!int '3'\nc: ! 4\nd: !!binary YQ==\ne: !!float 1\nf: !!bool yes\ng: !<tag:yaml.org,2002:str> ~"
  a(a): string "1" "!!str 1"
  b(b): int "3" "!!int '3'"
  c(c): string "4" "! 4"
  d(d): unknown "!!binary YQ=="
  e(e): float "1" "!!float 1"
  f(f): bool "true" "!!bool yes"
  g(g): string "~" "!<tag:yaml.org,2002:str> ~"
`},
		{"types", "2012-10-17: 2012-10-17\n200: 012345678901\n1_000: 1e3\n.5: .inf\ntrue: No\nnull: ~\na: TRUE\nb: 0x1F\nc: 12:30\nd: 123456789012\n", `
map "2012-10-17: 2012-10-17\n200: 012345678901\n1_000: 1e3\n.5: .inf\ntrue: No\nnull: ~\na: TRUE\nb: 0x1F\nc: 12:30\nd: 123456789012"
  2012-10-17(2012-10-17): string "2012-10-17" "2012-10-17"
  200(200): float "012345678901" "012345678901"
  1_000(1_000): float "1e3" "1e3"
  .5(.5): float ".inf" ".inf"
  true(true): string "No" "No"
  null(null): null "~"
  a(a): bool "true" "TRUE"
  b(b): int "0x1F" "0x1F"
  c(c): string "12:30" "12:30"
  d(d): int "123456789012" "123456789012"
`},
		{"block scalars", "a: >+ # why\n\n  b\n   c\n\n\n\nc: |2-\n   x\n  y\n\nd: |\ne: |+\n\nf: >-\n  x\n  y\n\n  z\n", `
map "a: >+ # why\n\n  b\n   c\n\n\n\nc: |2-\n   x\n  y\n\nd: |\ne: |+\n\nf: >-\n  x\n  y\n\n  z"
  a(a): string "\nb\n c\n\n\n\n" ">+ # why\n\n  b\n   c\n\n\n"
  c(c): string " x\ny" "|2-\n   x\n  y"
  d(d): string "" "|"
  e(e): string "\n" "|+\n"
  f(f): string "x y\nz" ">-\n  x\n  y\n\n  z"
`},
		{"plain over lines", "a: b\n  c  d\n\n  e\nf: g\n", `
map "a: b\n  c  d\n\n  e\nf: g"
  a(a): string "b c  d\ne" "b\n  c  d\n\n  e"
  f(f): string "g" "g"
`},
		{"quotes over lines", "a: \"b \\\n  c\\x41\\u00e9\\\n\n  \\ d\n e\"\nf: 'g  \n\n   h''i '\n", `
map "a: \"b \\\n  c\\x41\\u00e9\\\n\n  \\ d\n e\"\nf: 'g  \n\n   h''i '"
  a(a): string "b cAé\n d e" "\"b \\\n  c\\x41\\u00e9\\\n\n  \\ d\n e\""
  f(f): string "g\nh'i " "'g  \n\n   h''i '"
`},
		{"aliases", "a: &x !T v\nb: *x\nc: !U &z\n  - 1\nd: *z\n", `
map "a: &x !T v\nb: *x\nc: !U &z\n  - 1\nd: *z"
  a(a): string!T "v" "!T v"
  b(b): string!T "v" "!T v"
  c(c): list!U "!U &z\n  - 1"
    - int "1" "1"
  d(d): list!U "!U &z\n  - 1"
    - int "1" "1"
`},
		{"merge keys", "x: &x {a: 1, b: 2}\ny:\n  a: 3\n  <<: [*x, {b: 4, c: 5}]\n  c: 6\nz: {\"<<\": 7}\n", `
map "x: &x {a: 1, b: 2}\ny:\n  a: 3\n  <<: [*x, {b: 4, c: 5}]\n  c: 6\nz: {\"<<\": 7}"
  x(x): map "{a: 1, b: 2}"
    a(a): int "1" "1"
    b(b): int "2" "2"
  y(y): map "a: 3\n  <<: [*x, {b: 4, c: 5}]\n  c: 6"
    a(a): int "3" "3"
    b(b): int "2" "2"
    c(c): int "6" "6"
  z(z): map "{\"<<\": 7}"
    <<(<<): int "7" "7"
`},
		{"the last of equal keys", "a: 1\nb: 2\na: 3\n", `
map "a: 1\nb: 2\na: 3"
  a(a): int "3" "3"
  b(b): int "2" "2"
`},
		{"keys", "? a\n: b\n'c d': e\n? |\n  f\n: g\n&x h: i\n*x : j\n\"\\x41\": k\n", `
map "? a\n: b\n'c d': e\n? |\n  f\n: g\n&x h: i\n*x : j\n\"\\x41\": k"
  a(a): string "b" "b"
  c d(c d): string "e" "e"
  f
(|
  f): string "g" "g"
  h(*x): string "j" "j"
  A(\x41): string "k" "k"
`},
		{"CRLF and BOM", "\uFEFFa: b\r\nc: |\r\n  x\r\n\r\n  y\r\nd: 'e\r\n\r\n  f'\r\n", `
map "a: b\r\nc: |\r\n  x\r\n\r\n  y\r\nd: 'e\r\n\r\n  f'"
  a(a): string "b" "b"
  c(c): string "x\n\ny\n" "|\r\n  x\r\n\r\n  y"
  d(d): string "e\nf" "'e\r\n\r\n  f'"
`},
		{"other line breaks", "é: é\u0085b: c\u2028 d\re: {ü: [ö, ä]}\n", `
map "é: é\u0085b: c\u2028 d\re: {ü: [ö, ä]}"
  é(é): string "é" "é"
  b(b): string "c\u2028d" "c\u2028 d"
  e(e): map "{ü: [ö, ä]}"
    ü(ü): list "[ö, ä]"
      - string "ö" "ö"
      - string "ä" "ä"
`},
		{"directives and documents", "%YAML 1.1\n---\n# nothing\n---\na: b\n...\n---\nc\n", `
map "a: b"
  a(a): string "b" "b"
`},
		{"only comments", "# nothing\n\n", "nil\n"},
		{"nothing", "", "nil\n"},
		{"nothing but a BOM", "\uFEFF", "nil\n"},
		{"an empty document", "---\n...\n", "nil\n"},
		{"JSON", "\uFEFF {\"a\": \"b\\u00e9\\ud83d\\ude00\\/\\n\", \"c\": [1, -2.5e3, true, null], \"d\": {}, \"a\": \"\\ud800x\"}\n", `
map "{\"a\": \"b\\u00e9\\ud83d\\ude00\\/\\n\", \"c\": [1, -2.5e3, true, null], \"d\": {}, \"a\": \"\\ud800x\"}"
  a(a): string "�x" "\"\\ud800x\""
  c(c): list "[1, -2.5e3, true, null]"
    - int "1" "1"
    - float "-2.5e3" "-2.5e3"
    - bool "true" "true"
    - null "null"
  d(d): map "{}"
`},
		{"flow style that is not JSON", "{a: 1, \"b\": [2,], # c\n}\n", `
map "{a: 1, \"b\": [2,], # c\n}"
  a(a): int "1" "1"
  b(b): list "[2,]"
    - int "2" "2"
`},
	} {
		t.Run(test.name, func(t *testing.T) {
			f := source.NewFile("x.yaml", []byte(test.in))
			n, problems := Parse(f)
			got := dump(n)
			if len(problems) > 0 {
				got = show(problems)
			} else if err := check(f, n); err != nil {
				t.Error(err)
			}
			if want := strings.TrimPrefix(test.want, "\n"); got != want {
				t.Errorf("got:\n%s\nwant:\n%s", got, want)
			}
		})
	}
}

func show(problems []source.Problem) string {
	var b strings.Builder
	for _, p := range problems {
		fmt.Fprintf(&b, "problem %d:%d %s\n", p.Span.Line(), p.Span.Column(), p.Message)
	}
	return b.String()
}

func TestProblems(t *testing.T) {
	deep := strings.Repeat
	laughs := "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n"
	for i := range 9 {
		laughs += fmt.Sprintf("a%d: &a%d [%s*a%d]\n", i+1, i+1, deep(fmt.Sprintf("*a%d, ", i), 9), i)
	}
	merges := "m0: &m0 {"
	for i := range 2000 {
		merges += fmt.Sprintf("k%d: 1, ", i)
	}
	merges += "}\n"
	for i := range 600 {
		merges += fmt.Sprintf("n%d: {<<: *m0}\n", i)
	}
	for _, test := range []struct{ name, file, in, want string }{
		{"tab", "x.yaml", "a:\n\tb: c\n", "2:1 cannot be read as YAML: a tab where only spaces may indent"},
		{"colon", "x.yaml", "a: b: c\n", "1:5 cannot be read as YAML: a colon out of place: the indentation is wrong, or a text with a colon needs quotes"},
		{"key", "x.yaml", "a:\n  b: \"c\" d\n", "2:10 cannot be read as YAML: a key is expected here: the indentation is wrong, or a text needs quotes"},
		{"dash", "x.yaml", "a:\n  - b\n  c: d\n", "3:3 cannot be read as YAML: an item of a list is expected here: the indentation is wrong, or a dash is missing (in the list that begins on line 2)"},
		{"no colon", "x.yaml", "a: b\nc\nd: e\n", "2:1 cannot be read as YAML: a key without a colon, or a text over several lines that is not indented"},
		{"indicator", "x.yaml", "a: @b\n", "1:4 cannot be read as YAML: a value that begins with '@' needs quotes"},
		{"open quote", "x.yaml", "a: 'b\nc: d\n", "1:4 cannot be read as YAML: a quoted text has no closing quote"},
		{"open bracket", "x.yaml", "a: [b, c\nd: e\n", "2:2 cannot be read as YAML: did not find expected ',' or ']' (in the list that begins on line 1)"},
		{"unknown alias", "x.yaml", "a: *b\n", "1:4 cannot be read as YAML: unknown anchor 'b' referenced"},
		{"alias cycle", "x.yaml", "a: &b [1, {c: *b}]\n", "1:15 the alias *b refers to a value that contains it"},
		{"alias to itself by merge", "x.yaml", "a: &b {<<: *b}\n", "1:12 the alias *b refers to a value that contains it"},
		{"billion laughs", "x.yaml", laughs, "6:45 the aliases of the file expand to more than 1000000 values"},
		{"merge keys", "x.yaml", merges, "251:8 the merge keys of the file expand to more than 1000000 values"},
		{"merged scalar", "x.yaml", "<<: a\n", "1:1 the merge key << needs a map or a list of maps"},
		{"template", "x.yaml", "a: {{b}}\n", "1:5 a map as the key of a map: text in braces, such as {{name}}, needs quotes"},
		{"!!int", "x.yaml", "a: !!int b\n", `1:4 "b" is tagged !!int and is no whole number`},
		{"NUL", "x.yaml", "a: b\x00\n", "1:5 control character U+0000 in the file"},
		{"UTF-8", "x.json", "{\"é\": \"\xE9\"}\n", "1:8 byte 0xE9 is not valid UTF-8"},
		{"UTF-16", "x.yaml", "\xFF\xFEa\x00", "1:1 the file is encoded in UTF-16, not in UTF-8"},
		{"deep YAML", "x.yaml", deep("[", 20000), "1:10001 cannot be read as YAML: exceeded max depth of 10000"},
		{"deep blocks", "x.yaml", deep("- ", 20000), "1:20001 cannot be read as YAML: exceeded max depth of 10000"},
		{"deep JSON", "x.json", deep("[", 20000), "1:10001 cannot be read as JSON: nested deeper than 10000 levels"},
		{"deep aliases", "x.yaml", "a: &a " + deep("[", 6000) + deep("]", 6000) + "\nb: " + deep("[", 6000) + "*a" + deep("]", 6000) + "\n",
			"2:6004 the alias *a expands to more than 10000 levels"},
		{"JSON comma", "x.json", "{\"a\": [1, 2\n}", "2:1 cannot be read as JSON: unexpected '}' where , or ] is expected"},
		{"JSON value", "x.json", "{\"a\":\n]", "2:1 cannot be read as JSON: unexpected ']' where a value is expected"},
		{"JSON key", "x.json", "{\"a\": 1, [", "1:10 cannot be read as JSON: unexpected '[' where a key in quotes is expected"},
		{"JSON end", "x.json", "{\"a\": ", "1:7 cannot be read as JSON: a value is missing at the end of the file"},
		{"JSON escape", "x.json", "[\"a\\qb\"]", "1:4 cannot be read as JSON: \\ before 'q' is not an escape sequence"},
		{"JSON quote", "x.json", "[\"a", "1:2 cannot be read as JSON: a string has no closing quote"},
		{"JSON line", "x.json", "[\"a\n\n  b]", "1:4 cannot be read as JSON: unexpected end of the line in a string"},
		{"JSON tail", "x.json", "{\"a\": 1}\n{\"b\": 2}", "2:1 cannot be read as JSON: unexpected '{' after the end of the document"},
		{"neither", "x.yaml", "{\"a\": 1}\n{\"b\": 2}", "2:1 cannot be read as YAML: did not find expected <document start>"},
	} {
		t.Run(test.name, func(t *testing.T) {
			_, problems := Parse(source.NewFile(test.file, []byte(test.in)))
			if got, want := show(problems), "problem "+test.want+"\n"; got != want {
				t.Errorf("got  %s\nwant %s", got, want)
			}
		})
	}
}

func TestParseAll(t *testing.T) {
	docs, problems := ParseAll(source.NewFile("x.yaml", []byte("a\n---\n- b\n---\n---\nc: [\n")))
	if len(docs) != 2 || !docs[0].Is(Scalar) || !docs[1].Is(List) {
		t.Errorf("documents: %v", docs)
	}
	if len(problems) != 1 || problems[0].Span.Line() != 7 {
		t.Errorf("problems: %s", show(problems))
	}
}

// TestAlias checks that a value that is reached through an alias has the place
// where it is written and the key where it is used.
func TestAlias(t *testing.T) {
	n, _ := Parse(source.NewFile("x.yaml", []byte("a: &x {b: c}\nd: *x\ne: [*x]\n")))
	a, d, e := n.Get("a"), n.Get("d"), n.Get("e").Items[0]
	if a.Span != d.Span || a.Span != e.Span || a.Span.Text() != "{b: c}" {
		t.Errorf("spans %s %s %s", a.Span, d.Span, e.Span)
	}
	if a.Head.Text() != "a" || d.Head.Text() != "d" || e.Head.IsValid() {
		t.Errorf("heads %s %s %s", a.Head, d.Head, e.Head)
	}
}

// TestLocate checks where stretches of the content of scalars are found.
func TestLocate(t *testing.T) {
	for _, test := range []struct{ name, in, find, want string }{
		{"plain", "a: one two\n", "two", "two"},
		{"plain fold", "a: one\n  two three\n", "two", "two"},
		{"plain across", "a: one\n  two three\n", "ne tw", "ne\n  tw"},
		{"the fold itself", "a: one\n  two\n", " ", "\n  "},
		{"single", "a: 'it''s two'\n", "'", "''"},
		{"single behind", "a: 'it''s two'\n", "s t", "s t"},
		{"double", "a: \"\\u00e9\\t two\"\n", "é", "\\u00e9"},
		{"double behind", "a: \"\\u00e9\\t two\"\n", "two", "two"},
		{"double across", "a: \"x \\\n   y\"\n", "x y", "x \\\n   y"},
		{"literal", "a: |\n  one\n    #if(\n  two\n", "#if(", "#if("},
		{"literal across", "a: |\n  one\n  two\n", "e\nt", "e\n  t"},
		{"literal end", "a: |\n  one\n", "one\n", "one\n"},
		{"literal CRLF", "a: |\r\n  one\r\n  two\r\n", "\nt", "\r\n  t"},
		{"literal indent", "a: |2\n    one\n  two\n", "  one\ntwo", "  one\n  two"},
		{"folded", "a: >\n  one\n  two\n", "e t", "e\n  t"},
		{"tagged", "a: !Sub\n  \"\\x41 b\"\n", "b", "b"},
		{"JSON", `{"a": "x\ny\\\"\ud83d\ude00\/z"}`, "\"😀/", `\"\ud83d\ude00\/`},
		{"JSON newline", `{"a": "x\ny"}`, "\n", `\n`},
		{"JSON simple", `{"a": "xyz"}`, "y", "y"},
		{"after wide", "ä: ö ü x\n", "x", "x"},
	} {
		t.Run(test.name, func(t *testing.T) {
			n, problems := Parse(source.NewFile("x.yaml", []byte(test.in)))
			if len(problems) > 0 {
				t.Fatal(show(problems))
			}
			text := n.Entries[0].Value.Value
			content, _ := text.Get()
			i := strings.Index(content, test.find)
			if i < 0 {
				t.Fatalf("%q is not in %q", test.find, content)
			}
			if got := text.Locate(i, i+len(test.find)).Text(); got != test.want {
				t.Errorf("got %q, want %q", got, test.want)
			}
			if at := text.Locate(i, i); at.Start != at.End {
				t.Errorf("an empty stretch is located at %q", at.Text())
			}
			if end := text.Locate(len(content), len(content)); end.Start < n.Entries[0].Value.Span.End-1 {
				t.Errorf("the end is located at %s", end)
			}
		})
	}
}

func TestToJSON(t *testing.T) {
	f := source.NewFile("x.yaml", []byte("a: 0123\nb: 1_000\nc: 1.50\nd: 2012-10-17\ne: TRUE\nf: \"q\\\"\\u0001\\n\\u2028\"\ng: ~\nh: .inf\ni: [1e3, -0, '1', yes]\n'': {}\n"))
	n, problems := Parse(f)
	if len(problems) > 0 {
		t.Fatal(show(problems))
	}
	n.Entries = append(n.Entries, Entry{Key: "hole", Value: NewText(value.Lit("arn:", f.Span(0, 0)).Append(value.Hole(value.Ref{Kind: value.Resource, Name: "F", Attr: "Arn"}, f.Span(0, 0))))},
		Entry{Key: "unknown", Value: NewUnknown(f.Span(0, 0))}, Entry{Key: "nil"})
	want := `{"a":"0123","b":"1_000","c":1.50,"d":"2012-10-17","e":true,"f":"q\"\u0001\n` + "\u2028" + `","g":null,"h":".inf","i":[1e3,-0,"1","yes"],"":{},"hole":"arn:${F.Arn}","unknown":"${Unknown}","nil":null}`
	if got := string(ToJSON(n)); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}
