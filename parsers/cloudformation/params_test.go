package cloudformation

import (
	"maps"
	"testing"

	"github.com/apigwlint/apigwlint/source"
)

func TestReadParameterFile(t *testing.T) {
	want := map[string]string{"Env": "prod", "Size": "3"}
	for name, text := range map[string]string{
		"list.json":      `[{"ParameterKey": "Env", "ParameterValue": "prod"}, {"ParameterKey": "Size", "ParameterValue": "3"}]`,
		"overrides.json": `["Env=prod", "Size=3"]`,
		"object.json":    `{"Parameters": {"Env": "prod", "Size": 3}, "Tags": {"a": "b"}}`,
		"plain.json":     `{"Env": "prod", "Size": "3"}`,
		"plain.yaml":     "Env: prod\nSize: 3\n",
	} {
		got, err := ReadParameterFile(source.NewFile(name, []byte(text)))
		if err != nil || !maps.Equal(got, want) {
			t.Errorf("%s: %v, %v", name, got, err)
		}
	}
	for name, text := range map[string]string{"a.json": `[1, 2`, "b.json": `[{"Key": "x"}]`, "c.json": `"x"`, "d.json": `{"A": {"b": "c"}}`, "e.json": ""} {
		if got, err := ReadParameterFile(source.NewFile(name, []byte(text))); err == nil {
			t.Errorf("%s is read as %v", name, got)
		}
	}
}

func TestSamconfig(t *testing.T) {
	for _, tt := range []struct {
		name, config, template string
		want                   map[string]string
	}{
		{"a string", "[default.deploy.parameters]\nparameter_overrides = \"Env=\\\"my prod\\\" Size='3' Empty=\\\"\\\"\"", "template.yaml", map[string]string{"Env": "my prod", "Size": "3", "Empty": ""}},
		{"a list", "[default.deploy.parameters]\nparameter_overrides = [\"Env=prod\", \"Size=3\"]", "template.yml", map[string]string{"Env": "prod", "Size": "3"}},
		{"the long form", "[default.deploy.parameters]\nparameter_overrides = \"ParameterKey=Env,ParameterValue=prod ParameterKey=Size,ParameterValue=3\"", "template.yaml", map[string]string{"Env": "prod", "Size": "3"}},
		{"global and deploy", "[default.global.parameters]\nparameter_overrides = \"Env=a Size=3\"\n[default.deploy.parameters]\nparameter_overrides = \"Env=prod\"", "template.yaml", map[string]string{"Env": "prod", "Size": "3"}},
		{"another environment", "[prod.deploy.parameters]\nparameter_overrides = \"Env=prod\"", "template.yaml", map[string]string{}},
		{"another template", "[default.deploy.parameters]\nparameter_overrides = \"Env=prod\"", "other.yaml", map[string]string{}},
		{"a named template", "[default.deploy.parameters]\ntemplate_file = \"other.yaml\"\nparameter_overrides = \"Env=prod\"", "other.yaml", map[string]string{"Env": "prod"}},
		{"a built template", "[default.deploy.parameters]\ntemplate_file = \".aws-sam/build/template.yaml\"\nparameter_overrides = \"Env=prod\"", "template.yaml", map[string]string{"Env": "prod"}},
		{"no TOML", "[default", "template.yaml", map[string]string{}},
		{"wrong types", "[default.deploy.parameters]\nparameter_overrides = 3", "template.yaml", map[string]string{}},
	} {
		if got := samconfig(source.NewFile("samconfig.toml", []byte(tt.config)), tt.template); !maps.Equal(got, tt.want) {
			t.Errorf("%s: %v, want %v", tt.name, got, tt.want)
		}
	}
}

func TestValuesOfParameters(t *testing.T) {
	const template = "Parameters: {Env: {Type: String, Default: dev}, Size: {Type: String}}\nResources: {Probe: {Type: AWS::Lambda::Function, Properties: {X: !Sub '${Env} ${Size}'}}}"
	const config = "[default.deploy.parameters]\nparameter_overrides = \"Env=prod Size=1\""
	s := first(t, Options{Parameters: map[string]string{"Size": "2"}}, "dir/template.yaml", template, "dir/samconfig.toml", config)
	x := s[0].Find("Probe").Properties.TextOf("X")
	if x.String() != "prod 2" || len(x.Assumes()) > 0 {
		t.Errorf("the values are %s, assuming %v", x, x.Assumes())
	}
}
