package rules

import (
	"fmt"

	"github.com/apigwlint/apigwlint/lint"
	"github.com/apigwlint/apigwlint/model"
	"github.com/apigwlint/apigwlint/tri"
)

var handlerStreaming = &lint.Rule{
	Name:     "handler-streaming",
	Group:    "handler",
	Summary:  "a streaming integration invokes a handler that does not stream",
	Status:   []int{502},
	Severity: lint.Warning,
	URLs: []string{
		"https://docs.aws.amazon.com/apigateway/latest/developerguide/response-transfer-mode-lambda.html",
		"https://github.com/cdklabs/cdk-nextjs/issues/192",
	},
	Doc: `
With the transfer mode STREAM, API Gateway expects of a function its status and headers as JSON, eight NUL bytes
and then the body. On Node.js ` + "`awslambda.streamifyResponse` and `awslambda.HttpResponseStream.from`" + ` make that; the
managed runtimes of Python and others cannot stream by themselves. An ordinary response is answered with 502.

A function with layers, with the Lambda Web Adapter or with a runtime of its own is left alone.`,
	Run: func(pass *lint.Pass) {
		for h := range handlers(pass.Model) {
			d := lint.Diagnostic{
				Span: place(h.handler.Span, h.fn.Span), Routes: []*model.Route{h.route}, Cause: h.fn,
				Message: fmt.Sprintf("the response of %s is to be streamed, and its handler does not stream", h.fn.ID),
				Log:     h.malformedLog(),
				Help:    "wrap the handler in awslambda.streamifyResponse, or use the transfer mode BUFFERED",
				Related: append([]lint.Related{{Span: place(h.in.TransferMode.Span(), h.in.Span), Message: "the transfer mode is set here"}}, h.related()...),
				Uses:    append(h.uses(), h.in.TransferMode),
			}
			pass.ReportIf(tri.And(h.route.API.Kind.Is(model.REST), h.in.Type.IsFold("AWS_PROXY"), h.in.Streams(), h.handler.Streams.Not(), adapted(h.fn).Not()), d)
		}
	},
}

// adapted reports whether something may stand between Lambda and the handler.
func adapted(fn *model.Function) tri.Bool {
	if fn.Code == nil {
		return tri.Maybe
	}
	layers := fn.Code.Layers.Or(0).Is(func(n int) bool { return n > 0 })
	wrapped := tri.No
	for _, name := range []string{"AWS_LAMBDA_EXEC_WRAPPER", "AWS_LWA_INVOKE_MODE", "AWS_LWA_PORT", "PORT"} {
		wrapped = tri.Or(wrapped, fn.Code.Environment.Has(name))
	}
	return tri.Or(layers, wrapped)
}
