package lift

import (
	"strings"

	"github.com/apigwlint/apigwlint/model"
	"github.com/apigwlint/apigwlint/parsers/internal/embedded"
	"github.com/apigwlint/apigwlint/parsers/internal/fleet"
	"github.com/apigwlint/apigwlint/parsers/internal/link"
	"github.com/apigwlint/apigwlint/parsers/internal/tree"
	"github.com/apigwlint/apigwlint/tri"
	"github.com/apigwlint/apigwlint/value"
)

// fleets lifts what answers behind load balancers and in Cloud Map. Load
// balancers, listeners and target groups are lifted before.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/AWS_ECS.html
// https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/AWS_AutoScaling.html
func (l *lifter) fleets() {
	w := fleet.New(l.link, l.closed)
	for r := range l.of("AWS::ElasticLoadBalancingV2::TargetGroup") {
		w.Group(l.targetGroup(r), r.props.TextOf("Name"), l.exposed(r, usesGroup))
	}
	for r := range l.of("AWS::ServiceDiscovery::Service") {
		s := &model.Registry{ID: r.ID, Span: r.Span}
		for _, attr := range []string{"", "Arn", "Id"} {
			l.link.Register(r.ref(attr), link.Target{Registry: s})
		}
		w.Registry(s, l.exposed(r, usesRegistry))
	}
	for r := range l.of("AWS::ServiceDiscovery::Instance") {
		w.Register(r.props.TextOf("ServiceId"), r.hole(""))
	}
	for r := range l.of("AWS::ElasticLoadBalancingV2::Listener") {
		if t, _ := l.link.Lookup(r.ref("")); t.Listener != nil {
			w.Listener(t.Listener)
			w.Actions(r.hole(""), actions(r.props, "DefaultActions"))
		}
	}
	for r := range l.of("AWS::ElasticLoadBalancingV2::ListenerRule") {
		w.Actions(r.props.TextOf("ListenerArn"), actions(r.props, "Actions"))
	}
	for r := range l.of("AWS::ECS::Service") {
		f := &model.Fleet{ID: r.ID, Kind: model.ECSService, Size: r.props.IntOf("DesiredCount"), Resized: l.resized(r, usesService), Span: r.Span}
		if r.props.TextOf("SchedulingStrategy").Or("REPLICA").IsFold("REPLICA") != tri.Yes {
			f.Size = value.Unknown[int](r.Span) // one on each instance of the cluster
		}
		w.Fleet(f, append(registered(r.props, "LoadBalancers", "TargetGroupArn"), registered(r.props, "ServiceRegistries", "RegistryArn")...))
	}
	for r := range l.of("AWS::AutoScaling::AutoScalingGroup") {
		f := &model.Fleet{ID: r.ID, Kind: model.ScalingGroup, Size: r.props.IntOf("MaxSize"), Resized: l.resized(r, usesScalingGroup), Span: r.Span}
		w.Fleet(f, append(registered(r.props, "TrafficSources", "Identifier"), fleet.Texts(r.props.TextsOf("TargetGroupARNs"))...))
	}
	w.Finish()
}

// targetGroup returns the target group that r is, with what r itself registers.
func (l *lifter) targetGroup(r *resource) *model.TargetGroup {
	t, _ := l.link.Lookup(r.ref(""))
	if t.TargetGroup == nil {
		t = link.Target{TargetGroup: &model.TargetGroup{ID: r.ID, Span: r.Span}}
		l.link.Register(r.ref(""), t)
		l.link.Register(r.ref("TargetGroupArn"), t)
	}
	targets, all := items(r.props, "Targets")
	var ids []value.Text
	for _, n := range targets {
		ids = append(ids, n.TextOf("Id"))
	}
	t.TargetGroup.Targets = value.SetOf(ids, all)
	return t.TargetGroup
}

// registered returns the texts under key in the members of a list.
func registered(n *tree.Node, list, key string) []value.Text {
	members, all := items(n, list)
	var out []value.Text
	for _, m := range members {
		if t := m.TextOf(key); t.Present() != tri.No {
			out = append(out, t)
		}
	}
	if !all {
		out = append(out, value.UnknownText(n.Place()))
	}
	return out
}

// actions returns where the actions of a listener or a rule forward to; with an
// unknown text when they may do something else too.
func actions(n *tree.Node, key string) []value.Text {
	members, all := items(n, key)
	var out []value.Text
	for _, m := range members {
		switch kind := m.TextOf("Type"); {
		case kind.IsFold("forward") == tri.Yes:
			if t := m.TextOf("TargetGroupArn"); t.Present() != tri.No {
				out = append(out, t)
			}
			out = append(out, registered(child(m, "ForwardConfig"), "TargetGroups", "TargetGroupArn")...)
		case kind.HasPrefix("authenticate-") == tri.Yes:
		default:
			all = false
		}
	}
	if !all {
		out = append(out, value.UnknownText(n.Place()))
	}
	return out
}

// Types of resources that may refer to each kind without changing what answers.
var (
	usesGroup = map[string]bool{
		"AWS::ElasticLoadBalancingV2::Listener": true, "AWS::ElasticLoadBalancingV2::ListenerRule": true, "AWS::ECS::Service": true,
		"AWS::AutoScaling::AutoScalingGroup": true, "AWS::CloudWatch::Alarm": true, "AWS::CloudWatch::Dashboard": true,
		"AWS::ApplicationAutoScaling::ScalingPolicy": true, "AWS::AutoScaling::ScalingPolicy": true,
	}
	usesRegistry = map[string]bool{
		"AWS::ECS::Service": true, "AWS::ServiceDiscovery::Instance": true, "AWS::ApiGatewayV2::Integration": true, "AWS::IAM::Policy": true,
	}
	usesService      = map[string]bool{"AWS::CloudWatch::Alarm": true, "AWS::CloudWatch::Dashboard": true}
	usesScalingGroup = map[string]bool{
		"AWS::CloudWatch::Alarm": true, "AWS::CloudWatch::Dashboard": true, "AWS::AutoScaling::ScalingPolicy": true,
		"AWS::AutoScaling::LifecycleHook": true, "AWS::ECS::CapacityProvider": true,
	}
)

// exposed reports whether something that is not seen may register with r: it is
// given to a resource of another type, or to whoever reads the outputs.
func (l *lifter) exposed(r *resource, uses map[string]bool) bool {
	for _, by := range l.referring[r.ID] {
		if !uses[by.Type] && !strings.HasPrefix(by.Type, "AWS::ApiGateway") {
			return true
		}
	}
	for _, s := range l.stacks {
		for _, t := range s.Outputs {
			for ref := range t.Refs() {
				if ref.Kind == value.Resource && ref.Name == r.ID {
					return true
				}
			}
		}
	}
	return false
}

// resized reports whether something may change the size of a fleet: what scales
// it names it, or nothing that can be seen.
func (l *lifter) resized(r *resource, uses map[string]bool) tri.Bool {
	resized := l.elsewhere()
	if l.exposed(r, uses) {
		resized = tri.Maybe
	}
	for by := range l.of("AWS::ApplicationAutoScaling::ScalableTarget") {
		known := false
		for ref := range by.props.TextOf("ResourceId").Refs() {
			if ref.Kind == value.Resource {
				known = known || l.byID[ref.Name] != nil && l.byID[ref.Name].Type == "AWS::ECS::Service"
			}
		}
		if !known {
			resized = tri.Maybe // it names its service by what cannot be compared
		}
	}
	return resized
}

// stateMachines lifts state machines as far as their times matter.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-resource-stepfunctions-statemachine.html
func (l *lifter) stateMachines() {
	for r := range l.of("AWS::StepFunctions::StateMachine") {
		p := r.props
		definition := p.Get("Definition")
		if definition == nil {
			definition = embedded.Document(p.Get("DefinitionString"))
		}
		s := fleet.StateMachine(definition)
		s.ID, s.Type, s.Span = r.ID, p.TextOf("StateMachineType"), r.Span
		for _, attr := range []string{"", "Arn", "StateMachineArn"} {
			l.link.Register(r.ref(attr), link.Target{StateMachine: s})
		}
	}
}

// usagePlans lifts the limits of callers with API keys.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-resource-apigateway-usageplan.html
func (l *lifter) usagePlans() {
	var all []*model.UsagePlan
	for r := range l.of("AWS::ApiGateway::UsagePlan") {
		throttle := child(r.props, "Throttle")
		stages, closed := items(r.props, "ApiStages")
		var apis []*model.API
		for _, s := range stages {
			if api := l.apis[s.TextOf("ApiId").String()]; api != nil {
				apis = append(apis, api)
			} else {
				closed = false
			}
		}
		all = append(all, &model.UsagePlan{
			ID: r.ID, Rate: throttle.FloatOf("RateLimit"), Burst: throttle.FloatOf("BurstLimit"),
			Quota: child(r.props, "Quota").IntOf("Limit"), APIs: value.SetOf(apis, closed), Span: r.Span,
		})
	}
	l.model.UsagePlans = value.SetOf(all, l.closed)
}

// inVPC reports whether a function is in a VPC of its owner: it names subnets.
func inVPC(p *tree.Node) tri.Bool {
	subnets := child(p, "VpcConfig").TextsOf("SubnetIds")
	return subnets.Empty().Not()
}
