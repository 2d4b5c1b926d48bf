package rules

import (
	"fmt"

	"github.com/apigwlint/apigwlint/lint"
	"github.com/apigwlint/apigwlint/model"
	"github.com/apigwlint/apigwlint/tri"
	"github.com/apigwlint/apigwlint/value"
)

var deploymentStale = &lint.Rule{
	Name:     "deployment-stale",
	Group:    "deployment",
	Summary:  "changes of an API do not make a new deployment",
	Status:   []int{500, 403, 404},
	Severity: lint.Warning,
	URLs: []string{
		"https://docs.aws.amazon.com/apigateway/latest/developerguide/how-to-deploy-api.html",
		"https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/api_gateway_deployment",
		"https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-apigateway-deployment.html",
	},
	Doc: `
A stage serves a deployment, and a deployment is a snapshot: what changes in the API afterwards reaches nobody
until there is a new one. A deployment that nothing replaces goes on serving what it was made from. New routes
answer 403 (404 of an HTTP API), and old ones call a backend that may be gone: 500.

In Terraform, give the deployment ` + "`triggers`" + ` with a hash of the methods and integrations, or of the body. A hash
of identifiers changes only when something is replaced, and a hash of the integrations not when a method
changes: notes. In CloudFormation a deployment is never updated, and only another logical id makes a new
one: a note, as one template does not show what the last one was. SAM and the CDK put a hash into the id.
HTTP and WebSocket APIs can deploy every change by themselves.`,
	Run: func(pass *lint.Pass) {
		for _, api := range pass.Model.APIs {
			if api.Routes.Len() == 0 && api.Document != tri.Yes {
				continue
			}
			for d := range api.Deployments.All() {
				stale(pass, api, d)
				notRenewed(pass, api, d)
			}
		}
	},
}

// stale reports deployments that a change of the API does not renew at all.
func stale(pass *lint.Pass, api *model.API, d *model.Deployment) {
	diag := lint.Diagnostic{
		Span: place(d.Renewal.Span(), d.Span), API: api, Uses: []value.Setting{d.Renewal},
		Status: []int{}, Severity: lint.Note,
		Help: "make what decides about a new deployment a hash of the methods and integrations, or of the body",
	}
	switch by, _ := d.Renewal.Get(); by {
	case model.RenewedNever:
		diag.Status, diag.Severity = nil, lint.Warning
		diag.Message = fmt.Sprintf("nothing makes a new deployment in the place of %s when the API changes, and its stages go on serving the old one", d.ID)
	case model.RenewedByName:
		diag.Message = fmt.Sprintf("%s is made once: changes of the API reach its stages only with a deployment of another name", d.ID)
		diag.Help = "put a hash of the API into the name of the deployment, as generators do, or deploy after each update"
	case model.RenewedByIdentity:
		diag.Message = fmt.Sprintf("a new deployment in the place of %s is made only when something is replaced, and not when a setting changes", d.ID)
	default:
		return
	}
	pass.ReportIf(deploysItself(api).Not(), diag)
}

// notRenewed notes the routes a change of which does not count.
func notRenewed(pass *lint.Pass, api *model.API, d *model.Deployment) {
	if by, _ := d.Renewal.Get(); by != model.RenewedByContent {
		return
	}
	for route := range api.Routes.All() {
		renewed := d.Renewed.Any(func(r *model.Route) tri.Bool { return tri.Of(r == route) })
		pass.ReportIf(tri.And(deploysItself(api).Not(), tri.Of(d.Renewed.IsClosed()), renewed.Not()), lint.Diagnostic{
			Span: place(d.Renewal.Span(), d.Span), Routes: []*model.Route{route}, Cause: "not renewed by " + d.ID,
			Status: []int{}, Severity: lint.Note,
			Message: fmt.Sprintf("what makes a new deployment in the place of %s does not cover all methods and integrations, and a change of the others reaches no stage", d.ID),
			Help:    "take every method and every integration into the hash",
		})
	}
}
