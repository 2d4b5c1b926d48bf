package terraform

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"

	"github.com/apigwlint/apigwlint/parsers/internal/files"
)

const consoleDir = "testdata/console"

// consoleCases reads testdata/console/expressions.txt: an expression, and on
// the line after it what terraform console says it is, as JSON.
func consoleCases(t *testing.T) (exprs, want []string) {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(consoleDir, "expressions.txt"))
	if err != nil {
		t.Fatal(err)
	}
	for _, line := range strings.Split(strings.TrimSpace(string(data)), "\n") {
		if w, ok := strings.CutPrefix(line, "    "); ok {
			want = append(want, w)
		} else {
			exprs = append(exprs, line)
		}
	}
	if len(exprs) != len(want) {
		t.Fatalf("%d expressions and %d results", len(exprs), len(want))
	}
	return exprs, want
}

// wrapped returns an expression that gives the JSON of another, or ERROR.
func wrapped(x string) string { return fmt.Sprintf("try(jsonencode(%s), \"ERROR\")", x) }

func TestExpressions(t *testing.T) {
	r, err := files.NewReader(consoleDir)
	if err != nil {
		t.Fatal(err)
	}
	l := newLoader(r)
	ev := l.evaluate(l.load(consoleDir), nil, nil)
	exprs, want := consoleCases(t)
	if all := strings.Join(exprs, "\n"); len(exprs) < 150 {
		t.Errorf("only %d expressions", len(exprs))
	} else {
		for name := range library {
			if !strings.Contains(all, name+"(") {
				t.Errorf("no expression calls %s", name)
			}
		}
	}
	for i, src := range exprs {
		x, diags := hclsyntax.ParseExpression([]byte(wrapped(src)), "x", hcl.InitialPos)
		if diags.HasErrors() {
			t.Errorf("%s: %v", src, diags)
			continue
		}
		e := ev.root.env(nil)
		got := e.text(e.eval(x), ev.root.env(nil).span(x.Range()))
		s, ok := got.Get()
		if !ok {
			// What depends on where the configuration is run is not known.
			s = "unknown"
			if src == "terraform.workspace" {
				continue
			}
		}
		if s != want[i] {
			t.Errorf("%s\n got %s (%s)\nwant %s", src, s, got, want[i])
		}
	}
}

// TestConsole asks Terraform itself.
func TestConsole(t *testing.T) {
	if _, err := exec.LookPath("terraform"); err != nil {
		t.Skip("terraform is not on PATH")
	}
	exprs, want := consoleCases(t)
	var all []string
	for _, x := range exprs {
		all = append(all, wrapped(x))
	}
	got := console(t, consoleDir, all)
	if len(got) != len(want) {
		t.Fatalf("%d results of %d expressions", len(got), len(want))
	}
	for i := range got {
		if got[i] != want[i] {
			t.Errorf("%s\n  recorded %s\nterraform: %s", exprs[i], want[i], got[i])
		}
	}
}

// console asks Terraform for the values of expressions, which are texts.
func console(t *testing.T, dir string, exprs []string) []string {
	t.Helper()
	cmd := exec.Command("terraform", "console")
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "TF_DATA_DIR="+t.TempDir(), "CHECKPOINT_DISABLE=1")
	cmd.Stdin = strings.NewReader("base64encode(jsonencode([" + strings.Join(exprs, ", ") + "]))\n")
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%v: %s%s", err, stderr.String(), out)
	}
	var got []string
	if err := json.Unmarshal(unquoteConsole(t, out), &got); err != nil {
		t.Fatalf("%v in %.300s", err, out)
	}
	return got
}

func unquoteConsole(t *testing.T, out []byte) []byte {
	t.Helper()
	s, err := unbase64(strings.Trim(strings.TrimSpace(string(out)), `"`))
	if err != nil {
		t.Fatal(err)
	}
	return []byte(s)
}

// TestLocals compares the locals of modules with what Terraform makes of them.
func TestLocals(t *testing.T) {
	if _, err := exec.LookPath("terraform"); err != nil {
		t.Skip("terraform is not on PATH")
	}
	dirs, err := filepath.Glob("testdata/locals/*")
	if err != nil || len(dirs) == 0 {
		t.Fatal(err, dirs)
	}
	for _, dir := range dirs {
		t.Run(filepath.Base(dir), func(t *testing.T) {
			t.Parallel()
			r, err := files.NewReader(dir)
			if err != nil {
				t.Fatal(err)
			}
			l := newLoader(r)
			c := l.load(filepath.ToSlash(dir))
			ev := l.evaluate(c, nil, nil)
			var all []string
			names := slices.Sorted(maps.Keys(c.locals))
			for _, name := range names {
				all = append(all, wrapped("local."+name))
			}
			got := console(t, dir, all)
			for i, name := range names {
				x, diags := hclsyntax.ParseExpression([]byte(all[i]), "x", hcl.InitialPos)
				if diags.HasErrors() {
					t.Fatal(diags)
				}
				e := ev.root.env(nil)
				text := e.text(e.eval(x), e.span(x.Range()))
				if s, ok := text.Get(); !ok || s != got[i] || s == "ERROR" {
					t.Errorf("local.%s\nis        %s\nterraform: %s", name, text, got[i])
				}
			}
		})
	}
}
