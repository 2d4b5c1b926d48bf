package rules

import (
	"fmt"

	"github.com/apigwlint/apigwlint/lint"
	"github.com/apigwlint/apigwlint/model"
	"github.com/apigwlint/apigwlint/tri"
	"github.com/apigwlint/apigwlint/value"
)

var canarySettings = &lint.Rule{
	Name:     "canary-settings",
	Group:    "deployment",
	Summary:  "a canary has a stage variable that the stage lacks, or no stage",
	Status:   []int{500},
	Severity: lint.Error,
	URLs: []string{
		"https://docs.aws.amazon.com/apigateway/latest/developerguide/canary-release.html",
		"https://docs.aws.amazon.com/apigateway/latest/api/API_CanarySettings.html",
	},
	Doc: `
A canary takes a part of the requests of a stage. Its stage variables override those of the stage, for its
own part only: a variable that is set nowhere else is empty for all other requests. An integration that
reads it answers them with 500 when both parts are served by the same deployment: a warning.

A deployment with the settings of a canary is put on a stage that exists; without the name of the stage it is
refused.

Set the variable on the stage as well. When the stage goes on with an older deployment of which the
integration is no part, nothing is wrong.`,
	Run: func(pass *lint.Pass) {
		for route, in := range pass.Model.Integrations() {
			for _, use := range settingUses(in) {
				for stage := range route.API.Served() {
					onlyCanary(pass, route, use, stage)
				}
			}
		}
		for _, api := range pass.Model.APIs {
			for d := range api.Deployments.All() {
				canary := d.Canary.Is(func(on bool) bool { return on })
				pass.ReportIf(tri.And(api.Kind.Is(model.REST), canary, d.StageName.Present().Not()), lint.Diagnostic{
					Span:    place(d.Canary.Span(), d.Span),
					Message: fmt.Sprintf("%s is a canary, and names no stage that it is a canary of", d.ID),
					API:     api, Refused: true,
					Help: "name the stage, or put the settings of the canary on the stage itself",
					Uses: []value.Setting{d.StageName},
				})
			}
		}
	},
}

// onlyCanary reports a variable that only the canary of the stage sets.
func onlyCanary(pass *lint.Pass, route *model.Route, use variableRead, stage *model.Stage) {
	certain := tri.And(stage.CanaryVariables.Has(use.name), stage.Variables.Has(use.name).Not(), sameDeployment(stage))
	pass.ReportIf(certain, lint.Diagnostic{
		Span:     use.span,
		Message:  fmt.Sprintf("%s reads the stage variable %s, which the canary of %s sets and the stage itself does not", use.where, use.name, stage.ID),
		Routes:   []*model.Route{route},
		Cause:    fmt.Sprintf("%s on the canary of %s", use.name, stage.ID),
		Severity: lint.Warning,
		Log:      use.log,
		Help:     fmt.Sprintf("set %s on the stage as well", use.name),
		Related:  []lint.Related{{Span: place(stage.CanaryVariables.Span(), stage.Span), Message: "the canary is set up here"}},
	})
}

// sameDeployment reports whether a stage and its canary serve the same deployment.
func sameDeployment(stage *model.Stage) tri.Bool {
	if stage.CanaryDeployment.Present() != tri.Yes {
		return stage.CanaryDeployment.Present().Not()
	}
	canary, _ := stage.CanaryDeployment.Get()
	return stage.Deployment.Is(func(d *model.Deployment) bool { return d == canary })
}
