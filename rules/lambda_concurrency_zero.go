package rules

import (
	"fmt"
	"slices"

	"github.com/apigwlint/apigwlint/lint"
	"github.com/apigwlint/apigwlint/model"
	"github.com/apigwlint/apigwlint/tri"
	"github.com/apigwlint/apigwlint/value"
)

var lambdaConcurrencyZero = &lint.Rule{
	Name:     "lambda-concurrency-zero",
	Group:    "throttling",
	Summary:  "a function behind a route or an authorizer has a reserved concurrency of 0",
	Status:   []int{500, 503},
	Severity: lint.Error,
	URLs: []string{
		"https://docs.aws.amazon.com/lambda/latest/dg/configuration-concurrency.html",
		"https://docs.aws.amazon.com/lambda/latest/dg/services-apigateway-errors.html",
		"https://repost.aws/knowledge-center/api-gateway-internal-server-error",
	},
	Doc: `
Reserved concurrency is how many requests a function works on at a time, at most. With 0 Lambda refuses every
call. Callers do not see its 429: a REST API answers 500, and an HTTP API 503. An authorizer that cannot be
called fails its routes with 500.

Take the reserved concurrency away, or reserve what the function needs. Where it is a switch that turns the
function off on purpose, ignore the finding at its place.`,
	Run: func(pass *lint.Pass) {
		for route, in := range pass.Model.Integrations() {
			if inv, ok := in.Lambda.Get(); ok {
				called := tri.And(in.InvokesLambda(), in.IsAsync().Not())
				related := []lint.Related{{Span: place(inv.Span, in.Span), Message: "the function is invoked here"}}
				noConcurrency(pass, called, inv, lint.Diagnostic{Routes: []*model.Route{route}, Status: refused(route.API.Kind), Related: related})
			}
		}
		for _, api := range pass.Model.APIs {
			for a := range api.Authorizers.All() {
				routes := slices.Collect(a.Used())
				if inv, ok := a.Lambda.Get(); ok && len(routes) > 0 {
					related := []lint.Related{{Span: a.Span, Message: "the authorizer " + a.ID + " calls it"}}
					noConcurrency(pass, tri.Yes, inv, lint.Diagnostic{Routes: routes, Status: []int{500}, Related: related})
				}
			}
		}
	},
}

// refused is the status with which callers learn that Lambda refuses calls.
func refused(kind model.Kind) []int {
	if kind == model.HTTP {
		return []int{503}
	}
	return []int{500}
}

// throttledLog is what is logged then.
func throttledLog(kind model.Kind) string {
	if kind == model.HTTP {
		return ""
	}
	return "Lambda invocation failed with status: 429"
}

func noConcurrency(pass *lint.Pass, called tri.Bool, inv *model.Invocation, d lint.Diagnostic) {
	for _, fn := range functions(inv) {
		d.Span = place(fn.Concurrency.Span(), fn.Span)
		d.Cause = fn
		d.Message = fmt.Sprintf("%s has a reserved concurrency of 0, so that Lambda refuses every call", fn.ID)
		d.Log = throttledLog(d.Routes[0].API.Kind)
		d.Help = "take the reserved concurrency away, or reserve what the function needs"
		d.Uses = []value.Setting{fn.Concurrency}
		pass.ReportIf(tri.And(called, fn.Concurrency.Is(func(n int) bool { return n == 0 })), d)
	}
}
