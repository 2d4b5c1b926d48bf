// Package iam reads IAM policy documents, which look the same wherever they
// are embedded: in roles, in the policies of APIs, in OpenAPI documents.
package iam

import (
	"strings"

	"github.com/apigwlint/apigwlint/model"
	"github.com/apigwlint/apigwlint/parsers/internal/embedded"
	"github.com/apigwlint/apigwlint/parsers/internal/tree"
	"github.com/apigwlint/apigwlint/tri"
	"github.com/apigwlint/apigwlint/value"
)

// Policy returns the policy document that n holds, as a map or as JSON in a
// string. Nil and null are absent.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html
func Policy(n *tree.Node) value.Of[*model.Policy] {
	if n == nil || n.Kind == tree.Null {
		return value.Absent[*model.Policy](n.Place())
	}
	doc := embedded.Document(n)
	if !doc.Is(tree.Map) {
		return value.Unknown[*model.Policy](n.Span)
	}
	return value.Known(&model.Policy{Statements: statements(doc), Span: n.Place()}, n.Span)
}

func statements(doc *tree.Node) value.Set[*model.Statement] {
	n := doc.Get("Statement")
	if n == nil {
		return value.SetOf[*model.Statement](nil, doc.Has("Statement") == tri.No)
	}
	items, all := n.Members()
	var out []*model.Statement
	for _, item := range items {
		if item.Kind != tree.Map {
			all = false
			continue
		}
		out = append(out, statement(item))
	}
	return value.SetOf(out, all)
}

func statement(n *tree.Node) *model.Statement {
	return &model.Statement{
		Effect:        n.TextOf("Effect"),
		Principals:    principals(n, "Principal"),
		NotPrincipals: principals(n, "NotPrincipal"),
		Actions:       texts(n, "Action"),
		NotActions:    texts(n, "NotAction"),
		Resources:     texts(n, "Resource"),
		NotResources:  texts(n, "NotResource"),
		Conditional:   conditional(n),
		Span:          n.Span,
	}
}

// conditional reports whether a statement has a condition; an empty one is none.
func conditional(n *tree.Node) tri.Bool {
	c := n.Get("Condition")
	if c.Is(tree.Map) && len(c.Entries) == 0 {
		if c.Open {
			return tri.Maybe
		}
		return tri.No
	}
	return n.Has("Condition")
}

func principals(n *tree.Node, key string) value.Set[model.Principal] {
	p := n.Get(key)
	if p == nil {
		return value.SetOf[model.Principal](nil, n.Has(key) == tri.No)
	}
	switch p.Kind {
	case tree.Scalar: // "*" is {"AWS": "*"}
		if _, whole := p.Str(); !whole {
			return value.Open[model.Principal]()
		}
		return value.Closed(model.Principal{Type: "AWS", Name: p.Text()})
	case tree.Map:
		var out []model.Principal
		closed := !p.Open
		for _, e := range p.Entries {
			names := texts(p, e.Key)
			closed = closed && names.IsClosed()
			for name := range names.All() {
				out = append(out, model.Principal{Type: e.Key, Name: name})
			}
		}
		return value.SetOf(out, closed)
	}
	return value.Open[model.Principal]()
}

// texts returns a list of strings; one string stands for the list of it. A
// reference may stand for a list, unless it is to a resource or its ARN.
func texts(n *tree.Node, key string) value.Set[value.Text] {
	if m := n.Get(key); m.Is(tree.Scalar) {
		if ref, ok := m.Value.Only(); ok && ref.Kind == value.Resource && (ref.Attr == "" || strings.HasSuffix(strings.ToLower(ref.Attr), "arn")) {
			return value.Closed(m.Text())
		}
	}
	return n.TextsOf(key)
}
