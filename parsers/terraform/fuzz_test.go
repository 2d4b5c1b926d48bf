package terraform

import (
	"testing"

	"github.com/apigwlint/apigwlint/model"
	"github.com/apigwlint/apigwlint/parsers/internal/files"
	"github.com/apigwlint/apigwlint/source"
)

// FuzzLoad loads what may be no configuration at all: nothing panics, places
// lie in their files, and two runs agree.
func FuzzLoad(f *testing.F) {
	f.Add([]byte(api))
	f.Add([]byte("variable \"x\" {\n  type = bool\n}\nresource \"aws_apigatewayv2_api\" \"a\" {\n  count = var.x ? 1 : 0\n  body = jsonencode({ a = [for i in range(3) : \"${i}${var.x}\"] })\n}\n"))
	f.Add([]byte("locals {\n  a = <<-E\n    x: $${y} ${local.a}\n  E\n  b = { for k, v in [1, 2] : k => v... if v > 1 }\n}\noutput \"o\" {\n  value = local.b[*].c\n}\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		dir := write(t, "== main.tf\n"+string(data))
		var dumps [2]string
		for i := range dumps {
			r, err := files.NewReader(dir)
			if err != nil {
				t.Fatal(err)
			}
			for _, u := range Load(r, []string{dir}, Options{}) {
				for _, p := range u.Problems {
					inFile(t, p.Span)
				}
				for _, s := range u.Scenarios {
					dumps[i] += model.Dump(s.Model, true)
				}
			}
		}
		if dumps[0] != dumps[1] {
			t.Errorf("two runs differ:\n%s\n%s", dumps[0], dumps[1])
		}
	})
}

func inFile(t *testing.T, s source.Span) {
	if s.File == nil || s.Start < 0 || s.Start > s.End || s.End > len(s.File.Data) {
		t.Errorf("no place: %v", s)
	}
}

// FuzzPlan loads what may be no plan.
func FuzzPlan(f *testing.F) {
	f.Add([]byte(`{"format_version":"1.2","planned_values":{"root_module":{"resources":[{"address":"aws_api_gateway_rest_api.a","mode":"managed","type":"aws_api_gateway_rest_api","name":"a","values":{"name":"x"}}]}},"resource_changes":[{"address":"aws_api_gateway_rest_api.a","change":{"after_unknown":{"id":true,"body":true}}}],"configuration":{"root_module":{"resources":[{"address":"aws_api_gateway_rest_api.a","expressions":{"body":{"references":["aws_api_gateway_rest_api.a.body"]}}}]}}}`))
	r, err := files.NewReader(f.TempDir())
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(_ *testing.T, data []byte) {
		r.Add("plan.json", data)
		for _, u := range LoadPlan(r, []string{"plan.json"}) {
			model.Dump(u.Scenarios[0].Model, true)
		}
	})
}
