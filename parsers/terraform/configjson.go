package terraform

import (
	"strconv"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/convert"

	"github.com/apigwlint/apigwlint/source"
)

// jsonBody reads a body in JSON syntax, in which blocks cannot be told from
// arguments: https://developer.hashicorp.com/terraform/language/syntax/json
// Blocks become arguments with a list of objects or one object for a value,
// except for those that evaluation looks at itself.
func (l *loader) jsonBody(b *block, body hcl.Body) {
	attrs, _ := body.JustAttributes()
	for name, a := range attrs {
		b.whole = b.whole.File.Span(b.whole.Start, max(b.whole.End, a.Range.End.Byte))
		switch name {
		case "dynamic":
			for _, m := range jsonObjects(a.Expr) {
				for _, kv := range m {
					for _, d := range jsonObjects(kv.Value) {
						b.blocks = append(b.blocks, l.jsonDynamic(b, kv, d))
					}
				}
			}
			continue
		case "lifecycle", "provisioner", "connection", "//":
			continue
		case "backend", "cloud":
			b.blocks = append(b.blocks, &block{typ: name, span: l.span(a.NameRange)})
			continue
		}
		b.attrs[name] = &attribute{expr: l.jsonExpr(a.Expr), name: l.span(a.NameRange), span: l.span(a.Expr.Range())}
	}
}

// jsonObjects returns the objects that stand where blocks may stand.
func jsonObjects(x hcl.Expression) [][]hcl.KeyValuePair {
	if m, diags := hcl.ExprMap(x); !diags.HasErrors() {
		return [][]hcl.KeyValuePair{m}
	}
	var out [][]hcl.KeyValuePair
	if items, diags := hcl.ExprList(x); !diags.HasErrors() {
		for _, item := range items {
			if m, diags := hcl.ExprMap(item); !diags.HasErrors() {
				out = append(out, m)
			}
		}
	}
	return out
}

func jsonKey(x hcl.Expression) string {
	if v, diags := x.Value(nil); !diags.HasErrors() && v.Type() == cty.String && v.IsKnown() && !v.IsNull() {
		return v.AsString()
	}
	return ""
}

func (l *loader) jsonDynamic(parent *block, kv hcl.KeyValuePair, body []hcl.KeyValuePair) *block {
	span := l.span(kv.Key.Range())
	d := &block{typ: "dynamic", labels: []string{jsonKey(kv.Key)}, attrs: map[string]*attribute{}, span: span, whole: parent.whole}
	for _, p := range body {
		key := jsonKey(p.Key)
		if key != "content" {
			d.attrs[key] = l.jsonAttribute(p)
			continue
		}
		content := &block{typ: "content", attrs: map[string]*attribute{}, span: span, whole: parent.whole}
		for _, m := range jsonObjects(p.Value) {
			for _, a := range m {
				content.attrs[jsonKey(a.Key)] = l.jsonAttribute(a)
			}
		}
		d.blocks = append(d.blocks, content)
	}
	return d
}

func (l *loader) jsonAttribute(p hcl.KeyValuePair) *attribute {
	return &attribute{expr: l.jsonExpr(p.Value), name: l.span(p.Key.Range()), span: l.span(p.Value.Range())}
}

// jsonExpr returns a value in JSON as an expression of the native syntax, which
// is what it means.
func (l *loader) jsonExpr(x hcl.Expression) hclsyntax.Expression {
	if m, diags := hcl.ExprMap(x); !diags.HasErrors() {
		o := &hclsyntax.ObjectConsExpr{SrcRange: x.Range(), OpenRange: x.StartRange()}
		for _, kv := range m {
			o.Items = append(o.Items, hclsyntax.ObjectConsItem{KeyExpr: l.jsonExpr(kv.Key), ValueExpr: l.jsonExpr(kv.Value)})
		}
		return o
	}
	if items, diags := hcl.ExprList(x); !diags.HasErrors() {
		t := &hclsyntax.TupleConsExpr{SrcRange: x.Range(), OpenRange: x.StartRange()}
		for _, item := range items {
			t.Exprs = append(t.Exprs, l.jsonExpr(item))
		}
		return t
	}
	v, diags := x.Value(nil)
	if diags.HasErrors() || !v.IsKnown() || v.IsNull() || v.Type() != cty.String {
		return &hclsyntax.LiteralValueExpr{Val: v, SrcRange: x.Range()}
	}
	return l.template(v.AsString(), x.Range(), l.span(x.Range()), 1)
}

// template parses a string that stands in a file as a template. When it does
// not stand there as it is, everything in it is placed at the whole of it.
func (l *loader) template(s string, r hcl.Range, span source.Span, quote int) hclsyntax.Expression {
	start := r.Start
	start.Byte += quote
	start.Column += quote
	name := r.Filename
	if raw := span.Text(); len(raw) < 2*quote || raw[quote:len(raw)-quote] != s {
		name = r.Filename + "#" + strconv.Itoa(r.Start.Byte)
		l.placed[name] = span
		start = hcl.InitialPos
	}
	if !strings.Contains(s, "${") && !strings.Contains(s, "%{") {
		return &hclsyntax.LiteralValueExpr{Val: cty.StringVal(s), SrcRange: r}
	}
	x, diags := hclsyntax.ParseTemplate([]byte(s), name, start)
	if x == nil || diags.HasErrors() {
		return &hclsyntax.LiteralValueExpr{Val: cty.DynamicVal, SrcRange: r}
	}
	return x
}

// keyword returns an expression that must be a plain reference, such as a
// provider's name: aws.west, also in quotes.
func keyword(x hclsyntax.Expression) string {
	switch x := x.(type) {
	case *hclsyntax.ScopeTraversalExpr:
		return traversalString(x.Traversal)
	case *hclsyntax.TemplateExpr, *hclsyntax.LiteralValueExpr:
		if v, diags := x.Value(nil); !diags.HasErrors() && v.IsKnown() && !v.IsNull() {
			if s, err := convert.Convert(v, cty.String); err == nil && !s.IsNull() {
				return s.AsString()
			}
		}
	case *hclsyntax.TemplateWrapExpr:
		return keyword(x.Wrapped)
	case *hclsyntax.ObjectConsKeyExpr:
		return keyword(x.Wrapped)
	}
	return ""
}

// traversalString returns a reference as it is written.
func traversalString(t hcl.Traversal) string {
	var b strings.Builder
	for _, step := range t {
		switch s := step.(type) {
		case hcl.TraverseRoot:
			b.WriteString(s.Name)
		case hcl.TraverseAttr:
			b.WriteString("." + s.Name)
		case hcl.TraverseIndex:
			if s.Key.Type() == cty.String {
				b.WriteString("[" + strconv.Quote(s.Key.AsString()) + "]")
			} else {
				b.WriteString("[" + primString(s.Key) + "]")
			}
		}
	}
	return b.String()
}
