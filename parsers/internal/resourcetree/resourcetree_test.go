package resourcetree_test

import (
	"testing"

	"github.com/apigwlint/apigwlint/parsers/internal/resourcetree"
	"github.com/apigwlint/apigwlint/source"
	"github.com/apigwlint/apigwlint/tri"
	"github.com/apigwlint/apigwlint/value"
)

var nowhere source.Span

func ref(name string) value.Ref   { return value.Ref{Kind: value.Resource, Name: name, Segment: true} }
func hole(name string) value.Text { return value.Hole(ref(name), nowhere) }
func lit(s string) value.Text     { return value.Lit(s, nowhere) }

func TestPath(t *testing.T) {
	var tree resourcetree.Tree
	tree.AddRoot(ref("Root"))
	tree.Add(ref("Orders"), hole("Root"), lit("orders"))
	tree.Add(ref("Order"), hole("Orders"), lit("{id}"))
	tree.Add(ref("Lines"), hole("Order"), lit("lines"))
	tree.Add(ref("Named"), hole("Orders"), hole("Name"))
	tree.Add(ref("Vague"), hole("Orders"), value.UnknownText(nowhere))
	tree.Add(ref("Stray"), hole("Elsewhere"), lit("x"))
	tree.Add(ref("Child"), hole("Stray"), lit("y"))
	tree.Add(ref("Egg"), hole("Hen"), lit("a"))
	tree.Add(ref("Hen"), hole("Egg"), lit("b"))
	for name, want := range map[string]string{
		"Root": "/", "Orders": "/orders", "Order": "/orders/{id}", "Lines": "/orders/{id}/lines", "Named": "/orders/${Name}",
		"Vague": "?", "Stray": "?", "Child": "?", "Egg": "?", "Hen": "?", "Nobody": "?",
	} {
		got := "?"
		if p := tree.Path(hole(name)); p.Present() == tri.Yes {
			got = p.String()
		}
		if got != want {
			t.Errorf("the path of %s is %s, want %s", name, got, want)
		}
	}
	if p := tree.Path(lit("abc123")); p.Present() != tri.Maybe {
		t.Errorf("the path of an identifier is %s", p)
	}
}
