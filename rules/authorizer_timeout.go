package rules

import (
	"fmt"
	"slices"
	"time"

	"github.com/apigwlint/apigwlint/lint"
	"github.com/apigwlint/apigwlint/model"
	"github.com/apigwlint/apigwlint/tri"
	"github.com/apigwlint/apigwlint/value"
)

// authorizerWait is how long an HTTP API waits for its authorizer.
// https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-quotas.html
const authorizerWait = 10 * time.Second

var authorizerTimeout = &lint.Rule{
	Name:     "authorizer-timeout",
	Group:    "timeout",
	Summary:  "an authorizer's function may run longer than an HTTP API waits for it",
	Status:   []int{500},
	Severity: lint.Note,
	URLs: []string{
		"https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-quotas.html",
		"https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-lambda-authorizer.html",
	},
	Doc: `
An HTTP API waits 10 s for a Lambda authorizer, which no quota changes, and answers 500 when it takes longer. A
function with a longer timeout, such as one that fetches keys from an identity provider which hangs, goes
over that without a line in its own log.

Give the function of the authorizer a timeout of 10 s or less, so that it is the function that fails and says why.`,
	Run: func(pass *lint.Pass) {
		for _, api := range pass.Model.APIs {
			for a := range api.Authorizers.All() {
				routes := slices.Collect(a.Used())
				inv, ok := a.Lambda.Get()
				if !ok || len(routes) == 0 {
					continue
				}
				for _, fn := range functions(inv) {
					timeout, known := fn.Timeout.Get()
					if !known {
						continue
					}
					d := lint.Diagnostic{
						Span:    place(fn.Timeout.Span(), fn.Span),
						Message: fmt.Sprintf("%s, the function of the authorizer %s, may run for %s, and an HTTP API waits for %s", fn.ID, a.ID, timeout, authorizerWait),
						Routes:  routes,
						Cause:   a,
						Help:    fmt.Sprintf("give the function a timeout of %s or less", authorizerWait),
						Related: []lint.Related{{Span: a.Span, Message: "the authorizer is defined here"}},
						Uses:    []value.Setting{fn.Timeout},
					}
					pass.ReportIf(tri.And(api.Kind.Is(model.HTTP), tri.Of(timeout > authorizerWait)), d)
				}
			}
		}
	},
}
