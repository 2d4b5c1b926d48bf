package rules

import (
	"iter"

	"github.com/apigwlint/apigwlint/lint"
	"github.com/apigwlint/apigwlint/model"
	"github.com/apigwlint/apigwlint/tri"
	"github.com/apigwlint/apigwlint/value"
)

// A runTemplate is a mapping template of a route that can be read.
type runTemplate struct {
	model.Mapping
	*model.Template
	route *model.Route
	in    *model.Integration
	runs  tri.Bool // whether the integration is of a type that runs templates
}

// templates yields the mapping templates of all routes that can be read.
func templates(m *model.Model) iter.Seq[runTemplate] {
	return func(yield func(runTemplate) bool) {
		for route, in := range m.Integrations() {
			runs := in.Runs(route.API.Kind)
			if runs == tri.No {
				continue
			}
			for _, mapping := range in.Mappings() {
				t, ok := model.ReadTemplate(mapping.Text)
				if ok && !yield(runTemplate{mapping, t, route, in, runs}) {
					return
				}
			}
		}
	}
}

// diagnostic returns what diagnostics of the template have in common.
func (t runTemplate) diagnostic() lint.Diagnostic {
	d := lint.Diagnostic{
		Span: t.Text.Span(), Routes: []*model.Route{t.route}, Uses: []value.Setting{t.Text, t.in.Type},
		Log: "Execution failed due to configuration error: Unable to transform request",
	}
	if t.Response != nil {
		d.Log = "Execution failed due to configuration error: Unable to transform response"
		if t.Response.Pattern.Present() == tri.Yes {
			d.Uses = append(d.Uses, t.Response.Pattern)
		}
	}
	return d
}

// what names the template for messages.
func (t runTemplate) what() string {
	if t.Response == nil {
		return "the request template"
	}
	return "the response template"
}
