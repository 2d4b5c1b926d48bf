package openapi_test

import (
	"bufio"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/apigwlint/apigwlint/model"
	"github.com/apigwlint/apigwlint/parsers/internal/files"
	"github.com/apigwlint/apigwlint/parsers/internal/tree"
	"github.com/apigwlint/apigwlint/parsers/openapi"
)

// corpus returns the folder of real definitions, and the documents in it that
// can be read.
func corpus(t testing.TB) (string, []string) {
	dir := os.Getenv("APIGWLINT_CORPUS")
	if dir == "" {
		t.Skip("APIGWLINT_CORPUS does not name a folder of real definitions")
	}
	malformed := map[string]bool{}
	columns(t, filepath.Join(dir, "MALFORMED.tsv"), func(c []string) { malformed[c[0]] = true })
	var names []string
	columns(t, filepath.Join(dir, "MANIFEST.tsv"), func(c []string) {
		if c[1] == "openapi" && !malformed[c[0]] && !strings.HasSuffix(c[0], ".tftpl") {
			names = append(names, c[0])
		}
	})
	return dir, names
}

func columns(t testing.TB, name string, each func([]string)) {
	f, err := os.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = f.Close() }()
	lines := bufio.NewScanner(f)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		if c := strings.Split(lines.Text(), "\t"); len(c) > 1 {
			each(c)
		}
	}
}

// operations counts the operations of a document without references between paths.
func operations(root *tree.Node) int {
	n := 0
	paths := root.Get("paths")
	if paths == nil {
		return 0
	}
	for _, p := range paths.Entries {
		if p.Value.Get("$ref") != nil {
			continue
		}
		for _, m := range []string{"get", "put", "post", "delete", "options", "head", "patch", "x-amazon-apigateway-any-method"} {
			if p.Value.Get(m) != nil {
				n++
			}
		}
	}
	return n
}

// TestCorpus lifts real documents.
func TestCorpus(t *testing.T) {
	dir, names := corpus(t)
	r, err := files.NewReader(dir)
	if err != nil {
		t.Fatal(err)
	}
	count := map[model.Kind]int{}
	for _, name := range names {
		full := filepath.ToSlash(filepath.Join(dir, name))
		root, problems, err := r.Tree(full)
		if err != nil || len(problems) > 0 {
			t.Errorf("%s: %v %v", name, err, problems)
			continue
		}
		if !openapi.IsOpenAPI(root) {
			t.Errorf("%s is not recognised as OpenAPI", name)
			continue
		}
		if !openapi.Recognizes(root) {
			t.Logf("%s has no extension", name)
		}
		u := openapi.Load(r, []string{full})[0]
		if len(u.Scenarios) != 1 {
			t.Errorf("%s: no scenario: %v", name, u.Problems)
			continue
		}
		api := u.Scenarios[0].Model.APIs[0]
		count[api.Kind]++
		if got, want := api.Routes.Len(), operations(root); got != want {
			t.Errorf("%s: %d routes of %d operations", name, got, want)
		}
		for r := range api.Routes.All() {
			if !r.Span.IsValid() {
				t.Errorf("%s: %s has no place", name, r.Key())
			}
		}
		t.Logf("%-8s %3d %s %s", api.Kind, api.Routes.Len(), api.APIID, name)
	}
	t.Logf("%d documents: %v", len(names), count)
}

// kinds are the kinds of API that resources own bodies for.
var kinds = map[string]model.Kind{
	"AWS::ApiGateway::RestApi": model.REST, "AWS::Serverless::Api": model.REST,
	"AWS::ApiGatewayV2::Api": model.HTTP, "AWS::Serverless::HttpApi": model.HTTP,
}

// TestCorpusBodies lifts the bodies in real templates, their intrinsic functions
// not evaluated: nothing may panic, and each operation is a route.
func TestCorpusBodies(t *testing.T) {
	dir, _ := corpus(t)
	r, err := files.NewReader(dir)
	if err != nil {
		t.Fatal(err)
	}
	fixtures := map[string]bool{}
	columns(t, filepath.Join(dir, "MANIFEST.tsv"), func(c []string) {
		if c[3] == "lint-fixture" {
			fixtures[filepath.ToSlash(filepath.Join(dir, c[0]))] = true
		}
	})
	bodies, routes := 0, 0
	for _, sub := range []string{"cfn", "sam"} {
		err := filepath.WalkDir(filepath.Join(dir, sub), func(name string, _ fs.DirEntry, err error) error {
			switch filepath.Ext(name) {
			case ".yaml", ".yml", ".json", ".template":
			default:
				return err
			}
			root, problems, err := r.Tree(filepath.ToSlash(name))
			if err != nil {
				return err
			}
			if len(problems) > 0 || !root.Get("Resources").Is(tree.Map) {
				return nil
			}
			for _, e := range root.Get("Resources").Entries {
				for _, key := range []string{"Body", "DefinitionBody"} {
					body := e.Value.Get("Properties", key)
					if !openapi.IsOpenAPI(body) {
						continue
					}
					bodies++
					api := owner("")
					openapi.Lift(body, api)
					routes += api.Routes.Len()
					// What is told without an owner must not contradict it. Examples that
					// other linters made up, such as mocks in HTTP APIs, do not work.
					kind, _ := e.Value.Get("Type").Str()
					if want := kinds[kind]; api.Kind != "" && api.Kind != want && !fixtures[filepath.ToSlash(name)] {
						t.Errorf("%s: %s looks like a %s API and is a %s", name, e.Key, api.Kind, kind)
					}
					if got, want := api.Routes.Len(), operations(body); got != want {
						t.Errorf("%s: %s has %d routes of %d operations", name, e.Key, got, want)
					}
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	t.Logf("%d bodies, %d routes", bodies, routes)
}
