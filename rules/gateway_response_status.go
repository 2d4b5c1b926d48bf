package rules

import (
	"fmt"
	"strconv"

	"github.com/apigwlint/apigwlint/lint"
	"github.com/apigwlint/apigwlint/model"
	"github.com/apigwlint/apigwlint/tri"
	"github.com/apigwlint/apigwlint/value"
)

var gatewayResponseStatus = &lint.Rule{
	Name:     "gateway-response-status",
	Group:    "mapping",
	Summary:  "a gateway response replaces the status of a failure by a misleading one",
	Status:   []int{500, 502, 503, 504},
	Severity: lint.Warning,
	URLs: []string{
		"https://docs.aws.amazon.com/apigateway/latest/developerguide/supported-gateway-response-types.html",
		"https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-gatewayResponse-definition.html",
	},
	Doc: `
A gateway response is what a REST API answers by itself. With a status code of its own it hides what happened:

- a type for mistakes of the caller (` + "`DEFAULT_4XX`, `UNAUTHORIZED`, `RESOURCE_NOT_FOUND`, `THROTTLED`" + `, …) with a status of
  5xx makes callers, their retries and the alarms on 5xx take a wrong request for an outage: a warning;
- ` + "`DEFAULT_5XX`" + ` with any status code makes 500, 502, 503 and 504 one, so that a timeout cannot be told from a
  function that fails: a note.

Leave the status code out: each type has one. Headers and templates can be changed without it.`,
	Run: func(pass *lint.Pass) {
		for _, api := range pass.Model.APIs {
			for r := range api.GatewayResponses.All() {
				code, ok := statusNumber(r.Status)
				if !ok {
					continue
				}
				d := lint.Diagnostic{
					Span:   r.Status.Span(),
					API:    api,
					Status: []int{code},
					Help:   "leave the status code of the gateway response out",
					Uses:   []value.Setting{r.Type, r.Status},
				}
				rest := api.Kind.Is(model.REST)
				d.Message = fmt.Sprintf("%s is answered with the status %d, so that mistakes of callers look like failures of the API", r.Type, code)
				pass.ReportIf(tri.And(rest, r.Type.OneOf(callerMistakes...), tri.Of(code >= 500)), d)
				d.Severity = lint.Note
				d.Message = fmt.Sprintf("DEFAULT_5XX is answered with the status %d, so that 500, 502, 503 and 504 cannot be told apart", code)
				pass.ReportIf(tri.And(rest, r.Type.IsFold("DEFAULT_5XX")), d)
			}
		}
	},
}

// callerMistakes are the types of gateway responses that have a status of 4xx.
var callerMistakes = []string{
	"DEFAULT_4XX", "ACCESS_DENIED", "BAD_REQUEST_BODY", "BAD_REQUEST_PARAMETERS", "EXPIRED_TOKEN", "INVALID_API_KEY",
	"INVALID_SIGNATURE", "MISSING_AUTHENTICATION_TOKEN", "QUOTA_EXCEEDED", "REQUEST_TOO_LARGE", "RESOURCE_NOT_FOUND",
	"THROTTLED", "UNAUTHORIZED", "UNSUPPORTED_MEDIA_TYPE", "WAF_FILTERED",
}

// statusNumber returns a status of three digits.
func statusNumber(status value.Text) (int, bool) {
	s, ok := status.Get()
	n, err := strconv.Atoi(s)
	return n, ok && err == nil && n >= 100 && n < 600
}
