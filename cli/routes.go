package cli

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/apigwlint/apigwlint/model"
	"github.com/apigwlint/apigwlint/tri"
	"github.com/apigwlint/apigwlint/value"
)

func (a *app) routesCommand() *cobra.Command {
	var f flags
	cmd := &cobra.Command{
		Use: "routes [path ...]", Short: "List the routes that are found and what is behind them",
		RunE: func(_ *cobra.Command, paths []string) error { return a.routes(&f, paths) },
	}
	f.addLoading(cmd.Flags())
	f.addOutput(cmd.Flags(), "text or json")
	return cmd
}

func (a *app) routes(f *flags, paths []string) error {
	if err := oneOf("--format", f.format, "text", "json"); err != nil {
		return err
	}
	s, err := a.settings(f)
	if err != nil {
		return err
	}
	loaded, err := a.load(f, s, paths)
	if err != nil {
		return err
	}
	out := jsonRoutes{Version: 1, APIs: []jsonAPI{}}
	for _, api := range inventory(loaded.Units) {
		out.APIs = append(out.APIs, api.json())
	}
	if f.format == "json" {
		err = a.emitJSON(f.output, out)
	} else {
		err = a.emit(f.output, []byte(routesTable(out)))
	}
	if err != nil {
		return err
	}
	for _, err := range loaded.Unreadable {
		a.logf("%v", err)
		a.code = exitFailure
	}
	for _, b := range loaded.Bugs {
		a.logf("%s", parserBug(b))
		a.code = exitFailure
	}
	for _, p := range problems(loaded) {
		a.logf("%s: %s", p.Span, p.Message)
		if !p.Minor {
			a.code = max(a.code, exitFindings)
		}
	}
	return nil
}

// An apiView is an API over all scenarios of a unit. Of what differs between
// scenarios, the first is kept.
type apiView struct {
	api    *model.API
	stages []*model.Stage
	routes []routeView
}

type routeView struct {
	model *model.Model
	route *model.Route
}

// inventory lists the APIs of the units in the order of files.
func inventory(units []*model.Unit) []*apiView {
	var out []*apiView
	for _, u := range units {
		var ofUnit []*apiView
		for _, sc := range u.Scenarios {
			for _, api := range sc.Model.APIs {
				i := slices.IndexFunc(ofUnit, func(v *apiView) bool { return v.api.ID == api.ID && v.api.Span == api.Span })
				if i < 0 {
					i = len(ofUnit)
					ofUnit = append(ofUnit, &apiView{api: api})
				}
				ofUnit[i].add(sc.Model, api)
			}
		}
		out = append(out, ofUnit...)
	}
	slices.SortStableFunc(out, func(a, b *apiView) int { return a.api.Span.Compare(b.api.Span) })
	return out
}

func (v *apiView) add(m *model.Model, api *model.API) {
	for s := range api.Stages.All() {
		if !slices.ContainsFunc(v.stages, func(have *model.Stage) bool { return have.ID == s.ID && have.Name.String() == s.Name.String() }) {
			v.stages = append(v.stages, s)
		}
	}
	seen := map[string]bool{}
	for _, r := range v.routes {
		seen[r.route.Key()] = true
	}
	for r := range api.Routes.All() {
		if !seen[r.Key()] {
			seen[r.Key()] = true
			v.routes = append(v.routes, routeView{m, r})
		}
	}
}

// The document of routes --format json. What is unknown is null.
type (
	jsonRoutes struct {
		Version int       `json:"version"`
		APIs    []jsonAPI `json:"apis"`
	}
	jsonAPI struct {
		API      string      `json:"api"`
		Kind     *string     `json:"kind"`
		File     string      `json:"file"`
		Line     int         `json:"line"`
		Endpoint *string     `json:"endpoint"`
		Stages   []jsonStage `json:"stages"`
		Routes   []jsonRoute `json:"routes"`
	}
	jsonStage struct {
		Name      *string            `json:"name"`
		Variables map[string]*string `json:"variables"`
	}
	jsonRoute struct {
		Route         string           `json:"route"`
		Method        *string          `json:"method"`
		Path          *string          `json:"path"`
		File          string           `json:"file"`
		Line          int              `json:"line"`
		Integration   *jsonIntegration `json:"integration"`
		Authorization *string          `json:"authorization"`
		Authorizer    *jsonAuthorizer  `json:"authorizer"`
		Responses     []*string        `json:"responses"`
		Invokable     *string          `json:"invokable"`
	}
	jsonIntegration struct {
		Type       *string     `json:"type"`
		Method     *string     `json:"method"`
		URI        *string     `json:"uri"`
		Target     *jsonTarget `json:"target"`
		TimeoutMs  *int64      `json:"timeoutMs"`
		Connection *string     `json:"connection"`
	}
	jsonTarget struct {
		Kind      string  `json:"kind"`
		Name      string  `json:"name"`
		Qualifier *string `json:"qualifier"`
	}
	jsonAuthorizer struct {
		Name string  `json:"name"`
		Type *string `json:"type"`
	}
)

func (v *apiView) json() jsonAPI {
	out := jsonAPI{
		API: v.api.ID, Line: v.api.Span.Line(), Endpoint: endpoint(v.api),
		Stages: []jsonStage{}, Routes: []jsonRoute{},
	}
	if v.api.Span.IsValid() {
		out.File = v.api.Span.File.Name
	}
	if v.api.Kind != "" {
		kind := string(v.api.Kind)
		out.Kind = &kind
	}
	for _, s := range v.stages {
		stage := jsonStage{Name: text(s.Name), Variables: map[string]*string{}}
		for e := range s.Variables.All() {
			stage.Variables[e.Key.String()] = text(e.Value)
		}
		out.Stages = append(out.Stages, stage)
	}
	for _, r := range v.routes {
		out.Routes = append(out.Routes, r.json())
	}
	return out
}

// endpoint is where the API is reached: HTTP and WebSocket APIs are Regional.
func endpoint(api *model.API) *string {
	switch api.Kind {
	case model.HTTP, model.WebSocket:
		regional := "REGIONAL"
		return &regional
	case model.REST:
		return text(api.Endpoint.Or("EDGE"))
	}
	return text(api.Endpoint)
}

func (v routeView) json() jsonRoute {
	r := v.route
	out := jsonRoute{
		Route: r.Key(), Method: text(r.Method), Path: text(r.Path), Line: r.Span.Line(),
		Authorization: text(r.Authorization.Or("NONE")), Invokable: v.invokable(),
	}
	if r.Span.IsValid() {
		out.File = r.Span.File.Name
	}
	if in, ok := r.Integration.Get(); ok {
		out.Integration = &jsonIntegration{
			Type: text(in.Type), Method: text(in.Method), URI: text(in.URI), Target: target(in),
			TimeoutMs: milliseconds(r.EffectiveTimeout()), Connection: text(in.ConnectionType.Or("INTERNET")),
		}
	}
	if auth, ok := r.Authorizer.Get(); ok {
		out.Authorizer = &jsonAuthorizer{auth.ID, text(auth.Type)}
	}
	if r.Responses.IsClosed() || r.Responses.Len() > 0 {
		out.Responses = []*string{}
	}
	for resp := range r.Responses.All() {
		out.Responses = append(out.Responses, text(resp.Status))
	}
	return out
}

func (v routeView) invokable() *string {
	allowed, needed := v.model.Invokable(v.route)
	if needed == tri.No {
		return nil
	}
	s := tri.And(allowed, tri.Or(needed, tri.Maybe)).String()
	if needed != tri.Yes {
		s = tri.Maybe.String()
	}
	return &s
}

// target is what the integration calls, where that can be told.
func target(in *model.Integration) *jsonTarget {
	if inv, ok := in.Lambda.Get(); ok {
		name := inv.Name.String()
		if inv.Function != nil {
			name = inv.Function.ID
		}
		return &jsonTarget{"lambda", name, text(inv.Qualifier)}
	}
	if in.LoadBalancer != nil {
		return &jsonTarget{Kind: "load-balancer", Name: in.LoadBalancer.ID}
	}
	if in.URI.Present() != tri.Yes {
		return nil
	}
	switch {
	case in.Type.OneOf("HTTP", "HTTP_PROXY") == tri.Yes:
		return &jsonTarget{Kind: "http", Name: in.URI.String()}
	case in.Type.OneOf("AWS", "AWS_PROXY") == tri.Yes && in.Lambda.Present() == tri.No:
		return &jsonTarget{Kind: "aws", Name: in.URI.String()}
	}
	return nil
}

// text is null when it is unknown, and empty when it is absent.
func text(t value.Text) *string {
	if t.Present() == tri.Maybe {
		return nil
	}
	s := t.String()
	return &s
}

func milliseconds(d value.Of[time.Duration]) *int64 {
	v, ok := d.Get()
	if !ok {
		return nil
	}
	ms := v.Milliseconds()
	return &ms
}

// routesTable shows the same for people: a block for each API, a line for each route.
func routesTable(doc jsonRoutes) string {
	var b strings.Builder
	for i, api := range doc.APIs {
		if i > 0 {
			b.WriteString("\n")
		}
		fmt.Fprintf(&b, "%s  %s  %s:%d", api.API, or(api.Kind), api.File, api.Line)
		for j, s := range api.Stages {
			sep := ", "
			if j == 0 {
				sep = "  stages: "
			}
			b.WriteString(sep + or(s.Name))
		}
		b.WriteString("\n" + table(func(row func(...string)) {
			for _, r := range api.Routes {
				row("  "+r.Route, r.integration(), r.authorization(), r.invocation(), fmt.Sprintf("%s:%d", r.File, r.Line))
			}
		}))
	}
	return b.String()
}

// or shows what is unknown as a question mark.
func or(s *string) string {
	if s == nil {
		return "?"
	}
	return cmp.Or(*s, "-")
}

func (r *jsonRoute) integration() string {
	in := r.Integration
	if in == nil {
		return "?"
	}
	if in.Target == nil {
		return or(in.Type)
	}
	name := in.Target.Name
	if q := in.Target.Qualifier; q != nil && *q != "" {
		name += ":" + *q
	}
	return or(in.Type) + " → " + name
}

func (r *jsonRoute) authorization() string {
	if r.Authorizer != nil {
		return r.Authorizer.Name
	}
	return or(r.Authorization)
}

func (r *jsonRoute) invocation() string {
	if r.Invokable == nil {
		return ""
	}
	return "invokable: " + *r.Invokable
}
