package terraform

import (
	"strconv"

	"github.com/zclconf/go-cty/cty"

	"github.com/apigwlint/apigwlint/parsers/internal/embedded"
	"github.com/apigwlint/apigwlint/parsers/internal/tree"
	"github.com/apigwlint/apigwlint/source"
	"github.com/apigwlint/apigwlint/tri"
	"github.com/apigwlint/apigwlint/value"
)

// toNode returns a value in the form in which resources are lifted. head is the
// key under which it stands.
func (ev *evaluator) toNode(v *val, head source.Span) *tree.Node {
	return (&converter{ev, map[source.Span]bool{}}).node(v, head)
}

// A converter converts one value. It knows the resources that it is inside of:
// one whose argument is the resource itself has no end.
type converter struct {
	ev     *evaluator
	inside map[source.Span]bool
}

func (c *converter) node(v *val, head source.Span) *tree.Node {
	n := &tree.Node{Span: v.span, Head: head}
	if !n.Span.IsValid() {
		n.Span = head
	}
	if !c.ev.step() {
		return n
	}
	switch v.kind {
	case unknown:
		n.Value = v.text
	case null:
		n.Kind = tree.Null
	case str:
		n.Kind = tree.Scalar
		n.Value = env{ev: c.ev}.text(v, n.Span)
	case prim:
		n.Kind, n.Type = tree.Scalar, tree.Float
		if v.prim.Type() == cty.Bool {
			n.Type = tree.Bool
		} else if v.prim.AsBigFloat().IsInt() {
			n.Type = tree.Int
		}
		n.Value = value.Lit(primString(v.prim), n.Span).Assuming(v.assumes...)
	case list:
		n.Kind, n.Open = tree.List, v.open
		for _, item := range v.items {
			n.Items = append(n.Items, c.node(item, source.Span{}))
		}
	case object:
		if v.lookup != nil {
			if n.Span.IsValid() && c.inside[n.Span] {
				return n
			}
			c.inside[n.Span] = true
			defer delete(c.inside, n.Span)
		}
		v = v.plain()
		n.Kind, n.Open = tree.Map, v.open
		for _, k := range v.keys() {
			a := v.attrs[k]
			key, ok := a.key.Get()
			if !ok {
				n.Open = true
				continue
			}
			n.Entries = append(n.Entries, tree.Entry{Key: key, KeySpan: a.span, Value: c.node(a.v, a.span)})
		}
	}
	return n
}

// document returns the structure of a value that is a document, or encodes one:
// jsonencode is looked through, and text is parsed.
func (ev *evaluator) document(v *val, head source.Span) *tree.Node {
	if v.kind == str && v.enc != nil {
		n := ev.toNode(v.enc, head)
		if !n.Span.IsValid() {
			n.Span = v.span
		}
		return n
	}
	return embedded.Document(ev.toNode(v, head))
}

// decode returns what a text encodes, nil when that is not known.
func (e env) decode(v *val) *val {
	if v.kind != str {
		return nil
	}
	if v.enc != nil {
		return v.enc
	}
	doc := embedded.Document(&tree.Node{Kind: tree.Scalar, Span: v.span, Value: v.text})
	if !doc.Is(tree.Map) && !doc.Is(tree.List) {
		return nil
	}
	return e.fromNode(doc)
}

// fromNode returns a document as a value.
func (e env) fromNode(n *tree.Node) *val {
	out := &val{span: n.Span, open: n.Open}
	if !e.ev.step() {
		return out
	}
	switch n.Kind {
	case tree.Null:
		out.kind = null
	case tree.Scalar:
		return e.fromScalar(n)
	case tree.List:
		out.kind = list
		for _, item := range n.Items {
			out.items = append(out.items, e.fromNode(item))
		}
	case tree.Map:
		out.kind, out.attrs = object, map[string]attr{}
		for _, entry := range n.Entries {
			out.attrs[entry.Key] = attr{key: value.Lit(entry.Key, entry.KeySpan), span: entry.KeySpan, v: e.fromNode(entry.Value)}
		}
	default:
		if n.Value.Present() == tri.Yes {
			return textVal(n.Value)
		}
		return e.ev.opaque(n.Span)
	}
	return out
}

func (e env) fromScalar(n *tree.Node) *val {
	s, ok := n.Str()
	if ok {
		switch n.Type {
		case tree.Int, tree.Float:
			if p, err := cty.ParseNumberVal(s); err == nil {
				return &val{kind: prim, prim: p, span: n.Span}
			}
		case tree.Bool:
			if b, err := strconv.ParseBool(s); err == nil {
				return boolVal(b, n.Span)
			}
		}
	}
	return textVal(n.Value).at(n.Span)
}
