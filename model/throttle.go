package model

import (
	"strings"

	"github.com/apigwlint/apigwlint/source"
	"github.com/apigwlint/apigwlint/tri"
	"github.com/apigwlint/apigwlint/value"
)

// EveryRoute is the route of a throttle that is for all routes of a stage.
const EveryRoute = "*/*"

// Blocks reports whether the throttle lets nothing through.
// https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-request-throttling.html
func (t *Throttle) Blocks() tri.Bool {
	zero := func(f float64) bool { return f == 0 }
	return tri.Or(t.Rate.Is(zero), t.Burst.Is(zero))
}

// IsGeneral reports whether the throttle is for all routes of the stage.
func (t *Throttle) IsGeneral() tri.Bool { return t.Route.Is(EveryRoute) }

// Covers reports whether the throttle is for the route. Of a REST API it names
// the path, in which ~1 stands for a slash, and the method: ~1orders/GET.
// https://docs.aws.amazon.com/apigateway/latest/api/API_MethodSetting.html
func (t *Throttle) Covers(r *Route) tri.Bool {
	if general := t.IsGeneral(); general != tri.No {
		return general
	}
	switch r.API.Kind {
	case "":
		return tri.Maybe
	case HTTP, WebSocket:
		return t.Route.Equal(routeKey(r))
	}
	key, ok := t.Route.Get()
	cut := strings.LastIndexByte(key, '/')
	if !ok || cut < 0 {
		return tri.Maybe
	}
	path, method := strings.ReplaceAll(key[:cut], "~1", "/"), key[cut+1:]
	covers := tri.Yes
	if path != "*" {
		covers = r.Path.Is("/" + strings.TrimPrefix(path, "/"))
	}
	if method != "*" {
		covers = tri.And(covers, r.Method.IsFold(method))
	}
	return covers
}

// routeKey returns the key of a route of an HTTP or WebSocket API.
func routeKey(r *Route) value.Text {
	if r.Method.Present() == tri.No {
		return r.Path
	}
	return r.Method.Append(value.Lit(" ", r.Span)).Append(r.Path)
}

// ThrottleOf returns the throttle that the stage has for a route: one of its own
// before that of all routes. It is nil when there is none, and certain is Yes
// only when no other can apply.
func (s *Stage) ThrottleOf(r *Route) (found *Throttle, certain tri.Bool) {
	certain = tri.Yes
	if !s.Throttles.IsClosed() {
		certain = tri.Maybe
	}
	own := false
	for t := range s.Throttles.All() {
		special := t.IsGeneral() != tri.Yes
		switch covers := t.Covers(r); {
		case covers == tri.No:
		case covers == tri.Maybe:
			certain = tri.Maybe
		case found == nil || special && !own:
			found, own = t, special
		case special || !own:
			certain = tri.Maybe // two for the same
		}
	}
	return found, certain
}

// A UsagePlan limits what the callers with an API key of it may do on stages.
// https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-api-usage-plans.html
type UsagePlan struct {
	ID    string
	Rate  value.Of[float64]
	Burst value.Of[float64]
	// Quota is the number of requests in a period.
	Quota value.Of[int]
	// APIs are those of the files on whose stages the plan is.
	APIs value.Set[*API]
	Span source.Span
}
