package embedded_test

import (
	"testing"

	"github.com/apigwlint/apigwlint/parsers/internal/embedded"
	"github.com/apigwlint/apigwlint/parsers/internal/tree"
	"github.com/apigwlint/apigwlint/source"
	"github.com/apigwlint/apigwlint/value"
)

func parse(t *testing.T, s string) *tree.Node {
	t.Helper()
	n, problems := tree.Parse(source.NewFile("t.yaml", []byte(s)))
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	return n
}

// TestPlaces shows that what stands in a document within a string is located in
// the file, whatever escapes lie between.
func TestPlaces(t *testing.T) {
	for name, file := range map[string]string{
		"block scalar":  "Body: |\n  {\"a\": {\"key\": \"here\"}}\n",
		"JSON string":   `{"Body": "{\"a\": {\"key\": \"here\"}}"}`,
		"single quotes": `Body: '{"a": {"key": "here"}}'`,
		"YAML":          "Body: |\n  a:\n    key: here\n",
	} {
		doc := embedded.Document(parse(t, file).Get("Body"))
		n := doc.Get("a", "key")
		if s, ok := n.Str(); !ok || s != "here" {
			t.Errorf("%s: the document is %+v", name, doc)
			continue
		}
		if got := n.Value.Locate(0, 4).Text(); got != "here" {
			t.Errorf("%s: here is at %q", name, got)
		}
		if got := doc.Get("a").Entries[0].KeySpan.Text(); got != "key" && got != `"key"` && got != `\"key\"` {
			t.Errorf("%s: the key is at %q", name, got)
		}
	}
}

func TestShapes(t *testing.T) {
	for s, want := range map[string]tree.Kind{
		`'{"a": 1}'`: tree.Map, `'[1]'`: tree.List, `{a: 1}`: tree.Map, `'{'`: tree.Unknown,
		`''`: tree.Unknown, `text`: tree.Unknown, `12`: tree.Unknown,
	} {
		if got := embedded.Document(parse(t, s)).Kind; got != want {
			t.Errorf("%s is of kind %d, want %d", s, got, want)
		}
	}
	ref := value.Ref{Kind: value.Parameter, Name: "P"}
	for _, parts := range [][]value.Part{{{Ref: &ref}}, {{Lit: `{"a": `}, {Ref: &ref}, {Lit: "}"}}} {
		n := embedded.Document(tree.NewText(value.Join(source.Span{}, parts...)))
		if n.Is(tree.Map) && n.Get("a").Kind != tree.Unknown || n.Is(tree.Scalar) {
			t.Errorf("a value of any kind is read as %+v", n)
		}
	}
}
