package terraform

import (
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
)

// TestBadInput loads what is broken or hostile: what is wrong is said, the rest
// is loaded, and it does not take long.
func TestBadInput(t *testing.T) {
	deep := strings.Repeat("[", 10000) + strings.Repeat("]", 10000)
	var laughs strings.Builder
	laughs.WriteString("locals {\n  l0 = [\"ha\", \"ha\"]\n  t0 = \"haha\"\n")
	for i := 1; i < 60; i++ {
		p, n := strconv.Itoa(i-1), strconv.Itoa(i)
		laughs.WriteString("  l" + n + " = [for x in local.l" + p + " : local.l" + p + "]\n  o" + n + " = { a = local.l" + p + ", b = local.l" + p + " }\n  t" + n + " = \"${local.t" + p + "}${local.t" + p + "}\"\n")
	}
	laughs.WriteString("}\nresource \"aws_apigatewayv2_api\" \"l\" {\n  name = local.t59\n  protocol_type = \"HTTP\"\n body = jsonencode(local.o59)\n description = jsonencode(flatten(local.l59)) \n}\n")
	const c = "resource \"aws_api_gateway_rest_api\" \"c\" {\n  name = \"c\"\n"
	const permission = "resource \"aws_lambda_permission\" \"p\" {\n  action = \"a\"\n  principal = \"p\"\n"
	for name, tt := range map[string]struct {
		text     string   // after a.tf, which has an API and ends with line 34
		problems []string // where something is wrong
		message  string   // of the first
	}{
		"syntax":                {"== b.tf\nresource \"x\" \"y\" {\n  a = \n}\n", []string{"b.tf:2:7"}, "expression"},
		"syntax of JSON":        {"== b.tf.json\n{\"resource\": {\"x\": nope}}\n", []string{"b.tf.json:1:20"}, ""},
		"syntax of a value":     {"== terraform.tfvars\nx = [\n", []string{"terraform.tfvars:2:1"}, ""},
		"labels":                {"== b.tf\nresource \"x\" {\n}\n", []string{"b.tf:1:14"}, "Missing name for resource"},
		"labels of a module":    {"== b.tf\nmodule \"m\" \"n\" {\n  source = \"./m\"\n}\n", []string{"b.tf:1:12"}, "Extraneous label for module"},
		"cycle of locals":       {"locals {\n  a = local.b\n  b = local.a\n}\n" + c + "  description = local.a\n}\n", []string{"a.tf:36:3"}, "local.a is defined by itself"},
		"cycle of an argument":  {c + "  description = aws_api_gateway_rest_api.c.description\n}\n", []string{"a.tf:37:3"}, "is defined by itself"},
		"cycle of resources":    {c + "  description = aws_api_gateway_rest_api.d.description\n}\nresource \"aws_api_gateway_rest_api\" \"d\" {\n  description = aws_api_gateway_rest_api.c.description\n}\n", []string{"a.tf:37:3"}, "is defined by itself"},
		"cycle through outputs": {"module \"m\" {\n  source = \"./m\"\n  x = module.m.x\n}\n" + c + "  description = module.m.x\n}\n== m/m.tf\nvariable \"x\" {}\noutput \"x\" {\n  value = var.x\n}\n", []string{"m.tf:2:1"}, "output.x is defined by itself"},
		"module in itself":      {"module \"m\" {\n  source = \"./m\"\n}\n== m/m.tf\nmodule \"up\" {\n  source = \"../\"\n}\n", []string{"m.tf:2:12"}, "it is a part of itself"},
		"cycle of modules":      {"module \"m\" {\n  source = \"./m\"\n}\n== m/m.tf\nmodule \"n\" {\n  source = \"../n\"\n}\n== n/n.tf\nmodule \"m\" {\n  source = \"../m\"\n}\n", []string{"n.tf:2:12"}, "it is a part of itself"},
		"missing module":        {"module \"m\" {\n  source = \"./none\"\n}\n", []string{"a.tf:36:12"}, "there is no configuration"},
		"missing registry":      {"module \"m\" {\n  source = \"terraform-aws-modules/lambda/aws\"\n}\n", nil, ""},
		"module outside":        {"module \"m\" {\n  source = \"../../../../../../etc\"\n}\n", []string{"a.tf:36:12"}, "there is no configuration"},
		"missing file":          {c + "  body = file(\"none.yaml\")\n}\n", []string{"a.tf:37:10"}, "no such file"},
		"missing template":      {c + "  body = templatefile(\"none.yaml\", {})\n}\n", []string{"a.tf:37:10"}, "no such file"},
		"file outside":          {c + "  body = file(\"/etc/passwd\")\n}\n", []string{"a.tf:37:10"}, "outside the directories"},
		"file above":            {c + "  body = file(\"${path.module}/../../secret\")\n}\n", []string{"a.tf:37:10"}, "outside the directories"},
		"directory":             {c + "  body = file(\"m\")\n}\n== m/x\n", []string{"a.tf:37:10"}, "not a regular file"},
		"binary":                {"== b.tf\n\x00\xff\xfe\x01{\n", []string{"b.tf:1:1"}, ""},
		"binary body":           {c + "  body = file(\"body.zip\")\n}\n== body.zip\nPK\x03\x04\x00\xff\xfe", []string{"a.tf:37:10"}, "not text"},
		"huge count":            {permission + "  count = 100000000\n  function_name = \"x${count.index}\"\n}\n", []string{"a.tf:38:11"}, "of 100000000 instances, the first 1000"},
		"huge for_each":         {permission + "  for_each = { for p in setproduct(range(50), range(50)) : \"${p[0]}-${p[1]}\" => p }\n  function_name = each.key\n}\n", []string{"a.tf:38:14"}, "of 2500 instances"},
		"huge product":          {permission + "  for_each = toset([for p in setproduct(range(1000), range(1000), range(1000)) : join(\"-\", p)])\n  function_name = each.key\n}\n", []string{"a.tf:38:30"}, "too much work"},
		"recursion":             {c + "  description = templatefile(\"t.tpl\", {})\n}\n== t.tpl\n${templatefile(\"t.tpl\", {})}\n", []string{"t.tpl:1:3"}, "cannot render a template"},
		"deep":                  {c + "  description = " + deep + "\n}\n", nil, ""},
		"deep references":       {laughs.String(), []string{"a.tf:217:10"}, "too much work"},
		"wide format":           {c + "  description = format(\"%999999999d\", 1)\n}\n", []string{"a.tf:37:17"}, "too much work"},
	} {
		t.Run(name, func(t *testing.T) {
			start := time.Now()
			u := loadDir(t, write(t, "== a.tf\n"+api+tt.text), Options{})
			if d := time.Since(start); d > 10*time.Second {
				t.Errorf("took %v", d)
			}
			var at []string
			for _, p := range u.Problems {
				if p.Message == "" || !p.Span.IsValid() {
					t.Errorf("a problem without place or message: %v", p)
				}
				at = append(at, filepath.Base(p.Span.String()))
			}
			if !slices.Equal(at, tt.problems) {
				t.Errorf("problems %v, not at %v", u.Problems, tt.problems)
			} else if len(at) > 0 && !strings.Contains(u.Problems[0].Message, tt.message) {
				t.Errorf("%q has nothing of %q", u.Problems[0].Message, tt.message)
			}
			route(t, u.Scenarios[0].Model, "GET /orders/{id}")
		})
	}
}
