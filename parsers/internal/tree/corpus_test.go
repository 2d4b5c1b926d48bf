package tree

import (
	"bufio"
	"bytes"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/apigwlint/apigwlint/source"
)

// corpus yields the YAML and JSON files of the corpus that the environment names.
func corpus(t testing.TB, dirs ...string) []*source.File {
	root := os.Getenv("APIGWLINT_CORPUS")
	if root == "" {
		t.Skip("APIGWLINT_CORPUS names no corpus")
	}
	var files []*source.File
	for _, dir := range dirs {
		err := filepath.WalkDir(filepath.Join(root, dir), func(p string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() {
				return err
			}
			switch filepath.Ext(p) {
			case ".yaml", ".yml", ".json", ".template", ".j2":
				data, err := os.ReadFile(p)
				if err != nil {
					return err
				}
				rel, err := filepath.Rel(root, p)
				files = append(files, source.NewFile(filepath.ToSlash(rel), data))
				return err
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	return files
}

func TestCorpus(t *testing.T) {
	files := corpus(t, "cfn", "sam", "sam-pairs", "openapi", "malformed")
	malformed := map[string]bool{}
	list, err := os.Open(filepath.Join(os.Getenv("APIGWLINT_CORPUS"), "MALFORMED.tsv"))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = list.Close() }() // nothing was written
	for s := bufio.NewScanner(list); s.Scan(); {
		name, _, _ := strings.Cut(s.Text(), "\t")
		if !strings.Contains(s.Text(), "(parses;") {
			malformed[name] = true
		}
	}
	for _, f := range files {
		docs, problems := ParseAll(f)
		if (len(problems) > 0) != malformed[f.Name] {
			t.Errorf("%s: problems: %v, malformed: %v", f.Name, problems, malformed[f.Name])
		}
		for _, p := range problems {
			t.Log(p.Span, p.Message)
		}
		for _, doc := range docs {
			if err := check(f, doc); err != nil {
				t.Error(err)
			}
		}
	}
	t.Log(len(files), "files")
}

func benchmark(b *testing.B, json bool) {
	var files []*source.File
	size := 0
	for _, f := range corpus(b, "cfn", "sam", "openapi") {
		if IsJSON(f) == json && !bytes.HasPrefix(f.Data, byteOrderMark) {
			files = append(files, f)
			size += len(f.Data)
		}
	}
	b.SetBytes(int64(size))
	b.ReportAllocs()
	for b.Loop() {
		for _, f := range files {
			ParseAll(f)
		}
	}
}

func BenchmarkYAML(b *testing.B) { benchmark(b, false) }
func BenchmarkJSON(b *testing.B) { benchmark(b, true) }
