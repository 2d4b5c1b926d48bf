package rules

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/apigwlint/apigwlint/lint"
	"github.com/apigwlint/apigwlint/parsers"
)

// TestIncidents runs the rules on retold incidents, each in a folder with the
// files bad/ and good/ and an expect.json, where the environment names them.
func TestIncidents(t *testing.T) {
	root := os.Getenv("APIGWLINT_INCIDENTS")
	if root == "" {
		t.Skip("APIGWLINT_INCIDENTS does not name a folder of incidents")
	}
	folders, err := filepath.Glob(filepath.Join(root, "*", "expect.json"))
	if err != nil || len(folders) == 0 {
		t.Fatalf("%s holds no incidents (%v)", root, err)
	}
	for _, name := range folders {
		var expect struct {
			Rules  []string `json:"rules"`
			Silent []string `json:"silent"`
			Bad    string   `json:"bad"`
			Good   string   `json:"good"`
			Doubt  string   `json:"doubt"`
			Format string   `json:"format"`
		}
		data, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		if err := json.Unmarshal(data, &expect); err != nil {
			t.Fatal(err)
		}
		folder := filepath.Dir(name)
		t.Run(filepath.Base(folder), func(t *testing.T) {
			ours := slices.ContainsFunc(All(), func(r *lint.Rule) bool { return slices.Contains(expect.Rules, r.Name) })
			if len(expect.Rules) > 0 && !ours {
				t.Skip("no rule for it yet")
			}
			if expect.Bad != "" {
				caught := false
				for _, f := range incident(filepath.Join(folder, expect.Bad)) {
					t.Logf("bad: %v: %v: %s [%s]", f.Span, f.Severity, f.Message, f.Rule.Name)
					caught = caught || slices.Contains(expect.Rules, f.Rule.Name)
				}
				if !caught && expect.Doubt == "" {
					t.Errorf("not caught by any of %v", expect.Rules)
				}
			}
			for _, f := range incident(filepath.Join(folder, expect.Good)) {
				// What is in doubt is worth a note on either side.
				doubtful := expect.Doubt != "" && f.Severity == lint.Note
				if expect.Bad == "" && f.Severity > lint.Note || !doubtful && slices.Contains(append(expect.Rules, expect.Silent...), f.Rule.Name) {
					t.Errorf("good: %v: %v: %s [%s]", f.Span, f.Severity, f.Message, f.Rule.Name)
				} else {
					t.Logf("good: %v: %v: %s [%s]", f.Span, f.Severity, f.Message, f.Rule.Name)
				}
			}
		})
	}
}

func incident(dir string) []lint.Finding {
	res := parsers.Load(parsers.Input{Paths: []string{dir}}, parsers.Options{})
	return lint.Run(res.Units, All(), lint.Options{}).Findings
}
