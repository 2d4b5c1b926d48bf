package rules

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/apigwlint/apigwlint/lint"
	"github.com/apigwlint/apigwlint/model"
	"github.com/apigwlint/apigwlint/tri"
	"github.com/apigwlint/apigwlint/value"
)

var mockStatusCode = &lint.Rule{
	Name:     "mock-status-code",
	Group:    "mapping",
	Summary:  "the request template of a mock yields no status code that is mapped",
	Status:   []int{500},
	Severity: lint.Error,
	URLs: []string{
		"https://docs.aws.amazon.com/apigateway/latest/developerguide/how-to-mock-integration.html",
		"https://repost.aws/knowledge-center/api-gateway-cors-errors",
		"https://github.com/aws/aws-cdk/issues/5997",
	},
	Doc: `
A ` + "`MOCK`" + ` integration of a REST API answers with the status that its own request template renders:
` + "`{\"statusCode\": 200}`" + `. The name may go without quotes; the value must be an integer. Without a template, or
with the status in quotes, API Gateway finds no status and answers 500; so it does when no
integration response takes the status. Preflight answers (` + "`OPTIONS`" + `) are the usual place.

The template is chosen by the request's content type, which is ` + "`application/json`" + ` when there is none. A
request of another type passes its own body on unless the passthrough behaviour is ` + "`NEVER`" + `: a body
that holds no status code ends in 500 as well, which is a note.

Add a request template for ` + "`application/json`" + ` with an integer, and an integration response without a
selection pattern. Templates that compute the status are not judged.`,
	Run: func(pass *lint.Pass) {
		for route, in := range pass.Model.Integrations() {
			mock := tri.And(route.API.Kind.Is(model.REST), in.IsMock())
			if mock == tri.No {
				continue
			}
			d := lint.Diagnostic{
				Routes: []*model.Route{route},
				Log:    "Execution failed due to configuration error: Unable to parse statusCode. It should be an integer that is defined in the request template.",
				Help:   `add a request template for application/json: {"statusCode": 200}`,
				Uses:   []value.Setting{in.Type},
			}
			noMockTemplate(pass, mock, route, in, d)
			for e := range in.RequestTemplates.All() {
				mockTemplate(pass, tri.And(mock, isContentType(e.Key)), in, e, d)
			}
		}
	},
}

// isContentType reports whether a template with the key can be chosen at all.
func isContentType(key value.Text) tri.Bool { return key.Contains("/") }

// noMockTemplate reports mocks that have no template, or none with a status.
func noMockTemplate(pass *lint.Pass, mock tri.Bool, route *model.Route, in *model.Integration, d lint.Diagnostic) {
	templates := value.SetOf[value.Entry[value.Text]](nil, in.RequestTemplates.IsClosed())
	var keys []string
	for e := range in.RequestTemplates.All() {
		templates = templates.With(e)
		keys = append(keys, e.Key.String())
	}
	chosen := templates.Any(func(e value.Entry[value.Text]) tri.Bool { return isContentType(e.Key) })
	d.Span = place(in.Type.Span(), in.Span)
	d.Message = "the mock has no request template, and so no status code"
	if len(keys) > 0 {
		d.Span = place(in.RequestTemplates.Span(), d.Span)
		d.Message = fmt.Sprintf("the request templates of the mock are named %s, and only the name of a content type is ever chosen", strings.Join(keys, ", "))
	}
	if route.HasBody() != tri.No && route.Method.Is("ANY") != tri.Yes {
		d.Severity = lint.Warning // the caller's own body may hold a status code
	}
	// With NEVER, requests are refused with 415 instead.
	pass.ReportIf(tri.And(mock, chosen.Not(), in.Passthrough.IsFold("NEVER").Not()), d)
}

// mockTemplate reports what is wrong with one template.
func mockTemplate(pass *lint.Pass, mock tri.Bool, in *model.Integration, e value.Entry[value.Text], d lint.Diagnostic) {
	contentTypeGap(pass, mock, in, e, d)
	answer := model.ReadMock(e.Value)
	d.Span = e.Value.Span()
	d.Uses = append(d.Uses, e.Value)
	switch answer.Kind {
	case model.MockNone:
		d.Message = "the request template of the mock has no statusCode"
		for other := range in.RequestTemplates.All() {
			if model.ReadMock(other.Value).Kind != model.MockNone {
				d.Severity = lint.Warning // requests of the other content type may do
			}
		}
		pass.ReportIf(mock, d)
	case model.MockQuoted:
		d.Span = e.Value.Locate(answer.Start, answer.End)
		d.Message = fmt.Sprintf("the statusCode of the mock is %s, a string, and not an integer", answer.Raw)
		d.Help = "write the status without quotes: " + strings.Trim(answer.Raw, `"'`)
		pass.ReportIf(mock, d)
	case model.MockBraces:
		d.Severity = lint.Warning
		d.Message = fmt.Sprintf("the request template of the mock is %s, without the braces of an object", answer.Raw)
		pass.ReportIf(mock, d)
	case model.MockStatus:
		d.Span = e.Value.Locate(answer.Start, answer.End)
		d.Log = noMapping
		d.Help = "add an integration response without a selection pattern"
		uncaught := tri.Yes
		var codes []string
		for _, code := range answer.Codes {
			uncaught = tri.And(uncaught, in.Catches(strconv.Itoa(code)).Not())
			codes = append(codes, strconv.Itoa(code))
		}
		d.Message = fmt.Sprintf("no integration response takes the status %s of the mock", strings.Join(codes, " or "))
		pass.ReportIf(tri.And(mock, in.Responses.Empty().Not(), uncaught), d)
	}
}

// contentTypeGap notes requests whose content type has no template.
func contentTypeGap(pass *lint.Pass, mock tri.Bool, in *model.Integration, e value.Entry[value.Text], d lint.Diagnostic) {
	only := e.Key.Is("application/json")
	if in.RequestTemplates.Len() > 1 {
		only = tri.No
	} else if !in.RequestTemplates.IsClosed() {
		only = tri.And(only, tri.Maybe)
	}
	d.Span = place(e.Key.Span(), e.Span)
	d.Severity = lint.Note
	d.Message = "a request of another content type than application/json passes its body on, in which the mock looks for its status"
	d.Help = "set the passthrough behaviour to NEVER"
	pass.ReportIf(tri.And(mock, only, tri.Of(d.Routes[0].HasBody() == tri.Yes), in.Passthrough.Or("WHEN_NO_MATCH").IsFold("WHEN_NO_MATCH")), d)
}
