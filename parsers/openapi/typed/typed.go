// Package typed is the second look at OpenAPI documents: as the types of
// kin-openapi, with references resolved and Swagger 2.0 converted. It is for
// questions about schemas and declarations, and for checking the lift. Linting
// never depends on it: kin-openapi refuses documents that API Gateway imports,
// takes longer than everything else together, and does not know places.
package typed

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"strings"

	"github.com/getkin/kin-openapi/openapi2"
	"github.com/getkin/kin-openapi/openapi2conv"
	"github.com/getkin/kin-openapi/openapi3"

	"github.com/apigwlint/apigwlint/parsers/internal/tree"
)

// errRead is returned for everything that kin-openapi asks to read.
var errRead = errors.New("typed documents refer to nothing outside themselves")

// Document returns the typed form of a document. References that lead out of it
// or nowhere count as empty.
func Document(root *tree.Node) (doc *openapi3.T, err error) {
	defer func() {
		// A bug of the library must not end the run: this is a second look.
		if r := recover(); r != nil {
			doc, err = nil, fmt.Errorf("kin-openapi: %v", r)
		}
	}()
	data := tree.ToJSON(sanitize(root))
	loader := openapi3.NewLoader()
	loader.IsExternalRefsAllowed = false
	loader.ReadFromURIFunc = func(*openapi3.Loader, *url.URL) ([]byte, error) { return nil, errRead }
	if root.Get("swagger") == nil {
		return loader.LoadFromData(data)
	}
	var old openapi2.T
	if err := json.Unmarshal(data, &old); err != nil {
		return nil, err
	}
	return openapi2conv.ToV3WithLoader(&old, loader, nil)
}

// sanitize returns a document with what API Gateway accepts written as the
// specification wants it.
func sanitize(root *tree.Node) *tree.Node {
	s := sanitizer{root}
	out := s.node(root, 0)
	if !out.Is(tree.Map) {
		return out
	}
	for _, key := range []string{"openapi", "swagger"} {
		if v := out.Get(key); v != nil {
			out = out.Set(key, text(v))
		}
	}
	if info := out.Get("info"); info.Is(tree.Map) {
		for _, e := range info.Entries {
			info = info.Set(e.Key, text(e.Value))
		}
		out = out.Set("info", info)
	}
	if servers := out.Get("servers"); servers.Is(tree.Map) {
		out = out.Set("servers", tree.NewList(servers.Span, servers))
	}
	return out
}

// text returns a scalar as a string.
func text(n *tree.Node) *tree.Node {
	if !n.Is(tree.Scalar) {
		return n
	}
	c := *n
	c.Type = tree.String
	return &c
}

type sanitizer struct{ root *tree.Node }

// maxDepth is how deep documents are nested.
const maxDepth = 200

func (s sanitizer) node(n *tree.Node, depth int) *tree.Node {
	switch {
	case depth > maxDepth:
		return tree.NewMap(n.Span)
	case n.Is(tree.Map):
		if ref, ok := n.Get("$ref").Str(); ok && !s.leads(ref) {
			return n.Without("$ref")
		}
		c := *n
		c.Entries = make([]tree.Entry, 0, len(n.Entries))
		for _, e := range n.Entries {
			if e.Value.Is(tree.Null) || strings.HasPrefix(e.Key, "x-") {
				continue // extensions are read from the tree
			}
			e.Value = s.node(e.Value, depth+1)
			c.Entries = append(c.Entries, e)
		}
		return &c
	case n.Is(tree.List):
		c := *n
		c.Items = make([]*tree.Node, len(n.Items))
		for i, item := range n.Items {
			c.Items[i] = s.node(item, depth+1)
		}
		return &c
	}
	return n
}

// leads reports whether a reference leads to something within the document.
func (s sanitizer) leads(ref string) bool {
	pointer, ok := strings.CutPrefix(ref, "#/")
	if !ok {
		return false
	}
	n := s.root
	for _, token := range strings.Split(pointer, "/") {
		if decoded, err := url.PathUnescape(token); err == nil {
			token = decoded
		}
		if n = n.Get(strings.NewReplacer("~1", "/", "~0", "~").Replace(token)); n == nil {
			return false
		}
	}
	return true
}
