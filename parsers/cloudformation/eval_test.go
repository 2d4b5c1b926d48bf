package cloudformation

import (
	"fmt"
	"path"
	"slices"
	"strings"
	"testing"

	"github.com/apigwlint/apigwlint/parsers/cloudformation/internal/stack"
	"github.com/apigwlint/apigwlint/parsers/internal/files"
	"github.com/apigwlint/apigwlint/parsers/internal/tree"
	"github.com/apigwlint/apigwlint/source"
	"github.com/apigwlint/apigwlint/tri"
	"github.com/apigwlint/apigwlint/value"
)

// reader holds files that are given as name and content in turn.
func reader(tb testing.TB, content ...string) (*files.Reader, []string) {
	tb.Helper()
	r, err := files.NewReader()
	if err != nil {
		tb.Fatal(err)
	}
	var names []string
	for i := 0; i < len(content); i += 2 {
		r.Add(content[i], []byte(content[i+1]))
		if path.Ext(content[i]) != ".toml" {
			names = append(names, content[i])
		}
	}
	return r, names
}

// units opens the files and decides their conditions.
func units(tb testing.TB, opts Options, content ...string) []*unit {
	tb.Helper()
	r, names := reader(tb, content...)
	list, broken := open(r, names, opts)
	for _, b := range broken {
		tb.Fatalf("%s: %v", b.Name, b.Problems)
	}
	for _, u := range list {
		u.scenarios = u.assignments()
	}
	all := collectExports(list)
	for _, u := range list {
		u.exports = all
	}
	return list
}

// first evaluates the only unit in its first scenario, which is that of the defaults.
func first(tb testing.TB, opts Options, content ...string) []*stack.Stack {
	tb.Helper()
	list := units(tb, opts, content...)
	if len(list) != 1 {
		tb.Fatalf("%d units", len(list))
	}
	return list[0].evaluate(list[0].scenarios[0])
}

// show writes a node down: unknown values as ?, open maps and lists with "…".
func show(n *tree.Node) string {
	var parts []string
	switch {
	case n == nil:
		return "nothing"
	case n.Kind == tree.Null:
		return "null"
	case n.Kind == tree.Scalar && n.Value.Present() == tri.Yes:
		return n.Value.String()
	case n.Kind == tree.Unknown && n.Value.Present() == tri.Yes:
		return "?" + n.Value.String()
	case n.Kind == tree.List:
		for _, item := range n.Items {
			parts = append(parts, show(item))
		}
		if n.Open {
			parts = append(parts, "…")
		}
		return "[" + strings.Join(parts, ", ") + "]"
	case n.Kind == tree.Map:
		for _, e := range n.Entries {
			parts = append(parts, e.Key+": "+show(e.Value))
		}
		if n.Open {
			parts = append(parts, "…")
		}
		return "{" + strings.Join(parts, ", ") + "}"
	}
	return "?"
}

const preamble = `
Transform: [AWS::Serverless-2016-10-31, AWS::LanguageExtensions]
Parameters:
  Plain: {Type: String}
  Stage: {Type: String, Default: dev}
  Only: {Type: String, AllowedValues: [one]}
  Small: {Type: Number, Default: 3}
  Names: {Type: CommaDelimitedList, Default: "a, b"}
  Ids: {Type: "List<AWS::EC2::Subnet::Id>"}
  Stored: {Type: "AWS::SSM::Parameter::Value<String>", Default: /path}
  Secret: {Type: String, NoEcho: true, Default: x}
  Given: {Type: String, Default: unused}
Mappings:
  Sizes:
    dev: {Memory: 128, Same: s, Zones: [x, y]}
    prod: {Memory: 512, Same: s, Zones: [z]}
Resources:
  Fn: {Type: AWS::Lambda::Function}
  Api: {Type: AWS::Serverless::Api, Properties: {StageName: live}}
  Serverless: {Type: AWS::Serverless::Function}
  Bucket: {Type: AWS::S3::Bucket}
`

var intrinsicTests = []struct{ name, yaml, json, want string }{
	{"Ref of a resource", `!Ref Fn`, `{"Ref": "Fn"}`, "${Fn}"},
	{"Ref of a pseudo parameter", `!Ref AWS::Region`, `{"Ref": "AWS::Region"}`, "${AWS::Region}"},
	{"Ref of a parameter", `!Ref Plain`, `{"Ref": "Plain"}`, "${Plain}"},
	{"Ref of a default", `!Ref Stage`, `{"Ref": "Stage"}`, "dev"},
	{"Ref of a single allowed value", `!Ref Only`, `{"Ref": "Only"}`, "one"},
	{"Ref of a number", `!Ref Small`, `{"Ref": "Small"}`, "3"},
	{"Ref of a list", `!Ref Names`, `{"Ref": "Names"}`, "[a, b]"},
	{"Ref of a list without value", `!Ref Ids`, `{"Ref": "Ids"}`, "?${Ids}"},
	{"Ref of a stored parameter", `!Ref Stored`, `{"Ref": "Stored"}`, "${Stored}"},
	{"Ref of a secret", `!Ref Secret`, `{"Ref": "Secret"}`, "${Secret}"},
	{"Ref of a given value", `!Ref Given`, `{"Ref": "Given"}`, "given"},
	{"Ref of nothing", `!Ref Missing`, `{"Ref": "Missing"}`, "${Missing}"},
	{"Ref of an alias of SAM", `!Ref Serverless.Alias`, `{"Ref": "Serverless.Alias"}`, "${Serverless.Alias}"},
	{"GetAtt", `!GetAtt Fn.Arn`, `{"Fn::GetAtt": ["Fn", "Arn"]}`, "${Fn.Arn}"},
	{"GetAtt as list and string", `!GetAtt [Fn, Arn]`, `{"Fn::GetAtt": "Fn.Arn"}`, "${Fn.Arn}"},
	{"GetAtt with two dots", `!GetAtt Bucket.A.B`, `{"Fn::GetAtt": ["Bucket", "A.B"]}`, "${Bucket.A.B}"},
	{"GetAtt with a computed attribute", `!GetAtt [Bucket, !Ref Stage]`, `{"Fn::GetAtt": ["Bucket", {"Ref": "Stage"}]}`, "${Bucket.dev}"},
	{"Sub", `!Sub "arn:${AWS::Partition}:${Fn.Arn}/${Stage}"`, `{"Fn::Sub": "arn:${AWS::Partition}:${Fn.Arn}/${Stage}"}`, "arn:${AWS::Partition}:${Fn.Arn}/dev"},
	{"Sub with blanks", `!Sub "${ Fn } ${AWS::Region }"`, `{"Fn::Sub": "${ Fn } ${AWS::Region }"}`, "${Fn} ${AWS::Region}"},
	{"Sub with an escape", `!Sub "${!stageVariables.fn}/${Fn}"`, `{"Fn::Sub": "${!stageVariables.fn}/${Fn}"}`, "${stageVariables.fn}/${Fn}"},
	{"Sub without end", `!Sub "a${b"`, `{"Fn::Sub": "a${b"}`, "a${b"},
	{"Sub with variables", `!Sub ["${x}-${Stage}-${y}", {x: !GetAtt Fn.Arn, y: lit}]`, `{"Fn::Sub": ["${x}-${Stage}-${y}", {"x": {"Fn::GetAtt": ["Fn", "Arn"]}, "y": "lit"}]}`, "${Fn.Arn}-dev-lit"},
	{"Sub of SAM", `!Sub "${Serverless.Alias}"`, `{"Fn::Sub": "${Serverless.Alias}"}`, "${Serverless.Alias}"},
	{"Sub of a wrong type", `!Sub {a: b}`, `{"Fn::Sub": {"a": "b"}}`, "?${Sub({a: b})}"},
	{"Join", `!Join [":", [a, !Ref Fn, !Ref "AWS::NoValue", !Ref Stage]]`, `{"Fn::Join": [":", ["a", {"Ref": "Fn"}, {"Ref": "AWS::NoValue"}, {"Ref": "Stage"}]]}`, "a:${Fn}:dev"},
	{"Join of a list parameter", `!Join ["+", !Ref Names]`, `{"Fn::Join": ["+", {"Ref": "Names"}]}`, "a+b"},
	{"Join of an unknown list", `!Join ["+", !Ref Ids]`, `{"Fn::Join": ["+", {"Ref": "Ids"}]}`, "?${Join(+, Ids)}"},
	{"Select", `!Select [1, [a, !Ref Fn]]`, `{"Fn::Select": ["1", ["a", {"Ref": "Fn"}]]}`, "${Fn}"},
	{"Select past the end", `!Select [7, [a]]`, `{"Fn::Select": [7, ["a"]]}`, "?${Select(7, [a])}"},
	{"Split", `!Split ["/", "a/${x}/b"]`, `{"Fn::Split": ["/", "a/${x}/b"]}`, "[a, ${x}, b]"},
	{"Split with a hole of one segment", `!Split ["/", !Sub "a/${Fn}b/c"]`, `{"Fn::Split": ["/", {"Fn::Sub": "a/${Fn}b/c"}]}`, "[a, ${Fn}b, c]"},
	{"Split with a hole of any length", `!Split [":", !Sub "a:${Fn.Arn}:c"]`, `{"Fn::Split": [":", {"Fn::Sub": "a:${Fn.Arn}:c"}]}`, "[a, ${Fn.Arn split at :}, c, …]"},
	{"Split of an ARN", `!Split [":", !GetAtt Fn.Arn]`, `{"Fn::Split": [":", {"Fn::GetAtt": ["Fn", "Arn"]}]}`, "[arn, ${AWS::Partition}, lambda, ${AWS::Region}, ${AWS::AccountId}, function, ${Fn}]"},
	{"the region of an ARN", `!Select [3, !Split [":", !GetAtt Serverless.Arn]]`, `{"Fn::Select": [3, {"Fn::Split": [":", {"Fn::GetAtt": ["Serverless", "Arn"]}]}]}`, "${AWS::Region}"},
	{"Select before a hole", `!Select [0, !Split [":", !Sub "a:${Fn.Arn}:c"]]`, `{"Fn::Select": [0, {"Fn::Split": [":", {"Fn::Sub": "a:${Fn.Arn}:c"}]}]}`, "a"},
	{"Select after a hole", `!Select [2, !Split [":", !Sub "a:${Fn.Arn}:c"]]`, `{"Fn::Select": [2, {"Fn::Split": [":", {"Fn::Sub": "a:${Fn.Arn}:c"}]}]}`, "?${Select(2, Split(:, Sub(a:${Fn.Arn}:c)))}"},
	{"FindInMap", `!FindInMap [Sizes, !Ref Stage, Memory]`, `{"Fn::FindInMap": ["Sizes", {"Ref": "Stage"}, "Memory"]}`, "128"},
	{"FindInMap of a list", `!FindInMap [Sizes, dev, Zones]`, `{"Fn::FindInMap": ["Sizes", "dev", "Zones"]}`, "[x, y]"},
	{"FindInMap that says the same everywhere", `!FindInMap [Sizes, !Ref Plain, Same]`, `{"Fn::FindInMap": ["Sizes", {"Ref": "Plain"}, "Same"]}`, "s"},
	{"FindInMap of an unknown key", `!FindInMap [Sizes, !Ref Plain, Memory]`, `{"Fn::FindInMap": ["Sizes", {"Ref": "Plain"}, "Memory"]}`, "?${FindInMap(Sizes, Plain, Memory)}"},
	{"FindInMap with a default", `!FindInMap [Sizes, test, Memory, {DefaultValue: 64}]`, `{"Fn::FindInMap": ["Sizes", "test", "Memory", {"DefaultValue": 64}]}`, "64"},
	{"FindInMap of nothing", `!FindInMap [Sizes, test, Memory]`, `{"Fn::FindInMap": ["Sizes", "test", "Memory"]}`, "?${FindInMap(Sizes, test, Memory)}"},
	{"ImportValue", `!ImportValue other-arn`, `{"Fn::ImportValue": "other-arn"}`, "${other-arn}"},
	{"ImportValue of a computed name", `Fn::ImportValue: !Sub "${AWS::StackName}-arn"`, `{"Fn::ImportValue": {"Fn::Sub": "${AWS::StackName}-arn"}}`, "${${AWS::StackName}-arn}"},
	{"Base64", `!Base64 abc`, `{"Fn::Base64": "abc"}`, "YWJj"},
	{"Base64 of a hole", `Fn::Base64: !Ref Fn`, `{"Fn::Base64": {"Ref": "Fn"}}`, "?${Base64(Fn)}"},
	{"Cidr", `!Select [0, !Cidr [10.0.0.0/16, 2, 8]]`, `{"Fn::Select": [0, {"Fn::Cidr": ["10.0.0.0/16", 2, 8]}]}`, "${Cidr(10.0.0.0/16, 2, 8)[0]}"},
	{"GetAZs", `!Select [0, !GetAZs ""]`, `{"Fn::Select": [0, {"Fn::GetAZs": ""}]}`, "?${Select(0, GetAZs())}"},
	{"Length", `Fn::Length: [a, b, c]`, `{"Fn::Length": ["a", "b", "c"]}`, "3"},
	{"Length of a parameter", `Fn::Length: !Ref Names`, `{"Fn::Length": {"Ref": "Names"}}`, "2"},
	{"Length of an unknown list", `Fn::Length: !Ref Ids`, `{"Fn::Length": {"Ref": "Ids"}}`, "?${Length(Ids)}"},
	{"ToJsonString", `Fn::ToJsonString: {a: !Ref Fn, b: [1, true, "x\"y"], c: !Ref AWS::NoValue}`, `{"Fn::ToJsonString": {"a": {"Ref": "Fn"}, "b": [1, true, "x\"y"], "c": {"Ref": "AWS::NoValue"}}}`, `{"a":"${Fn}","b":[1,true,"x\"y"]}`},
	{"no value", `{a: !Ref AWS::NoValue, b: c}`, `{"a": {"Ref": "AWS::NoValue"}, "b": "c"}`, "{b: c}"},
	{"no value in a list", `[a, !Ref AWS::NoValue]`, `["a", {"Ref": "AWS::NoValue"}]`, "[a]"},
	{"dynamic reference", `"x{{resolve:ssm:/a/b:1}}y"`, `"x{{resolve:ssm:/a/b:1}}y"`, "x${resolve:ssm:/a/b:1}y"},
	{"dynamic reference in Sub", `!Sub "{{resolve:secretsmanager:${Stage}}}"`, `{"Fn::Sub": "{{resolve:secretsmanager:${Stage}}}"}`, "${resolve:secretsmanager:dev}"},
	{"a member named Ref", `{Ref: a, x: b}`, `{"Ref": "a", "x": "b"}`, "{Ref: a, x: b}"},
	{"a member named Condition", `{Condition: a}`, `{"Condition": "a"}`, "{Condition: a}"},
	{"an unknown function", `!Frobnicate x`, `{"Fn::Frobnicate": "x"}`, "?${Frobnicate(x)}"},
	{"a function beside members", `{"Fn::Sub": x, a: b}`, `{"Fn::Sub": "x", "a": "b"}`, "{a: b, …}"},
	{"an unknown macro", `{"Fn::Transform": {Name: Mine}, a: b}`, `{"Fn::Transform": {"Name": "Mine"}, "a": "b"}`, "{…}"},
	{"a macro alone", `!Transform {Name: Mine}`, `{"Fn::Transform": {"Name": "Mine"}}`, "?"},
	{"a remote include alone", `!Transform {Name: AWS::Include, Parameters: {Location: "s3://b/k"}}`, `{"Fn::Transform": {"Name": "AWS::Include", "Parameters": {"Location": "s3://b/k"}}}`, "{…}"},
	{"a remote include beside members", `{"Fn::Transform": {Name: AWS::Include, Parameters: {Location: "s3://b/k"}}, paths: {}}`, `{"Fn::Transform": {"Name": "AWS::Include", "Parameters": {"Location": "s3://b/k"}}, "paths": {}}`, "{…}"},
	{"ForEach", `{"Fn::ForEach::L": [X, [a, b-c], {"Key${X}": {v: !Ref X, s: !Sub "${X}/${Stage}", w: "${X}"}, "And&{X}": x}]}`,
		`{"Fn::ForEach::L": ["X", ["a", "b-c"], {"Key${X}": {"v": {"Ref": "X"}, "s": {"Fn::Sub": "${X}/${Stage}"}, "w": "${X}"}, "And&{X}": "x"}]}`,
		"{Keya: {v: a, s: a/dev, w: a}, Anda: x, Keyb-c: {v: b-c, s: b-c/dev, w: b-c}, Andbc: x}"},
	{"ForEach in ForEach", `{"Fn::ForEach::L": [X, [a, b], {"Fn::ForEach::M": [Y, [c], {"${X}${Y}": "${X}-${Y}"}]}]}`,
		`{"Fn::ForEach::L": ["X", ["a", "b"], {"Fn::ForEach::M": ["Y", ["c"], {"${X}${Y}": "${X}-${Y}"}]}]}`, "{ac: a-c, bc: b-c}"},
	{"ForEach over an unknown list", `{a: b, "Fn::ForEach::L": [X, !Ref Ids, {"Key${X}": x}]}`, `{"a": "b", "Fn::ForEach::L": ["X", {"Ref": "Ids"}, {"Key${X}": "x"}]}`, "{a: b, …}"},
	{"ForEach over a default", `{"Fn::ForEach::L": [X, !Ref Names, {"Key${X}": x}]}`, `{"Fn::ForEach::L": ["X", {"Ref": "Names"}, {"Key${X}": "x"}]}`, "{Keya: x, Keyb: x, …}"},
	{"ForEach of a wrong shape", `{"Fn::ForEach::L": x}`, `{"Fn::ForEach::L": "x"}`, "{…}"},
	{"null", `{a: null}`, `{"a": null}`, "{a: null}"},
	{"GetAtt of nothing", `!GetAtt Fn`, `{"Fn::GetAtt": "Fn"}`, "?${Fn}"},
	{"If of a wrong shape", `!If [a]`, `{"Fn::If": ["a"]}`, "?${If(a)}"},
}

func TestIntrinsics(t *testing.T) {
	opts := Options{Parameters: map[string]string{"Given": "given"}}
	for _, tt := range intrinsicTests {
		expression := tt.yaml
		if !strings.HasPrefix(expression, "Fn::") {
			expression = " " + expression
		} else {
			expression = "\n        " + expression
		}
		yaml := preamble + "  Probe:\n    Type: Custom::Probe\n    Properties:\n      X:" + expression + "\n"
		json := twin(t, preamble, `"Probe": {"Type": "Custom::Probe", "Properties": {"X": `+tt.json+`}}`)
		for form, text := range map[string]string{"template.yaml": yaml, "template.json": json} {
			s := first(t, opts, form, text)
			got := "no resource"
			if probe := s[0].Find("Probe"); probe != nil {
				e := probe.Properties.Entry("X")
				if e != nil {
					got = show(e.Value)
				} else {
					got = "no member"
				}
			}
			if got != tt.want {
				t.Errorf("%s in %s: %s, want %s", tt.name, form, got, tt.want)
			}
		}
	}
}

// twin writes a YAML template in JSON and adds a member to its resources.
func twin(tb testing.TB, yaml, resource string) string {
	tb.Helper()
	root, problems := tree.Parse(source.NewFile("template.yaml", []byte(yaml)))
	if len(problems) > 0 {
		tb.Fatal(problems)
	}
	text := toJSON(root)
	const end = "}}"
	if !strings.HasSuffix(text, end) {
		tb.Fatalf("the resources are not the end of %s", text)
	}
	return strings.TrimSuffix(text, end) + ", " + resource + end
}

func toJSON(n *tree.Node) string {
	var parts []string
	switch n.Kind {
	case tree.Map:
		for _, e := range n.Entries {
			parts = append(parts, fmt.Sprintf("%q: %s", e.Key, toJSON(e.Value)))
		}
		return "{" + strings.Join(parts, ", ") + "}"
	case tree.List:
		for _, item := range n.Items {
			parts = append(parts, toJSON(item))
		}
		return "[" + strings.Join(parts, ", ") + "]"
	case tree.Null:
		return "null"
	}
	if n.Type != tree.String {
		return n.Value.String()
	}
	return fmt.Sprintf("%q", n.Value.String())
}

func TestReferencesAreTyped(t *testing.T) {
	s := first(t, Options{}, "template.yaml", preamble+`
  Probe:
    Type: Custom::Probe
    Properties:
      - !Ref Fn
`)
	if p := s[0].Find("Probe").Properties; !p.Is(tree.Map) || !p.Open || len(p.Entries) > 0 {
		t.Errorf("properties of a wrong type are %s", show(p))
	}
	for expression, want := range map[string]value.Ref{
		"!Ref Fn":                stack.Ref("Fn", "AWS::Lambda::Function", ""),
		"!GetAtt Fn.Arn":         stack.Ref("Fn", "AWS::Lambda::Function", "Arn"),
		"!Ref ServerlessRestApi": stack.Ref("ServerlessRestApi", "AWS::ApiGateway::RestApi", ""),
		"!GetAtt ServerlessRestApi.RootResourceId": stack.Ref("ServerlessRestApi", "AWS::ApiGateway::RestApi", "RootResourceId"),
		"!Ref ServerlessHttpApi":                   stack.Ref("ServerlessHttpApi", "AWS::ApiGatewayV2::Api", ""),
		"!Ref ServerlessRestApiProdStage":          stack.Ref("ServerlessRestApiProdStage", "AWS::ApiGateway::Stage", ""),
		"!Ref ServerlessRestApi.Stage":             stack.Ref("ServerlessRestApi.Stage", "AWS::ApiGateway::Stage", ""),
		"!Ref ServerlessHttpApi.Stage":             stack.Ref("ServerlessHttpApi.Stage", "AWS::ApiGatewayV2::Stage", ""),
		"!Ref Api.Stage":                           stack.Ref("Api.Stage", "AWS::ApiGateway::Stage", ""),
		"!Ref Api.Deployment":                      stack.Ref("Api.Deployment", "AWS::ApiGateway::Deployment", ""),
		"!Ref ApiliveStage":                        stack.Ref("ApiliveStage", "AWS::ApiGateway::Stage", ""),
		"!Ref Serverless.Alias":                    stack.Ref("Serverless.Alias", "AWS::Lambda::Alias", ""),
		"!Ref Serverless.Version":                  stack.Ref("Serverless.Version", "AWS::Lambda::Version", ""),
		"!Ref ServerlessAliaslive":                 stack.Ref("ServerlessAliaslive", "AWS::Lambda::Alias", ""),
		"!GetAtt ServerlessRole.Arn":               stack.Ref("ServerlessRole", "AWS::IAM::Role", "Arn"),
		"!GetAtt [Serverless.Version, Version]":    stack.Ref("Serverless.Version", "AWS::Lambda::Version", "Version"),
		"!GetAtt Serverless.Version.Version":       stack.Ref("Serverless.Version", "AWS::Lambda::Version", "Version"),
		"!Ref Elsewhere":                           {Kind: value.Other, Name: "Elsewhere"},
		"!Ref Plain":                               {Kind: value.Parameter, Name: "Plain"},
		"!Ref AWS::AccountId":                      {Kind: value.Pseudo, Name: "AccountId", Segment: true},
		"!Ref AWS::StackId":                        {Kind: value.Pseudo, Name: "StackId"},
		"!ImportValue x":                           {Kind: value.Import, Name: "x"},
	} {
		s := first(t, Options{}, "template.yaml", preamble+"  Probe: {Type: Custom::Probe, Properties: {X: "+expression+"}}\n")
		if got, _ := s[0].Find("Probe").Properties.TextOf("X").Only(); got != want {
			t.Errorf("%s is %+v, want %+v", expression, got, want)
		}
	}
}

// TestPlaces checks that each part of a text points at the bytes that it comes from.
func TestPlaces(t *testing.T) {
	const template = preamble + `  Probe:
    Type: Custom::Probe
    Properties:
      Sub: !Sub arn:${AWS::Partition}:x/${Fn.Arn}/${Stage}/${!lit}
      Block: !Sub |-
        first
        second ${Fn}
      Vars: !Sub
        - "${a}/\u0041${Fn}"
        - {a: !GetAtt Fn.Arn}
      Join: !Join [":", ["lit", !Ref Fn, !GetAtt "Fn.Arn"]]
      Ref: !Ref Stage
      Select: !Select [1, !Split ["/", "ab/cd/ef"]]
`
	for name, want := range map[string][]string{
		"Sub":    {"arn:", "${AWS::Partition}", ":x/", "${Fn.Arn}", "/", "${Stage}", "/${", "lit}"},
		"Block":  {"first\n        second ", "${Fn}"},
		"Vars":   {"${a}", `/\u0041`, "${Fn}"},
		"Join":   {"lit", ":", "!Ref Fn", ":", `!GetAtt "Fn.Arn"`},
		"Ref":    {"!Ref Stage"},
		"Select": {"cd"},
	} {
		props := first(t, Options{}, "template.yaml", template)[0].Find("Probe").Properties
		n := props.Get(name)
		var got []string
		for _, p := range n.Value.Parts() {
			got = append(got, p.Span.Text())
		}
		// A quoted literal is the text between the quotes or all of it.
		for i := range got {
			got[i] = strings.Trim(got[i], `"`)
		}
		for i := range want {
			want[i] = strings.Trim(want[i], `"`)
		}
		if !slices.Equal(got, want) {
			t.Errorf("the parts of %s are at %q, want %q", name, got, want)
		}
		if n.Head.Text() != name {
			t.Errorf("the head of %s is %q", name, n.Head.Text())
		}
		if !strings.HasPrefix(n.Span.Text(), "!"+name) && name != "Block" && name != "Vars" {
			t.Errorf("%s is at %q", name, n.Span.Text())
		}
	}
}

func TestDefaultsAreAssumptions(t *testing.T) {
	s := first(t, Options{Parameters: map[string]string{"Given": "g"}}, "template.yaml", preamble+`
  Probe:
    Type: Custom::Probe
    Properties:
      Default: !Sub "${Stage}-${Small}"
      Given: !Ref Given
      Map: !FindInMap [Sizes, !Ref Stage, Memory]
      List: !Join [",", !Ref Names]
      Only: !Ref Only
`)
	for name, want := range map[string]string{"Default": "Stage Small", "Given": "", "Map": "Stage", "List": "Names", "Only": ""} {
		var got []string
		for _, r := range s[0].Find("Probe").Properties.TextOf(name).Assumes() {
			got = append(got, r.Name)
		}
		if strings.Join(got, " ") != want {
			t.Errorf("%s assumes %v, want %s", name, got, want)
		}
	}
}

func TestSharedNodesAreNotChanged(t *testing.T) {
	r, names := reader(t, "template.yaml", preamble+"  Probe: {Type: Custom::Probe, Properties: {X: !Ref Fn, Y: {Z: w}}}\n")
	root, _, _ := r.Tree(names[0])
	before := show(root)
	list, _ := open(r, names, Options{})
	for _, u := range list {
		for _, a := range u.assignments() {
			u.evaluate(a)
		}
	}
	if after := show(root); after != before {
		t.Errorf("evaluation changed the document from\n%s\nto\n%s", before, after)
	}
}
