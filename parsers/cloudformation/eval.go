package cloudformation

import (
	"hash/fnv"
	"strconv"
	"strings"

	"github.com/apigwlint/apigwlint/parsers/internal/tree"
	"github.com/apigwlint/apigwlint/source"
	"github.com/apigwlint/apigwlint/tri"
	"github.com/apigwlint/apigwlint/value"
)

// What one evaluation may grow to. Templates are limited to 1 MB and 500
// resources; real ones stay far below these bounds.
const (
	maxNodes = 1_000_000 // nodes of one scenario
	maxText  = 1 << 20   // bytes of one text
	maxParts = 1 << 14   // parts of one text
	maxDepth = 2_000     // nested calls of the evaluator

	memberCost = 16 // nodes that a member made by a loop counts for
)

// A scope is where an expression is evaluated.
type scope struct {
	in  *instance
	env *binding
	// deciding says that the value is asked for by a condition: parameters
	// keep their names there, whatever their defaults are.
	deciding bool
	// within are the files whose content is being included.
	within *chain
	depth  int
}

// A binding is a loop variable of Fn::ForEach.
type binding struct {
	name  string
	value value.Text
	next  *binding
}

// A chain lists the files that led to here.
type chain struct {
	name string
	next *chain
}

func (c *chain) has(name string) bool {
	for ; c != nil; c = c.next {
		if c.name == name {
			return true
		}
	}
	return false
}

func (s scope) lookup(name string) (value.Text, bool) {
	for b := s.env; b != nil; b = b.next {
		if b.name == name {
			return b.value, true
		}
	}
	return value.Text{}, false
}

// eval returns what a node comes to. Parts of a document without intrinsic
// functions are returned as they are, so that results share nodes and must
// never be changed in place.
func (s scope) eval(n *tree.Node) *tree.Node {
	if n == nil || s.env == nil && s.in.run.unit.isPlain(n) {
		return n
	}
	s.depth++
	if !s.in.run.spend(1, n.Span) || s.depth > maxDepth {
		return under(n, tree.NewUnknown(n.Span))
	}
	if call, ok := intrinsicOf(n); ok {
		return under(n, s.call(call, n))
	}
	switch n.Kind {
	case tree.Map:
		return s.evalMap(n)
	case tree.List:
		out := *n
		out.Items = make([]*tree.Node, 0, len(n.Items))
		for _, item := range n.Items {
			v := s.eval(item)
			if v.Is(tree.Null) && !item.Is(tree.Null) {
				continue // AWS::NoValue
			}
			out.Items = append(out.Items, v)
		}
		return &out
	case tree.Scalar:
		out := *n
		out.Value = s.scalar(n)
		return &out
	}
	return n
}

// under gives the result of an expression the place that the expression has.
func under(n, result *tree.Node) *tree.Node {
	if result == nil {
		result = tree.NewUnknown(n.Span)
	}
	if result.Head == n.Head {
		return result
	}
	out := *result
	out.Head = n.Head
	return &out
}

// evalMap evaluates the members of a map and runs the loops and includes in it.
func (s scope) evalMap(n *tree.Node) *tree.Node {
	if len(n.Entries) == 1 && n.Entries[0].Key == "Fn::Transform" {
		return under(n, s.transform(n.Entries[0].Value, n))
	}
	members, open := s.members(n, false)
	out := *n
	out.Open = n.Open || open
	out.Entries = make([]tree.Entry, 0, len(members))
	for _, m := range members {
		if isFunctionKey(m.key) {
			// A function beside other members is refused by the service.
			out.Open = true
			continue
		}
		v := m.scope.eval(m.value)
		if v.Is(tree.Null) && !m.value.Is(tree.Null) {
			continue // AWS::NoValue
		}
		out.Entries = append(out.Entries, tree.Entry{Key: m.key, KeySpan: m.keySpan, Value: v})
	}
	return &out
}

// A member is a member of a map after loops and includes, not evaluated yet.
type member struct {
	key     string
	keySpan source.Span
	value   *tree.Node
	scope   scope
}

// A memberList collects members; later ones replace earlier ones of the same key.
type memberList struct {
	list  []member
	index map[string]int
}

func (l *memberList) put(m member) {
	if l.index == nil {
		l.index = map[string]int{}
	}
	if i, ok := l.index[m.key]; ok {
		l.list[i] = m
		return
	}
	l.index[m.key] = len(l.list)
	l.list = append(l.list, m)
}

// members lists the members of a map, with loops unrolled and local files
// included. open says that there may be others. What an include that cannot be
// read brings may replace every member, so that none is certain then; with
// keep, those that are written are returned all the same.
func (s scope) members(n *tree.Node, keep bool) (members []member, open bool) {
	special := false
	for i := range n.Entries {
		if key := n.Entries[i].Key; key == "Fn::Transform" || isLoop(key) {
			special = true
		}
	}
	if !special && s.env == nil {
		members = make([]member, len(n.Entries))
		for i, e := range n.Entries {
			members[i] = member{e.Key, e.KeySpan, e.Value, s}
		}
		return members, n.Open
	}
	var list memberList
	open = n.Open
	var transform *tree.Node
	for _, e := range n.Entries {
		switch {
		case e.Key == "Fn::Transform":
			transform = e.Value
		case isLoop(e.Key):
			if !s.loop(e.Value, &list) {
				open = true
			}
		default:
			key, ok := s.key(e.Key, e.KeySpan)
			if !ok {
				open = true
				continue
			}
			list.put(member{key, e.KeySpan, e.Value, s})
		}
	}
	if transform == nil {
		return list.list, open
	}
	got, sc, ok := s.include(transform)
	switch {
	case ok && got.Kind == tree.Map:
		inner, more := sc.members(got, keep)
		for _, m := range inner {
			list.put(m)
		}
		return list.list, open || more
	case keep:
		return list.list, true
	}
	return nil, true
}

// key returns a key with loop variables in place.
func (s scope) key(key string, span source.Span) (string, bool) {
	if s.env == nil || !strings.ContainsAny(key, "$&") {
		return key, true
	}
	return s.substitute(value.Lit(key, span)).Get()
}

// loop unrolls Fn::ForEach and reports whether all of its members can be told.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference-foreach.html
func (s scope) loop(n *tree.Node, list *memberList) bool {
	if !n.Is(tree.List) || n.Tag != "" || len(n.Items) != 3 || !n.Items[2].Is(tree.Map) {
		return false
	}
	name, ok := n.Items[0].Str()
	collection := s.eval(n.Items[1])
	if !ok || !collection.Is(tree.List) {
		return false
	}
	closed := !collection.Open
	for _, item := range collection.Items {
		text := item.Text()
		if _, known := text.Get(); !known {
			closed = false
			continue
		}
		if len(text.Assumes()) > 0 {
			closed = false
		}
		if !s.in.run.spend(1, n.Span) {
			return false
		}
		body := s
		body.depth++
		if body.depth > maxDepth {
			return false
		}
		body.env = &binding{name, text, s.env}
		members, open := body.members(n.Items[2], true)
		closed = closed && !open
		for _, m := range members {
			if !s.in.run.spend(memberCost, n.Span) {
				return false
			}
			list.put(m)
		}
	}
	return closed
}

// scalar returns a string with loop variables in place and dynamic references
// as holes.
func (s scope) scalar(n *tree.Node) value.Text {
	return s.dynamic(s.substitute(n.Value))
}

// substitute puts loop variables in place: ${Name} and, without what is not
// alphanumeric, &{Name}.
func (s scope) substitute(t value.Text) value.Text {
	if s.env == nil {
		return t
	}
	f, ok := flatten(t, "{")
	if !ok || !strings.Contains(f.s, "{") {
		return t
	}
	b := builder{span: t.Span()}
	last := 0
	for i := 0; i+1 < len(f.s); i++ {
		if f.s[i] != '$' && f.s[i] != '&' || f.s[i+1] != '{' {
			continue
		}
		n := strings.IndexByte(f.s[i:], '}')
		if n < 0 {
			break
		}
		v, bound := s.lookup(strings.TrimSpace(f.s[i+2 : i+n]))
		if !bound {
			continue
		}
		if f.s[i] == '&' {
			v = v.Map(alphanumeric)
		}
		b.text(f.slice(last, i))
		b.text(relocate(v, f.slice(i, i+n+1).Span()))
		last = i + n + 1
		i += n
	}
	if last == 0 {
		return t
	}
	b.text(f.slice(last, len(f.s)))
	return b.join(s, t)
}

func alphanumeric(s string) string {
	return strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' {
			return r
		}
		return -1
	}, s)
}

const resolvePrefix = "{{resolve:"

// dynamic makes holes of dynamic references, such as {{resolve:ssm:name}}.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/dynamic-references.html
func (s scope) dynamic(t value.Text) value.Text {
	f, ok := flatten(t, resolvePrefix)
	if !ok || !strings.Contains(f.s, resolvePrefix) {
		return t
	}
	b := builder{span: t.Span()}
	last := 0
	for {
		i := strings.Index(f.s[last:], resolvePrefix)
		if i < 0 {
			break
		}
		i += last
		n := strings.Index(f.s[i:], "}}")
		if n < 0 {
			break
		}
		b.text(f.slice(last, i))
		whole := f.slice(i, i+n+2)
		name := whole.String()
		b.hole(value.Ref{Kind: value.Other, Name: name[2 : len(name)-2]}, whole.Span())
		last = i + n + 2
	}
	b.text(f.slice(last, len(f.s)))
	return b.join(s, t)
}

// A flat is a text with one character for each hole, in which something can be
// searched.
type flat struct {
	s     string
	slice func(start, end int) value.Text
}

// flatten returns the flat form of a text, of which pieces are to be cut at
// every occurrence of a mark. ok is false when the text is not known, or when
// that would take too long.
func flatten(t value.Text, mark string) (flat, bool) {
	const work = 1 << 30 // bytes to be looked at
	f, ok := t.Flat()
	if !ok {
		return flat{}, false
	}
	if !strings.Contains(f.S, value.HoleString) {
		return flat{f.S, t.Slice}, strings.Count(f.S, mark) <= maxParts
	}
	return flat{f.S, f.Slice}, strings.Count(f.S, mark)*len(f.S) <= work
}

// A builder collects the parts of a text.
type builder struct {
	span    source.Span
	parts   []value.Part
	size    int
	assumes []value.Ref
	failed  bool
	tooLong bool
}

func (b *builder) text(t value.Text) {
	if t.Present() != tri.Yes {
		b.failed = true
		return
	}
	for _, p := range t.Parts() {
		b.parts = append(b.parts, p)
		b.size += len(p.Lit)
	}
	b.assumes = append(b.assumes, t.Assumes()...)
	if b.size > maxText || len(b.parts) > maxParts {
		b.parts, b.failed, b.tooLong = nil, true, true
	}
}

func (b *builder) hole(ref value.Ref, span source.Span) {
	b.parts = append(b.parts, value.Part{Ref: &ref, Span: span})
}

// join returns the text, or unknown when it cannot be built; what it replaces
// tells of which place a text that grew too long is.
func (b *builder) join(s scope, from value.Text) value.Text {
	if b.failed {
		if b.tooLong {
			s.in.run.unit.problem(from.Span(), "the text grows beyond "+strconv.Itoa(maxText)+" bytes when it is evaluated")
		}
		return value.UnknownText(b.span)
	}
	return value.Join(b.span, b.parts...).Assuming(b.assumes...)
}

// relocate returns a text whose parts all stand at span, where it is used.
func relocate(t value.Text, span source.Span) value.Text {
	parts := make([]value.Part, len(t.Parts()))
	for i, p := range t.Parts() {
		parts[i] = value.Part{Lit: p.Lit, Ref: p.Ref, Span: span}
	}
	if t.Present() != tri.Yes {
		return t.At(span)
	}
	return value.Join(span, parts...).Assuming(t.Assumes()...)
}

// text evaluates an argument that must be a string. What cannot be known is a
// hole that is named after the expression.
func (s scope) text(n *tree.Node) value.Text {
	if n == nil {
		return value.Text{}
	}
	return s.textOf(s.eval(n), n)
}

// textOf returns an evaluated argument as a string; n is what was evaluated.
func (s scope) textOf(v, n *tree.Node) value.Text {
	if t := v.Text(); t.Present() == tri.Yes {
		return t
	}
	return value.Hole(s.other(n), n.Span)
}

// other is the reference of an expression that cannot be evaluated.
func (s scope) other(n *tree.Node) value.Ref {
	return value.Ref{Kind: value.Other, Name: s.in.path + s.describe(n)}
}

// opaque is the value of an expression that cannot be evaluated.
func (s scope) opaque(n *tree.Node) *tree.Node {
	return &tree.Node{Span: n.Span, Value: value.Hole(s.other(n), n.Span)}
}

// describe writes an expression down, so that the same expression has the same
// name in YAML and JSON, and different ones have different names.
func (s scope) describe(n *tree.Node) string {
	const limit, shown = 1 << 14, 96
	var b strings.Builder
	if !s.write(&b, n, limit) {
		return "expression at " + n.Span.String()
	}
	text := b.String()
	if len(text) <= shown {
		return text
	}
	h := fnv.New64a()
	_, _ = h.Write([]byte(text)) // never fails
	return strings.ToValidUTF8(text[:shown], "") + "… " + strconv.FormatUint(h.Sum64(), 36)
}

func (s scope) write(b *strings.Builder, n *tree.Node, limit int) bool {
	if b.Len() > limit {
		return false
	}
	if n == nil {
		return true
	}
	if call, ok := intrinsicOf(n); ok {
		name := strings.TrimPrefix(call.name, "Fn::")
		if arg := call.arg; arg.Is(tree.Scalar) && (name == "Ref" || name == "GetAtt") {
			b.WriteString(s.substitute(arg.Value).String())
			if t, bound := s.lookup(arg.Value.String()); bound {
				b.WriteString("=" + t.String())
			}
			return true
		} else if arg.Is(tree.List) && name == "GetAtt" && len(arg.Items) == 2 {
			return s.write(b, arg.Items[0], limit) && s.write(b, tree.NewScalar(".", n.Span), limit) && s.write(b, arg.Items[1], limit)
		}
		b.WriteString(name + "(")
		if arg := call.arg; arg.Kind == tree.List && arg.Tag == "" {
			if !s.writeList(b, arg.Items, limit) {
				return false
			}
		} else if !s.write(b, arg, limit) {
			return false
		}
		b.WriteString(")")
		return true
	}
	switch n.Kind {
	case tree.Scalar:
		b.WriteString(s.substitute(n.Value).String())
	case tree.List:
		b.WriteString("[")
		if !s.writeList(b, n.Items, limit) {
			return false
		}
		b.WriteString("]")
	case tree.Map:
		b.WriteString("{")
		for i, e := range n.Entries {
			if i > 0 {
				b.WriteString(", ")
			}
			b.WriteString(e.Key + ": ")
			if !s.write(b, e.Value, limit) {
				return false
			}
		}
		b.WriteString("}")
	case tree.Unknown:
		b.WriteString("?" + n.Span.String())
	}
	return true
}

func (s scope) writeList(b *strings.Builder, items []*tree.Node, limit int) bool {
	for i, item := range items {
		if i > 0 {
			b.WriteString(", ")
		}
		if !s.write(b, item, limit) {
			return false
		}
	}
	return true
}
