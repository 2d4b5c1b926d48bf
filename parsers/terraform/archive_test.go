package terraform

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/apigwlint/apigwlint/model"
	"github.com/apigwlint/apigwlint/value"
)

// TestCode says of what functions are made, as archives tell.
func TestCode(t *testing.T) {
	const function = `resource "aws_lambda_function" "f" {
  function_name = "f"
  role          = "arn:aws:iam::123456789012:role/r"
  handler       = "index.handler"
`
	archive := func(arguments string) string {
		return function + "  filename = data.archive_file.a.output_path\n}\n" +
			"data \"archive_file\" \"a\" {\n  type = \"zip\"\n  output_path = \"${path.module}/a.zip\"\n" + arguments + "\n}\n"
	}
	for name, tt := range map[string]struct{ text, want string }{
		"directory":         {archive(`source_dir = "${path.module}/src"`), "local=src"},
		"file":              {archive(`source_file = "src/index.js"`), "local=src/index.js"},
		"through locals":    {archive(`source_dir = local.dir`) + "locals {\n  base = path.root\n  dir = \"${local.base}/src\"\n}\n", "local=src"},
		"content":           {archive("source {\n content = \"exports.handler = 1\"\n filename = \"index.js\"\n}"), "inline=exports.handler = 1 file=index"},
		"content of a file": {archive("source {\n content = file(\"x.js\")\n filename = \"index.js\"\n}") + "== x.js\nexports.handler = 2", "inline=exports.handler = 2 file=index"},
		"several":           {archive("source {\n content = \"a\"\n filename = \"a.js\"\n}\nsource {\n content = \"b\"\n filename = \"index.js\"\n}"), "inline=b file=index"},
		"dynamic":           {archive("dynamic \"source\" {\n for_each = { index = \"x\" }\n content {\n content = source.value\n filename = \"${source.key}.js\"\n}\n}"), "inline=x file=index"},
		"unknown":           {archive("source_dir = var.d\n}\nvariable \"d\" {"), ""},
		"built":             {archive("source_dir = \"src\"\n depends_on = [null_resource.build]\n}\nresource \"null_resource\" \"build\" {"), "local=src build=makefile"},
		"made twice":        {archive(`source_dir = "a"`) + "data \"archive_file\" \"b\" {\n type = \"zip\"\n output_path = \"${path.module}/a.zip\"\n source_dir = \"b\"\n}\n", ""},
		"resource":          {strings.ReplaceAll(archive(`source_dir = "src"`), "data", "resource"), ""},
		"uploaded": {
			function + "  s3_bucket = \"b\"\n s3_key = aws_s3_object.o.key\n}\nresource \"aws_s3_object\" \"o\" {\n bucket = \"b\"\n key = \"k\"\n source = data.archive_file.a.output_path\n}\n" +
				"data \"archive_file\" \"a\" {\n type = \"zip\"\n output_path = \"a.zip\"\n source_dir = \"src\"\n}\n", "local=src",
		},
		"archive that is there": {function + "  filename = \"a.zip\"\n}\n", ""},
		"ignored":               {function + "  filename = data.archive_file.a.output_path\n  lifecycle {\n ignore_changes = [filename]\n}\n}\ndata \"archive_file\" \"a\" {\n type = \"zip\"\n output_path = \"a.zip\"\n source_dir = \"src\"\n}\n", ""},
	} {
		t.Run(name, func(t *testing.T) {
			if name == "resource" {
				tt.text, tt.want = strings.ReplaceAll(tt.text, "resource.archive_file", "archive_file"), "local=src"
			}
			dir := write(t, "== main.tf\n"+tt.text)
			m := loadDir(t, dir, Options{}).Scenarios[0].Model
			if got := codeOf(m, dir); got != tt.want {
				t.Errorf("%q, not %q", got, tt.want)
			}
		})
	}
	t.Run("module", func(t *testing.T) {
		dir := write(t, "== main.tf\nmodule \"m\" {\n  source = \"./m\"\n}\n== m/main.tf\n"+archive(`source_dir = "${path.module}/src"`))
		if got, want := codeOf(loadDir(t, dir, Options{}).Scenarios[0].Model, dir), "local=m/src"; got != want {
			t.Errorf("%q, not %q", got, want)
		}
	})
}

func codeOf(m *model.Model, dir string) string {
	var out []string
	for fn := range m.Functions.All() {
		if fn.Code == nil {
			return "none"
		}
		for _, part := range []struct {
			name string
			text value.Text
		}{{"local", fn.Code.Local}, {"inline", fn.Code.Inline}, {"file", fn.Code.File}, {"build", fn.Code.Build}} {
			s, ok := part.text.Get()
			if rel, err := filepath.Rel(dir, s); part.name == "local" && err == nil {
				s = filepath.ToSlash(rel)
			}
			if ok {
				out = append(out, part.name+"="+s)
			}
		}
	}
	return strings.Join(out, " ")
}
