package openapi_test

import (
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/apigwlint/apigwlint/parsers/internal/files"
	"github.com/apigwlint/apigwlint/parsers/openapi"
	"github.com/apigwlint/apigwlint/tri"
)

// TestReferences follows references into other files, where the places are.
func TestReferences(t *testing.T) {
	api, u := alone(t, "refs/api.yaml")
	users := integration(t, api, "GET /users")
	if got := users.URI.Span(); got.File.Name != "testdata/refs/shared/common.yaml" || got.Text() != "https://users.example.com/" {
		t.Errorf("the URI stands at %s", got)
	}
	if got := users.Method.Span(); got.File.Name != "testdata/refs/paths/users.yaml" || got.Text() != "GET" {
		t.Errorf("the method stands at %s", got)
	}
	if got := integration(t, api, "GET /teams").URI.String(); got != "https://teams.example.com/" {
		t.Errorf("the URI is %s", got)
	}
	r := find(t, api, "GET /users")
	if r.Responses.Len() != 1 || r.RequestParameters.Has("method.request.querystring.page") != tri.Yes {
		t.Errorf("got\n%s", describe(api))
	}
	// What leads in a circle, or nowhere, is unknown.
	for _, key := range []string{"GET /self", "GET /gone"} {
		if got := find(t, api, key).Integration.Present(); got != tri.Maybe {
			t.Errorf("the integration of %s: %v", key, got)
		}
	}
	if find(t, api, "GET /gone").Responses.IsClosed() {
		t.Error("responses that are not there are counted")
	}
	var names []string
	for _, f := range u.Files {
		names = append(names, strings.TrimPrefix(f.Name, "testdata/refs/"))
	}
	if got := strings.Join(names, " "); got != "api.yaml paths/users.yaml paths/teams.yaml shared/common.yaml" {
		t.Errorf("the unit has the files %s", got)
	}
}

// TestForbiddenReferences names everything that a document must not make the
// linter read.
func TestForbiddenReferences(t *testing.T) {
	asked := false
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		asked = true
		_, _ = w.Write([]byte("type: mock\n"))
	}))
	defer server.Close()

	dir := t.TempDir()
	inside, outside := filepath.Join(dir, "project"), filepath.Join(dir, "secret")
	write := func(name, content string) {
		if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	write(filepath.Join(outside, "in.yaml"), "type: mock\n")
	write(filepath.Join(inside, "sub", "in.yaml"), "type: mock\n")
	write(filepath.Join(inside, "in.yaml"), "type: mock\n")
	symlinks := true
	for link, target := range map[string]string{
		"link.yaml": filepath.Join(outside, "in.yaml"), "up.yaml": "../secret/in.yaml", "dir": outside, "near.yaml": "in.yaml",
	} {
		if err := os.Symlink(target, filepath.Join(inside, link)); err != nil {
			symlinks = false
		}
	}

	for _, tt := range []struct {
		ref  string
		want tri.Bool
	}{
		{"in.yaml", tri.Yes},
		{"./sub/in.yaml", tri.Yes},
		{"sub/../in.yaml", tri.Yes},
		{"near.yaml", tri.Yes},
		{server.URL + "/in.yaml", tri.Maybe},
		{"http://169.254.169.254/latest/meta-data/", tri.Maybe},
		{"//169.254.169.254/latest/meta-data/", tri.Maybe},
		{"https://example.com/in.yaml#/a", tri.Maybe},
		{"file://" + filepath.ToSlash(outside) + "/in.yaml", tri.Maybe},
		{"file:../secret/in.yaml", tri.Maybe},
		{"file:in.yaml", tri.Maybe},
		{filepath.ToSlash(outside) + "/in.yaml", tri.Maybe},
		{filepath.ToSlash(inside) + "/in.yaml", tri.Maybe},
		{"../secret/in.yaml", tri.Maybe},
		{"sub/../../secret/in.yaml", tri.Maybe},
		{"%2e%2e/secret/in.yaml", tri.Maybe},
		{"..%2fsecret%2fin.yaml", tri.Maybe},
		{`..\secret\in.yaml`, tri.Maybe},
		{`C:\secret\in.yaml`, tri.Maybe},
		{"in.yaml?x=1", tri.Maybe},
		{"link.yaml", tri.Maybe},
		{"up.yaml", tri.Maybe},
		{"dir/in.yaml", tri.Maybe},
		{"sub", tri.Maybe},
		{"/dev/stdin", tri.Maybe},
		{"in.yaml\x00", tri.Maybe},
	} {
		if !symlinks && (strings.Contains(tt.ref, "link") || tt.ref == "near.yaml") {
			continue
		}
		name := filepath.ToSlash(filepath.Join(inside, "api.json"))
		r, err := files.NewReader(inside)
		if err != nil {
			t.Fatal(err)
		}
		ref := strings.NewReplacer(`\`, `\\`, "\x00", `\u0000`).Replace(tt.ref)
		r.Add(name, []byte(`{"openapi": "3.0.1", "paths": {"/a": {"get": {"x-amazon-apigateway-integration": {"$ref": "`+ref+`"}}}}}`))
		u := openapi.Load(r, []string{name})[0]
		if len(u.Scenarios) != 1 {
			t.Fatalf("%q: %v", tt.ref, u.Problems)
		}
		if got := find(t, u.Scenarios[0].Model.APIs[0], "GET /a").Integration.Present(); got != tt.want {
			t.Errorf("%q: the integration is known: %v, want %v", tt.ref, got, tt.want)
		}
		if want := map[tri.Bool]int{tri.Yes: 2, tri.Maybe: 1}[tt.want]; len(u.Files) != want {
			t.Errorf("%q: %d files were read", tt.ref, len(u.Files))
		}
	}
	if asked {
		t.Error("a reference reached the network")
	}

	// The body of a resource refers to nothing but itself.
	doc := "openapi: 3.0.1\npaths: {/a: {get: {x-amazon-apigateway-integration: {$ref: in.yaml}}}}"
	if got := find(t, body(t, "", doc), "GET /a").Integration.Present(); got != tri.Maybe {
		t.Errorf("a body that refers to a file: %v", got)
	}
}

// TestCycles has references that lead in circles everywhere.
func TestCycles(t *testing.T) {
	for _, doc := range []string{
		"openapi: 3.0.1\npaths: {$ref: '#/paths'}",
		"openapi: 3.0.1\npaths: {/a: {$ref: '#/paths/~1b'}, /b: {$ref: '#/paths/~1a'}}",
		"openapi: 3.0.1\npaths: {/a: {$ref: '#/paths/~1a', get: {}}}",
		"openapi: 3.0.1\npaths: {/a: {get: {$ref: '#/paths/~1a/get/x'}}}",
		"openapi: 3.0.1\npaths: {/a: {get: {responses: {200: {$ref: '#/paths/~1a/get/responses/200'}}, parameters: [{$ref: '#/paths/~1a/get/parameters/0'}]}}}",
		"openapi: 3.0.1\npaths: {/a: {get: {x-amazon-apigateway-integration: {type: mock, requestParameters: {$ref: '#/paths/~1a/get/x-amazon-apigateway-integration'}}}}}",
		"openapi: 3.0.1\npaths: {/a: {get: {x-amazon-apigateway-integration: {$ref: '#'}}}}",
		"openapi: 3.0.1\npaths: {/a: {get: {x-amazon-apigateway-integration: {a: {$ref: '#'}, b: {$ref: '#'}, c: {$ref: '#'}}}}}",
		"openapi: 3.0.1\npaths: {}\ncomponents: {$ref: '#/components', securitySchemes: {a: {$ref: '#/components/securitySchemes/a'}}}",
		"openapi: 3.0.1\npaths: {}\nx-amazon-apigateway-gateway-responses: {A: {$ref: '#/x-amazon-apigateway-gateway-responses'}}\nservers: {$ref: '#/servers'}",
		"openapi: 3.0.1\npaths: {/a: {get: {x-amazon-apigateway-integration: {$ref: 'inline.yaml#/paths/~1a/get/x-amazon-apigateway-integration'}}}}",
	} {
		text(t, doc)
		body(t, "", doc)
	}
}
