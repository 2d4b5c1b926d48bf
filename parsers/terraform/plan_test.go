package terraform

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/apigwlint/apigwlint/model"
	"github.com/apigwlint/apigwlint/parsers/internal/files"
)

// TestPlansAgree compares what the configuration says with what the plan that
// was made from it says, wherever both are known.
func TestPlansAgree(t *testing.T) {
	root := os.Getenv("APIGWLINT_CORPUS")
	if root == "" {
		t.Skip("APIGWLINT_CORPUS names no corpus")
	}
	plans, _ := filepath.Glob(filepath.Join(root, "..", "plans", "*", "plan.json"))
	if len(plans) == 0 {
		t.Skip("no plans beside the corpus")
	}
	for _, name := range plans {
		dir := filepath.Dir(name)
		t.Run(filepath.Base(dir), func(t *testing.T) {
			fromFiles := dump(t, dir)
			r, err := files.NewReader(dir)
			if err != nil {
				t.Fatal(err)
			}
			beside := LoadPlan(r, []string{name})
			if len(beside) != 1 {
				t.Fatalf("%d units", len(beside))
			}
			compareDumps(t, "plan with files", fromFiles, model.Dump(beside[0].Scenarios[0].Model, false))

			data, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			r, err = files.NewReader(t.TempDir())
			if err != nil {
				t.Fatal(err)
			}
			r.Add("stdin.json", data)
			alone := LoadPlan(r, []string{"stdin.json"})
			if len(alone) != 1 {
				t.Fatalf("%d units", len(alone))
			}
			compareDumps(t, "plan alone", fromFiles, model.Dump(alone[0].Scenarios[0].Model, false))
		})
	}
}

func dump(t *testing.T, dir string) string {
	t.Helper()
	r, err := files.NewReader(dir)
	if err != nil {
		t.Fatal(err)
	}
	units := Load(r, []string{dir}, Options{})
	if len(units) != 1 || len(units[0].Scenarios) != 1 {
		t.Fatalf("%d units", len(units))
	}
	for _, p := range units[0].Problems {
		t.Errorf("%s: %s", p.Span, p.Message)
	}
	return model.Dump(units[0].Scenarios[0].Model, false)
}

// compareDumps compares two dumps line by line, without what one of them does
// not know: absences, which a plan fills with the provider's defaults, and unknowns.
func compareDumps(t *testing.T, what, a, b string) {
	t.Helper()
	x, y := knownLines(a), knownLines(b)
	for key, line := range x {
		if other, ok := y[key]; ok && !agree(line, other) {
			t.Errorf("%s: %s\nfiles: %q\nplan:  %q", what, key, line, other)
		}
	}
}

// agree compares settings. Of a source_arn, a plan alone knows only how it begins.
func agree(files, plan []string) bool {
	if len(files) != len(plan) {
		return false
	}
	for i := range files {
		start, _, open := strings.Cut(plan[i], "${aws_lambda_permission.")
		if files[i] != plan[i] && !(open && strings.HasPrefix(files[i], start)) {
			return false
		}
	}
	return true
}

// knownLines returns the settings of a dump by the path to them.
func knownLines(dump string) map[string][]string {
	out := map[string][]string{}
	var path []string
	for _, line := range strings.Split(dump, "\n") {
		trimmed := strings.TrimLeft(line, " ")
		depth := (len(line) - len(trimmed)) / 2
		if trimmed == "" || strings.HasPrefix(trimmed, "absent:") || strings.HasPrefix(trimmed, "unknown:") {
			continue
		}
		key, value, _ := strings.Cut(trimmed, ": ")
		if depth > len(path) {
			depth = len(path)
		}
		path = append(path[:depth:depth], key)
		if value != "" {
			full := strings.Join(path, " / ")
			out[full] = append(out[full], value)
		}
	}
	return out
}
