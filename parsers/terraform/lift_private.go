package terraform

import (
	"slices"

	"github.com/apigwlint/apigwlint/model"
	"github.com/apigwlint/apigwlint/parsers/internal/firewall"
	"github.com/apigwlint/apigwlint/parsers/internal/link"
	"github.com/apigwlint/apigwlint/parsers/internal/tree"
	"github.com/apigwlint/apigwlint/tri"
	"github.com/apigwlint/apigwlint/value"
)

// listeners lifts the listeners of the load balancers.
// https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/lb_listener
func (l *lifter) listeners(balancers []*model.LoadBalancer) {
	closed := l.complete("aws_lb_listener", "aws_alb_listener")
	of := map[*model.LoadBalancer][]*model.Listener{}
	for _, r := range slices.Concat(l.types["aws_lb_listener"], l.types["aws_alb_listener"]) {
		listener := &model.Listener{ID: r.addr, Protocol: r.p.TextOf("protocol"), Port: r.p.IntOf("port"), Span: r.span}
		t := link.Target{}
		if ref, ok := r.p.TextOf("load_balancer_arn").Only(); ok {
			t, _ = l.link.Lookup(ref)
		}
		if t.LoadBalancer == nil {
			closed = false
		} else {
			of[t.LoadBalancer] = append(of[t.LoadBalancer], listener)
		}
		listener.LoadBalancer, t.Listener = t.LoadBalancer, listener
		l.link.Register(r.ref("arn"), t)
		l.link.Register(r.ref("id"), t)
	}
	for _, lb := range balancers {
		// Somebody makes listeners; when none is visible here, it is somebody else.
		lb.Listeners = value.SetOf(of[lb], closed && len(of[lb]) > 0)
	}
}

// securityGroups lifts the rules of security groups for what comes in.
// https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/security_group
func (l *lifter) securityGroups() firewall.Groups {
	groups := firewall.Groups{}
	complete := l.complete("aws_security_group", "aws_security_group_rule", "aws_vpc_security_group_ingress_rule")
	for _, r := range l.types["aws_security_group"] {
		rules, all := items(r.p, "ingress")
		var in []*model.IngressRule
		for _, n := range rules {
			in = append(in, ingress(n, "protocol"))
		}
		groups.Add(&model.SecurityGroup{ID: r.addr, Ingress: value.SetOf(in, all && complete), Span: r.span}, r.ref("id"))
	}
	for _, r := range l.types["aws_security_group_rule"] {
		if r.p.TextOf("type").Is("egress") != tri.Yes {
			groups.Ingress(r.p.TextOf("security_group_id"), ingress(r.p, "protocol"))
		}
	}
	for _, r := range l.types["aws_vpc_security_group_ingress_rule"] {
		groups.Ingress(r.p.TextOf("security_group_id"), ingress(r.p, "ip_protocol"))
	}
	return groups
}

func ingress(n *tree.Node, protocol string) *model.IngressRule {
	return &model.IngressRule{Protocol: n.TextOf(protocol), From: n.IntOf("from_port"), To: n.IntOf("to_port"), Span: n.Place()}
}
