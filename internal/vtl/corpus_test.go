package vtl

import (
	"encoding/json"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"go.yaml.in/yaml/v4"
)

// templateKeys are the settings that hold mapping templates.
var templateKeys = []string{"requestTemplates", "RequestTemplates", "responseTemplates", "ResponseTemplates", "request_templates", "response_templates"}

// corpusTemplates collects the mapping templates of the files under the folder
// that the environment names.
func corpusTemplates(t testing.TB) []string {
	root := os.Getenv("APIGWLINT_CORPUS")
	if root == "" {
		t.Skip("APIGWLINT_CORPUS is not set: no real templates")
	}
	seen := map[string]bool{}
	for _, dir := range []string{"cfn", "sam", "openapi"} {
		err := filepath.WalkDir(filepath.Join(root, dir), func(path string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() {
				return err
			}
			data, err := os.ReadFile(path)
			if err != nil {
				return err
			}
			switch filepath.Ext(path) {
			case ".json":
				var v any
				if json.Unmarshal(data, &v) == nil {
					collectJSON(v, false, seen)
				}
			case ".yaml", ".yml", ".template":
				var n yaml.Node
				if yaml.Unmarshal(data, &n) == nil {
					collectYAML(&n, false, seen)
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	var out []string
	for s := range seen {
		out = append(out, s)
	}
	slices.Sort(out)
	return out
}

func collectJSON(v any, inside bool, seen map[string]bool) {
	switch v := v.(type) {
	case map[string]any:
		for k, x := range v {
			collectJSON(x, inside || slices.Contains(templateKeys, k), seen)
		}
	case []any:
		for _, x := range v {
			collectJSON(x, inside, seen)
		}
	case string:
		if inside {
			seen[v] = true
		}
	}
}

func collectYAML(n *yaml.Node, inside bool, seen map[string]bool) {
	switch n.Kind {
	case yaml.ScalarNode:
		if inside {
			seen[n.Value] = true
		}
	case yaml.MappingNode:
		for i := 0; i+1 < len(n.Content); i += 2 {
			collectYAML(n.Content[i+1], inside || slices.Contains(templateKeys, n.Content[i].Value), seen)
		}
	default:
		for _, c := range n.Content {
			collectYAML(c, inside, seen)
		}
	}
}

func TestRealTemplatesAgreeWithVelocity(t *testing.T) {
	templates := corpusTemplates(t)
	invalid := compare(t, templates)
	t.Logf("%d of %d templates are invalid", invalid, len(templates))
	if len(templates) < 100 {
		t.Error("the corpus has hardly any templates")
	}
}
