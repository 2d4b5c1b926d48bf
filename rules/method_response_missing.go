package rules

import (
	"fmt"

	"github.com/apigwlint/apigwlint/lint"
	"github.com/apigwlint/apigwlint/model"
	"github.com/apigwlint/apigwlint/tri"
	"github.com/apigwlint/apigwlint/value"
)

var methodResponseMissing = &lint.Rule{
	Name:     "method-response-missing",
	Group:    "mapping",
	Summary:  "an integration response has a status that the method does not declare",
	Status:   []int{500},
	Severity: lint.Error,
	URLs: []string{
		"https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-integration-settings-integration-response.html",
		"https://docs.aws.amazon.com/apigateway/latest/developerguide/handle-errors-in-lambda-integration.html",
	},
	Doc: `
An integration response of a REST API that is no proxy maps the outcome to a method response, by
status. When the method has no response with that status, the API still deploys; each request for
which the integration response is selected is answered with 500.

Declare the status on the method (in OpenAPI: under the operation's ` + "`responses`" + `). Whether ` + "`default`" + ` or ` + "`2XX`" + ` in
an OpenAPI document declares it is not known: that is a warning.`,
	Run: func(pass *lint.Pass) {
		for route, in := range pass.Model.Integrations() {
			mapped := tri.And(route.API.Kind.Is(model.REST), in.Type.OneOf("AWS", "HTTP", "MOCK"))
			for response := range in.Responses.All() {
				status, ok := response.StatusText()
				if !ok {
					continue
				}
				exactly, loosely := route.Declares(status)
				d := lint.Diagnostic{
					Span:    place(response.Status.Span(), response.Span),
					Message: fmt.Sprintf("an integration response has the status %s, and the method declares no response %[1]s", status),
					Routes:  []*model.Route{route},
					Log:     "Execution failed due to configuration error: Output mapping refers to an invalid method response: " + status,
					Help:    fmt.Sprintf("declare a method response with the status %s", status),
					Uses:    []value.Setting{response.Status, in.Type},
				}
				pass.ReportIf(tri.And(mapped, exactly.Not(), loosely.Not()), d)
				d.Severity = lint.Warning
				d.Message = fmt.Sprintf("an integration response has the status %s, and the method declares default or a class of statuses only", status)
				pass.ReportIf(tri.And(mapped, exactly.Not(), loosely), d)
			}
		}
	},
}
