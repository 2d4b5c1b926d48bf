package rules

import (
	"fmt"
	"strings"

	"github.com/apigwlint/apigwlint/lint"
	"github.com/apigwlint/apigwlint/model"
	"github.com/apigwlint/apigwlint/source"
	"github.com/apigwlint/apigwlint/tri"
	"github.com/apigwlint/apigwlint/value"
)

var defaultResponseMissing = &lint.Rule{
	Name:     "default-response-missing",
	Group:    "mapping",
	Summary:  "all integration responses have patterns, and none takes the successful outcome",
	Status:   []int{500},
	Severity: lint.Error,
	URLs: []string{
		"https://docs.aws.amazon.com/apigateway/latest/developerguide/handle-errors-in-lambda-integration.html",
		"https://docs.aws.amazon.com/apigateway/latest/api/API_IntegrationResponse.html",
		"https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-websocket-api-selection-expressions.html",
	},
	Doc: `
The integration response is the first whose selection pattern matches the outcome, or else the one
without a pattern. When nothing matches, callers get 500, also when the backend succeeded.

For a Lambda function the outcome is its error message, which is empty when it succeeds: a pattern
such as ` + "`200`, `2\\d{2}` or `.+`" + ` never takes a success. For HTTP backends and other AWS services it is the status,
and patterns that take ` + "`200`" + ` are enough; that other statuses then end in 500 is a note.

A two-way route of a WebSocket API needs an integration response with the key ` + "`$default`" + `, or one whose key is
a regular expression between slashes that takes the successful status.

Remove the pattern of the response that is meant for success (in OpenAPI: name it ` + "`default`" + `).`,
	Run: func(pass *lint.Pass) {
		for route, in := range pass.Model.Integrations() {
			d := lint.Diagnostic{
				Span:   in.Span,
				Routes: []*model.Route{route},
				Log:    noMapping,
				Help:   "add an integration response without a selection pattern",
				Uses:   []value.Setting{in.Type},
			}
			if patterns, span := patternsOf(in); span.IsValid() {
				d.Span = span
				d.Message = "every integration response has a pattern (" + patterns + ")"
			}
			restDefault(pass, route, in, d)
			d.Message = fmt.Sprintf("the %s integration has no response for success, and the route answers its callers", in.Type)
			d.Severity = lint.Warning
			d.Help = "add an integration response with the key $default"
			pass.ReportIf(tri.And(route.API.Kind.Is(model.WebSocket), route.TwoWay,
				in.Type.OneOf("AWS", "HTTP", "MOCK"), in.AnswersByKey().Not()), d)
		}
	},
}

func restDefault(pass *lint.Pass, route *model.Route, in *model.Integration, d lint.Diagnostic) {
	patterned := tri.And(route.API.Kind.Is(model.REST), in.Type.OneOf("AWS", "HTTP"), in.Responses.Empty().Not(),
		in.Responses.Any(func(r *model.IntegrationResponse) tri.Bool { return r.IsDefault() }).Not())
	if patterned == tri.No {
		return
	}
	cause := d.Message
	lambda := in.InvokesLambda()

	d.Message = cause + ", and none takes success, for which a function has no error message"
	pass.ReportIf(tri.And(patterned, lambda, in.Catches("").Not()), d)

	d.Message = cause + ", and none takes a status from 200 to 299"
	success := in.Catches(model.Success...)
	pass.ReportIf(tri.And(patterned, lambda.Not(), success.Not()), d)

	uncovered := tri.No
	for _, status := range []string{"400", "403", "404", "429", "500", "503"} {
		uncovered = tri.Or(uncovered, in.Catches(status).Not())
	}
	d.Message = cause + ", and none takes every failure of the backend"
	d.Severity = lint.Note
	pass.ReportIf(tri.And(patterned, lambda.Not(), success, uncovered), d)
}

// patternsOf lists the selection patterns of an integration, and where the
// first of them is.
func patternsOf(in *model.Integration) (string, source.Span) {
	var list []string
	var first source.Span
	for r := range in.Responses.All() {
		if r.Pattern.Present() != tri.Yes {
			continue
		}
		if !first.IsValid() {
			first = r.Pattern.Span()
		}
		list = append(list, r.Pattern.String())
	}
	return strings.Join(list, ", "), first
}
