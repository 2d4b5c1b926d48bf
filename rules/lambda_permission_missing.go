package rules

import (
	"fmt"

	"github.com/apigwlint/apigwlint/lint"
	"github.com/apigwlint/apigwlint/tri"
)

var lambdaPermissionMissing = &lint.Rule{
	Name:     "lambda-permission-missing",
	Group:    "permission",
	Summary:  "no permission lets API Gateway invoke the function behind a route",
	Status:   []int{500},
	Severity: lint.Error,
	URLs: []string{
		"https://repost.aws/knowledge-center/api-gateway-rest-api-lambda-integrations",
		"https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-troubleshooting-lambda.html",
	},
	Doc: `
API Gateway invokes a Lambda function either with a role (the integration's credentials) or because
the function's resource policy lets it. Without both, Lambda refuses every call, and callers get 500.
Nothing of this shows when the API is deployed.

SAM adds permissions for ` + "`Api` and `HttpApi`" + ` events only: an integration that stands in a
` + "`DefinitionBody`" + ` without an event of the same path and method has none.

Add an ` + "`AWS::Lambda::Permission`" + ` for the principal ` + "`apigateway.amazonaws.com`" + `, the action
` + "`lambda:InvokeFunction`" + ` and a source ARN of the API. The rule speaks of functions that the same files
define, and only where all their permissions can be seen.`,
	Run: func(pass *lint.Pass) {
		blamed(pass, nothing, func(r refusal) lint.Diagnostic {
			fn, api := r.call.Target.Function, r.route.API
			d := lint.Diagnostic{
				Span:    place(r.in.Lambda.Span(), r.in.Span),
				Message: fmt.Sprintf("nothing lets API Gateway invoke %s", r.call.Target),
				Cause:   fn,
				Help:    fmt.Sprintf("add a Lambda permission for apigateway.amazonaws.com with the source ARN %s", sourceExample(api)),
			}
			if inv, ok := r.in.Lambda.Get(); ok && inv.Span.IsValid() {
				d.Span = inv.Span
			}
			for p := range pass.Model.Permissions.All() {
				other := pass.Model.OfAnotherAPI(p, api)
				if other != nil && p.Target.Names(r.call.Target) == tri.Yes {
					d.Related = append(d.Related, lint.Related{Span: p.Span, Message: fmt.Sprintf("%s is for calls of %s", named(p), other.ID)})
				}
			}
			return d
		})
	},
}
