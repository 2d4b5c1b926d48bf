package rules

import (
	"fmt"

	"github.com/apigwlint/apigwlint/lint"
	"github.com/apigwlint/apigwlint/model"
	"github.com/apigwlint/apigwlint/tri"
	"github.com/apigwlint/apigwlint/value"
)

var throttleZero = &lint.Rule{
	Name:     "throttle-zero",
	Group:    "throttling",
	Summary:  "a throttle of 0 lets no request through",
	Status:   []int{429},
	Severity: lint.Error,
	URLs: []string{
		"https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-request-throttling.html",
		"https://github.com/hashicorp/terraform-provider-aws/issues/27674",
		"https://github.com/pulumi/pulumi-aws/issues/2363",
	},
	Doc: `
A stage, or a route on it, whose rate or burst limit is 0 answers every request with 429: not a failure of the
backend, and an outage all the same.

Few write the 0. In Terraform, ` + "`default_route_settings`" + ` and ` + "`route_settings`" + ` of an ` + "`aws_apigatewayv2_stage`" + ` send 0 for the
limits that they leave out, so that a block with nothing but ` + "`detailed_metrics_enabled`" + ` turns the stage off.
` + "`aws_api_gateway_method_settings`" + ` leaves the limits alone, and takes -1 for none. CloudFormation and SAM leave them
alone too.

A limit or quota of 0 in a usage plan is a warning: it concerns callers with an API key of the plan.

Set both limits. Where the 0 is a switch that turns the API off on purpose, ignore the finding at its place.`,
	Run: func(pass *lint.Pass) {
		for _, api := range pass.Model.APIs {
			for s := range api.Served() {
				for t := range s.Throttles.All() {
					throttled(pass, api, s, t)
				}
			}
		}
		for plan := range pass.Model.UsagePlans.All() {
			emptyPlan(pass, plan)
		}
	},
}

func throttled(pass *lint.Pass, api *model.API, s *model.Stage, t *model.Throttle) {
	d := lint.Diagnostic{
		API:     api,
		Cause:   t.Span,
		Help:    "set both the rate limit and the burst limit",
		Related: []lint.Related{{Span: s.Span, Message: "the stage is defined here"}},
		Uses:    []value.Setting{t.Rate, t.Burst, t.Route},
	}
	for r := range api.Routes.All() {
		if got, certain := s.ThrottleOf(r); certain == tri.Yes && got == t {
			d.Routes = append(d.Routes, r)
		}
	}
	if len(d.Routes) == 0 && (api.Routes.Len() > 0 || s.Throttles.Len() > 1 || !s.Throttles.IsClosed() || t.IsGeneral() != tri.Yes) {
		return // it concerns none of the routes, or perhaps none
	}
	for i, limit := range []value.Of[float64]{t.Rate, t.Burst} {
		name := []string{"rate", "burst"}[i]
		d.Span = place(limit.Span(), t.Span)
		d.Message = fmt.Sprintf("a %s limit of 0 lets no request through", name)
		if t.Omitted {
			d.Message = "the settings leave limits out, which are deployed as 0 and let no request through"
		}
		pass.ReportIf(limit.Is(func(f float64) bool { return f == 0 }), d)
	}
}

// emptyPlan warns of a usage plan that lets its callers do nothing.
func emptyPlan(pass *lint.Pass, plan *model.UsagePlan) {
	for api := range plan.APIs.All() {
		d := lint.Diagnostic{API: api, Severity: lint.Warning, Help: "set the limit to what callers may use, or take it away"}
		for r := range api.Routes.All() {
			if key, ok := r.APIKeyRequired.Get(); ok && key {
				d.Routes = append(d.Routes, r)
			}
		}
		if len(d.Routes) == 0 {
			continue
		}
		report := func(zero tri.Bool, limit value.Setting, name string) {
			d.Span = place(limit.Span(), plan.Span)
			d.Message = fmt.Sprintf("the usage plan %s gives callers with its API keys a %s of 0", plan.ID, name)
			d.Cause = fmt.Sprintf("%s of %s@%s", name, plan.ID, plan.Span)
			d.Uses = []value.Setting{limit}
			pass.ReportIf(zero, d)
		}
		none := func(f float64) bool { return f == 0 }
		report(plan.Rate.Is(none), plan.Rate, "rate limit")
		report(plan.Burst.Is(none), plan.Burst, "burst limit")
		report(plan.Quota.Is(func(n int) bool { return n == 0 }), plan.Quota, "quota")
	}
}
