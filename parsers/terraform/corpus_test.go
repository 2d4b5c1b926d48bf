package terraform

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/apigwlint/apigwlint/model"
	"github.com/apigwlint/apigwlint/parsers/internal/files"
	"github.com/apigwlint/apigwlint/tri"
)

// corpusDirs returns the directories with Terraform in the corpus, relative to it.
func corpusDirs(t testing.TB) (root string, dirs []string) {
	root = os.Getenv("APIGWLINT_CORPUS")
	if root == "" {
		t.Skip("APIGWLINT_CORPUS names no corpus")
	}
	manifest, err := os.ReadFile(filepath.Join(root, "MANIFEST.tsv"))
	if err != nil {
		t.Skip(err)
	}
	seen := map[string]bool{}
	for line := range strings.Lines(string(manifest)) {
		cols := strings.Split(line, "\t")
		if len(cols) < 2 || !strings.HasPrefix(cols[1], "terraform") {
			continue
		}
		dir := strings.TrimSuffix(cols[0], "/")
		if !isDir(filepath.Join(root, dir)) {
			dir = filepath.Dir(dir)
		}
		if !seen[dir] && isDir(filepath.Join(root, dir)) {
			seen[dir] = true
			dirs = append(dirs, dir)
		}
	}
	return root, dirs
}

func isDir(name string) bool {
	info, err := os.Stat(name)
	return err == nil && info.IsDir()
}

// loadCorpus loads the directories of the corpus as one run does.
func loadCorpus(t testing.TB, root string, dirs []string) []*model.Unit {
	t.Helper()
	var repos []string
	seen := map[string]bool{}
	var full []string
	for _, d := range dirs {
		if repo := strings.Join(strings.SplitN(d, "/", 3)[:2], "/"); !seen[repo] {
			seen[repo] = true
			repos = append(repos, filepath.Join(root, repo))
		}
		full = append(full, filepath.Join(root, d))
	}
	r, err := files.NewReader(repos...)
	if err != nil {
		t.Fatal(err)
	}
	return Load(r, full, Options{})
}

func TestCorpus(t *testing.T) {
	root, dirs := corpusDirs(t)
	start := time.Now()
	units := loadCorpus(t, root, dirs)
	elapsed := time.Since(start)
	var n struct{ apis, routes, method, path, integration, kind, lambda, target, linkable int }
	for _, u := range units {
		name, _ := filepath.Rel(root, u.Name)
		for _, p := range u.Problems {
			if strings.HasPrefix(p.Message, "cannot read ") {
				continue // the corpus has parts of repositories
			}
			t.Errorf("%s: %s: %s", name, p.Span, p.Message)
		}
		if len(u.Scenarios) == 0 {
			t.Errorf("%s: no scenario", name)
			continue
		}
		m := u.Scenarios[0].Model
		n.apis += len(m.APIs)
		for r := range m.Routes() {
			n.routes++
			if r.Method.Present() == tri.No || known(r.Method.Get()) {
				n.method++
			}
			if r.Path.Present() == tri.Yes {
				n.path++
			} else if testing.Verbose() {
				t.Logf("%s: path of %s unknown", name, r.ID)
			}
			in, ok := r.Integration.Get()
			if !ok {
				if r.Integration.Present() == tri.Maybe && testing.Verbose() {
					t.Logf("%s: integration of %s unknown", name, r.ID)
				}
				continue
			}
			n.integration++
			if known(in.Type.Get()) {
				n.kind++
			} else if testing.Verbose() {
				t.Logf("%s: type of %s unknown: %s", name, in.ID, in.Type)
			}
			if inv, ok := in.Lambda.Get(); ok {
				n.lambda++
				if inv.Function != nil {
					n.target++
				} else if testing.Verbose() {
					t.Logf("%s: function of %s %s unknown: %s", name, r.Key(), in.ID, inv.Name)
				}
			} else if in.Lambda.Present() == tri.Maybe && testing.Verbose() {
				t.Logf("%s: %s %s may be a function: %q", name, r.Key(), in.ID, in.URI)
			}
		}
	}
	t.Logf("%d directories, %d units, %v: %+v", len(dirs), len(units), elapsed, n)
}

func known(_ string, ok bool) bool { return ok }

func BenchmarkCorpus(b *testing.B) {
	root, dirs := corpusDirs(b)
	for b.Loop() {
		loadCorpus(b, root, dirs)
	}
}
