package rules

import (
	"fmt"
	"time"

	"github.com/apigwlint/apigwlint/lint"
	"github.com/apigwlint/apigwlint/model"
	"github.com/apigwlint/apigwlint/tri"
	"github.com/apigwlint/apigwlint/value"
)

var lambdaConcurrencyLow = &lint.Rule{
	Name:     "lambda-concurrency-low",
	Group:    "throttling",
	Summary:  "a stage lets more requests through than a function's reserved concurrency serves",
	Status:   []int{500, 503},
	Severity: lint.Note,
	URLs: []string{
		"https://repost.aws/knowledge-center/api-gateway-internal-server-error",
		"https://docs.aws.amazon.com/lambda/latest/dg/lambda-concurrency.html",
	},
	Doc: `
A function with a reserved concurrency of *c* works on *c* requests at a time. When calls take *t* seconds, it
serves *c / t* of them in a second; Lambda refuses the rest, and callers get 500 (HTTP APIs: 503) where the stage's
own throttle would have answered 429, which clients know how to handle.

The rule compares the rate of the stage, or of the route, with calls that take 1 s, or the timeout of the
function when that is less. It says how fast calls have to be for the two to fit.

Reserve more, or lower the rate of the stage to what the function serves.`,
	Run: func(pass *lint.Pass) {
		for route, in := range pass.Model.Integrations() {
			inv, ok := in.Lambda.Get()
			if !ok || route.API.Kind == model.WebSocket {
				continue
			}
			for s := range route.API.Served() {
				if t, certain := s.ThrottleOf(route); t != nil {
					for _, fn := range functions(inv.On(s)) {
						lowConcurrency(pass, tri.And(certain, in.InvokesLambda(), in.IsAsync().Not()), route, t, fn)
					}
				}
			}
		}
	},
}

func lowConcurrency(pass *lint.Pass, certain tri.Bool, route *model.Route, t *model.Throttle, fn *model.Function) {
	rate, limited := t.Rate.Get()
	reserved, known := fn.Concurrency.Get()
	if !limited || !known || reserved <= 0 || rate <= 0 {
		return
	}
	takes := time.Second
	if timeout, ok := fn.Timeout.Or(3 * time.Second).Get(); ok {
		takes = min(takes, timeout)
	}
	needs := time.Duration(float64(reserved) / rate * float64(time.Second)).Round(time.Millisecond)
	d := lint.Diagnostic{
		Span: place(fn.Concurrency.Span(), fn.Span),
		Message: fmt.Sprintf("the stage lets %g requests a second through, and %s has a reserved concurrency of %d, which serves them only when a call takes no more than %s",
			rate, fn.ID, reserved, needs),
		Routes:  []*model.Route{route},
		Cause:   fmt.Sprintf("%s@%s, %g", fn.ID, fn.Span, rate),
		Status:  refused(route.API.Kind),
		Log:     throttledLog(route.API.Kind),
		Help:    fmt.Sprintf("reserve as many as the rate times the seconds that a call takes, or lower the rate: %d serve %d requests of 1 s a second", reserved, reserved),
		Related: []lint.Related{{Span: place(t.Rate.Span(), t.Span), Message: "the rate is set here"}},
		Uses:    []value.Setting{t.Rate, fn.Concurrency},
	}
	pass.ReportIf(tri.And(certain, tri.Of(rate*takes.Seconds() > float64(reserved))), d)
}
