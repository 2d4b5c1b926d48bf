package openapi_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/apigwlint/apigwlint/model"
	"github.com/apigwlint/apigwlint/parsers/internal/files"
	"github.com/apigwlint/apigwlint/parsers/internal/tree"
	"github.com/apigwlint/apigwlint/parsers/openapi"
	"github.com/apigwlint/apigwlint/source"
)

// large writes a document with the number of operations, as an export has them.
func large(operations int) []byte {
	var b strings.Builder
	b.WriteString("openapi: 3.0.1\ninfo: {title: large, version: '1'}\npaths:\n")
	for i := range operations / 2 {
		fmt.Fprintf(&b, "  /resource%d/{id}:\n", i)
		for _, method := range []string{"get", "put"} {
			fmt.Fprintf(&b, `    %s:
      operationId: %s%d
      parameters:
      - name: id
        in: path
        required: true
        schema:
          type: string
      - $ref: '#/components/parameters/Page'
      responses:
        '200':
          description: 200 response
          headers:
            Access-Control-Allow-Origin:
              schema:
                type: string
          content:
            application/json:
              schema:
                $ref: '#/components/schemas/Empty'
        '500':
          $ref: '#/components/responses/Failure'
      security:
      - token: []
      x-amazon-apigateway-integration:
        type: aws
        httpMethod: POST
        uri: arn:aws:apigateway:eu-west-1:lambda:path/2015-03-31/functions/arn:aws:lambda:eu-west-1:111122223333:function:resource%d/invocations
        passthroughBehavior: when_no_match
        timeoutInMillis: 29000
        requestTemplates:
          application/json: |
            {"id": "$input.params('id')", "method": "${context.httpMethod}"}
        responses:
          default:
            statusCode: '200'
            responseParameters:
              method.response.header.Access-Control-Allow-Origin: '''*'''
          .*Error.*:
            statusCode: '500'
`, method, method, i, i)
		}
	}
	b.WriteString(`components:
  parameters:
    Page: {name: page, in: query, schema: {type: integer}}
  responses:
    Failure: {description: went wrong}
  schemas:
    Empty: {type: object}
  securitySchemes:
    token:
      type: apiKey
      name: Authorization
      in: header
      x-amazon-apigateway-authorizer:
        type: token
        authorizerUri: arn:aws:apigateway:eu-west-1:lambda:path/2015-03-31/functions/arn:aws:lambda:eu-west-1:111122223333:function:authorize/invocations
`)
	return []byte(b.String())
}

const operationsOfLarge = 10_000

func BenchmarkTree(b *testing.B) {
	data := large(operationsOfLarge)
	b.SetBytes(int64(len(data)))
	for b.Loop() {
		tree.Parse(source.NewFile("large.yaml", data))
	}
}

func BenchmarkLift(b *testing.B) {
	data := large(operationsOfLarge)
	root, _ := tree.Parse(source.NewFile("large.yaml", data))
	b.SetBytes(int64(len(data)))
	for b.Loop() {
		openapi.Lift(root, owner(model.REST))
	}
}

// BenchmarkLoad lifts the document as a file of its own, its tree built before.
func BenchmarkLoad(b *testing.B) {
	data := large(operationsOfLarge)
	r, err := files.NewReader("testdata")
	if err != nil {
		b.Fatal(err)
	}
	r.Add("testdata/large.yaml", data)
	if _, _, err := r.Tree("testdata/large.yaml"); err != nil {
		b.Fatal(err)
	}
	b.SetBytes(int64(len(data)))
	for b.Loop() {
		openapi.Load(r, []string{"testdata/large.yaml"})
	}
}

// TestSpeed lifts a large document in less than three times what its tree takes,
// links and all, as a body and as a file of its own.
func TestSpeed(t *testing.T) {
	if testing.Short() {
		t.Skip("takes seconds")
	}
	data := large(2_000)
	took := func(f func()) time.Duration {
		best := time.Hour
		for range 3 {
			start := time.Now()
			f()
			best = min(best, time.Since(start))
		}
		return best
	}
	var root *tree.Node
	parsing := took(func() { root, _ = tree.Parse(source.NewFile("large.yaml", data)) })
	lifting := took(func() {
		api := owner(model.REST)
		openapi.Lift(root, api)
		if api.Routes.Len() != 2_000 {
			t.Fatalf("%d routes", api.Routes.Len())
		}
	})
	r, err := files.NewReader("testdata")
	if err != nil {
		t.Fatal(err)
	}
	r.Add("testdata/large.yaml", data)
	if _, _, err := r.Tree("testdata/large.yaml"); err != nil {
		t.Fatal(err)
	}
	loading := took(func() { openapi.Load(r, []string{"testdata/large.yaml"}) })
	t.Logf("tree %v, lift %v, load %v", parsing, lifting, loading)
	if lifting > 3*parsing || loading > 3*parsing {
		t.Errorf("the tree takes %v, lifting it %v, loading it %v", parsing, lifting, loading)
	}
}
