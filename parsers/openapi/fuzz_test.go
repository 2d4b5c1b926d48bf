package openapi_test

import (
	"os"
	"path/filepath"
	"reflect"
	"testing"

	"github.com/apigwlint/apigwlint/parsers/internal/files"
	"github.com/apigwlint/apigwlint/parsers/internal/tree"
	"github.com/apigwlint/apigwlint/parsers/openapi"
	"github.com/apigwlint/apigwlint/source"
	"github.com/apigwlint/apigwlint/value"
)

// FuzzLift lifts anything: without a panic, with places inside their files, and
// twice with the same result.
func FuzzLift(f *testing.F) {
	var seeds []string
	for _, pattern := range []string{"testdata/*.yaml", "testdata/*.json", "testdata/refs/*.yaml"} {
		names, err := filepath.Glob(pattern)
		if err != nil {
			f.Fatal(err)
		}
		seeds = append(seeds, names...)
	}
	for _, name := range seeds {
		data, err := os.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data)
	}
	f.Add([]byte("openapi: 3.0.1\npaths: {/a: {$ref: '#/paths/~1a'}}\nservers: [{url: 'https://{basePath}'}]"))
	f.Add([]byte("swagger: '2.0'\nhost: abcdef1234.execute-api.eu-west-1.amazonaws.com\nbasePath: //\npaths: {'': {get: !Sub '${a'}}"))
	f.Fuzz(func(t *testing.T, data []byte) {
		lift := func() string {
			r, err := files.NewReader()
			if err != nil {
				t.Fatal(err)
			}
			r.Add("testdata/fuzz.yaml", data)
			u := openapi.Load(r, []string{"testdata/fuzz.yaml"})[0]
			if len(u.Scenarios) == 0 {
				return ""
			}
			api := u.Scenarios[0].Model.APIs[0]
			texts(reflect.ValueOf(api).Elem(), "", map[any]bool{}, func(path string, x value.Text) {
				if s := x.Span(); s.IsValid() && (s.Start > s.End || s.End > len(s.File.Data)) {
					t.Errorf("%s stands at %d-%d of %d", path, s.Start, s.End, len(s.File.Data))
				}
			})
			return describe(api)
		}
		if first, second := lift(), lift(); first != second {
			t.Errorf("two runs differ:\n%s\n%s", first, second)
		}
		if root, _ := tree.Parse(source.NewFile("body.yaml", data)); root != nil {
			openapi.Lift(root, owner("")) // as a body
		}
	})
}
