package lift

import (
	"github.com/apigwlint/apigwlint/model"
	"github.com/apigwlint/apigwlint/parsers/internal/iam"
	"github.com/apigwlint/apigwlint/parsers/internal/link"
	"github.com/apigwlint/apigwlint/parsers/internal/tree"
	"github.com/apigwlint/apigwlint/tri"
	"github.com/apigwlint/apigwlint/value"
)

// roles lifts IAM roles with the policies that are attached to them.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/AWS_IAM.html
func (l *lifter) roles() {
	var roles []*model.Role
	for r := range l.of("AWS::IAM::Role") {
		role := l.role(r)
		roles = append(roles, role)
		for _, attr := range []string{"", "Arn", "RoleId"} {
			l.link.Register(r.ref(attr), link.Target{Role: role})
		}
	}
	for _, kind := range []string{"AWS::IAM::Policy", "AWS::IAM::ManagedPolicy"} {
		for r := range l.of(kind) {
			l.attach(r, roles, r.props.TextsOf("Roles"))
		}
	}
	for r := range l.of("AWS::IAM::RolePolicy") {
		l.attach(r, roles, value.Closed(r.props.TextOf("RoleName")))
	}
	l.model.Roles = value.SetOf(roles, l.closed)
	for fn := range l.model.Functions.All() {
		fn.Role = l.link.Role(l.byID[fn.ID].props.TextOf("Role"))
	}
}

func (l *lifter) role(r *resource) *model.Role {
	p := r.props
	name := p.TextOf("RoleName")
	if name.Present() == tri.No {
		name = r.hole("")
	}
	role := &model.Role{
		ID: r.ID, Name: name, ARN: r.hole("Arn"),
		Trust:    document(p, "AssumeRolePolicyDocument"),
		Policies: value.SetOf[*model.Policy](nil, l.closed),
		Managed:  value.SetOf[value.Text](nil, l.closed),
		Span:     r.Span,
	}
	inline, all := items(p, "Policies")
	for _, n := range inline {
		grant(role, document(n, "PolicyDocument"))
	}
	if !all {
		role.Policies = role.Policies.Opened()
	}
	managed := p.TextsOf("ManagedPolicyArns")
	for arn := range managed.All() {
		// A policy of these files says what it grants.
		if ref, ok := arn.Only(); ok {
			if to := l.byID[ref.Name]; to != nil && to.Type == "AWS::IAM::ManagedPolicy" {
				grant(role, document(to.props, "PolicyDocument"))
				continue
			}
		}
		role.Managed = role.Managed.With(arn)
	}
	if !managed.IsClosed() {
		role.Managed = role.Managed.Opened()
	}
	return role
}

// document returns the policy document under key.
func document(n *tree.Node, key string) value.Of[*model.Policy] {
	if d := n.Get(key); d != nil {
		return iam.Policy(d)
	}
	if n.Has(key) == tri.No {
		return value.Absent[*model.Policy](n.Place())
	}
	return value.Unknown[*model.Policy](n.Place())
}

// grant adds a policy to a role, as far as it is known.
func grant(role *model.Role, policy value.Of[*model.Policy]) {
	if p, ok := policy.Get(); ok {
		role.Policies = role.Policies.With(p)
	} else if policy.Present() != tri.No {
		role.Policies = role.Policies.Opened()
	}
}

// attach gives the policy of r to the roles that have one of the names.
func (l *lifter) attach(r *resource, roles []*model.Role, names value.Set[value.Text]) {
	policy := document(r.props, "PolicyDocument")
	for _, role := range roles {
		attached := names.Any(func(name value.Text) tri.Bool {
			if ref, ok := name.Only(); ok {
				if t, known := l.link.Lookup(ref); known {
					return tri.Of(t.Role == role)
				}
			}
			return name.Equal(role.Name)
		})
		switch attached {
		case tri.Yes:
			grant(role, policy)
		case tri.Maybe:
			role.Policies = role.Policies.Opened()
		}
	}
}
