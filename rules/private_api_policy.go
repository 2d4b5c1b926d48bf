package rules

import (
	"github.com/apigwlint/apigwlint/lint"
	"github.com/apigwlint/apigwlint/model"
	"github.com/apigwlint/apigwlint/tri"
	"github.com/apigwlint/apigwlint/value"
)

var privateAPIPolicy = &lint.Rule{
	Name:     "private-api-policy",
	Group:    "private",
	Summary:  "a private REST API has no resource policy that lets anybody call it",
	Refused:  true,
	Severity: lint.Error,
	URLs: []string{
		"https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-private-api-create.html",
		"https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-resource-policies.html",
		"https://github.com/hashicorp/terraform-provider-aws/issues/14290",
		"https://github.com/cloudposse/terraform-aws-api-gateway/pull/25",
	},
	Doc: `
A REST API with a private endpoint cannot be deployed before it has a resource policy: "Private REST API doesn't have a
resource policy attached to it". A policy that allows nobody ` + "`execute-api:Invoke`" + ` can be deployed, and calls of
all routes get 403 that neither IAM nor a Lambda authorizer lets in.

In Terraform the policy may be a resource of its own. Then nothing but ` + "`depends_on`" + ` or a trigger makes the
deployment wait for it, so that the first apply may fail, and a change of the policy does not reach the stage.

Give the API a policy that allows ` + "`execute-api:Invoke`" + ` to calls through a VPC endpoint.`,
	Run: func(pass *lint.Pass) {
		for _, api := range pass.Model.APIs {
			private := tri.And(api.Kind.Is(model.REST), api.Endpoint.IsFold("PRIVATE"))
			d := lint.Diagnostic{
				Span: place(api.Endpoint.Span(), api.Span), API: api, Cause: api,
				Uses: []value.Setting{api.Endpoint, api.Policy},
			}
			deniesAll(pass, private, api, d)
			if api.Managed != tri.Yes {
				continue // whoever makes the API gives it its policy
			}
			withoutPolicy(pass, tri.And(private, deployed(api)), api, d)
			for deployment := range api.Deployments.All() {
				beforePolicy(pass, private, deployment, d)
			}
		}
	},
}

// deployed reports whether the files deploy the API.
func deployed(api *model.API) tri.Bool {
	return tri.Of(api.Deployments.Len() > 0 || api.Stages.Len() > 0)
}

func withoutPolicy(pass *lint.Pass, private tri.Bool, api *model.API, d lint.Diagnostic) {
	d.Message = "the API is private and has no resource policy"
	d.Help = "give the API a resource policy that allows execute-api:Invoke to calls through the VPC endpoint"
	pass.ReportIf(tri.And(private, api.Policy.Present().Not()), d)
}

// deniesAll reports a policy that nobody gets past.
func deniesAll(pass *lint.Pass, private tri.Bool, api *model.API, d lint.Diagnostic) {
	policy, ok := api.Policy.Get()
	if !ok {
		return
	}
	d.Span = place(policy.Span, api.Span)
	d.Cause = d.Span
	d.Severity, d.Status = lint.Note, []int{403}
	d.Message = "no statement of the resource policy allows execute-api:Invoke"
	d.Body = `{"Message":"User is not authorized to perform: execute-api:Invoke"}`
	d.Help = "add a statement that allows execute-api:Invoke to calls through the VPC endpoint"
	for route := range api.Routes.All() {
		d.API, d.Routes = nil, []*model.Route{route}
		d.Uses = append(d.Uses, route.Authorization)
		pass.ReportIf(tri.And(private, route.NeedsPolicy(), policy.Admits().Not()), d)
	}
}

// beforePolicy reports a deployment that may be made before the policy.
func beforePolicy(pass *lint.Pass, private tri.Bool, deployment *model.Deployment, d lint.Diagnostic) {
	d.Span, d.Cause = deployment.Span, deployment.Span
	d.Severity = lint.Note
	// A race that the policy usually wins when there is more to wait for.
	if slow := byResources(deployment.Reaches); slow == tri.No && byResources(deployment.Touches) == tri.No {
		d.Severity = lint.Warning
	}
	d.Message = "the deployment does not wait for the resource policy of the private API, and may be made before it"
	d.Help = "let the deployment depend on the policy, and name the policy in its triggers"
	pass.ReportIf(tri.And(private, deployment.AfterPolicy.Not()), d)
}

// byResources reports whether some of the routes are resources of their own.
func byResources(routes value.Set[*model.Route]) tri.Bool {
	return routes.Any(func(r *model.Route) tri.Bool { return r.Imported.Not() })
}
