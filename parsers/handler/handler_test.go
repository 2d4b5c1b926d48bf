package handler_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/apigwlint/apigwlint/model"
	"github.com/apigwlint/apigwlint/parsers"
	"github.com/apigwlint/apigwlint/tri"
)

// load lints a directory of the given files and returns its functions.
func load(t *testing.T, files map[string]string, opts parsers.Options) (map[string]*model.Function, parsers.Result) {
	t.Helper()
	dir := t.TempDir()
	for name, content := range files {
		p := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(p), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(p, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	res := parsers.Load(parsers.Input{Paths: []string{dir}}, opts)
	out := map[string]*model.Function{}
	for _, u := range res.Units {
		for _, sc := range u.Scenarios {
			for fn := range sc.Model.Functions.All() {
				out[fn.ID] = fn
			}
		}
	}
	return out, res
}

func template(properties string) string {
	return "Transform: AWS::Serverless-2016-10-31\nResources:\n  F:\n    Type: AWS::Serverless::Function\n" + properties +
		"      Events: {E: {Type: Api, Properties: {Path: /x, Method: GET}}}\n"
}

const python = "def handler(event, context):\n    return {'statusCode': 200}\n"

const script = "exports.handler = async () => ({ statusCode: 200 });\n"

func TestLocate(t *testing.T) {
	cases := []struct {
		name       string
		properties string
		files      map[string]string
		found      tri.Bool
		span       string // of the handler: the end of the file's name
	}{
		{"directory", "    Properties:\n      CodeUri: src\n      Handler: app.handler\n      Runtime: python3.13\n", map[string]string{"src/app.py": python}, tri.Yes, "src/app.py"},
		{"package", "    Properties:\n      CodeUri: ./src/\n      Handler: a/b.handler\n      Runtime: python3.13\n", map[string]string{"src/a/b.py": python}, tri.Yes, "src/a/b.py"},
		{"dotted", "    Properties:\n      CodeUri: .\n      Handler: a.b.handler\n      Runtime: python3.13\n", map[string]string{"a/b/__init__.py": python}, tri.Yes, "a/b/__init__.py"},
		{"node", "    Properties:\n      CodeUri: src\n      Handler: lib/index.handler\n      Runtime: nodejs22.x\n", map[string]string{"src/lib/index.cjs": script}, tri.Yes, "src/lib/index.cjs"},
		{"typescript beside", "    Properties:\n      CodeUri: src\n      Handler: index.handler\n      Runtime: nodejs22.x\n", map[string]string{"src/index.ts": "export const handler = async () => ({});\n"}, tri.Yes, "src/index.ts"},
		{"esbuild", "    Metadata:\n      BuildMethod: esbuild\n      BuildProperties:\n        EntryPoints: [lib/other.ts, lib/deep/app.ts]\n    Properties:\n      CodeUri: src\n      Handler: app.handler\n      Runtime: nodejs22.x\n", map[string]string{"src/lib/deep/app.ts": "export const handler = async () => ({});\n"}, tri.Yes, "src/lib/deep/app.ts"},
		{"outside", "    Properties:\n      CodeUri: ../../../../../../../../etc\n      Handler: passwd.handler\n      Runtime: python3.13\n", nil, tri.Maybe, ""},
		{"not there", "    Properties:\n      CodeUri: src\n      Handler: app.handler\n      Runtime: python3.13\n", nil, tri.Maybe, ""},
		{"file missing", "    Properties:\n      CodeUri: src\n      Handler: app.handler\n      Runtime: python3.13\n", map[string]string{"src/main.py": python}, tri.No, ""},
		{"file from a requirement", "    Properties:\n      CodeUri: src\n      Handler: some_wrapper.handler\n      Runtime: python3.13\n", map[string]string{"src/main.py": python, "src/requirements.txt": "Some-Wrapper==1\n"}, tri.Maybe, ""},
		{"file from a layer", "    Properties:\n      CodeUri: src\n      Handler: app.handler\n      Runtime: python3.13\n      Layers: [!Ref L]\n", map[string]string{"src/main.py": python}, tri.Maybe, ""},
		{"file from a makefile", "    Metadata: {BuildMethod: makefile}\n    Properties:\n      CodeUri: src\n      Handler: app.handler\n      Runtime: python3.13\n", map[string]string{"src/main.py": python}, tri.Maybe, ""},
		{"compiled", "    Properties:\n      CodeUri: .\n      Handler: index.handler\n      Runtime: nodejs22.x\n", map[string]string{"other.js": script, "tsconfig.json": "{}"}, tri.Maybe, ""},
		{"symbol missing", "    Properties:\n      CodeUri: src\n      Handler: app.main\n      Runtime: python3.13\n", map[string]string{"src/app.py": python}, tri.No, "src/app.py"},
		{"wrapped", "    Properties:\n      CodeUri: src\n      Handler: datadog_lambda.handler.handler\n      Runtime: python3.13\n", map[string]string{"src/app.py": python}, tri.Maybe, ""},
		{"another language", "    Properties:\n      CodeUri: src\n      Handler: app.handler\n      Runtime: ruby3.3\n", map[string]string{"src/app.py": python}, tri.Maybe, ""},
		{"cdk", "    Metadata: {'aws:asset:path': asset.0123, 'aws:asset:property': Code}\n    Properties:\n      CodeUri: {Bucket: b, Key: k}\n      Handler: index.handler\n      Runtime: nodejs22.x\n", map[string]string{"asset.0123/index.js": script}, tri.Yes, "asset.0123/index.js"},
		{"go", "    Metadata: {BuildMethod: go1.x}\n    Properties:\n      CodeUri: cmd/x\n      Handler: bootstrap\n      Runtime: provided.al2023\n", map[string]string{
			"go.mod":          "module example.com/m\n",
			"internal/r/r.go": "package r\n\ntype Response struct{ StatusCode int `json:\"statusCode\"` }\n",
			"cmd/x/main.go":   "package main\n\nimport (\n\t\"example.com/m/internal/r\"\n\t\"github.com/aws/aws-lambda-go/lambda\"\n)\n\nfunc f() (r.Response, error) { return r.Response{StatusCode: 200}, nil }\n\nfunc main() { lambda.Start(f) }\n",
		}, tri.Yes, "cmd/x/main.go"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			files := map[string]string{"template.yaml": template(c.properties)}
			for name, content := range c.files {
				files[name] = content
			}
			functions, _ := load(t, files, parsers.Options{})
			fn := functions["F"]
			if fn == nil {
				t.Fatal("no function")
			}
			found := tri.Maybe
			if fn.Source != nil {
				found = fn.Source.Found
			}
			if found != c.found {
				t.Fatalf("found: %v, want %v (%+v)", found, c.found, fn.Source)
			}
			if c.span != "" && !strings.HasSuffix(fn.Source.Span.File.Name, c.span) {
				t.Errorf("it is in %s, not %s", fn.Source.Span.File.Name, c.span)
			}
			if c.found == tri.Yes && fn.Source.Responses.Len() != 1 {
				t.Errorf("%d responses", fn.Source.Responses.Len())
			}
		})
	}
}

// TestUnread holds what cannot be read to a reason, and to no verdict.
func TestUnread(t *testing.T) {
	for name, content := range map[string]string{
		"syntax":     "def handler(event, context:\n",
		"binary":     "\x7fELF\x00\x01\xff\xfe",
		"minified":   strings.Repeat("x=1;", 10000) + "\n" + python,
		"large":      python + strings.Repeat("# filler\n", 700000),
		"deep":       "x = " + strings.Repeat("[", 5000) + strings.Repeat("]", 5000) + "\n" + python,
		"deep calls": "x = " + strings.Repeat("f(", 5000) + strings.Repeat(")", 5000) + "\n" + python,
	} {
		t.Run(name, func(t *testing.T) {
			properties := "    Properties:\n      CodeUri: src\n      Handler: app.handler\n      Runtime: python3.13\n"
			start := time.Now()
			functions, res := load(t, map[string]string{"template.yaml": template(properties), "src/app.py": content}, parsers.Options{})
			if took := time.Since(start); took > 3*time.Second {
				t.Errorf("it took %v", took)
			}
			if functions["F"].Source != nil {
				t.Errorf("it is understood: %+v", functions["F"].Source)
			}
			if len(res.Skipped) != 1 || !strings.HasSuffix(res.Skipped[0].Name, "src/app.py") || res.Skipped[0].Reason == "" {
				t.Errorf("skipped: %v", res.Skipped)
			}
		})
	}
}

// TestNoHandlers leaves sources alone.
func TestNoHandlers(t *testing.T) {
	properties := "    Properties:\n      CodeUri: src\n      Handler: app.handler\n      Runtime: python3.13\n"
	functions, res := load(t, map[string]string{"template.yaml": template(properties), "src/app.py": python}, parsers.Options{NoHandlers: true})
	if functions["F"].Source != nil || len(res.Units[0].Files) != 1 {
		t.Error("the source was read")
	}
}

// TestIgnores takes directives from comments of sources.
func TestIgnores(t *testing.T) {
	properties := "    Properties:\n      CodeUri: src\n      Handler: app.handler\n      Runtime: python3.13\n"
	src := "def handler(event, context):\n    return 'x'  # apigwlint:ignore handler-response the client likes it\n"
	_, res := load(t, map[string]string{"template.yaml": template(properties), "src/app.py": src}, parsers.Options{})
	ignores := res.Units[0].Ignores
	if len(ignores) != 1 || ignores[0].Rule != "handler-response" || ignores[0].Reason != "the client likes it" || ignores[0].Scope.Line() != 2 {
		t.Errorf("%+v", ignores)
	}
}
