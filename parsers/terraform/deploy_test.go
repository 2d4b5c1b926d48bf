package terraform

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/apigwlint/apigwlint/model"
	"github.com/apigwlint/apigwlint/parsers/internal/files"
)

const deployedAPI = `
resource "aws_api_gateway_rest_api" "a" { name = "a" }
resource "aws_api_gateway_method" "get" {
  rest_api_id   = aws_api_gateway_rest_api.a.id
  resource_id   = aws_api_gateway_rest_api.a.root_resource_id
  http_method   = "GET"
  authorization = "NONE"
}
resource "aws_api_gateway_integration" "get" {
  rest_api_id = aws_api_gateway_rest_api.a.id
  resource_id = aws_api_gateway_rest_api.a.root_resource_id
  http_method = aws_api_gateway_method.get.http_method
  type        = "MOCK"
}
`

// TestRenewal finds out what replaces deployments, and of which routes a change does.
func TestRenewal(t *testing.T) {
	deep := ""
	for i := range 30 {
		deep += fmt.Sprintf("locals {\n  x%d = [local.x%d, local.x%d]\n}\n", i, i+1, i+1)
	}
	deep += "locals {\n  x30 = aws_api_gateway_method.get\n}\n"
	for _, tt := range []struct {
		name, body, beside string
		want               model.Renewal
		renewed            int
		closed             bool
	}{
		{"nothing", ``, ``, model.RenewedNever, 0, true},
		{"whole", `triggers = { h = sha1(jsonencode([aws_api_gateway_method.get, aws_api_gateway_integration.get])) }`, ``, model.RenewedByContent, 1, true},
		{"part", `triggers = { h = sha1(jsonencode(aws_api_gateway_integration.get)) }`, ``, model.RenewedByContent, 0, true},
		{"identifiers", `triggers = { h = sha1(jsonencode([aws_api_gateway_method.get.id, aws_api_gateway_integration.get.id])) }`, ``, model.RenewedByIdentity, 0, true},
		{"locals", `triggers = local.t`, "locals {\n  t = { m = jsonencode(aws_api_gateway_method.get), i = aws_api_gateway_integration.get.type }\n}\n", model.RenewedByContent, 1, true},
		{"a file", `triggers = { h = filesha1("main.tf") }`, ``, model.RenewedByContent, 0, false},
		{"the time", `triggers = { h = timestamp() }`, ``, model.RenewedByContent, 0, false},
		{"a variable", `triggers = { h = var.v, m = aws_api_gateway_method.get.id }`, "variable \"v\" {}\n", "", 0, false},
		{"another resource", `triggers = { h = terraform_data.h.id }`, "resource \"terraform_data\" \"h\" {}\n", model.RenewedByContent, 0, false},
		{"a module out of sight", `triggers = { h = module.m.hash }`, "module \"m\" {\n  source = \"acme/m/aws\"\n}\n", model.RenewedByContent, 0, false},
		{"a constant", `triggers = { v = "2" }`, ``, "", 0, false},
		{"variables", `variables = { deployed_at = timestamp() }`, ``, "", 0, false},
		{"the lifecycle", "lifecycle {\n  replace_triggered_by = [aws_api_gateway_method.get, aws_api_gateway_integration.get]\n}", ``, model.RenewedByContent, 1, true},
		{"without end", `triggers = { h = jsonencode(local.x0) }`, deep, model.RenewedByContent, 0, false},
	} {
		src := deployedAPI + tt.beside + "resource \"aws_api_gateway_deployment\" \"d\" {\n  rest_api_id = aws_api_gateway_rest_api.a.id\n  " + tt.body + "\n}\n"
		d := deploymentOf(t, src)
		got, _ := d.Renewal.Get()
		if got != tt.want || d.Renewed.Len() != tt.renewed || d.Renewed.IsClosed() != tt.closed {
			t.Errorf("%s: %q, %d routes, closed %v", tt.name, got, d.Renewed.Len(), d.Renewed.IsClosed())
		}
	}
}

// TestReaches finds out what a deployment waits for.
func TestReaches(t *testing.T) {
	for _, tt := range []struct {
		name, body, beside string
		reaches, touches   int
		closed             bool
	}{
		{"nothing", ``, ``, 0, 0, true},
		{"the method only", `depends_on = [aws_api_gateway_method.get]`, ``, 0, 1, true},
		{"the integration", `depends_on = [aws_api_gateway_integration.get]`, ``, 1, 1, true},
		{"a hash", `triggers = { h = local.h }`, "locals {\n  h = aws_api_gateway_integration.get.id\n}\n", 1, 1, true},
		{"a module out of sight", `depends_on = [module.m]`, "module \"m\" {\n  source = \"acme/m/aws\"\n}\n", 0, 0, false},
	} {
		src := deployedAPI + tt.beside + "resource \"aws_api_gateway_deployment\" \"d\" {\n  rest_api_id = aws_api_gateway_rest_api.a.id\n  " + tt.body + "\n}\n"
		d := deploymentOf(t, src)
		if d.Reaches.Len() != tt.reaches || d.Touches.Len() != tt.touches || d.Reaches.IsClosed() != tt.closed {
			t.Errorf("%s: reaches %d, touches %d, closed %v", tt.name, d.Reaches.Len(), d.Touches.Len(), d.Reaches.IsClosed())
		}
	}
}

func deploymentOf(t *testing.T, src string) *model.Deployment {
	t.Helper()
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "main.tf"), []byte(src), 0o600); err != nil {
		t.Fatal(err)
	}
	r, err := files.NewReader(dir)
	if err != nil {
		t.Fatal(err)
	}
	units := Load(r, []string{filepath.ToSlash(dir)}, Options{})
	if len(units) != 1 || len(units[0].Problems) > 0 {
		t.Fatalf("%d units, %v\n%s", len(units), units, strings.TrimSpace(src))
	}
	for _, api := range units[0].Scenarios[0].Model.APIs {
		for d := range api.Deployments.All() {
			return d
		}
	}
	t.Fatal("no deployment")
	return nil
}
