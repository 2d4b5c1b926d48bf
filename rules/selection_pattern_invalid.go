package rules

import (
	"fmt"

	"github.com/apigwlint/apigwlint/lint"
	"github.com/apigwlint/apigwlint/model"
	"github.com/apigwlint/apigwlint/tri"
	"github.com/apigwlint/apigwlint/value"
)

var selectionPatternInvalid = &lint.Rule{
	Name:     "selection-pattern-invalid",
	Group:    "mapping",
	Summary:  "a selection pattern is no regular expression of Java",
	Status:   []int{500},
	Severity: lint.Warning,
	URLs: []string{
		"https://docs.aws.amazon.com/apigateway/latest/developerguide/handle-errors-in-lambda-integration.html",
		"https://docs.oracle.com/javase/8/docs/api/java/util/regex/Pattern.html",
	},
	Doc: `
The selection pattern of an integration response is a regular expression in the syntax of Java, which is compared
with the status of the backend or with the error message of a function. Java does not read an expression with
parentheses or brackets that do not close, or with a quantifier after nothing, such as ` + "`*error*`" + `. The response is never
selected then, or the request fails.

Write ` + "`.*error.*`" + ` for a text that contains a word, and ` + "`5\\d{2}`" + ` for a class of statuses.`,
	Run: func(pass *lint.Pass) {
		for route, in := range pass.Model.Integrations() {
			for r := range in.Responses.All() {
				pattern, _ := r.Pattern.Get()
				why, refused := model.RefusedByJava(pattern)
				if !refused {
					continue
				}
				pass.ReportIf(tri.And(route.API.Kind.Is(model.REST), in.IsProxy().Not()), lint.Diagnostic{
					Span:    r.Pattern.Span(),
					Message: fmt.Sprintf("the selection pattern %q is no regular expression of Java: %s", pattern, why),
					Routes:  []*model.Route{route},
					Cause:   r.Pattern.Span(),
					Help:    "write a regular expression that Java reads",
					Uses:    []value.Setting{r.Pattern, in.Type},
				})
			}
		}
	},
}
