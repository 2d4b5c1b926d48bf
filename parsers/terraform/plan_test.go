package terraform

import (
	"os"
	"path/filepath"
	"testing"
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
			data, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			found, compared := compareWithPlan(t, dir, data)
			if compared == 0 {
				t.Error("the models have nothing in common")
			}
			for _, d := range found {
				t.Errorf("%s\n%s", d.setting, d.what)
			}
		})
	}
}
