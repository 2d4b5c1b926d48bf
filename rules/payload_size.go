package rules

import (
	"fmt"
	"regexp"

	"github.com/apigwlint/apigwlint/lint"
	"github.com/apigwlint/apigwlint/model"
	"github.com/apigwlint/apigwlint/tri"
	"github.com/apigwlint/apigwlint/value"
)

var payloadSize = &lint.Rule{
	Name:     "payload-size",
	Group:    "payload",
	Summary:  "requests or answers are larger than what API Gateway or Lambda passes on",
	Status:   []int{500, 502},
	Severity: lint.Error,
	URLs: []string{
		"https://docs.aws.amazon.com/apigateway/latest/developerguide/limits.html",
		"https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html",
		"https://docs.aws.amazon.com/apigateway/latest/developerguide/response-transfer-mode.html",
		"https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-aws-services.html",
	},
	Doc: `
| | request and answer |
|---|---|
| REST and HTTP API | 10 MB |
| with a Lambda function | 6 MB |
| WebSocket API | 128 KB a message |

None of them can be raised. An answer that is larger fails, however well the backend did: callers get 500, and 502 when
it comes from the proxy integration of a function. A request that is larger gets 413.

An error says that the smallest instance of a model is larger already. A note says that the largest that the model
declares is, or that objects of a bucket are handed out, which may be of any size: stream the answer
(` + "`responseTransferMode: STREAM`" + `, REST APIs only), or answer with a presigned URL.

HTTP APIs read only the first 100 KB of a body for mappings from ` + "`$request.body`" + `.`,
	Run: func(pass *lint.Pass) {
		for route, in := range pass.Model.Integrations() {
			kind := route.API.Kind
			d := lint.Diagnostic{Routes: []*model.Route{route}, Uses: []value.Setting{in.Type, in.URI, in.TransferMode}}
			for _, s := range route.RequestSchemas {
				request := d
				request.Status = []int{413}
				request.Help = "let callers upload to a bucket with a presigned URL"
				schemaSize(pass, "the request", s, in.MaxRequest(kind), request)
			}
			for _, s := range route.ResponseSchemas {
				response := d
				response.Status = statusOfLarge(kind, in)
				response.Help = "stream the answer, or answer with a presigned URL"
				schemaSize(pass, "the answer", s, in.MaxResponse(kind), response)
			}
			download(pass, in, kind, d)
			bodyPath(pass, kind, in, d)
		}
	},
}

// statusOfLarge returns what callers see of an answer that is too large.
func statusOfLarge(kind model.Kind, in *model.Integration) []int {
	switch {
	case in.Lambda.Present() == tri.No || kind == model.HTTP:
		return []int{500}
	case in.Lambda.Present() == tri.Yes && kind == model.REST && in.Type.Is("AWS_PROXY") == tri.Yes:
		return []int{502}
	}
	return nil
}

// schemaSize reports a model whose instances are larger than allowed: all of
// them, or some.
func schemaSize(pass *lint.Pass, what string, s *model.Schema, most value.Of[int], d lint.Diagnostic) {
	limit, ok := most.Get()
	if !ok {
		return
	}
	d.Span, d.Cause = s.Span, what+" "+s.Span.String()
	over := func(n int) bool { return n > limit }
	least, _ := s.Smallest.Get()
	always := s.Smallest.Is(over)

	all := d
	all.Message = fmt.Sprintf("%s has at least %s by its model, and at most %s are passed on", what, size(least), size(limit))
	pass.ReportIf(always, all)

	largest, _ := s.Declared.Get()
	d.Severity = lint.Note
	d.Message = fmt.Sprintf("%s may have %s by its model, and at most %s are passed on", what, size(largest), size(limit))
	pass.ReportIf(tri.And(always.Not(), s.Declared.Is(over)), d)
}

// size writes a number of bytes for people.
func size(n int) string {
	const k = 1024
	switch {
	case n >= k*k*k:
		return fmt.Sprintf("%.1f GB", float64(n)/(k*k*k))
	case n >= k*k:
		return fmt.Sprintf("%.1f MB", float64(n)/(k*k))
	}
	return fmt.Sprintf("%.1f KB", float64(n)/k)
}

// download notes objects of a bucket that are handed out.
func download(pass *lint.Pass, in *model.Integration, kind model.Kind, d lint.Diagnostic) {
	most, _ := in.MaxResponse(kind).Get()
	d.Span, d.Cause = in.URI.Span(), in.URI.Span()
	d.Severity, d.Status = lint.Note, []int{500}
	d.Message = fmt.Sprintf("objects of a bucket are handed out, and those larger than %s fail", size(most))
	d.Log = "Execution failed due to configuration error: Integration response of reported length … is larger than allowed maximum of 10485760 bytes."
	d.Help = "stream the answer of an HTTP_PROXY integration, or answer with a presigned URL"
	pass.ReportIf(tri.And(in.Downloads(), in.MaxResponse(kind).Present()), d)
}

var bodyMember = regexp.MustCompile(`\$request\.body\.\w|\$\{request\.body\.\w`)

// bodyPath notes mappings that read a body of which only the beginning is read.
func bodyPath(pass *lint.Pass, kind model.Kind, in *model.Integration, d lint.Diagnostic) {
	for e := range in.RequestParameters.All() {
		read := d
		read.Span, read.Cause = e.Value.Span(), e.Value.Span()
		read.Severity, read.Status = lint.Note, []int{400, 500}
		read.Message = fmt.Sprintf("%s is found only in the first 100 KB of the body", e.Value)
		read.Help = "keep bodies small, or send the body as a whole to a function"
		pass.ReportIf(tri.And(kind.Is(model.HTTP), tri.Of(bodyMember.MatchString(e.Value.String()))), read)
	}
}
