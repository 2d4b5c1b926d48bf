package terraform

import (
	"path/filepath"
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
	for name, tt := range map[string]struct {
		text    string
		problem string
	}{
		"syntax":          {"== a.tf\n" + api + "== b.tf\nresource \"x\" \"y\" {\n  a = \n}\n", "b.tf:2:7"},
		"labels":          {"== a.tf\n" + api + "== b.tf\nresource \"x\" {\n}\n", "b.tf:1:14"},
		"cycles":          {"== a.tf\n" + api + "locals {\n  a = local.b\n  b = local.a\n}\nresource \"aws_api_gateway_rest_api\" \"c\" {\n  name = local.a\n  description = aws_api_gateway_rest_api.c.description\n}\n", ""},
		"module cycle":    {"== a.tf\n" + api + "module \"m\" {\n  source = \"./m\"\n x = module.m.x\n}\n== m/m.tf\nmodule \"up\" {\n  source = \"../\"\n}\nvariable \"x\" {}\noutput \"x\" {\n  value = var.x\n}\n", ""},
		"missing module":  {"== a.tf\n" + api + "module \"m\" {\n  source = \"./none\"\n}\n", ""},
		"missing file":    {"== a.tf\n" + api + "resource \"aws_api_gateway_rest_api\" \"c\" {\n  name = \"c\"\n  body = file(\"none.yaml\")\n}\n", "a.tf:37:10"},
		"file outside":    {"== a.tf\n" + api + "resource \"aws_api_gateway_rest_api\" \"c\" {\n  name = \"c\"\n  body = file(\"/etc/passwd\")\n}\n", "a.tf:37:10"},
		"binary":          {"== a.tf\n" + api + "== b.tf\n\x00\xff\xfe\x01{\n", "b.tf:1:1"},
		"huge for_each":   {"== a.tf\n" + api + "resource \"aws_lambda_permission\" \"p\" {\n  count = 100000000\n  function_name = \"x${count.index}\"\n  action = \"a\"\n  principal = \"p\"\n}\n", ""},
		"huge product":    {"== a.tf\n" + api + "resource \"aws_lambda_permission\" \"p\" {\n  for_each = toset([for p in setproduct(range(1000), range(1000), range(1000)) : join(\"-\", p)])\n  function_name = each.key\n  action = \"a\"\n  principal = \"p\"\n}\n", ""},
		"recursion":       {"== a.tf\n" + api + "resource \"aws_api_gateway_rest_api\" \"c\" {\n  name = templatefile(\"t.tpl\", {})\n}\n== t.tpl\n${templatefile(\"t.tpl\", {})}\n", ""},
		"deep":            {"== a.tf\n" + api + "resource \"aws_api_gateway_rest_api\" \"c\" {\n  name = \"c\"\n  description = " + deep + "\n}\n", ""},
		"deep references": {"== a.tf\n" + api + laughs.String(), ""},
		"wide format":     {"== a.tf\n" + api + "resource \"aws_api_gateway_rest_api\" \"c\" {\n  name = format(\"%999999999d\", 1)\n description = replace(replace(format(\"%s\", join(\"\", [for i in range(1000) : \"xxxxxxxxxx\"])), \"x\", \"yyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyy\"), \"y\", \"zzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzz\")\n}\n", ""},
	} {
		t.Run(name, func(t *testing.T) {
			start := time.Now()
			u := loadDir(t, write(t, tt.text), Options{})
			if d := time.Since(start); d > 5*time.Second {
				t.Errorf("took %v", d)
			}
			var at string
			for _, p := range u.Problems {
				if p.Message == "" || !p.Span.IsValid() {
					t.Errorf("a problem without place or message: %v", p)
				}
				at = filepath.Base(p.Span.String())
			}
			if at != tt.problem || len(u.Problems) > 1 {
				t.Errorf("problems %v, not at %q", u.Problems, tt.problem)
			}
			route(t, u.Scenarios[0].Model, "GET /orders/{id}")
		})
	}
}
