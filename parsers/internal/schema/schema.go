// Package schema finds out how large the instances of a JSON schema are, written
// as JSON without white space.
package schema

import (
	"strings"

	"github.com/apigwlint/apigwlint/model"
	"github.com/apigwlint/apigwlint/parsers/internal/tree"
	"github.com/apigwlint/apigwlint/tri"
	"github.com/apigwlint/apigwlint/value"
)

// A Meter measures schemas of one document. What it cannot see counts for the
// least that it may be, so that every size is that of some instance, or less.
type Meter struct {
	follow         func(*tree.Node) *tree.Node
	active         map[*tree.Node]bool
	least, longest map[*tree.Node]int
}

// New returns a meter. follow returns what a node stands for that may be a reference.
func New(follow func(*tree.Node) *tree.Node) *Meter {
	return &Meter{follow: follow, active: map[*tree.Node]bool{}, least: map[*tree.Node]int{}, longest: map[*tree.Node]int{}}
}

// Within returns what follows references within a schema that stands alone.
func Within(doc *tree.Node) func(*tree.Node) *tree.Node {
	const maxRefs = 32 // no real schema has more in a row
	return func(n *tree.Node) *tree.Node {
		for range maxRefs {
			ref := n.Get("$ref")
			if ref == nil {
				return n
			}
			s, _ := ref.Str()
			path, ok := strings.CutPrefix(s, "#/")
			if n = doc.Get(strings.Split(path, "/")...); !ok || n == nil {
				break
			}
		}
		return tree.NewUnknown(doc.Span)
	}
}

// Sizes returns a schema with the sizes of its instances.
func (m *Meter) Sizes(n *tree.Node, contentType value.Text) *model.Schema {
	at := m.follow(n).Place()
	return &model.Schema{
		ContentType: contentType,
		Smallest:    value.Known(m.smallest(n), at),
		Declared:    value.Known(m.declared(n), at),
		Span:        at,
	}
}

// most is where sizes stop to count; unbounded is from where on a maximum is
// none, because generators write the largest integer for it.
const (
	most      = 1 << 50
	unbounded = 1<<31 - 1
)

// measure runs on what n stands for, once. A schema that contains itself counts
// for one byte within itself.
func (m *Meter) measure(n *tree.Node, known map[*tree.Node]int, of func(*tree.Node) int) int {
	n = m.follow(n)
	if !n.Is(tree.Map) || m.active[n] {
		return 1
	}
	if size, ok := known[n]; ok {
		return size
	}
	m.active[n] = true
	size := min(of(n), most)
	delete(m.active, n)
	known[n] = size
	return size
}

// smallest returns a lower bound for the size of all instances.
func (m *Meter) smallest(n *tree.Node) int { return m.measure(n, m.least, m.smallestOf) }

func (m *Meter) smallestOf(n *tree.Node) int {
	if null := max(n.BoolOf("nullable").Or(false).Is(isTrue), n.BoolOf("x-nullable").Or(false).Is(isTrue)); null != tri.No {
		return 1
	}
	size := 1
	for _, part := range list(n, "allOf") {
		size = max(size, m.smallest(part))
	}
	for _, key := range []string{"anyOf", "oneOf"} {
		if choices, all := choices(n, key); all && len(choices) > 0 {
			least := most
			for _, c := range choices {
				least = min(least, m.smallest(c))
			}
			size = max(size, least)
		}
	}
	if values, all := choices(n, "enum"); all && len(values) > 0 {
		least := most
		for _, v := range values {
			least = min(least, length(v))
		}
		return max(size, least)
	}
	switch kind, _ := n.Get("type").Str(); kind {
	case "string":
		return max(size, add(2, bound(n, "minLength", 0)))
	case "boolean", "null":
		return max(size, len("true"))
	case "array":
		item := 1
		if items := n.Get("items"); items.Is(tree.Map) {
			item = m.smallest(items)
		}
		return max(size, many(bound(n, "minItems", 0), item))
	case "object":
		return max(size, m.members(n, true, m.smallest))
	}
	return size
}

// declared returns the size of an instance that is as large as the bounds
// which are written down allow; what has no bound is as small as it can be.
func (m *Meter) declared(n *tree.Node) int { return m.measure(n, m.longest, m.declaredOf) }

func (m *Meter) declaredOf(n *tree.Node) int {
	size := 1
	for _, key := range []string{"allOf", "anyOf", "oneOf"} {
		for _, part := range list(n, key) {
			size = max(size, m.declared(part))
		}
	}
	if values, _ := choices(n, "enum"); len(values) > 0 {
		for _, v := range values {
			size = max(size, length(v))
		}
		return size
	}
	switch kind, _ := n.Get("type").Str(); kind {
	case "string":
		return max(size, add(2, bound(n, "maxLength", bound(n, "minLength", 0))))
	case "array":
		item := 1
		if items := n.Get("items"); items.Is(tree.Map) {
			item = m.declared(items)
		}
		return max(size, many(bound(n, "maxItems", bound(n, "minItems", 0)), item))
	case "object":
		return max(size, m.members(n, false, m.declared))
	}
	return size
}

// members returns the size of an object with its properties, or with those only
// that it has to have.
func (m *Meter) members(n *tree.Node, needed bool, measure func(*tree.Node) int) int {
	size := 2
	required := map[string]bool{}
	for _, r := range list(n, "required") {
		if name, ok := r.Str(); ok {
			required[name] = true
		}
	}
	properties := m.follow(n.Get("properties"))
	count := 0
	for name := range required {
		if needed && properties.Get(name) == nil {
			size, count = add(size, len(name)+4), count+1
		}
	}
	if properties.Is(tree.Map) {
		for _, e := range properties.Entries {
			if needed && !required[e.Key] {
				continue
			}
			size, count = add(size, add(len(e.Key)+3, measure(e.Value))), count+1
		}
	}
	return add(size, max(count-1, 0))
}

func isTrue(b bool) bool { return b }

// bound returns a number of characters or members; zero when it is not known,
// and def when there is none.
func bound(n *tree.Node, key string, def int) int {
	v, ok := n.IntOf(key).Or(def).Get()
	if !ok || v < 0 || v >= unbounded {
		return 0
	}
	return v
}

// many returns the size of an array.
func many(count, item int) int {
	if count > 0 && item > most/count {
		return most
	}
	return add(2, add(count*item, max(count-1, 0)))
}

func add(a, b int) int { return min(a+b, most) }

// length returns how long a value is as JSON, or less.
func length(n *tree.Node) int {
	s, ok := n.Str()
	switch {
	case !ok:
		return 1
	case n.Type == tree.String:
		return len(s) + 2
	}
	return max(len(strings.TrimSpace(s)), 1)
}

// list returns the members of a list that can be seen.
func list(n *tree.Node, key string) []*tree.Node {
	members, _ := choices(n, key)
	return members
}

// choices returns the members of a list and whether these are all.
func choices(n *tree.Node, key string) ([]*tree.Node, bool) {
	if m := n.Get(key); m.Is(tree.List) {
		return m.Items, !m.Open
	}
	return nil, n.Has(key) == tri.No
}
