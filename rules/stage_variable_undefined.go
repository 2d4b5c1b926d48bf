package rules

import (
	"fmt"
	"regexp"
	"strings"

	"github.com/apigwlint/apigwlint/lint"
	"github.com/apigwlint/apigwlint/model"
	"github.com/apigwlint/apigwlint/source"
	"github.com/apigwlint/apigwlint/tri"
	"github.com/apigwlint/apigwlint/value"
)

var stageVariableUndefined = &lint.Rule{
	Name:     "stage-variable-undefined",
	Group:    "deployment",
	Summary:  "an integration reads a stage variable that a stage does not set",
	Status:   []int{500},
	Severity: lint.Error,
	URLs: []string{
		"https://docs.aws.amazon.com/apigateway/latest/developerguide/stage-variables.html",
		"https://docs.aws.amazon.com/apigateway/latest/developerguide/aws-api-gateway-stage-variables-reference.html",
	},
	Doc: `
` + "`${stageVariables.name}`" + ` in an integration is replaced by the value of the variable on the stage that the request
came through. On a stage that does not set it nothing takes its place: a host, a function's name, a role or
a VPC link without it is invalid, and every request through that stage is answered with 500. Each stage has
variables of its own.

In a path or a query the address remains valid, and the backend decides: a warning. In a mapping template the
variable is empty: a note.

Set the variable on every stage. The rule speaks of stages whose variables it can see.`,
	Run: func(pass *lint.Pass) {
		for route, in := range pass.Model.Integrations() {
			for _, use := range settingUses(in) {
				reportUndefined(pass, route, use)
			}
			for _, use := range templateUses(in) {
				reportUndefined(pass, route, use)
			}
		}
	},
}

// A variableRead is a place that reads a stage variable.
type variableRead struct {
	name     string
	where    string
	span     source.Span
	severity lint.Severity
	log      string
}

// reportUndefined reports the stages on which a variable is not set.
func reportUndefined(pass *lint.Pass, route *model.Route, use variableRead) {
	for stage := range route.API.Served() {
		d := lint.Diagnostic{
			Span:     use.span,
			Message:  fmt.Sprintf("%s reads the stage variable %s, which the stage %s does not set", use.where, use.name, stage.Name),
			Routes:   []*model.Route{route},
			Cause:    fmt.Sprintf("%s on %s, %d", use.name, stage.ID, use.severity),
			Severity: use.severity,
			Log:      use.log,
			Help:     fmt.Sprintf("set %s on the stage %s", use.name, stage.Name),
			Related:  []lint.Related{{Span: place(stage.Variables.Span(), stage.Span), Message: "the stage sets " + variables(stage)}},
		}
		pass.ReportIf(tri.And(stage.Name.Present(), stage.Defines(use.name).Not()), d)
	}
}

func variables(stage *model.Stage) string {
	var names []string
	for e := range stage.Variables.All() {
		names = append(names, e.Key.String())
	}
	if len(names) == 0 {
		return "no variables"
	}
	return strings.Join(names, ", ")
}

// settingUses lists the variables in the settings that API Gateway resolves
// when it calls the backend.
func settingUses(in *model.Integration) []variableRead {
	if in.IsMock() == tri.Yes {
		return nil
	}
	var out []variableRead
	_, hostEnd := model.HostRange(in.URI)
	for _, use := range model.StageVariables(in.URI) {
		read := variableRead{name: use.Name, where: "the URI", span: use.Span, severity: lint.Error}
		switch {
		case hostEnd >= 0 && use.Start < hostEnd:
			read.log = "Execution failed due to configuration error: Invalid endpoint address"
		case hostEnd < 0 && (use.Start == 0 || in.Lambda.Present() == tri.Yes):
		default: // a path, a query or an action: what remains is still an address
			read.severity = lint.Warning
		}
		out = append(out, read)
	}
	for _, s := range []struct {
		text value.Text
		name string
	}{{in.Credentials, "the role"}, {in.ConnectionID, "the connection id"}, {in.TargetARN, "the integration's target"}} {
		for _, use := range model.StageVariables(s.text) {
			out = append(out, variableRead{name: use.Name, where: s.name, span: use.Span, severity: lint.Error})
		}
	}
	return out
}

// templateVariable is a reference to a stage variable in a mapping template.
var templateVariable = regexp.MustCompile(`\$!?\{?stageVariables(?:\.get\(\s*["'](\w+)["']\s*\)|\[\s*["'](\w+)["']\s*\]|\.(\w+)(\()?)`)

// templateUses lists the variables that mapping templates read.
func templateUses(in *model.Integration) []variableRead {
	var out []variableRead
	read := func(t value.Text) {
		f, ok := t.Flat()
		if !ok {
			return
		}
		for _, m := range templateVariable.FindAllStringSubmatchIndex(f.S, -1) {
			if m[8] >= 0 {
				continue // another method of the map, such as keySet()
			}
			for _, group := range []int{2, 4, 6} {
				if m[group] >= 0 {
					out = append(out, variableRead{
						name: f.S[m[group]:m[group+1]], where: "a mapping template",
						span: f.Slice(m[0], m[1]).Span(), severity: lint.Note,
					})
				}
			}
		}
	}
	for e := range in.RequestTemplates.All() {
		read(e.Value)
	}
	for r := range in.Responses.All() {
		for e := range r.Templates.All() {
			read(e.Value)
		}
	}
	return out
}
