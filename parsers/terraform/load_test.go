package terraform

import (
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/apigwlint/apigwlint/model"
	"github.com/apigwlint/apigwlint/parsers/internal/files"
	"github.com/apigwlint/apigwlint/tri"
	"github.com/apigwlint/apigwlint/value"
)

// write makes a directory with files: "== name" begins each.
func write(t testing.TB, text string) string {
	t.Helper()
	dir := t.TempDir()
	for _, part := range strings.Split("\n"+text, "\n== ")[1:] {
		name, content, _ := strings.Cut(part, "\n")
		full := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(full), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(full, []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func loadDir(t testing.TB, dir string, opts Options) *model.Unit {
	t.Helper()
	r, err := files.NewReader(dir)
	if err != nil {
		t.Fatal(err)
	}
	units := Load(r, []string{dir}, opts)
	if len(units) != 1 {
		t.Fatalf("%d units", len(units))
	}
	return units[0]
}

// one loads a configuration that has one scenario and no problems.
func one(t testing.TB, text string) *model.Model {
	t.Helper()
	u := loadDir(t, write(t, text), Options{})
	for _, p := range u.Problems {
		t.Errorf("%s: %s", p.Span, p.Message)
	}
	if len(u.Scenarios) != 1 {
		t.Fatalf("%d scenarios", len(u.Scenarios))
	}
	return u.Scenarios[0].Model
}

func route(t testing.TB, m *model.Model, key string) *model.Route {
	t.Helper()
	var keys []string
	for r := range m.Routes() {
		if r.Key() == key {
			return r
		}
		keys = append(keys, r.Key())
	}
	t.Fatalf("no route %s in %q", key, keys)
	return nil
}

func integration(t testing.TB, m *model.Model, key string) *model.Integration {
	t.Helper()
	in, ok := route(t, m, key).Integration.Get()
	if !ok {
		t.Fatalf("the integration of %s is not known", key)
	}
	return in
}

const api = `
resource "aws_api_gateway_rest_api" "api" {
  name = "orders"
}

resource "aws_lambda_function" "f" {
  function_name = "orders"
  role          = "arn:aws:iam::123456789012:role/r"
}

resource "aws_lambda_alias" "live" {
  name             = "live"
  function_name    = aws_lambda_function.f.function_name
  function_version = "1"
}

resource "aws_api_gateway_resource" "orders" {
  rest_api_id = aws_api_gateway_rest_api.api.id
  parent_id   = aws_api_gateway_rest_api.api.root_resource_id
  path_part   = "orders"
}

resource "aws_api_gateway_resource" "order" {
  rest_api_id = aws_api_gateway_rest_api.api.id
  parent_id   = aws_api_gateway_resource.orders.id
  path_part   = "{id}"
}

resource "aws_api_gateway_method" "get" {
  rest_api_id   = aws_api_gateway_rest_api.api.id
  resource_id   = aws_api_gateway_resource.order.id
  http_method   = "GET"
  authorization = "NONE"
}
`

// TestReferences evaluates the ways in which an integration names a function.
func TestReferences(t *testing.T) {
	const invoke = "arn:${AWS::Partition}:apigateway:${AWS::Region}:lambda:path/2015-03-31/functions/"
	for _, tt := range []struct{ uri, text, qualifier string }{
		{`aws_lambda_function.f.invoke_arn`, invoke + "${aws_lambda_function.f.arn}/invocations", ""},
		{`aws_lambda_function.f.qualified_invoke_arn`, invoke + "${aws_lambda_function.f.arn}:$LATEST/invocations", "$LATEST"},
		{`"${aws_lambda_function.f.qualified_arn}"`, "${aws_lambda_function.f.arn}:$LATEST", "$LATEST"},
		{`aws_lambda_alias.live.invoke_arn`, invoke + "${aws_lambda_alias.live.arn}/invocations", "live"},
		{
			`aws_lambda_function.f.response_streaming_invoke_arn`,
			"arn:${AWS::Partition}:apigateway:${AWS::Region}:lambda:path/2021-11-15/functions/${aws_lambda_function.f.arn}/response-streaming-invocations", "",
		},
		{
			`"arn:aws:apigateway:${data.aws_region.here.name}:lambda:path/2015-03-31/functions/${aws_lambda_function.f.arn}:live/invocations"`,
			"arn:aws:apigateway:${AWS::Region}:lambda:path/2015-03-31/functions/${aws_lambda_function.f.arn}:live/invocations", "live",
		},
		{`join("/", [local.prefix, "functions", aws_lambda_function.f.arn, "invocations"])`, "arn:aws:apigateway:eu-west-1:lambda:path/2015-03-31/functions/${aws_lambda_function.f.arn}/invocations", ""},
		{`format("%s/functions/%s/invocations", local.prefix, aws_lambda_function.f.arn)`, "arn:aws:apigateway:eu-west-1:lambda:path/2015-03-31/functions/${aws_lambda_function.f.arn}/invocations", ""},
		{`replace(aws_lambda_function.f.invoke_arn, "/invocations", ":live/invocations")`, invoke + "${aws_lambda_function.f.arn}:live/invocations", "live"},
		{`try(aws_lambda_alias.none.invoke_arn, aws_lambda_alias.live.invoke_arn)`, invoke + "${aws_lambda_alias.live.arn}/invocations", "live"},
		{`coalesce(null, aws_lambda_function.f.invoke_arn)`, invoke + "${aws_lambda_function.f.arn}/invocations", ""},
		{`{ for k, v in { f = aws_lambda_function.f } : k => v.invoke_arn }["f"]`, invoke + "${aws_lambda_function.f.arn}/invocations", ""},
		{`([aws_lambda_function.f][*].invoke_arn)[0]`, invoke + "${aws_lambda_function.f.arn}/invocations", ""},
		{`jsondecode(jsonencode({ a = aws_lambda_function.f.invoke_arn })).a`, invoke + "${aws_lambda_function.f.arn}/invocations", ""},
		{`"arn:aws:apigateway:eu-west-1:lambda:path/2015-03-31/functions/arn:aws:lambda:eu-west-1:${data.aws_caller_identity.me.account_id}:function:orders/invocations"`, "arn:aws:apigateway:eu-west-1:lambda:path/2015-03-31/functions/arn:aws:lambda:eu-west-1:${AWS::AccountId}:function:orders/invocations", ""},
	} {
		m := one(t, "== main.tf\n"+api+`
locals {
  prefix = "arn:aws:apigateway:eu-west-1:lambda:path/2015-03-31"
}
data "aws_region" "here" {}
data "aws_caller_identity" "me" {}
resource "aws_api_gateway_integration" "get" {
  rest_api_id             = aws_api_gateway_rest_api.api.id
  resource_id             = aws_api_gateway_method.get.resource_id
  http_method             = aws_api_gateway_method.get.http_method
  type                    = "AWS_PROXY"
  integration_http_method = "POST"
  uri                     = `+tt.uri+`
}
`)
		in := integration(t, m, "GET /orders/{id}")
		if got := in.URI.String(); got != tt.text {
			t.Errorf("%s\n got %s\nwant %s", tt.uri, got, tt.text)
		}
		inv, ok := in.Lambda.Get()
		if !ok || inv.Function == nil || inv.Function.ID != "aws_lambda_function.f" {
			t.Errorf("%s: the function is %v", tt.uri, inv)
			continue
		}
		if got := inv.Qualifier.String(); got != tt.qualifier {
			t.Errorf("%s: the qualifier is %q, not %q", tt.uri, got, tt.qualifier)
		}
	}
}

// TestVersions says which version of a function the provider calls the newest.
func TestVersions(t *testing.T) {
	for publish, want := range map[string]string{
		"false": "$LATEST", "null": "$LATEST", "true": "${aws_lambda_function.v.version}", "var.publish": "${aws_lambda_function.v.version}",
	} {
		m := one(t, "== main.tf\n"+api+`
variable "publish" {
  type = string
}
resource "aws_lambda_function" "v" {
  function_name = "v"
  role          = "arn:aws:iam::123456789012:role/r"
  publish       = `+publish+`
}
resource "aws_api_gateway_integration" "get" {
  rest_api_id             = aws_api_gateway_rest_api.api.id
  resource_id             = aws_api_gateway_method.get.resource_id
  http_method             = aws_api_gateway_method.get.http_method
  type                    = "AWS_PROXY"
  integration_http_method = "POST"
  uri                     = aws_lambda_function.v.qualified_invoke_arn
}
`)
		inv, ok := integration(t, m, "GET /orders/{id}").Lambda.Get()
		if !ok || inv.Function == nil || inv.Qualifier.String() != want {
			t.Errorf("%s: invokes %v, not version %s", publish, inv, want)
			continue
		}
		unqualified := &model.Invocation{Function: inv.Function, Qualifier: value.NoText(inv.Span)}
		covers := tri.Maybe
		if publish == "true" {
			covers = tri.No
		}
		if got := unqualified.SameQualifier(inv); got != covers {
			t.Errorf("%s: a permission on the function covers it: %v, not %v", publish, got, covers)
		}
	}
}

// TestExecutionARNs covers routes by permissions as people write them.
func TestExecutionARNs(t *testing.T) {
	for _, tt := range []struct {
		source string
		want   tri.Bool
	}{
		{`"${aws_api_gateway_rest_api.api.execution_arn}/*"`, tri.Yes},
		{`"${aws_api_gateway_rest_api.api.execution_arn}/*/*/*"`, tri.Yes},
		{`aws_api_gateway_rest_api.api.execution_arn`, tri.No},
		{`"${aws_api_gateway_rest_api.api.execution_arn}/*/GET/orders/*"`, tri.Yes},
		{`"${aws_api_gateway_rest_api.api.execution_arn}/*/${aws_api_gateway_method.get.http_method}${aws_api_gateway_resource.order.path}"`, tri.Yes},
		{`"${aws_api_gateway_rest_api.api.execution_arn}/*/POST/orders/*"`, tri.No},
		{`"${aws_api_gateway_stage.prod.execution_arn}/*"`, tri.Yes},
		{`"${aws_api_gateway_deployment.d.execution_arn}*/GET/*"`, tri.Yes},
		{`"arn:aws:execute-api:eu-west-1:123456789012:${aws_api_gateway_rest_api.api.id}/*"`, tri.Yes},
		{`"arn:aws:execute-api:*:*:${aws_api_gateway_rest_api.api.id}/prod/GET/orders/{id}"`, tri.Yes},
		{`"arn:aws:execute-api:*:*:${aws_api_gateway_rest_api.other.id}/*"`, tri.No},
	} {
		m := one(t, "== main.tf\n"+api+`
resource "aws_api_gateway_rest_api" "other" {
  name = "other"
}
resource "aws_api_gateway_integration" "get" {
  rest_api_id             = aws_api_gateway_rest_api.api.id
  resource_id             = aws_api_gateway_resource.order.id
  http_method             = "GET"
  type                    = "AWS_PROXY"
  integration_http_method = "POST"
  uri                     = aws_lambda_function.f.invoke_arn
}
resource "aws_api_gateway_deployment" "d" {
  rest_api_id = aws_api_gateway_rest_api.api.id
  depends_on  = [aws_api_gateway_integration.get]
}
resource "aws_api_gateway_stage" "prod" {
  rest_api_id   = aws_api_gateway_rest_api.api.id
  deployment_id = aws_api_gateway_deployment.d.id
  stage_name    = "prod"
}
resource "aws_lambda_permission" "p" {
  action        = "lambda:InvokeFunction"
  function_name = aws_lambda_function.f.arn
  principal     = "apigateway.amazonaws.com"
  source_arn    = `+tt.source+`
}
`)
		allowed, needed := m.Invokable(route(t, m, "GET /orders/{id}"))
		if allowed != tt.want || needed != tri.Yes {
			t.Errorf("%s: allowed %s, needed %s", tt.source, allowed, needed)
		}
		if n := m.APIs[0].Deployments.Len(); n != 1 || !m.APIs[0].Stages.IsClosed() || !m.Permissions.IsClosed() {
			t.Errorf("%d deployments, stages closed %v", n, m.APIs[0].Stages.IsClosed())
		}
	}
}

func TestScenarios(t *testing.T) {
	u := loadDir(t, write(t, "== main.tf\n"+`
variable "enabled" { type = bool }
variable "other" { type = bool }
resource "aws_apigatewayv2_api" "a" {
  count         = local.on ? 1 : 0
  name          = "a"
  protocol_type = "HTTP"
}
locals {
  on = var.enabled && !var.other
}
`), Options{})
	if len(u.Scenarios) != 4 {
		t.Fatalf("%d scenarios", len(u.Scenarios))
	}
	for _, s := range u.Scenarios {
		want := 0
		if s.Conditions[0].Met && !s.Conditions[1].Met {
			want = 1
		}
		if s.Conditions[0].Name != "var.enabled" || len(s.Model.APIs) != want {
			t.Errorf("%v: %d APIs", s.Conditions, len(s.Model.APIs))
		}
	}
}

func TestModules(t *testing.T) {
	m := one(t, `== main.tf
module "api" {
  source = "./modules/api"
  name   = "orders"
}
module "route" {
  for_each = { list = { method = "GET", path = "orders" }, make = { method = "POST", path = "orders2" } }
  source   = "./modules/route"
  api      = module.api.api
  root     = module.api.api.root_resource_id
  method   = each.value.method
  path     = each.value.path
  function = module.function[each.key]
}
module "function" {
  source   = "./modules/function"
  for_each = toset(["list", "make"])
  name     = each.value
}
== modules/api/main.tf
variable "name" { type = string }
resource "aws_api_gateway_rest_api" "this" {
  name = var.name
}
output "api" {
  value = aws_api_gateway_rest_api.this
}
== modules/function/main.tf
variable "name" {}
resource "aws_lambda_function" "this" {
  function_name = "fn-${var.name}"
}
output "invoke_arn" {
  value = aws_lambda_function.this.invoke_arn
}
== modules/route/main.tf
variable "api" {}
variable "root" {}
variable "method" {}
variable "path" {}
variable "function" {}
resource "aws_api_gateway_resource" "this" {
  rest_api_id = var.api.id
  parent_id   = var.root
  path_part   = var.path
}
resource "aws_api_gateway_method" "this" {
  rest_api_id   = var.api.id
  resource_id   = aws_api_gateway_resource.this.id
  http_method   = var.method
  authorization = "NONE"
}
resource "aws_api_gateway_integration" "this" {
  rest_api_id             = var.api.id
  resource_id             = aws_api_gateway_resource.this.id
  http_method             = aws_api_gateway_method.this.http_method
  type                    = "AWS_PROXY"
  integration_http_method = "POST"
  uri                     = var.function.invoke_arn
}
`)
	for key, fn := range map[string]string{"GET /orders": "list", "POST /orders2": "make"} {
		inv, ok := integration(t, m, key).Lambda.Get()
		if want := `module.function["` + fn + `"].aws_lambda_function.this`; !ok || inv.Function == nil || inv.Function.ID != want {
			t.Errorf("%s calls %v, not %s", key, inv, want)
		}
	}
	if len(m.APIs) != 1 || !m.APIs[0].Routes.IsClosed() {
		t.Errorf("APIs: %v", m.APIs)
	}
}

// TestWorlds says when a set is not complete.
func TestWorlds(t *testing.T) {
	for name, tt := range map[string]struct {
		text                string
		permissions, routes bool
	}{
		"all visible":                  {"", true, true},
		"a module that is given names": {`module "x" {` + "\n" + `source = "org/x/aws"` + "\n" + `name = "y"` + "\n}", true, true},
		"a module that is given a function": {
			`module "x" {` + "\n" + `source = "org/x/aws"` + "\n" + `fn = aws_lambda_function.f.arn` + "\n}", false, true,
		},
		"a module that is given the API": {
			`module "x" {` + "\n" + `source = "git::https://x/y.git"` + "\n" + `api = aws_api_gateway_rest_api.api.id` + "\n}", false, false,
		},
		"a program": {
			`resource "null_resource" "x" {` + "\n" + `provisioner "local-exec" {` + "\n" +
				`command = "aws lambda add-permission --function-name ${aws_lambda_function.f.function_name}"` + "\n}\n}", false, true,
		},
		"an unknown number": {
			`variable "n" {` + "\n}\n" + `resource "aws_lambda_permission" "x" {` + "\n" + `count = var.n` + "\n" +
				`function_name = "a"` + "\n" + `action = "lambda:InvokeFunction"` + "\n" + `principal = "s3.amazonaws.com"` + "\n}", false, true,
		},
	} {
		m := one(t, "== main.tf\n"+api+tt.text+"\n")
		if got := m.Permissions.IsClosed(); got != tt.permissions {
			t.Errorf("%s: permissions are closed: %v", name, got)
		}
		if got := m.APIs[0].Routes.IsClosed(); got != tt.routes {
			t.Errorf("%s: routes are closed: %v", name, got)
		}
		if got := m.APIs[0].Stages.IsClosed(); got {
			t.Errorf("%s: stages are closed though none is there", name)
		}
	}
}

// TestOptional looks at what a module makes only when it is told to.
func TestOptional(t *testing.T) {
	const text = `
variable "permit" { default = false }
variable "routes" { default = {} }
resource "aws_lambda_permission" "p" {
  count         = var.permit ? 1 : 0
  action        = "lambda:InvokeFunction"
  function_name = aws_lambda_function.f.function_name
  principal     = "apigateway.amazonaws.com"
}
resource "aws_api_gateway_resource" "more" {
  for_each    = var.routes
  rest_api_id = aws_api_gateway_rest_api.api.id
  parent_id   = aws_api_gateway_rest_api.api.root_resource_id
  path_part   = each.key
}
`
	m := one(t, "== main.tf\n"+api+text)
	if m.Permissions.IsClosed() || m.Permissions.Len() != 1 || m.APIs[0].Routes.IsClosed() {
		t.Errorf("a module that others may call: %d permissions, closed %v", m.Permissions.Len(), m.Permissions.IsClosed())
	}
	m = one(t, "== main.tf\n"+api+text+"provider \"aws\" {}\n")
	if !m.Permissions.IsClosed() || m.Permissions.Len() != 0 || !m.APIs[0].Routes.IsClosed() {
		t.Errorf("a root module: %d permissions, closed %v", m.Permissions.Len(), m.Permissions.IsClosed())
	}
}

func TestIgnoreChanges(t *testing.T) {
	m := one(t, `== main.tf
resource "aws_api_gateway_rest_api" "a" {
  name = "a"
  body = jsonencode({ openapi = "3.0.1", paths = {} })
  lifecycle {
    ignore_changes = [body, tags["x"]]
  }
}
resource "aws_api_gateway_stage" "s" {
  rest_api_id = aws_api_gateway_rest_api.a.id
  stage_name  = "s"
  variables   = { a = "b" }
  lifecycle {
    ignore_changes = all
  }
}
`)
	a := m.APIs[0]
	if a.Routes.IsClosed() || a.Name.String() != "a" {
		t.Errorf("routes are closed, or the name %q is lost", a.Name)
	}
	for s := range a.Stages.All() {
		if s.Variables.Present() != tri.Maybe {
			t.Error("the variables of the stage are known")
		}
	}
	if a.Stages.Len() != 1 {
		t.Error("the stage is lost")
	}
}

const body = `openapi: "3.0.1"
info: {title: t, version: "1"}
paths:
  /orders:
    get:
      x-amazon-apigateway-integration:
        type: aws_proxy
        httpMethod: GET
        uri: "${uri}"
`

// TestBodies finds settings of OpenAPI bodies, in whichever way they get there.
func TestBodies(t *testing.T) {
	indented := strings.ReplaceAll(body, "\n", "\n      ")
	for name, text := range map[string]string{
		"template file": "== main.tf\n" + api + `
resource "aws_api_gateway_rest_api" "b" {
  name = "b"
  body = templatefile("${path.module}/api.yaml", { uri = aws_lambda_function.f.invoke_arn })
}
== api.yaml
` + body,
		"template_file": "== main.tf\n" + api + `
data "template_file" "t" {
  template = file("${path.module}/api.yaml")
  vars = {
    uri = aws_lambda_function.f.invoke_arn
  }
}
resource "aws_api_gateway_rest_api" "b" {
  name = "b"
  body = data.template_file.t.rendered
}
== api.yaml
` + body,
		"heredoc": "== main.tf\n" + api + `
resource "aws_api_gateway_rest_api" "b" {
  name = "b"
  body = local.body
}
locals {
  uri  = aws_lambda_function.f.invoke_arn
  body = <<-EOT
      ` + strings.ReplaceAll(indented, "${uri}", "${local.uri}") + `
  EOT
}
`,
		"jsonencode": "== main.tf\n" + api + `
resource "aws_api_gateway_rest_api" "b" {
  name = "b"
  body = jsonencode({
    openapi = "3.0.1"
    info    = { title = "t", version = "1" }
    paths = { "/${local.path}" = { get = {
      x-amazon-apigateway-integration = merge(local.defaults, {
        uri = aws_lambda_function.f.invoke_arn
      })
    } } }
  })
}
locals {
  path     = "orders"
  defaults = { type = "aws_proxy", httpMethod = "GET" }
}
`,
		"yamldecode": "== main.tf\n" + api + `
resource "aws_api_gateway_rest_api" "b" {
  name = "b"
  body = jsonencode(merge(yamldecode(templatefile("api.yaml", { uri = aws_lambda_function.f.invoke_arn })), { info = { title = "x" } }))
}
== api.yaml
` + body,
		"JSON syntax": "== main.tf\n" + api + `
== body.tf.json
{"resource": {"aws_api_gateway_rest_api": {"b": {"name": "b", "body": "${jsonencode({paths = {\"/orders\" = {get = local.get}}})}"}}},
 "locals": {"get": {"x-amazon-apigateway-integration": {"type": "aws_proxy", "httpMethod": "GET", "uri": "${aws_lambda_function.f.invoke_arn}"}}}}
`,
	} {
		t.Run(name, func(t *testing.T) {
			m := one(t, text)
			in := integration(t, m, "GET /orders")
			if got := in.Method.Span().Text(); strings.Trim(got, `"`) != "GET" {
				t.Errorf("httpMethod is at %s: %q", in.Method.Span(), got)
			}
			inv, ok := in.Lambda.Get()
			if !ok || inv.Function == nil {
				t.Errorf("uri is %s", in.URI)
			}
			if r := route(t, m, "GET /orders"); r.Imported != tri.Yes || !r.API.Routes.IsClosed() {
				t.Errorf("imported %s, closed %v", r.Imported, r.API.Routes.IsClosed())
			}
		})
	}
}

func TestVariables(t *testing.T) {
	dir := write(t, `== main.tf
variable "a" { default = "default" }
variable "b" { default = "default" }
variable "c" {}
variable "d" {}
variable "list" { type = list(string) }
provider "aws" { region = "eu-west-1" }
resource "aws_apigatewayv2_api" "x" {
  name          = "${var.a} ${var.b} ${var.c} ${var.d} ${var.list[0]} ${var.e.f}"
  protocol_type = "HTTP"
}
variable "e" { type = object({ f = optional(string, "optional") }) }
== terraform.tfvars
b = "tfvars"
c = "tfvars"
e = {}
== z.auto.tfvars
c = "auto"
`)
	u := loadDir(t, dir, Options{Variables: map[string]string{"list": `["cli"]`}})
	a := u.Scenarios[0].Model.APIs[0]
	if got := a.Name.String(); got != "default tfvars auto ${var.d} cli optional" {
		t.Errorf("name is %q", got)
	}
	if got := a.Name.Assumes(); len(got) != 1 || got[0] != (value.Ref{Kind: value.Parameter, Name: "var.a"}) {
		t.Errorf("assumes %v", got)
	}
	if got := a.Region.String(); got != "eu-west-1" {
		t.Errorf("region is %q", got)
	}
}

func TestDynamicBlocks(t *testing.T) {
	m := one(t, `== main.tf
variable "more" {}
resource "aws_apigatewayv2_api" "x" {
  name          = "x"
  protocol_type = "HTTP"
}
resource "aws_apigatewayv2_stage" "s" {
  api_id = aws_apigatewayv2_api.x.id
  name   = "s"
  dynamic "route_settings" {
    for_each = { "GET /a" = 1, "GET /b" = 2 }
    iterator = it
    content {
      route_key            = it.key
      throttling_rate_limit = it.value
    }
  }
}
resource "aws_apigatewayv2_stage" "t" {
  api_id = aws_apigatewayv2_api.x.id
  name   = "t"
  dynamic "route_settings" {
    for_each = var.more
    content {
      route_key             = route_settings.key
      throttling_rate_limit = 5
    }
  }
}
`)
	for s := range m.APIs[0].Stages.All() {
		n := 0
		for th := range s.Throttles.All() {
			n++
			if rate, ok := th.Rate.Get(); !ok || rate == 0 {
				t.Errorf("%s: rate is %v", th.Route, rate)
			}
		}
		if known := s.Name.String() == "s"; s.Throttles.IsClosed() != known || known && n != 2 {
			t.Errorf("%s: %d throttles, closed %v", s.Name, n, s.Throttles.IsClosed())
		}
	}
}

func TestPolicyDocument(t *testing.T) {
	m := one(t, `== main.tf
data "aws_iam_policy_document" "trust" {
  statement {
    actions = ["sts:AssumeRole"]
    principals {
      type        = "Service"
      identifiers = ["apigateway.amazonaws.com"]
    }
  }
}
data "aws_iam_policy_document" "base" {
  statement {
    sid       = "x"
    actions   = ["sqs:*"]
    resources = ["*"]
  }
}
data "aws_iam_policy_document" "call" {
  source_policy_documents = [data.aws_iam_policy_document.base.json]
  statement {
    sid       = "x"
    effect    = "Deny"
    actions   = ["lambda:InvokeFunction"]
    resources = [aws_lambda_function.f.arn]
    condition {
      test     = "Bool"
      variable = "aws:SecureTransport"
      values   = ["true"]
    }
  }
}
resource "aws_lambda_function" "f" { function_name = "f" }
resource "aws_iam_role" "r" {
  name               = "r"
  assume_role_policy = data.aws_iam_policy_document.trust.json
}
resource "aws_iam_policy" "p" { policy = data.aws_iam_policy_document.call.json }
resource "aws_iam_role_policy_attachment" "a" {
  role       = aws_iam_role.r.name
  policy_arn = aws_iam_policy.p.arn
}
`)
	for r := range m.Roles.All() {
		trust, ok := r.Trust.Get()
		if !ok || trust.Statements.Len() != 1 || !r.Policies.IsClosed() || r.Policies.Len() != 1 {
			t.Fatalf("trust %v, %d policies", trust, r.Policies.Len())
		}
		for p := range r.Policies.All() {
			for s := range p.Statements.All() {
				if s.Effect.String() != "Deny" || s.Conditional != tri.Yes || s.Effect.Span().Text() != `"Deny"` || p.Statements.Len() != 1 {
					t.Errorf("statement %v", s)
				}
			}
		}
	}
	if m.Roles.Len() != 1 {
		t.Errorf("%d roles", m.Roles.Len())
	}
}

func TestIgnores(t *testing.T) {
	u := loadDir(t, write(t, `== main.tf
# apigwlint:ignore rule-a because of this
resource "aws_apigatewayv2_api" "x" {
  name          = "x" // apigwlint:ignore rule-b the name
  # apigwlint:ignore rule-c the type
  protocol_type = "HTTP"
  description   = "# apigwlint:ignore rule-d is no comment"
}
/* apigwlint:ignore rule-e */
locals {
}
`), Options{})
	want := []string{"rule-a because of this 2-7", "rule-b the name 3-3", "rule-c the type 5-5", "rule-e  9-9"}
	if len(u.Ignores) != len(want) {
		t.Fatalf("%v", u.Ignores)
	}
	for i, ig := range u.Ignores {
		last, _ := ig.Scope.File.Position(ig.Scope.End)
		got := ig.Rule + " " + ig.Reason + " " + strconv.Itoa(ig.Scope.Line()) + "-" + strconv.Itoa(last)
		if got != want[i] {
			t.Errorf("%s, not %s", got, want[i])
		}
	}
}

func TestCalledDirectoriesAreNoRoots(t *testing.T) {
	dir := write(t, `== main.tf
module "m" {
  source = "./m"
}
== m/main.tf
resource "aws_apigatewayv2_api" "x" {
  name = "x"
}
== n/main.tf
resource "aws_apigatewayv2_api" "y" {
  name = "y"
}
`)
	r, err := files.NewReader(dir)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, u := range Load(r, []string{dir, filepath.Join(dir, "m"), filepath.Join(dir, "n")}, Options{}) {
		rel, _ := filepath.Rel(dir, u.Name)
		names = append(names, rel)
	}
	if got := strings.Join(names, " "); got != ". n" {
		t.Errorf("units %s", got)
	}
	if !Recognizes(r, dir) || !Recognizes(r, filepath.Join(dir, "m")) || Recognizes(r, filepath.Join(dir, "none")) {
		t.Error("recognizes the wrong directories")
	}
}
