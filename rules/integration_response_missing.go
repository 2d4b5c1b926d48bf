package rules

import (
	"fmt"

	"github.com/apigwlint/apigwlint/lint"
	"github.com/apigwlint/apigwlint/model"
	"github.com/apigwlint/apigwlint/tri"
	"github.com/apigwlint/apigwlint/value"
)

var integrationResponseMissing = &lint.Rule{
	Name:     "integration-response-missing",
	Group:    "mapping",
	Summary:  "an integration that is no proxy has no integration response",
	Status:   []int{500},
	Severity: lint.Error,
	URLs: []string{
		"https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-integration-settings-integration-response.html",
		"https://repost.aws/knowledge-center/api-gateway-internal-server-error",
	},
	Doc: `
Integrations of a REST API of the types ` + "`AWS`, `HTTP` and `MOCK`" + ` need an integration response for whatever the
backend answers. Without one there is no mapping, and callers get 500 although the backend succeeded.
` + "`AWS_PROXY` and `HTTP_PROXY`" + ` need none.

Add an integration response without a selection pattern, and a method response with its status. A
method made by hand in the console has both; one made by a template has only what the template says.`,
	Run: func(pass *lint.Pass) {
		for route, in := range pass.Model.Integrations() {
			pass.ReportIf(
				tri.And(route.API.Kind.Is(model.REST), in.Type.OneOf("AWS", "HTTP", "MOCK"), in.Responses.Empty()),
				lint.Diagnostic{
					Span:    place(in.Type.Span(), in.Span),
					Message: fmt.Sprintf("the %s integration has no integration response", in.Type),
					Routes:  []*model.Route{route},
					Log:     noMapping,
					Help:    "add an integration response without a selection pattern, or use a proxy integration",
					Uses:    []value.Setting{in.Type},
				})
		}
	},
}

// noMapping is logged when no integration response is selected.
const noMapping = "Execution failed due to configuration error: No match for output mapping and no default output mapping configured"
