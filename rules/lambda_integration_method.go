package rules

import (
	"fmt"

	"github.com/apigwlint/apigwlint/lint"
	"github.com/apigwlint/apigwlint/model"
	"github.com/apigwlint/apigwlint/tri"
	"github.com/apigwlint/apigwlint/value"
)

var lambdaIntegrationMethod = &lint.Rule{
	Name:     "lambda-integration-method",
	Group:    "integration",
	Summary:  "a Lambda integration is called with a method other than POST",
	Status:   []int{500},
	Severity: lint.Error,
	URLs: []string{
		"https://repost.aws/knowledge-center/api-gateway-lambda-template-invoke-error",
		"https://docs.aws.amazon.com/apigateway/latest/developerguide/integration-request-basic-setup.html",
		"https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-websocket-api-integration-requests.html",
	},
	Doc: `
A Lambda function is invoked with ` + "`POST`" + `, whatever the method of the route. The integration's
method is not that of the route: it is the one with which API Gateway calls its backend.

A REST API deploys with another method. Lambda refuses the call with 403, and every request is
answered with 500. For an HTTP API the integration itself is refused when it is a resource of its
own; an imported OpenAPI document may say anything there. A WebSocket API needs ` + "`POST`" + ` too.

Set the integration's method to ` + "`POST`" + ` and leave the route's own method alone.`,
	Run: func(pass *lint.Pass) {
		for route, in := range pass.Model.Integrations() {
			inv, ok := in.Lambda.Get()
			if !ok {
				continue
			}
			wrong := tri.And(in.InvokesLambda(), in.Method.Present(), in.Method.IsFold("POST").Not())
			d := lint.Diagnostic{
				Span:    in.Method.Span(),
				Message: fmt.Sprintf("the integration calls %s with %s, and Lambda functions are invoked with POST only", inv, in.Method),
				Routes:  []*model.Route{route},
				Cause:   in.Method.Span(),
				Help:    "set the integration's method to POST; the method of the route stays as it is",
				Uses:    []value.Setting{in.Method},
				Fix:     replaceText(in.Method, "POST", "call the function with POST"),
			}
			switch route.API.Kind {
			case model.REST:
				d.Log = "Lambda invocation failed with status: 403"
			case model.HTTP:
				d.Refused = true
				wrong = tri.And(wrong, in.Imported.Not(), in.Type.IsFold("AWS_PROXY"), in.Subtype.Present().Not())
			case model.WebSocket:
				d.Severity = lint.Warning
			default:
				wrong = tri.And(wrong, tri.Maybe) // an HTTP API may be imported so
			}
			pass.ReportIf(wrong, d)
		}
	},
}

// replaceText returns the fix that puts s in the place of t, or nil where t is
// not written as it is.
func replaceText(t value.Text, s, message string) *lint.Fix {
	old, ok := t.Get()
	if !ok || old == "" {
		return nil
	}
	span := t.Locate(0, len(old))
	if span.Text() != old {
		return nil
	}
	return &lint.Fix{Message: message, Edits: []lint.Edit{{Span: span, New: s}}}
}
