package openapi_test

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/apigwlint/apigwlint/model"
	"github.com/apigwlint/apigwlint/parsers/internal/files"
	"github.com/apigwlint/apigwlint/parsers/internal/tree"
	"github.com/apigwlint/apigwlint/parsers/openapi"
	"github.com/apigwlint/apigwlint/source"
	"github.com/apigwlint/apigwlint/tri"
	"github.com/apigwlint/apigwlint/value"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// alone loads a document from testdata as a file of its own.
func alone(t testing.TB, name string) (*model.API, *model.Unit) {
	t.Helper()
	r, err := files.NewReader("testdata")
	if err != nil {
		t.Fatal(err)
	}
	u := openapi.Load(r, []string{"testdata/" + name})[0]
	if len(u.Problems) > 0 || len(u.Scenarios) != 1 {
		t.Fatalf("%s: %v", name, u.Problems)
	}
	return u.Scenarios[0].Model.APIs[0], u
}

// text loads a document that is written in a test.
func text(t testing.TB, doc string) *model.API {
	t.Helper()
	r, err := files.NewReader()
	if err != nil {
		t.Fatal(err)
	}
	r.Add("testdata/inline.yaml", []byte(doc))
	u := openapi.Load(r, []string{"testdata/inline.yaml"})[0]
	if len(u.Problems) > 0 || len(u.Scenarios) != 1 {
		t.Fatalf("%v in\n%s", u.Problems, doc)
	}
	return u.Scenarios[0].Model.APIs[0]
}

// body lifts a document as the body of an API of the kind.
func body(t testing.TB, kind model.Kind, doc string) *model.API {
	t.Helper()
	api := owner(kind)
	openapi.Lift(parse(t, doc), api)
	return api
}

// owner returns an API as a template without a body leaves it.
func owner(kind model.Kind) *model.API {
	var nowhere source.Span
	return &model.API{
		ID: "Api", Kind: kind, Endpoint: value.NoText(nowhere), Policy: value.Absent[*model.Policy](nowhere),
		DisableEndpoint: value.Absent[bool](nowhere), BinaryMediaTypes: value.Closed[value.Text](),
		GatewayResponses: value.Closed[*model.GatewayResponse](), Routes: value.Closed[*model.Route](),
		Authorizers: value.Closed[*model.Authorizer](),
	}
}

func parse(t testing.TB, doc string) *tree.Node {
	t.Helper()
	root, problems := tree.Parse(source.NewFile("body.yaml", []byte(doc)))
	if len(problems) > 0 {
		t.Fatalf("%v in\n%s", problems, doc)
	}
	return root
}

// find returns the route with the key.
func find(t testing.TB, api *model.API, key string) *model.Route {
	t.Helper()
	for r := range api.Routes.All() {
		if r.Key() == key {
			return r
		}
	}
	t.Fatalf("no route %s in\n%s", key, describe(api))
	return nil
}

func integration(t testing.TB, api *model.API, key string) *model.Integration {
	t.Helper()
	in, ok := find(t, api, key).Integration.Get()
	if !ok {
		t.Fatalf("the integration of %s is not known", key)
	}
	return in
}

// describe writes an API without places.
func describe(api *model.API) string { return model.Dump(&model.Model{APIs: []*model.API{api}}, false) }

// each calls f with the members of a sequence.
func each(all reflect.Value, f func(reflect.Value)) {
	for x := range all.Call(nil)[0].Seq() {
		f(x)
	}
}

func TestGolden(t *testing.T) {
	for _, name := range []string{"orders.yaml", "export.json", "http.yaml", "refs/api.yaml"} {
		api, _ := alone(t, name)
		golden(t, name, describe(api))
	}
}

func golden(t *testing.T, name, got string) {
	t.Helper()
	file := filepath.Join("testdata", name+".golden")
	if *update {
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("%s: got\n%s\nwant\n%s", name, got, want)
	}
}

// TestTwins lifts each document written as JSON: the same API but for places.
func TestTwins(t *testing.T) {
	for _, name := range []string{"orders.yaml", "export.json", "http.yaml"} {
		api, u := alone(t, name)
		root, _ := tree.Parse(u.Files[0])
		twin := text(t, string(tree.ToJSON(root)))
		if got, want := describe(twin), describe(api); got != want {
			t.Errorf("%s as JSON: got\n%s\nwant\n%s", name, got, want)
		}
	}
}

// TestSpans looks at the place of every literal text: there it is written.
func TestSpans(t *testing.T) {
	for _, name := range []string{"orders.yaml", "export.json", "http.yaml", "refs/api.yaml"} {
		api, u := alone(t, name)
		n := 0
		check := func(path string, x value.Text) {
			s, ok := x.Get()
			if !ok || s == "" {
				return
			}
			n++
			if !x.Span().IsValid() {
				t.Errorf("%s: %s %q has no place", name, path, s)
				return
			}
			if !written(s, x.Span().Text()) {
				t.Errorf("%s: %s %q stands at %s, where it says %q", name, path, s, x.Span(), x.Span().Text())
			}
		}
		texts(reflect.ValueOf(api).Elem(), "", map[any]bool{}, check)
		if n < 10 {
			t.Errorf("%s: only %d texts", name, n)
		}
		_ = u
	}
}

// written reports whether a text is what is written at its place, or what API
// Gateway makes of it.
func written(s, at string) bool {
	unquoted := strings.Trim(strings.ReplaceAll(strings.ReplaceAll(at, `\\`, `\`), `\"`, `"`), `"'`)
	for _, prefix := range []string{"", "method.request.querystring.", "method.request.header.", "method.request.path.", "method.response.header."} {
		if strings.HasPrefix(s, prefix) && strings.Contains(strings.ToUpper(unquoted), strings.ToUpper(s[len(prefix):])) {
			return true
		}
	}
	made := map[string]string{"ANY": "any-method", "$default": "/$default", "PRIVATE": "vpcEndpointIds", "CUSTOM": "", "COGNITO_USER_POOLS": "users", "JWT": "jwt", "AWS_IAM": "sigv4", "application/json": "schema", "aws": "us-", "aws-us-gov": "us-gov-", "aws-cn": "cn-"}
	if hint, ok := made[s]; ok {
		return strings.Contains(at, hint)
	}
	// Block scalars and escapes: the first word must do.
	words := strings.FieldsFunc(s, func(r rune) bool { return strings.ContainsRune("\"'\\\n ", r) })
	return len(words) > 0 && strings.Contains(at, words[0])
}

// texts calls f with every text of a value.
func texts(v reflect.Value, path string, seen map[any]bool, f func(string, value.Text)) {
	if !v.IsValid() || !v.CanInterface() {
		return
	}
	switch x := v.Interface().(type) {
	case value.Text:
		f(path, x)
		return
	case source.Span, nil:
		return
	default:
		if all := v.MethodByName("All"); all.IsValid() {
			each(all, func(e reflect.Value) { texts(e, path+"[]", seen, f) })
			return
		}
		if get := v.MethodByName("Get"); get.IsValid() && get.Type().NumIn() == 0 {
			if out := get.Call(nil); out[1].Bool() {
				texts(out[0], path, seen, f)
			}
			return
		}
		_ = x
	}
	switch v.Kind() {
	case reflect.Pointer:
		if !v.IsNil() && !seen[v.Interface()] {
			seen[v.Interface()] = true
			texts(v.Elem(), path, seen, f)
		}
	case reflect.Struct:
		for i := range v.NumField() {
			texts(v.Field(i), path+"."+v.Type().Field(i).Name, seen, f)
		}
	}
}

// TestExactSpans checks some places to the byte.
func TestExactSpans(t *testing.T) {
	api, _ := alone(t, "orders.yaml")
	r := find(t, api, "GET /orders")
	in := integration(t, api, "GET /orders")
	timeout := in.Timeout
	uri, _ := in.URI.Get()
	alias := strings.Index(uri, "${stageVariables")
	var pattern value.Text
	for x := range in.Responses.All() {
		if x.Pattern.Present() == tri.Yes {
			pattern = x.Pattern
		}
	}
	for what, tt := range map[string]struct {
		span source.Span
		want string
	}{
		"method":        {r.Method.Span(), "get"},
		"path":          {r.Path.Span(), "/orders"},
		"route":         {r.Span, "get"},
		"timeout":       {timeout.Span(), "5000"},
		"type":          {in.Type.Span(), "aws"},
		"variable":      {in.URI.Locate(alias, alias+len("${stageVariables.alias}")), "${stageVariables.alias}"},
		"pattern":       {pattern.Span(), `.*\[404\].*`},
		"integration":   {in.Span, "x-amazon-apigateway-integration"},
		"no connection": {in.ConnectionType.Span(), "x-amazon-apigateway-integration"},
		"authorizer":    {r.Authorizer.Span(), "token"},
		"nothing":       {find(t, api, "GET /health").Integration.Span(), "get"},
	} {
		if tt.span.Text() != tt.want {
			t.Errorf("the %s stands at %s, %q; want %q", what, tt.span, tt.span.Text(), tt.want)
		}
	}
}

func TestRecognizes(t *testing.T) {
	for _, tt := range []struct {
		doc          string
		openapi, aws bool
	}{
		{"openapi: 3.0.1\npaths: {}", true, false},
		{"openapi: 3.1.0\npaths: {/a: {get: {x-amazon-apigateway-integration: {type: mock}}}}", true, true},
		{"swagger: 2.0\npaths: {/a: {x-amazon-apigateway-any-method: {}}}", true, true},
		{"swagger: '2.0'\ninfo: {}\nsecurityDefinitions: {a: {x-amazon-apigateway-authtype: awsSigv4}}", true, true},
		{"openapi: 3.0.1\ncomponents: {securitySchemes: {a: {x-amazon-apigateway-authorizer: {}}}}", true, true},
		{"openapi: 3.0.1\ninfo: {}\nx-amazon-apigateway-cors: {}", true, true},
		{"openapi: 3.0.1\ninfo: {}\nservers: [{url: /, x-amazon-apigateway-endpoint-configuration: {}}]", true, true},
		{"openapi: 3.0.1\ninfo: {}\ntags: [{name: a, x-amazon-apigateway-tag-value: b}]", true, true},
		{"openapi: 3.0.1\ncomponents: {schemas: {A: {properties: {x-amazon-apigateway-integration: {type: string}}}}}", true, false},
		{"openapi: 3.0.1\ngenerator: go", false, false},
		{"openapi: 1\npaths: {}", false, false},
		{"swagger: '1.2'\npaths: {}", false, false},
		{"Resources: {}", false, false},
		{"- openapi: 3.0.1", false, false},
		{"openapi: {}\npaths: {}", false, false},
	} {
		root := parse(t, tt.doc)
		if got := openapi.IsOpenAPI(root); got != tt.openapi {
			t.Errorf("%s: IsOpenAPI is %v", tt.doc, got)
		}
		if got := openapi.Recognizes(root); got != tt.aws {
			t.Errorf("%s: Recognizes is %v", tt.doc, got)
		}
	}
	if openapi.IsOpenAPI(nil) || openapi.Recognizes(nil) {
		t.Error("nothing is no document")
	}
}

func TestKind(t *testing.T) {
	operation := func(s string) string {
		return "openapi: 3.0.1\npaths: {/a: {get: {x-amazon-apigateway-integration: " + s + "}}}"
	}
	for _, tt := range []struct {
		doc  string
		want model.Kind
	}{
		{"swagger: '2.0'\npaths: {}\nx-amazon-apigateway-cors: {}", model.REST},
		{"openapi: 3.0.1\npaths: {}\nx-amazon-apigateway-cors: {}", model.HTTP},
		{"openapi: 3.0.1\npaths: {}\nx-amazon-apigateway-policy: {}", model.REST},
		{"openapi: 3.0.1\npaths: {}\nx-amazon-apigateway-policy: {}\nx-amazon-apigateway-cors: {}", ""},
		{operation("{type: mock}"), model.REST},
		{operation("{type: AWS}"), model.REST},
		{operation("{type: AWS_PROXY, integrationSubtype: SQS-SendMessage}"), model.HTTP},
		{operation("{type: mock, integrationSubtype: SQS-SendMessage}"), ""},
		{operation("{type: AWS_PROXY, payloadFormatVersion: '2.0'}"), ""},
		{operation("{type: aws_proxy, passthroughBehavior: when_no_match, payloadFormatVersion: '1.0'}"), ""},
		{operation("{type: aws_proxy, passthroughBehavior: when_no_match}"), model.REST},
		{operation("{type: '${type}'}"), ""},
		{operation("{Fn::If: [A, {}, {}]}") + "\nx-amazon-apigateway-policy: {}", ""},
		{operation("{type: {Ref: Type}}") + "\nx-amazon-apigateway-cors: {}", ""},
		{operation("{type: http_proxy, httpMethod: GET}"), ""},
		{operation("{type: aws_proxy, requestParameters: {integration.request.header.a: context.b}}"), model.REST},
		{operation("{type: http_proxy, requestParameters: {'overwrite:header.a': '$request.body'}}"), model.HTTP},
		{"openapi: 3.0.1\npaths: {/$default: {x-amazon-apigateway-any-method: {}}}", model.HTTP},
		{"openapi: 3.0.1\npaths: {}\ncomponents: {securitySchemes: {a: {x-amazon-apigateway-authorizer: {type: jwt}}}}", model.HTTP},
		{"openapi: 3.0.1\npaths: {}\ncomponents: {securitySchemes: {a: {x-amazon-apigateway-authorizer: {type: token}}}}", model.REST},
		{"openapi: 3.0.1\npaths: {}\ncomponents: {securitySchemes: {a: {x-amazon-apigateway-authorizer: {type: request}}}}", ""},
	} {
		if got := text(t, tt.doc).Kind; got != tt.want {
			t.Errorf("%s\nis of kind %q, want %q", tt.doc, got, tt.want)
		}
	}
	if got := body(t, model.HTTP, operation("{type: mock}")).Kind; got != model.HTTP {
		t.Errorf("the kind that the owner gives became %s", got)
	}
}

// TestPlaceholders reads documents that something renders before the import.
func TestPlaceholders(t *testing.T) {
	const format = "openapi: 3.0.1\npaths: {'/a/{b}': {get: {x-amazon-apigateway-integration: {type: http_proxy, uri: %q}}}}"
	for _, tt := range []struct{ uri, want string }{
		{"https://example.com/a", "https://example.com/a"},
		{"https://${stageVariables.host}/a%20b%2Fc", "https://${stageVariables.host}/a%20b%2Fc"},
		{"management_lambda", "${management_lambda}"},
		{"${url}/login", "${url}/login"},
		{"https://{{ host }}/${stageVariables.path}", "https://${host}/${stageVariables.path}"},
		{"https://<<host>>/", "https://${host}/"},
		{"https://%HOST%/a", "https://${HOST}/a"},
		{"https://$${stageVariables.host}/{{ path }}", "https://${stageVariables.host}/${path}"},
	} {
		in := integration(t, text(t, fmt.Sprintf(format, tt.uri)), "GET /a/{b}")
		if got := in.URI.String(); got != tt.want {
			t.Errorf("%s is read as %s, want %s", tt.uri, got, tt.want)
		}
		holes := 0
		for ref := range in.URI.Refs() {
			if ref.Kind != value.Other {
				t.Errorf("%s: %+v", tt.uri, ref)
			}
			holes++
		}
		if (tt.uri != tt.want || strings.HasPrefix(tt.uri, "${url}")) != (holes > 0) {
			t.Errorf("%s has %d holes", tt.uri, holes)
		}
		// A body is imported as it is.
		literal := integration(t, body(t, model.REST, fmt.Sprintf(format, tt.uri)), "GET /a/{b}")
		if s, ok := literal.URI.Get(); !ok || s != tt.uri {
			t.Errorf("in a body, %s is read as %s", tt.uri, literal.URI)
		}
	}
	api := text(t, "openapi: 3.0.1\npaths: {'/${prefix}/a': {get: {x-amazon-apigateway-integration: {type: mock, requestTemplates: {application/json: '${x} {{y}}'}}}}}")
	in := integration(t, api, "GET /${prefix}/a")
	template, _ := in.RequestTemplates.Get("application/json")
	if s, ok := template.Get(); !ok || s != "${x} {{y}}" {
		t.Errorf("the template is read as %s", template)
	}
	if _, ok := find(t, api, "GET /${prefix}/a").Path.Get(); ok {
		t.Error("the path is known")
	}
}

// TestIntrinsics reads documents that a template includes without the template.
func TestIntrinsics(t *testing.T) {
	for _, tt := range []struct{ uri, want string }{
		{"{Fn::Sub: 'arn:aws:apigateway:${AWS::Region}:lambda:path/2015-03-31/functions/${F.Arn}/invocations'}",
			"arn:aws:apigateway:${AWS::Region}:lambda:path/2015-03-31/functions/${F.Arn}/invocations"},
		{"!Sub 'https://${Host}/${!stageVariables.a}'", "https://${Host}/${stageVariables.a}"},
		{"!Sub ['https://${Host}/${Other}', {Host: example.com}]", "https://example.com/${Other}"},
		{"{Fn::Join: ['', ['arn:aws:', {Ref: F}, ':', {Fn::GetAtt: [F, Arn]}]]}", "arn:aws:${F}:${F.Arn}"},
		{"{Fn::ImportValue: a}", ""},
		{"!If [a, b, c]", ""},
	} {
		in := integration(t, text(t, "openapi: 3.0.1\npaths: {/a: {get: {x-amazon-apigateway-integration: {type: aws, httpMethod: GET, uri: "+tt.uri+"}}}}"), "GET /a")
		if got := in.URI.String(); got != tt.want || in.URI.Present() == tri.No || tt.want == "" && in.URI.Present() != tri.Maybe {
			t.Errorf("%s is read as %q (%v), want %q", tt.uri, got, in.URI.Present(), tt.want)
		}
	}
	api := text(t, "openapi: 3.0.1\npaths: {Fn::Transform: {Name: AWS::Include}, /a: {get: {x-amazon-apigateway-integration: {Fn::If: [A, {}, {}]}}}}")
	if api.Routes.IsClosed() {
		t.Error("included paths are not counted")
	}
	if find(t, api, "GET /a").Integration.Present() != tri.Maybe {
		t.Error("an integration that depends on a condition is known")
	}
	if text(t, "openapi: 3.0.1\npaths: {Fn::If: [A, {}, {}]}").Routes.IsClosed() {
		t.Error("paths that depend on a condition are known")
	}
}

func TestBasePath(t *testing.T) {
	const swagger, plain = "swagger: '2.0'\nbasePath: /a/b/c\npaths: {/e: {get: {}}}", "openapi: 3.0.1\npaths: {/e: {get: {}}}"
	const variable = "openapi: 3.0.1\nservers: [{url: 'https://example.com', variables: {basePath: {default: /v}}}]\npaths: {/e: {get: {}}}"
	const url = "openapi: 3.0.1\nservers: [{url: 'https://example.com/u/w/'}]\npaths: {/e: {get: {}}}"
	for _, tt := range []struct{ mode, doc, want string }{
		{"", swagger, "/e"}, {"ignore", swagger, "/e"}, {"prepend", swagger, "/a/b/c/e"}, {"split", swagger, "/b/c/e"},
		{"prepend", plain, "/e"}, {"split", plain, "/e"},
		{"prepend", variable, "/v/e"}, {"split", variable, "/e"},
		{"prepend", url, "/u/w/e"}, {"split", url, "/w/e"},
	} {
		mode := value.NoText(source.Span{})
		if tt.mode != "" {
			mode = value.Lit(tt.mode, source.Span{})
		}
		api := owner(model.REST)
		openapi.Import{BasePath: mode}.Lift(parse(t, tt.doc), api)
		find(t, api, "GET "+tt.want)
	}
	api := owner(model.REST)
	openapi.Import{BasePath: value.UnknownText(source.Span{})}.Lift(parse(t, swagger), api)
	if find(t, api, "GET ${basePath}/e").Path.Is("/e") != tri.Maybe {
		t.Error("the path is known whatever becomes of the base path")
	}
}

func TestSecurity(t *testing.T) {
	const schemes = `
components:
  securitySchemes:
    one: {type: apiKey, name: A, in: header, x-amazon-apigateway-authorizer: {type: token}}
    two: {type: apiKey, name: B, in: header, x-amazon-apigateway-authorizer: {type: request}}
    key: {type: apiKey, name: x-api-key, in: header}
    iam: {type: apiKey, name: Authorization, in: header, x-amazon-apigateway-authtype: awsSigv4}
    doc: {type: http, scheme: bearer}
`
	const unknown = "?"
	for _, tt := range []struct {
		security, root            string
		kind                      model.Kind
		authorization, authorizer string
		key                       tri.Bool
	}{
		{"", "", model.REST, "", "", tri.No},
		{"[]", "[{one: []}]", model.REST, "", "", tri.No},
		{"", "[{one: []}]", model.REST, unknown, unknown, tri.Maybe},
		{"[{one: []}]", "", model.REST, "CUSTOM", "one", tri.No},
		{"[{one: [], key: []}]", "", model.REST, "CUSTOM", "one", tri.Yes},
		{"[{one: []}, {key: []}]", "", model.REST, "CUSTOM", "one", tri.Yes},
		{"[{one: []}, {two: []}]", "", model.REST, unknown, unknown, tri.Maybe},
		{"[{iam: []}]", "", model.REST, "AWS_IAM", "", tri.No},
		{"[{iam: []}, {one: []}]", "", model.REST, unknown, unknown, tri.Maybe},
		{"[{doc: []}]", "", model.REST, "", "", tri.No},
		{"[{doc: []}]", "", model.HTTP, unknown, unknown, tri.Maybe},
		{"[{undeclared: []}]", "", model.REST, unknown, unknown, tri.Maybe},
		{"[{}]", "", model.REST, "", "", tri.No},
	} {
		doc := "openapi: 3.0.1" + schemes
		if tt.root != "" {
			doc += "security: " + tt.root + "\n"
		}
		operation := "{}"
		if tt.security != "" {
			operation = "{security: " + tt.security + "}"
		}
		r := find(t, body(t, tt.kind, doc+"paths: {/a: {get: "+operation+"}}\n"), "GET /a")
		authorization, authorizer := r.Authorization.String(), ""
		if r.Authorization.Present() == tri.Maybe {
			authorization = unknown
		}
		if a, ok := r.Authorizer.Get(); ok {
			authorizer = a.ID
		} else if r.Authorizer.Present() == tri.Maybe {
			authorizer = unknown
		}
		if authorization != tt.authorization || authorizer != tt.authorizer || r.APIKeyRequired.Present() != tt.key {
			t.Errorf("security %q, root %q: %q by %q, key %v", tt.security, tt.root, authorization, authorizer, r.APIKeyRequired.Present())
		}
	}
}

// TestOpen gives bodies of which a part cannot be seen.
func TestOpen(t *testing.T) {
	api := owner(model.REST)
	openapi.Lift(tree.NewUnknown(source.Span{}), api)
	if api.Routes.IsClosed() || api.Authorizers.IsClosed() || api.GatewayResponses.IsClosed() || api.BinaryMediaTypes.IsClosed() ||
		api.Policy.Present() != tri.Maybe || api.Endpoint.Present() != tri.Maybe || api.Document != tri.Yes {
		t.Errorf("of an unknown body, something is known:\n%s", describe(api))
	}
	openapi.Lift(nil, owner(model.REST)) // no panic

	const doc = "openapi: 3.0.1\npaths: {/a: {get: {}}}"
	if r := find(t, body(t, model.REST, doc), "GET /a"); r.Integration.Present() != tri.No {
		t.Error("an operation without an integration has one")
	}
	open := parse(t, doc)
	open.Open = true // something is included beside, and may replace the paths
	api = owner(model.REST)
	openapi.Lift(open, api)
	if api.Routes.IsClosed() || find(t, api, "GET /a").Integration.Present() != tri.Maybe {
		t.Error("what is included is not counted")
	}
	item := parse(t, doc)
	item.Get("paths", "/a").Open = true
	api = owner(model.REST)
	openapi.Lift(item, api)
	if api.Routes.IsClosed() {
		t.Error("a path with unknown members has no other operations")
	}
}

// TestMixed imports a body into an API that has members of its own.
func TestMixed(t *testing.T) {
	api := owner(model.REST)
	own := &model.Route{API: api, Method: value.Lit("GET", source.Span{}), Path: value.Lit("/own", source.Span{})}
	api.Routes = api.Routes.With(own)
	api.Authorizers = api.Authorizers.With(&model.Authorizer{ID: "own"})
	api.Endpoint = value.Lit("REGIONAL", source.Span{})
	openapi.Lift(parse(t, "openapi: 3.0.1\npaths: {/a: {get: {}}}\nx-amazon-apigateway-endpoint-configuration: {types: [PRIVATE]}\n"+
		"components: {securitySchemes: {b: {type: apiKey, x-amazon-apigateway-authorizer: {type: token}}}}"), api)
	if find(t, api, "GET /own") != own || api.Routes.Len() != 2 || !api.Routes.IsClosed() || api.Authorizers.Len() != 2 {
		t.Errorf("got\n%s", describe(api))
	}
	if api.Endpoint.Is("REGIONAL") != tri.Yes {
		t.Errorf("the endpoint that the owner gives became %s", api.Endpoint)
	}
}

// TestIntegrationReference refers to the collection of integrations, which is
// there for HTTP APIs only.
func TestIntegrationReference(t *testing.T) {
	const doc = "openapi: 3.0.1\npaths: {/a: {get: {x-amazon-apigateway-integration: {$ref: '#/components/x-amazon-apigateway-integrations/%s'}}}}\n" +
		"components: {x-amazon-apigateway-integrations: {there: {type: http_proxy, uri: 'https://example.com'}}}"
	for _, tt := range []struct {
		kind model.Kind
		name string
		want tri.Bool
	}{
		{model.HTTP, "there", tri.Yes}, {model.HTTP, "gone", tri.No}, {model.REST, "there", tri.No}, {"", "there", tri.Yes},
	} {
		r := find(t, body(t, tt.kind, fmt.Sprintf(doc, tt.name)), "GET /a")
		if got := r.Integration.Present(); got != tt.want {
			t.Errorf("%s of a %s API: %v", tt.name, tt.kind, got)
		}
	}
	if got := find(t, text(t, fmt.Sprintf(doc, "gone")), "GET /a").Integration.Present(); got != tri.Maybe {
		t.Errorf("a file that may be bundled: %v", got)
	}
}

// TestStringBody imports a body that is a string of JSON.
func TestStringBody(t *testing.T) {
	f := source.NewFile("main.json", []byte(`"{\"openapi\": \"3.0.1\", \"paths\": {\"/a\": {\"get\": {}}}}"`))
	root, problems := tree.Parse(f)
	if len(problems) > 0 {
		// A file is no scalar in JSON; the string may as well be made by hand.
		root = tree.NewScalar(`{"openapi": "3.0.1", "paths": {"/a": {"get": {}}}}`, f.Span(0, len(f.Data)))
	}
	api := owner(model.REST)
	openapi.Lift(root, api)
	find(t, api, "GET /a")
}

// TestLongTexts lifts texts with very many holes, which takes no time that grows
// with the square of their number.
func TestLongTexts(t *testing.T) {
	const doc = "openapi: 3.0.1\ninfo: {title: a, version: '1'}\nservers: [{url: 'https://x/%s'}]\npaths:\n  /a:\n    get:\n      x-amazon-apigateway-integration: {type: http, httpMethod: GET, uri: %s, passthroughBehavior: '%s'}\n"
	many := strings.Repeat("${a}", 20_000)
	start := time.Now()
	for _, uri := range []string{"!Sub 'http://x/" + many + "'", "!Join ['/', [" + strings.Repeat("!Ref a, ", 20_000) + "]]"} {
		in := integration(t, text(t, fmt.Sprintf(doc, strings.Repeat("{a}", 20_000), uri, many)), "GET /a")
		if in.URI.Present() == tri.No {
			t.Errorf("the URI is %v", in.URI)
		}
	}
	if d := time.Since(start); d > 10*time.Second {
		t.Errorf("takes %v", d)
	}
}
