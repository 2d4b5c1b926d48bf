package rules

import (
	"fmt"

	"github.com/apigwlint/apigwlint/lint"
	"github.com/apigwlint/apigwlint/model"
	"github.com/apigwlint/apigwlint/tri"
)

var handlerError = &lint.Rule{
	Name:     "handler-error",
	Group:    "handler",
	Summary:  "a handler answers a request with an error of the function",
	Status:   []int{502},
	Severity: lint.Warning,
	URLs: []string{
		"https://docs.aws.amazon.com/lambda/latest/dg/services-apigateway-errors.html",
		"https://docs.aws.amazon.com/lambda/latest/dg/golang-exceptions.html",
	},
	Doc: `
An error that leaves the handler is an error of the function, whatever was wrong: callers get 502, from an HTTP
API 500, and no word of what it says. In Go, a response that is returned beside an error is lost.

To tell callers that their request was wrong, return a response with a status such as 400 or 404 and no error.`,
	Run: func(pass *lint.Pass) {
		for h := range handlers(pass.Model) {
			for f := range h.handler.Faults.All() {
				d := lint.Diagnostic{
					Span: f.Span, Routes: []*model.Route{h.route}, Status: h.failure(), Uses: h.uses(), Cause: once("fault", f.Span),
					Severity: lint.Note, Related: h.related(),
					Message: fmt.Sprintf("%s ends with the error %s", h.fn.ID, faultName(f)),
					Help:    "return a response with the status that callers are to see",
				}
				if h.route.API.Kind != model.HTTP {
					d.Log = "Lambda execution failed with status 200 due to customer function error"
				}
				certain := f.Request
				if f.Lost {
					d.Severity = lint.Warning
					d.Message = fmt.Sprintf("%s returns an error beside its response%s, which is lost", h.fn.ID, statusOf(f))
					d.Help = "return the response with a nil error"
					certain = tri.Yes
				}
				pass.ReportIf(tri.And(h.in.Type.IsFold("AWS_PROXY"), h.in.IsAsync().Not(), certain), d)
			}
		}
	},
}

func faultName(f *model.Fault) string {
	if f.Name == "" {
		return "that it gives"
	}
	return f.Name
}

func statusOf(f *model.Fault) string {
	if f.Status == "" {
		return ""
	}
	return " with status " + f.Status
}
