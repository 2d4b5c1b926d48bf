package parsers

import (
	"errors"
	"strings"

	"github.com/apigwlint/apigwlint/parsers/internal/tree"
	"github.com/apigwlint/apigwlint/source"
)

// JSONTwin returns the same document in JSON, with the long forms of intrinsic
// functions. It serves tests: both must give the same findings.
func JSONTwin(name string, data []byte) ([]byte, error) {
	root, problems := tree.Parse(source.NewFile(name, data))
	if root == nil {
		if len(problems) > 0 {
			return nil, errors.New(problems[0].Message)
		}
		return nil, errors.New("no document")
	}
	return tree.ToJSON(longForm(root)), nil
}

// longForm replaces the tags that CloudFormation uses by the functions that
// they are short for.
func longForm(n *tree.Node) *tree.Node {
	c := *n
	c.Tag = ""
	c.Entries = make([]tree.Entry, len(n.Entries))
	for i, e := range n.Entries {
		c.Entries[i] = tree.Entry{Key: e.Key, KeySpan: e.KeySpan, Value: longForm(e.Value)}
	}
	c.Items = make([]*tree.Node, len(n.Items))
	for i, item := range n.Items {
		c.Items[i] = longForm(item)
	}
	if !strings.HasPrefix(n.Tag, "!") || strings.HasPrefix(n.Tag, "!!") {
		return &c
	}
	name, arg := n.Tag[1:], &c
	if name == "GetAtt" {
		if s, ok := c.Str(); ok {
			resource, attribute, _ := strings.Cut(s, ".")
			arg = tree.NewList(n.Span, tree.NewScalar(resource, n.Span), tree.NewScalar(attribute, n.Span))
		}
	}
	if name != "Ref" && name != "Condition" {
		name = "Fn::" + name
	}
	return tree.NewMap(n.Span, tree.Entry{Key: name, KeySpan: n.Span, Value: arg})
}

// Places returns where the values of a YAML or JSON document stand, from the
// outside in. It serves tests, which put something else there.
func Places(f *source.File) []source.Span {
	root, _ := tree.Parse(f)
	if root == nil {
		return nil
	}
	var out []source.Span
	var visit func(n *tree.Node)
	visit = func(n *tree.Node) {
		out = append(out, n.Span)
		for _, item := range n.Items {
			visit(item)
		}
		for _, e := range n.Entries {
			visit(e.Value)
		}
	}
	visit(root)
	return out
}
