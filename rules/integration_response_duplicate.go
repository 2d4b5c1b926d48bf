package rules

import (
	"fmt"
	"slices"

	"github.com/apigwlint/apigwlint/lint"
	"github.com/apigwlint/apigwlint/model"
	"github.com/apigwlint/apigwlint/tri"
	"github.com/apigwlint/apigwlint/value"
)

var integrationResponseDuplicate = &lint.Rule{
	Name:     "integration-response-duplicate",
	Group:    "mapping",
	Summary:  "two integration responses have the same status, or no pattern",
	Status:   []int{500},
	Severity: lint.Warning,
	URLs: []string{
		"https://docs.aws.amazon.com/apigateway/latest/api/API_PutIntegrationResponse.html",
		"https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-integration-settings-integration-response.html",
	},
	Doc: `
API Gateway keeps one integration response for each status of a method. Of two with the same status, the one that
is written later takes the place of the other, with its selection pattern: what only the lost pattern took has no
response any more, and answers 500. Which of the two stays is not documented.

Of two responses without a pattern one is never selected: a note, as the other answers in its place.

Put both patterns into one response, with ` + "`|`" + ` between them.`,
	Run: func(pass *lint.Pass) {
		for route, in := range pass.Model.Integrations() {
			rest := tri.And(route.API.Kind.Is(model.REST), in.IsProxy().Not())
			all := slices.Collect(in.Responses.All())
			for i, second := range all {
				for _, first := range all[:i] {
					duplicate(pass, rest, route, first, second)
				}
			}
		}
	},
}

func duplicate(pass *lint.Pass, rest tri.Bool, route *model.Route, first, second *model.IntegrationResponse) {
	d := lint.Diagnostic{
		Span:    place(second.Status.Span(), second.Span),
		Message: fmt.Sprintf("two integration responses have the status %s, and one takes the place of the other with its pattern", second.Status),
		Routes:  []*model.Route{route},
		Cause:   place(second.Status.Span(), second.Span),
		Log:     noMapping,
		Help:    "put both patterns into one response, with | between them",
		Related: []lint.Related{{Span: place(first.Status.Span(), first.Span), Message: "the other response with the status"}},
		Uses:    []value.Setting{first.Status, second.Status},
	}
	same := tri.And(first.Status.Present(), second.Status.Present(), first.Status.Equal(second.Status))
	pass.ReportIf(tri.And(rest, same), d)
	d.Status, d.Severity, d.Log = []int{}, lint.Note, ""
	d.Span = place(second.Pattern.Span(), second.Span)
	d.Cause = d.Span
	d.Message = fmt.Sprintf("the responses with the statuses %s and %s both have no pattern, and only one is ever selected", first.Status, second.Status)
	d.Help = "give all responses but one a selection pattern"
	d.Related = []lint.Related{{Span: first.Span, Message: "the other response without a pattern"}}
	pass.ReportIf(tri.And(rest, same.Not(), first.IsDefault(), second.IsDefault()), d)
}
