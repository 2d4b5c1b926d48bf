package typed_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"

	"github.com/apigwlint/apigwlint/model"
	"github.com/apigwlint/apigwlint/parsers/internal/files"
	"github.com/apigwlint/apigwlint/parsers/openapi"
	"github.com/apigwlint/apigwlint/parsers/openapi/typed"
)

// TestAgree compares the lift with the typed view: the same routes, responses
// and parameters of every document that both read.
func TestAgree(t *testing.T) {
	dirs := []string{"../testdata"}
	if dir := os.Getenv("APIGWLINT_CORPUS"); dir != "" {
		dirs = append(dirs, filepath.Join(dir, "openapi"))
	}
	read, refused, routes := 0, 0, 0
	for _, dir := range dirs {
		r, err := files.NewReader(dir)
		if err != nil {
			t.Fatal(err)
		}
		err = filepath.WalkDir(dir, func(name string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() {
				return err
			}
			name = filepath.ToSlash(name)
			root, problems, err := r.Tree(name)
			if err != nil {
				return err
			}
			if len(problems) > 0 || !openapi.IsOpenAPI(root) || strings.Contains(name, "testdata/refs") {
				return nil
			}
			doc, err := typed.Document(root)
			if err != nil {
				refused++
				t.Logf("%s is refused: %v", name, err)
				return nil
			}
			read++
			for r := range openapi.Load(r, []string{name})[0].Scenarios[0].Model.APIs[0].Routes.All() {
				routes += agree(t, name, doc, r)
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	t.Logf("%d documents agree in %d routes, %d are refused", read, routes, refused)
	if read < 2 || routes < 3 {
		t.Error("there was little to compare")
	}
}

func agree(t *testing.T, name string, doc *openapi3.T, r *model.Route) int {
	method, path := r.Method.String(), r.Path.String()
	item := doc.Paths.Value(path)
	if item == nil || method == "" || method == "ANY" {
		return 0
	}
	op := item.GetOperation(method)
	if op == nil {
		t.Errorf("%s: %s is no operation of the typed view", name, r.Key())
		return 0
	}
	if r.API.Kind == model.HTTP {
		return 1
	}
	var got, want []string
	for x := range r.Responses.All() {
		got = append(got, x.Status.String())
		response := op.Responses.Value(x.Status.String())
		if response == nil || response.Value == nil {
			continue
		}
		for header := range response.Value.Headers {
			if _, ok := x.Parameters.Get("method.response.header." + header); !ok {
				t.Errorf("%s: %s: the response %s lacks the header %s", name, r.Key(), x.Status, header)
			}
		}
		if len(response.Value.Headers) != x.Parameters.Len() {
			t.Errorf("%s: %s: the response %s has %d headers, not %d", name, r.Key(), x.Status, x.Parameters.Len(), len(response.Value.Headers))
		}
	}
	for status := range op.Responses.Map() {
		want = append(want, status)
	}
	slices.Sort(got)
	slices.Sort(want)
	if len(want) > 0 && !slices.Equal(got, want) {
		t.Errorf("%s: %s has the responses %v, not %v", name, r.Key(), got, want)
	}
	parameters := append(slices.Clone(op.Parameters), item.Parameters...)
	for _, p := range parameters {
		if p.Value == nil {
			continue
		}
		in := map[string]string{"path": "path", "query": "querystring", "header": "header"}[p.Value.In]
		if in == "" {
			continue
		}
		required, ok := r.RequestParameters.Get("method.request." + in + "." + p.Value.Name)
		is, known := required.Get()
		if !ok || !known {
			t.Errorf("%s: %s lacks the parameter %s", name, r.Key(), p.Value.Name)
		} else if is != p.Value.Required && op.Parameters.GetByInAndName(p.Value.In, p.Value.Name) == p.Value {
			t.Errorf("%s: %s: the parameter %s is required: %v", name, r.Key(), p.Value.Name, is)
		}
	}
	return 1
}
