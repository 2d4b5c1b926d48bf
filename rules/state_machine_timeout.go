package rules

import (
	"fmt"
	"time"

	"github.com/apigwlint/apigwlint/lint"
	"github.com/apigwlint/apigwlint/model"
	"github.com/apigwlint/apigwlint/tri"
	"github.com/apigwlint/apigwlint/value"
)

var stateMachineTimeout = &lint.Rule{
	Name:     "state-machine-timeout",
	Group:    "timeout",
	Summary:  "a state machine may run longer than API Gateway waits for it",
	Status:   []int{504, 503},
	Severity: lint.Note,
	URLs: []string{
		"https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-aws-services-reference.html",
		"https://docs.aws.amazon.com/step-functions/latest/apireference/API_StartSyncExecution.html",
		"https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html",
	},
	Doc: `
` + "`StartSyncExecution`" + ` answers when the execution has ended. An Express workflow may run for five minutes unless
its definition has ` + "`TimeoutSeconds`" + `, and API Gateway waits for 29 s (HTTP APIs: 30 s). Callers of an execution
that takes longer get 504 (HTTP APIs: 503), and the execution goes on.

Put ` + "`TimeoutSeconds`" + ` below that at the top of the definition, or use ` + "`StartExecution`" + ` and let callers ask for
the result. Definitions in which no state does anything but pass data on are left alone.`,
	Run: func(pass *lint.Pass) {
		for route, in := range pass.Model.Integrations() {
			s := in.StateMachine
			if s == nil {
				continue
			}
			runs, known := s.Longest().Get()
			waits, decided := route.EffectiveTimeout().Get()
			if !known || !decided {
				continue
			}
			d := lint.Diagnostic{
				Span:    place(s.Timeout.Span(), s.Span),
				Message: fmt.Sprintf("%s may run for %s, and API Gateway waits for %s", s.ID, runs, waits),
				Routes:  []*model.Route{route},
				Cause:   fmt.Sprintf("%s@%s waits %s", s.ID, s.Span, waits),
				Status:  []int{504},
				Help:    fmt.Sprintf("set TimeoutSeconds of the definition to less than %d", waits/time.Second),
				Related: []lint.Related{{Span: in.Span, Message: "the state machine is started here"}},
				Uses:    []value.Setting{s.Timeout, in.Timeout},
			}
			if s.Timeout.Present() == tri.No {
				d.Message = fmt.Sprintf("%s has no timeout and may run for %s, and API Gateway waits for %s", s.ID, runs, waits)
			}
			if route.API.Kind == model.HTTP {
				d.Status = []int{503}
			} else {
				d.Log = "Execution failed due to a timeout error"
			}
			pass.ReportIf(tri.And(in.WaitsForExecution(), s.Works, tri.Of(runs > waits)), d)
		}
	},
}
