package sam

import (
	"crypto/sha1"
	"encoding/hex"
	"regexp"
	"slices"
	"strings"
	"unicode"

	"github.com/apigwlint/apigwlint/parsers/cloudformation/internal/stack"
	"github.com/apigwlint/apigwlint/parsers/internal/tree"
	"github.com/apigwlint/apigwlint/source"
	"github.com/apigwlint/apigwlint/tri"
	"github.com/apigwlint/apigwlint/value"
)

// A place builds nodes that stand for what is written there.
type place source.Span

func (p place) span() source.Span { return source.Span(p) }

func (p place) str(s string) *tree.Node      { return tree.NewScalar(s, p.span()) }
func (p place) text(t value.Text) *tree.Node { return textNode(t.At(p.span())) }

// here returns a text all of whose parts stand at the place.
func (p place) here(t value.Text) value.Text {
	if t.Present() != tri.Yes {
		return value.UnknownText(p.span())
	}
	parts := slices.Clone(t.Parts())
	for i := range parts {
		parts[i].Span, parts[i].At = p.span(), nil
	}
	return value.Join(p.span(), parts...).Assuming(t.Assumes()...)
}

func (p place) boolean(b bool) *tree.Node { return tree.NewBool(b, p.span()) }
func (p place) unknown() *tree.Node       { return tree.NewUnknown(p.span()) }

// textNode returns a node of a text that is written down, or unknown.
func textNode(t value.Text) *tree.Node {
	if t.Present() == tri.Yes {
		return tree.NewText(t)
	}
	return tree.NewUnknown(t.Span())
}

// list returns a list of the nodes that are not nil.
func (p place) list(items ...*tree.Node) *tree.Node {
	return tree.NewList(p.span(), slices.DeleteFunc(items, func(n *tree.Node) bool { return n == nil })...)
}

// mapping returns a map of the members whose values are not nil.
func (p place) mapping(members ...member) *tree.Node {
	m := tree.NewMap(p.span())
	m.Head = p.span()
	for _, e := range members {
		if e.value != nil {
			m.Entries = append(m.Entries, tree.Entry{Key: e.key, KeySpan: p.span(), Value: e.value})
		}
	}
	return m
}

type member struct {
	key   string
	value *tree.Node
}

// lit is a literal part of a text.
func (p place) lit(s string) value.Text { return value.Lit(s, p.span()) }

// ref is the text that Ref of a resource, or Fn::GetAtt of its attribute, stands for.
func (p place) ref(id, resourceType, attr string) value.Text {
	return value.Hole(stack.Ref(id, resourceType, attr), p.span())
}

// pseudo is the value of a pseudo parameter, named without "AWS::".
func (p place) pseudo(name string) value.Text {
	return value.Hole(value.Ref{Kind: value.Pseudo, Name: name, Segment: true}, p.span())
}

// arn returns the ARN of a resource of the service at the place of the deployment.
func (p place) arn(service string, resource ...value.Text) value.Text {
	return p.join(append([]value.Text{
		p.lit("arn:"), p.pseudo("Partition"), p.lit(":" + service + ":"), p.pseudo("Region"), p.lit(":"),
		p.pseudo("AccountId"), p.lit(":"),
	}, resource...)...)
}

// lambdaURI returns the URI with which API Gateway invokes a function.
func (p place) lambdaURI(functionARN value.Text) value.Text {
	return p.join(p.lit("arn:"), p.pseudo("Partition"), p.lit(":apigateway:"), p.pseudo("Region"),
		p.lit(":lambda:path/2015-03-31/functions/"), functionARN, p.lit("/invocations"))
}

// join concatenates texts; unknown as soon as one is not written down.
func (p place) join(texts ...value.Text) value.Text {
	parts := make([]value.Part, 0, 2*len(texts))
	var assumed []value.Ref
	for _, t := range texts {
		if t.Present() != tri.Yes {
			return value.UnknownText(p.span())
		}
		parts, assumed = append(parts, t.Parts()...), append(assumed, t.Assumes()...)
	}
	return value.Join(p.span(), parts...).Assuming(assumed...)
}

// clone copies the maps and lists of a tree, so that they can be changed.
func clone(n *tree.Node) *tree.Node {
	if n == nil || n.Kind != tree.Map && n.Kind != tree.List {
		return n
	}
	c := *n
	c.Entries = slices.Clone(n.Entries)
	for i := range c.Entries {
		c.Entries[i].Value = clone(c.Entries[i].Value)
	}
	c.Items = slices.Clone(n.Items)
	for i := range c.Items {
		c.Items[i] = clone(c.Items[i])
	}
	return &c
}

// put sets a member of a map in place.
func put(m *tree.Node, key string, at source.Span, v *tree.Node) {
	if v == nil || !m.Is(tree.Map) {
		return
	}
	if e := m.Entry(key); e != nil {
		e.Value = v
		return
	}
	m.Entries = append(m.Entries, tree.Entry{Key: key, KeySpan: at, Value: v})
}

// drop removes a member of a map in place.
func drop(m *tree.Node, key string) {
	if m.Is(tree.Map) {
		m.Entries = slices.DeleteFunc(m.Entries, func(e tree.Entry) bool { return e.Key == key })
	}
}

// child returns the map under a key of a map, made when it is missing; nil when
// something else stands there.
func child(m *tree.Node, key string, at source.Span) *tree.Node {
	if !m.Is(tree.Map) {
		return nil
	}
	v := m.Get(key)
	if v == nil {
		v = place(at).mapping()
		put(m, key, at, v)
	}
	if !v.Is(tree.Map) {
		return nil
	}
	return v
}

// mapOf returns a member that is to be a map: unknown when it is none, or when
// it may be there unseen, and nil when there is none.
func mapOf(m *tree.Node, key string) *tree.Node {
	if n := m.Get(key); n != nil || m.Has(key) == tri.No {
		return asMap(n)
	}
	return tree.NewUnknown(m.Place())
}

// asMap returns a map, or an unknown node in the place of anything else.
func asMap(n *tree.Node) *tree.Node {
	if n == nil || n.Kind == tree.Map || n.Kind == tree.Unknown {
		return n
	}
	return &tree.Node{Span: n.Span, Head: n.Head}
}

// truthy reports whether a setting counts as set, as Python sees it: empty
// strings, lists and maps, zero and false do not.
func truthy(n *tree.Node) tri.Bool {
	switch {
	case n == nil || n.Kind == tree.Null:
		return tri.No
	case n.Kind == tree.Map:
		if len(n.Entries) == 0 && n.Open {
			return tri.Maybe
		}
		return tri.Of(len(n.Entries) > 0)
	case n.Kind == tree.List:
		if len(n.Items) == 0 && n.Open {
			return tri.Maybe
		}
		return tri.Of(len(n.Items) > 0)
	case n.Kind == tree.Unknown:
		return tri.Maybe
	}
	s, ok := n.Str()
	if !ok {
		return tri.Maybe
	}
	switch n.Type {
	case tree.Bool:
		return tri.Of(strings.EqualFold(s, "true"))
	case tree.Int, tree.Float:
		return tri.Of(strings.Trim(s, "0.") != "")
	}
	return tri.Of(s != "")
}

// set is truthy of a member: Maybe when the map may hold it unseen.
func set(m *tree.Node, key string) tri.Bool {
	if m.Has(key) == tri.Maybe {
		return tri.Maybe
	}
	return truthy(m.Get(key))
}

// isTrue reports whether a member is the boolean true, or the string that
// CloudFormation takes for it.
func isTrue(m *tree.Node, key string) tri.Bool {
	return m.BoolOf(key).Is(func(b bool) bool { return b })
}

// hash is what the translator appends to ids that are not made of letters and digits.
func hash(data string) string {
	sum := sha1.Sum([]byte(data))
	return hex.EncodeToString(sum[:])[:10]
}

// suffixed appends a name to a logical id, hashed unless it is alphanumeric.
// A name that is not known adds nothing, as one that is a function.
func suffixed(prefix string, name value.Text, end string) string {
	s, ok := name.Get()
	switch {
	case !ok || s == "":
		return prefix + end
	case alphanumeric(s):
		return prefix + s + end
	}
	return prefix + end + hash(s)
}

func alphanumeric(s string) bool {
	for _, r := range s {
		if !unicode.IsLetter(r) && !unicode.IsDigit(r) {
			return false
		}
	}
	return s != ""
}

func onlyAlphanumeric(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return r
		}
		return -1
	}, s)
}

// replaceLiterals replaces matches in the literal parts of a text.
func replaceLiterals(t value.Text, re *regexp.Regexp, with string) value.Text {
	return t.Map(func(s string) string { return re.ReplaceAllLiteralString(s, with) })
}

// items returns the members of a list, none of anything else.
func items(n *tree.Node) []*tree.Node {
	if n.Is(tree.List) {
		return n.Items
	}
	return nil
}

// entries returns the members of a map, none of anything else.
func entries(n *tree.Node) []tree.Entry {
	if n.Is(tree.Map) {
		return n.Entries
	}
	return nil
}
