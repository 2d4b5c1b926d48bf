// Package firewall puts security groups together, whose rules may be resources
// of their own.
package firewall

import (
	"github.com/apigwlint/apigwlint/model"
	"github.com/apigwlint/apigwlint/value"
)

// Groups are the security groups that can be seen, by the references to them.
type Groups map[value.Ref]*model.SecurityGroup

// Add adds a group with the references that stand for its identifier.
func (g Groups) Add(group *model.SecurityGroup, refs ...value.Ref) {
	for _, r := range refs {
		g[key(r)] = group
	}
}

func key(r value.Ref) value.Ref {
	r.Segment = false
	return r
}

func (g Groups) find(t value.Text) *model.SecurityGroup {
	if ref, ok := t.Only(); ok {
		return g[key(ref)]
	}
	return nil
}

// Ingress adds a rule to the group with an identifier; to any, when that is not
// known.
func (g Groups) Ingress(id value.Text, rule *model.IngressRule) {
	if group := g.find(id); group != nil {
		group.Ingress = group.Ingress.With(rule)
		return
	}
	for _, group := range g {
		group.Ingress = group.Ingress.Opened()
	}
}

// Of returns the groups with the identifiers. The set is open when one of them
// is not among those that can be seen.
func Of(ids value.Set[value.Text], g Groups) value.Set[*model.SecurityGroup] {
	var out []*model.SecurityGroup
	closed := ids.IsClosed()
	for id := range ids.All() {
		if group := g.find(id); group != nil {
			out = append(out, group)
		} else {
			closed = false
		}
	}
	return value.SetOf(out, closed)
}
