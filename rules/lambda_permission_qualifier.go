package rules

import (
	"fmt"

	"github.com/apigwlint/apigwlint/lint"
	"github.com/apigwlint/apigwlint/model"
	"github.com/apigwlint/apigwlint/tri"
	"github.com/apigwlint/apigwlint/value"
)

var lambdaPermissionQualifier = &lint.Rule{
	Name:     "lambda-permission-qualifier",
	Group:    "permission",
	Summary:  "the permission is on another version or alias than the one that is invoked",
	Status:   []int{500},
	Severity: lint.Error,
	URLs: []string{
		"https://docs.aws.amazon.com/lambda/latest/dg/configuration-aliases.html",
		"https://docs.aws.amazon.com/lambda/latest/api/API_AddPermission.html",
	},
	Doc: `
Every alias and every version of a function has a resource policy of its own. A permission on the
function does not cover a call of ` + "`function:alias`" + `, nor the other way round: Lambda refuses the call, and
callers get 500.

Name the same version or alias in the integration and in the permission: as part of the function's
name (` + "`OrdersFunction:live`" + `), as the ARN of the alias, or as the permission's qualifier. Nothing is said of
` + "`$LATEST`" + `, for which Lambda keeps no policy.`,
	Run: func(pass *lint.Pass) {
		blamed(pass, qualifier, func(r refusal) lint.Diagnostic {
			p, inv := r.permission, r.call.Target
			return lint.Diagnostic{
				Span:    place(p.FunctionName.Span(), p.Span),
				Message: fmt.Sprintf("the integration invokes %s, and %s is for %s", qualified(inv), named(p), qualified(p.Target)),
				Cause:   fmt.Sprintf("%s on %s", inv, p.Target),
				Help:    fmt.Sprintf("put the permission on %s", inv),
				Related: []lint.Related{{Span: place(inv.Span, r.in.Span), Message: fmt.Sprintf("%s is invoked here", inv)}},
				Uses:    []value.Setting{p.FunctionName, inv.Qualifier},
			}
		})
	},
}

// qualified returns the function with its qualifier, or says that it has none.
func qualified(inv *model.Invocation) string {
	if inv.Qualifier.Present() == tri.No {
		return fmt.Sprintf("%s without an alias or version", inv)
	}
	return inv.String()
}
