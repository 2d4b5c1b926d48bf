package lift_test

import (
	"strings"
	"testing"

	"github.com/apigwlint/apigwlint/model"
	"github.com/apigwlint/apigwlint/parsers/cloudformation/internal/stack"
	"github.com/apigwlint/apigwlint/parsers/cloudformation/lift"
	"github.com/apigwlint/apigwlint/parsers/internal/tree"
	"github.com/apigwlint/apigwlint/tri"
	"github.com/apigwlint/apigwlint/value"
)

// basis is an API with a function, a permission and a stage, all in sight.
const basis = `Resources:
  Api: {Type: "AWS::ApiGateway::RestApi", Properties: {Name: a}}
  Get: {Type: "AWS::ApiGateway::Method", Properties: {RestApiId: "${Api}", ResourceId: "${Api.RootResourceId}", HttpMethod: GET}}
  Deployment: {Type: "AWS::ApiGateway::Deployment", DependsOn: Get, Properties: {RestApiId: "${Api}"}}
  Stage: {Type: "AWS::ApiGateway::Stage", Properties: {RestApiId: "${Api}", StageName: prod, DeploymentId: "${Deployment}"}}
  Fn: {Type: "AWS::Lambda::Function", Properties: {Role: "${Role.Arn}"}}
  Role: {Type: "AWS::IAM::Role", Properties: {}}
`

func liftOf(t *testing.T, template string) *model.Model {
	t.Helper()
	return lift.Lift([]*stack.Stack{evaluated(t, "t.yaml", []byte(template))})
}

// closed lists the sets of the model that are complete.
func closed(m *model.Model) string {
	var out []string
	add := func(name string, is bool) {
		if is {
			out = append(out, name)
		}
	}
	add("functions", m.Functions.IsClosed())
	add("permissions", m.Permissions.IsClosed())
	add("roles", m.Roles.IsClosed())
	for _, a := range m.APIs {
		if a.Managed == tri.Yes {
			add("routes", a.Routes.IsClosed())
			add("stages", a.Stages.IsClosed())
			for d := range a.Deployments.All() {
				add("reached", d.Reaches.IsClosed())
			}
		}
	}
	for r := range m.Roles.All() {
		add("policies", r.Policies.IsClosed())
	}
	return strings.Join(out, " ")
}

func TestWorlds(t *testing.T) {
	const all = "functions permissions roles routes stages reached policies"
	for name, tt := range map[string]struct{ template, want string }{
		"everything in sight":              {basis, all},
		"a macro":                          {"# open\n" + basis, ""},
		"custom resource without relation": {basis + `  C: {Type: "Custom::C", Properties: {ServiceToken: "${Fn.Arn}", X: y}}`, all},
		"custom resource with the function": {basis + `  C: {Type: "Custom::C", Properties: {ServiceToken: x, For: "${Fn}"}}`,
			"functions roles routes stages reached policies"},
		"custom resource with the API": {basis + `  C: {Type: "AWS::CloudFormation::CustomResource", Properties: {For: "x/${Api}"}}`,
			"functions roles policies"},
		"module with something":      {basis + `  C: {Type: "My::Own::Thing::MODULE", Properties: "${?}"}`, "functions roles routes stages reached policies"},
		"custom resource of a role":  {basis + `  C: {Type: "Custom::C", Properties: {For: "${Role}"}}`, all},
		"method of an API not known": {basis + `  M: {Type: "AWS::ApiGateway::Method", Properties: {RestApiId: "${?}", HttpMethod: PUT}}`, "functions permissions roles policies"},
		"method of a foreign API":    {basis + `  M: {Type: "AWS::ApiGateway::Method", Properties: {RestApiId: "${P}", HttpMethod: PUT}}`, all},
		"stage of a name not known":  {basis + `  D: {Type: "AWS::ApiGateway::Deployment", Properties: {RestApiId: "${Api}", StageName: "${?}"}}`, "functions permissions roles routes reached policies"},
		"no stage":                   {strings.ReplaceAll(basis, "AWS::ApiGateway::Stage", "AWS::SQS::Queue"), "functions permissions roles routes reached policies"},
		"policy for any role":        {basis + `  P: {Type: "AWS::IAM::Policy", Properties: {Roles: ["${P}"], PolicyDocument: {Statement: []}}}`, "functions permissions roles routes stages reached"},
		"policy for another role":    {basis + `  P: {Type: "AWS::IAM::RolePolicy", Properties: {RoleName: "${Fn}", PolicyDocument: {Statement: []}}}`, all},
		"policy of any content":      {basis + `  P: {Type: "AWS::IAM::RolePolicy", Properties: {RoleName: "${Role}", PolicyDocument: "${?}"}}`, "functions permissions roles routes stages reached"},
		"a SAM resource is left":     {basis + `  S: {Type: "AWS::Serverless::Function", Properties: {}}`, ""},
		"body in a bucket": {strings.Replace(basis, "{Name: a}", "{BodyS3Location: {Bucket: b}}", 1),
			"functions permissions roles stages policies"},
		"body not known": {strings.Replace(basis, "{Name: a}", `{Body: "${?}"}`, 1), "functions permissions roles stages policies"},
	} {
		if got := closed(liftOf(t, tt.template)); got != tt.want {
			t.Errorf("%s: complete are %q, want %q", name, got, tt.want)
		}
	}
}

// TestFragment shows that a template which refers to what it lacks is taken for
// a part of another.
func TestFragment(t *testing.T) {
	for name, closed := range map[string]bool{"Elsewhere": false, "Child/Elsewhere.Arn": false, "Select 0 of ${P}": true} {
		s := evaluated(t, "t.yaml", []byte(basis))
		fn := s.Find("Fn")
		role := tree.NewText(value.Hole(value.Ref{Kind: value.Other, Name: name}, fn.Span))
		fn.Properties = fn.Properties.Set("Layers", tree.NewList(fn.Span, role))
		if m := lift.Lift([]*stack.Stack{s}); m.Permissions.IsClosed() != closed {
			t.Errorf("with a reference to %q, all permissions are visible: %v", name, m.Permissions.IsClosed())
		}
	}
}

func TestOtherTriggers(t *testing.T) {
	const alias = "  Live: {Type: 'AWS::Lambda::Alias', Properties: {FunctionName: '${Fn}', FunctionVersion: '1', Name: live}}\n"
	for name, tt := range map[string]struct {
		resources string
		want      tri.Bool
	}{
		"nothing":                {"", tri.No},
		"alias":                  {alias, tri.No},
		"alarm":                  {"  A: {Type: 'AWS::CloudWatch::Alarm', Properties: {Dimensions: [{Value: '${Fn}'}]}}", tri.No},
		"rule":                   {"  R: {Type: 'AWS::Events::Rule', Properties: {Targets: [{Arn: '${Fn.Arn}', Id: x}]}}", tri.Yes},
		"queue":                  {alias + "  M: {Type: 'AWS::Lambda::EventSourceMapping', Properties: {FunctionName: '${Live}'}}", tri.Yes},
		"bucket":                 {"  B: {Type: 'AWS::S3::Bucket', Properties: {NotificationConfiguration: {LambdaConfigurations: [{Function: '${Fn.Arn}'}]}}}", tri.Yes},
		"topic":                  {"  S: {Type: 'AWS::SNS::Subscription', Properties: {Endpoint: '${Fn.Arn}'}}", tri.Yes},
		"custom":                 {"  C: {Type: 'Custom::C', Properties: {ServiceToken: '${Fn.Arn}'}}", tri.Yes},
		"parameter":              {"  P: {Type: 'AWS::SSM::Parameter', Properties: {Value: '${Fn.Arn}'}}", tri.Maybe},
		"permission":             {"  P: {Type: 'AWS::Lambda::Permission', Properties: {FunctionName: '${Fn}', Principal: apigateway.amazonaws.com}}", tri.No},
		"permission for another": {"  P: {Type: 'AWS::Lambda::Permission', Properties: {FunctionName: '${Fn}', Principal: s3.amazonaws.com}}", tri.Maybe},
		"circle": {"  L: {Type: 'AWS::Lambda::Alias', Properties: {FunctionName: '${Fn}', FunctionVersion: '${V}'}}\n" +
			"  V: {Type: 'AWS::Lambda::Version', Properties: {FunctionName: '${L}'}}", tri.No},
	} {
		m := liftOf(t, basis+tt.resources)
		for fn := range m.Functions.All() {
			if fn.OtherTriggers != tt.want {
				t.Errorf("%s: other triggers are %v, want %v", name, fn.OtherTriggers, tt.want)
			}
		}
	}
}

// TestInvokable shows that permissions written in every way reach the function
// of the route, and that those for something else do not.
func TestInvokable(t *testing.T) {
	const route = `
  Live: {Type: "AWS::Lambda::Alias", Properties: {FunctionName: "${Orders.Arn}", FunctionVersion: "1", Name: live}}
  V: {Type: "AWS::Lambda::Version", Properties: {FunctionName: "${Orders}"}}
  Orders: {Type: "AWS::Lambda::Function", Properties: {FunctionName: orders, Role: x}}
  Post:
    Type: AWS::ApiGateway::Method
    Properties:
      RestApiId: "${Api}"
      ResourceId: "${Api.RootResourceId}"
      HttpMethod: POST
      Integration: {Type: AWS_PROXY, IntegrationHttpMethod: POST, Uri: "arn:aws:apigateway:${AWS::Region}:lambda:path/2015-03-31/functions/FUNCTION/invocations"}
  Permission:
    Type: AWS::Lambda::Permission
    Properties: {FunctionName: "NAME", Action: "lambda:InvokeFunction", Principal: apigateway.amazonaws.com, SourceArn: "arn:aws:execute-api:${AWS::Region}:${AWS::AccountId}:SOURCE"}
`
	for _, tt := range []struct {
		function, name, source string
		want                   tri.Bool
	}{
		{"${Orders.Arn}", "${Orders}", "${Api}/*/POST/", tri.Yes},
		{"${Orders.Arn}", "${Orders.Arn}", "${Api.RestApiId}/*/*/*", tri.Yes},
		{"${Orders.Arn}", "orders", "${Api}/*", tri.Yes},
		{"${Orders.Arn}", "arn:aws:lambda:us-east-1:123456789012:function:orders", "${Api}/*", tri.Yes},
		{"${Orders.Arn}", "${Orders}", "${Api}/${Stage}/POST/", tri.Yes},
		{"${Orders.Arn}", "${Orders}", "${Api}/prod/POST/", tri.Yes},
		{"${Orders.Arn}", "${Orders}", "${Api}/dev/POST/", tri.No},
		{"${Orders.Arn}", "${Orders}", "${Api}/*/GET/", tri.No},
		{"${Orders.Arn}", "${Orders}", "${P}/*/POST/", tri.Maybe},
		{"${Orders.Arn}", "${Live}", "${Api}/*", tri.No},
		{"${Live}", "${Live}", "${Api}/*", tri.Yes},
		{"${Live}", "${Live.AliasArn}", "${Api}/*", tri.Yes},
		{"${Live}", "orders:live", "${Api}/*", tri.Yes},
		{"${Orders.Arn}:live", "${Live}", "${Api}/*", tri.Yes},
		{"${Live}", "${Orders}", "${Api}/*", tri.No},
		{"${V}", "${V}", "${Api}/*", tri.Yes},
		{"${V}", "${Orders}:${V.Version}", "${Api}/*", tri.Yes},
		{"${V}", "orders:3", "${Api}/*", tri.Maybe},
		{"${Orders.Arn}", "${Fn}", "${Api}/*", tri.No},
		{"${Orders.Arn}", "${P}", "${Api}/*", tri.Maybe},
	} {
		m := liftOf(t, basis+strings.NewReplacer("FUNCTION", tt.function, "NAME", tt.name, "SOURCE", tt.source).Replace(route))
		for r := range m.Routes() {
			if r.ID != "Post" {
				continue
			}
			if got, needed := m.Invokable(r); got != tt.want || needed != tri.Yes {
				t.Errorf("%s with a permission for %s from %s: invokable %v (needed %v), want %v", tt.function, tt.name, tt.source, got, needed, tt.want)
			}
		}
	}
}

// TestBodies shows that routes of a body are found wherever it is readable, and
// that an API whose body is not may have any.
func TestBodies(t *testing.T) {
	const document = `{"swagger": "2.0", "paths": {"/b": {"post": {"x-amazon-apigateway-integration": {"type": "http_proxy", "httpMethod": "GET", "uri": "https://${Host}/b"}}}}}`
	for name, tt := range map[string]struct {
		kind, properties string
		routes           string
		closed           bool
	}{
		"map":             {"ApiGateway::RestApi", "Body: " + document, "POST /b https://${Host}/b", true},
		"text":            {"ApiGateway::RestApi", "Body: '" + document + "'", "POST /b https://${Host}/b", true},
		"HTTP API":        {"ApiGatewayV2::Api", "Body: " + document, "POST /b https://${Host}/b", true},
		"base path":       {"ApiGateway::RestApi", `Parameters: {basepath: prepend}, Body: ` + strings.Replace(document, `"paths"`, `"basePath": "/v1", "paths"`, 1), "POST /v1/b https://${Host}/b", true},
		"no body":         {"ApiGateway::RestApi", "Name: x", "", true},
		"body elsewhere":  {"ApiGateway::RestApi", "BodyS3Location: {Bucket: b, Key: k}", "", false},
		"unknown body":    {"ApiGateway::RestApi", `Body: "${?}"`, "", false},
		"unreadable text": {"ApiGateway::RestApi", `Body: "{"`, "", false},
		"clone":           {"ApiGateway::RestApi", "CloneFrom: abc", "", false},
	} {
		m := liftOf(t, "Resources: {Api: {Type: 'AWS::"+tt.kind+"', Properties: {"+tt.properties+"}}}")
		got := ""
		for r, in := range m.Integrations() {
			got += r.Key() + " " + in.URI.String()
		}
		if api := m.APIs[0]; got != tt.routes || api.Routes.IsClosed() != tt.closed {
			t.Errorf("%s: the routes are %q (all: %v), want %q (%v)", name, got, api.Routes.IsClosed(), tt.routes, tt.closed)
		}
	}
}

// TestInvokableOnUnknownPath shows that nothing is said of a permission for a
// path when the path of the route is not known.
func TestInvokableOnUnknownPath(t *testing.T) {
	m := liftOf(t, strings.Replace(basis, `ResourceId: "${Api.RootResourceId}", HttpMethod: GET`,
		`ResourceId: "${P}", HttpMethod: GET, Integration: {Type: AWS_PROXY, Uri: "arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/${Fn.Arn}/invocations"}`, 1)+
		`  Permission: {Type: "AWS::Lambda::Permission", Properties: {FunctionName: "${Fn}", Action: "lambda:InvokeFunction", Principal: apigateway.amazonaws.com, SourceArn: "arn:aws:execute-api:us-east-1:123456789012:${Api}/*/GET/a"}}`)
	for r := range m.Routes() {
		if got, _ := m.Invokable(r); got != tri.Maybe {
			t.Errorf("a route of unknown path is invokable: %v", got)
		}
	}
}
