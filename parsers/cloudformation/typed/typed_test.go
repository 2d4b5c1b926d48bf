package typed_test

import (
	"fmt"
	"strings"
	"sync"
	"testing"

	"github.com/apigwlint/apigwlint/parsers/cloudformation/typed"
	"github.com/apigwlint/apigwlint/parsers/internal/tree"
	"github.com/apigwlint/apigwlint/source"
	"github.com/apigwlint/apigwlint/tri"
	"github.com/apigwlint/apigwlint/value"
)

func parse(t testing.TB, s string) *tree.Node {
	t.Helper()
	n, problems := tree.Parse(source.NewFile("t.yaml", []byte(s)))
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	return n
}

// show writes a node with the types of its scalars: s"x", i"1", f"0.5", b"true".
func show(n *tree.Node) string {
	more := ""
	if n.Open {
		more = "…"
	}
	switch n.Kind {
	case tree.Null:
		return "null"
	case tree.Scalar:
		return string("sifb"[n.Type]) + fmt.Sprintf("%q", n.Value.String())
	case tree.List:
		var all []string
		for _, item := range n.Items {
			all = append(all, show(item))
		}
		return "[" + strings.Join(all, " ") + more + "]"
	case tree.Map:
		var all []string
		for _, e := range n.Entries {
			all = append(all, e.Key+":"+show(e.Value))
		}
		return "{" + strings.Join(all, " ") + more + "}"
	}
	return "?"
}

func TestProperties(t *testing.T) {
	for _, tt := range []struct{ resourceType, props, want string }{
		// What is written as the type asks stays.
		{"AWS::Lambda::Function", `{Timeout: 3, Role: r}`, `{Timeout:i"3" Role:s"r"}`},
		// Quoted numbers and booleans, and strings that look like others.
		{"AWS::Lambda::Function", `{Timeout: "3", FunctionName: 12}`, `{Timeout:i"3" FunctionName:s"12"}`},
		{"AWS::ApiGateway::Method", `{ApiKeyRequired: "True"}`, `{ApiKeyRequired:b"True"}`},
		{"AWS::ApiGateway::Stage", `{MethodSettings: [{ThrottlingRateLimit: "0.5"}], Variables: {a: 1, b: true}}`,
			`{MethodSettings:[{ThrottlingRateLimit:f"0.5"}] Variables:{a:s"1" b:s"true"}}`},
		// One value for a list of it.
		{"AWS::ApiGateway::RestApi", `{BinaryMediaTypes: a/b, EndpointConfiguration: {Types: EDGE}}`,
			`{BinaryMediaTypes:[s"a/b"] EndpointConfiguration:{Types:[s"EDGE"]}}`},
		{"AWS::ApiGateway::Method", `{MethodResponses: {StatusCode: 200}}`, `{MethodResponses:[{StatusCode:s"200"}]}`},
		// Impossible shapes are there, but unknown.
		{"AWS::Lambda::Function", `{Timeout: soon, Role: [a], Environment: x, Layers: [{a: b}]}`, `{Timeout:? Role:? Environment:? Layers:[?]}`},
		{"AWS::ApiGateway::Method", `{Integration: [a], ApiKeyRequired: 1, RequestParameters: x}`, `{Integration:? ApiKeyRequired:? RequestParameters:?}`},
		{"AWS::Lambda::Function", `[a]`, `?`},
		// Names that are newer than the structs: of the overlay, and of nobody.
		{"AWS::ApiGateway::Method", `{Integration: {IntegrationTarget: 1, TimeoutInMillis: "5", Novel: 1}}`,
			`{Integration:{IntegrationTarget:s"1" TimeoutInMillis:i"5" Novel:i"1"}}`},
		{"AWS::Lambda::Permission", `{InvokedViaFunctionUrl: "true", Action: a}`, `{InvokedViaFunctionUrl:b"true" Action:s"a"}`},
		// Any JSON stays as it is, and so does what takes a property away.
		{"AWS::IAM::Role", `{AssumeRolePolicyDocument: {Statement: {a: 1}}, Path: null}`, `{AssumeRolePolicyDocument:{Statement:{a:i"1"}} Path:null}`},
		{"AWS::Unheard::Of", `{Timeout: "3"}`, `{Timeout:s"3"}`},
	} {
		n := parse(t, tt.props)
		before := show(n)
		if got := show(typed.Properties(tt.resourceType, n)); got != tt.want {
			t.Errorf("%s %s reads as %s, want %s", tt.resourceType, tt.props, got, tt.want)
		}
		if show(n) != before {
			t.Errorf("%s was changed", tt.props)
		}
	}
	if typed.Properties("AWS::Lambda::Function", nil) != nil {
		t.Error("no properties became some")
	}
}

func TestHoles(t *testing.T) {
	at := source.NewFile("t", []byte("x")).Span(0, 1)
	hole := func(kind value.RefKind, attr string) *tree.Node {
		n := tree.NewText(value.Hole(value.Ref{Kind: kind, Name: "X", Attr: attr}, at))
		n.Head = at
		return n
	}
	props := tree.NewMap(at,
		tree.Entry{Key: "Timeout", Value: hole(value.Parameter, "")},
		tree.Entry{Key: "Layers", Value: hole(value.Parameter, "")},
		tree.Entry{Key: "Architectures", Value: hole(value.Resource, "Arn")},
		tree.Entry{Key: "Environment", Value: hole(value.Parameter, "")})
	got := typed.Properties("AWS::Lambda::Function", props)
	const want = `{Timeout:i"${X}" Layers:[s"${X}"…] Architectures:[s"${X.Arn}"] Environment:?}`
	if show(got) != want {
		t.Errorf("holes read as %s, want %s", show(got), want)
	}
	if got.Get("Layers").Place() != at || got.Get("Environment").Place() != at {
		t.Error("a place is lost")
	}
	if got.DurationOf("Timeout", 1).Present() != tri.Maybe {
		t.Error("a parameter has a value")
	}
}

func TestConcurrently(t *testing.T) {
	n := parse(t, `{Timeout: "3", Environment: {Variables: {a: 1}}}`)
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			if got := show(typed.Properties("AWS::Lambda::Function", n)); !strings.HasPrefix(got, `{Timeout:i"3"`) {
				t.Errorf("read as %s", got)
			}
		})
	}
	all.Wait()
}
