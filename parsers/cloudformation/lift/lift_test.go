package lift_test

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/apigwlint/apigwlint/model"
	"github.com/apigwlint/apigwlint/parsers/cloudformation/internal/stack"
	"github.com/apigwlint/apigwlint/parsers/cloudformation/lift"
	"github.com/apigwlint/apigwlint/parsers/internal/tree"
	"github.com/apigwlint/apigwlint/source"
	"github.com/apigwlint/apigwlint/value"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// evaluated reads a template whose only intrinsic function is ${…} within
// strings: a resource or resource.Attribute, AWS::Pseudo, a parameter of another
// name, or ${!literal}. A value ${?} is unknown.
func evaluated(t testing.TB, name string, data []byte) *stack.Stack {
	t.Helper()
	f := source.NewFile(name, data)
	doc, problems := tree.Parse(f)
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	s := &stack.Stack{File: f, Open: strings.HasPrefix(string(data), "# open")}
	types := map[string]string{}
	for _, e := range doc.Get("Resources").Entries {
		types[e.Key], _ = e.Value.Get("Type").Str()
	}
	for _, e := range doc.Get("Resources").Entries {
		body := fill(e.Value, types)
		r := &stack.Resource{ID: e.Key, Type: types[e.Key], Body: body, Properties: body.Get("Properties"), Span: e.KeySpan}
		on, _ := body.Get("DependsOn").Members()
		for _, n := range on {
			id, _ := n.Str()
			r.DependsOn = append(r.DependsOn, id)
		}
		s.Resources = append(s.Resources, r)
	}
	return s
}

func fill(n *tree.Node, types map[string]string) *tree.Node {
	out := *n
	if s, ok := n.Str(); ok {
		if s == "${?}" {
			return &tree.Node{Span: n.Span, Head: n.Head}
		}
		out.Value = holes(s, n.Span, types)
	}
	out.Entries, out.Items = nil, nil
	for _, e := range n.Entries {
		e.Value = fill(e.Value, types)
		out.Entries = append(out.Entries, e)
	}
	for _, item := range n.Items {
		out.Items = append(out.Items, fill(item, types))
	}
	return &out
}

func holes(s string, span source.Span, types map[string]string) value.Text {
	var parts []value.Part
	for {
		lit, rest, ok := strings.Cut(s, "${")
		parts = append(parts, value.Part{Lit: lit, Span: span})
		if !ok {
			return value.Join(span, parts...)
		}
		name, tail, _ := strings.Cut(rest, "}")
		s = tail
		id, attr, _ := strings.Cut(name, ".")
		var ref value.Ref
		switch {
		case strings.HasPrefix(name, "!"):
			parts = append(parts, value.Part{Lit: "${" + name[1:] + "}", Span: span})
			continue
		case strings.HasPrefix(name, "AWS::"):
			ref = value.Ref{Kind: value.Pseudo, Name: name[5:], Segment: true}
		case types[id] != "":
			ref = stack.Ref(id, types[id], attr)
		default:
			ref = value.Ref{Kind: value.Parameter, Name: name}
		}
		parts = append(parts, value.Part{Ref: &ref, Span: span})
	}
}

// TestGolden compares the models of the templates in testdata with the golden
// files beside them, which hold every place too.
func TestGolden(t *testing.T) {
	files, _ := filepath.Glob("testdata/*.yaml")
	if len(files) == 0 {
		t.Fatal("no templates")
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".yaml"), func(t *testing.T) {
			data, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			name := filepath.Base(file)
			got := model.Dump(lift.Lift([]*stack.Stack{evaluated(t, name, data)}), true)
			golden := strings.TrimSuffix(file, ".yaml") + ".golden"
			if *update {
				if err := os.WriteFile(golden, []byte(got), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(golden)
			if err != nil {
				t.Fatal(err)
			}
			if got != string(want) {
				t.Errorf("the model of %s differs from %s; it is:\n%s", file, golden, got)
			}
		})
	}
}
