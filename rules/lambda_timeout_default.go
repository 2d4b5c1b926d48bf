package rules

import (
	"fmt"

	"github.com/apigwlint/apigwlint/lint"
	"github.com/apigwlint/apigwlint/model"
	"github.com/apigwlint/apigwlint/tri"
	"github.com/apigwlint/apigwlint/value"
)

var lambdaTimeoutDefault = &lint.Rule{
	Name:     "lambda-timeout-default",
	Group:    "timeout",
	Summary:  "a function in a VPC has the default timeout of 3 s",
	Status:   []int{502, 500},
	Severity: lint.Note,
	URLs: []string{
		"https://docs.aws.amazon.com/lambda/latest/dg/services-apigateway-errors.html",
		"https://docs.aws.amazon.com/lambda/latest/dg/configuration-timeout.html",
	},
	Doc: `
A function without a timeout is stopped after 3 s. One in a VPC talks to databases and to services behind
network gateways, and a first connection or a lost packet takes longer than that. A function that is stopped
has failed: callers get 502 from a REST API and 500 from an HTTP API, not 504.

Give the function a timeout of its own, below the 29 s (HTTP APIs: 30 s) for which API Gateway waits.`,
	Run: func(pass *lint.Pass) {
		for route, in := range pass.Model.Integrations() {
			inv, ok := in.Lambda.Get()
			if !ok {
				continue
			}
			for _, fn := range functions(inv) {
				d := lint.Diagnostic{
					Span:    fn.Span,
					Message: fmt.Sprintf("%s runs in a VPC and has the default timeout of 3s", fn.ID),
					Routes:  []*model.Route{route},
					Cause:   fn,
					Status:  []int{502},
					Help:    "give the function a timeout",
					Related: []lint.Related{{Span: place(inv.Span, in.Span), Message: "the function is invoked here"}},
					Uses:    []value.Setting{fn.Timeout},
				}
				if route.API.Kind != model.REST {
					d.Status = []int{500}
				}
				pass.ReportIf(tri.And(in.InvokesLambda(), in.IsAsync().Not(), fn.Timeout.Present().Not(), fn.InVPC), d)
			}
		}
	},
}
