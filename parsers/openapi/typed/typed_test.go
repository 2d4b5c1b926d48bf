package typed_test

import (
	"testing"

	"github.com/apigwlint/apigwlint/parsers/internal/tree"
	"github.com/apigwlint/apigwlint/parsers/openapi/typed"
	"github.com/apigwlint/apigwlint/source"
)

func parse(t *testing.T, doc string) *tree.Node {
	t.Helper()
	root, problems := tree.Parse(source.NewFile("api.yaml", []byte(doc)))
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	return root
}

// TestLenient has documents that API Gateway imports and kin-openapi refuses as they are.
func TestLenient(t *testing.T) {
	for _, doc := range []string{
		"openapi: 3.0.1\ninfo: {title: 1, version: 1.0}\npaths: {/a: {get: {responses: {200: {description: ok}}}}}",
		"swagger: 2.0\ninfo: {title: a, version: 2020-01-01}\npaths: {/a: {get: {responses: {200: {description: ok}}}}}",
		"openapi: 3.0.1\ninfo: {title: a, version: b}\nservers: {url: /}\npaths: {/a: {get: {description: null, responses: {}}}}",
		"openapi: 3.0.1\ninfo: {title: a, version: b}\npaths: {/a: {get: {responses: {200: {description: ok, content: {application/json: {schema: {$ref: '#/components/schemas/Empty'}}}}}}}}",
		"openapi: 3.0.1\ninfo: {title: a, version: b}\npaths: {/a: {get: {responses: {200: {$ref: 'http://169.254.169.254/a.yaml'}, 201: {$ref: ../a.yaml}}}}}",
	} {
		root := parse(t, doc)
		api, err := typed.Document(root)
		if err != nil {
			t.Errorf("%s: %v", doc, err)
			continue
		}
		if api.Paths.Value("/a") == nil || api.Paths.Value("/a").Get == nil {
			t.Errorf("%s: no operation", doc)
		}
	}
}

func TestReferences(t *testing.T) {
	api, err := typed.Document(parse(t, `
swagger: "2.0"
info: {title: a, version: b}
paths:
  /a:
    get:
      parameters: [{$ref: "#/parameters/Page"}]
      responses:
        200: {$ref: "#/responses/Fine"}
parameters:
  Page: {name: page, in: query, type: integer}
responses:
  Fine: {description: fine, schema: {$ref: "#/definitions/Thing"}}
definitions:
  Thing: {type: object, properties: {next: {$ref: "#/definitions/Thing"}}}
`))
	if err != nil {
		t.Fatal(err)
	}
	op := api.Paths.Value("/a").Get
	if len(op.Parameters) != 1 || op.Parameters[0].Value == nil || op.Parameters[0].Value.Name != "page" {
		t.Errorf("the parameters are %+v", op.Parameters)
	}
	if r := op.Responses.Value("200"); r == nil || r.Value == nil || *r.Value.Description != "fine" {
		t.Errorf("the response is %+v", r)
	}
}

func TestNonsense(t *testing.T) {
	for _, doc := range []string{"a", "[]", "openapi: 3.0.1", "swagger: '2.0'\npaths: []", "openapi: {}\npaths: {/a: 1}", "openapi: 3.0.1\npaths: {$ref: '#/paths'}"} {
		_, _ = typed.Document(parse(t, doc)) // no panic
	}
	_, _ = typed.Document(nil)
}
