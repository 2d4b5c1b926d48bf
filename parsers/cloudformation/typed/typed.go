// Package typed reads the properties of CloudFormation resources as the types
// that the resource specification gives them: goformation's structs, with a
// small overlay for what is newer than they are. CloudFormation itself is
// lenient: it takes numbers and booleans in quotes, and one value where a list
// is expected. What comes out is a tree again, which stays the one source of
// presence, unknown-ness and position.
package typed

import (
	"math"
	"reflect"
	"strconv"
	"strings"
	"sync"

	"github.com/apigwlint/apigwlint/parsers/internal/tree"
	"github.com/apigwlint/apigwlint/source"
	"github.com/apigwlint/apigwlint/value"
)

// Properties returns props in the shapes that the resource type's properties
// have. A value that cannot have the shape is unknown; names that the type does
// not know, and resources of types that this package does not know, are kept.
func Properties(resourceType string, props *tree.Node) *tree.Node {
	t, ok := types[resourceType]
	if !ok || props == nil {
		return props
	}
	return coerce(props, t)
}

// Knows reports whether the package has the type of the resource's properties.
func Knows(resourceType string) bool {
	_, ok := types[resourceType]
	return ok
}

func coerce(n *tree.Node, t reflect.Type) *tree.Node {
	if n == nil || n.Kind == tree.Unknown || n.Kind == tree.Null {
		return n
	}
	if t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	switch t.Kind() {
	case reflect.Struct:
		fields := fieldsOf(t)
		return members(n, func(key string) (reflect.Type, bool) {
			f, ok := fields[key]
			return f, ok
		})
	case reflect.Map:
		return members(n, func(string) (reflect.Type, bool) { return t.Elem(), true })
	case reflect.Slice:
		return list(n, t.Elem())
	case reflect.String:
		return scalar(n, tree.String, func(string) bool { return true })
	case reflect.Bool:
		return scalar(n, tree.Bool, func(s string) bool { return strings.EqualFold(s, "true") || strings.EqualFold(s, "false") })
	case reflect.Int, reflect.Int64:
		return scalar(n, tree.Int, func(s string) bool {
			f, err := strconv.ParseFloat(s, 64)
			return err == nil && f == math.Trunc(f)
		})
	case reflect.Float64:
		return scalar(n, tree.Float, func(s string) bool {
			_, err := strconv.ParseFloat(s, 64)
			return err == nil
		})
	}
	return n // any JSON
}

// unknown is a value that is there but cannot be what is asked for.
func unknown(n *tree.Node) *tree.Node { return &tree.Node{Span: n.Span, Head: n.Head} }

func members(n *tree.Node, typeOf func(key string) (reflect.Type, bool)) *tree.Node {
	if n.Kind != tree.Map {
		return unknown(n)
	}
	out := *n
	out.Entries = make([]tree.Entry, len(n.Entries))
	for i, e := range n.Entries {
		if t, ok := typeOf(e.Key); ok {
			e.Value = coerce(e.Value, t)
		}
		out.Entries[i] = e
	}
	return &out
}

func list(n *tree.Node, elem reflect.Type) *tree.Node {
	if n.Kind != tree.List {
		// One value stands for the list of it, unless it may be a list itself.
		item := *n
		item.Head = source.Span{}
		one := &tree.Node{Kind: tree.List, Span: n.Span, Head: n.Head, Items: []*tree.Node{&item}}
		if ref, isHole := n.Value.Only(); n.Kind == tree.Scalar && isHole {
			one.Open = !single(ref)
		}
		n = one
	}
	out := *n
	out.Items = make([]*tree.Node, len(n.Items))
	for i, item := range n.Items {
		out.Items[i] = coerce(item, elem)
	}
	return &out
}

// single reports whether a reference certainly stands for one string: Ref of a
// resource and an ARN do, while parameters and other attributes may be lists.
func single(ref value.Ref) bool {
	return ref.Segment || ref.Kind == value.Resource && (ref.Attr == "" || strings.HasSuffix(ref.Attr, "Arn")) || ref.Kind == value.Pseudo && ref.Name != "NotificationARNs"
}

func scalar(n *tree.Node, t tree.Type, valid func(string) bool) *tree.Node {
	if n.Kind != tree.Scalar {
		return unknown(n)
	}
	if s, whole := n.Value.Get(); whole && !valid(strings.TrimSpace(s)) {
		return unknown(n)
	}
	out := *n
	out.Type = t
	return &out
}

// fieldCache holds the result of fieldsOf by type.
var fieldCache sync.Map

// fieldsOf returns the types of a struct's properties by name. Fields of an
// overlay win over those of the struct that it embeds.
func fieldsOf(t reflect.Type) map[string]reflect.Type {
	if m, ok := fieldCache.Load(t); ok {
		return m.(map[string]reflect.Type)
	}
	m := map[string]reflect.Type{}
	for i := range t.NumField() {
		if f := t.Field(i); f.Anonymous {
			for name, ft := range fieldsOf(f.Type) {
				m[name] = ft
			}
		}
	}
	for i := range t.NumField() {
		f := t.Field(i)
		name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		if f.IsExported() && !f.Anonymous && name != "" && name != "-" {
			m[name] = f.Type
		}
	}
	fieldCache.Store(t, m)
	return m
}
