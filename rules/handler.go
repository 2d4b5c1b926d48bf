package rules

import (
	"fmt"
	"iter"

	"github.com/apigwlint/apigwlint/lint"
	"github.com/apigwlint/apigwlint/model"
	"github.com/apigwlint/apigwlint/tri"
	"github.com/apigwlint/apigwlint/value"
)

// A handled is a function of the files that a route invokes, of which the
// source was read.
type handled struct {
	route   *model.Route
	in      *model.Integration
	inv     *model.Invocation
	fn      *model.Function
	handler *model.Handler
}

// handlers yields the functions behind routes of which the source was read.
func handlers(m *model.Model) iter.Seq[handled] {
	return func(yield func(handled) bool) {
		for route, in := range m.Integrations() {
			inv, ok := in.Lambda.Get()
			if !ok || in.InvokesLambda() != tri.Yes {
				continue
			}
			for _, fn := range functions(inv) {
				if fn.Source != nil && !yield(handled{route, in, inv, fn, fn.Source}) {
					return
				}
			}
		}
	}
}

// sync reports whether the function is invoked as a proxy whose response is
// waited for and buffered.
func (h handled) sync() tri.Bool {
	return tri.And(h.in.Type.IsFold("AWS_PROXY"), h.in.Streams().Not(), h.in.IsAsync().Not())
}

// failure is what callers see of a malformed response, or of a function that fails.
func (h handled) failure() []int {
	if h.route.API.Kind == model.HTTP {
		return []int{500}
	}
	return []int{502}
}

// malformedLog is the line that the execution log shows of a malformed response.
func (h handled) malformedLog() string {
	if h.route.API.Kind == model.HTTP {
		return ""
	}
	return "Execution failed due to configuration error: Malformed Lambda proxy response"
}

func (h handled) related() []lint.Related {
	out := []lint.Related{{Span: h.fn.Span, Message: h.fn.ID + " is defined here"}}
	return append(out, lint.Related{Span: place(h.inv.Span, h.in.Span), Message: "the function is invoked here"})
}

// uses lists the settings that lead from the route to the source.
func (h handled) uses() []value.Setting {
	return append(naming(h.inv), h.fn.Handler, h.fn.Runtime)
}

// once makes one finding of what is wrong at a place, for all routes.
func once(what string, at fmt.Stringer) string { return what + "@" + at.String() }

// article names a kind of value.
func article(d *model.Data) string {
	k, _ := d.Kind.Get()
	switch k {
	case model.NullData:
		return "nothing"
	case model.ObjectData:
		return "an object"
	}
	return "a " + string(k)
}

// serializer is what makes a string of an object.
func serializer(language string) string {
	switch language {
	case "python":
		return "json.dumps"
	case "go":
		return "json.Marshal"
	}
	return "JSON.stringify"
}
