package model

import (
	"github.com/apigwlint/apigwlint/source"
	"github.com/apigwlint/apigwlint/tri"
	"github.com/apigwlint/apigwlint/value"
)

// A Code says what a function's code is made of, as far as local files hold it.
type Code struct {
	// Inline is the source itself, which the definition holds.
	Inline value.Text
	// File is what its file is called, without extension; index when absent.
	File value.Text
	// Local is the local directory, file or archive, as it is called from
	// where apigwlint runs.
	Local value.Text
	// Entry is a file of the sources that a build makes the code of, where it
	// is named: an entry point of esbuild.
	Entry value.Text
	// Build is what builds the code: esbuild, go1.x, makefile, …
	Build value.Text
	// Layers counts the layers that are added to the code.
	Layers value.Of[int]
	// Environment are the function's environment variables.
	Environment value.Map[value.Text]
}

// A Handler is what the source of a function shows of its handler.
type Handler struct {
	// Found is No when the code certainly lacks what the function's handler
	// setting names, and Lacks says what is not there.
	Found tri.Bool
	Lacks string
	// Language is python, javascript, typescript or go.
	Language string
	// Responses are what it may return. An open set may have others, and what a
	// path returns that only something other than API Gateway leads to is none.
	Responses value.Set[*Output]
	// Faults are the errors that it ends with on purpose.
	Faults value.Set[*Fault]
	// Requires are properties of the event without which it fails on every call.
	Requires value.Set[*EventRead]
	// Payload is the version of the payload format that it is written for, when
	// it is written for one only.
	Payload value.Text
	// Streams says whether it streams its response.
	Streams tri.Bool
	// Span is its definition, or for one that is not there the file that lacks it.
	Span source.Span
}

// An Output is one of the values that a handler returns.
type Output struct {
	Data *Data
	// Meant is Yes when it is surely API Gateway that gets it: not when a
	// condition that leads to it may have asked who calls.
	Meant tri.Bool
	Span  source.Span // where it is returned
}

// A Fault is an error with which a handler ends.
type Fault struct {
	// Name is the error as it is written, and Message what it says.
	Name    string
	Message value.Text
	// Lost says that a response is returned beside the error, and Status its
	// status when that is written down.
	Lost   bool
	Status string
	// Request says whether the request decides that it comes to that.
	Request tri.Bool
	Span    source.Span
}

// An EventRead is a property of the event, by the names that lead to it.
type EventRead struct {
	Path []string
	Span source.Span
}

// A DataKind is a kind of JSON value.
type DataKind string

// The kinds of JSON values.
const (
	NullData   DataKind = "null"
	BoolData   DataKind = "boolean"
	NumberData DataKind = "number"
	StringData DataKind = "string"
	ListData   DataKind = "list"
	ObjectData DataKind = "object"
)

// A Data is what is known of a JSON value that a program makes.
type Data struct {
	Kind value.Of[DataKind]
	// Text is what a string, number or boolean is.
	Text value.Text
	// Fields are the members of an object.
	Fields value.Map[*Data]
	Span   source.Span
}

// Is reports whether the value is of one of the kinds.
func (d *Data) Is(kinds ...DataKind) tri.Bool {
	if d == nil {
		return tri.Maybe
	}
	return d.Kind.Is(func(k DataKind) bool {
		for _, want := range kinds {
			if k == want {
				return true
			}
		}
		return false
	})
}

// Field returns a member of an object that is certainly there, or nil.
func (d *Data) Field(name string) *Data {
	if d == nil {
		return nil
	}
	f, _ := d.Fields.Get(name)
	return f
}

// Has reports whether an object has a member.
func (d *Data) Has(name string) tri.Bool {
	if d == nil {
		return tri.Maybe
	}
	return tri.And(d.Is(ObjectData), d.Fields.Has(name))
}
