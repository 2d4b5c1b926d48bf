package rules

import (
	"fmt"

	"github.com/apigwlint/apigwlint/lint"
	"github.com/apigwlint/apigwlint/value"
)

var lambdaPermissionAction = &lint.Rule{
	Name:     "lambda-permission-action",
	Group:    "permission",
	Summary:  "the permission for an API's calls does not allow lambda:InvokeFunction",
	Status:   []int{500},
	Severity: lint.Error,
	URLs: []string{
		"https://docs.aws.amazon.com/lambda/latest/api/API_AddPermission.html",
		"https://docs.aws.amazon.com/lambda/latest/dg/services-apigateway.html",
	},
	Doc: `
API Gateway invokes functions with ` + "`lambda:InvokeFunction`" + `, also when responses are streamed. A permission
for another action, such as ` + "`lambda:Invoke` or `lambda:InvokeFunctionUrl`" + `, does not cover the call, and
callers get 500.

Set the action to ` + "`lambda:InvokeFunction`" + `. Case does not matter; ` + "`lambda:*`" + ` works too, and allows more
than is needed.`,
	Run: func(pass *lint.Pass) {
		blamed(pass, action, func(r refusal) lint.Diagnostic {
			p := r.permission
			return lint.Diagnostic{
				Span:    p.Action.Span(),
				Message: fmt.Sprintf("%s allows %s, and API Gateway calls lambda:InvokeFunction", named(p), p.Action),
				Cause:   p,
				Help:    "set the action to lambda:InvokeFunction",
				Uses:    []value.Setting{p.Action, p.SourceARN},
				Fix:     replaceText(p.Action, "lambda:InvokeFunction", "allow lambda:InvokeFunction"),
			}
		})
	},
}
