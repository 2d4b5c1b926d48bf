package rules

import (
	"fmt"

	"github.com/apigwlint/apigwlint/lint"
	"github.com/apigwlint/apigwlint/model"
	"github.com/apigwlint/apigwlint/tri"
	"github.com/apigwlint/apigwlint/value"
)

var httpAPIIntegrationType = &lint.Rule{
	Name:     "http-api-integration-type",
	Group:    "integration",
	Summary:  "an HTTP API has an integration of a type that only REST and WebSocket APIs have",
	Status:   []int{500},
	Severity: lint.Error,
	URLs: []string{
		"https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations.html",
		"https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-open-api.html",
		"https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-vs-rest.html",
	},
	Doc: `
HTTP APIs have proxy integrations only: ` + "`AWS_PROXY` and `HTTP_PROXY`" + `. A resource with the type ` + "`AWS`, `HTTP` or `MOCK`" + `
is refused. The import of a body only warns, and goes on: the route is there, without the integration. With
` + "`FailOnWarnings`" + ` the import is refused.

Mocks for preflight requests are the usual case: HTTP APIs answer them by themselves once CORS is configured.
For services other than Lambda there are integration subtypes.`,
	Run: func(pass *lint.Pass) {
		for route, in := range pass.Model.Integrations() {
			d := lint.Diagnostic{
				Span:    in.Type.Span(),
				Message: fmt.Sprintf("an HTTP API has no integrations of the type %s", in.Type),
				Routes:  []*model.Route{route},
				Cause:   in.Type.Span(),
				Help:    "use AWS_PROXY or HTTP_PROXY; for preflight requests, the CORS configuration of the API",
				Uses:    []value.Setting{in.Type},
			}
			wrong := tri.And(route.API.Kind.Is(model.HTTP), in.Type.OneOf("AWS", "HTTP", "MOCK"))
			strict := tri.Or(in.Imported.Not(), route.API.FailOnWarnings.Is(func(on bool) bool { return on }))
			switch strict {
			case tri.Yes:
				d.Refused = true
			default:
				d.Severity = lint.Warning
			}
			pass.ReportIf(wrong, d)
		}
	},
}
