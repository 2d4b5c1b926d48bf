package sam

import (
	"strings"

	"github.com/apigwlint/apigwlint/parsers/internal/tree"
	"github.com/apigwlint/apigwlint/tri"
	"github.com/apigwlint/apigwlint/value"
)

// defaultPolicy writes the ResourcePolicy of a REST API into its body.
// https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-property-api-resourcepolicystatement.html
func (a *api) defaultPolicy(auth *tree.Node) {
	policy := auth.Get("ResourcePolicy")
	if truthy(policy) == tri.No {
		return
	}
	if !policy.Is(tree.Map) || policy.Open {
		put(a.body, xPolicy, policy.Span, tree.NewUnknown(policy.Span))
		return
	}
	if p := paths(a.body); p != nil {
		for _, item := range p.Entries {
			a.resourcePolicy(policy, item.Key, a.props.TextOf("StageName"))
		}
	}
	a.customStatements(policy)
}

// resourcePolicy adds the statements about one path.
func (a *api) resourcePolicy(policy *tree.Node, path string, stage value.Text) {
	at := place(policy.Place())
	if !policy.Is(tree.Map) {
		put(a.body, xPolicy, at.span(), at.unknown())
		return
	}
	resources := a.policyResources(at, path, stage)
	for _, list := range []struct{ key, effect string }{{"AwsAccountWhitelist", "Allow"}, {"AwsAccountBlacklist", "Deny"}} {
		if n := policy.Get(list.key); truthy(n) != tri.No {
			a.statement(at, list.effect, at.mapping(member{"AWS", asList(n)}), resources, nil)
		}
	}
	for _, list := range []struct{ key, test string }{{"IpRangeWhitelist", "NotIpAddress"}, {"IpRangeBlacklist", "IpAddress"}} {
		if n := policy.Get(list.key); truthy(n) != tri.No {
			a.denyUnless(at, resources, list.test, at.mapping(member{"aws:SourceIp", asList(n)}))
		}
	}
	for _, list := range []struct{ kind, test string }{{"Blacklist", "StringEquals"}, {"Whitelist", "StringNotEquals"}} {
		if condition := sourceVPC(at, policy, list.kind); condition != nil {
			a.denyUnless(at, resources, list.test, condition)
		}
	}
	a.writePolicy(at)
}

// sourceVPC collects the VPCs and VPC endpoints of a list, nil when there are none.
func sourceVPC(at place, policy *tree.Node, kind string) *tree.Node {
	vpc, vpce := at.list(), at.list()
	written := policy.Get("SourceVpc" + kind)
	vpc.Open = written != nil && !written.Is(tree.List)
	for _, n := range items(written) {
		s, known := n.Str()
		switch {
		case !known: // the translator knows the values of parameters
			vpc.Open = true
		case strings.HasPrefix(s, "vpce-"):
			vpce.Items = append(vpce.Items, n)
		case strings.HasPrefix(s, "vpc-"):
			vpc.Items = append(vpc.Items, n)
		}
	}
	vpc.Items = append(vpc.Items, items(policy.Get("IntrinsicVpc"+kind))...)
	vpce.Items = append(vpce.Items, items(policy.Get("IntrinsicVpce"+kind))...)
	condition := at.mapping()
	if len(vpc.Items) > 0 || vpc.Open {
		put(condition, "aws:SourceVpc", at.span(), vpc)
	}
	if len(vpce.Items) > 0 {
		put(condition, "aws:SourceVpce", at.span(), vpce)
	}
	if len(condition.Entries) == 0 {
		return nil
	}
	return condition
}

// policyResources lists the methods of a path as resources of a policy.
func (a *api) policyResources(at place, path string, stage value.Text) *tree.Node {
	list := at.list()
	for _, e := range entries(a.body.Get("paths", path)) {
		method := strings.ToUpper(e.Key)
		if methodKey(e.Key) == xAnyMethod {
			method = "*"
		}
		suffix := restParameter.ReplaceAllLiteralString("/"+method+path, "*")
		list.Items = append(list.Items, at.text(at.join(at.lit("execute-api:/"), stage, at.lit(suffix))))
	}
	return list
}

// denyUnless allows everybody, and denies those that meet a condition.
func (a *api) denyUnless(at place, resources *tree.Node, test string, condition *tree.Node) {
	a.statement(at, "Allow", at.str("*"), resources, nil)
	a.statement(at, "Deny", at.str("*"), resources, at.mapping(member{test, condition}))
}

func (a *api) statement(at place, effect string, principal, resources, condition *tree.Node) {
	a.addStatement(at.mapping(
		member{"Effect", at.str(effect)}, member{"Action", at.str("execute-api:Invoke")},
		member{"Resource", resources}, member{"Principal", principal}, member{"Condition", condition}))
}

// addStatement adds a statement that the policy does not have yet.
func (a *api) addStatement(s *tree.Node) {
	for _, have := range a.statements {
		if same(have, s) {
			return
		}
	}
	a.statements = append(a.statements, s)
}

// customStatements adds the statements that are written out.
func (a *api) customStatements(policy *tree.Node) {
	custom := policy.Get("CustomStatements")
	if custom == nil {
		return
	}
	at := place(custom.Place())
	statements, all := custom.Members()
	if !all {
		put(a.body, xPolicy, at.span(), at.unknown())
		return
	}
	for _, s := range statements {
		a.addStatement(s)
	}
	a.writePolicy(at)
}

// writePolicy puts the statements so far behind those of the body itself.
func (a *api) writePolicy(at place) {
	if len(a.statements) == 0 || a.body.Get(xPolicy).Is(tree.Unknown) {
		return
	}
	policy := child(a.body, xPolicy, at.span())
	if policy == nil {
		return
	}
	if a.ownStatements == nil {
		own, _ := policy.Get("Statement").Members()
		a.ownStatements = append([]*tree.Node{}, own...)
	}
	put(policy, "Version", at.span(), at.str("2012-10-17"))
	put(policy, "Statement", at.span(), at.list(append(a.ownStatements[:len(a.ownStatements):len(a.ownStatements)], a.statements...)...))
}

func asList(n *tree.Node) *tree.Node {
	if n == nil || n.Is(tree.List) || n.Is(tree.Unknown) {
		return n
	}
	return tree.NewList(n.Span, n)
}

// same reports whether two nodes certainly say the same.
func same(a, b *tree.Node) bool {
	switch {
	case a == nil || b == nil:
		return a == b
	case a.Kind != b.Kind || len(a.Entries) != len(b.Entries) || len(a.Items) != len(b.Items):
		return false
	case a.Kind == tree.Unknown || a.Kind == tree.Null:
		return a.Kind == tree.Null
	case a.Kind == tree.Scalar:
		return a.Value.Equal(b.Value) == tri.Yes
	}
	for i := range a.Items {
		if !same(a.Items[i], b.Items[i]) {
			return false
		}
	}
	for _, e := range a.Entries {
		if other := b.Entry(e.Key); other == nil || !same(e.Value, other.Value) {
			return false
		}
	}
	return true
}
