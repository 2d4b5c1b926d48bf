package rules

import (
	"fmt"
	"time"

	"github.com/apigwlint/apigwlint/lint"
	"github.com/apigwlint/apigwlint/model"
	"github.com/apigwlint/apigwlint/tri"
	"github.com/apigwlint/apigwlint/value"
)

var lambdaTimeout = &lint.Rule{
	Name:     "lambda-timeout",
	Group:    "timeout",
	Summary:  "a function may run longer than API Gateway waits for it",
	Status:   []int{504, 503},
	Severity: lint.Warning,
	URLs: []string{
		"https://repost.aws/knowledge-center/api-gateway-504-errors",
		"https://docs.aws.amazon.com/apigateway/latest/developerguide/limits.html",
	},
	Doc: `
API Gateway waits for a function for 29 s (REST and WebSocket APIs) or 30 s (HTTP APIs), or as long as
the integration's own timeout says. A call that takes longer is answered with 504 (HTTP APIs: 503), and
the function runs on and is paid for; a caller that tries again starts it once more.

Make the function's timeout shorter than that of the integration, so that it is the function that gives
up, or hand slow work to something that is not waited for. Streamed responses and asynchronous
invocations (` + "`X-Amz-Invocation-Type: Event`" + `) are left alone.`,
	Run: func(pass *lint.Pass) {
		for route, in := range pass.Model.Integrations() {
			inv, ok := in.Lambda.Get()
			if !ok {
				continue
			}
			for _, fn := range functions(inv) {
				limit := fn.Timeout.Or(3 * time.Second)
				runs, known := limit.Get()
				waits, decided := route.EffectiveTimeout().Get()
				if !known || !decided {
					continue
				}
				status := []int{504}
				if route.API.Kind == model.HTTP {
					status = []int{503}
				}
				d := lint.Diagnostic{
					Span:    place(fn.Timeout.Span(), fn.Span),
					Message: fmt.Sprintf("%s may run for %s, and API Gateway waits for %s", fn.ID, runs, waits),
					Routes:  []*model.Route{route},
					Cause:   fmt.Sprintf("%s@%s waits %s", fn.ID, fn.Span, waits),
					Status:  status,
					Help:    fmt.Sprintf("give the function a timeout below %s", waits),
					Related: []lint.Related{{Span: place(inv.Span, in.Span), Message: "the function is invoked here"}},
					Uses:    []value.Setting{fn.Timeout, in.Timeout},
				}
				if route.API.Kind != model.HTTP {
					d.Log = "Execution failed due to a timeout error"
				}
				pass.ReportIf(tri.And(in.InvokesLambda(), tri.Of(runs > waits), in.Streams().Not(), in.IsAsync().Not()), d)
			}
		}
	},
}

// functions lists the functions of the files that are invoked, on any stage.
func functions(inv *model.Invocation) []*model.Function {
	var out []*model.Function
	if inv.Function != nil {
		out = append(out, inv.Function)
	}
	for _, s := range inv.ByStage {
		if s.Target != nil && s.Target.Function != nil {
			out = append(out, s.Target.Function)
		}
	}
	return out
}
