// Package lint defines rules, runs them over models and turns what they say
// into findings.
package lint

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/apigwlint/apigwlint/model"
	"github.com/apigwlint/apigwlint/source"
	"github.com/apigwlint/apigwlint/tri"
	"github.com/apigwlint/apigwlint/value"
)

// A Severity says how sure a failure is. The zero value is no severity.
type Severity int8

// The severities, from the least to the most severe.
const (
	Note    Severity = iota + 1 // worth knowing
	Warning                     // requests fail under load, for some callers, or likely
	Error                       // matching requests fail
)

// String returns "note", "warning" or "error".
func (s Severity) String() string {
	switch s {
	case Note:
		return "note"
	case Warning:
		return "warning"
	case Error:
		return "error"
	}
	return "none"
}

// ParseSeverity returns the severity of that name.
func ParseSeverity(name string) (Severity, error) {
	for _, s := range []Severity{Note, Warning, Error} {
		if s.String() == name {
			return s, nil
		}
	}
	return 0, fmt.Errorf("%q is not one of note, warning, error", name)
}

// A Rule describes one kind of mistake and finds it.
type Rule struct {
	// Name names the mistake, in kebab case. It is the one identity of the rule
	// in configuration, comments, reports and URLs.
	Name string
	// Group is the chapter of the catalogue that the rule belongs to.
	Group string
	// Summary is one line in lower case, without a period.
	Summary string
	// Doc is Markdown: what happens at run time, why, what to do.
	Doc string
	// Status lists what callers see. It is empty only when Refused is set.
	Status []int
	// Refused says that the service refuses the deployment, so that there is
	// nothing to call.
	Refused  bool
	Severity Severity
	// URLs say where AWS says so, the primary source first.
	URLs []string
	// Run finds the mistake in a model. It keeps no state and reads nothing else.
	Run func(*Pass)
}

// Limits are quotas that an account can have raised.
type Limits struct {
	// IntegrationTimeout is the longest time for which a Regional or private
	// REST API may wait for a backend; 29 s unless raised.
	IntegrationTimeout time.Duration
}

// DefaultLimits are the quotas of an account that raised none.
// https://docs.aws.amazon.com/apigateway/latest/developerguide/limits.html
var DefaultLimits = Limits{IntegrationTimeout: 29 * time.Second}

// A Pass is one rule applied to one model.
type Pass struct {
	Rule   *Rule
	Model  *model.Model
	Limits Limits

	report    func(Diagnostic)
	undecided func(Diagnostic)
}

// A Diagnostic is a mistake at a place, as a rule sees it. The sentence that
// users read begins with the routes that fail and their status; Message goes on
// from there.
type Diagnostic struct {
	Span source.Span
	// Message is the cause, without the routes and the status: it reads on
	// after "GET /orders answers 500: ". It names the offending value.
	Message string
	// Routes are those that fail. For a mistake of a whole API set API instead.
	Routes []*model.Route
	API    *model.API
	// Cause makes diagnostics of a rule that have equal causes one finding,
	// which names the routes of all: a pointer to a thing of the model that has
	// a place, a place, or a string. Nil for a cause of its own.
	Cause any
	// Status is what callers see, where it is not that of the rule.
	Status []int
	// Refused says that the deployment is refused, where the rule does not.
	Refused bool
	// Severity is less than that of the rule, or zero for that of the rule.
	Severity Severity
	// Body is the answer's body where it is not the usual one of the status.
	Body string
	// Log is the line that the execution log shows.
	Log string
	// Help says what to do.
	Help    string
	Related []Related
	// Uses are the settings on which the verdict rests, besides the place itself.
	Uses []value.Setting
	Fix  *Fix
}

// Related is another place that has to do with a mistake.
type Related struct {
	Span    source.Span
	Message string
}

// A Fix is a safe way to mend a mistake.
type Fix struct {
	Message string // a verb phrase
	Edits   []Edit
}

// An Edit replaces the text at Span.
type Edit struct {
	Span source.Span
	New  string
}

// ReportIf reports d when the mistake is certain. When the files do not decide,
// the place is counted among those that the run could not judge.
func (p *Pass) ReportIf(certain tri.Bool, d Diagnostic) {
	switch certain {
	case tri.Yes:
		if !d.Span.IsValid() {
			panic("a diagnostic without a place: " + d.Message)
		}
		if d.Severity > p.Rule.Severity {
			panic("a diagnostic more severe than its rule: " + d.Message)
		}
		if d.Cause != nil {
			_ = causeString(d.Cause) // a cause that cannot be named is a bug of the rule
		}
		p.report(d)
	case tri.Maybe:
		p.undecided(d)
	}
}

// api returns the API that the diagnostic speaks of, or nil.
func (d *Diagnostic) api() *model.API {
	if d.API == nil && len(d.Routes) > 0 {
		return d.Routes[0].API
	}
	return d.API
}

// A Finding is what users read: a mistake at a place, with all routes that it
// breaks, in the conditions under which it holds.
type Finding struct {
	Rule     *Rule
	Severity Severity
	Span     source.Span
	Message  string // stands on its own
	API      string // empty when the finding belongs to no API
	Routes   []string
	Stages   []string // of the API, where all are known
	Status   []int
	Caller   string // what callers see: the status and the body
	Log      string
	Help     string
	When     string // the conditions under which the finding holds; empty for all
	Assumes  []string
	Related  []Related
	Fix      *Fix
	// Construct is the path of the construct that wrote the place, in the
	// output of a generator that notes it, such as the CDK.
	Construct string
	// Fingerprint tells the finding from others, and stays when lines move.
	Fingerprint string
}

// sentence returns the message that stands on its own.
func sentence(routes []string, status []int, refused bool, cause string) string {
	var subject string
	switch len(routes) {
	case 0:
	case 1:
		subject = routes[0]
	case 2:
		subject = routes[0] + " and " + routes[1]
	default:
		subject = fmt.Sprintf("%s and %d more routes", routes[0], len(routes)-1)
	}
	switch {
	case refused && subject == "":
		return "deployment is refused: " + cause
	case refused:
		return "deployment of " + subject + " is refused: " + cause
	case subject == "" || len(status) == 0:
		return cause
	}
	verb := " answers "
	if len(routes) > 1 {
		verb = " answer "
	}
	var codes []string
	for _, s := range status {
		codes = append(codes, fmt.Sprint(s))
	}
	return subject + verb + strings.Join(codes, " or ") + ": " + cause
}

// body is what callers see of a failure with the status, by the kind of API.
// https://docs.aws.amazon.com/apigateway/latest/developerguide/supported-gateway-response-types.html
func body(kind model.Kind, status int) string {
	switch {
	case status == 504:
		return `{"message": "Endpoint request timed out"}`
	case status == 503:
		return `{"message": "Service Unavailable"}`
	case kind == model.HTTP && status >= 500:
		return `{"message":"Internal Server Error"}`
	case status == 500 || status == 502:
		return `{"message": "Internal server error"}`
	}
	return ""
}

func caller(kind model.Kind, status []int, override string) string {
	if len(status) == 0 || kind == model.WebSocket {
		return ""
	}
	text := override
	if text == "" {
		text = body(kind, status[0])
	}
	return strings.TrimSpace(fmt.Sprint(status[0]) + " " + text)
}

// uniq returns the strings without repetitions, in the order of first occurrence.
func uniq(list []string) []string {
	var out []string
	for _, s := range list {
		if !slices.Contains(out, s) {
			out = append(out, s)
		}
	}
	return out
}
