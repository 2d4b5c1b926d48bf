package cloudformation_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/apigwlint/apigwlint/model"
	"github.com/apigwlint/apigwlint/parsers/cloudformation"
	"github.com/apigwlint/apigwlint/parsers/internal/files"
)

// samDifferences are the pairs whose models differ from those of the
// translator's output, and why.
var samDifferences = map[string]string{
	"api_with_any_method_in_swagger":         "the authorizer names no function: the translator substitutes null, which CloudFormation refuses",
	"connector_hardcoded_props":              connectorPolicies,
	"embedded_connectors_hardcoded_props":    connectorPolicies,
	"state_machine_with_api_resource_policy": "the translator substitutes null for the stage in the policy, which CloudFormation refuses",
}

const connectorPolicies = "the policies that connectors give queues and topics are not spelt out: none of them lets API Gateway in"

// TestSAMPairs lifts SAM templates and what AWS's own translator made of them,
// and compares the models apart from places and from ids that are hashes.
func TestSAMPairs(t *testing.T) {
	corpus := os.Getenv("APIGWLINT_CORPUS")
	if corpus == "" {
		t.Skip("APIGWLINT_CORPUS names no corpus")
	}
	inputs, err := filepath.Glob(filepath.Join(corpus, "sam-pairs", "*.input.yaml"))
	if err != nil || len(inputs) == 0 {
		t.Fatalf("no pairs in %s: %v", corpus, err)
	}
	equal := 0
	for _, input := range inputs {
		name := strings.TrimSuffix(filepath.Base(input), ".input.yaml")
		diff := comparePair(t, input, strings.TrimSuffix(input, ".input.yaml")+".output.json")
		_, expected := samDifferences[name]
		switch {
		case diff == "":
			equal++
			if expected {
				t.Errorf("%s is equal now: take it off the list", name)
			}
		case !expected:
			t.Errorf("%s differs:\n%s", name, diff)
		}
	}
	t.Logf("%d of %d pairs lift to the same model", equal, len(inputs))
	if want := len(inputs) - len(samDifferences); equal < want {
		t.Errorf("%d pairs lift to the same model, and should be %d", equal, want)
	}
}

// TestSAMRefused loads templates that the translator refuses.
func TestSAMRefused(t *testing.T) {
	corpus := os.Getenv("APIGWLINT_CORPUS")
	if corpus == "" {
		t.Skip("APIGWLINT_CORPUS names no corpus")
	}
	inputs, err := filepath.Glob(filepath.Join(corpus, "sam-pairs", "errors", "*.yaml"))
	if err != nil || len(inputs) == 0 {
		t.Fatalf("no refused templates in %s: %v", corpus, err)
	}
	for _, input := range inputs {
		if units := loadData(t, map[string][]byte{"template.yaml": serverless(t, input)}); len(units) != 1 {
			t.Errorf("%s is %d units", input, len(units))
		}
	}
}

// serverless reads a SAM template and has it ask for the transform.
func serverless(t *testing.T, name string) []byte {
	t.Helper()
	data, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Contains(data, []byte("AWS::Serverless-2016-10-31")) {
		data = append([]byte("Transform: AWS::Serverless-2016-10-31\n"), data...)
	}
	return data
}

func loadData(t *testing.T, data map[string][]byte) []*model.Unit {
	t.Helper()
	r, err := files.NewReader()
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for name, d := range data {
		r.Add(name, d)
		names = append(names, name)
	}
	return cloudformation.Load(r, names, cloudformation.Options{})
}

func comparePair(t *testing.T, input, output string) string {
	t.Helper()
	data, err := os.ReadFile(output)
	if err != nil {
		t.Fatal(err)
	}
	in := loadData(t, map[string][]byte{"template.yaml": serverless(t, input)})
	out := loadData(t, map[string][]byte{"template.json": unsorted(t, data)})
	if len(in) != 1 || len(out) != 1 {
		return fmt.Sprintf("%d and %d units", len(in), len(out))
	}
	for _, s := range in[0].Scenarios {
		other := matching(s, out[0].Scenarios)
		if other == nil {
			return fmt.Sprintf("no scenario like %v", s.Conditions)
		}
		if diff := lineDiff(canonical(s.Model), canonical(other.Model)); diff != "" {
			return fmt.Sprintf("%v\n%s", s.Conditions, diff)
		}
	}
	return ""
}

// matching returns the scenario in which the conditions have the same values.
// The translator adds conditions of its own.
func matching(s model.Scenario, in []model.Scenario) *model.Scenario {
	for i, other := range in {
		agree := true
		for _, c := range s.Conditions {
			for _, d := range other.Conditions {
				agree = agree && (c.Name != d.Name || c.Met == d.Met)
			}
		}
		if agree {
			return &in[i]
		}
	}
	return nil
}

// unsorted restores what sorting the output for the translator's own tests
// broke: the order of the arguments of Fn::Sub and Fn::GetAtt.
func unsorted(t *testing.T, data []byte) []byte {
	t.Helper()
	var doc any
	d := json.NewDecoder(bytes.NewReader(data))
	d.UseNumber() // 1.0 stays 1.0
	if err := d.Decode(&doc); err != nil {
		t.Fatal(err)
	}
	var fix func(v any)
	fix = func(v any) {
		switch v := v.(type) {
		case map[string]any:
			if sub, ok := v["Fn::Sub"].([]any); ok && len(sub) == 2 {
				if _, isMap := sub[0].(map[string]any); isMap {
					sub[0], sub[1] = sub[1], sub[0]
				}
			}
			if att, ok := v["Fn::GetAtt"].([]any); ok && len(att) == 2 && att[0] == "Arn" {
				att[0], att[1] = att[1], att[0]
			}
			for _, e := range v {
				fix(e)
			}
		case []any:
			for _, e := range v {
				fix(e)
			}
		}
	}
	fix(doc)
	out, err := json.Marshal(doc)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// Hashes are not made the same way here, and the translator writes down the
// partition of the region in which it runs.
var (
	hashes    = regexp.MustCompile(`(Deployment|Version|DomainName|DomainNameV2)[0-9a-f]{10}`)
	partition = regexp.MustCompile(`\barn:aws:`)
	// What only a SAM template knows: which permissions are made, and from what.
	unlike = regexp.MustCompile(`(?m)^ *(Generated|Description|Events): .*\n`)
)

// canonical returns the lines of a model's dump, where the order of things does
// not matter.
func canonical(m *model.Model) []string {
	text := model.Dump(m, false)
	text = hashes.ReplaceAllString(text, "$1")
	text = partition.ReplaceAllString(text, "arn:${AWS::Partition}:")
	text = unlike.ReplaceAllString(text, "")
	return sortedBlocks(strings.Split(strings.TrimRight(text, "\n"), "\n"))
}

// sortedBlocks sorts the lines of an indented text, each with those below it.
func sortedBlocks(lines []string) []string {
	var blocks [][]string
	for _, line := range lines {
		if n := len(blocks); n > 0 && indent(line) > indent(blocks[n-1][0]) {
			blocks[n-1] = append(blocks[n-1], line)
		} else {
			blocks = append(blocks, []string{line})
		}
	}
	for i, b := range blocks {
		if len(b) > 1 {
			blocks[i] = append([]string{b[0]}, sortedBlocks(b[1:])...)
		}
	}
	slices.SortStableFunc(blocks, slices.Compare)
	return slices.Concat(blocks...)
}

func indent(line string) int { return len(line) - len(strings.TrimLeft(line, " ")) }

// lineDiff lists the lines that only one side has, under the lines above them.
func lineDiff(got, want []string) string {
	paths := func(lines []string) map[string]int {
		counts := map[string]int{}
		var above []string
		for _, line := range lines {
			for len(above) > 0 && indent(above[len(above)-1]) >= indent(line) {
				above = above[:len(above)-1]
			}
			above = append(above, line)
			path := make([]string, len(above))
			for i, a := range above {
				path[i] = strings.TrimSpace(a)
			}
			counts[strings.Join(path, " / ")]++
		}
		return counts
	}
	g, w := paths(got), paths(want)
	var out []string
	for line, n := range g {
		if n > w[line] {
			out = append(out, line+"   [ours]")
		}
	}
	for line, n := range w {
		if n > g[line] {
			out = append(out, line+"   [translator's]")
		}
	}
	slices.Sort(out)
	return strings.Join(out, "\n")
}
