// Package embedded reads documents that are written inside a string, such as an
// IAM policy or an OpenAPI document as JSON text, with holes where the string
// has holes.
package embedded

import (
	"strings"

	"github.com/apigwlint/apigwlint/parsers/internal/tree"
	"github.com/apigwlint/apigwlint/source"
	"github.com/apigwlint/apigwlint/value"
)

// Document returns what the string of a scalar comes to when it is read as JSON
// or YAML: a map or a list whose places are those in the string. Any other node
// is returned as it is. A string that cannot be read is unknown.
func Document(n *tree.Node) *tree.Node {
	if !n.Is(tree.Scalar) {
		return n
	}
	unknown := &tree.Node{Span: n.Span, Head: n.Head}
	flat, ok := n.Value.Flat()
	if !ok || !strings.ContainsAny(flat.S, "{[:") {
		return unknown
	}
	mark := marker(flat.S)
	doc, problems := tree.Parse(source.NewFile("", []byte(strings.ReplaceAll(flat.S, value.HoleString, mark))))
	if len(problems) > 0 || !doc.Is(tree.Map) && !doc.Is(tree.List) {
		return unknown
	}
	out := reader{flat, mark, n.Value.Assumes()}.node(doc)
	out.Head = n.Head
	return out
}

// marker returns the character that stands for holes while the string is
// parsed: as long as [value.HoleString], which YAML does not allow, and not in s.
func marker(s string) string {
	for c := '\uE000'; ; c++ {
		if !strings.ContainsRune(s, c) {
			return string(c)
		}
	}
}

// A reader turns nodes of the flat string into nodes of the text.
type reader struct {
	flat    value.Flat
	mark    string // stands for holes in the parsed string
	assumes []value.Ref
}

func (r reader) place(s source.Span) source.Span {
	if !s.IsValid() {
		return s
	}
	return r.flat.Slice(s.Start, s.End).Span()
}

func (r reader) node(n *tree.Node) *tree.Node {
	out := *n
	out.Span, out.Head = r.place(n.Span), r.place(n.Head)
	switch n.Kind {
	case tree.Scalar:
		if n.Span.Text() == r.mark { // without quotes: a value of any kind
			return &tree.Node{Span: out.Span, Head: out.Head, Value: r.flat.Slice(n.Span.Start, n.Span.End).At(out.Span)}
		}
		out.Value = r.text(n)
	case tree.Map:
		out.Entries = nil
		for _, e := range n.Entries {
			if strings.Contains(e.Key, r.mark) {
				out.Open = true // some key, not known which
				continue
			}
			out.Entries = append(out.Entries, tree.Entry{Key: e.Key, KeySpan: r.place(e.KeySpan), Value: r.node(e.Value)})
		}
	case tree.List:
		out.Items = nil
		for _, item := range n.Items {
			out.Items = append(out.Items, r.node(item))
		}
	}
	return &out
}

// text returns the content of a scalar with the holes that stand in it.
func (r reader) text(n *tree.Node) value.Text {
	content, ok := n.Str()
	if !ok {
		return n.Value
	}
	start, end := n.Span.Start, n.Span.End
	raw := r.flat.S[start:end]
	if len(raw) >= 2 && (raw[0] == '"' || raw[0] == '\'') {
		start, end, raw = start+1, end-1, raw[1:len(raw)-1]
	}
	if strings.ReplaceAll(raw, value.HoleString, r.mark) == content {
		return r.flat.Slice(start, end).At(r.place(n.Span))
	}
	// Escapes: the holes are the same, in the same order.
	span := r.place(n.Span)
	var holes []value.Part
	for _, p := range r.flat.Slice(start, end).Parts() {
		if p.Ref != nil {
			holes = append(holes, p)
		}
	}
	pieces := strings.Split(content, r.mark)
	if len(pieces) != len(holes)+1 {
		return value.UnknownText(span)
	}
	parts := []value.Part{{Lit: pieces[0], Span: span}}
	for i, hole := range holes {
		parts = append(parts, hole, value.Part{Lit: pieces[i+1], Span: span})
	}
	return value.Join(span, parts...).Assuming(r.assumes...)
}
