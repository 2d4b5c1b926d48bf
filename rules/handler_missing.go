package rules

import (
	"fmt"
	"slices"

	"github.com/apigwlint/apigwlint/lint"
	"github.com/apigwlint/apigwlint/model"
	"github.com/apigwlint/apigwlint/tri"
)

var handlerMissing = &lint.Rule{
	Name:     "handler-missing",
	Group:    "handler",
	Summary:  "the code of a function lacks the handler that its setting names",
	Status:   []int{502},
	Severity: lint.Error,
	URLs: []string{
		"https://docs.aws.amazon.com/lambda/latest/dg/services-apigateway-errors.html",
		"https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-properties-lambda-function-code.html",
	},
	Doc: `
Lambda looks for the handler when the function starts: ` + "`file.function`" + ` names a file at the root of the code and
something that it defines (Python) or exports (Node.js). When there is none, every invocation fails with
` + "`Runtime.HandlerNotFound` or `Runtime.ImportModuleError`" + `, and callers get 502, from an HTTP API 500.

Code that stands in the template is a file called ` + "`index`" + `, so that its handler begins with ` + "`index.`" + `. A function
with layers, or whose handler a build or a wrapper brings, is left alone.`,
	Run: func(pass *lint.Pass) {
		for h := range handlers(pass.Model) {
			d := missing(h.fn, h.handler)
			d.Routes, d.Status, d.Uses = []*model.Route{h.route}, h.failure(), h.uses()
			if h.route.API.Kind == model.REST {
				d.Log = "Lambda execution failed with status 200 due to customer function error"
			}
			pass.ReportIf(tri.And(h.handler.Found.Not(), h.fn.Handler.Present()), d)
		}
		for _, api := range pass.Model.APIs {
			for a := range api.Authorizers.All() {
				inv, ok := a.Lambda.Get()
				routes := slices.Collect(a.Used())
				if !ok || inv.Function == nil || inv.Function.Source == nil || len(routes) == 0 {
					continue
				}
				d := missing(inv.Function, inv.Function.Source)
				d.Routes, d.Status = routes, []int{500}
				d.Uses = append(naming(inv), inv.Function.Handler, inv.Function.Runtime)
				pass.ReportIf(tri.And(inv.Function.Source.Found.Not(), inv.Function.Handler.Present(), tri.Of(len(inv.Variables) == 0)), d)
			}
		}
	},
}

func missing(fn *model.Function, h *model.Handler) lint.Diagnostic {
	return lint.Diagnostic{
		Span: place(fn.Handler.Span(), fn.Span), Cause: fn,
		Message: fmt.Sprintf("%s has the handler %s, and %s", fn.ID, fn.Handler, h.Lacks),
		Help:    "name a file at the root of the code and a function in it",
		Related: []lint.Related{{Span: fn.Span, Message: fn.ID + " is defined here"}},
	}
}
