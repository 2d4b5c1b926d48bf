package rules

import (
	"fmt"

	"github.com/apigwlint/apigwlint/lint"
	"github.com/apigwlint/apigwlint/tri"
)

var mappingTemplateSyntax = &lint.Rule{
	Name:     "mapping-template-syntax",
	Group:    "mapping",
	Summary:  "a mapping template cannot be parsed",
	Status:   []int{500},
	Severity: lint.Error,
	URLs: []string{
		"https://docs.aws.amazon.com/apigateway/latest/developerguide/models-mappings.html",
		"https://velocity.apache.org/engine/1.7/vtl-reference.html",
		"https://github.com/aws/aws-cdk/issues/34777",
	},
	Doc: `
Mapping templates are written in the Velocity Template Language. Nothing checks them at the deployment: one that
cannot be parsed fails every request that it is for, or every answer, and callers get 500.

Usual mistakes are an ` + "`#if` or `#foreach` without `#end`, an `#else` without `#if`, a `#set`" + ` with something other
than one assignment, and quotes or brackets within a directive that nobody closes. Text such as ` + "`#fff` or `# heading`" + `
is none: what looks like no directive is text.`,
	Run: func(pass *lint.Pass) {
		for t := range templates(pass.Model) {
			flaw, broken := t.Broken()
			if broken == tri.No {
				continue
			}
			d := t.diagnostic()
			d.Span, d.Cause = flaw.Span, flaw.Span
			d.Message = fmt.Sprintf("%s cannot be parsed: %s", t.what(), flaw.Message)
			d.Help = "mend the template there; the console's method test shows what it writes"
			pass.ReportIf(tri.And(t.runs, broken), d)
		}
	},
}
