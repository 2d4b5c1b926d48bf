package value

import (
	"iter"
	"slices"

	"github.com/apigwlint/apigwlint/source"
	"github.com/apigwlint/apigwlint/tri"
)

// A Set is the things of one kind that the linter can see.
type Set[T any] struct {
	items  []T
	closed bool
}

// Open returns a set that may have members elsewhere: another stack, a module
// that was not loaded, a count that depends on a variable.
func Open[T any](items ...T) Set[T] { return Set[T]{items, false} }

// Closed returns a set known to be complete.
func Closed[T any](items ...T) Set[T] { return Set[T]{items, true} }

// SetOf returns a set that is closed or open.
func SetOf[T any](items []T, closed bool) Set[T] { return Set[T]{items, closed} }

// All yields the members that can be seen.
func (s Set[T]) All() iter.Seq[T] { return slices.Values(s.items) }

// Len returns the number of members that can be seen.
func (s Set[T]) Len() int { return len(s.items) }

// IsClosed reports whether all members can be seen.
func (s Set[T]) IsClosed() bool { return s.closed }

// With returns the set with items added.
func (s Set[T]) With(items ...T) Set[T] {
	s.items = slices.Concat(s.items, items)
	return s
}

// Opened returns the set as one that may have more members.
func (s Set[T]) Opened() Set[T] {
	s.closed = false
	return s
}

// Empty reports whether the set has no members at all. Only a closed set can
// say Yes.
func (s Set[T]) Empty() tri.Bool {
	return s.Any(func(T) tri.Bool { return tri.Yes }).Not()
}

// Any reports whether some member satisfies ok. Only a closed set can say No.
func (s Set[T]) Any(ok func(T) tri.Bool) tri.Bool {
	r := tri.No
	if !s.closed {
		r = tri.Maybe
	}
	for _, x := range s.items {
		r = tri.Or(r, ok(x))
	}
	return r
}

// Every reports whether all members satisfy ok. Only a closed set can say Yes.
func (s Set[T]) Every(ok func(T) tri.Bool) tri.Bool {
	return s.Any(func(x T) tri.Bool { return ok(x).Not() }).Not()
}

// An Entry is a member of a Map.
type Entry[T any] struct {
	Key   Text
	Value T
	Span  source.Span // the key and its value
}

// A Map is a block of settings under names that the user chooses, such as a
// stage's variables.
type Map[T any] struct {
	entries []Entry[T]
	st      state
	span    source.Span
}

// NewMap returns a map at span with all its entries.
func NewMap[T any](span source.Span, entries ...Entry[T]) Map[T] {
	return Map[T]{entries, known, span}
}

// NoMap returns a map that the block at span leaves out.
func NoMap[T any](span source.Span) Map[T] { return Map[T]{st: absent, span: span} }

// OpenMap returns a map that may have more entries than those.
func OpenMap[T any](span source.Span, entries ...Entry[T]) Map[T] {
	return Map[T]{entries, unknown, span}
}

// Span returns where the map is or, for an absent one, the block that lacks it.
func (m Map[T]) Span() source.Span { return m.span }

// Present reports whether the map is written down.
func (m Map[T]) Present() tri.Bool { return present(m.st) }

// Assumes is there so that a map is a [Setting]; its entries have their own.
func (m Map[T]) Assumes() []Ref { return nil }

// IsClosed reports whether all entries can be seen.
func (m Map[T]) IsClosed() bool { return m.st != unknown }

// All yields the entries that can be seen.
func (m Map[T]) All() iter.Seq[Entry[T]] { return slices.Values(m.entries) }

// Len returns the number of entries that can be seen.
func (m Map[T]) Len() int { return len(m.entries) }

// Has reports whether the map has an entry for key.
func (m Map[T]) Has(key string) tri.Bool {
	return SetOf(m.entries, m.IsClosed()).Any(func(e Entry[T]) tri.Bool { return e.Key.Is(key) })
}

// Get returns the entry for key when there certainly is one.
func (m Map[T]) Get(key string) (T, bool) {
	for _, e := range m.entries {
		if e.Key.Is(key) == tri.Yes {
			return e.Value, true
		}
	}
	var zero T
	return zero, false
}

// Merge returns m overlaid with n: the entries of n win.
func (m Map[T]) Merge(n Map[T]) Map[T] {
	if n.st == absent {
		return m
	}
	out := Map[T]{st: known, span: n.span}
	if m.st == unknown || n.st == unknown {
		out.st = unknown
	}
	for _, e := range m.entries {
		if key, ok := e.Key.Get(); !ok || n.Has(key) == tri.No {
			out.entries = append(out.entries, e)
		}
	}
	out.entries = append(out.entries, n.entries...)
	return out
}
