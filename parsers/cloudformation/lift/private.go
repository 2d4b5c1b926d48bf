package lift

import (
	"github.com/apigwlint/apigwlint/model"
	"github.com/apigwlint/apigwlint/parsers/internal/link"
	"github.com/apigwlint/apigwlint/value"
)

// loadBalancers lifts what private integrations lead to.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/AWS_ElasticLoadBalancingV2.html
func (l *lifter) loadBalancers() {
	var all []*model.LoadBalancer
	for r := range l.of("AWS::ElasticLoadBalancingV2::LoadBalancer") {
		lb := &model.LoadBalancer{
			ID: r.ID, Type: r.props.TextOf("Type"), Scheme: r.props.TextOf("Scheme"),
			ARN: r.hole(""), DNSName: r.hole("DNSName"), Span: r.Span,
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
	for r := range l.of("AWS::ElasticLoadBalancingV2::Listener") {
		t := link.Target{}
		if ref, ok := r.props.TextOf("LoadBalancerArn").Only(); ok {
			t, _ = l.link.Lookup(ref)
		}
		l.link.Register(r.ref(""), t)
		l.link.Register(r.ref("ListenerArn"), t)
	}
	l.model.LoadBalancers = value.SetOf(all, l.closed)
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
