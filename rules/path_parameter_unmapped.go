package rules

import (
	"fmt"
	"regexp"
	"strings"

	"github.com/apigwlint/apigwlint/lint"
	"github.com/apigwlint/apigwlint/model"
	"github.com/apigwlint/apigwlint/tri"
	"github.com/apigwlint/apigwlint/value"
)

var pathParameterUnmapped = &lint.Rule{
	Name:     "path-parameter-unmapped",
	Group:    "integration",
	Summary:  "a parameter in the URI of an integration gets no value",
	Status:   []int{500},
	Severity: lint.Error,
	URLs: []string{
		"https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-create-api-as-simple-proxy-for-http.html",
		"https://docs.aws.amazon.com/apigateway/latest/developerguide/request-response-data-mappings.html",
	},
	Doc: `
In the URI of a REST API's integration, ` + "`{name}`" + ` is a parameter of the integration, and not that of the route, even
where the names are the same. A request parameter gives it a value:
` + "`integration.request.path.name` from `method.request.path.name`" + `. Without one, the braces remain in the address,
which is none: every request answers 500. HTTP APIs fill the parameters of the route in by themselves.

A mapping for a parameter that the URI does not have is of no use: a note.`,
	Run: func(pass *lint.Pass) {
		for route, in := range pass.Model.Integrations() {
			unmapped(pass, route, in)
			unusedMapping(pass, route, in)
		}
	},
}

// pathParameter is a parameter of an integration's URI, and not a stage variable.
var pathParameter = regexp.MustCompile(`(^|[^$])\{([A-Za-z0-9._-]+)\}`)

// pathMapping is how the request parameter of one is called.
const pathMapping = "integration.request.path."

// takesParameters reports whether the URI of an integration has parameters.
func takesParameters(route *model.Route, in *model.Integration) tri.Bool {
	return tri.And(route.API.Kind.Is(model.REST), in.Type.OneOf("HTTP", "HTTP_PROXY", "AWS"), in.Lambda.Present().Not())
}

func unmapped(pass *lint.Pass, route *model.Route, in *model.Integration) {
	f, ok := in.URI.Flat()
	if !ok {
		return
	}
	for _, m := range pathParameter.FindAllStringSubmatchIndex(f.S, -1) {
		name := f.S[m[4]:m[5]]
		if strings.HasPrefix(name, "stageVariables.") {
			continue // misspelled
		}
		at := f.Slice(m[4]-1, m[5]+1)
		d := lint.Diagnostic{
			Span:    place(at.Span(), in.URI.Span()),
			Message: fmt.Sprintf("nothing gives {%s} in the URI a value, and the address is none with braces in it", name),
			Routes:  []*model.Route{route},
			Log:     "Execution failed due to configuration error: Invalid endpoint address",
			Help:    fmt.Sprintf("map %s%s, for example from method.request.path.%s", pathMapping, name, name),
			Uses:    []value.Setting{in.URI, in.Type},
		}
		pass.ReportIf(tri.And(takesParameters(route, in), in.RequestParameters.Has(pathMapping+name).Not(), overridesPath(in).Not()), d)
	}
}

// overridesPath reports whether a mapping template gives the path a value.
func overridesPath(in *model.Integration) tri.Bool {
	overrides := tri.No
	if !in.RequestTemplates.IsClosed() {
		overrides = tri.Maybe
	}
	for e := range in.RequestTemplates.All() {
		overrides = tri.Or(overrides, e.Value.Contains("requestOverride"))
	}
	return overrides
}

// hasParameter reports whether a URI has a parameter. What resources and the
// place of the deployment fill in has none.
func hasParameter(uri value.Text, name string) tri.Bool {
	f, ok := uri.Flat()
	for ref := range uri.Refs() {
		ok = ok && (ref.Kind == value.Resource || ref.Kind == value.Pseudo)
	}
	parameter := "{" + name + "}"
	if !ok {
		return uri.Contains(parameter)
	}
	return tri.Of(strings.Contains(f.S, parameter))
}

func unusedMapping(pass *lint.Pass, route *model.Route, in *model.Integration) {
	for e := range in.RequestParameters.All() {
		key, _ := e.Key.Get()
		name, ok := strings.CutPrefix(key, pathMapping)
		if !ok {
			continue
		}
		pass.ReportIf(tri.And(takesParameters(route, in), hasParameter(in.URI, name).Not()), lint.Diagnostic{
			Span:    place(e.Key.Span(), e.Span),
			Message: fmt.Sprintf("%s is mapped, and the URI has no {%s}", key, name),
			Routes:  []*model.Route{route},
			Status:  []int{}, Severity: lint.Note,
			Help: fmt.Sprintf("put {%s} into the URI, or take the mapping out", name),
			Uses: []value.Setting{in.URI},
		})
	}
}
