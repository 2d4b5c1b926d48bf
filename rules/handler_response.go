package rules

import (
	"encoding/base64"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/apigwlint/apigwlint/lint"
	"github.com/apigwlint/apigwlint/model"
	"github.com/apigwlint/apigwlint/tri"
	"github.com/apigwlint/apigwlint/value"
)

var handlerResponse = &lint.Rule{
	Name:     "handler-response",
	Group:    "handler",
	Summary:  "a handler returns what API Gateway does not take for a response",
	Status:   []int{502},
	Severity: lint.Error,
	URLs: []string{
		"https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-lambda-proxy-integrations.html",
		"https://repost.aws/knowledge-center/malformed-502-api-gateway",
		"https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html",
	},
	Doc: `
A function behind a proxy integration of a REST API has to return an object with no other keys than
` + "`statusCode`, `headers`, `multiValueHeaders`, `body` and `isBase64Encoded`" + `: the status a number, or a string that is
one; the body a string; the values of ` + "`multiValueHeaders`" + ` lists. Everything else is a malformed response, and
callers get 502. An HTTP API with payload format 1.0, which is Terraform's default, answers 500 and asks for
` + "`statusCode`" + `; with format 2.0 it makes a response of whatever the function returns. A WebSocket API refuses a
connection whose ` + "`$connect`" + ` route returns no status of success.

The source of the function is followed where it lies beside the definition: in Python, JavaScript, TypeScript
and Go. What a framework or somebody else's helper returns is not known, and nothing is said of it.`,
	Run: func(pass *lint.Pass) {
		for h := range handlers(pass.Model) {
			switch {
			case h.route.API.Kind == model.WebSocket:
				checkConnect(pass, h)
			case h.route.EventFormat().Is("1.0") == tri.Yes:
				checkOutputs(pass, h)
			}
		}
	},
}

// checkOutputs checks what a handler returns to a REST API or with payload format 1.0.
func checkOutputs(pass *lint.Pass, h handled) {
	rest := h.route.API.Kind.Is(model.REST)
	checkNoObject(pass, h)
	for out := range h.handler.Responses.All() {
		report := func(certain tri.Bool, at *model.Data, d lint.Diagnostic) {
			d.Span, d.Routes, d.Status = at.Span, []*model.Route{h.route}, h.failure()
			d.Cause, d.Log, d.Uses = once(d.Message, at.Span), h.malformedLog(), h.uses()
			if rest == tri.No {
				d.Uses = append(d.Uses, h.in.PayloadFormat)
			}
			d.Related = append([]lint.Related{{Span: out.Span, Message: "it is returned here"}}, h.related()...)
			pass.ReportIf(tri.And(h.sync(), out.Meant, certain), d)
		}
		data := out.Data
		if data.Is(model.ObjectData) != tri.Yes {
			continue
		}
		checkKeys(report, h, data, rest)
		body := data.Field("body")
		report(tri.And(data.Has("statusCode"), body.Is(model.ObjectData, model.ListData)), orWhole(body, data), lint.Diagnostic{
			Message: fmt.Sprintf("%s returns %s as body, which has to be a string", h.fn.ID, article(orWhole(body, data))),
			Help:    "make a string of it: " + serializer(h.handler.Language),
		})
		status := data.Field("statusCode")
		report(tri.And(rest, status.Is(model.StringData), textOf(status).Matches(notInteger)), orWhole(status, data), lint.Diagnostic{
			Message: fmt.Sprintf("%s returns the statusCode %q, which is no number", h.fn.ID, textOf(status)),
			Help:    "return the status as a number",
		})
		report(tri.And(rest, tri.Of(h.handler.Language == "go"), status.Is(model.NumberData), textOf(status).Is("0")), orWhole(status, data), lint.Diagnostic{
			Message: h.fn.ID + " returns a response without a StatusCode", Severity: lint.Note,
			Help: "set StatusCode",
		})
		report(tri.And(rest.Not(), tri.Of(h.handler.Language != "go"), data.Fields.Has("statusCode").Not()), data, lint.Diagnostic{
			Message: h.fn.ID + " returns no statusCode, which payload format 1.0 asks for", Severity: lint.Warning,
			Help: "return a statusCode, or set the payload format to 2.0",
		})
		checkHeaders(report, h, data, rest)
		encoded := data.Field("isBase64Encoded")
		report(tri.And(rest, tri.Of(h.route.API.BinaryMediaTypes.Len() > 0), encoded.Is(model.BoolData), textOf(encoded).Is("true"), textOf(body).Matches(plainBody)),
			orWhole(body, data), lint.Diagnostic{
				Message: h.fn.ID + " says that its body is encoded in Base64, and it is not", Severity: lint.Note, Status: []int{500},
				Help: "encode the body, or return it without isBase64Encoded",
			})
	}
}

// orWhole returns the part, or the whole when the part is not there.
func orWhole(part, whole *model.Data) *model.Data {
	if part == nil {
		return whole
	}
	return part
}

func textOf(d *model.Data) value.Text {
	if d == nil {
		return value.Text{}
	}
	return d.Text
}

// checkNoObject reports a handler that returns no object at all, or on some way
// certainly a string, a number or a list.
func checkNoObject(pass *lint.Pass, h handled) {
	no := []model.DataKind{model.NullData, model.BoolData, model.NumberData, model.StringData, model.ListData}
	all := tri.And(h.handler.Responses.Empty().Not(), h.handler.Responses.Every(func(o *model.Output) tri.Bool { return o.Data.Is(no...) }))
	for out := range h.handler.Responses.All() {
		d := lint.Diagnostic{
			Span: out.Data.Span, Routes: []*model.Route{h.route}, Status: h.failure(), Log: h.malformedLog(),
			Message: fmt.Sprintf("%s returns %s instead of an object with statusCode and body", h.fn.ID, article(out.Data)),
			Cause:   once("no object", out.Data.Span), Uses: append(h.uses(), h.in.PayloadFormat),
			Help:    "return an object with statusCode and body",
			Related: append([]lint.Related{{Span: out.Span, Message: "it is returned here"}}, h.related()...),
		}
		certain := tri.And(out.Data.Is(no...), all)
		if certain != tri.Yes {
			// Others of its returns are objects, or not known.
			d.Severity = lint.Warning
			certain = tri.And(out.Meant, out.Data.Is(model.NumberData, model.StringData, model.ListData))
		}
		pass.ReportIf(tri.And(h.sync(), certain), d)
	}
}

var responseKeys = []string{"statusCode", "headers", "multiValueHeaders", "body", "isBase64Encoded"}

type reporter func(certain tri.Bool, at *model.Data, d lint.Diagnostic)

// checkKeys reports keys that a REST API does not know.
func checkKeys(report reporter, h handled, data *model.Data, rest tri.Bool) {
	for e := range data.Fields.All() {
		key, ok := e.Key.Get()
		if !ok || slices.Contains(responseKeys, key) {
			continue
		}
		help := "return nothing else than " + strings.Join(responseKeys, ", ")
		if data.Fields.Has("statusCode") == tri.No {
			help = "return an object with statusCode and body"
		}
		report(rest, &model.Data{Span: e.Span}, lint.Diagnostic{
			Message:  fmt.Sprintf("%s returns the key %q, which is none of a proxy response", h.fn.ID, key),
			Severity: lint.Warning, Help: help,
		})
		return // one says enough
	}
}

// checkHeaders reports values of headers that are of the wrong kind.
func checkHeaders(report reporter, h handled, data *model.Data, rest tri.Bool) {
	if multi := data.Field("multiValueHeaders"); multi.Is(model.ObjectData) == tri.Yes {
		for e := range multi.Fields.All() {
			report(tri.And(rest, e.Key.Present(), e.Value.Is(model.StringData, model.NumberData, model.BoolData)), e.Value, lint.Diagnostic{
				Message: fmt.Sprintf("%s returns %s for the header %s in multiValueHeaders, which has to be a list", h.fn.ID, article(e.Value), e.Key),
				Help:    "return a list, or use headers",
			})
		}
	}
	if headers := data.Field("headers"); headers.Is(model.ObjectData) == tri.Yes {
		for e := range headers.Fields.All() {
			report(tri.And(rest, e.Key.Present(), e.Value.Is(model.ListData, model.ObjectData)), e.Value, lint.Diagnostic{
				Message: fmt.Sprintf("%s returns %s for the header %s", h.fn.ID, article(e.Value), e.Key), Severity: lint.Warning,
				Help: "return a string, or use multiValueHeaders for lists",
			})
		}
	}
}

// checkConnect checks what a handler returns to the $connect route of a WebSocket API.
func checkConnect(pass *lint.Pass, h handled) {
	if h.route.Path.Is("$connect") != tri.Yes {
		return
	}
	refuses := func(o *model.Output) tri.Bool {
		status := o.Data.Field("statusCode")
		return tri.And(o.Data.Is(model.ObjectData), status.Is(model.NumberData, model.StringData), textOf(status).Matches(noSuccess))
	}
	always := tri.And(h.handler.Responses.Empty().Not(), h.handler.Responses.Every(refuses))
	for out := range h.handler.Responses.All() {
		d := lint.Diagnostic{
			Span: out.Data.Span, Routes: []*model.Route{h.route}, Severity: lint.Warning, Uses: h.uses(),
			Message: fmt.Sprintf("%s returns %s without a statusCode, and the connection is refused", h.fn.ID, article(out.Data)),
			Cause:   once("connect", out.Data.Span), Help: "return the statusCode 200",
			Related: append([]lint.Related{{Span: out.Span, Message: "it is returned here"}}, h.related()...),
		}
		certain := tri.And(out.Data.Is(model.ObjectData), out.Data.Fields.Has("statusCode").Not())
		if h.handler.Language == "go" {
			certain = tri.No
		}
		if always == tri.Yes {
			d.Message = fmt.Sprintf("%s never returns a status of success, and every connection is refused", h.fn.ID)
			d.Span, certain = orWhole(out.Data.Field("statusCode"), out.Data).Span, tri.Yes
		}
		pass.ReportIf(tri.And(h.in.Type.IsFold("AWS_PROXY"), certain), d)
	}
}

func noSuccess(status string) bool {
	n, err := strconv.Atoi(strings.TrimSpace(status))
	return err == nil && (n < 200 || n >= 300)
}

func notInteger(s string) bool {
	_, err := strconv.Atoi(strings.TrimSpace(s))
	return err != nil
}

func plainBody(s string) bool {
	_, err := base64.StdEncoding.DecodeString(strings.TrimSpace(s))
	return err != nil
}
