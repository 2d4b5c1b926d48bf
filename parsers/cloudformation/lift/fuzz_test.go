package lift_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/apigwlint/apigwlint/model"
	"github.com/apigwlint/apigwlint/parsers/cloudformation/internal/stack"
	"github.com/apigwlint/apigwlint/parsers/cloudformation/lift"
	"github.com/apigwlint/apigwlint/parsers/internal/tree"
	"github.com/apigwlint/apigwlint/source"
)

// FuzzLift lifts whatever resources have been evaluated to, twice: nothing may
// panic, and both models must be the same.
func FuzzLift(f *testing.F) {
	seeds, _ := filepath.Glob("testdata/*.yaml")
	for _, name := range seeds {
		data, err := os.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data)
	}
	f.Add([]byte(`{Resources: {A: {Type: "AWS::ApiGateway::Resource", Properties: {ParentId: "${A}", RestApiId: "${A}"}}}}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		doc, problems := tree.Parse(source.NewFile("f.yaml", data))
		if len(problems) > 0 || !doc.Get("Resources").Is(tree.Map) {
			t.Skip()
		}
		first := model.Dump(lift.Lift([]*stack.Stack{evaluated(t, "f.yaml", data)}), true)
		second := model.Dump(lift.Lift([]*stack.Stack{evaluated(t, "f.yaml", data)}), true)
		if first != second {
			t.Errorf("two models of one template:\n%s\nand\n%s", first, second)
		}
	})
}
