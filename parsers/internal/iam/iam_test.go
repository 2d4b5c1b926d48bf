package iam_test

import (
	"testing"

	"github.com/apigwlint/apigwlint/model"
	"github.com/apigwlint/apigwlint/parsers/internal/iam"
	"github.com/apigwlint/apigwlint/parsers/internal/tree"
	"github.com/apigwlint/apigwlint/source"
	"github.com/apigwlint/apigwlint/tri"
	"github.com/apigwlint/apigwlint/value"
)

func parse(t *testing.T, s string) *tree.Node {
	t.Helper()
	n, problems := tree.Parse(source.NewFile("p.yaml", []byte(s)))
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	return n
}

// dump shows the policy as the trust of a role.
func dump(p value.Of[*model.Policy]) string {
	return model.Dump(&model.Model{Roles: value.Closed(&model.Role{ID: "R", Trust: p})}, false)
}

const head = "Roles:\n  - R\n    Trust:\n"

func TestPolicy(t *testing.T) {
	for name, tt := range map[string]struct{ policy, want string }{
		"lists": {`{Statement: [{Effect: Allow, Principal: {Service: [a, b], AWS: c}, Action: [x, y], Resource: "*", Condition: {StringEquals: {k: v}}}]}`,
			`      Statements:
        -
          Effect: "Allow"
          Principals:
            - Service "a"
            - Service "b"
            - AWS "c"
          Actions: ["x", "y"]
          Resources: ["*"]
          Conditional: yes
          absent: NotPrincipals, NotActions, NotResources
`},
		"single statement, anybody": {`{Statement: {Effect: Deny, Principal: "*", NotAction: x, NotResource: [y], Condition: {}}}`,
			`      Statements:
        -
          Effect: "Deny"
          Principals:
            - AWS "*"
          NotActions: ["x"]
          NotResources: ["y"]
          Conditional: no
          absent: NotPrincipals, Actions, Resources
`},
		"JSON text": {`'{"Statement": [{"Effect": "Allow", "NotPrincipal": {"AWS": "a"}, "Action": "\u0078"}]}'`,
			`      Statements:
        -
          Effect: "Allow"
          NotPrincipals:
            - AWS "a"
          Actions: ["x"]
          Conditional: no
          absent: Principals, NotActions, Resources, NotResources
`},
		"no statement":             {`{Version: "2012-10-17"}`, "      absent: Statements\n"},
		"a statement that is none": {`{Statement: [x]}`, ""},
	} {
		if got := dump(iam.Policy(parse(t, tt.policy))); got != head+tt.want {
			t.Errorf("%s: the policy is\n%s\nwant\n%s", name, got, head+tt.want)
		}
	}
	for _, s := range []string{`"no policy"`, `""`, `"{"`, `[a]`, `3`} {
		if got := iam.Policy(parse(t, s)).Present(); got != tri.Maybe {
			t.Errorf("%s is a policy: %v", s, got)
		}
	}
	if iam.Policy(nil).Present() != tri.No || iam.Policy(tree.NewUnknown(source.Span{})).Present() != tri.Maybe {
		t.Error("nothing and something unknown are mixed up")
	}
}

// TestHoles shows that holes within JSON text stay where they are.
func TestHoles(t *testing.T) {
	hole := func(kind value.RefKind, name, attr string) value.Part {
		return value.Part{Ref: &value.Ref{Kind: kind, Name: name, Attr: attr}}
	}
	lit := func(s string) value.Part { return value.Part{Lit: s} }
	n := tree.NewText(value.Join(source.Span{}, lit(`{"Statement": [{"Effect": "Allow", "Principal": {"AWS": "`), hole(value.Parameter, "P", ""),
		lit(`"}, "Action": "a:\"`), hole(value.Parameter, "Q", ""), lit(`", "Resource": ["`), hole(value.Resource, "Fn", "Arn"),
		lit(`:*"], "Condition": {"`), hole(value.Parameter, "K", ""), lit(`": 1}}]}`)))
	want := head + `      Statements:
        -
          Effect: "Allow"
          Principals:
            - AWS "${P}"
            …
          Actions: ["a:\"${Q}"]
          Resources: ["${Fn.Arn}:*"]
          absent: NotPrincipals, NotActions, NotResources
`
	if got := dump(iam.Policy(n)); got != want {
		t.Errorf("the policy is\n%s\nwant\n%s", got, want)
	}
	list := tree.NewMap(source.Span{}, tree.Entry{Key: "Statement", Value: tree.NewMap(source.Span{},
		tree.Entry{Key: "Action", Value: tree.NewText(value.Join(source.Span{}, hole(value.Parameter, "P", "")))},
		tree.Entry{Key: "Resource", Value: tree.NewText(value.Join(source.Span{}, hole(value.Resource, "Fn", "Arn")))})})
	p, _ := iam.Policy(list).Get()
	for s := range p.Statements.All() {
		if s.Actions.IsClosed() || !s.Resources.IsClosed() {
			t.Error("a parameter may be a list, an ARN may not")
		}
	}
}
