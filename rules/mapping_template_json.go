package rules

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/apigwlint/apigwlint/lint"
	"github.com/apigwlint/apigwlint/model"
	"github.com/apigwlint/apigwlint/tri"
	"github.com/apigwlint/apigwlint/value"
)

var mappingTemplateJSON = &lint.Rule{
	Name:     "mapping-template-json",
	Group:    "mapping",
	Summary:  "a mapping template writes what is not JSON, always or for some requests",
	Status:   []int{500},
	Severity: lint.Warning,
	URLs: []string{
		"https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-mapping-template-reference.html",
		"https://github.com/fluct/fluct/pull/33",
		"https://github.com/serverless-operations/serverless-step-functions/pull/279",
		"https://github.com/aws/aws-cdk/issues/34777",
	},
	Doc: `
Lambda, DynamoDB, Step Functions and others refuse a request that is not JSON, such as one with a comma too many or
a word without quotes. What callers see depends on the integration responses. A warning says that the template
never writes JSON, on whatever path; of the template of an answer that is a note.

Notes name references that break the JSON for some requests:

| in the template | breaks for | write |
|---|---|---|
| ` + "`\"a\": $input.path('$.a')`" + ` | strings, which lack their quotes, and objects | ` + "`$input.json('$.a')`" + ` |
| ` + "`\"a\": \"$input.json('$.a')\"`" + ` | strings, which have quotes of their own | ` + "`$input.json('$.a')` without quotes" + ` |
| ` + "`\"a\": \"$input.params('a')\"`" + ` | a quote or a line break in the value | ` + "`$util.escapeJavaScript($input.params('a')).replaceAll(\"\\\\'\", \"'\")`" + ` |
| ` + "`\"a\": \"$util.escapeJavaScript($input.params('a'))\"`" + ` | an apostrophe, which becomes ` + "`\\'`" + ` | the same with ` + "`.replaceAll(\"\\\\'\", \"'\")`" + ` |

A header of the answer that is mapped from the body of the backend needs a body that is JSON.`,
	Run: func(pass *lint.Pass) {
		for t := range templates(pass.Model) {
			neverJSON(pass, t)
			doubtful(pass, t)
		}
		for route, in := range pass.Model.Integrations() {
			for r := range in.Responses.All() {
				bodyMappings(pass, route, in, r)
			}
		}
	},
}

// neverJSON reports a template of which no output is JSON where there has to be
// some.
func neverJSON(pass *lint.Pass, t runTemplate) {
	wants := wantsJSON(t)
	if wants == tri.No {
		return
	}
	flaw, never := t.NeverJSON()
	d := t.diagnostic()
	d.Log = ""
	d.Span, d.Cause = flaw.Span, flaw.Span
	d.Message = fmt.Sprintf("%s never writes JSON: %s", t.what(), flaw.Message)
	d.Help = "write JSON on every path of the template"
	d.Status = t.status()
	if t.Response != nil {
		d.Severity = lint.Note
	}
	pass.ReportIf(tri.And(t.runs, t.route.API.Kind.Is(model.REST), wants, never), d)
}

// status returns what callers see when the output of the template cannot be
// read: of an answer its own status, with a body that they cannot read.
func (t runTemplate) status() []int {
	if t.Response == nil {
		return statusOfRefusal(t.in)
	}
	s, _ := t.Response.StatusText()
	if n, err := strconv.Atoi(s); err == nil {
		return []int{n}
	}
	return nil
}

// wantsJSON reports whether the output of a template has to be JSON: what a
// function or a service with a JSON protocol is called with, and an answer with
// such a content type.
func wantsJSON(t runTemplate) tri.Bool {
	if t.Response != nil {
		return t.Key.IsFold("application/json")
	}
	if t.in.Type.Is("AWS") == tri.No {
		return tri.No
	}
	if u, ok := t.in.ServiceURI(); ok && u.Path == tri.No {
		return tri.Of(slices.Contains(jsonServices, u.Service))
	}
	return t.in.Lambda.Present()
}

// doubtful notes the references of one kind in a template that break its JSON
// for some requests.
func doubtful(pass *lint.Pass, t runTemplate) {
	if form := t.Key.Contains("json"); form == tri.No {
		return
	}
	byKind := map[model.Doubt][]model.Doubtful{}
	for _, p := range t.Doubtful() {
		byKind[p.Kind] = append(byKind[p.Kind], p)
	}
	for _, kind := range []model.Doubt{model.Unescaped, model.EscapedQuote, model.Unquoted, model.QuotedJSON} {
		places := byKind[kind]
		if len(places) == 0 {
			continue
		}
		d := t.diagnostic()
		d.Log, d.Severity = "", lint.Note
		d.Span, d.Cause = places[0].Span, string(kind)+" "+places[0].Span.String()
		d.Message = fmt.Sprintf(complaints[kind], counted(places))
		d.Help = remedies[kind]
		for _, p := range places[1:] {
			d.Related = append(d.Related, lint.Related{Span: p.Span, Message: "and " + p.Message})
		}
		d.Status = t.status()
		pass.ReportIf(tri.And(t.runs, t.Key.Contains("json")), d)
	}
}

// counted names the first of some references and how many more there are.
func counted(places []model.Doubtful) string {
	s := shorten(places[0].Message)
	if n := len(places) - 1; n > 0 {
		s += fmt.Sprintf(" and %d more", n)
	}
	return s
}

// shorten cuts a reference that is too long for a message.
func shorten(s string) string {
	s = strings.Join(strings.Fields(s), " ")
	if runes := []rune(s); len(runes) > 60 {
		return string(runes[:60]) + "…"
	}
	return s
}

var complaints = map[model.Doubt]string{
	model.Unescaped:    "the JSON breaks when %s holds a quote or a line break",
	model.EscapedQuote: `the JSON breaks when %s holds an apostrophe, which becomes \'`,
	model.Unquoted:     "the JSON breaks when %s is a string, which gets no quotes",
	model.QuotedJSON:   "the JSON breaks when %s is a string, which has quotes of its own",
}

var remedies = map[model.Doubt]string{
	model.Unescaped:    `write $util.escapeJavaScript(…).replaceAll("\\'", "'"), or $input.json(…) without quotes around it`,
	model.EscapedQuote: `undo it with .replaceAll("\\'", "'")`,
	model.Unquoted:     "write $input.json in the place of $input.path",
	model.QuotedJSON:   "take the quotes around it away",
}

// bodyMappings notes headers that are mapped from a body which may be no JSON.
func bodyMappings(pass *lint.Pass, route *model.Route, in *model.Integration, r *model.IntegrationResponse) {
	for e := range r.Parameters.All() {
		if e.Value.HasPrefix("integration.response.body") != tri.Yes {
			continue
		}
		pass.ReportIf(tri.And(in.Runs(route.API.Kind), in.AnswersJSON().Not()), lint.Diagnostic{
			Span: e.Value.Span(), Cause: e.Value.Span(), Routes: []*model.Route{route}, Severity: lint.Note,
			Message: fmt.Sprintf("a header is mapped from %s, which fails when the backend answers with a body that is not JSON", e.Value),
			Log:     "Execution failed due to configuration error: Unable to transform response",
			Help:    "map the header from a header of the backend, or see to it that the backend always answers JSON",
			Uses:    []value.Setting{in.Type, in.URI, e.Value},
		})
	}
}
