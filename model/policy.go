package model

import (
	"slices"
	"strings"

	"github.com/apigwlint/apigwlint/tri"
	"github.com/apigwlint/apigwlint/value"
)

// Gateway is the service principal of API Gateway, the same in all partitions.
// https://docs.aws.amazon.com/apigateway/latest/developerguide/permissions.html
const Gateway = "apigateway.amazonaws.com"

// Allows reports whether the policy by itself lets somebody to whom it is
// attached do an action on a resource: some statement allows it, and none
// denies it. Names of actions may be in any case.
//
// A statement with conditions decides nothing, because they depend on the
// request. It can only be said that it does not apply at all.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
func (p *Policy) Allows(action, resource value.Text) tri.Bool {
	allowed, denied := p.effects(func(s *Statement) tri.Bool { return s.Concerns(action, resource) })
	return tri.And(allowed, denied.Not())
}

// effects reports whether statements that apply allow, and deny.
func (p *Policy) effects(applies func(*Statement) tri.Bool) (allowed, denied tri.Bool) {
	with := func(effect string) tri.Bool {
		return p.Statements.Any(func(s *Statement) tri.Bool {
			return tri.And(s.Effect.Is(effect), applies(s), s.unconditional())
		})
	}
	return with("Allow"), with("Deny")
}

// unconditional is Yes of a statement without conditions and Maybe of others.
func (s *Statement) unconditional() tri.Bool { return max(s.Conditional.Not(), tri.Maybe) }

// Concerns reports whether the statement speaks of an action and a resource,
// whoever does it.
func (s *Statement) Concerns(action, resource value.Text) tri.Bool {
	return tri.And(s.ConcernsAction(action), listed(s.Resources, s.NotResources, func(pattern value.Text) tri.Bool {
		return coversResource(pattern, resource)
	}))
}

// ConcernsAction reports whether the statement speaks of an action.
func (s *Statement) ConcernsAction(action value.Text) tri.Bool {
	return listed(s.Actions, s.NotActions, func(pattern value.Text) tri.Bool { return coversAction(pattern, action) })
}

// concernsService reports whether the statement speaks of a service that calls
// as itself.
func (s *Statement) concernsService(service string) tri.Bool {
	is := listed(s.Principals, s.NotPrincipals, func(p Principal) tri.Bool { return p.means(service) })
	if s.NotPrincipals.Len() > 0 {
		return min(is, tri.Maybe)
	}
	return is
}

// means reports whether the principal is a service. Names of services have
// regional forms and forms of a partition. "*" is everybody, which may include
// services, or not; nobody but an account and who belongs to it is meant by an ARN.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html
func (p Principal) means(service string) tri.Bool {
	switch p.Type {
	case "Service":
		own, _, _ := strings.Cut(service, ".")
		if is := p.Name.Is(service); is == tri.Yes || p.Name.HasPrefix(own+".") == tri.No {
			return is
		}
		return tri.Maybe
	case "AWS":
		return min(isAnybody(p.Name), tri.Maybe)
	}
	return tri.No
}

// concernsRole reports whether the statement of a resource's policy speaks of a
// role. That it speaks of an account grants nothing to roles of the account.
func (s *Statement) concernsRole(r *Role) tri.Bool {
	is := listed(s.Principals, s.NotPrincipals, func(p Principal) tri.Bool {
		if p.Type != "AWS" {
			return tri.No
		}
		return tri.Or(isAnybody(p.Name), r.isNamed(p.Name))
	})
	if s.NotPrincipals.Len() > 0 {
		return min(is, tri.Maybe)
	}
	return is
}

// isNamed reports whether the principal of a statement is the role. An ARN that
// is written out may be that of a role with the name.
func (r *Role) isNamed(principal value.Text) tri.Bool {
	own, generated := r.Name.Only()
	if ref, ok := principal.Only(); ok && ref.Kind == value.Resource {
		arn, _ := r.ARN.Only()
		return tri.Of(ref.Name == arn.Name && ref.Kind == arn.Kind || generated && ref.Name == own.Name)
	}
	if principal.HasSuffix(":root") == tri.Yes {
		return tri.No
	}
	if name, ok := r.Name.Get(); ok {
		return min(principal.HasSuffix("/"+name), tri.Maybe)
	}
	if _, written := principal.Get(); written && generated && own.Kind == value.Resource {
		return tri.No // a name that is made up at deployment
	}
	return tri.Maybe
}

// isAnybody reports whether a principal is "*".
func isAnybody(name value.Text) tri.Bool {
	if ref, ok := name.Only(); ok && ref.Kind == value.Resource {
		return tri.No // the ARN of something
	}
	return name.Is("*")
}

// listed reports whether an element and its negation, such as Action and
// NotAction, of which a statement has one, cover something.
func listed[T any](in, not value.Set[T], covers func(T) tri.Bool) tri.Bool {
	switch {
	case in.Len() > 0 && not.Len() > 0:
		return tri.Maybe // refused
	case in.Len() > 0:
		return in.Any(covers)
	case not.Len() > 0:
		return not.Any(covers).Not()
	}
	return tri.Maybe
}

// coversAction matches the name of an action, in which case does not matter.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_action.html
func coversAction(pattern, action value.Text) tri.Bool {
	return value.Glob(pattern.Map(strings.ToLower), action.Map(strings.ToLower), value.Wildcard)
}

// coversResource matches the ARN of a resource. A wildcard stays within its
// segment, unless it ends it; what is certain must hold by either reading. An
// ARN with fewer segments than there are stands for all that begin with it.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_resource.html
func coversResource(pattern, arn value.Text) tri.Bool {
	if pattern.Is("*") == tri.Yes {
		return tri.Yes
	}
	pattern = withVariables(pattern)
	is := value.Glob(pattern, arn, value.Wildcard)
	p, ok := pattern.Flat()
	if !ok {
		return is
	}
	whole := strings.Count(p.S, ":") >= arnSegments-1
	switch {
	case is == tri.No && strings.HasPrefix(p.S, "arn:") && !whole:
		return tri.Maybe
	case is == tri.Yes && innerWildcard(p.S) && !bySegment(p, arn):
		return tri.Maybe
	}
	return is
}

// arnSegments is how many segments an ARN has: the last may have colons.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html
const arnSegments = 6

// innerWildcard reports whether a wildcard stands within a segment, and not at
// its end.
func innerWildcard(s string) bool {
	for i, c := range s {
		if (c == '*' || c == '?') && i+1 < len(s) && s[i+1] != ':' {
			return true
		}
	}
	return false
}

// bySegment reports whether each segment of an ARN is certainly covered by that
// of the pattern.
func bySegment(pattern value.Flat, arn value.Text) bool {
	a, ok := arn.Flat()
	if !ok {
		return false
	}
	ps, as := segments(pattern), segments(a)
	return slices.EqualFunc(ps, as, func(p, s value.Text) bool { return value.Glob(p, s, value.Wildcard) == tri.Yes })
}

// segments splits an ARN.
func segments(f value.Flat) []value.Text {
	var out []value.Text
	start := 0
	for _, s := range strings.SplitN(f.S, ":", arnSegments) {
		out = append(out, f.Slice(start, start+len(s)))
		start += len(s) + 1
	}
	return out
}

// withVariables returns a pattern with holes in the place of policy variables,
// which the request fills: ${aws:username}.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html
func withVariables(t value.Text) value.Text {
	f, ok := t.Flat()
	if !ok || !strings.Contains(f.S, "${") {
		return t
	}
	out := value.Join(t.Span())
	for from := 0; ; {
		start := strings.Index(f.S[from:], "${")
		end := -1
		if start >= 0 {
			end = strings.IndexByte(f.S[from+start:], '}')
		}
		if end < 0 {
			return out.Append(f.Slice(from, len(f.S)))
		}
		start += from
		end += start + 1
		out = out.Append(f.Slice(from, start)).
			Append(value.Hole(value.Ref{Kind: value.Other, Name: f.S[start:end]}, f.Slice(start, end).Span()))
		from = end
	}
}

// Trusts reports whether a service may assume the role. It is No only when
// nothing in the trust policy can be meant for the service.
func (r *Role) Trusts(service string) tri.Bool {
	trust, ok := r.Trust.Get()
	if !ok {
		return tri.Maybe
	}
	assume := value.Lit("sts:AssumeRole", r.Span)
	allowed, denied := trust.effects(func(s *Statement) tri.Bool {
		return tri.And(s.ConcernsAction(assume), s.concernsService(service))
	})
	return tri.And(allowed, denied.Not())
}

// TrustsOnlyAs reports whether the trust policy names a service in one form of
// its name, such as that of a partition, and certainly in no other way.
func (r *Role) TrustsOnlyAs(service, form string) bool {
	trust, ok := r.Trust.Get()
	if !ok || !trust.Statements.IsClosed() {
		return false
	}
	found := false
	for s := range trust.Statements.All() {
		if s.NotPrincipals.Len() > 0 || !s.Principals.IsClosed() {
			return false
		}
		for p := range s.Principals.All() {
			switch {
			case p.Type == "Service" && p.Name.Is(form) == tri.Yes:
				found = true
			case p.means(service) != tri.No:
				return false
			}
		}
	}
	return found
}

// Trusted lists the services, accounts and roles that the trust policy names.
// the trust policy names.
func (r *Role) Trusted() []value.Text {
	trust, ok := r.Trust.Get()
	if !ok {
		return nil
	}
	var out []value.Text
	for s := range trust.Statements.All() {
		if s.Effect.Is("Deny") == tri.Yes {
			continue
		}
		for p := range s.Principals.All() {
			if !slices.ContainsFunc(out, func(t value.Text) bool { return t.Equal(p.Name) == tri.Yes }) {
				out = append(out, p.Name)
			}
		}
	}
	return out
}

// MayDo reports whether the role's policies let it do an action on a resource:
// those written into it, those attached to it, and those of AWS that are known
// by name. A boundary can take away what policies give, so that with one nothing
// is certainly allowed.
func (r *Role) MayDo(action string, resource value.Text) tri.Bool {
	act := value.Lit(action, r.Span)
	allowed := r.Policies.Any(func(p *Policy) tri.Bool {
		yes, _ := p.effects(func(s *Statement) tri.Bool { return s.Concerns(act, resource) })
		return yes
	})
	denied := r.Policies.Any(func(p *Policy) tri.Bool {
		_, yes := p.effects(func(s *Statement) tri.Bool { return s.Concerns(act, resource) })
		return yes
	})
	allowed = tri.Or(allowed, r.Managed.Any(func(arn value.Text) tri.Bool { return managedAllows(arn, action) }))
	denied = tri.Or(denied, r.Managed.Any(managedDenies))
	return tri.And(allowed, denied.Not(), max(r.Boundary.Present().Not(), tri.Maybe))
}

// Grants reports whether policies of resources let a role do an action on a
// resource, which within an account is as good as a policy of the role.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic_policy-eval-basics.html
func (m *Model) Grants(r *Role, action string, resource value.Text) tri.Bool {
	act := value.Lit(action, r.Span)
	byPolicy := m.ResourcePolicies.Any(func(p *Policy) tri.Bool {
		allowed, _ := p.effects(func(s *Statement) tri.Bool { return tri.And(s.Concerns(act, resource), s.concernsRole(r)) })
		return allowed
	})
	if action != invokeFunction {
		return byPolicy
	}
	byPermission := m.Permissions.Any(func(p *Permission) tri.Bool {
		return tri.And(p.IsInvoke(), p.Principal.HasSuffix(".amazonaws.com").Not(), tri.Maybe)
	})
	return tri.Or(byPolicy, byPermission)
}
