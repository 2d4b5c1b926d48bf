package cloudformation

import (
	"fmt"
	"path"
	"slices"
	"strings"
	"testing"

	"github.com/apigwlint/apigwlint/parsers/internal/tree"
	"github.com/apigwlint/apigwlint/source"
	"github.com/apigwlint/apigwlint/value"
)

func plainRef(name string) value.Ref { return value.Ref{Kind: value.Parameter, Name: name} }

func TestRecognizes(t *testing.T) {
	for text, want := range map[string]bool{
		"AWSTemplateFormatVersion: 2010-09-09":        true,
		"Transform: AWS::Serverless-2016-10-31":       true,
		"Transform: [AWS::LanguageExtensions]":        true,
		"Resources: {A: {Type: AWS::S3::Bucket}}":     true,
		"Resources: {A: null, B: {Type: Custom::X}}":  true,
		"Resources: {A: {Type: Alexa::ASK::Skill}}":   true,
		"Resources: {A: {Type: Microsoft.Web/sites}}": false,
		"Resources: [a]":    false,
		"Transform: {a: b}": false,
		"openapi: 3.0.1":    false,
		"[]":                false,
		"x":                 false,
		"":                  false,
		"service: x\nresources: {Resources: {A: {Type: AWS::X}}}": false,
	} {
		root, _ := tree.Parse(source.NewFile("x.yaml", []byte(text)))
		if got := Recognizes(root); got != want {
			t.Errorf("%q is recognised: %v", text, got)
		}
	}
}

const childTemplate = `
AWSTemplateFormatVersion: 2010-09-09
Parameters:
  Role: {Type: String}
  Env: {Type: String, Default: dev}
  Size: {Type: String, Default: small}
Conditions:
  Prod: !Equals [!Ref Env, prod]
Resources:
  Fn: {Type: AWS::Lambda::Function, Properties: {Role: !Ref Role, X: !If [Prod, p, q], Size: !Ref Size, Name: !Ref AWS::StackName}}
Outputs:
  Arn: {Value: !GetAtt Fn.Arn}
  Env: {Value: !Sub "is-${Env}"}
`

func TestNestedStacks(t *testing.T) {
	const parent = `
Parameters: {Env: {Type: String, Default: dev}}
Resources:
  Role: {Type: AWS::IAM::Role}
  Child:
    Type: AWS::CloudFormation::Stack
    Properties: {TemplateURL: ./nested/child.yaml, Parameters: {Role: !GetAtt Role.Arn, Env: !Ref Env}}
  Fixed:
    Type: AWS::Serverless::Application
    Properties: {Location: nested/child.yaml, Parameters: {Role: r, Env: prod}}
  Probe:
    Type: AWS::Lambda::Function
    Properties:
      Arn: !GetAtt Child.Outputs.Arn
      Sub: !Sub "${Fixed.Outputs.Env}+${Child.Outputs.Env}"
      None: !GetAtt Child.Outputs.None
`
	list := units(t, Options{}, "dir/template.yaml", parent, "dir/nested/child.yaml", childTemplate)
	if len(list) != 1 || list[0].root.file.Name != "dir/template.yaml" {
		t.Fatalf("%d units", len(list))
	}
	u := list[0]
	if len(u.scenarios) != 2 {
		t.Fatalf("%d scenarios: %v", len(u.scenarios), conditions(u.scenarios))
	}
	stacks := u.evaluate(u.scenarios[0])
	if len(stacks) != 3 || stacks[0].Path != "" || stacks[1].Path != "Child/" || stacks[2].Path != "Fixed/" {
		t.Fatalf("%d stacks", len(stacks))
	}
	if stacks[0].Open {
		t.Error("a stack is open though all nested templates are there")
	}
	check := func(what, got, want string) {
		t.Helper()
		if got != want {
			t.Errorf("%s is %s, want %s", what, got, want)
		}
	}
	fn := stacks[1].Find("Child/Fn").Properties
	check("the role", show(fn.Get("Role")), "${Role.Arn}")
	check("the branch", show(fn.Get("X")), "q")
	check("the default that is not overridden", show(fn.Get("Size")), "small")
	if len(fn.TextOf("Size").Assumes()) != 0 {
		t.Error("a default that the parent leaves in force is no assumption")
	}
	if got := fn.TextOf("Name").Parts(); len(got) != 1 || got[0].Ref.Name != "Child/StackName" {
		t.Errorf("the name of the nested stack is %+v", got)
	}
	check("the fixed branch", show(stacks[2].Find("Fixed/Fn").Properties.Get("X")), "p")
	probe := stacks[0].Find("Probe").Properties
	check("an output", show(probe.Get("Arn")), "${Child/Fn.Arn}")
	check("outputs in Sub", show(probe.Get("Sub")), "is-prod+is-dev")
	check("an output that is not there", show(probe.Get("None")), "${Child.Outputs.None}")
	if refs := slices.Collect(probe.TextOf("Arn").Refs()); refs[0].Kind != value.Resource {
		t.Errorf("an output refers to %+v", refs)
	}
	other := u.evaluate(u.scenarios[1])
	check("the branch of the other scenario", show(other[1].Find("Child/Fn").Properties.Get("X")), "p"+"")
}

func TestNestingThatDoesNotEnd(t *testing.T) {
	const a = "Resources: {B: {Type: AWS::CloudFormation::Stack, Properties: {TemplateURL: b.yaml}}}"
	const b = "Resources: {A: {Type: AWS::CloudFormation::Stack, Properties: {TemplateURL: a.yaml, Parameters: {P: !GetAtt A.Outputs.O}}}}\nOutputs: {O: {Value: !GetAtt A.Outputs.O}}"
	list := units(t, Options{}, "a.yaml", a, "b.yaml", b)
	if len(list) != 1 {
		t.Fatalf("%d units", len(list))
	}
	stacks := list[0].evaluate(list[0].scenarios[0])
	if len(stacks) != 2 || stacks[0].Open || !stacks[1].Open {
		t.Errorf("%d stacks", len(stacks))
	}
	if p := list[0].problems; len(p) != 1 || !p[0].Minor || !strings.Contains(p[0].Message, "a.yaml deploys itself") {
		t.Errorf("problems %v", p)
	}
}

func TestMissingNestedTemplate(t *testing.T) {
	for _, location := range []string{"gone.yaml", "https://s3.amazonaws.com/b/k", "!Sub 'https://${AWS::Region}/x'", "../../../etc/passwd", "{ApplicationId: x}", "!Ref Nothing"} {
		s := first(t, Options{}, "template.yaml", "Resources: {N: {Type: AWS::Serverless::Application, Properties: {Location: "+location+"}}, F: {Type: AWS::Lambda::Function}}")
		if len(s) != 1 || !s[0].Open || len(s[0].Resources) != 2 {
			t.Errorf("a stack at %s: %+v", location, s)
		}
	}
}

func TestAssetOfTheCDK(t *testing.T) {
	s := first(t, Options{}, "cdk.out/Main.template.json", `{"Resources": {"N": {"Type": "AWS::CloudFormation::Stack",
		"Properties": {"TemplateURL": {"Fn::Join": ["", ["https://s3.", {"Ref": "AWS::URLSuffix"}]]}},
		"Metadata": {"aws:cdk:path": "Main/N", "aws:asset:path": "N.nested.template.json", "aws:asset:property": "TemplateURL"}}}}`,
		"cdk.out/N.nested.template.json", `{"Resources": {"F": {"Type": "AWS::Lambda::Function", "Metadata": {"aws:cdk:path": "Main/N/F/Resource"}}}}`)
	if len(s) != 2 || s[1].Find("N/F") == nil || s[0].Open {
		t.Fatalf("%d stacks", len(s))
	}
}

func TestConstructs(t *testing.T) {
	u := units(t, Options{}, "a.template.json", `{"Resources": {"F": {"Type": "AWS::Lambda::Function", "Metadata": {"aws:cdk:path": "Main/F/Resource"}}, "G": {"Type": "AWS::Lambda::Function"}}}`)[0]
	u.evaluate(u.scenarios[0])
	if len(u.cdk) != 1 {
		t.Fatalf("constructs: %v", u.cdk)
	}
	for span, name := range u.cdk {
		text := span.Text()
		if name != "Main/F/Resource" || !strings.HasPrefix(strings.Trim(text, `"`), "F") || !strings.HasSuffix(text, "}}") {
			t.Errorf("%s is at %q", name, text)
		}
	}
}

func TestExports(t *testing.T) {
	const network = `
Parameters: {Env: {Type: String, Default: dev}}
Resources: {Fn: {Type: AWS::Lambda::Function}}
Outputs:
  Arn: {Value: !GetAtt Fn.Arn, Export: {Name: fn-arn}}
  Name: {Value: literal, Export: {Name: !Sub "name-${AWS::Region}"}}
  Env: {Value: x, Export: {Name: !Sub "env-${Env}"}}
  Stack: {Value: x, Export: {Name: !Sub "${AWS::StackName}-x"}}
`
	const app = `
Resources:
  Probe:
    Type: AWS::Lambda::Function
    Properties:
      Arn: !ImportValue fn-arn
      Name: {"Fn::ImportValue": !Sub "name-${AWS::Region}"}
      Env: !ImportValue env-dev
      Stack: {"Fn::ImportValue": !Sub "${AWS::StackName}-x"}
      Gone: !ImportValue gone
`
	list := units(t, Options{}, "network.yaml", network, "app.yaml", app)
	u := list[1]
	props := u.evaluate(u.scenarios[0])[0].Find("Probe").Properties
	for name, want := range map[string]string{
		"Arn": "${network.yaml#Fn.Arn}", "Name": "literal", "Env": "x", "Stack": "${${AWS::StackName}-x}", "Gone": "${gone}",
	} {
		text := props.TextOf(name)
		if got := text.String(); got != want {
			t.Errorf("%s is %s, want %s", name, got, want)
		}
		for ref := range text.Refs() {
			if ref.Kind != value.Import {
				t.Errorf("%s refers to %+v", name, ref)
			}
		}
	}
	if a := props.TextOf("Env").Assumes(); len(a) != 1 {
		t.Errorf("an import through a default assumes %v", a)
	}
	twice := units(t, Options{}, "network.yaml", network, "other/network.yaml", network, "app.yaml", app)
	if got := show(twice[2].evaluate(twice[2].scenarios[0])[0].Find("Probe").Properties.Get("Name")); got == "literal" {
		t.Error("an export that two templates make is taken from one of them")
	}
}

func TestIncludes(t *testing.T) {
	content := []string{
		"dir/template.yaml", `
Transform: AWS::Serverless-2016-10-31
Resources:
  Fn: {Type: AWS::Lambda::Function}
  Probe:
    Type: AWS::Serverless::Api
    Properties:
      Body:
        Fn::Transform: {Name: AWS::Include, Parameters: {Location: ./spec/api.yaml}}
        paths: {/never: {}}
        info: kept
      Short: !Transform {Name: AWS::Include, Parameters: {Location: spec/api.yaml}}
      Loop: {"Fn::Transform": {Name: AWS::Include, Parameters: {Location: spec/loop.yaml}}}
      Gone: {"Fn::Transform": {Name: AWS::Include, Parameters: {Location: spec/gone.yaml}}}
  Fn::Transform: {Name: AWS::Include, Parameters: {Location: more.yaml}}
`,
		"dir/spec/api.yaml", "paths: {/x: {uri: !Sub '${Fn.Arn}/y'}}\n",
		"dir/spec/loop.yaml", "Fn::Transform: {Name: AWS::Include, Parameters: {Location: loop.yaml}}\n",
		"dir/more.yaml", "More: {Type: AWS::Lambda::Function}\n",
	}
	u := units(t, Options{}, content...)[0]
	s := u.evaluate(u.scenarios[0])[0]
	props := s.Find("Probe").Properties
	for name, want := range map[string]string{
		"Body": "{paths: {/x: {uri: ${Fn.Arn}/y}}, info: kept}", "Short": "{paths: {/x: {uri: ${Fn.Arn}/y}}}", "Loop": "{…}", "Gone": "{…}",
	} {
		if got := show(props.Get(name)); got != want {
			t.Errorf("%s is %s, want %s", name, got, want)
		}
	}
	uri := props.Get("Body", "paths", "/x").TextOf("uri")
	if at := uri.Parts()[0].Span; at.File.Name != "dir/spec/api.yaml" || at.Text() != "${Fn.Arn}" {
		t.Errorf("the included reference is at %v: %q", at, at.Text())
	}
	if s.Find("More") == nil || s.Open {
		t.Error("the included resource is missing")
	}
	var names []string
	for _, f := range u.files {
		names = append(names, path.Base(f.Name))
	}
	slices.Sort(names)
	if got := strings.Join(names, " "); got != "api.yaml loop.yaml more.yaml template.yaml" {
		t.Errorf("the files of the unit are %s", got)
	}
	if len(u.problems) != 1 || !strings.Contains(u.problems[0].Message, "includes itself") {
		t.Errorf("problems: %v", u.problems)
	}
}

func TestMacros(t *testing.T) {
	for transform, open := range map[string]bool{
		"AWS::Serverless-2016-10-31": false, "[AWS::Serverless-2016-10-31, Mine]": true, "AWS::LanguageExtensions": false,
		"{Name: AWS::Include, Parameters: {Location: s3://b/k}}": true, "!Ref X": true,
	} {
		s := first(t, Options{}, "template.yaml", "AWSTemplateFormatVersion: 2010-09-09\nTransform: "+transform+"\nResources: {F: {Type: AWS::Lambda::Function}}")[0]
		if s.Open != open || len(s.Resources) != 1 {
			t.Errorf("with %s the stack is open: %v, and has %d resources", transform, s.Open, len(s.Resources))
		}
	}
}

func TestLoopOverResources(t *testing.T) {
	s := first(t, Options{}, "template.yaml", `
Transform: AWS::LanguageExtensions
Resources:
  Fn::ForEach::Fns:
    - Name
    - [Get, Put]
    - Fn${Name}:
        Type: AWS::Lambda::Function
        DependsOn: [Base]
        Properties: {FunctionName: !Ref Name, Other: !GetAtt ["Fn${Name}", Arn], Sub: !Sub "${Fn${Name}.Arn}"}
  Base: {Type: AWS::S3::Bucket}
`)[0]
	if len(s.Resources) != 3 || s.Open {
		t.Fatalf("%d resources", len(s.Resources))
	}
	p := s.Find("FnPut").Properties
	if got := show(p.Get("FunctionName")) + " " + show(p.Get("Other")); got != "Put ${FnPut.Arn}" {
		t.Errorf("the properties are %s", got)
	}
	if got := s.Find("FnGet").DependsOn; !slices.Equal(got, []string{"Base"}) {
		t.Errorf("it depends on %v", got)
	}
}

// TestPartsOfTemplates has templates that refer to what another file brings
// when they are put together.
func TestPartsOfTemplates(t *testing.T) {
	const head = "Transform: AWS::Serverless-2016-10-31\nParameters: {P: {Type: String}}\nResources:\n  Fn: {Type: AWS::Serverless::Function}\n  Probe: {Type: Custom::P, Properties: {X: "
	for x, open := range map[string]bool{
		"!Ref Elsewhere": true, "!GetAtt Elsewhere.Arn": true, "!Sub '${Elsewhere}'": true,
		"!Ref P": false, "!Ref Fn": false, "!Sub '${stageVariables.x}'": false, "!Sub '${!Elsewhere}'": false, "!Ref FnEvent": false, "!Ref Fn.Alias": false,
		"!Ref ServerlessDeploymentApplication": false, "!ImportValue Elsewhere": false, "!Ref AWS::Other": false,
	} {
		if got := first(t, Options{}, "template.yaml", head+x+"}}\n")[0].Open; got != open {
			t.Errorf("with %s the stack is open: %v", x, got)
		}
	}
}

// TestWrongTypes evaluates what no service would accept.
func TestWrongTypes(t *testing.T) {
	const head = "AWSTemplateFormatVersion: 2010-09-09\n"
	for _, text := range []string{
		"Resources:", "Resources: null", "Resources: []", "Resources: x", "Resources: !Ref x", "Resources: {A: null}", "Resources: {A: []}",
		"Resources: {A: {Type: [x]}}", "Resources: {A: {Type: AWS::X, Properties: []}}", "Resources: {A: {Type: AWS::X, Properties: !If [a, b, c]}}",
		"Resources: {A: {Type: AWS::X, Condition: [x]}}", "Resources: {A: {Type: AWS::X, DependsOn: {a: b}}}", "Resources: {A: !Sub x}",
		"Parameters: []", "Parameters: {P: null}", "Parameters: {P: {Type: [x], Default: {a: b}, AllowedValues: x}}", "Conditions: x", "Conditions: {A: null}",
		"Mappings: {A: [x]}", "Mappings: []", "Outputs: [x]", "Outputs: {A: x}", "Outputs: {A: {Export: x}}", "Transform: [[x]]", "Transform: {Name: [x]}", "Globals: x",
	} {
		const probe = "\nResources: {P: {Type: Custom::P, Properties: {A: !Ref P, B: !FindInMap [A, B, C], C: !If [A, b, c]}}}"
		for _, more := range []string{"", probe} {
			if more != "" && strings.HasPrefix(text, "Resources") {
				continue
			}
			u := units(t, Options{}, "template.yaml", head+text+more)[0]
			for _, a := range u.scenarios {
				u.evaluate(a)
			}
			if len(u.problems) > 0 {
				t.Errorf("%s: %v", text, u.problems)
			}
		}
	}
}

func TestGrowthIsBounded(t *testing.T) {
	var b strings.Builder
	b.WriteString("Transform: AWS::LanguageExtensions\nResources:\n  P:\n    Type: Custom::P\n    Properties:\n      X: ")
	for range 40 {
		b.WriteString("!Sub ['${a}${a}', {a: ")
	}
	b.WriteString("xxxxxxxx")
	b.WriteString(strings.Repeat("}]", 40) + "\n")
	for i := range 8 {
		fmt.Fprintf(&b, "%s  Fn::ForEach::L%d: [V%d, [a, b, c, d, e, f, g, h], {", strings.Repeat("", i), i, i)
		for j := range 9 {
			fmt.Fprintf(&b, "'Fn::ForEach::I%d': [W%d, [a, b, c, d, e, f, g, h], {", j, j)
		}
		b.WriteString("'K${W0}${W1}${W2}${W3}${W4}${W5}${W6}${W7}${W8}': {Type: AWS::Lambda::Function}")
		b.WriteString(strings.Repeat("}]", 9) + "}]\n")
	}
	u := units(t, Options{}, "template.yaml", b.String())[0]
	s := u.evaluate(u.scenarios[0])[0]
	if !s.Open || len(u.problems) == 0 {
		t.Errorf("open: %v, problems: %v", s.Open, u.problems)
	}
}

func TestLoad(t *testing.T) {
	r, names := reader(t, "template.yaml", "Resources: {Fn: {Type: AWS::Lambda::Function}}", "other.yaml", "a: b", "broken.yaml", "Resources: {", "empty.yaml", "")
	list := Load(r, names, Options{})
	if len(list) != 2 || list[0].Name != "template.yaml" || list[1].Name != "broken.yaml" {
		t.Fatalf("%d units", len(list))
	}
	if len(list[0].Scenarios) != 1 || list[0].Scenarios[0].Model == nil || list[0].Scenarios[0].Conditions != nil || len(list[0].Files) != 1 {
		t.Errorf("the unit is %+v", list[0])
	}
	if len(list[1].Problems) == 0 || len(list[1].Scenarios) != 0 {
		t.Errorf("the unit that cannot be read is %+v", list[1])
	}
}

// TestParallelPanics requires that the caller can recover from a panic at one of several.
func TestParallelPanics(t *testing.T) {
	done := make([]bool, 8)
	defer func() {
		if e := fmt.Sprint(recover()); !strings.HasPrefix(e, "a bug\n") {
			t.Errorf("recovered %q", e)
		}
		for i, d := range done {
			if !d && i != 3 {
				t.Errorf("%d is not done", i)
			}
		}
	}()
	parallel(len(done), func(i int) {
		if i == 3 {
			panic("a bug")
		}
		done[i] = true
	})
}
