package rules

import (
	"fmt"
	"strings"

	"github.com/apigwlint/apigwlint/lint"
	"github.com/apigwlint/apigwlint/model"
	"github.com/apigwlint/apigwlint/tri"
	"github.com/apigwlint/apigwlint/value"
)

var lambdaPermissionSourceARN = &lint.Rule{
	Name:     "lambda-permission-source-arn",
	Group:    "permission",
	Summary:  "the source ARN of the permission does not cover the route",
	Status:   []int{500},
	Severity: lint.Error,
	URLs: []string{
		"https://docs.aws.amazon.com/apigateway/latest/developerguide/arn-format-reference.html",
		"https://docs.aws.amazon.com/lambda/latest/dg/services-apigateway.html",
		"https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-troubleshooting-lambda.html",
	},
	Doc: `
When API Gateway invokes a function it presents an ARN, and the permission's source ARN has to match
it. The star crosses slashes. What is presented:

| kind | ARN after the API's identifier |
|---|---|
| REST, HTTP | ` + "`/stage/VERB/path`" + `: the caller's verb, never ` + "`ANY`" + `; the path with its parameters in braces |
| HTTP, route ` + "`$default`" + ` | ` + "`/stage/$default`" + `: no verb |
| WebSocket | ` + "`/stage/routeKey`" + `: no verb |

So ` + "`/*/ANY/orders`" + ` matches nothing, ` + "`/*/POST/orders`" + ` does not match GET, ` + "`/*/*/*`" + ` does not match the
catch-all route of an HTTP API or any route of a WebSocket API, and an ARN that ends at the API or at
the stage matches no call at all. The ARN of the API's management (` + "`arn:aws:apigateway:…`" + `) is another one.

The rule names a permission only where no other permission of the function covers the call. One that
names a stage which the API does not have is a warning: the stage may be made elsewhere.`,
	Run: func(pass *lint.Pass) {
		blamed(pass, sourceARN, func(r refusal) lint.Diagnostic {
			p := r.permission
			d := lint.Diagnostic{
				Span:  p.SourceARN.Span(),
				Cause: p,
				Help:  fmt.Sprintf("cover the calls with a source ARN such as %s", sourceExample(r.route.API)),
				Uses:  []value.Setting{p.SourceARN},
			}
			if p.Generated == tri.Yes {
				d.Help = "give the event the method and the path of the route, or add a Lambda permission with a source ARN such as " + sourceExample(r.route.API)
			}
			message, severity := explainSource(pass.Model, p.SourceARN, r.route, r.call)
			d.Message, d.Severity = "the source ARN of "+named(p)+" "+message, severity
			return d
		})
		for p := range pass.Model.Permissions.All() {
			idle(pass, p)
		}
	},
}

// idle reports a permission of a function outside of the files that covers no
// call of the routes for which it is meant. The function may have others
// elsewhere, so that it is a warning.
func idle(pass *lint.Pass, p *model.Permission) {
	if p.Target == nil || p.Target.Function != nil || tri.And(p.ToAPIGateway(), p.IsInvoke(), p.SourceARN.Present()) != tri.Yes {
		return
	}
	var routes []*model.Route
	var message string
	certain := tri.Yes
	for route, in := range pass.Model.Integrations() {
		inv, ok := in.Lambda.Get()
		if !ok || p.Target.Names(inv) != tri.Yes || !route.API.Routes.IsClosed() || in.UsesCredentials() != tri.No {
			continue
		}
		for _, call := range route.Calls() {
			certain = tri.And(certain, pass.Model.Match(p, inv, call.Caller).Source.Not(), pass.Model.Concerns(p, route.API), permitted(pass.Model, inv, call).Not())
			message, _ = explainSource(pass.Model, p.SourceARN, route, call)
		}
		routes = append(routes, route)
	}
	if len(routes) == 0 || message == "" {
		return
	}
	pass.ReportIf(certain, lint.Diagnostic{
		Span:     place(p.SourceARN.Span(), p.Span),
		Message:  fmt.Sprintf("the source ARN of %s %s", named(p), message),
		Severity: lint.Warning,
		Routes:   routes,
		Cause:    p,
		Log:      permissionLog(routes[0].API.Kind),
		Help:     "cover the calls with a source ARN such as " + sourceExample(routes[0].API),
		Uses:     []value.Setting{p.SourceARN, p.FunctionName},
	})
}

// permitted reports whether a permission that can be seen covers the call.
func permitted(m *model.Model, inv *model.Invocation, call model.Call) tri.Bool {
	out := tri.No
	for p := range m.Permissions.All() {
		out = tri.Or(out, m.Match(p, inv, call.Caller).All())
	}
	return out
}

// explainSource says in what a source ARN differs from what API Gateway
// presents. The sentence depends on the permission and the route only, not on
// which of the route's calls is looked at.
func explainSource(m *model.Model, arn value.Text, route *model.Route, call model.Call) (message string, severity lint.Severity) {
	f, ok := arn.Flat()
	if !ok {
		return "does not cover the route", 0
	}
	segments := strings.SplitN(f.S, ":", 6)
	if len(segments) < 6 || segments[0] != "arn" {
		return fmt.Sprintf("is %s, and no ARN of an API's calls", arn), 0
	}
	if service := segments[2]; service != "execute-api" && !strings.ContainsAny(service, "*?"+value.HoleString) {
		return fmt.Sprintf("names the service %s, and calls come from execute-api", service), 0
	}
	if what := otherPlace(segments, call.Caller); what != "" {
		return what, 0
	}
	at := strings.Split(segments[5], "/")
	from := func(i int) value.Text { // the resource from its ith segment on
		return f.Slice(len(f.S)-len(strings.Join(at[i:], "/")), len(f.S))
	}
	own := value.Lit(call.Verb, route.Span).Append(route.Path)
	switch {
	case m.OtherCaller(arn, call.Caller):
		return fmt.Sprintf("names the API %s, and calls come from that of %s", at[0], route.API.APIID), 0
	case len(at) == 1:
		return "ends at the API, and calls come from " + shape(route), 0
	case at[1] == "authorizers":
		return "is for an authorizer, and not for a route", 0
	case len(at) == 2 && !strings.HasSuffix(at[1], "*"):
		return fmt.Sprintf("ends at the stage, %s, and calls come from %s", from(1), shape(route)), 0
	case len(at) == 2:
		return fmt.Sprintf("ends in /%s, and calls come from %s", from(1), shape(route)), 0
	case value.Glob(from(2), own, value.Wildcard) == tri.Yes:
		for s := range route.API.Stages.All() {
			if s.Name.Is(at[1]) != tri.No {
				return fmt.Sprintf("names the stage %s, and the route is on the stage %s too", at[1], call.Stage.Name), lint.Warning
			}
		}
		return fmt.Sprintf("names the stage %s, which the API does not have", at[1]), lint.Warning
	case route.Method.Present() == tri.No:
		return fmt.Sprintf("ends in /%s, and calls of %s come from %s", from(1), route.Key(), shape(route)), 0
	case at[2] == "ANY":
		return "has ANY for the verb, and calls come with the verb of the request", 0
	case value.Glob(value.Lit(at[2], arn.Span()), value.Lit(call.Verb, route.Span), value.Wildcard) == tri.No:
		return fmt.Sprintf("allows %s only, and the route takes %s", at[2], route.Method), 0
	case len(at) == 3:
		return fmt.Sprintf("ends after the verb, and the path of the route is %s", route.Path), 0
	}
	return fmt.Sprintf("ends in the path /%s, and that of the route is %s", from(3), route.Path), 0
}

// shape is what follows the API's identifier in the ARN of a call.
func shape(route *model.Route) string {
	if route.Method.Present() == tri.No {
		return "/<stage>/" + route.Path.String()
	}
	return "/<stage>/<verb>" + route.Path.String()
}

// otherPlace says what region or account a source ARN names that is not the
// API's, where both are written down.
func otherPlace(segments []string, caller value.Text) string {
	c, ok := caller.Flat()
	if !ok {
		return ""
	}
	own := strings.SplitN(c.S, ":", 6)
	if len(own) < 6 {
		return ""
	}
	for i, what := range []string{3: "region", 4: "account"} {
		written, actual := segments[i], own[i]
		if what != "" && written != actual && !strings.ContainsAny(written+actual, "*?"+value.HoleString) {
			return fmt.Sprintf("names the %s %q, and the API is in %s", what, written, actual)
		}
	}
	return ""
}
