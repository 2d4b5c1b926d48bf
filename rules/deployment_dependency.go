package rules

import (
	"fmt"
	"slices"

	"github.com/apigwlint/apigwlint/lint"
	"github.com/apigwlint/apigwlint/model"
	"github.com/apigwlint/apigwlint/tri"
)

var deploymentDependency = &lint.Rule{
	Name:     "deployment-dependency",
	Group:    "deployment",
	Summary:  "a deployment may be made before the routes that it is to serve",
	Status:   []int{500, 403, 404},
	Severity: lint.Error,
	URLs: []string{
		"https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-apigateway-deployment.html",
		"https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/api_gateway_deployment",
		"https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-set-up-websocket-deployment.html",
	},
	Doc: `
A deployment is a snapshot of the API as it is at that moment. What is created at the same time, and not
certainly before, may be missing from it.

When the deployment waits for no method at all, the first creation fails, now or another day:
` + "`The REST API doesn't contain any methods`" + `. When it waits for some of them, the others answer 403
(404 of an HTTP API) until the next deployment: a warning. Without an integration response, callers get 500
although the backend succeeded: a warning too, and the reason for errors that mend themselves with the
second run.

Let the deployment depend on every method, integration and integration response: by ` + "`DependsOn`" + ` in
CloudFormation, by ` + "`depends_on` or `triggers`" + ` in Terraform. What a body in OpenAPI form defines is there as
soon as the API is.`,
	Run: func(pass *lint.Pass) {
		for _, api := range pass.Model.APIs {
			for d := range api.Deployments.All() {
				waitsForNothing(pass, api, d)
				waitsForSome(pass, api, d)
				missesResponses(pass, api, d)
			}
		}
	},
}

// byHand reports whether the routes of an API are resources of their own, and
// stages serve them only once somebody deploys.
func byHand(api *model.API) tri.Bool {
	return tri.And(api.Managed, api.Document.Not(), deploysItself(api).Not())
}

// deploysItself reports whether changes of the API reach a stage at once.
func deploysItself(api *model.API) tri.Bool {
	if api.Kind == model.REST {
		return tri.No
	}
	return api.Stages.Any(func(s *model.Stage) tri.Bool { return s.AutoDeploy.Is(func(on bool) bool { return on }) })
}

func waitsForNothing(pass *lint.Pass, api *model.API, d *model.Deployment) {
	if api.Routes.Len() == 0 {
		return
	}
	diag := lint.Diagnostic{
		Span:    d.Span,
		Message: fmt.Sprintf("the deployment %s waits for none of the methods, and fails when it comes before them: The REST API doesn't contain any methods", d.ID),
		API:     api,
		Refused: true,
		Help:    "let the deployment depend on every method",
	}
	if api.Kind != model.REST {
		diag.Severity = lint.Warning
		diag.Message = fmt.Sprintf("the deployment %s waits for none of the routes, and fails when it comes before them", d.ID)
		diag.Help = "let the deployment depend on every route"
	}
	pass.ReportIf(tri.And(byHand(api), d.Touches.Empty()), diag)
}

func waitsForSome(pass *lint.Pass, api *model.API, d *model.Deployment) {
	diag := lint.Diagnostic{
		Span:     d.Span,
		Message:  fmt.Sprintf("the deployment %s does not wait for all that it is to serve, and lacks what comes after it", d.ID),
		Status:   []int{403},
		Body:     `{"message":"Missing Authentication Token"}`,
		Severity: lint.Warning,
		Help:     "let the deployment depend on every method and integration",
	}
	switch api.Kind {
	case model.HTTP:
		diag.Status, diag.Body = []int{404}, `{"message":"Not Found"}`
	case model.WebSocket: // messages go to another route, and connections are not told of
		diag.Status, diag.Body, diag.Severity = []int{}, "", lint.Note
	}
	certain := tri.And(byHand(api), d.Touches.Empty().Not())
	for route := range api.Routes.All() {
		reached := d.Reaches.Any(func(r *model.Route) tri.Bool { return tri.Of(r == route) })
		switch tri.And(certain, reached.Not()) {
		case tri.Yes:
			diag.Routes = append(diag.Routes, route)
		case tri.Maybe:
			undecided := diag
			undecided.Routes = []*model.Route{route}
			pass.ReportIf(tri.Maybe, undecided)
		}
	}
	if len(diag.Routes) > 0 {
		pass.ReportIf(certain, diag)
	}
}

func missesResponses(pass *lint.Pass, api *model.API, d *model.Deployment) {
	for route := range api.Routes.All() {
		in, ok := route.Integration.Get()
		if !ok {
			continue
		}
		for missed := range d.Misses.All() {
			if !slices.Contains(slices.Collect(in.Responses.All()), missed) {
				continue
			}
			pass.ReportIf(tri.And(byHand(api), in.IsProxy().Not()), lint.Diagnostic{
				Span:     d.Span,
				Message:  fmt.Sprintf("the deployment %s does not wait for the integration responses, and lacks those that come after it", d.ID),
				Routes:   []*model.Route{route},
				Cause:    "responses missed by " + d.ID,
				Status:   []int{500},
				Severity: lint.Warning,
				Log:      noMapping,
				Help:     "let the deployment depend on every integration response",
				Related:  []lint.Related{{Span: missed.Span, Message: "this integration response may come later"}},
			})
		}
	}
}
