package rules

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/apigwlint/apigwlint/lint"
	"github.com/apigwlint/apigwlint/model"
	"github.com/apigwlint/apigwlint/source"
	"github.com/apigwlint/apigwlint/tri"
	"github.com/apigwlint/apigwlint/value"
)

var backendScaledToZero = &lint.Rule{
	Name:     "backend-scaled-to-zero",
	Group:    "service",
	Summary:  "nothing runs behind an integration",
	Status:   []int{503, 504},
	Severity: lint.Warning,
	URLs: []string{
		"https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-troubleshooting.html",
		"https://repost.aws/knowledge-center/api-gateway-504-errors",
		"https://docs.aws.amazon.com/apigateway/latest/developerguide/how-to-mock-integration.html",
	},
	Doc: `
The load balancer, listener and target group behind a route can all be right while there is nobody to answer: an
ECS service with a desired count of 0, an autoscaling group of 0 instances at most, a target group in which nothing
is registered. An application load balancer then answers 503, which API Gateway passes on; a network load
balancer does not answer, and callers get 500 or 504.

The rule follows the integration to everything in the files to which the listener may forward, and speaks only when
nothing of that runs, nothing scales it, and nothing that cannot be seen may register there: a target group
without anything that has a name of its own is left to whoever finds it by that name. It also finds a
mock that answers 503 to everything: a switch for maintenance that was left on.

Give the service a size, or let a scalable target do so.`,
	Run: func(pass *lint.Pass) {
		for route, in := range pass.Model.Integrations() {
			alwaysUnavailable(pass, route, in)
			d := lint.Diagnostic{Routes: []*model.Route{route}, Uses: []value.Setting{in.Type, in.URI}}
			called := in.Type.OneOf("HTTP", "HTTP_PROXY", "AWS_PROXY")
			silent := tri.And(called, in.Entrances().Empty().Not(), in.Entrances().Every((*model.Listener).Silent))
			for l := range in.Entrances().All() {
				for _, g := range l.Forwards() {
					d.Status, d.Related = unanswered(l.LoadBalancer), path(in, l, g)
					nothingRuns(pass, silent, []string{l.ID, g.ID}, g.Span, &g.Pool, d)
				}
			}
			if reg := in.Registry; reg != nil {
				d.Status = []int{503}
				nothingRuns(pass, tri.And(called, reg.Empty()), []string{reg.ID}, reg.Span, &reg.Pool, d)
			}
		}
	},
}

// path lists what leads from an integration to a listener and a target group.
func path(in *model.Integration, l *model.Listener, g *model.TargetGroup) []lint.Related {
	var out []lint.Related
	add := func(at source.Span, id string) {
		out = append(out, lint.Related{Span: at, Message: "the request goes by " + id})
	}
	if link := in.VPCLink; link != nil {
		add(link.Span, link.ID)
	}
	if lb := l.LoadBalancer; lb != nil {
		add(lb.Span, lb.ID)
	}
	add(l.Span, l.ID)
	add(g.Span, g.ID)
	return out
}

// nothingRuns reports a pool in which nothing answers. The names are those that
// lead to it.
func nothingRuns(pass *lint.Pass, silent tri.Bool, names []string, at source.Span, pool *model.Pool, d lint.Diagnostic) {
	d.Span = at
	d.Cause = fmt.Sprintf("pool %s@%s", names[len(names)-1], at)
	d.Help = "register what answers, or give the service behind it a size"
	why := "in which nothing is registered"
	for f := range pool.Fleets.All() {
		size := "a desired count"
		if f.Kind == model.ScalingGroup {
			size = "a maximum size"
		}
		names, why = append(names, f.ID), "which has "+size+" of 0"
		d.Span = place(f.Size.Span(), f.Span)
		d.Uses = append(d.Uses, f.Size)
		break
	}
	d.Message = fmt.Sprintf("nothing answers at the end of %s, %s", strings.Join(names, " → "), why)
	pass.ReportIf(silent, d)
}

// unanswered is the status with which callers learn that nothing answers behind
// a load balancer.
func unanswered(lb *model.LoadBalancer) []int {
	if lb != nil && lb.Type.Or("application").IsFold("application") != tri.Yes {
		return []int{500, 504}
	}
	return []int{503}
}

// alwaysUnavailable reports a mock that answers 503 whatever is asked.
func alwaysUnavailable(pass *lint.Pass, route *model.Route, in *model.Integration) {
	answers := tri.And(in.Responses.Empty().Not(), in.Responses.Every(unavailable))
	at := in.Span
	for r := range in.Responses.All() {
		if unavailable(r) == tri.Yes {
			at = place(r.Status.Span(), r.Span)
		}
	}
	if code, ok := mockStatus(in); ok && answers != tri.Yes {
		answers = tri.And(tri.Of(in.Responses.IsClosed()), selects(in, code))
	}
	pass.ReportIf(tri.And(route.API.Kind.Is(model.REST), in.IsMock(), answers), lint.Diagnostic{
		Span:    at,
		Message: "the integration is a mock that answers every request with 503, as a switch for maintenance does",
		Routes:  []*model.Route{route},
		Status:  []int{503},
		Help:    "put the integration with the backend back",
		Uses:    []value.Setting{in.Type},
	})
}

func unavailable(r *model.IntegrationResponse) tri.Bool { return r.Status.Is("503") }

// mockStatus returns the status that all request templates of a mock agree on.
func mockStatus(in *model.Integration) (code int, ok bool) {
	ok = in.RequestTemplates.IsClosed() && in.RequestTemplates.Len() > 0
	for e := range in.RequestTemplates.All() {
		answer := model.ReadMock(e.Value)
		if len(answer.Codes) != 1 || code != 0 && code != answer.Codes[0] {
			return 0, false
		}
		code = answer.Codes[0]
	}
	return code, ok
}

// selects reports whether every response that may be selected for the status of
// a mock answers 503: that of the very status before all others.
func selects(in *model.Integration, code int) tri.Bool {
	status := strconv.Itoa(code)
	exact := in.Responses.Any(func(r *model.IntegrationResponse) tri.Bool { return r.Pattern.Is(status) })
	out := in.Catches(status)
	for r := range in.Responses.All() {
		may := r.Catches(status)
		if exact == tri.Yes && r.IsDefault() == tri.Yes {
			may = tri.No
		}
		if may != tri.No {
			out = tri.And(out, unavailable(r))
		}
	}
	return out
}
