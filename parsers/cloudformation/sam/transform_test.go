package sam_test

import (
	"errors"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/apigwlint/apigwlint/parsers/cloudformation/internal/stack"
	"github.com/apigwlint/apigwlint/parsers/cloudformation/sam"
	"github.com/apigwlint/apigwlint/parsers/internal/tree"
	"github.com/apigwlint/apigwlint/source"
)

// plain reads a template without intrinsic functions as a stack.
func plain(data []byte, path string) *stack.Stack {
	f := source.NewFile("template.yaml", data)
	root, _ := tree.Parse(f)
	s := &stack.Stack{File: f, Path: path, SAM: true, Globals: root.Get("Globals")}
	if resources := root.Get("Resources"); resources.Is(tree.Map) {
		for _, e := range resources.Entries {
			kind, _ := e.Value.Get("Type").Str()
			s.Resources = append(s.Resources, &stack.Resource{ID: path + e.Key, Type: kind, Properties: e.Value.Get("Properties"), Body: e.Value, Span: e.KeySpan})
		}
	}
	return s
}

func transformed(t *testing.T, path, template string) *stack.Stack {
	t.Helper()
	s := plain([]byte(template), path)
	if problems := sam.Transform(s, nil); len(problems) > 0 {
		t.Fatal(problems)
	}
	return s
}

func str(n *tree.Node, keys ...string) string { return n.Get(keys...).Text().String() }

// TestGlobals merges maps, concatenates lists and lets scalars override, but for
// what a resource ignores.
func TestGlobals(t *testing.T) {
	s := transformed(t, "", `
Globals:
  Function: {Timeout: 9, MemorySize: 128, Layers: [a], Environment: {Variables: {A: 1, B: 2}}}
Resources:
  Merged:
    Type: AWS::Serverless::Function
    Properties: {Timeout: 5, Layers: [b], Environment: {Variables: {B: 3}}}
  Ignoring:
    Type: AWS::Serverless::Function
    IgnoreGlobals: [Timeout]
    Properties: {Handler: h}
  Alone:
    Type: AWS::Serverless::Function
    IgnoreGlobals: '*'
`)
	merged := s.Find("Merged").Properties
	for want, got := range map[string]string{
		"5":   str(merged, "Timeout"),
		"128": str(merged, "MemorySize"),
		"1":   str(merged, "Environment", "Variables", "A"),
		"3":   str(merged, "Environment", "Variables", "B"),
	} {
		if got != want {
			t.Errorf("merged into %s, want %s", got, want)
		}
	}
	if n := len(merged.Get("Layers").Items); n != 2 {
		t.Errorf("%d layers", n)
	}
	ignoring := s.Find("Ignoring").Properties
	if ignoring.Get("Timeout") != nil || str(ignoring, "MemorySize") != "128" {
		t.Error("the globals that are ignored are those that are named")
	}
	if s.Find("Alone").Properties.Get("MemorySize") != nil {
		t.Error("all globals are ignored")
	}
}

// TestNames holds the ids of what is made to those of the translator, in nested
// stacks too, and says what names templates have for them.
func TestNames(t *testing.T) {
	s := transformed(t, "Nested/", `
Resources:
  Api: {Type: AWS::Serverless::Api, Properties: {StageName: prod}}
  Web: {Type: AWS::Serverless::HttpApi}
  Fn:
    Type: AWS::Serverless::Function
    Properties:
      AutoPublishAlias: live
      Events:
        Get: {Type: Api, Properties: {Path: /, Method: get}}
        Web: {Type: HttpApi, Properties: {ApiId: Web, Path: /, Method: get}}
        Queue: {Type: SQS, Properties: {Queue: arn}}
        Timer: {Type: Schedule, Properties: {Schedule: rate(1 day)}}
`)
	for id, want := range map[string]string{
		"Fn": "AWS::Lambda::Function", "FnRole": "AWS::IAM::Role", "FnAliaslive": "AWS::Lambda::Alias",
		"FnGetPermissionProd": "AWS::Lambda::Permission", "FnWebPermission": "AWS::Lambda::Permission",
		"FnQueue": "AWS::Lambda::EventSourceMapping", "FnTimer": "AWS::Events::Rule", "FnTimerPermission": "AWS::Lambda::Permission",
		"Api": "AWS::ApiGateway::RestApi", "ApiprodStage": "AWS::ApiGateway::Stage",
		"Web": "AWS::ApiGatewayV2::Api", "WebApiGatewayDefaultStage": "AWS::ApiGatewayV2::Stage",
		"ServerlessRestApi": "AWS::ApiGateway::RestApi", "ServerlessRestApiProdStage": "AWS::ApiGateway::Stage",
	} {
		r := s.Find("Nested/" + id)
		if r == nil || r.Type != want {
			t.Errorf("%s is %+v, want %s", id, r, want)
		}
	}
	for name, id := range map[string]string{
		"Fn.Alias": "FnAliaslive", "Api.Stage": "ApiprodStage", "Web.Stage": "WebApiGatewayDefaultStage", "ServerlessRestApi.Stage": "ServerlessRestApiProdStage",
	} {
		if got := s.Aliases["Nested/"+name]; got != "Nested/"+id {
			t.Errorf("%s is %s", name, got)
		}
	}
	for _, id := range slices.Sorted(maps.Values(s.Aliases)) {
		if s.Find(id) == nil {
			t.Errorf("%s does not exist", id)
		}
	}
}

// TestUnknownEvents opens what may have members that cannot be seen.
func TestUnknownEvents(t *testing.T) {
	s := plain([]byte(`
Resources:
  Api: {Type: AWS::Serverless::Api, Properties: {StageName: prod}}
  Fn: {Type: AWS::Serverless::Function, Properties: {Events: x}}
`), "")
	fn := s.Find("Fn")
	fn.Properties = fn.Properties.Set("Events", tree.NewUnknown(fn.Span))
	sam.Transform(s, nil)
	if !s.Open {
		t.Error("there may be permissions that cannot be seen")
	}
	if !s.Find("Api").Properties.Get("Body", "paths").Open {
		t.Error("there may be routes that cannot be seen")
	}
}

// TestSharedNodes transforms a stack whose nodes others see too.
func TestSharedNodes(t *testing.T) {
	template := []byte(`
Globals: {HttpApi: {Auth: {Authorizers: {A: {FunctionArn: arn, AuthorizerPayloadFormatVersion: '2.0'}}}}}
Resources:
  Web:
    Type: AWS::Serverless::HttpApi
    Properties: {DefinitionBody: {openapi: 3.0.1, paths: {/a: {get: {}}}}}
  Fn:
    Type: AWS::Serverless::Function
    Properties: {Events: {A: {Type: HttpApi, Properties: {ApiId: Web, Path: /a, Method: get}}}}
`)
	s := plain(template, "")
	var before []*tree.Node
	for _, r := range s.Resources {
		before = append(before, r.Body)
	}
	sam.Transform(s, nil)
	for i, e := range plain(template, "").Resources {
		if !same(e.Body, before[i]) {
			t.Errorf("%s was changed in place", e.ID)
		}
	}
}

// same compares two trees in all that can be read from them.
func same(a, b *tree.Node) bool {
	if a == nil || b == nil {
		return a == b
	}
	if a.Kind != b.Kind || a.Open != b.Open || a.Value.String() != b.Value.String() || len(a.Entries) != len(b.Entries) || len(a.Items) != len(b.Items) {
		return false
	}
	for i, e := range a.Entries {
		if e.Key != b.Entries[i].Key || !same(e.Value, b.Entries[i].Value) {
			return false
		}
	}
	for i, item := range a.Items {
		if !same(item, b.Items[i]) {
			return false
		}
	}
	return true
}

// FuzzTransform transforms whatever parses: it must come to an end, leave the
// places of what it makes inside the file, and make each resource once.
func FuzzTransform(f *testing.F) {
	for _, data := range templates(f) {
		f.Add(string(data))
	}
	f.Add("Resources:\n  A: {Type: AWS::Serverless::Api, Properties: {DefinitionBody: {paths: {/: }}, Auth: [], Cors: {}, Models: {a: }}}\n")
	f.Add("Resources:\n  A: {Type: AWS::Serverless::Connector, Properties: {Source: {Id: A}, Destination: [{Id: A}, ], Permissions: Write}}\n")
	f.Add("Globals: x\nResources: {A: {Type: AWS::Serverless::Function, Properties: [], Connectors: {B: }}}\n")
	f.Fuzz(func(t *testing.T, data string) {
		s := plain([]byte(data), "")
		sam.Transform(s, func(string, source.Span) (*tree.Node, error) { return nil, errors.New("none") })
		made := map[string]bool{}
		for _, r := range s.Resources {
			if r.Generated && made[r.ID] {
				t.Errorf("%s is made twice", r.ID)
			}
			made[r.ID] = true
			inside(t, s.File, r.Properties)
		}
	})
}

func inside(t *testing.T, f *source.File, n *tree.Node) {
	if n == nil {
		return
	}
	if n.Span.File != nil && (n.Span.File != f || n.Span.Start > n.Span.End || n.Span.End > len(f.Data)) {
		t.Errorf("%v is no place in the file", n.Span)
	}
	for _, e := range n.Entries {
		inside(t, f, e.Value)
	}
	for _, item := range n.Items {
		inside(t, f, item)
	}
}

func BenchmarkTransform(b *testing.B) {
	var template strings.Builder
	template.WriteString("Resources:\n  Api: {Type: AWS::Serverless::Api, Properties: {StageName: prod, Cors: \"'*'\"}}\n")
	for i := range 200 {
		id := strings.Repeat("F", 1+i/26) + string(rune('a'+i%26))
		template.WriteString("  " + id + ": {Type: AWS::Serverless::Function, Properties: {Events: {G: {Type: Api, Properties: {RestApiId: Api, Path: /" + id + ", Method: get}}}}}\n")
	}
	data := []byte(template.String())
	b.SetBytes(int64(len(data)))
	for b.Loop() {
		b.StopTimer()
		s := plain(data, "")
		b.StartTimer()
		sam.Transform(s, nil)
	}
}
