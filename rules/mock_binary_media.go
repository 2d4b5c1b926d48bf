package rules

import (
	"fmt"

	"github.com/apigwlint/apigwlint/lint"
	"github.com/apigwlint/apigwlint/model"
	"github.com/apigwlint/apigwlint/tri"
	"github.com/apigwlint/apigwlint/value"
)

var mockBinaryMedia = &lint.Rule{
	Name:     "mock-binary-media",
	Group:    "mapping",
	Summary:  "a mock gets its requests as binary, and cannot read them",
	Status:   []int{500},
	Severity: lint.Error,
	URLs: []string{
		"https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-payload-encodings-workflow.html",
		"https://github.com/aws/serverless-application-model/issues/1344",
		"https://github.com/squidfunk/terraform-aws-api-gateway-enable-cors/issues/10",
	},
	Doc: `
With ` + "`*/*`" + ` among the binary media types of a REST API (SAM and CloudFormation write ` + "`*~1*`" + ` too) every body is binary,
and that of a request without one as well. The request template of a ` + "`MOCK`" + ` integration works on text: the
mock answers 500 unless its content handling is ` + "`CONVERT_TO_TEXT`" + `. Preflight answers (` + "`OPTIONS`" + `) are the usual
victims, and with them every call from a browser. The mocks that SAM generates for ` + "`Cors`" + ` have no content handling.

With ` + "`application/json` or `application/*`" + ` the same is likely, as that is the type of a request that names none: a warning.

Set the content handling of the mock to ` + "`CONVERT_TO_TEXT`" + `; or list the binary media types that the API really
has; or let a function answer, as a Lambda proxy takes any body.`,
	Run: func(pass *lint.Pass) {
		for route, in := range pass.Model.Integrations() {
			api := route.API
			mock := tri.And(api.Kind.Is(model.REST), in.IsMock(), in.ContentHandling.IsFold("CONVERT_TO_TEXT").Not())
			if mock == tri.No {
				continue
			}
			everything := api.BinaryMediaTypes.Any(func(t value.Text) tri.Bool { return t.Is(model.AllBinary) })
			for t := range api.BinaryMediaTypes.All() {
				d := lint.Diagnostic{
					Span:    place(t.Span(), api.Span),
					Message: fmt.Sprintf("the binary media type %s covers the requests of mocks, which read text", t),
					Routes:  []*model.Route{route},
					Cause:   "binary",
					Log:     "Execution failed due to configuration error: Unable to transform request",
					Help:    "set the content handling of the mocks to CONVERT_TO_TEXT, or name the binary media types one by one",
					Related: []lint.Related{{Span: place(in.Type.Span(), in.Span), Message: "the mock of " + route.Key()}},
					Uses:    []value.Setting{t, in.Type, in.ContentHandling},
				}
				all := t.Is(model.AllBinary)
				pass.ReportIf(tri.And(mock, all), d)
				d.Severity = lint.Warning
				pass.ReportIf(tri.And(mock, everything.Not(), all.Not(), model.MediaCovers(t, plainJSON)), d)
			}
		}
	},
}

// plainJSON is the content type of a request that names none.
var plainJSON = value.Lit("application/json", nowhere)
