package cloudformation

import (
	"fmt"
	"strings"
	"testing"

	"github.com/apigwlint/apigwlint/tri"
)

// outcomes writes down the scenarios of a template: the conditions, and what
// the property X of the resource Probe comes to.
func outcomes(tb testing.TB, opts Options, template string) []string {
	tb.Helper()
	u := units(tb, opts, "template.yaml", template)[0]
	var out []string
	for i, list := range conditions(u.scenarios) {
		var line []string
		for _, c := range list {
			name := c.Name
			if !c.Met {
				name = "!" + name
			}
			line = append(line, name)
		}
		s := u.evaluate(u.scenarios[i])[0]
		x := "absent"
		if probe := s.Find("Probe"); probe != nil {
			x = show(probe.Properties.Get("X"))
		}
		out = append(out, strings.TrimSpace(strings.Join(line, " ")+" = "+x))
	}
	return out
}

func TestScenarios(t *testing.T) {
	const probe = `
Resources:
  Probe:
    Type: AWS::Lambda::Function
    Properties: {X: !If [A, !Ref Env, "no ${Env}"]}
`
	for _, tt := range []struct {
		name, template string
		params         map[string]string
		want           []string
	}{
		{"no condition", "Resources: {Probe: {Type: AWS::Lambda::Function, Properties: {X: x}}}", nil, []string{"= x"}},
		{"a condition that nothing uses", `
Parameters: {Env: {Type: String}}
Conditions: {A: !Equals [!Ref Env, prod]}
Resources: {Probe: {Type: AWS::Lambda::Function, Properties: {X: x}}}`, nil, []string{"= x"}},
		{"a condition on what is no part of an API", `
Parameters: {Env: {Type: String}}
Conditions: {A: !Equals [!Ref Env, prod]}
Resources:
  Meta: {Type: AWS::CDK::Metadata, Condition: A}
  Probe: {Type: AWS::Lambda::Function, Properties: {X: x}}`, nil, []string{"= x"}},
		{"a parameter without value", `
Parameters: {Env: {Type: String}}
Conditions: {A: !Equals [!Ref Env, prod]}` + probe, nil,
			[]string{"!A = no ${Env}", "A = prod"}},
		{"a parameter with a default makes both", `
Parameters: {Env: {Type: String, Default: prod}}
Conditions: {A: !Equals [!Ref Env, prod]}` + probe, nil,
			[]string{"A = prod", "!A = no ${Env}"}},
		{"a given parameter decides", `
Parameters: {Env: {Type: String, Default: prod}}
Conditions: {A: !Equals [!Ref Env, prod]}` + probe, map[string]string{"Env": "dev"},
			[]string{"!A = no ${Env}"}},
		{"a value that is not allowed", `
Parameters: {Env: {Type: String, AllowedValues: [dev, test]}}
Conditions: {A: !Equals [!Ref Env, prod]}` + probe, nil,
			[]string{"!A = no ${Env}"}},
		{"the only value that is left is known", `
Parameters: {Env: {Type: String, AllowedValues: [dev, prod]}}
Conditions: {A: !Not [!Equals [!Ref Env, prod]]}` + probe, nil,
			[]string{"A = dev", "!A = no ${Env}"}},
		{"two conditions on one parameter", `
Parameters: {Env: {Type: String}}
Conditions: {A: !Equals [!Ref Env, a], B: !Equals [b, !Ref Env]}
Resources: {Probe: {Type: AWS::Lambda::Function, Properties: {X: !If [A, a, !If [B, !Ref Env, c]]}}}`, nil,
			[]string{"!A !B = c", "!A B = b", "A !B = a"}},
		{"conditions of conditions", `
Parameters: {Env: {Type: String}, Flag: {Type: String, AllowedValues: ["true", "false"]}}
Conditions:
  A: !And [!Condition B, !Equals [!Ref Env, a]]
  B: {"Fn::Equals": [!Ref Flag, true]}` + probe, nil,
			[]string{"!A !B = no ${Env}", "!A B = no ${Env}", "A B = a"}},
		{"a mapping", `
Parameters: {Env: {Type: String}}
Mappings: {M: {a: {On: "yes"}, b: {On: "no"}, c: {On: "yes"}}}
Conditions: {A: !Equals [!FindInMap [M, !Ref Env, On], "yes"]}` + probe, nil,
			[]string{"A = c", "!A = no ${Env}", "A = a"}},
		{"the region", `
Parameters: {Env: {Type: String}}
Conditions: {A: !Equals [!Ref AWS::Region, us-east-1]}
Resources: {Probe: {Type: AWS::Lambda::Function, Properties: {X: !If [A, here, there]}}}`, nil,
			[]string{"!A = there", "A = here"}},
		{"a text around the parameter", `
Parameters: {Env: {Type: String}}
Conditions: {A: !Equals [!Sub "x-${Env}-y", x-prod-y]}` + probe, nil,
			[]string{"!A = no ${Env}", "A = prod"}},
		{"a joined list", `
Parameters: {Env: {Type: "List<String>"}}
Conditions: {A: !Equals [!Join ["", !Ref Env], ""]}
Resources: {Probe: {Type: AWS::Lambda::Function, Properties: {X: !If [A, none, some]}}}`, nil,
			[]string{"!A = some", "A = none"}},
		{"two parameters", `
Parameters: {Env: {Type: String}, Other: {Type: String}}
Conditions: {A: !Equals [!Ref Env, !Ref Other], B: !Not [!Equals [!Ref Other, !Ref Env]]}
Resources: {Probe: {Type: AWS::Lambda::Function, Properties: {X: !If [A, a, !If [B, b, neither]]}}}`, nil,
			[]string{"A !B = a", "!A B = b"}},
		{"what cannot be decided", `
Parameters: {Env: {Type: String}}
Conditions: {A: {"Fn::Contains": [[a, b], !Ref Env]}}` + probe, nil,
			[]string{"A = ${Env}", "!A = no ${Env}"}},
		{"a condition that is not there", `
Parameters: {Env: {Type: String}}` + probe, nil,
			[]string{"A = ${Env}", "!A = no ${Env}"}},
		{"a resource", `
Parameters: {Env: {Type: String}}
Conditions: {A: !Equals [!Ref Env, prod]}
Resources: {Probe: {Type: AWS::Lambda::Function, Condition: A, Properties: {X: x}}}`, nil,
			[]string{"!A = absent", "A = x"}},
		{"conditions in a cycle", `
Parameters: {Env: {Type: String}}
Conditions: {A: !Not [!Condition B], B: !Not [!Condition A]}` + probe, nil,
			[]string{"= ?${If(A, Env, no ${Env})}"}},
		{"in an or, what does not matter is not asked", `
Parameters: {Env: {Type: String}, Flag: {Type: String, Default: "on"}}
Conditions: {A: !Or [!Equals [!Ref Flag, "on"], !Equals [!Ref Env, prod]]}` + probe, nil,
			[]string{"A = ${Env}", "!A = no ${Env}", "A = prod"}},
	} {
		got := outcomes(t, Options{Parameters: tt.params}, tt.template)
		if strings.Join(got, "\n") != strings.Join(tt.want, "\n") {
			t.Errorf("%s:\n%s\nwant\n%s", tt.name, strings.Join(got, "\n"), strings.Join(tt.want, "\n"))
		}
	}
}

// TestManyConditions has more conditions than can be tried in every combination.
func TestManyConditions(t *testing.T) {
	const n = 12
	var b strings.Builder
	b.WriteString("Parameters:\n")
	for i := range n {
		fmt.Fprintf(&b, "  P%d: {Type: String}\n", i)
	}
	b.WriteString("Conditions:\n")
	for i := range n {
		fmt.Fprintf(&b, "  C%d: !Equals [!Ref P%d, on]\n", i, i)
	}
	b.WriteString("Resources:\n")
	for i := range n {
		fmt.Fprintf(&b, "  F%d: {Type: AWS::Lambda::Function, Condition: C%d}\n", i, i)
	}
	u := units(t, Options{}, "template.yaml", b.String())[0]
	if len(u.scenarios) > maxScenarios || len(u.scenarios) < 4 {
		t.Fatalf("%d scenarios", len(u.scenarios))
	}
	for i := range n {
		for j := range i {
			seen := map[[2]bool]bool{}
			for _, a := range u.scenarios {
				seen[[2]bool{a.named[fmt.Sprint("C", i)], a.named[fmt.Sprint("C", j)]}] = true
			}
			if len(seen) != 4 {
				t.Errorf("C%d and C%d have %d of 4 combinations", i, j, len(seen))
			}
		}
	}
	for _, a := range u.scenarios {
		s := u.evaluate(a)[0]
		if !s.Open {
			t.Fatal("a scenario that is one of too many is not open")
		}
		for i := range n {
			if got := s.Find(fmt.Sprint("F", i)) != nil; got != a.named[fmt.Sprint("C", i)] {
				t.Errorf("F%d exists: %v, and its condition is %v", i, got, !got)
			}
		}
	}
	again := units(t, Options{}, "template.yaml", b.String())[0]
	for i := range u.scenarios {
		if u.scenarios[i].decider.String() != again.scenarios[i].decider.String() {
			t.Fatal("a second run picks other scenarios")
		}
	}
}

func TestScenariosAreConsistent(t *testing.T) {
	// Whatever is decided, no two answers contradict each other.
	explore(func(choose func(bool) bool) bool {
		d := newDecider(choose)
		p := plainRef("P")
		allowed := []string{"a", "b", "c"}
		count := 0
		for _, v := range allowed {
			if d.equals(p, v, allowed, false) == tri.Yes {
				count++
			}
		}
		if count != 1 {
			t.Errorf("of three allowed values, %d are chosen", count)
		}
		f := d.frozen()
		for _, v := range allowed {
			if f.equals(p, v, nil, false) != d.equals(p, v, nil, false) {
				t.Errorf("the frozen decider says something else of %s", v)
			}
		}
		return true
	})
}
