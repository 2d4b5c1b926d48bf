package terraform

import (
	"strings"

	"github.com/apigwlint/apigwlint/parsers/internal/tree"
	"github.com/apigwlint/apigwlint/source"
	"github.com/apigwlint/apigwlint/tri"
	"github.com/apigwlint/apigwlint/value"
)

// merged returns the arguments of a planned resource: what the plan knows, and
// for the rest what the configuration refers to.
func (r *planned) merged() *tree.Node {
	var beside *tree.Node
	if r.beside != nil {
		beside = r.beside.mod.ev.toNode(r.beside.object(), r.span)
	}
	out := r.overlay(r.values, r.change, r.config.Get("expressions"), beside, "", true)
	if !out.Is(tree.Map) {
		out = &tree.Node{Kind: tree.Map, Open: true}
	}
	c := *out
	c.Span, c.Head = r.span, r.span
	c.Open = c.Open || r.change == nil && r.plan.root.Get("resource_changes") == nil
	return &c
}

// overlay returns the value of an argument. values is what is planned, unknown
// says what is known after apply, expr is the configuration of it, and beside
// what the files say, in which case the places are theirs.
func (r *planned) overlay(values, unknown, expr, beside *tree.Node, key string, top bool) *tree.Node {
	if s, _ := unknown.Str(); s == "true" {
		switch {
		case beside != nil:
			return beside
		case expr == nil && !top:
			return nil // the provider decides
		}
		return r.resolve(expr, key)
	}
	switch {
	case values.Is(tree.Map) || values == nil && unknown.Is(tree.Map):
		return r.overlayMap(values, unknown, expr, beside, top)
	case values.Is(tree.List):
		return r.overlayList(values, unknown, expr, beside, key)
	case values == nil:
		return nil
	}
	out := *values
	if s, ok := out.Value.Get(); ok && values.Is(tree.Scalar) && identifies(key) {
		if ref, known := r.plan.ids[strings.TrimPrefix(s, "integrations/")]; known && r.plan.byAddr[ref.Name] != r {
			t := value.Hole(ref, out.Span)
			if strings.HasPrefix(s, "integrations/") {
				t = value.Lit("integrations/", out.Span).Append(t)
			}
			out.Value = t
		}
	}
	if beside != nil {
		if same := beside.Text().Equal(out.Text()); same == tri.Yes && beside.Is(tree.Scalar) {
			return beside
		}
		out.Span, out.Head = beside.Span, beside.Head
		if s, ok := out.Value.Get(); ok {
			out.Value = value.Lit(s, beside.Span)
		}
	}
	return &out
}

// identifies reports whether an argument holds the identifier of a resource.
func identifies(key string) bool { return strings.HasSuffix(key, "_id") || key == "target" }

func (r *planned) overlayMap(values, unknown, expr, beside *tree.Node, top bool) *tree.Node {
	out := &tree.Node{Kind: tree.Map}
	if values != nil {
		out.Span, out.Head, out.Open = values.Span, values.Head, values.Open
	}
	if beside.Is(tree.Map) {
		out.Span, out.Head = beside.Span, beside.Head
	}
	add := func(key string, span source.Span, v, u *tree.Node) {
		b := beside.Get(key)
		if e := beside.Entry(key); e != nil {
			span = e.KeySpan
		}
		if n := r.overlay(v, u, expr.Get(key), b, key, false); n != nil {
			if !n.Head.IsValid() {
				c := *n
				c.Head = span
				n = &c
			}
			out.Entries = append(out.Entries, tree.Entry{Key: key, KeySpan: span, Value: n})
		}
	}
	seen := map[string]bool{}
	if values != nil {
		for _, e := range values.Entries {
			seen[e.Key] = true
			add(e.Key, e.KeySpan, e.Value, unknown.Get(e.Key))
		}
	}
	if unknown.Is(tree.Map) {
		for _, e := range unknown.Entries {
			if !seen[e.Key] {
				span := e.KeySpan
				if !top && values != nil {
					span = values.Span
				}
				add(e.Key, span, nil, e.Value)
			}
		}
	}
	return out
}

func (r *planned) overlayList(values, unknown, expr, beside *tree.Node, key string) *tree.Node {
	out := &tree.Node{Kind: tree.List, Span: values.Span, Head: values.Head}
	if beside.Is(tree.List) {
		out.Span, out.Head = beside.Span, beside.Head
	}
	at := func(n *tree.Node, i int) *tree.Node {
		if n.Is(tree.List) && i < len(n.Items) {
			return n.Items[i]
		}
		return nil
	}
	for i, item := range values.Items {
		var b *tree.Node
		if beside.Is(tree.List) && len(beside.Items) == len(values.Items) {
			b = beside.Items[i]
		}
		n := r.overlay(item, at(unknown, i), at(expr, i), b, key, false)
		if n == nil {
			n = tree.NewUnknown(item.Span)
		}
		out.Items = append(out.Items, n)
	}
	return out
}

// resolve returns what an argument refers to that is known after apply. A plan
// lists the references of an expression, not the expression: only of arguments
// that are a reference and nothing else is the value told from them.
func (r *planned) resolve(expr *tree.Node, key string) *tree.Node {
	span := r.span
	list, _ := expr.Get("references").Members()
	if len(list) > 0 {
		span = list[0].Span
	}
	n := tree.NewUnknown(span)
	var whole []string
	for _, item := range list {
		ref, ok := item.Str()
		if !ok {
			return n
		}
		if len(whole) == 0 || !strings.HasPrefix(whole[len(whole)-1], ref) {
			whole = append(whole, ref)
		}
	}
	if len(whole) != 1 {
		return n
	}
	t, ok := r.module.resolve(r, whole[0], 0)
	if !ok {
		return n
	}
	switch attr := whole[0][strings.LastIndexByte(whole[0], '.')+1:]; {
	case key == "target" && r.typ == "aws_apigatewayv2_route":
		t = concat("integrations/", t)
	case attr == "execution_arn", key == "source_arn":
		// Something comes behind it, mostly: which, a plan does not say.
		t = concat(t, value.Hole(value.Ref{Kind: value.Other, Name: r.addr, Attr: key}, span))
	case !r.pure(key, t):
		return n
	}
	n = tree.NewText(located(t, span).At(span))
	return n
}

// pure reports whether an argument that refers to one thing is that thing. Names
// and ARNs mostly stand within a URI, and the ARN of a function may come before
// a qualifier.
func (r *planned) pure(key string, t value.Text) bool {
	ref, only := t.Only()
	typ := ""
	if to := r.plan.byAddr[ref.Name]; to != nil {
		typ = to.typ
	}
	switch {
	case identifies(key), key == "http_method", key == "stage_name":
		return true
	case strings.HasSuffix(key, "uri"):
		// What is made of several parts is an invoke ARN, which is a whole URI.
		return !only || ref.Attr == "arn" && (typ == "aws_lb_listener" || typ == "aws_alb_listener" || typ == "aws_service_discovery_service")
	case key == "function_name":
		return !only || ref.Attr != "" && (typ != "aws_lambda_function" || ref.Attr != "arn")
	case strings.HasSuffix(key, "arn"), key == "role", key == "credentials", key == "qualifier":
		return !only || ref.Attr != ""
	}
	return false
}

// resolve returns the text that a reference stands for in a module.
func (m *planModule) resolve(r *planned, ref string, depth int) (value.Text, bool) {
	if m == nil || depth > 64 {
		return value.Text{}, false
	}
	path := referencePath(ref)
	if len(path) < 2 {
		return value.Text{}, false
	}
	follow := func(in *planModule, expr *tree.Node) (value.Text, bool) {
		list, _ := expr.Get("references").Members()
		if len(list) == 0 {
			return value.Text{}, false
		}
		first, _ := list[0].Str()
		for _, other := range list[1:] {
			if s, _ := other.Str(); !strings.HasPrefix(first, s) {
				return value.Text{}, false
			}
		}
		return in.resolve(r, first, depth+1)
	}
	switch path[0] {
	case "var":
		if m.parent != nil && len(path) == 2 {
			return follow(m.parent, m.call.Get("expressions", path[1]))
		}
		return value.Text{}, false
	case "module":
		if len(path) != 3 {
			return value.Text{}, false
		}
		prefix := m.prefix + ref[:len(ref)-len(path[2])] // module.x[0].
		call := m.config.Get("module_calls", path[1])
		child := &planModule{
			prefix: prefix, base: m.base + "module." + path[1] + ".", parent: m, call: call, config: call.Get("module"),
		}
		return follow(child, child.config.Get("outputs", path[2], "expression"))
	case "data", "local", "each", "count", "path", "terraform", "self":
		return value.Text{}, false
	}
	if len(path) != 3 {
		return value.Text{}, false
	}
	to := r.plan.byAddr[m.prefix+strings.TrimSuffix(ref, "."+path[2])]
	if to == nil && strings.HasSuffix(r.addr, "]") {
		// x.y[each.key].id: the instance of the same key.
		to = r.plan.byAddr[m.prefix+path[0]+"."+path[1]+r.addr[len(stripLast(r.addr)):]]
	}
	if to == nil {
		return value.Text{}, false
	}
	return to.attr(path[2]), true
}

// stripLast takes the key of the instance off an address.
func stripLast(addr string) string {
	if i := strings.LastIndex(addr, "["); i >= 0 && strings.HasSuffix(addr, "]") && !strings.Contains(addr[:i], `["`) {
		return addr[:i]
	}
	if i := strings.Index(addr, `["`); i >= 0 {
		return addr[:i]
	}
	return addr
}

// attr returns an attribute of a planned resource.
func (r *planned) attr(name string) value.Text {
	if s, ok := r.values.Get(name).Str(); ok {
		if ref, known := r.plan.ids[s]; known && (name == "id" || identifies(name)) {
			return value.Hole(ref, source.Span{})
		}
		return value.Lit(s, source.Span{})
	}
	if expr := r.config.Get("expressions", name); expr != nil && !r.busy[name] {
		r.busy[name] = true
		defer delete(r.busy, name)
		return located(r.resolve(expr, name).Text(), source.Span{})
	}
	if t, ok := composite(r, name); ok {
		return t
	}
	return r.refTo(name)
}

func (r *planned) kind() string { return r.typ }

func (r *planned) refTo(name string) value.Text {
	return value.Hole(value.Ref{Kind: value.Resource, Name: r.addr, Attr: name, Segment: segment(r.typ, name)}, source.Span{})
}

func (r *planned) text(name string) value.Text { return r.attr(name) }

func (r *planned) written(name string) bool {
	return r.values.Get(name) != nil || r.config.Get("expressions", name) != nil
}

func (r *planned) parent(addr string) subject {
	if to := r.plan.byAddr[addr]; to != nil {
		return to
	}
	return nil
}

// region returns the region of the resource's provider.
func (r *planned) region() value.Text {
	if s, ok := r.values.Get("region").Str(); ok && s != "" {
		return value.Lit(s, source.Span{})
	}
	key, _ := r.config.Get("provider_config_key").Str()
	expr := r.plan.root.Get("configuration", "provider_config", key, "expressions", "region")
	if s, ok := expr.Get("constant_value").Str(); ok {
		return value.Lit(s, source.Span{})
	}
	refs, _ := expr.Get("references").Members()
	if len(refs) == 1 {
		ref, _ := refs[0].Str()
		if name, ok := strings.CutPrefix(ref, "var."); ok {
			if s, ok := r.plan.root.Get("variables", name, "value").Str(); ok {
				return value.Lit(s, source.Span{})
			}
		}
	}
	if strings.Contains(key, ".") || len(refs) > 0 {
		return value.Hole(value.Ref{Kind: value.Import, Name: "provider." + key, Attr: "region", Segment: true}, source.Span{})
	}
	return pseudo("Region")
}

func (r *planned) account() value.Text { return pseudo("AccountId") }

// located gives a place to a text that stands nowhere.
func located(t value.Text, span source.Span) value.Text {
	if t.Present() != tri.Yes {
		return t.At(span)
	}
	parts := make([]value.Part, 0, len(t.Parts()))
	for _, p := range t.Parts() {
		if !p.Span.IsValid() {
			p.Span = span
		}
		parts = append(parts, p)
	}
	if t.Span().IsValid() {
		span = t.Span()
	}
	return value.Join(span, parts...).Assuming(t.Assumes()...)
}
