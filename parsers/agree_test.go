package parsers_test

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/apigwlint/apigwlint/parsers"
	"github.com/apigwlint/apigwlint/tri"
	"github.com/apigwlint/apigwlint/value"
)

// TestFormatsAgree lifts the same API from every format in which it is written,
// and requires the same model, apart from places and from the names that each
// format has for its own things.
func TestFormatsAgree(t *testing.T) {
	apis, err := filepath.Glob("../testdata/parsers/agree/*")
	if err != nil || len(apis) == 0 {
		t.Fatalf("no APIs to compare: %v", err)
	}
	for _, api := range apis {
		t.Run(filepath.Base(api), func(t *testing.T) {
			want := summary(t, filepath.Join(api, "cloudformation.yaml"), false)
			entries, err := os.ReadDir(api)
			if err != nil {
				t.Fatal(err)
			}
			for _, e := range entries {
				name := filepath.Join(api, e.Name())
				if e.Name() == "openapi.yaml" {
					// A document on its own knows its routes and nothing else.
					alone := summary(t, filepath.Join(api, "cloudformation.yaml"), true)
					if diff := cmp.Diff(alone, summary(t, name, true)); diff != "" {
						t.Errorf("%s differs (-cloudformation +%s):\n%s", name, e.Name(), diff)
					}
					continue
				}
				if diff := cmp.Diff(want, summary(t, name, false)); diff != "" {
					t.Errorf("%s differs (-cloudformation +%s):\n%s", name, e.Name(), diff)
				}
			}
		})
	}
}

// summary lists what a definition says that does not depend on its format.
func summary(t *testing.T, name string, routesOnly bool) []string {
	t.Helper()
	res := parsers.Load(parsers.Input{Paths: []string{filepath.ToSlash(name)}}, parsers.Options{})
	if len(res.Units) != 1 || len(res.Units[0].Scenarios) != 1 || len(res.Units[0].Problems) > 0 {
		t.Fatalf("%s: %d units, %v, %v", name, len(res.Units), res.Problems, res.Unreadable)
	}
	m := res.Units[0].Scenarios[0].Model
	if len(m.APIs) != 1 {
		t.Fatalf("%s: %d APIs", name, len(m.APIs))
	}
	api := m.APIs[0]
	var out []string
	add := func(format string, args ...any) { out = append(out, fmt.Sprintf(format, args...)) }
	if !routesOnly {
		add("api %s %q endpoint %s closed %v", api.Kind, api.Name, text(api.Endpoint), api.Routes.IsClosed())
		for s := range api.Stages.All() {
			var vars []string
			for v := range s.Variables.All() {
				vars = append(vars, v.Key.String()+"="+v.Value.String())
			}
			add("stage %s %v closed %v", s.Name, vars, api.Stages.IsClosed())
		}
		for a := range api.Authorizers.All() {
			add("authorizer %s %s %s used by %d", a.Name, a.Type, a.IdentitySource, len(slices.Collect(a.Used())))
		}
		add("functions closed %v, permissions closed %v", m.Functions.IsClosed(), m.Permissions.IsClosed())
	}
	for b := range api.BinaryMediaTypes.All() {
		add("binary %s", b)
	}
	for r := range api.Routes.All() {
		add("%s key %v", r.Key(), known(r.APIKeyRequired.Or(false).Get()))
		if !routesOnly {
			allowed, needed := m.Invokable(r)
			add("%s authorization %s, invokable %v of %v", r.Key(), text(r.Authorization.Or("NONE")), allowed, needed)
		}
		for resp := range r.Responses.All() {
			add("%s response %s with %d headers", r.Key(), resp.Status, resp.Parameters.Len())
		}
		in, ok := r.Integration.Get()
		if !ok {
			add("%s integration %v", r.Key(), r.Integration.Present())
			continue
		}
		add("%s integration %s %s %s %s %s %s", r.Key(), in.Type, text(in.Method), text(in.PayloadFormat), text(in.Passthrough.Or("WHEN_NO_MATCH")),
			text(in.ConnectionType.Or("INTERNET")), text(in.Credentials))
		add("%s timeout %v", r.Key(), known(r.EffectiveTimeout().Get()))
		if inv, ok := in.Lambda.Get(); ok && inv.Function != nil && !routesOnly {
			add("%s invokes %s %s %s %v", r.Key(), inv.Function.Name, text(inv.Qualifier), inv.Function.Runtime, known(inv.Function.Timeout.Get()))
		}
		for e := range in.RequestTemplates.All() {
			add("%s request template %s %s", r.Key(), e.Key, e.Value)
		}
		for resp := range in.Responses.All() {
			add("%s maps %s to %s: %d headers, %d templates", r.Key(), text(resp.Pattern), resp.Status, resp.Parameters.Len(), resp.Templates.Len())
		}
	}
	slices.Sort(out)
	return out
}

func text(t value.Text) string {
	switch t.Present() {
	case tri.Yes:
		return t.String()
	case tri.No:
		return "-"
	}
	return "?"
}

func known[T any](v T, ok bool) string {
	if !ok {
		return "?"
	}
	return strings.TrimSpace(fmt.Sprint(v))
}
