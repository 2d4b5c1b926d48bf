package rules

import (
	"fmt"

	"github.com/apigwlint/apigwlint/lint"
	"github.com/apigwlint/apigwlint/model"
	"github.com/apigwlint/apigwlint/tri"
	"github.com/apigwlint/apigwlint/value"
)

var routeTarget = &lint.Rule{
	Name:     "route-target",
	Group:    "integration",
	Summary:  "a route has no target, or one that is no integration",
	Status:   []int{500},
	Severity: lint.Error,
	URLs: []string{
		"https://docs.aws.amazon.com/apigatewayv2/latest/api-reference/apis-apiid-routes.html",
		"https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-websocket-api-route-keys-connect-disconnect.html",
	},
	Doc: `
A route of an HTTP or WebSocket API names its integration by its target, ` + "`integrations/<integration id>`" + `. The
identifier alone is refused when the route is created.

A route without a target can be created, and nothing answers its requests: a warning, since what exactly callers get
is not documented. The routes ` + "`$connect` and `$disconnect`" + ` of a WebSocket API need none.`,
	Run: func(pass *lint.Pass) {
		const form = "integrations/"
		for route := range pass.Model.Routes() {
			if route.API.Kind == model.REST {
				continue
			}
			own := tri.And(route.Imported.Not(), tri.Or(route.API.Kind.Is(model.HTTP), route.API.Kind.Is(model.WebSocket)))
			d := lint.Diagnostic{
				Span:     place(route.Span, route.Target.Span()),
				Message:  "the route has no target",
				Routes:   []*model.Route{route},
				Cause:    route,
				Severity: lint.Warning,
				Help:     "set the target to " + form + " and the identifier of an integration",
				Uses:     []value.Setting{route.Target},
			}
			optional := tri.And(route.API.Kind.Is(model.WebSocket), tri.Or(route.Path.Is("$connect"), route.Path.Is("$disconnect")))
			pass.ReportIf(tri.And(own, route.Target.Present().Not(), optional.Not()), d)

			d.Span = place(route.Target.Span(), route.Span)
			d.Message = fmt.Sprintf("the target %s is not %s and the identifier of an integration", route.Target, form)
			d.Severity, d.Refused = 0, true
			wrong := value.Glob(value.Lit(form+"*", d.Span), route.Target, value.Wildcard).Not()
			pass.ReportIf(tri.And(own, route.Target.Present(), wrong), d)
		}
	},
}
