package sam_test

import (
	"flag"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/apigwlint/apigwlint/model"
	"github.com/apigwlint/apigwlint/parsers/cloudformation"
	"github.com/apigwlint/apigwlint/parsers/cloudformation/internal/stack"
	"github.com/apigwlint/apigwlint/parsers/cloudformation/sam"
	"github.com/apigwlint/apigwlint/parsers/internal/files"
	"github.com/apigwlint/apigwlint/parsers/internal/tree"
	"github.com/apigwlint/apigwlint/source"
	"github.com/apigwlint/apigwlint/tri"
	"github.com/apigwlint/apigwlint/value"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// load loads a template under a name in testdata, and returns the model of its
// first scenario.
func load(t testing.TB, name string, data []byte) *model.Model {
	t.Helper()
	r, err := files.NewReader("testdata")
	if err != nil {
		t.Fatal(err)
	}
	r.Add(name, data)
	units := cloudformation.Load(r, []string{name}, cloudformation.Options{})
	if len(units) != 1 || len(units[0].Scenarios) == 0 {
		t.Fatalf("%s is %d units", name, len(units))
	}
	if len(units[0].Problems) > 0 {
		t.Fatal(units[0].Problems)
	}
	return units[0].Scenarios[0].Model
}

func templates(t testing.TB) map[string][]byte {
	t.Helper()
	names, err := filepath.Glob("testdata/*.yaml")
	if err != nil || len(names) == 0 {
		t.Fatal("no templates")
	}
	out := map[string][]byte{}
	for _, name := range names {
		data, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		out[filepath.ToSlash(name)] = data
	}
	return out
}

// TestGolden compares what the templates in testdata become with the golden
// files beside them, which hold every place too.
func TestGolden(t *testing.T) {
	for name, data := range templates(t) {
		s := evaluated(name, data)
		include := func(path string, _ source.Span) (*tree.Node, error) {
			data, err := os.ReadFile(filepath.Join("testdata", path))
			if err != nil {
				return nil, err
			}
			root, _ := tree.Parse(source.NewFile(path, data))
			return root, nil
		}
		if problems := sam.Transform(s, include); len(problems) > 0 {
			t.Error(problems)
		}
		got := dump(s)
		golden := strings.TrimSuffix(name, ".yaml") + ".golden"
		if *update {
			if err := os.WriteFile(golden, []byte(got), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(golden)
		if err != nil {
			t.Fatal(err)
		}
		if got != string(want) {
			t.Errorf("%s does not become what %s holds, but:\n%s", name, golden, got)
		}
	}
}

// evaluated reads a template whose intrinsic functions are !Ref and !GetAtt.
func evaluated(name string, data []byte) *stack.Stack {
	f := source.NewFile(name, data)
	root, _ := tree.Parse(f)
	types := map[string]string{}
	for _, e := range root.Get("Resources").Entries {
		types[e.Key], _ = e.Value.Get("Type").Str()
	}
	var eval func(n *tree.Node) *tree.Node
	eval = func(n *tree.Node) *tree.Node {
		c := *n
		c.Entries, c.Items = nil, nil
		if s, ok := n.Str(); ok && (n.Tag == "!Ref" || n.Tag == "!GetAtt") {
			id, attr, _ := strings.Cut(s, ".")
			ref := stack.Ref(id, types[id], attr)
			if types[id] == "" {
				ref = value.Ref{Kind: value.Parameter, Name: id}
			}
			c.Tag, c.Value = "", value.Hole(ref, n.Span)
			return &c
		}
		for _, e := range n.Entries {
			e.Value = eval(e.Value)
			c.Entries = append(c.Entries, e)
		}
		for _, item := range n.Items {
			c.Items = append(c.Items, eval(item))
		}
		return &c
	}
	s := &stack.Stack{File: f, SAM: true}
	if g := root.Get("Globals"); g != nil {
		s.Globals = eval(g)
	}
	for _, e := range root.Get("Resources").Entries {
		body := eval(e.Value)
		s.Resources = append(s.Resources, &stack.Resource{ID: e.Key, Type: types[e.Key], Properties: body.Get("Properties"), Body: body, Span: e.KeySpan})
	}
	return s
}

// dump writes the resources of a stack, each value with its place.
func dump(s *stack.Stack) string {
	var b strings.Builder
	at := func(s source.Span) string {
		if s.File == nil {
			return "-"
		}
		return fmt.Sprintf("%s:%d:%d", filepath.Base(s.File.Name), s.Line(), s.Column())
	}
	var write func(depth int, label string, n *tree.Node)
	write = func(depth int, label string, n *tree.Node) {
		indent := strings.Repeat("  ", depth)
		if n == nil {
			return
		}
		open := ""
		if n.Open {
			open = " …"
		}
		switch n.Kind {
		case tree.Scalar:
			fmt.Fprintf(&b, "%s%s: %q  @%s\n", indent, label, n.Value.String(), at(n.Span))
		case tree.Unknown, tree.Null:
			fmt.Fprintf(&b, "%s%s: ?  @%s\n", indent, label, at(n.Span))
		default:
			fmt.Fprintf(&b, "%s%s:%s  @%s\n", indent, label, open, at(n.Place()))
		}
		for _, e := range n.Entries {
			write(depth+1, e.Key, e.Value)
		}
		for _, item := range n.Items {
			write(depth+1, "-", item)
		}
	}
	if s.Open {
		b.WriteString("open\n")
	}
	for _, r := range s.Resources {
		made := ""
		if r.Generated {
			made = " (made)"
		}
		fmt.Fprintf(&b, "%s %s%s  @%s\n", r.ID, r.Type, made, at(r.Span))
		if r.Properties != nil {
			for _, e := range r.Properties.Entries {
				write(1, e.Key, e.Value)
			}
		}
	}
	for _, name := range slices.Sorted(maps.Keys(s.Aliases)) {
		fmt.Fprintf(&b, "%s is %s\n", name, s.Aliases[name])
	}
	return b.String()
}

// TestForgetting makes each setting of each template unknown. What is left must
// not say that something is missing which was there: a route that is gone
// leaves the set of routes open, and no permission turns from given to lacking.
func TestForgetting(t *testing.T) {
	for name, data := range templates(t) {
		before := load(t, name, data)
		f := source.NewFile(name, data)
		root, _ := tree.Parse(f)
		settings := []*tree.Node{root.Get("Globals")}
		for _, resource := range root.Get("Resources").Entries {
			settings = append(settings, resource.Value.Get("Properties"))
		}
		for _, setting := range settings {
			forget(setting, func(n *tree.Node) {
				changed := string(data[:n.Span.Start]) + "!ImportValue x" + string(data[n.Span.End:])
				after := load(t, name, []byte(changed))
				for _, problem := range contradictions(before, after) {
					t.Errorf("%s: without %s, %s", n.Span, strings.TrimSpace(n.Span.Text()), problem)
				}
			})
		}
	}
}

// forget calls f with every value in a tree.
func forget(n *tree.Node, f func(*tree.Node)) {
	if n == nil {
		return
	}
	f(n)
	for _, e := range n.Entries {
		forget(e.Value, f)
	}
	for _, item := range n.Items {
		forget(item, f)
	}
}

func contradictions(before, after *model.Model) (out []string) {
	for _, api := range before.APIs {
		now := apiOf(after, api.ID)
		if now == nil {
			if after.Permissions.IsClosed() {
				out = append(out, "the API "+api.ID+" is gone")
			}
			continue
		}
		for a := range api.Authorizers.All() {
			if permits(before, a) != tri.Yes {
				continue
			}
			for same := range now.Authorizers.All() {
				if same.ID == a.ID && permits(after, same) == tri.No {
					out = append(out, "nothing lets the API call the authorizer "+a.ID)
				}
			}
		}
		for r := range api.Routes.All() {
			same := routeOf(now, r.Key())
			if same == nil {
				if now.Routes.IsClosed() {
					out = append(out, r.Key()+" is gone")
				}
				continue
			}
			if allowed, _ := before.Invokable(r); allowed != tri.Yes {
				continue
			}
			if allowed, needed := after.Invokable(same); allowed == tri.No && needed != tri.No {
				out = append(out, "nothing lets the API call the function of "+r.Key())
			}
		}
	}
	return out
}

// permits reports whether the API may call the function of an authorizer.
func permits(m *model.Model, a *model.Authorizer) tri.Bool {
	inv, ok := a.Lambda.Get()
	if !ok || a.Credentials.Present() != tri.No {
		return tri.Maybe
	}
	return m.Permits(inv, a.CallerARN())
}

func apiOf(m *model.Model, id string) *model.API {
	for _, a := range m.APIs {
		if a.ID == id {
			return a
		}
	}
	return nil
}

func routeOf(a *model.API, key string) *model.Route {
	for r := range a.Routes.All() {
		if r.Key() == key {
			return r
		}
	}
	return nil
}
