package rules

import (
	"fmt"
	"regexp"

	"github.com/apigwlint/apigwlint/lint"
	"github.com/apigwlint/apigwlint/model"
	"github.com/apigwlint/apigwlint/tri"
	"github.com/apigwlint/apigwlint/value"
)

var stageVariableEscape = &lint.Rule{
	Name:     "stage-variable-escape",
	Group:    "deployment",
	Summary:  "a stage variable is not escaped, or not written as API Gateway reads it",
	Status:   []int{500},
	Severity: lint.Error,
	URLs: []string{
		"https://docs.aws.amazon.com/apigateway/latest/developerguide/aws-api-gateway-stage-variables-reference.html",
		"https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference-sub.html",
		"https://developer.hashicorp.com/terraform/language/expressions/strings",
	},
	Doc: `
API Gateway replaces ` + "`${stageVariables.name}`" + ` itself, on every request. ` + "`Fn::Sub`" + ` of CloudFormation and the strings
of Terraform give ` + "`${…}`" + ` a meaning of their own: there the placeholder is a reference to something that does not
exist, and the deployment is refused. It has to be escaped: ` + "`${!stageVariables.name}` in `Fn::Sub`" + `,
` + "`$${stageVariables.name}`" + ` in Terraform and in files that ` + "`templatefile`" + ` renders. Where nothing is substituted, as in a
plain string of a template or in a file that is read as it is, an escape would reach API Gateway.

In an address, ` + "`$stageVariables.name`, `{stageVariables.name}` and `${!stageVariables.name}`" + ` are not replaced: requests are
sent to an address with these very characters, a warning. Mapping templates and parameter mappings have a
notation of their own.`,
	Run: func(pass *lint.Pass) {
		for route, in := range pass.Model.Integrations() {
			for _, t := range integrationTexts(in) {
				lostVariables(pass, t, lint.Diagnostic{Routes: []*model.Route{route}})
			}
			for _, t := range []value.Text{in.URI, in.Credentials, in.ConnectionID} {
				misspelledVariables(pass, t, lint.Diagnostic{Routes: []*model.Route{route}})
			}
		}
		for _, api := range pass.Model.APIs {
			for a := range api.Authorizers.All() {
				for _, t := range []value.Text{a.URI, a.Credentials, a.IdentitySource} {
					lostVariables(pass, t, lint.Diagnostic{API: api})
				}
			}
		}
	},
}

// integrationTexts lists the settings of an integration in which a stage
// variable may stand.
func integrationTexts(in *model.Integration) []value.Text {
	out := []value.Text{in.URI, in.Credentials, in.ConnectionID, in.TargetARN}
	add := func(m value.Map[value.Text]) {
		for e := range m.All() {
			out = append(out, e.Value)
		}
	}
	add(in.RequestParameters)
	add(in.RequestTemplates)
	for r := range in.Responses.All() {
		add(r.Parameters)
		add(r.Templates)
	}
	return out
}

func lostVariables(pass *lint.Pass, t value.Text, d lint.Diagnostic) {
	for _, use := range model.LostVariables(t) {
		d.Span = place(use.Span, t.Span())
		d.Cause = d.Span
		d.Refused = true
		d.Message = fmt.Sprintf("${stageVariables.%s} is substituted before API Gateway sees it, and there is nothing of that name", use.Name)
		d.Help = fmt.Sprintf("escape it: ${!stageVariables.%s} in Fn::Sub, $${stageVariables.%s} in Terraform", use.Name, use.Name)
		pass.ReportIf(tri.Yes, d)
	}
}

// misspelled are stage variables that API Gateway does not replace in an address.
var misspelled = regexp.MustCompile(`\$\{!\s*stageVariables\.(\w+)\s*\}|(?:^|[^$])(\{stageVariables\.(\w+)\})|\$stageVariables\.(\w+)`)

func misspelledVariables(pass *lint.Pass, t value.Text, d lint.Diagnostic) {
	f, ok := t.Flat()
	if !ok {
		return
	}
	for _, m := range misspelled.FindAllStringSubmatchIndex(f.S, -1) {
		start, end := m[0], m[1]
		if m[4] >= 0 { // without the character before it
			start, end = m[4], m[5]
		}
		var name string
		for _, group := range []int{2, 6, 8} {
			if m[group] >= 0 {
				name = f.S[m[group]:m[group+1]]
			}
		}
		d.Span = f.Slice(start, end).Span()
		d.Cause = d.Span
		d.Severity = lint.Warning
		d.Message = fmt.Sprintf("%s is not replaced by a stage variable, and stays in the address as it is", f.S[start:end])
		d.Help = fmt.Sprintf("write ${stageVariables.%s} as what API Gateway reads", name)
		pass.ReportIf(tri.Yes, d)
	}
}
