package openapi

import (
	"net/url"
	"path"
	"slices"
	"strconv"
	"strings"

	"github.com/apigwlint/apigwlint/parsers/internal/files"
	"github.com/apigwlint/apigwlint/parsers/internal/tree"
	"github.com/apigwlint/apigwlint/source"
	"github.com/apigwlint/apigwlint/tri"
)

// A document is a tree with everything that its references lead to.
type document struct {
	root *tree.Node

	// Of a file of its own, which may refer to other files:
	reader   *files.Reader // nil when references may not leave the document
	roots    map[*source.File]*tree.Node
	files    []*source.File
	problems []source.Problem
}

func newDocument(root *tree.Node) *document { return &document{root: root} }

// maxRefs is how many references in a row are followed. No real document has
// more than a few; the bound ends those that lead in a circle.
const maxRefs = 32

// follow returns what stands in the place of n: n itself unless it is a
// reference. Of a reference that leads nowhere, or out of what may be read,
// nothing is known.
func (d *document) follow(n *tree.Node) *tree.Node {
	for range maxRefs {
		ref := reference(n)
		if ref == nil {
			return n
		}
		target := d.target(ref, maxRefs)
		if target == nil {
			return unknownAt(n)
		}
		n = target
	}
	return unknownAt(n)
}

func unknownAt(n *tree.Node) *tree.Node {
	u := tree.NewUnknown(n.Span)
	u.Head = n.Head
	return u
}

// reference returns the target of a node that is a reference, or nil.
func reference(n *tree.Node) *tree.Node {
	if ref := n.Get("$ref"); ref.Is(tree.Scalar) || ref.Is(tree.Unknown) {
		return ref
	}
	return nil
}

// dangling reports whether a reference within the document certainly leads nowhere.
func (d *document) dangling(ref *tree.Node) bool {
	s, ok := ref.Str()
	if !ok || !strings.HasPrefix(s, "#/") {
		return false
	}
	n := d.root
	for _, token := range strings.Split(s[2:], "/") {
		token = unescape.Replace(token)
		if !n.Is(tree.Map) || reference(n) != nil {
			return false
		}
		if n.Has(token) != tri.Yes {
			return n.Has(token) == tri.No
		}
		n = n.Get(token)
	}
	return false
}

// target returns the node that a reference leads to, or nil.
func (d *document) target(ref *tree.Node, budget int) *tree.Node {
	s, ok := ref.Str()
	if !ok {
		return nil
	}
	name, pointer, _ := strings.Cut(s, "#")
	root := d.root
	if own, ok := d.roots[ref.Span.File]; ok {
		root = own
	}
	if name != "" {
		root = d.load(ref.Span.File, name)
	}
	return d.point(root, pointer, budget)
}

// point follows a JSON pointer, through references where they stand in the way.
func (d *document) point(n *tree.Node, pointer string, budget int) *tree.Node {
	if decoded, err := url.PathUnescape(pointer); err == nil {
		pointer = decoded
	}
	if pointer == "" || pointer == "/" {
		return n
	}
	if !strings.HasPrefix(pointer, "/") {
		return nil
	}
	for _, token := range strings.Split(pointer[1:], "/") {
		token = unescape.Replace(token)
		for reference(n) != nil && n.Entry(token) == nil {
			if budget--; budget <= 0 {
				return nil
			}
			n = d.target(reference(n), budget)
		}
		switch {
		case n.Is(tree.Map):
			n = n.Get(token)
		case n.Is(tree.List):
			i, err := strconv.Atoi(token)
			if err != nil || i < 0 || i >= len(n.Items) {
				return nil
			}
			n = n.Items[i]
		default:
			return nil
		}
	}
	return n
}

// unescape undoes the escapes of JSON pointers (RFC 6901, section 4).
var unescape = strings.NewReplacer("~1", "/", "~0", "~")

// load returns the document in another file, named relative to the file in
// which the reference stands. Nothing is read that is not a relative path below
// the roots of the reader: no other scheme, no other host, no absolute path.
func (d *document) load(from *source.File, name string) *tree.Node {
	if d.reader == nil || from == nil {
		return nil
	}
	u, err := url.Parse(name)
	if err != nil || u.Scheme != "" || u.Host != "" || u.User != nil || u.Opaque != "" || u.RawQuery != "" {
		return nil
	}
	if u.Path == "" || strings.ContainsAny(u.Path, "\\:\x00") || path.IsAbs(u.Path) {
		return nil
	}
	name = path.Join(path.Dir(from.Name), u.Path)
	f, err := d.reader.Read(name)
	if err != nil {
		return nil
	}
	if root, ok := d.roots[f]; ok {
		return root
	}
	root, problems, err := d.reader.Tree(name)
	if err != nil {
		return nil
	}
	root = evaluate(root)
	d.roots[f] = root
	if !slices.Contains(d.files, f) {
		d.files = append(d.files, f)
	}
	d.problems = append(d.problems, problems...)
	return root
}
