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
	l.resourcePolicies()
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
		Boundary: p.TextOf("PermissionsBoundary"),
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

// resourcePolicies lifts the policies of what integrations call. That of an event
// bus is one statement.
func (l *lifter) resourcePolicies() {
	l.model.ResourcePolicies = value.SetOf[*model.Policy](nil, l.closed)
	for _, r := range l.resources {
		var doc *tree.Node
		switch r.Type {
		case "AWS::SQS::QueuePolicy", "AWS::SQS::QueueInlinePolicy", "AWS::SNS::TopicPolicy", "AWS::SNS::TopicInlinePolicy", "AWS::S3::BucketPolicy":
			doc = r.props.Get("PolicyDocument")
		case "AWS::Kinesis::ResourcePolicy", "AWS::SecretsManager::ResourcePolicy":
			doc = r.props.Get("ResourcePolicy")
		case "AWS::DynamoDB::Table":
			if r.props.Has("ResourcePolicy") == tri.No {
				continue
			}
			doc = r.props.Get("ResourcePolicy", "PolicyDocument")
		case "AWS::Events::EventBusPolicy":
			doc = r.props
		default:
			continue
		}
		if p, ok := iam.Policy(doc).Get(); ok && doc.Has("Statement") == tri.Yes {
			l.model.ResourcePolicies = l.model.ResourcePolicies.With(p)
		} else {
			l.model.ResourcePolicies = l.model.ResourcePolicies.Opened()
		}
	}
}

// issuer returns who makes the tokens of an authorizer. The attributes of a user
// pool that name it are cognito-idp.{region}.amazonaws.com/{pool}, alone and with
// https:// before it.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-resource-cognito-userpool.html
func (l *lifter) issuer(t value.Text) value.Text {
	parts := t.Parts()
	if len(parts) == 0 || parts[0].Ref == nil {
		return t
	}
	ref := *parts[0].Ref
	prefix, ok := map[string]string{"ProviderName": "", "ProviderURL": "https://"}[ref.Attr]
	if pool := l.byID[ref.Name]; !ok || pool == nil || pool.Type != "AWS::Cognito::UserPool" {
		return t
	}
	at := parts[0].Span
	lit := func(s string) value.Text { return value.Lit(s, at) }
	region := value.Hole(value.Ref{Kind: value.Pseudo, Name: "Region", Segment: true}, at)
	named := lit(prefix + "cognito-idp.").Append(region).Append(lit(".amazonaws.com/")).Append(l.byID[ref.Name].hole(""))
	return named.Append(value.Join(at, parts[1:]...)).At(t.Span()).Assuming(t.Assumes()...)
}
