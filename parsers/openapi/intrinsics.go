package openapi

import (
	"strings"

	"github.com/apigwlint/apigwlint/parsers/internal/tree"
	"github.com/apigwlint/apigwlint/source"
	"github.com/apigwlint/apigwlint/tri"
	"github.com/apigwlint/apigwlint/value"
)

// A document that a template includes may have intrinsic functions. Read on its
// own, nothing is known of the template: its resources and parameters are
// references that nobody knows, and what depends on its conditions is unknown.

// maxTree is how deep a document is searched for intrinsic functions.
const maxTree = 1000

// evaluate returns a document with texts in the place of intrinsic functions.
func evaluate(n *tree.Node) *tree.Node {
	if !hasIntrinsics(n, 0) {
		return n
	}
	return evaluated(n, 0)
}

func hasIntrinsics(n *tree.Node, depth int) bool {
	if n == nil || depth > maxTree {
		return false
	}
	if n.Tag != "" {
		return true
	}
	for _, e := range n.Entries {
		if strings.HasPrefix(e.Key, "Fn::") || e.Key == "Ref" || hasIntrinsics(e.Value, depth+1) {
			return true
		}
	}
	for _, item := range n.Items {
		if hasIntrinsics(item, depth+1) {
			return true
		}
	}
	return false
}

func evaluated(n *tree.Node, depth int) *tree.Node {
	if n == nil {
		return nil
	}
	if depth > maxTree {
		return unknownAt(n)
	}
	if name, arg := function(n); name != "" {
		out := *call(name, arg, n)
		out.Head, out.Tag = n.Head, ""
		return &out
	}
	c := *n
	c.Tag = ""
	if n.Is(tree.Map) {
		c.Entries = make([]tree.Entry, 0, len(n.Entries))
		for _, e := range n.Entries {
			if strings.HasPrefix(e.Key, "Fn::") {
				c.Open = true // a transform beside other members adds to them
				continue
			}
			e.Value = evaluated(e.Value, depth+1)
			c.Entries = append(c.Entries, e)
		}
	}
	if n.Is(tree.List) {
		c.Items = make([]*tree.Node, len(n.Items))
		for i, item := range n.Items {
			c.Items[i] = evaluated(item, depth+1)
		}
	}
	return &c
}

// function returns the intrinsic function that a node calls, without "Fn::", and
// its argument; "" when it calls none.
func function(n *tree.Node) (string, *tree.Node) {
	if n.Tag != "" {
		arg := *n
		arg.Tag = ""
		return strings.TrimPrefix(n.Tag, "!"), &arg
	}
	if !n.Is(tree.Map) || len(n.Entries) != 1 {
		return "", nil
	}
	e := n.Entries[0]
	if name, ok := strings.CutPrefix(e.Key, "Fn::"); ok {
		return name, e.Value
	}
	if e.Key == "Ref" && e.Value.Is(tree.Scalar) {
		return e.Key, e.Value
	}
	return "", nil
}

func call(name string, arg, n *tree.Node) *tree.Node {
	switch name {
	case "Ref":
		if s, ok := arg.Str(); ok {
			if s == "AWS::NoValue" {
				return &tree.Node{Kind: tree.Null, Span: n.Span}
			}
			return tree.NewText(value.Hole(outside(s), n.Span))
		}
	case "GetAtt":
		if s, ok := arg.Str(); ok {
			return tree.NewText(value.Hole(outside(s), n.Span))
		}
		if arg.Is(tree.List) && len(arg.Items) == 2 {
			id, _ := arg.Items[0].Str()
			attr, ok := arg.Items[1].Str()
			if ok {
				return tree.NewText(value.Hole(value.Ref{Kind: value.Other, Name: id, Attr: attr}, n.Span))
			}
		}
	case "Sub":
		return substitute(arg, n)
	case "Join":
		return join(arg, n)
	}
	return tree.NewUnknown(n.Span)
}

// outside returns the reference to something of a template that is not there.
func outside(name string) value.Ref {
	if pseudo, ok := strings.CutPrefix(name, "AWS::"); ok {
		return value.Ref{Kind: value.Pseudo, Name: pseudo, Segment: pseudo != "StackId" && pseudo != "NotificationARNs"}
	}
	id, attr, _ := strings.Cut(name, ".")
	return value.Ref{Kind: value.Other, Name: id, Attr: attr}
}

// substitute evaluates Fn::Sub.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference-sub.html
func substitute(arg, n *tree.Node) *tree.Node {
	var own *tree.Node
	if arg.Is(tree.List) && len(arg.Items) == 2 {
		arg, own = arg.Items[0], arg.Items[1]
	}
	f, ok := arg.Text().Flat()
	if !ok || !arg.Is(tree.Scalar) {
		return tree.NewUnknown(n.Span)
	}
	span := arg.Span
	if !span.IsValid() {
		span = n.Span
	}
	var out []value.Text
	last := 0
	for from := 0; ; {
		i := strings.Index(f.S[from:], "${")
		if i < 0 {
			break
		}
		start := from + i
		length := strings.IndexByte(f.S[start:], '}')
		if length < 0 {
			break
		}
		end := start + length + 1
		name := strings.TrimSpace(f.S[start+2 : end-1])
		from = end
		if strings.HasPrefix(name, "!") { // ${!Literal} stands for ${Literal}
			out = append(out, f.Slice(last, start), value.Lit("${", f.Slice(start, start+2).Span()), f.Slice(start+3, end))
			last = end
			continue
		}
		out = append(out, f.Slice(last, start), variable(name, own, f.Slice(start, end).Span()))
		last = end
	}
	return tree.NewText(value.Concat(span, append(out, f.Slice(last, len(f.S)))...))
}

// variable returns what a variable of Fn::Sub stands for.
func variable(name string, own *tree.Node, span source.Span) value.Text {
	if v := own.Get(name); v != nil {
		if v = evaluated(v, 0); v.Text().Present() == tri.Yes {
			return v.Text()
		}
		return value.Hole(value.Ref{Kind: value.Other, Name: name}, span)
	}
	return value.Hole(outside(name), span)
}

// join evaluates Fn::Join.
func join(arg, n *tree.Node) *tree.Node {
	if !arg.Is(tree.List) || len(arg.Items) != 2 || !arg.Items[1].Is(tree.List) {
		return tree.NewUnknown(n.Span)
	}
	var out []value.Text
	for i, item := range arg.Items[1].Items {
		t := evaluated(item, 0).Text()
		if t.Present() != tri.Yes {
			return tree.NewUnknown(n.Span)
		}
		if i > 0 {
			out = append(out, arg.Items[0].Text())
		}
		out = append(out, t)
	}
	return tree.NewText(value.Concat(n.Span, out...))
}
