// Package tree is the one form in which all parsers hold documents: YAML, JSON
// and evaluated Terraform become nodes with places, in which what is unknown
// stays unknown.
package tree

import (
	"math"
	"strconv"
	"strings"
	"time"

	"github.com/apigwlint/apigwlint/source"
	"github.com/apigwlint/apigwlint/tri"
	"github.com/apigwlint/apigwlint/value"
)

// A Kind is the shape of a node.
type Kind int8

// The shapes. The zero value is a node of which nothing is known.
const (
	Unknown Kind = iota
	Null         // null, or a setting that is taken away (AWS::NoValue)
	Scalar
	List
	Map
)

// A Type is what the syntax says a scalar is. Services are lenient about it.
type Type int8

// The types of scalars.
const (
	String Type = iota
	Int
	Float
	Bool
)

// A Node is a value in a document.
type Node struct {
	Kind Kind
	Type Type // of a Scalar

	// Span is the value itself, quotes and tags included.
	Span source.Span
	// Head is the key under which the value stands, the place for a message
	// that something is missing from it. It is not valid for members of lists.
	Head source.Span

	// Value is the content of a Scalar; of an Unknown it may be a single hole
	// that says what the node refers to.
	Value value.Text

	Entries []Entry // of a Map, in order; keys are unique
	Items   []*Node // of a List

	// Open says that a Map or List may have more members at deployment than
	// the files show.
	Open bool

	// Tag is a YAML tag as written, such as !Sub, until it is interpreted.
	Tag string
}

// An Entry is a member of a map.
type Entry struct {
	Key     string
	KeySpan source.Span
	Value   *Node
}

// NewScalar returns a string node that a transform makes up for span.
func NewScalar(s string, span source.Span) *Node {
	return &Node{Kind: Scalar, Span: span, Value: value.Lit(s, span)}
}

// NewText returns a string node of a text.
func NewText(t value.Text) *Node { return &Node{Kind: Scalar, Span: t.Span(), Value: t} }

// NewInt returns a number node that a transform makes up for span.
func NewInt(n int, span source.Span) *Node {
	return &Node{Kind: Scalar, Type: Int, Span: span, Value: value.Lit(strconv.Itoa(n), span)}
}

// NewBool returns a boolean node that a transform makes up for span.
func NewBool(b bool, span source.Span) *Node {
	return &Node{Kind: Scalar, Type: Bool, Span: span, Value: value.Lit(strconv.FormatBool(b), span)}
}

// NewMap returns a map node.
func NewMap(span source.Span, entries ...Entry) *Node {
	return &Node{Kind: Map, Span: span, Entries: entries}
}

// NewList returns a list node.
func NewList(span source.Span, items ...*Node) *Node {
	return &Node{Kind: List, Span: span, Items: items}
}

// NewUnknown returns a node at span of which nothing is known.
func NewUnknown(span source.Span) *Node { return &Node{Span: span} }

// Is reports whether n has the shape. A nil node has none.
func (n *Node) Is(k Kind) bool { return n != nil && n.Kind == k }

// Place returns where a message about something that n lacks belongs.
func (n *Node) Place() source.Span {
	switch {
	case n == nil:
		return source.Span{}
	case n.Head.IsValid():
		return n.Head
	}
	return n.Span
}

// Get returns the member of a map, nil when there is none. A null member counts
// as none. It is safe on a nil node. It does not tell a member that is missing
// from one that cannot be seen: see [Node.Has].
func (n *Node) Get(keys ...string) *Node {
	for _, key := range keys {
		n = n.member(key)
	}
	return n
}

func (n *Node) member(key string) *Node {
	if !n.Is(Map) {
		return nil
	}
	for i := range n.Entries {
		if n.Entries[i].Key == key {
			if n.Entries[i].Value.Is(Null) {
				return nil
			}
			return n.Entries[i].Value
		}
	}
	return nil
}

// Entry returns the entry of a map, nil when there is none.
func (n *Node) Entry(key string) *Entry {
	if n.Is(Map) {
		for i := range n.Entries {
			if n.Entries[i].Key == key {
				return &n.Entries[i]
			}
		}
	}
	return nil
}

// Has reports whether a map has a member that is not null.
func (n *Node) Has(key string) tri.Bool {
	switch {
	case n == nil:
		return tri.No
	case n.Kind == Map && n.member(key) != nil:
		return tri.Yes
	case n.Kind == Unknown, n.Kind == Map && n.Open:
		return tri.Maybe
	}
	return tri.No
}

// Str returns the string of a scalar without holes.
func (n *Node) Str() (string, bool) {
	if !n.Is(Scalar) {
		return "", false
	}
	return n.Value.Get()
}

// Text returns a node as a string, as services read it: numbers and booleans
// are written out. Nil is absent; of a map or list nothing is known.
func (n *Node) Text() value.Text {
	switch {
	case n == nil:
		return value.Text{}
	case n.Kind == Null:
		return value.NoText(n.Span)
	case n.Kind == Scalar:
		return n.Value.At(n.Span)
	case n.Kind == Unknown && n.Value.Present() == tri.Yes:
		return n.Value.At(n.Span)
	}
	return value.UnknownText(n.Span)
}

// missing tells how a member that Get did not find is to be read.
func missing[T any](n *Node, key string, absent, unknown T) T {
	if n.Has(key) == tri.No {
		return absent
	}
	return unknown
}

// TextOf returns the member of a map as a text, absent when there is none.
func (n *Node) TextOf(key string) value.Text {
	if m := n.Get(key); m != nil {
		return m.Text()
	}
	return missing(n, key, value.NoText(n.Place()), value.UnknownText(n.Place()))
}

// BoolOf returns the member of a map as a boolean; "true" in quotes is one.
func (n *Node) BoolOf(key string) value.Of[bool] {
	return scalarOf(n, key, func(s string) (bool, bool) {
		b, err := strconv.ParseBool(strings.ToLower(s))
		return b, err == nil
	})
}

// IntOf returns the member of a map as a whole number; "3" and 3.0 are three.
func (n *Node) IntOf(key string) value.Of[int] {
	return scalarOf(n, key, func(s string) (int, bool) {
		f, err := strconv.ParseFloat(strings.TrimSpace(s), 64)
		if err != nil || f != math.Trunc(f) || math.Abs(f) > 1<<53 {
			return 0, false
		}
		return int(f), true
	})
}

// FloatOf returns the member of a map as a number.
func (n *Node) FloatOf(key string) value.Of[float64] {
	return scalarOf(n, key, func(s string) (float64, bool) {
		f, err := strconv.ParseFloat(strings.TrimSpace(s), 64)
		return f, err == nil && !math.IsNaN(f) && !math.IsInf(f, 0)
	})
}

// DurationOf returns the member of a map as a number of units.
func (n *Node) DurationOf(key string, unit time.Duration) value.Of[time.Duration] {
	return scalarOf(n, key, func(s string) (time.Duration, bool) {
		f, err := strconv.ParseFloat(strings.TrimSpace(s), 64)
		if err != nil || math.Abs(f) > 1e9 {
			return 0, false
		}
		return time.Duration(f * float64(unit)), true
	})
}

func scalarOf[T any](n *Node, key string, parse func(string) (T, bool)) value.Of[T] {
	m := n.Get(key)
	if m == nil {
		return missing(n, key, value.Absent[T](n.Place()), value.Unknown[T](n.Place()))
	}
	if s, ok := m.Str(); ok {
		if v, ok := parse(s); ok {
			return value.Known(v, m.Span).Assuming(m.Value.Assumes()...)
		}
	}
	return value.Unknown[T](m.Span)
}

// TextsOf returns the member of a map as a set of strings; a scalar is a list
// of one, and a missing member an empty set.
func (n *Node) TextsOf(key string) value.Set[value.Text] {
	m := n.Get(key)
	switch {
	case m == nil:
		return value.SetOf[value.Text](nil, n.Has(key) == tri.No)
	case m.Kind == Scalar:
		if _, isHole := m.Value.Only(); isHole {
			return value.Open(m.Text())
		}
		return value.Closed(m.Text())
	case m.Kind == List:
		var out []value.Text
		for _, item := range m.Items {
			if !item.Is(Null) {
				out = append(out, item.Text())
			}
		}
		return value.SetOf(out, !m.Open)
	}
	return value.Open[value.Text]()
}

// TextMapOf returns the member of a map as a map of strings.
func (n *Node) TextMapOf(key string) value.Map[value.Text] {
	return MapOf(n, key, (*Node).Text)
}

// MapOf returns the member of a map as a map of what lift makes of its members.
func MapOf[T any](n *Node, key string, lift func(*Node) T) value.Map[T] {
	m := n.Get(key)
	if m == nil {
		return missing(n, key, value.NoMap[T](n.Place()), value.OpenMap[T](n.Place()))
	}
	if m.Kind != Map {
		return value.OpenMap[T](m.Span)
	}
	var entries []value.Entry[T]
	for _, e := range m.Entries {
		if !e.Value.Is(Null) {
			entries = append(entries, value.Entry[T]{Key: value.Lit(e.Key, e.KeySpan), Value: lift(e.Value), Span: e.KeySpan})
		}
	}
	if m.Open {
		return value.OpenMap(m.Place(), entries...)
	}
	return value.NewMap(m.Place(), entries...)
}

// Members returns the members of a list and whether they are all; a nil node is
// an empty list, a map the list of itself, as CloudFormation reads it.
func (n *Node) Members() ([]*Node, bool) {
	switch {
	case n == nil, n.Kind == Null:
		return nil, true
	case n.Kind == List:
		var out []*Node
		for _, item := range n.Items {
			if !item.Is(Null) {
				out = append(out, item)
			}
		}
		return out, !n.Open
	case n.Kind == Map:
		return []*Node{n}, true
	case n.Kind == Scalar:
		if _, isHole := n.Value.Only(); !isHole {
			return []*Node{n}, true
		}
	}
	return nil, false
}

// Set returns a copy of a map in which key has the value v.
func (n *Node) Set(key string, v *Node) *Node {
	c := *n
	c.Entries = make([]Entry, 0, len(n.Entries)+1)
	found := false
	for _, e := range n.Entries {
		if e.Key == key {
			e.Value, found = v, true
		}
		c.Entries = append(c.Entries, e)
	}
	if !found {
		c.Entries = append(c.Entries, Entry{key, v.Span, v})
	}
	return &c
}

// Without returns a copy of a map that lacks the keys.
func (n *Node) Without(keys ...string) *Node {
	c := *n
	c.Entries = nil
next:
	for _, e := range n.Entries {
		for _, k := range keys {
			if e.Key == k {
				continue next
			}
		}
		c.Entries = append(c.Entries, e)
	}
	return &c
}
