package cloudformation

import (
	"encoding/base64"
	"encoding/json"
	"slices"
	"strconv"
	"strings"

	"github.com/apigwlint/apigwlint/parsers/internal/tree"
	"github.com/apigwlint/apigwlint/source"
	"github.com/apigwlint/apigwlint/tri"
	"github.com/apigwlint/apigwlint/value"
)

// call evaluates an intrinsic function that stands at n.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference.html
func (s scope) call(c intrinsic, n *tree.Node) *tree.Node {
	var out *tree.Node
	switch c.name {
	case "Ref":
		out = s.callRef(c.arg, n)
	case "Fn::GetAtt":
		out = s.callGetAtt(c.arg, n)
	case "Fn::Sub":
		out = s.callSub(c.arg, n)
	case "Fn::Join":
		out = s.callJoin(c.arg, n)
	case "Fn::Select":
		out = s.callSelect(c.arg, n)
	case "Fn::Split":
		out = s.callSplit(c.arg, n)
	case "Fn::If":
		out = s.callIf(c.arg)
	case "Fn::FindInMap":
		out = s.callFindInMap(c.arg, n)
	case "Fn::ImportValue":
		out = s.callImportValue(c.arg, n)
	case "Fn::Base64":
		out = s.callBase64(c.arg, n)
	case "Fn::Cidr":
		out = s.callCidr(c.arg, n)
	case "Fn::Length":
		out = s.callLength(c.arg, n)
	case "Fn::ToJsonString":
		out = s.callToJSON(c.arg, n)
	case "Fn::Transform":
		return s.transform(c.arg, n)
	}
	if out == nil {
		return s.opaque(n)
	}
	return out
}

// list returns the members of an argument that is written as a list, or, for a
// function in its place, of what that comes to.
func (s scope) list(arg *tree.Node) ([]*tree.Node, bool) {
	if arg.Is(tree.List) && arg.Tag == "" {
		return arg.Items, true
	}
	return nil, false
}

// scalarAt is a string at the place where a function calls for it.
func scalarAt(t value.Text, span source.Span) *tree.Node {
	return tree.NewText(t.At(span))
}

func (s scope) callRef(arg, n *tree.Node) *tree.Node {
	name, ok := s.text(arg).Get()
	if !ok {
		return nil
	}
	if t, bound := s.lookup(name); bound {
		return scalarAt(relocate(t, n.Span), n.Span)
	}
	return s.ref(name, n.Span)
}

// ref returns what Ref of a name stands for, used at span.
func (s scope) ref(name string, span source.Span) *tree.Node {
	if pseudo, ok := strings.CutPrefix(name, "AWS::"); ok {
		return pseudoParameter(s.in, pseudo, span)
	}
	if n, ok := s.in.parameter(name, s.deciding, span); ok {
		return n
	}
	return scalarAt(value.Hole(s.in.reference(name, ""), span), span)
}

// pseudoParameter returns a pseudo parameter.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/pseudo-parameter-reference.html
func pseudoParameter(in *instance, name string, span source.Span) *tree.Node {
	switch name {
	case "NoValue":
		return &tree.Node{Kind: tree.Null, Span: span}
	case "NotificationARNs":
		return &tree.Node{Span: span, Value: value.Hole(value.Ref{Kind: value.Pseudo, Name: name}, span)}
	case "StackName", "StackId":
		// Every nested stack has its own.
		ref := value.Ref{Kind: value.Pseudo, Name: in.path + name, Segment: name == "StackName"}
		return scalarAt(value.Hole(ref, span), span)
	}
	ref := value.Ref{Kind: value.Pseudo, Name: name}
	switch name {
	case "Region", "AccountId", "Partition", "URLSuffix":
		ref.Segment = true
	}
	return scalarAt(value.Hole(ref, span), span)
}

func (s scope) callGetAtt(arg, n *tree.Node) *tree.Node {
	var name, attr string
	if items, ok := s.list(arg); ok {
		if len(items) < 2 {
			return nil
		}
		var names []string
		for _, item := range items {
			part, ok := s.text(item).Get()
			if !ok {
				return nil
			}
			names = append(names, part)
		}
		name, attr = names[0], strings.Join(names[1:], ".")
	} else {
		text, ok := s.text(arg).Get()
		if !ok {
			return nil
		}
		name, attr, ok = strings.Cut(text, ".")
		if !ok {
			return nil
		}
	}
	if t, bound := s.lookup(name); bound {
		if name, bound = t.Get(); !bound {
			return nil
		}
	}
	return s.getAtt(name, attr, n.Span)
}

// getAtt returns what Fn::GetAtt stands for, used at span.
func (s scope) getAtt(name, attr string, span source.Span) *tree.Node {
	if output, ok := strings.CutPrefix(attr, "Outputs."); ok {
		if v, ok := s.in.childOutput(name, output, s.deciding); ok {
			return scalarAt(relocate(v, span), span)
		}
	}
	return scalarAt(value.Hole(s.in.reference(name, attr), span), span)
}

func (s scope) callSub(arg, n *tree.Node) *tree.Node {
	format := arg
	var vars *tree.Node
	if items, ok := s.list(arg); ok {
		if len(items) == 0 || len(items) > 2 {
			return nil
		}
		format = items[0]
		if len(items) == 2 {
			vars = items[1]
		}
	}
	if !format.Is(tree.Scalar) || format.Tag != "" {
		return nil
	}
	// Loop variables and what the service resolves first come before the rest.
	text := s.substitute(format.Value)
	f, ok := flatten(text, "${")
	if !ok {
		return nil
	}
	b := builder{span: n.Span}
	last := 0
	for i := 0; ; {
		open := strings.Index(f.s[i:], "${")
		if open < 0 {
			break
		}
		open += i
		size := strings.IndexByte(f.s[open:], '}')
		if size < 0 {
			break
		}
		end := open + size + 1
		inner := f.s[open+2 : end-1]
		i = end
		if strings.HasPrefix(inner, "!") {
			b.text(f.slice(last, open+2))
			last = open + 3 // the exclamation mark is left out
			continue
		}
		name := strings.TrimSpace(inner)
		if name == "" || strings.Contains(name, value.HoleString) {
			continue
		}
		b.text(f.slice(last, open))
		b.text(s.variable(name, vars, f.slice(open, end).Span()))
		last = end
		if b.failed {
			break
		}
	}
	b.text(f.slice(last, len(f.s)))
	out := b.join(s, text.At(n.Span))
	if out.Present() != tri.Yes {
		return nil
	}
	return scalarAt(s.dynamic(out), n.Span)
}

// variable returns what ${name} in Fn::Sub stands for.
func (s scope) variable(name string, vars *tree.Node, span source.Span) value.Text {
	if vars.Is(tree.Map) && vars.Tag == "" {
		if e := vars.Entry(name); e != nil {
			return relocate(s.text(e.Value), span)
		}
		// A loop variable may stand in the name of a variable.
		if s.env != nil {
			for _, e := range vars.Entries {
				if key, ok := s.key(e.Key, e.KeySpan); ok && key == name {
					return relocate(s.text(e.Value), span)
				}
			}
		}
	}
	if t, bound := s.lookup(name); bound {
		return relocate(t, span)
	}
	var v *tree.Node
	id, attr, dotted := strings.Cut(name, ".")
	if dotted && !strings.HasPrefix(name, "AWS::") {
		if t, bound := s.lookup(id); bound {
			if known, ok := t.Get(); ok {
				id = known
			}
		}
		v = s.getAtt(id, attr, span)
	} else {
		v = s.ref(name, span)
	}
	if t := v.Text(); t.Present() == tri.Yes {
		return t
	}
	return value.Hole(value.Ref{Kind: value.Other, Name: s.in.path + name}, span)
}

func (s scope) callJoin(arg, n *tree.Node) *tree.Node {
	items, ok := s.list(arg)
	if !ok || len(items) != 2 {
		return nil
	}
	delimiter := s.text(items[0])
	members, ok := s.texts(items[1])
	if !ok {
		return nil
	}
	b := builder{span: n.Span}
	for i, m := range members {
		if i > 0 {
			b.text(delimiter)
		}
		b.text(m)
	}
	out := b.join(s, value.Lit("", n.Span))
	if out.Present() != tri.Yes {
		return nil
	}
	return scalarAt(out, n.Span)
}

// texts evaluates a list of strings, of which all must be visible.
func (s scope) texts(n *tree.Node) ([]value.Text, bool) {
	var out []value.Text
	if raw, ok := s.list(n); ok {
		for _, item := range raw {
			v := s.eval(item)
			switch {
			case v.Is(tree.Null):
			case v.Is(tree.List):
				return nil, false
			default:
				out = append(out, s.textOf(v, item))
			}
		}
		return out, true
	}
	v := s.eval(n)
	if !v.Is(tree.List) || v.Open {
		return nil, false
	}
	for _, item := range v.Items {
		t := item.Text()
		if t.Present() != tri.Yes {
			return nil, false
		}
		out = append(out, t)
	}
	return out, true
}

func (s scope) callSelect(arg, n *tree.Node) *tree.Node {
	items, ok := s.list(arg)
	if !ok || len(items) != 2 {
		return nil
	}
	text, ok := s.text(items[0]).Get()
	if !ok {
		return nil
	}
	index, err := strconv.Atoi(strings.TrimSpace(text))
	if err != nil || index < 0 {
		return nil
	}
	list := s.eval(items[1])
	if !list.Is(tree.List) || index >= len(list.Items) {
		return nil
	}
	if list.Open {
		// What comes after a member that may be several has no certain place.
		for _, item := range list.Items[:index+1] {
			if _, known := item.Str(); !known {
				return nil
			}
		}
	}
	chosen := list.Items[index]
	if chosen.Is(tree.Scalar) {
		out := *chosen
		out.Span = n.Span
		out.Value = chosen.Value.At(n.Span)
		return &out
	}
	if chosen.Is(tree.Unknown) {
		return nil
	}
	return chosen
}

// callSplit cuts a text at a literal delimiter. A hole that may hold the
// delimiter itself makes the list open: it is replaced by one that says so, as
// its piece may be several.
func (s scope) callSplit(arg, n *tree.Node) *tree.Node {
	items, ok := s.list(arg)
	if !ok || len(items) != 2 {
		return nil
	}
	delimiter, ok := s.text(items[0]).Get()
	if !ok || delimiter == "" {
		return nil
	}
	whole := s.text(items[1])
	if delimiter == ":" {
		whole = s.in.spellOut(whole)
	}
	pieces, open := split(whole, delimiter)
	if pieces == nil || !s.in.run.spend(len(pieces), n.Span) {
		return nil
	}
	list := tree.NewList(n.Span)
	list.Open = open
	for _, p := range pieces {
		list.Items = append(list.Items, tree.NewText(p))
	}
	return list
}

// spellOut returns the ARN of a function of this template with its segments.
func (in *instance) spellOut(t value.Text) value.Text {
	ref, ok := t.Only()
	if !ok || ref.Kind != value.Resource || ref.Attr != "Arn" {
		return t
	}
	name, ok := strings.CutPrefix(ref.Name, in.path)
	kind := in.types[name]
	if !ok || kind != "AWS::Lambda::Function" && kind != "AWS::Serverless::Function" {
		return t
	}
	b := builder{span: t.Span()}
	lit := func(s string) { b.text(value.Lit(s, t.Span())) }
	pseudo := func(name string) { b.hole(value.Ref{Kind: value.Pseudo, Name: name, Segment: true}, t.Span()) }
	lit("arn:")
	pseudo("Partition")
	lit(":lambda:")
	pseudo("Region")
	lit(":")
	pseudo("AccountId")
	lit(":function:")
	b.hole(in.reference(name, ""), t.Span())
	return value.Join(b.span, b.parts...)
}

func split(whole value.Text, delimiter string) (pieces []value.Text, open bool) {
	parts := slices.Clone(whole.Parts())
	for i, p := range parts {
		if p.Ref != nil && !(p.Ref.Segment && !strings.ContainsFunc(delimiter, plainCharacter)) {
			open = true
			parts[i].Ref = &value.Ref{Kind: value.Other, Name: p.Ref.String() + " split at " + delimiter}
		}
	}
	f, ok := flatten(value.Join(whole.Span(), parts...).Assuming(whole.Assumes()...), delimiter)
	if !ok {
		return nil, true
	}
	for last := 0; ; {
		i := strings.Index(f.s[last:], delimiter)
		if i < 0 {
			return append(pieces, f.slice(last, len(f.s))), open
		}
		pieces = append(pieces, f.slice(last, last+i))
		last += i + len(delimiter)
	}
}

// plainCharacter reports whether identifiers and names may hold the character.
func plainCharacter(r rune) bool {
	return r == '-' || r == '_' || r == '.' || alphanumeric(string(r)) != ""
}

func (s scope) callIf(arg *tree.Node) *tree.Node {
	items, ok := s.list(arg)
	if !ok || len(items) != 3 {
		return nil
	}
	name, ok := s.text(items[0]).Get()
	if !ok {
		return nil
	}
	switch s.in.condition(name) {
	case tri.Yes:
		return s.eval(items[1])
	case tri.No:
		return s.eval(items[2])
	}
	return nil
}

func (s scope) callFindInMap(arg, n *tree.Node) *tree.Node {
	items, ok := s.list(arg)
	if !ok || len(items) < 3 || len(items) > 4 {
		return nil
	}
	var def *tree.Node
	if len(items) == 4 {
		if e := items[3].Entry("DefaultValue"); e != nil {
			def = e.Value
		} else {
			return nil
		}
	}
	name, ok := s.text(items[0]).Get()
	if !ok {
		return nil
	}
	rows, open := s.in.mapping(name)
	top, second := s.text(items[1]), s.text(items[2])
	row, known := s.pick(top, rows, open, def != nil)
	if !known {
		return s.sameEverywhere(rows, open || def != nil, second, n)
	}
	if row == nil {
		return s.fallback(def, open)
	}
	column, ok := second.Get()
	if !ok {
		keys, more := columns(row)
		cell, known := s.pick(second, keys, more, def != nil)
		switch {
		case !known:
			return nil
		case cell == nil:
			return s.fallback(def, more)
		}
		return s.cell(cell, n, top, second)
	}
	switch cell := row.Get(column); {
	case cell != nil:
		return s.cell(cell, n, top, second)
	default:
		return s.fallback(def, row.Open)
	}
}

func columns(row *tree.Node) ([]member, bool) {
	var out []member
	for _, e := range row.Entries {
		out = append(out, member{key: e.Key, value: e.Value})
	}
	return out, row.Open
}

// fallback is the value of a lookup that finds nothing.
func (s scope) fallback(def *tree.Node, open bool) *tree.Node {
	if def == nil || open {
		return nil
	}
	return s.eval(def)
}

// cell returns a value of a mapping, used at n.
func (s scope) cell(cell, n *tree.Node, keys ...value.Text) *tree.Node {
	v := s.eval(cell)
	if !v.Is(tree.Scalar) {
		return v
	}
	out := *v
	out.Span = n.Span
	out.Value = relocate(v.Value, n.Span)
	for _, k := range keys {
		out.Value = out.Value.Assuming(k.Assumes()...)
	}
	return &out
}

// maxBranches is how many keys of a mapping a condition may make scenarios of.
const maxBranches = 8

// pick finds the member of a mapping that a key names. known is false when it
// depends on the deployment; the member is nil when there certainly is none,
// or none that can be seen.
func (s scope) pick(key value.Text, members []member, open, others bool) (row *tree.Node, known bool) {
	find := func(name string) *tree.Node {
		for _, m := range members {
			if m.key == name {
				return m.value
			}
		}
		return nil
	}
	if name, ok := key.Get(); ok {
		return find(name), true
	}
	ref, ok := key.Only()
	if !ok {
		return nil, false
	}
	d := s.in.run.decider
	if name, fixed := d.fixedValue(ref); fixed {
		return find(name), true
	}
	if open {
		return nil, false
	}
	names := make([]string, len(members))
	none := true
	for i, m := range members {
		names[i] = m.key
		none = none && d.excludes(ref, m.key)
	}
	switch {
	case none:
		return nil, true
	case !s.deciding || d.choose == nil || len(names) > maxBranches:
		return nil, false
	}
	likely, allowed := s.in.run.declared(ref)
	if name, found := d.among(ref, names, allowed, others, likely); found {
		return find(name), true
	}
	return nil, true
}

// distinct lists the different values of a column, nil when they are not all strings.
func distinct(rows []member, column value.Text) []string {
	name, ok := column.Get()
	if !ok {
		return nil
	}
	var out []string
	for _, r := range rows {
		v, ok := r.value.Get(name).Str()
		if !ok {
			return nil
		}
		if !slices.Contains(out, v) {
			out = append(out, v)
		}
	}
	return out
}

// sameEverywhere is the value of a lookup whose first key is not known: the one
// that every row has, or a hole that can be one of them.
func (s scope) sameEverywhere(rows []member, open bool, second value.Text, n *tree.Node) *tree.Node {
	values := distinct(rows, second)
	if open || len(values) == 0 {
		return nil
	}
	if len(values) == 1 {
		return scalarAt(value.Lit(values[0], n.Span).Assuming(second.Assumes()...), n.Span)
	}
	if s.deciding {
		s.in.run.declare(s.other(n), nil, values)
	}
	return nil
}

func (s scope) callImportValue(arg, n *tree.Node) *tree.Node {
	name := s.text(arg)
	if v, ok := s.in.run.unit.exports.lookup(name); ok {
		return scalarAt(relocate(v, n.Span).Assuming(name.Assumes()...), n.Span)
	}
	ref := value.Ref{Kind: value.Import, Name: name.String()}
	if s.in.path != "" {
		for r := range name.Refs() {
			if r.Kind != value.Pseudo {
				ref.Name = s.in.path + name.String()
			}
		}
	}
	return scalarAt(value.Hole(ref, n.Span), n.Span)
}

func (s scope) callBase64(arg, n *tree.Node) *tree.Node {
	text := s.text(arg)
	plain, ok := text.Get()
	if !ok || len(plain) > maxText {
		return nil
	}
	encoded := base64.StdEncoding.EncodeToString([]byte(plain))
	return scalarAt(value.Lit(encoded, n.Span).Assuming(text.Assumes()...), n.Span)
}

// callCidr returns as many blocks as are asked for, none of which is computed.
func (s scope) callCidr(arg, n *tree.Node) *tree.Node {
	items, ok := s.list(arg)
	if !ok || len(items) < 2 {
		return nil
	}
	text, _ := s.text(items[1]).Get()
	count, err := strconv.Atoi(text)
	if err != nil || count < 1 || count > 256 {
		return nil
	}
	list := tree.NewList(n.Span)
	for i := range count {
		ref := s.other(n)
		ref.Name += "[" + strconv.Itoa(i) + "]"
		list.Items = append(list.Items, scalarAt(value.Hole(ref, n.Span), n.Span))
	}
	return list
}

func (s scope) callLength(arg, n *tree.Node) *tree.Node {
	list := s.eval(arg)
	if !list.Is(tree.List) || list.Open {
		return nil
	}
	out := tree.NewInt(len(list.Items), n.Span)
	for _, item := range list.Items {
		out.Value = out.Value.Assuming(item.Value.Assumes()...)
	}
	return out
}

func (s scope) callToJSON(arg, n *tree.Node) *tree.Node {
	b := builder{span: n.Span}
	s.writeJSON(&b, s.eval(arg), arg)
	out := b.join(s, value.Lit("", n.Span))
	if out.Present() != tri.Yes {
		return nil
	}
	return scalarAt(out, n.Span)
}

// writeJSON appends the JSON form of an evaluated node; from is the expression
// that it comes from, after which what is unknown is named.
func (s scope) writeJSON(b *builder, v, from *tree.Node) {
	lit := func(text string, span source.Span) { b.text(value.Lit(text, span)) }
	if b.failed {
		return
	}
	switch v.Kind {
	case tree.Null:
		lit("null", v.Span)
	case tree.Scalar:
		if v.Type != tree.String && len(v.Value.Parts()) == 1 && v.Value.Parts()[0].Ref == nil {
			b.text(v.Value)
			return
		}
		lit(`"`, v.Span)
		b.text(quoted(v.Value))
		lit(`"`, v.Span)
	case tree.List:
		if v.Open {
			b.failed = true
			return
		}
		lit("[", v.Span)
		for i, item := range v.Items {
			if i > 0 {
				lit(",", v.Span)
			}
			s.writeJSON(b, item, item)
		}
		lit("]", v.Span)
	case tree.Map:
		if v.Open {
			b.failed = true
			return
		}
		lit("{", v.Span)
		for i, e := range v.Entries {
			if i > 0 {
				lit(",", v.Span)
			}
			lit(jsonString(e.Key)+":", e.KeySpan)
			s.writeJSON(b, e.Value, e.Value)
		}
		lit("}", v.Span)
	default:
		if v.Value.Present() == tri.Yes {
			b.text(v.Value)
			return
		}
		b.hole(s.other(from), v.Span)
	}
}

// quoted escapes the literal parts of a text as JSON does, and keeps the exact
// places of those that need no escapes.
func quoted(t value.Text) value.Text {
	parts := slices.Clone(t.Parts())
	for i, p := range parts {
		if p.Ref != nil {
			continue
		}
		escaped := jsonString(p.Lit)
		escaped = escaped[1 : len(escaped)-1]
		if escaped != p.Lit {
			parts[i].Lit, parts[i].At = escaped, nil
		}
	}
	return value.Join(t.Span(), parts...).Assuming(t.Assumes()...)
}

func jsonString(s string) string {
	var b strings.Builder
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if enc.Encode(s) != nil {
		return `""`
	}
	return strings.TrimSuffix(b.String(), "\n")
}
