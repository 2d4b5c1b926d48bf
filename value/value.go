// Package value represents settings as a linter sees them: written down, left
// out, or not decidable before deployment.
//
// The zero value of every type here means "not decidable". A parser that does
// not know a property yet leaves the field alone, and no rule can mistake that
// for a property that the user left out.
package value

import (
	"slices"

	"github.com/apigwlint/apigwlint/source"
	"github.com/apigwlint/apigwlint/tri"
)

type state int8

const (
	unknown state = iota
	absent
	known
)

// A Setting is anything that stands, or is missing, at a place in a file.
type Setting interface {
	// Span is where the setting is or, for an absent one, the block that lacks it.
	Span() source.Span
	// Present reports whether the setting is written down.
	Present() tri.Bool
	// Assumes lists the parameters whose defaults the value rests on.
	Assumes() []Ref
}

// An Of is a setting of type T and where it is.
type Of[T any] struct {
	v       T
	st      state
	span    source.Span
	assumes []Ref
}

// Known returns a setting written at span.
func Known[T any](v T, span source.Span) Of[T] { return Of[T]{v: v, st: known, span: span} }

// Absent returns a setting that the block at span leaves out.
func Absent[T any](span source.Span) Of[T] { return Of[T]{st: absent, span: span} }

// Unknown returns a setting at span whose value depends on the deployment.
func Unknown[T any](span source.Span) Of[T] { return Of[T]{span: span} }

// Get returns the value, and whether it is known.
func (o Of[T]) Get() (T, bool) { return o.v, o.st == known }

// Or returns the setting with def, the service's default, for its value when it
// was left out.
func (o Of[T]) Or(def T) Of[T] {
	if o.st == absent {
		o.v, o.st = def, known
	}
	return o
}

// Is reports whether ok holds of the value. An absent setting has none.
func (o Of[T]) Is(ok func(T) bool) tri.Bool {
	switch o.st {
	case known:
		return tri.Of(ok(o.v))
	case absent:
		return tri.No
	}
	return tri.Maybe
}

// Present reports whether the setting is written down.
func (o Of[T]) Present() tri.Bool { return present(o.st) }

// Span returns where the setting is or, for an absent one, the block that lacks it.
func (o Of[T]) Span() source.Span { return o.span }

// Assumes lists the parameters whose defaults the value rests on.
func (o Of[T]) Assumes() []Ref { return o.assumes }

// Assuming returns the setting as one that rests on the defaults of refs too.
func (o Of[T]) Assuming(refs ...Ref) Of[T] {
	o.assumes = append(slices.Clip(o.assumes), refs...)
	return o
}

func present(st state) tri.Bool {
	switch st {
	case known:
		return tri.Yes
	case absent:
		return tri.No
	}
	return tri.Maybe
}

// A RefKind says what sort of thing a reference names.
type RefKind string

// The kinds of references.
const (
	Resource  RefKind = "resource"  // a resource of the unit, by logical id or address
	Parameter RefKind = "parameter" // a parameter or variable without a value
	Pseudo    RefKind = "pseudo"    // Region, AccountId, Partition, URLSuffix: the place of the deployment
	Import    RefKind = "import"    // an export or data source of something outside the unit
	Other     RefKind = "other"     // an expression that could not be evaluated
)

// A Ref names something whose value is known only at deployment.
type Ref struct {
	Kind RefKind
	Name string // logical id, Terraform address, parameter name, pseudo parameter without "AWS::"
	Attr string // the attribute asked for, such as Arn; empty for the resource's own reference value

	// Segment says that the value certainly holds neither "/" nor ":", so that
	// it fills exactly one segment of a path or an ARN: an identifier, a name.
	Segment bool
}

// String returns the reference as it is written between ${ and }.
func (r Ref) String() string {
	switch {
	case r.Kind == Pseudo:
		return "AWS::" + r.Name
	case r.Attr != "":
		return r.Name + "." + r.Attr
	}
	return r.Name
}
