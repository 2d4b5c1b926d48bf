package model

import (
	"errors"
	"slices"
	"strings"

	"github.com/apigwlint/apigwlint/internal/vtl"
	"github.com/apigwlint/apigwlint/source"
	"github.com/apigwlint/apigwlint/tri"
	"github.com/apigwlint/apigwlint/value"
)

// A Mapping is a mapping template that an integration runs.
// https://docs.aws.amazon.com/apigateway/latest/developerguide/models-mappings.html
type Mapping struct {
	Key  value.Text // the content type; of a WebSocket API the template key
	Text value.Text
	// Response is what the template makes the answer for; nil when it makes
	// the request to the backend.
	Response *IntegrationResponse
}

// Mappings lists the templates of an integration, whether it runs them or not.
func (in *Integration) Mappings() []Mapping {
	var out []Mapping
	for e := range in.RequestTemplates.All() {
		out = append(out, Mapping{Key: e.Key, Text: e.Value})
	}
	for r := range in.Responses.All() {
		for e := range r.Templates.All() {
			out = append(out, Mapping{Key: e.Key, Text: e.Value, Response: r})
		}
	}
	return out
}

// Runs reports whether integrations of the route's API and the type run mapping
// templates: those of REST and WebSocket APIs that are no proxies do.
func (in *Integration) Runs(kind Kind) tri.Bool {
	return tri.And(kind.Is(HTTP).Not(), in.Type.OneOf("AWS", "HTTP", "MOCK"))
}

// A Template is a mapping template that is read as API Gateway reads it. What
// is not known before deployment stands for text in it.
type Template struct {
	text     value.Text
	flat     value.Flat
	readings []*reading
	wild     int // offset of the first hole that may hold anything; -1 without one
}

// A reading is the template with one thing in the place of its holes.
type reading struct {
	tree   *vtl.Template
	err    error
	result *vtl.Result
}

// eval evaluates the reading, once. It must have been parsed.
func (r *reading) eval() vtl.Result {
	if r.result == nil {
		res := r.tree.Eval(vtl.Env{})
		r.result = &res
	}
	return *r.result
}

// fillings are what stands in for holes: something that is not part of the
// language, a word, a number and an ARN. They are all as long as a hole, so that
// offsets stay.
var fillings = []string{value.HoleString, "x1x", "111", "a:b"}

// ReadTemplate reads a mapping template; ok is false when it is not known.
func ReadTemplate(t value.Text) (*Template, bool) {
	flat, ok := t.Flat()
	if !ok {
		return nil, false
	}
	out := &Template{text: t, flat: flat, wild: -1}
	used := fillings
	if !strings.Contains(flat.S, value.HoleString) {
		used = fillings[:1]
	}
	for _, with := range used {
		tree, err := vtl.Parse(strings.ReplaceAll(flat.S, value.HoleString, with))
		out.readings = append(out.readings, &reading{tree: tree, err: err})
	}
	at := 0
	for _, p := range t.Parts() {
		if p.Ref != nil && !tame(*p.Ref) {
			out.wild = at
			break
		}
		if p.Ref != nil {
			at += len(value.HoleString)
		} else {
			at += len(p.Lit)
		}
	}
	return out, true
}

// tame reports whether a hole certainly holds none of the characters that mean
// something in a template or in JSON: it is an identifier, a name, an address or
// an ARN.
func tame(r value.Ref) bool {
	if r.Segment || r.Kind == value.Pseudo {
		return true
	}
	attr := strings.ToLower(r.Attr)
	return r.Kind == value.Resource && (attr == "" || slices.ContainsFunc([]string{"arn", "id", "name", "url"}, func(s string) bool { return strings.HasSuffix(attr, s) }))
}

// Locate returns where a range of the template is written.
func (t *Template) Locate(offset, end int) source.Span {
	last := len(strings.TrimRight(t.flat.S, " \t\r\n"))
	offset = max(0, min(offset, last-1))
	return t.flat.Slice(offset, max(end, offset+1)).Span()
}

// A Flaw is something wrong in a mapping template.
type Flaw struct {
	Span    source.Span
	Message string
}

// Broken returns what makes the template fail whenever it is run, and whether
// that is certain.
func (t *Template) Broken() (Flaw, tri.Bool) {
	first := t.fault(t.readings[0])
	if first == nil {
		return Flaw{Span: t.text.Span()}, tri.No
	}
	flaw := Flaw{t.Locate(first.Offset, first.Offset), first.Message}
	for _, r := range t.readings[1:] {
		if e := t.fault(r); e == nil || e.Offset != first.Offset {
			return flaw, tri.Maybe
		}
	}
	if t.wild >= 0 && !t.failsBefore(t.wild, first) {
		return flaw, tri.Maybe
	}
	return flaw, tri.Yes
}

// fault returns what makes a reading fail; nil when nothing certainly does.
func (t *Template) fault(r *reading) *vtl.SyntaxError {
	if syntax := (*vtl.SyntaxError)(nil); errors.As(r.err, &syntax) {
		return syntax
	}
	if r.tree == nil {
		return nil // nested too deeply to tell
	}
	res := r.eval()
	if !res.Complete || len(res.Outcomes) == 0 {
		return r.tree.Fault()
	}
	for _, o := range res.Outcomes {
		if o.Failure == nil {
			return nil
		}
	}
	return res.Outcomes[0].Failure
}

// failsBefore reports whether the template fails in the same place whatever
// follows its beginning.
func (t *Template) failsBefore(wild int, want *vtl.SyntaxError) bool {
	for _, rest := range []string{"", strings.Repeat("#end ", 400), `"`, "'", ")", "]", "}", "*#", "\n"} {
		var e *vtl.SyntaxError
		if _, err := vtl.Parse(t.flat.S[:wild] + rest); !errors.As(err, &e) || *e != *want {
			return false
		}
	}
	return true
}

// results evaluates the readings of a template; ok is false when they do not
// show all that it can do.
func (t *Template) results() (out []vtl.Result, ok bool) {
	if t.wild >= 0 {
		return nil, false
	}
	for _, r := range t.readings {
		if r.err != nil {
			return nil, false
		}
		out = append(out, r.eval())
	}
	return out, true
}

// NeverJSON reports whether no output of the template is JSON, with what is
// wrong. It is open only where holes decide: what the request decides is not never.
func (t *Template) NeverJSON() (Flaw, tri.Bool) {
	flaw := Flaw{Span: t.text.Span()}
	results, ok := t.results()
	switch {
	case !ok && len(t.readings) == 1:
		return flaw, tri.No
	case !ok:
		return flaw, tri.Maybe
	}
	bad, first := 0, len(t.flat.S)
	for _, r := range results {
		if some, _ := r.CanBeJSON(); some == tri.No && !slices.ContainsFunc(r.Outcomes, blank) {
			bad++
		}
		for _, o := range r.Outcomes {
			if j := o.JSON(); j.Valid == tri.No && j.Offset < first {
				first = j.Offset
				flaw = Flaw{t.Locate(j.Offset, j.End), j.Message}
			}
		}
	}
	switch bad {
	case len(results):
		return flaw, tri.Yes
	case 0:
		return flaw, tri.No
	}
	return flaw, tri.Maybe
}

// blank reports whether an outcome writes nothing.
func blank(o vtl.Outcome) bool {
	return !slices.ContainsFunc(o.Pieces, func(p vtl.Piece) bool { return p.Hole != nil || strings.TrimSpace(p.Text) != "" })
}

// A Doubt is a kind of reference that breaks the JSON of a template for some requests.
type Doubt string

// The kinds of doubt.
const (
	Unescaped    Doubt = "unescaped"     // text of the request between quotes
	EscapedQuote Doubt = "escaped quote" // \', which JSON does not know
	Unquoted     Doubt = "unquoted"      // a value that may be a string without its quotes
	QuotedJSON   Doubt = "quoted JSON"   // a value with quotes of its own between quotes
)

var doubts = map[vtl.PlaceKind]Doubt{
	vtl.Unescaped: Unescaped, vtl.EscapedQuote: EscapedQuote, vtl.Unquoted: Unquoted, vtl.QuotedJSON: QuotedJSON,
}

// A Doubtful is a reference in a template.
type Doubtful struct {
	Kind Doubt
	Flaw // the message is the reference
}

// Doubtful lists the references that break the JSON of the template for some
// requests, in its order.
func (t *Template) Doubtful() []Doubtful {
	results, ok := t.results()
	if !ok || !results[0].Complete {
		return nil
	}
	var out []Doubtful
	for _, p := range results[0].Places() {
		if p.Kind == vtl.Unescaped && t.isName(p.End) {
			continue
		}
		out = append(out, Doubtful{doubts[p.Kind], Flaw{t.Locate(p.Offset, p.End), p.Source}})
	}
	return out
}

// isName reports whether a JSON string that goes on at an offset is the name of
// a member. The names of headers and parameters hold no quotes.
func (t *Template) isName(offset int) bool {
	rest, ok := strings.CutPrefix(t.flat.S[min(offset, len(t.flat.S)):], `"`)
	return ok && strings.HasPrefix(strings.TrimLeft(rest, " \t\r\n"), ":")
}

// UnknownFunctions lists the functions and variables that API Gateway does not have.
func (t *Template) UnknownFunctions() []Flaw {
	if t.readings[0].err != nil {
		return nil
	}
	var out []Flaw
	for _, u := range t.readings[0].tree.UnknownFunctions() {
		out = append(out, Flaw{t.Locate(u.Offset, u.End), u.Name})
	}
	return out
}

// MaxTemplateSize is how long a mapping template may be, in bytes. WebSocket APIs
// take shorter ones.
// https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-known-issues.html
// https://docs.aws.amazon.com/apigatewayv2/latest/api-reference/apis-apiid-integrations.html
func MaxTemplateSize(kind Kind) int {
	if kind == WebSocket {
		return 32 * 1024
	}
	return vtl.MaxSize
}

// Size returns the number of bytes that the template certainly has.
func (t *Template) Size() int {
	return len(strings.ReplaceAll(t.flat.S, value.HoleString, ""))
}

// LongLoop returns a loop that every run of the template goes through, with more
// iterations than API Gateway allows; nil when there is none.
func (t *Template) LongLoop() *LongLoop {
	results, ok := t.results()
	if !ok || !results[0].Complete {
		return nil
	}
	var first *LongLoop
	for _, o := range results[0].Outcomes {
		if len(o.Loops) == 0 {
			return nil
		}
		if l := o.Loops[0]; first == nil {
			first = &LongLoop{t.Locate(l.Offset, l.End), l.Count, vtl.MaxIterations}
		}
	}
	return first
}

// A LongLoop is a #foreach over more than it may run through.
type LongLoop struct {
	Span       source.Span
	Count, Max int
}
