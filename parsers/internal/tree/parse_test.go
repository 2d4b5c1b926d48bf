package tree

import (
	"fmt"
	"strings"
	"testing"

	"github.com/apigwlint/apigwlint/source"
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
	} {
		t.Run(test.name, func(t *testing.T) {
			n, problems := Parse(source.NewFile("x.yaml", []byte(test.in)))
			if len(problems) > 0 {
				t.Fatal(problems)
			}
			if got := dump(n); got != test.want[1:] {
				t.Errorf("got:\n%s\nwant:\n%s", got, test.want[1:])
			}
		})
	}
}
