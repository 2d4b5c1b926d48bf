// Package resourcetree assembles the paths of a REST API's resources, each of
// which is written as a reference to its parent and one part of the path.
package resourcetree

import (
	"github.com/apigwlint/apigwlint/tri"
	"github.com/apigwlint/apigwlint/value"
)

// A Tree is the resources of REST APIs. The zero value is empty and ready.
type Tree struct {
	nodes map[value.Ref]*node
}

type node struct {
	root         bool
	parent, part value.Text
	busy         bool // being resolved: a parent that is met again is a cycle
}

// AddRoot says that ref is the identifier of an API's root resource.
func (t *Tree) AddRoot(ref value.Ref) { t.add(ref, &node{root: true}) }

// Add says that ref is the identifier of the resource below parent, which is a
// reference to another resource, that adds part to its path.
func (t *Tree) Add(ref value.Ref, parent, part value.Text) {
	t.add(ref, &node{parent: parent, part: part})
}

func (t *Tree) add(ref value.Ref, n *node) {
	if t.nodes == nil {
		t.nodes = map[value.Ref]*node{}
	}
	ref.Segment = false
	t.nodes[ref] = n
}

// Path returns the path, such as /orders/{id}, of the resource that id refers
// to. It is unknown when any of the way up to the root is.
func (t *Tree) Path(id value.Text) value.Text {
	ref, ok := id.Only()
	if !ok {
		return value.UnknownText(id.Span())
	}
	ref.Segment = false
	n := t.nodes[ref]
	switch {
	case n == nil || n.busy:
		return value.UnknownText(id.Span())
	case n.root:
		return value.Lit("/", id.Span()).Assuming(id.Assumes()...)
	case n.part.Present() != tri.Yes:
		return value.UnknownText(n.part.Span())
	}
	n.busy = true
	parent := t.Path(n.parent)
	n.busy = false
	slash := value.Lit("/", n.part.Span())
	if parent.Is("/") == tri.Yes {
		return slash.Append(n.part).Assuming(parent.Assumes()...)
	}
	return parent.Append(slash).Append(n.part).At(n.part.Span())
}
