package rules

import (
	"fmt"

	"github.com/apigwlint/apigwlint/lint"
	"github.com/apigwlint/apigwlint/tri"
	"github.com/apigwlint/apigwlint/value"
)

var lambdaPermissionPrincipal = &lint.Rule{
	Name:     "lambda-permission-principal",
	Group:    "permission",
	Summary:  "the permission for an API's calls is given to something else than API Gateway",
	Status:   []int{500},
	Severity: lint.Error,
	URLs: []string{
		"https://docs.aws.amazon.com/lambda/latest/dg/services-apigateway.html",
		"https://repost.aws/knowledge-center/api-gateway-rest-api-lambda-integrations",
	},
	Doc: `
The service that invokes the function is ` + "`apigateway.amazonaws.com`" + `, for REST, HTTP and WebSocket
APIs alike; ` + "`execute-api`" + ` stands in the source ARN only. A permission that names another service does
not cover the call, and callers get 500.

The principal is the same in every partition: SAM writes ` + "`apigateway.amazonaws.com`" + ` in China too. For a form
with another suffix the rule only warns.

Set the principal to ` + "`apigateway.amazonaws.com`" + `.`,
	Run: func(pass *lint.Pass) {
		blamed(pass, principal, func(r refusal) lint.Diagnostic {
			p := r.permission
			d := lint.Diagnostic{
				Span:    p.Principal.Span(),
				Message: fmt.Sprintf("%s is given to %s, and the caller is apigateway.amazonaws.com", named(p), p.Principal),
				Cause:   p,
				Help:    "set the principal to apigateway.amazonaws.com",
				Uses:    []value.Setting{p.Principal, p.SourceARN},
				Fix:     replaceText(p.Principal, "apigateway.amazonaws.com", "give the permission to API Gateway"),
			}
			if p.Principal.HasPrefix("apigateway.") == tri.Yes {
				d.Severity = lint.Warning
			}
			return d
		})
	},
}
