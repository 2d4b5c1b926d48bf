package rules

import (
	"fmt"

	"github.com/apigwlint/apigwlint/lint"
	"github.com/apigwlint/apigwlint/model"
	"github.com/apigwlint/apigwlint/tri"
	"github.com/apigwlint/apigwlint/value"
)

// timeoutLog is logged when a backend takes too long.
const timeoutLog = "Execution failed due to a timeout error"

var streamingIdleTimeout = &lint.Rule{
	Name:     "streaming-idle-timeout",
	Group:    "integration",
	Summary:  "a response is streamed through an edge-optimized endpoint, which waits 30 seconds",
	Status:   []int{504},
	Severity: lint.Warning,
	URLs: []string{
		"https://docs.aws.amazon.com/apigateway/latest/developerguide/response-transfer-mode.html",
		"https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-api-endpoint-types.html",
	},
	Doc: `
While a response is streamed, API Gateway ends the request when nothing comes for a while: after five minutes
through a Regional or private endpoint, and after 30 seconds through an edge-optimized one. A REST API that
names no type of endpoint is edge-optimized. A backend that thinks for longer before it writes on, or before it
begins, is cut off.

Use a Regional endpoint for APIs that stream.`,
	Run: func(pass *lint.Pass) {
		for route, in := range pass.Model.Integrations() {
			endpoint := route.API.Endpoint
			d := lint.Diagnostic{
				Span:    in.TransferMode.Span(),
				Message: fmt.Sprintf("the response is streamed through the edge-optimized endpoint of %s, which ends it when nothing comes for 30 seconds", route.API.ID),
				Routes:  []*model.Route{route},
				Cause:   endpoint.Span(),
				Log:     timeoutLog,
				Help:    "make the endpoint of the API REGIONAL",
				Related: []lint.Related{{Span: place(endpoint.Span(), route.API.Span), Message: "the endpoint of the API"}},
				Uses:    []value.Setting{in.TransferMode, endpoint},
			}
			pass.ReportIf(tri.And(streams(route, in), endpoint.Or("EDGE").IsFold("EDGE")), d)
		}
	},
}
