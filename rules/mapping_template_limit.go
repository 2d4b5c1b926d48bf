package rules

import (
	"fmt"

	"github.com/apigwlint/apigwlint/lint"
	"github.com/apigwlint/apigwlint/model"
	"github.com/apigwlint/apigwlint/tri"
)

var mappingTemplateLimit = &lint.Rule{
	Name:     "mapping-template-limit",
	Group:    "mapping",
	Summary:  "a mapping template is larger than allowed, or loops for longer",
	Status:   []int{500},
	Severity: lint.Error,
	URLs: []string{
		"https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-known-issues.html",
		"https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-execution-service-limits-table.html",
		"https://docs.aws.amazon.com/apigatewayv2/latest/api-reference/apis-apiid-integrations.html",
	},
	Doc: `
A mapping template of a REST API has at most 300 KB, one of a WebSocket API 32 KB; a larger one is refused. A
` + "`#foreach`" + ` runs through at most 1000 members. These quotas cannot be raised.`,
	Run: func(pass *lint.Pass) {
		for t := range templates(pass.Model) {
			kind := t.route.API.Kind
			d := t.diagnostic()
			d.Cause = d.Span
			if most := model.MaxTemplateSize(kind); kind != "" && t.Size() > most {
				large := d
				large.Refused = true
				large.Message = fmt.Sprintf("%s has %d bytes, and at most %d are allowed", t.what(), t.Size(), most)
				large.Help = "let a function make the request or the answer"
				pass.ReportIf(t.runs, large)
			}
			if loop := t.LongLoop(); loop != nil {
				d.Span, d.Cause = loop.Span, loop.Span
				d.Severity = lint.Warning
				d.Message = fmt.Sprintf("#foreach runs %d times, and API Gateway allows %d", loop.Count, loop.Max)
				d.Help = "loop over at most 1000 members, or let a function make the request or the answer"
				pass.ReportIf(tri.And(t.runs, kind.Is(model.REST)), d)
			}
		}
	},
}
