package rules

import (
	"fmt"
	"strings"

	"github.com/apigwlint/apigwlint/lint"
	"github.com/apigwlint/apigwlint/model"
	"github.com/apigwlint/apigwlint/tri"
	"github.com/apigwlint/apigwlint/value"
)

var credentialsRolePolicy = &lint.Rule{
	Name:     "credentials-role-policy",
	Group:    "permission",
	Summary:  "the role of an integration or authorizer may not do what the call needs",
	Status:   []int{500},
	Severity: lint.Warning,
	URLs: []string{
		"https://docs.aws.amazon.com/apigateway/latest/developerguide/permissions.html",
		"https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-aws-services.html",
		"https://docs.aws.amazon.com/lambda/latest/dg/lambda-api-permissions-ref.html",
	},
	Doc: `
With credentials, API Gateway calls the backend as a role, and the role's policies decide what it may do:
` + "`lambda:InvokeFunction`" + ` for a function, ` + "`sqs:SendMessage`" + ` for a message to a queue, ` + "`states:StartExecution`" + `
for a state machine. Nothing checks that when the API is deployed.

A function that refuses is a 500, and so is everything behind an HTTP API. A service that refuses an integration
of a REST API answers with 400 or 403, and the integration's responses decide what callers see: a default
response sends it out as a success.

A policy on the ARN of a function does not cover its versions and aliases: ` + "`<function arn>:live`" + ` and
` + "`<function arn>:*`" + ` do.

The rule reads the policies in the role, those attached to it in the files, and the managed policies of AWS that
it knows; with others attached, or with policies of the resource that may grant the action, it says nothing.
Service control policies are out of sight.`,
	Run: func(pass *lint.Pass) {
		for use := range roleUses(pass.Model) {
			for _, call := range use.calls() {
				lacking := tri.Or(use.role.MayDo(call.Action, call.Resource), pass.Model.Grants(use.role, call.Action, call.Resource)).Not()
				d := use.diagnostic()
				d.Cause = fmt.Sprintf("%v %s", d.Cause, call.Action)
				d.Message = fmt.Sprintf("%s does not allow %s", use.role.ID, call.Action)
				d.Help = fmt.Sprintf("allow %s in a policy of %s", call.Action, use.role.ID)
				d.Related = []lint.Related{{Span: use.role.Span, Message: use.role.ID + " is defined here"}}
				if s := call.Resource.String(); s != "" && call.Resource.Span().IsValid() {
					d.Related = append(d.Related, lint.Related{Span: call.Resource.Span(), Message: "the call is on " + s})
				}
				use.refused(&d, call)
				if inv := use.invocation(); inv != nil && inv.Qualifier.Present() == tri.Yes {
					plain := plainCall(inv)
					if use.role.MayDo(plain.Action, plain.Resource) != tri.No {
						d.Message = fmt.Sprintf("%s allows %s on the function alone, and the call is to %s", use.role.ID, call.Action, inv)
						d.Help = fmt.Sprintf("allow %s on the ARN of the function with :%s or :* after it", call.Action, inv.Qualifier)
					}
				}
				pass.ReportIf(tri.And(use.credentials, lacking), d)
			}
		}
	},
}

// calls lists what API Gateway does as the role.
func (u roleUse) calls() []model.ServiceCall {
	if u.in != nil {
		return u.in.ServiceCalls()
	}
	if inv := u.invocation(); inv != nil {
		return []model.ServiceCall{inv.Call()}
	}
	return nil
}

// invocation returns the function that is called as the role, or nil.
func (u roleUse) invocation() *model.Invocation {
	of := value.Of[*model.Invocation]{}
	if u.in != nil {
		of = u.in.Lambda
	} else {
		of = u.authorizer.Lambda
	}
	inv, _ := of.Get()
	return inv
}

// plainCall is the call of a function without its version or alias.
func plainCall(inv *model.Invocation) model.ServiceCall {
	plain := *inv
	plain.Qualifier = value.NoText(inv.Span)
	return plain.Call()
}

// refused says what callers see when the backend refuses the call.
func (u roleUse) refused(d *lint.Diagnostic, call model.ServiceCall) {
	api := u.routes[0].API
	switch {
	case api.Kind == model.HTTP:
		d.Log = permissionLog(api.Kind)
	case u.authorizer != nil:
		d.Log = authorizerLog(api.Kind)
	case u.invocation() != nil:
		d.Log = permissionLog(api.Kind)
	default:
		status := "400"
		if service, _, _ := strings.Cut(call.Action, ":"); service == "sqs" || service == "sns" || service == "s3" {
			status = "403"
		}
		d.Log = "Endpoint response body before transformations: AccessDenied (" + status + ")"
		d.Status = []int{u.in.StatusFor(status)}
	}
}
