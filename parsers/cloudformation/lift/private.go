package lift

import (
	"slices"

	"github.com/apigwlint/apigwlint/model"
	"github.com/apigwlint/apigwlint/parsers/internal/firewall"
	"github.com/apigwlint/apigwlint/parsers/internal/link"
	"github.com/apigwlint/apigwlint/parsers/internal/tree"
	"github.com/apigwlint/apigwlint/value"
)

// loadBalancers lifts what private integrations lead to.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/AWS_ElasticLoadBalancingV2.html
func (l *lifter) loadBalancers() {
	var all []*model.LoadBalancer
	firewalls := l.securityGroups()
	for r := range l.of("AWS::ElasticLoadBalancingV2::LoadBalancer") {
		lb := &model.LoadBalancer{
			ID: r.ID, Type: r.props.TextOf("Type"), Scheme: r.props.TextOf("Scheme"),
			ARN: r.hole(""), DNSName: r.hole("DNSName"),
			SecurityGroups:   firewall.Of(r.props.TextsOf("SecurityGroups"), firewalls),
			PrivateLinkRules: r.props.TextOf("EnforceSecurityGroupInboundRulesOnPrivateLinkTraffic"),
			Span:             r.Span,
		}
		all = append(all, lb)
		for _, attr := range []string{"", "LoadBalancerArn", "DNSName", "LoadBalancerFullName"} {
			l.link.Register(r.ref(attr), link.Target{LoadBalancer: lb})
		}
	}
	for r := range l.of("AWS::ElasticLoadBalancing::LoadBalancer") {
		lb := &model.LoadBalancer{
			ID: r.ID, Type: value.Lit("classic", r.Span), Scheme: r.props.TextOf("Scheme"),
			ARN: value.UnknownText(r.Span), DNSName: r.hole("DNSName"), Span: r.Span,
		}
		all = append(all, lb)
		l.link.Register(r.ref("DNSName"), link.Target{LoadBalancer: lb})
	}
	l.listeners(all)
	for r := range l.of("AWS::ElasticLoadBalancingV2::TargetGroup") {
		g := link.Target{TargetGroup: &model.TargetGroup{ID: r.ID, Span: r.Span}}
		l.link.Register(r.ref(""), g)
		l.link.Register(r.ref("TargetGroupArn"), g)
	}
	l.model.LoadBalancers = value.SetOf(all, l.closed)
}

// listeners lifts the listeners of the load balancers.
func (l *lifter) listeners(balancers []*model.LoadBalancer) {
	closed := l.closed
	of := map[*model.LoadBalancer][]*model.Listener{}
	for r := range l.of("AWS::ElasticLoadBalancingV2::Listener") {
		listener := &model.Listener{ID: r.ID, Protocol: r.props.TextOf("Protocol"), Port: r.props.IntOf("Port"), Span: r.Span}
		t := link.Target{}
		if ref, ok := r.props.TextOf("LoadBalancerArn").Only(); ok {
			t, _ = l.link.Lookup(ref)
		}
		if t.LoadBalancer == nil {
			closed = false
		} else {
			of[t.LoadBalancer] = append(of[t.LoadBalancer], listener)
		}
		listener.LoadBalancer, t.Listener = t.LoadBalancer, listener
		l.link.Register(r.ref(""), t)
		l.link.Register(r.ref("ListenerArn"), t)
	}
	for _, lb := range balancers {
		// Somebody makes listeners; when none is visible here, it is somebody else.
		lb.Listeners = value.SetOf(of[lb], closed && len(of[lb]) > 0)
	}
}

// securityGroups lifts the rules of security groups for what comes in.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-resource-ec2-securitygroup.html
func (l *lifter) securityGroups() firewall.Groups {
	groups := firewall.Groups{}
	for r := range l.of("AWS::EC2::SecurityGroup") {
		rules, all := items(r.props, "SecurityGroupIngress")
		g := &model.SecurityGroup{ID: r.ID, Span: r.Span}
		for _, n := range rules {
			all = all && n.Is(tree.Map)
			g.Ingress = g.Ingress.With(ingress(n))
		}
		g.Ingress = value.SetOf(slices.Collect(g.Ingress.All()), all && l.closed)
		groups.Add(g, r.ref(""), r.ref("GroupId"))
	}
	for r := range l.of("AWS::EC2::SecurityGroupIngress") {
		groups.Ingress(r.props.TextOf("GroupId"), ingress(r.props))
	}
	return groups
}

func ingress(n *tree.Node) *model.IngressRule {
	return &model.IngressRule{Protocol: n.TextOf("IpProtocol"), From: n.IntOf("FromPort"), To: n.IntOf("ToPort"), Span: n.Place()}
}

// vpcLinks lifts VPC links of both generations.
func (l *lifter) vpcLinks() {
	var all []*model.VPCLink
	for generation, kind := range []string{"AWS::ApiGateway::VpcLink", "AWS::ApiGatewayV2::VpcLink"} {
		for r := range l.of(kind) {
			v := &model.VPCLink{
				ID: r.ID, Generation: generation + 1, LinkID: r.hole(""),
				Targets: r.props.TextsOf("TargetArns"), Span: r.Span,
			}
			all = append(all, v)
			l.link.Register(r.ref(""), link.Target{VPCLink: v})
		}
	}
	l.model.VPCLinks = value.SetOf(all, l.closed)
}
