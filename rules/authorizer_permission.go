package rules

import (
	"fmt"
	"slices"
	"strings"

	"github.com/apigwlint/apigwlint/lint"
	"github.com/apigwlint/apigwlint/model"
	"github.com/apigwlint/apigwlint/tri"
)

var authorizerPermission = &lint.Rule{
	Name:     "authorizer-permission",
	Group:    "permission",
	Summary:  "no permission lets API Gateway invoke the function of an authorizer",
	Status:   []int{500},
	Severity: lint.Error,
	URLs: []string{
		"https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-lambda-authorizer.html",
		"https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-use-lambda-authorizer.html",
		"https://docs.aws.amazon.com/apigateway/latest/developerguide/arn-format-reference.html",
	},
	Doc: `
A Lambda authorizer is invoked before the route's own integration, with a role (the authorizer's
credentials) or because the function's resource policy lets API Gateway call it. Without both, every
request to the routes behind the authorizer is answered with 500.

The call comes from ` + "`<api>/authorizers/<authorizer id>`" + `. A source ARN that has the shape of a route
(` + "`<api>/*/GET/*`, `<api>/prod/*`, `<api>/*/*/*`" + `) does not cover it; ` + "`<api>/*`, `<api>/*/*` and `<api>/authorizers/*`" + ` do.
The identifier is assigned by the service and is not the authorizer's name.

SAM makes this permission for an ` + "`AWS::Serverless::Api`" + `. For an ` + "`AWS::Serverless::HttpApi`" + ` it does so only with
` + "`EnableFunctionDefaultPermissions: true`" + `, and for an authorizer that stands in an OpenAPI document never.`,
	Run: func(pass *lint.Pass) {
		for _, api := range pass.Model.APIs {
			for a := range api.Authorizers.All() {
				routes := slices.Collect(a.Used())
				inv, ok := a.Lambda.Get()
				unused := len(routes) == 0 && api.Managed != tri.No
				if !ok || unused || inv.Function == nil || len(inv.Variables) > 0 {
					continue
				}
				credentials := model.Filled(a.Credentials)
				caller := a.CallerARN()
				d := lint.Diagnostic{
					Span:    place(inv.Span, a.Span),
					Message: fmt.Sprintf("nothing lets API Gateway invoke %s for the authorizer %s", inv, a.ID),
					Routes:  routes,
					API:     api,
					Cause:   a,
					Log:     authorizerLog(api.Kind),
					Help:    fmt.Sprintf("add a Lambda permission for apigateway.amazonaws.com with the source ARN %s/authorizers/*", api.ExecutionARN()),
					Related: functionRelated(inv),
					Uses:    naming(inv),
				}
				if len(routes) == 0 { // those behind it are outside of the files
					d.Severity = lint.Warning
				}
				if api.Kind == model.REST {
					d.Body = `{"message":null}`
				}
				for p := range pass.Model.Permissions.All() {
					if why := lacksAuthorizer(pass.Model.Match(p, inv, caller), p, inv); why != "" {
						d.Related = append(d.Related, lint.Related{Span: place(p.SourceARN.Span(), p.Span), Message: named(p) + " " + why})
					}
				}
				pass.ReportIf(tri.And(credentials.Not(), pass.Model.Permits(inv, caller).Not()), d)
			}
		}
	},
}

// lacksAuthorizer says why a permission of the authorizer's function does not
// cover its invocation; empty for permissions of other functions.
func lacksAuthorizer(match model.Match, p *model.Permission, inv *model.Invocation) string {
	switch {
	case match.Function != tri.Yes:
		return ""
	case match.Principal == tri.No:
		return "is given to " + p.Principal.String()
	case match.Action == tri.No:
		return "allows " + p.Action.String()
	case match.Qualifier == tri.No:
		return fmt.Sprintf("is for %s, and the authorizer invokes %s", qualified(p.Target), qualified(inv))
	case match.Source == tri.No && strings.Contains(p.SourceARN.String(), "/authorizers/"):
		return "names another authorizer: the identifier is assigned by the service, and is no name"
	case match.Source == tri.No:
		return "has the source ARN of a route, and authorizers call from <api>/authorizers/<id>"
	}
	return ""
}

func authorizerLog(kind model.Kind) string {
	if kind == model.HTTP {
		return permissionLog(kind)
	}
	return permissionLog(kind) + "; Execution failed due to configuration error: Authorizer error"
}
