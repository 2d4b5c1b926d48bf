package cloudformation

import (
	"testing"

	"github.com/apigwlint/apigwlint/parsers/cloudformation/internal/stack"
	"github.com/apigwlint/apigwlint/parsers/internal/tree"
	"github.com/apigwlint/apigwlint/source"
)

// FuzzEvaluate evaluates whatever parses: it ends, does not panic, keeps its
// places within files, and comes to the same result twice.
func FuzzEvaluate(f *testing.F) {
	for _, tt := range intrinsicTests {
		f.Add("template.yaml", preamble+"  Probe: {Type: Custom::Probe, Properties: {X: "+tt.json+"}}\n")
	}
	f.Add("template.yaml", "Transform: AWS::Serverless-2016-10-31\nConditions: {A: !Equals [!Ref P, x]}\nParameters: {P: {Type: String}}\nResources: {Fn::ForEach::A: [X, [a], {'${X}': {Type: AWS::S3::Bucket, Condition: A}}]}\n")
	f.Add("template.json", `{"Resources": {"A": {"Type": "AWS::CloudFormation::Stack", "Properties": {"TemplateURL": "template.json"}}}, "Outputs": {"O": {"Value": {"Fn::GetAtt": "A.Outputs.O"}, "Export": {"Name": "x"}}}}`)
	f.Fuzz(func(t *testing.T, name, content string) {
		if name == "" || len(content) > 1<<14 {
			return
		}
		once := evaluateAll(t, name, content)
		if twice := evaluateAll(t, name, content); once != twice {
			t.Errorf("two evaluations differ:\n%s\n%s", once, twice)
		}
	})
}

func evaluateAll(t *testing.T, name, content string) string {
	r, names := reader(t, name, content)
	list, _ := open(r, names, Options{})
	out := ""
	for _, u := range list {
		u.scenarios = u.assignments()
		if len(u.scenarios) == 0 || len(u.scenarios) > maxScenarios {
			t.Fatalf("%d scenarios", len(u.scenarios))
		}
		u.exports = collectExports([]*unit{u})
		for _, a := range u.scenarios[:min(len(u.scenarios), 4)] {
			for _, s := range u.evaluate(a) {
				out += describeStack(t, s)
			}
		}
	}
	return out
}

func describeStack(t *testing.T, s *stack.Stack) string {
	out := s.Path + "\n"
	for _, r := range s.Resources {
		checkPlaces(t, r.Body)
		if r.Properties != nil && r.Properties.Kind != tree.Map {
			t.Errorf("the properties of %s are no map", r.ID)
		}
		out += r.ID + " " + r.Type + " " + show(r.Body) + "\n"
	}
	return out
}

// checkPlaces reports places that leave their file, and members that are nil.
func checkPlaces(t *testing.T, n *tree.Node) {
	if n == nil {
		t.Fatal("a nil node")
	}
	spans := []source.Span{n.Span, n.Head}
	for _, p := range n.Value.Parts() {
		spans = append(spans, p.Span)
	}
	for _, s := range spans {
		if s.File != nil && (s.Start < 0 || s.End < s.Start || s.End > len(s.File.Data)) {
			t.Errorf("a place from %d to %d in a file of %d bytes", s.Start, s.End, len(s.File.Data))
		}
	}
	for _, item := range n.Items {
		checkPlaces(t, item)
	}
	for _, e := range n.Entries {
		checkPlaces(t, e.Value)
	}
}
