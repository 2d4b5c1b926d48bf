package rules

import (
	"fmt"

	"github.com/apigwlint/apigwlint/lint"
	"github.com/apigwlint/apigwlint/model"
	"github.com/apigwlint/apigwlint/tri"
)

var samEventMissing = &lint.Rule{
	Name:     "sam-event-missing",
	Group:    "integration",
	Summary:  "the document of an API calls a function that has no event for the route",
	Status:   []int{500},
	Severity: lint.Error,
	URLs: []string{
		"https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-property-function-api.html",
		"https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-property-function-httpapi.html",
		"https://docs.aws.amazon.com/lambda/latest/dg/services-apigateway.html",
	},
	Doc: `
SAM makes the permissions of a function from its events, each for one method and path. It makes none for what the
OpenAPI document of the API (` + "`DefinitionBody`, `DefinitionUri`" + `) calls. An operation whose integration names a function
without an event of that method and path, or with events of another function only, is deployed, and every request
to it is answered with 500.

Add the event to the function that the operation calls: the same API, path and method, or ` + "`ANY`" + `. An
` + "`AWS::Lambda::Permission`" + ` or a connector from the API to the function does as well, and so do credentials in the
integration.`,
	Run: func(pass *lint.Pass) {
		seen := map[string]bool{}
		for r := range refusals(pass.Model) {
			fn := r.call.Target.Function
			d := lint.Diagnostic{
				Span:    r.in.Span,
				Message: fmt.Sprintf("%s has no event for the route, and its permissions come from its events", fn.ID),
				Routes:  []*model.Route{r.route},
				Cause:   fn,
				Log:     permissionLog(r.route.API.Kind),
				Help:    fmt.Sprintf("add an event for %s of %s to %s", r.route.Key(), r.route.API.ID, fn.ID),
				Related: functionRelated(r.call.Target),
				Uses:    naming(r.call.Target),
			}
			if inv, ok := r.in.Lambda.Get(); ok && inv.Span.IsValid() {
				d.Span = inv.Span
			}
			if r.permission != nil {
				d.Related = append(d.Related, lint.Related{Span: r.permission.Span, Message: "an event is for " + r.permission.SourceARN.String()})
			}
			certain := tri.And(r.certain, r.ofEvents())
			key := fmt.Sprintf("%p %v", r.route, d.Span)
			if certain == tri.Yes && seen[key] {
				continue
			}
			seen[key] = seen[key] || certain == tri.Yes
			pass.ReportIf(certain, d)
		}
	},
}
