package rules

import (
	"fmt"
	"time"

	"github.com/apigwlint/apigwlint/lint"
	"github.com/apigwlint/apigwlint/model"
	"github.com/apigwlint/apigwlint/tri"
	"github.com/apigwlint/apigwlint/value"
)

var integrationTimeout = &lint.Rule{
	Name:     "integration-timeout",
	Group:    "timeout",
	Summary:  "the timeout of an integration is out of the range that its kind of API takes",
	Refused:  true,
	Severity: lint.Error,
	URLs: []string{
		"https://docs.aws.amazon.com/apigateway/latest/developerguide/limits.html",
		"https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-quotas.html",
		"https://aws.amazon.com/about-aws/whats-new/2024/06/amazon-api-gateway-integration-timeout-limit-29-seconds/",
	},
	Doc: `
The timeout is given in milliseconds. API Gateway refuses an integration outside of its range:

| kind | least | most |
|---|---|---|
| REST, edge-optimized | 50 ms | 29 s |
| REST, Regional or private | 50 ms | 29 s; up to 300 s when the account's quota was raised |
| REST, streamed responses | 50 ms | 900 s |
| HTTP | 50 ms | 30 s |
| WebSocket | 50 ms | 29 s |

Between 29 and 300 s on a Regional or private REST API the rule warns, as it cannot see the quota: say what
it is in the configuration. A value such as 29 or 30 was meant in seconds. The edge-optimized endpoint is
what a REST API has that says nothing else.`,
	Run: func(pass *lint.Pass) {
		for route, in := range pass.Model.Integrations() {
			timeout, ok := in.Timeout.Get()
			if !ok {
				continue
			}
			d := lint.Diagnostic{
				Span:   in.Timeout.Span(),
				Routes: []*model.Route{route},
				Cause:  in.Timeout.Span(),
				Help:   "give the timeout in milliseconds, and answer slow work with 202 and a place to ask for its result",
				Uses:   []value.Setting{in.Timeout},
			}
			report := func(certain tri.Bool, severity lint.Severity, format string, args ...any) {
				d.Severity = severity
				d.Message = fmt.Sprintf("the timeout of %s is ", ms(timeout)) + fmt.Sprintf(format, args...)
				pass.ReportIf(certain, d)
			}
			longer := func(than time.Duration) tri.Bool { return tri.Of(timeout > than) }
			const least = 50 * time.Millisecond
			report(tri.Of(timeout < least), lint.Error, "below the least of %s", ms(least))
			switch route.API.Kind {
			case model.HTTP:
				report(longer(30*time.Second), lint.Error, "above the 30000 ms of an HTTP API")
			case model.WebSocket:
				report(longer(29*time.Second), lint.Error, "above the 29000 ms of a WebSocket API")
			case model.REST:
				const raised, streamed = 300 * time.Second, 900 * time.Second
				buffered, edge := in.Streams().Not(), tri.And(route.API.Managed, route.API.Endpoint.Or("EDGE").IsFold("EDGE"))
				report(tri.And(longer(streamed), buffered.Not()), lint.Error, "above the 900000 ms of a streamed response")
				report(tri.And(longer(raised), buffered), lint.Error, "above the 300000 ms to which the quota can be raised")
				within := tri.And(buffered, tri.Of(timeout <= raised))
				report(tri.And(longer(29*time.Second), within, edge), lint.Error, "above the 29000 ms of an edge-optimized API")
				report(tri.And(longer(pass.Limits.IntegrationTimeout), longer(29*time.Second), within), lint.Warning,
					"above %s, which takes a raised quota", ms(pass.Limits.IntegrationTimeout))
			}
		}
	},
}

func ms(d time.Duration) string { return fmt.Sprintf("%d ms", d.Milliseconds()) }
