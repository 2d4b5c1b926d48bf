package rules

import (
	"fmt"

	"github.com/apigwlint/apigwlint/lint"
	"github.com/apigwlint/apigwlint/model"
	"github.com/apigwlint/apigwlint/tri"
	"github.com/apigwlint/apigwlint/value"
)

var streamingIntegration = &lint.Rule{
	Name:     "streaming-integration",
	Group:    "integration",
	Summary:  "the settings of an integration that streams do not go together",
	Status:   []int{500, 502},
	Severity: lint.Error,
	URLs: []string{
		"https://docs.aws.amazon.com/apigateway/latest/developerguide/response-transfer-mode.html",
		"https://docs.aws.amazon.com/apigateway/latest/developerguide/response-transfer-mode-lambda.html",
		"https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-property-function-api.html",
	},
	Doc: `
A REST API can pass a response on while the backend is still writing it: transfer mode ` + "`STREAM`" + `. Only
` + "`AWS_PROXY` and `HTTP_PROXY`" + ` do that; with another type the deployment is refused.

A function that streams is invoked by another path, ` + "`2021-11-15/functions/…/response-streaming-invocations`" + `. The
mode and the path belong together: each without the other is a warning, as AWS documents the pair, and not what
happens otherwise.

In an event of a SAM function the value is ` + "`RESPONSE_STREAM`" + `. SAM ignores any other, and the route is buffered and
ends after 29 seconds: a warning. Caching, compression and response templates do not work with streams: a
note.`,
	Run: func(pass *lint.Pass) {
		for route, in := range pass.Model.Integrations() {
			streamType(pass, route, in)
			streamPath(pass, route, in)
			streamBuffers(pass, route, in)
			for _, i := range in.Ignored {
				pass.ReportIf(tri.And(tri.Of(i.Name == "ResponseTransferMode"), i.Value.Is("RESPONSE_STREAM").Not()), lint.Diagnostic{
					Span:    place(i.Value.Span(), in.Span),
					Message: fmt.Sprintf("the transfer mode %s means nothing here and is ignored, so that the response is buffered", i.Value),
					Routes:  []*model.Route{route},
					Status:  []int{504}, Severity: lint.Warning,
					Log:  timeoutLog,
					Help: "write RESPONSE_STREAM",
					Uses: []value.Setting{i.Value},
					Fix:  replaceText(i.Value, "RESPONSE_STREAM", "stream the response"),
				})
			}
		}
	},
}

// streams reports whether a route streams, which only those of REST APIs do.
func streams(route *model.Route, in *model.Integration) tri.Bool {
	return tri.And(route.API.Kind.Is(model.REST), in.Streams())
}

func streamType(pass *lint.Pass, route *model.Route, in *model.Integration) {
	pass.ReportIf(tri.And(streams(route, in), in.Type.Present(), in.IsProxy().Not()), lint.Diagnostic{
		Span:    in.TransferMode.Span(),
		Message: fmt.Sprintf("an integration of the type %s cannot stream", in.Type),
		Routes:  []*model.Route{route}, Refused: true,
		Cause: in.TransferMode.Span(),
		Help:  "use AWS_PROXY or HTTP_PROXY, or leave the transfer mode out",
		Uses:  []value.Setting{in.Type, in.TransferMode},
	})
}

func streamPath(pass *lint.Pass, route *model.Route, in *model.Integration) {
	kind := tri.And(route.API.Kind.Is(model.REST), in.InvokesLambda())
	d := lint.Diagnostic{
		Span:     in.TransferMode.Span(),
		Message:  "the response is to be streamed, and the URI is that of a buffered invocation",
		Routes:   []*model.Route{route},
		Cause:    in.URI.Span(),
		Severity: lint.Warning,
		Help:     "end the URI with 2021-11-15/functions/FUNCTION-ARN/response-streaming-invocations",
		Related:  []lint.Related{{Span: in.URI.Span(), Message: "the URI is here"}},
		Uses:     []value.Setting{in.URI, in.TransferMode},
	}
	if in.URI.HasSuffix("/invocations") == tri.Yes {
		pass.ReportIf(tri.And(kind, in.Streams()), d)
	}
	if in.URI.HasSuffix("/response-streaming-invocations") != tri.Yes {
		return
	}
	d.Span, d.Related = in.URI.Span(), nil
	d.Message = "the URI is that of a streaming invocation, and the response is buffered"
	d.Help = "set the transfer mode to STREAM, or invoke the function with 2015-03-31/functions/FUNCTION-ARN/invocations"
	pass.ReportIf(tri.And(kind, in.Streams().Not()), d)
}

// streamBuffers notes what has no effect on streams.
func streamBuffers(pass *lint.Pass, route *model.Route, in *model.Integration) {
	note := func(certain tri.Bool, s value.Setting, message string) {
		pass.ReportIf(tri.And(streams(route, in), certain), lint.Diagnostic{
			Span:    place(s.Span(), in.TransferMode.Span()),
			Message: message, Routes: []*model.Route{route},
			Status: []int{}, Severity: lint.Note,
			Help: "do without it on routes that stream",
			Uses: []value.Setting{in.TransferMode, s},
		})
	}
	for r := range in.Responses.All() {
		note(tri.Of(r.Templates.Len() > 0), r.Templates, "a response that is streamed does not go through templates")
	}
	api := route.API
	note(api.Compression.Present(), api.Compression, "a response that is streamed is not compressed")
	for stage := range api.Served() {
		for c := range stage.Cached.All() {
			note((&model.Throttle{Route: c}).Covers(route), c, "a response that is streamed is not cached")
		}
	}
}
