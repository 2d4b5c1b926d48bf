package rules

import (
	"fmt"
	"strings"

	"github.com/apigwlint/apigwlint/lint"
	"github.com/apigwlint/apigwlint/model"
	"github.com/apigwlint/apigwlint/source"
	"github.com/apigwlint/apigwlint/tri"
	"github.com/apigwlint/apigwlint/value"
)

// nowhere is the place of what no file says.
var nowhere source.Span

var contentHandling = &lint.Rule{
	Name:     "content-handling",
	Group:    "mapping",
	Summary:  "a body is binary where a template or a conversion needs text",
	Status:   []int{500},
	Severity: lint.Error,
	URLs: []string{
		"https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-payload-encodings-workflow.html",
		"https://github.com/localstack/localstack/blob/main/tests/aws/services/apigateway/test_apigateway_s3.py",
	},
	Doc: `
A REST API treats a body as binary or as text, by its binary media types and the content handling of the
integration (for requests) and of the integration response (for responses). Some combinations fail with 500:

| | |
|---|---|
| ` + "`CONVERT_TO_BINARY`" + ` with a mapping template for the same body | the template works on text: error |
| a request template whose content type is among the binary media types, without content handling | warning |
| ` + "`CONVERT_TO_BINARY`" + ` where no binary media type covers the body | the body is read as base64, and fails when it is none: warning |
| a response template, where everything is binary (` + "`*/*`" + `), without content handling | depends on the caller's ` + "`Accept`" + ` header: note |

Set the content handling to ` + "`CONVERT_TO_TEXT`" + ` where there is a template, or name the binary media types one by
one so that the template's content type is not among them. Lambda proxies and mocks are left to other rules.`,
	Run: func(pass *lint.Pass) {
		for route, in := range pass.Model.Integrations() {
			mapped := tri.And(route.API.Kind.Is(model.REST), in.Type.OneOf("AWS", "HTTP"))
			passed := tri.And(route.API.Kind.Is(model.REST), in.Type.OneOf("AWS", "HTTP", "HTTP_PROXY"))
			if passed == tri.No {
				continue
			}
			d := lint.Diagnostic{
				Routes: []*model.Route{route},
				Help:   "set the content handling to CONVERT_TO_TEXT",
				Log:    "Execution failed due to configuration error: Unable to transform request",
				Uses:   []value.Setting{in.Type, in.ContentHandling},
			}
			templatesOnBinary(pass, mapped, "request", in.ContentHandling, in.RequestTemplates, d)
			binaryTypes(pass, mapped, route.API, in, d)
			notBase64(pass, tri.And(passed, in.RequestTemplates.Present().Not()), route.API, in.ContentHandling, route.RequestModels, d)
			for r := range in.Responses.All() {
				d.Log = "Execution failed due to configuration error: Unable to transform response"
				d.Uses = []value.Setting{in.Type, r.ContentHandling}
				templatesOnBinary(pass, mapped, "response", r.ContentHandling, r.Templates, d)
				responseTemplates(pass, mapped, route.API, r, d)
				if in.IsProxy() == tri.No {
					notBase64(pass, tri.And(passed, r.Templates.Present().Not()), route.API, r.ContentHandling, modelsOf(route, r), d)
				}
			}
		}
	},
}

// filled reports whether a template certainly holds something.
func filled(template value.Text) tri.Bool {
	if f, ok := template.Flat(); ok && strings.TrimSpace(strings.ReplaceAll(f.S, value.HoleString, "")) != "" {
		return tri.Yes
	}
	return template.Matches(func(s string) bool { return strings.TrimSpace(s) != "" })
}

func toBinary(handling value.Text) tri.Bool { return handling.IsFold("CONVERT_TO_BINARY") }

// templatesOnBinary reports templates for a body that is converted to binary.
func templatesOnBinary(pass *lint.Pass, mapped tri.Bool, what string, handling value.Text, templates value.Map[value.Text], d lint.Diagnostic) {
	for e := range templates.All() {
		d.Span = handling.Span()
		d.Cause = handling.Span()
		d.Message = fmt.Sprintf("the content handling CONVERT_TO_BINARY makes the %s binary, and there is a %s template, which works on text", what, what)
		d.Related = []lint.Related{{Span: place(e.Key.Span(), e.Span), Message: "the template for " + e.Key.String()}}
		pass.ReportIf(tri.And(mapped, toBinary(handling), filled(e.Value)), d)
	}
}

// binaryTypes reports request templates for content types that are binary.
func binaryTypes(pass *lint.Pass, mapped tri.Bool, api *model.API, in *model.Integration, d lint.Diagnostic) {
	for e := range in.RequestTemplates.All() {
		for t := range api.BinaryMediaTypes.All() {
			d.Span = place(e.Key.Span(), e.Span)
			d.Cause = in.Span
			d.Severity = lint.Warning
			d.Message = fmt.Sprintf("the binary media type %s covers %s, and the request template for it works on text", t, e.Key)
			d.Related = []lint.Related{{Span: t.Span(), Message: "what is binary"}}
			d.Uses = []value.Setting{in.Type, in.ContentHandling, e.Key, t}
			pass.ReportIf(tri.And(mapped, in.ContentHandling.Present().Not(), e.Key.Present(), model.MediaCovers(t, e.Key), filled(e.Value)), d)
		}
	}
}

// responseTemplates notes templates that fail when the caller asks for binary.
func responseTemplates(pass *lint.Pass, mapped tri.Bool, api *model.API, r *model.IntegrationResponse, d lint.Diagnostic) {
	all := api.BinaryMediaTypes.Any(func(t value.Text) tri.Bool { return t.Is(model.AllBinary) })
	for e := range r.Templates.All() {
		d.Span = place(e.Key.Span(), e.Span)
		d.Cause = r.Span
		d.Severity = lint.Note
		d.Message = "the binary media type */* may make the response binary, by the Accept header of the caller, and the response template works on text"
		pass.ReportIf(tri.And(mapped, all, r.ContentHandling.Present().Not(), filled(e.Value)), d)
	}
}

// notBase64 warns of bodies that are read as base64 though nothing says that
// they are: none of their media types is binary.
func notBase64(pass *lint.Pass, passed tri.Bool, api *model.API, handling value.Text, models value.Map[value.Text], d lint.Diagnostic) {
	declared := tri.And(tri.Of(models.Len() > 0), tri.Of(models.IsClosed()))
	for e := range models.All() {
		declared = tri.And(declared, api.TakesAsBinary(e.Key).Not())
	}
	d.Span = handling.Span()
	d.Severity = lint.Warning
	d.Message = "the content handling CONVERT_TO_BINARY reads the body as base64, and no binary media type covers it"
	d.Help = "take the content handling away, or add the media type of the body to the binary media types"
	pass.ReportIf(tri.And(passed, toBinary(handling), tri.Or(api.BinaryMediaTypes.Empty(), declared)), d)
}

// modelsOf returns the media types that the method declares for the status of
// an integration response.
func modelsOf(route *model.Route, r *model.IntegrationResponse) value.Map[value.Text] {
	status, ok := r.StatusText()
	for m := range route.Responses.All() {
		if ok && m.Status.Is(status) == tri.Yes {
			return m.Models
		}
	}
	return value.OpenMap[value.Text](r.Span)
}
