package terraform

import (
	"strings"

	"github.com/hashicorp/hcl/v2/hclsyntax"

	"github.com/apigwlint/apigwlint/parsers/internal/tree"
)

// ignoresChanges reports whether something else than the configuration changes
// an argument after the resource is made, so that its value is not known.
// https://developer.hashicorp.com/terraform/language/meta-arguments/lifecycle#ignore_changes
func (b *block) ignoresChanges(key string) bool {
	life := b.child("lifecycle")
	if life == nil {
		return false
	}
	a := life.attrs["ignore_changes"]
	if a == nil {
		return false
	}
	list, ok := a.expr.(*hclsyntax.TupleConsExpr)
	if !ok {
		// all: but what a resource belongs to stays.
		return keyword(a.expr) == "all" && !identifies(key)
	}
	for _, x := range list.Exprs {
		name, _, _ := strings.Cut(keyword(x), ".")
		name, _, _ = strings.Cut(name, "[")
		if name == key {
			return true
		}
	}
	return false
}

// unsettled returns the arguments of a resource without the values that
// something else changes.
func (b *block) unsettled(n *tree.Node) *tree.Node {
	if b.child("lifecycle") == nil {
		return n
	}
	for _, e := range n.Entries {
		if b.ignoresChanges(e.Key) {
			n = n.Set(e.Key, &tree.Node{Span: e.Value.Span, Head: e.Value.Head})
		}
	}
	return n
}
