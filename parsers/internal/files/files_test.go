package files_test

import (
	"errors"
	"os"
	"path/filepath"
	"testing"

	"github.com/apigwlint/apigwlint/parsers/internal/files"
)

// TestStaysInside tries every way out of the roots that a definition can name.
func TestStaysInside(t *testing.T) {
	dir := t.TempDir()
	write := func(name string) {
		t.Helper()
		name = filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, []byte("a: 1\n"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write("in/a.yaml")
	write("in/sub/b.yaml")
	write("secret.yaml")
	for link, to := range map[string]string{"in/out.yaml": "../secret.yaml", "in/abs.yaml": filepath.Join(dir, "secret.yaml"), "in/ok.yaml": "a.yaml", "in/up": ".."} {
		if err := os.Symlink(to, filepath.Join(dir, filepath.FromSlash(link))); err != nil {
			t.Skipf("symbolic links are not to be had here: %v", err)
		}
	}
	in := filepath.ToSlash(filepath.Join(dir, "in"))
	r, err := files.NewReader(in)
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"/a.yaml", "/sub/b.yaml", "/sub/../a.yaml", "/ok.yaml"} {
		if f, err := r.Read(in + name); err != nil || string(f.Data) != "a: 1\n" {
			t.Errorf("%s: %v", name, err)
		}
	}
	for _, name := range []string{in + "/../secret.yaml", in + "/out.yaml", in + "/abs.yaml", in + "/up/secret.yaml", "/etc/hostname", "secret.yaml", in + "/sub", in} {
		if f, err := r.Read(name); err == nil {
			t.Errorf("%s was read: %q", name, f.Data)
		}
	}
	if _, err := r.Read("../x"); !errors.Is(err, files.ErrOutside) {
		t.Errorf("a path outside gives %v", err)
	}
}

func TestReadsOnce(t *testing.T) {
	r, err := files.NewReader()
	if err != nil {
		t.Fatal(err)
	}
	added := r.Add("stdin.yaml", []byte("a: 1\n"))
	got, err := r.Read("./stdin.yaml")
	if err != nil || got != added {
		t.Errorf("read %v, %v", got, err)
	}
}

// TestListsAdded requires that a file that is on no disk is found in its directory, once.
func TestListsAdded(t *testing.T) {
	r, err := files.NewReader()
	if err != nil {
		t.Fatal(err)
	}
	r.Add("nowhere/b.tf", nil)
	r.Add("nowhere/a.tf", nil)
	entries, err := r.ReadDir("nowhere")
	if err != nil || len(entries) != 2 || entries[0].Name() != "a.tf" || !entries[0].Type().IsRegular() {
		t.Errorf("%v, %v", entries, err)
	}
	if r, err = files.NewReader("."); err != nil {
		t.Fatal(err)
	}
	before, err := r.ReadDir(".")
	if err != nil {
		t.Fatal(err)
	}
	r.Add("files.go", nil)
	if after, err := r.ReadDir("."); err != nil || len(after) != len(before) {
		t.Errorf("%d entries, before %d: %v", len(after), len(before), err)
	}
}
