package model

import (
	"errors"
	"regexp"
	"strconv"

	"github.com/apigwlint/apigwlint/internal/javaregexp"
	"github.com/apigwlint/apigwlint/tri"
)

// IsDefault reports whether the response answers whatever no other response
// of a REST API's integration is selected for.
// https://docs.aws.amazon.com/apigateway/latest/api/API_IntegrationResponse.html
func (r *IntegrationResponse) IsDefault() tri.Bool {
	return tri.Or(r.Pattern.Present().Not(), r.Pattern.Is(""))
}

// Catches reports whether the response may be selected for one of the outcomes
// of the backend: a status, or the error message of a Lambda function, which is
// empty when it succeeds. Whether API Gateway asks for a match of the whole
// outcome or of a part of it is not documented, so that No means neither.
func (r *IntegrationResponse) Catches(outcomes ...string) tri.Bool {
	if r.IsDefault() != tri.No {
		return r.IsDefault()
	}
	pattern, ok := r.Pattern.Get()
	if !ok {
		return tri.Maybe
	}
	return FindJava(pattern, outcomes...)
}

// Catches reports whether some response of the integration may be selected for
// one of the outcomes.
func (in *Integration) Catches(outcomes ...string) tri.Bool {
	return in.Responses.Any(func(r *IntegrationResponse) tri.Bool { return r.Catches(outcomes...) })
}

// Success and Failure are the statuses with which a backend answers.
var (
	Success = statuses(200, 299)
	Failure = statuses(400, 599)
)

func statuses(from, to int) []string {
	var out []string
	for s := from; s <= to; s++ {
		out = append(out, strconv.Itoa(s))
	}
	return out
}

// FindJava reports whether a Java regular expression matches one of the
// subjects or a part of it; Maybe for expressions that Java refuses or that are
// not understood.
// https://docs.oracle.com/javase/8/docs/api/java/util/regex/Pattern.html
func FindJava(pattern string, subjects ...string) tri.Bool {
	re, err := javaregexp.Compile(pattern)
	if err != nil {
		return tri.Maybe
	}
	for _, s := range subjects {
		if found, err := re.Find(s); err != nil {
			return tri.Maybe
		} else if found {
			return tri.Yes
		}
	}
	return tri.No
}

// RefusedByJava reports whether Java refuses a regular expression, and why.
// What is not understood here it may well take.
func RefusedByJava(pattern string) (why string, refused bool) {
	_, err := javaregexp.Compile(pattern)
	var syntax *javaregexp.SyntaxError
	if errors.As(err, &syntax) {
		return syntax.Message, true
	}
	return "", false
}

// Declares reports whether the method declares a response with the status.
// loosely is Yes when it does so only by "default" or a class such as 2XX, of
// which the effect is not known.
func (r *Route) Declares(status string) (exactly, loosely tri.Bool) {
	exactly = r.Responses.Any(func(m *MethodResponse) tri.Bool { return m.Status.Is(status) })
	if len(status) == 0 {
		return exactly, tri.Maybe
	}
	loosely = r.Responses.Any(func(m *MethodResponse) tri.Bool {
		return m.Status.OneOf("default", status[:1]+"XX")
	})
	return exactly, loosely
}

// AnswersByKey reports whether an integration of a WebSocket API has a response
// for the successful outcome: one with the key $default, or with a regular
// expression between slashes that takes a status from 200 to 299. A key of
// another form matches nothing.
// https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-websocket-api-selection-expressions.html
func (in *Integration) AnswersByKey() tri.Bool {
	return in.Responses.Any(func(r *IntegrationResponse) tri.Bool {
		key, ok := r.Pattern.Get()
		switch {
		case !ok:
			return tri.Maybe
		case key == "$default":
			return tri.Yes
		case len(key) > 2 && key[0] == '/' && key[len(key)-1] == '/':
			return FindJava(key[1:len(key)-1], Success...)
		}
		return tri.No
	})
}

// StatusText returns the integration response's status when it is three digits.
func (r *IntegrationResponse) StatusText() (string, bool) {
	s, ok := r.Status.Get()
	return s, ok && statusShape.MatchString(s)
}

var statusShape = regexp.MustCompile(`^[1-5]\d\d$`)
