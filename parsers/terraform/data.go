package terraform

import (
	"path"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"

	"github.com/apigwlint/apigwlint/source"
	"github.com/apigwlint/apigwlint/value"
)

// looksUp returns an attribute of a data source that the files decide, or that
// says where the deployment is. Of all others it is nil.
func (i *instance) looksUp(name string) *val {
	switch i.typ {
	case "aws_region":
		switch name {
		case "name", "id", "region":
			return textVal(i.region())
		}
	case "aws_caller_identity":
		if name == "account_id" || name == "id" {
			return textVal(i.account())
		}
	case "aws_partition":
		switch name {
		case "partition", "id":
			return textVal(pseudo("Partition"))
		case "dns_suffix":
			return textVal(pseudo("URLSuffix"))
		}
	case "aws_iam_policy_document":
		if name == "json" || name == "minified_json" {
			return &val{kind: str, enc: i.policyDocument(), span: i.b.span}
		}
	case "template_file":
		if name == "rendered" {
			return i.templateFile()
		}
	case "local_file":
		if name == "content" {
			if file := i.written("filename"); file != nil {
				return i.env().readFile(file, i.b.span)
			}
		}
	}
	return nil
}

// templateFile renders the data source that templatefile replaced.
func (i *instance) templateFile() *val {
	e := i.env()
	text := i.written("template")
	if text == nil || text.kind != str {
		return nil
	}
	vars := objectVal(i.b.span)
	if v := i.written("vars"); v != nil {
		vars = v
	}
	return e.renderText(e.text(text, i.b.span), vars, i.b.span)
}

// policyDocument returns the policy that the blocks of the data source write.
// https://registry.terraform.io/providers/hashicorp/aws/latest/docs/data-sources/iam_policy_document
func (i *instance) policyDocument() *val {
	span := i.b.span
	var statements []*val
	open := false
	add := func(list []*val, override bool) {
		for _, s := range list {
			if sid := statementID(s); sid != "" {
				at := slices.IndexFunc(statements, func(h *val) bool { return statementID(h) == sid })
				if at >= 0 && override {
					statements[at] = s
					continue
				}
			}
			statements = append(statements, s)
		}
	}
	documents := func(name string, override bool) {
		v := i.written(name)
		if v == nil || v.kind == null {
			return
		}
		if v.kind != list || v.open {
			open = true
		}
		for _, d := range v.items {
			s, ok := documentStatements(i.env(), d)
			open = open || !ok
			add(s, override)
		}
	}
	documents("source_policy_documents", false)
	if v := i.written("source_json"); v != nil {
		s, ok := documentStatements(i.env(), v)
		open = open || !ok
		add(s, false)
	}
	if v := i.written("statement"); v != nil {
		open = open || v.open || v.kind != list
		var own []*val
		for _, b := range v.items {
			own = append(own, policyStatement(b))
		}
		add(own, true)
	}
	documents("override_policy_documents", true)
	all := listVal(span, statements...)
	all.open = open
	version := litVal("2012-10-17", span)
	if v := i.written("version"); v != nil && v.kind != null {
		version = v
	}
	return objectVal(span, named("Version", version), named("Statement", all))
}

func statementID(s *val) string {
	if m := s.member("Sid"); m != nil {
		id, _ := m.known()
		return id
	}
	return ""
}

// documentStatements returns the statements of a policy in JSON.
func documentStatements(e env, v *val) ([]*val, bool) {
	doc := e.decode(v)
	if doc == nil || doc.kind != object || doc.lookup != nil {
		return nil, false
	}
	s := doc.member("Statement")
	switch {
	case s == nil:
		return nil, !doc.open
	case s.kind == list:
		return s.items, !s.open
	case s.kind == object:
		return []*val{s}, true
	}
	return nil, false
}

// policyStatement returns a statement block in the form of the policy language.
func policyStatement(b *val) *val {
	out := objectVal(b.span)
	out.open = b.open
	for from, to := range map[string]string{
		"sid": "Sid", "actions": "Action", "not_actions": "NotAction", "resources": "Resource", "not_resources": "NotResource", "effect": "Effect",
	} {
		if a, ok := b.attrs[from]; ok && a.v.kind != null {
			out.attrs[to] = attr{key: value.Lit(to, a.span), span: a.span, v: a.v}
		}
	}
	if _, ok := out.attrs["Effect"]; !ok {
		out.attrs["Effect"] = named("Effect", litVal("Allow", b.span))
	}
	for from, to := range map[string]string{"principals": "Principal", "not_principals": "NotPrincipal"} {
		if a, ok := b.attrs[from]; ok {
			out.attrs[to] = attr{key: value.Lit(to, a.span), span: a.span, v: principals(a.v)}
		}
	}
	if a, ok := b.attrs["condition"]; ok && (a.v.kind != list || len(a.v.items) > 0 || a.v.open) {
		out.attrs["Condition"] = attr{key: value.Lit("Condition", a.span), span: a.span, v: conditions(a.v)}
	}
	return out
}

// principals returns principals blocks as the object that a policy has.
func principals(blocks *val) *val {
	out := objectVal(blocks.span)
	out.open = blocks.open
	for _, p := range blocks.items {
		typ, ids := p.member("type"), p.member("identifiers")
		if typ == nil || ids == nil {
			continue
		}
		name, ok := typ.known()
		if !ok {
			out.open = true
			continue
		}
		if name == "*" {
			return litVal("*", p.span)
		}
		if have, ok := out.attrs[name]; ok && have.v.kind == list && ids.kind == list {
			joined := listVal(ids.span, slices.Concat(have.v.items, ids.items)...)
			joined.open = have.v.open || ids.open
			ids = joined
		}
		out.attrs[name] = attr{key: value.Lit(name, typ.span), span: typ.span, v: ids}
	}
	return out
}

func conditions(blocks *val) *val {
	out := objectVal(blocks.span)
	out.open = blocks.open
	for _, c := range blocks.items {
		test, variable, values := c.member("test"), c.member("variable"), c.member("values")
		if test == nil || variable == nil || values == nil {
			out.open = true
			continue
		}
		op, ok := test.known()
		key, known := variable.known()
		if !ok || !known {
			out.open = true
			continue
		}
		inner := objectVal(c.span)
		if have, ok := out.attrs[op]; ok {
			inner.attrs = have.v.attrs
		}
		inner.attrs[key] = attr{key: value.Lit(key, variable.span), span: variable.span, v: values}
		out.attrs[op] = attr{key: value.Lit(op, test.span), span: test.span, v: inner}
	}
	return out
}

// readFile returns the content of a file that an expression names.
func (e env) readFile(name *val, span source.Span) *val {
	f, why := e.file(name)
	if f == nil {
		if why != "" && e.ev.strict {
			e.ev.problem(span, why)
		}
		return e.ev.opaque(span, name).failing(why != "")
	}
	text := string(f.Data)
	if !utf8.ValidString(text) {
		if e.ev.strict {
			e.ev.problem(span, "cannot read "+path.Base(f.Name)+": it is not text")
		}
		return failed(span)
	}
	whole := f.Span(0, len(f.Data))
	return textVal(value.Join(whole, value.Part{Lit: text, Span: whole, At: verbatim{f, 0}}).Assuming(name.assumptions()...))
}

// file finds the file that an expression names. Without one it says why, unless
// the name is not known.
func (e env) file(name *val) (*source.File, string) {
	s, ok := name.known()
	if !ok {
		return nil, ""
	}
	p := s
	if !path.IsAbs(p) {
		p = path.Join(e.ev.root.cfg.dir, p)
	}
	f, err := e.ev.l.reader.Read(p)
	if err != nil {
		return nil, "cannot read " + s + ": " + cause(err)
	}
	e.ev.l.sources[f.Name] = f
	e.ev.read[f] = true
	return f, ""
}

// cause returns what went wrong without the name of the file.
func cause(err error) string {
	message := err.Error()
	if i := strings.LastIndex(message, ": "); i >= 0 {
		return message[i+2:]
	}
	return message
}

// problem notes something that the configuration names and that cannot be read.
func (ev *evaluator) problem(span source.Span, message string) {
	for _, p := range ev.problems {
		if p.Span == span && p.Message == message {
			return
		}
	}
	ev.problems = append(ev.problems, source.Problem{Span: span, Message: message, Minor: true})
}

// tooMuch notes, once, that a configuration asks for more than is evaluated.
func (ev *evaluator) tooMuch(span source.Span) {
	if !ev.exhausted && span.IsValid() {
		ev.exhausted = true
		ev.problem(span, "evaluating this is too much work, so that its value is not known")
	}
}

// renderText renders a text as a template with the given variables.
func (e env) renderText(t value.Text, vars *val, span source.Span) *val {
	if e.templates >= maxTemplates {
		e.ev.problem(span, "cannot render a template within so many others")
		return failed(span)
	}
	parts := t.Parts()
	if len(parts) != 1 || parts[0].Ref != nil {
		return e.ev.opaque(span)
	}
	src, start := parts[0].Lit, hcl.InitialPos
	var name string
	if at, ok := parts[0].At.(verbatim); ok && at.file != nil {
		name, start.Byte = at.file.Name, at.base
		e.ev.l.sources[name] = at.file
	} else {
		name = "template at " + span.String()
		e.ev.l.placed[name] = span
	}
	x, diags := hclsyntax.ParseTemplate([]byte(src), name, start)
	if x == nil || diags.HasErrors() {
		return failed(span)
	}
	in := env{ev: e.ev, mod: nil, templates: e.templates + 1}
	names := map[string]*val{}
	if vars.kind == object {
		for _, k := range vars.keys() {
			names[k] = vars.attr(k).v
		}
		if vars.open {
			return e.ev.opaque(span, vars)
		}
	} else if vars.kind == unknown {
		return e.ev.opaque(span, vars)
	}
	v := in.with(names).eval(x)
	if v.err {
		return e.ev.opaque(span, v)
	}
	return v
}
