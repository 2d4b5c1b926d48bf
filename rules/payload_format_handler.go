package rules

import (
	"fmt"
	"strings"

	"github.com/apigwlint/apigwlint/lint"
	"github.com/apigwlint/apigwlint/model"
	"github.com/apigwlint/apigwlint/tri"
)

var payloadFormatHandler = &lint.Rule{
	Name:     "payload-format-handler",
	Group:    "integration",
	Summary:  "a handler is written for events of the other payload format",
	Status:   []int{500},
	Severity: lint.Warning,
	URLs: []string{
		"https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html",
	},
	Doc: `
An HTTP API sends events in payload format 1.0, as a REST API does, or in 2.0. They have different properties:
` + "`httpMethod`, `path` and `resource`" + ` are only in 1.0, ` + "`rawPath`, `routeKey` and `requestContext.http`" + ` only in 2.0. A handler
that cannot do without a property of the other format fails on every call.

SAM sets 2.0, Terraform leaves 1.0 unless told otherwise, and elsewhere the format has to be set. A handler that
asks for the version, or whether the property is there, is left alone.`,
	Run: func(pass *lint.Pass) {
		for h := range handlers(pass.Model) {
			format := h.route.EventFormat()
			version, ok := format.Get()
			if !ok || h.in.IsAsync() == tri.Yes {
				continue
			}
			setting := fmt.Sprintf("payload format %s", version)
			lacking := setting + " does"
			if h.route.API.Kind == model.REST {
				setting, lacking = "the events of a REST API", "the events of a REST API do"
			}
			report := func(certain tri.Bool, d lint.Diagnostic) {
				d.Routes, d.Status, d.Uses = []*model.Route{h.route}, h.failure(), append(h.uses(), format)
				d.Cause = once("payload", d.Span)
				d.Related = append([]lint.Related{{Span: place(h.in.PayloadFormat.Span(), h.in.Span), Message: "the format of the events is that of this integration"}}, h.related()...)
				pass.ReportIf(certain, d)
			}
			help := "read the properties of " + setting
			if h.route.API.Kind == model.HTTP {
				help += ", or set the payload format to " + map[string]string{"1.0": "2.0", "2.0": "1.0"}[version]
			}
			other := lint.Diagnostic{
				Span: place(h.handler.Payload.Span(), h.fn.Span), Help: help,
				Message: fmt.Sprintf("%s handles events in payload format %s only, and is sent %s", h.fn.ID, h.handler.Payload, setting),
			}
			if h.handler.Language == "go" {
				// It gets an event with empty fields, which it may put up with.
				other.Severity = lint.Note
				other.Message = fmt.Sprintf("%s handles events in payload format %s, and is sent %s", h.fn.ID, h.handler.Payload, setting)
			}
			report(h.handler.Payload.Matches(func(s string) bool { return s != version }), other)
			for read := range h.handler.Requires.All() {
				if !model.LacksProperty(version, read.Path) {
					continue
				}
				report(tri.Yes, lint.Diagnostic{
					Span: read.Span, Help: help,
					Message: fmt.Sprintf("%s reads %s of the event, which %s not have", h.fn.ID, strings.Join(read.Path, "."), lacking),
				})
				break
			}
		}
	},
}
