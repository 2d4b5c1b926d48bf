package terraform

import (
	"slices"

	"github.com/apigwlint/apigwlint/model"
	"github.com/apigwlint/apigwlint/parsers/internal/fleet"
	"github.com/apigwlint/apigwlint/parsers/internal/link"
	"github.com/apigwlint/apigwlint/parsers/internal/tree"
	"github.com/apigwlint/apigwlint/tri"
	"github.com/apigwlint/apigwlint/value"
)

// fleets lifts what answers behind load balancers and in Cloud Map. Load
// balancers, listeners and target groups are lifted before.
// https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/ecs_service
// https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/autoscaling_group
func (l *lifter) fleets() {
	w := fleet.New(l.link, l.complete("aws_ecs_service", "aws_autoscaling_group", "aws_autoscaling_attachment", "aws_autoscaling_traffic_source_attachment",
		"aws_lb_target_group", "aws_alb_target_group", "aws_lb_target_group_attachment", "aws_alb_target_group_attachment", "aws_service_discovery_instance",
		"aws_lb_listener", "aws_alb_listener", "aws_lb_listener_rule", "aws_alb_listener_rule"))
	l.pools(w)
	for _, r := range slices.Concat(l.types["aws_lb_listener"], l.types["aws_alb_listener"]) {
		if t, _ := l.link.Lookup(r.ref("arn")); t.Listener != nil {
			w.Listener(t.Listener)
			w.Actions(r.hole("arn"), actions(r.p, "default_action"))
		}
	}
	for _, r := range slices.Concat(l.types["aws_lb_listener_rule"], l.types["aws_alb_listener_rule"]) {
		w.Actions(r.p.TextOf("listener_arn"), actions(r.p, "action"))
	}
	for _, r := range l.types["aws_ecs_service"] {
		// The provider asks for a count of 0 when none is written.
		f := &model.Fleet{ID: r.addr, Kind: model.ECSService, Size: r.p.IntOf("desired_count").Or(0), Resized: l.resized(r), Span: r.span}
		if r.p.TextOf("scheduling_strategy").Or("REPLICA").IsFold("REPLICA") != tri.Yes {
			f.Size = value.Unknown[int](r.span) // one on each instance of the cluster
		}
		w.Fleet(f, append(registered(r.p, "load_balancer", "target_group_arn"), registered(r.p, "service_registries", "registry_arn")...))
	}
	l.scalingGroups(w)
	w.Finish()
}

// pools lifts target groups and services of Cloud Map, with what is registered
// with them one by one.
func (l *lifter) pools(w *fleet.World) {
	for _, r := range slices.Concat(l.types["aws_lb_target_group"], l.types["aws_alb_target_group"]) {
		t, _ := l.link.Lookup(r.ref("arn"))
		if t.TargetGroup == nil {
			t = link.Target{TargetGroup: &model.TargetGroup{ID: r.addr, Span: r.span}}
			l.link.Register(r.ref("arn"), t)
			l.link.Register(r.ref("id"), t)
		}
		t.TargetGroup.Targets = value.Closed[value.Text]()
		w.Group(t.TargetGroup, r.p.TextOf("name"), l.exposed(r))
	}
	for _, r := range l.types["aws_service_discovery_service"] {
		s := &model.Registry{ID: r.addr, Span: r.span}
		for _, attr := range []string{"arn", "id"} {
			l.link.Register(r.ref(attr), link.Target{Registry: s})
		}
		w.Registry(s, l.exposed(r))
	}
	for _, r := range slices.Concat(l.types["aws_lb_target_group_attachment"], l.types["aws_alb_target_group_attachment"]) {
		w.Register(r.p.TextOf("target_group_arn"), r.p.TextOf("target_id"))
	}
	for _, r := range l.types["aws_service_discovery_instance"] {
		w.Register(r.p.TextOf("service_id"), r.p.TextOf("instance_id"))
	}
}

func (l *lifter) scalingGroups(w *fleet.World) {
	byName := map[string]*model.Fleet{}
	for _, r := range l.types["aws_autoscaling_group"] {
		f := &model.Fleet{ID: r.addr, Kind: model.ScalingGroup, Size: r.p.IntOf("max_size"), Resized: l.resized(r), Span: r.span}
		w.Fleet(f, append(registered(r.p, "traffic_source", "identifier"), fleet.Texts(r.p.TextsOf("target_group_arns"))...))
		for _, attr := range []string{"id", "name"} {
			byName[r.hole(attr).String()] = f
		}
		if name, ok := r.p.TextOf("name").Get(); ok {
			byName[name] = f
		}
	}
	attach := func(r *lifted, pools []value.Text) {
		f := byName[r.p.TextOf("autoscaling_group_name").String()]
		if f == nil {
			f = &model.Fleet{ID: r.addr, Kind: model.ScalingGroup, Span: r.span}
		}
		w.Fleet(f, pools)
	}
	for _, r := range l.types["aws_autoscaling_attachment"] {
		for _, key := range []string{"lb_target_group_arn", "alb_target_group_arn"} {
			if t := r.p.TextOf(key); t.Present() != tri.No {
				attach(r, []value.Text{t})
			}
		}
	}
	for _, r := range l.types["aws_autoscaling_traffic_source_attachment"] {
		attach(r, registered(r.p, "traffic_source", "identifier"))
	}
}

// registered returns the texts under key in the blocks of a type.
func registered(n *tree.Node, blocks, key string) []value.Text {
	members, all := items(n, blocks)
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
		switch kind := m.TextOf("type"); {
		case kind.IsFold("forward") == tri.Yes:
			if t := m.TextOf("target_group_arn"); t.Present() != tri.No {
				out = append(out, t)
			}
			out = append(out, registered(nested(m, "forward"), "target_group", "arn")...)
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

// usesBackends are types of resources that may refer to a target group, a
// service of Cloud Map or a fleet without changing what answers.
var usesBackends = map[string]map[string]bool{
	"aws_lb_target_group": {
		"aws_lb_listener": true, "aws_alb_listener": true, "aws_lb_listener_rule": true, "aws_alb_listener_rule": true, "aws_ecs_service": true,
		"aws_lb_target_group_attachment": true, "aws_alb_target_group_attachment": true, "aws_autoscaling_group": true,
		"aws_autoscaling_attachment": true, "aws_autoscaling_traffic_source_attachment": true, "aws_autoscaling_policy": true,
		"aws_appautoscaling_policy": true, "aws_cloudwatch_metric_alarm": true, "aws_cloudwatch_dashboard": true,
	},
	"aws_service_discovery_service": {"aws_ecs_service": true, "aws_service_discovery_instance": true},
	"aws_ecs_service":               {"aws_cloudwatch_metric_alarm": true, "aws_cloudwatch_dashboard": true},
	"aws_autoscaling_group": {
		"aws_autoscaling_attachment": true, "aws_autoscaling_traffic_source_attachment": true, "aws_autoscaling_policy": true,
		"aws_autoscaling_lifecycle_hook": true, "aws_ecs_capacity_provider": true, "aws_cloudwatch_metric_alarm": true, "aws_cloudwatch_dashboard": true,
	},
}

// exposed reports whether something that is not seen may register with r, or
// change it: it is given to a resource of another type, or to another module.
func (l *lifter) exposed(r *lifted) bool {
	typ := r.typ
	if typ == "aws_alb_target_group" {
		typ = "aws_lb_target_group"
	}
	if slices.Contains(l.given, r.base) {
		return true
	}
	return slices.ContainsFunc(l.referring[r.base], func(by *lifted) bool { return !usesBackends[typ][by.typ] && !ofGateway(by.typ) })
}

// resized reports whether something may change the size of a fleet.
func (l *lifter) resized(r *lifted) tri.Bool {
	if !l.closed || l.exposed(r) {
		return tri.Maybe
	}
	for _, by := range l.types["aws_appautoscaling_target"] {
		to, all := l.refers(by.base)
		known := slices.ContainsFunc(to, func(base string) bool { return l.byBase[base] != nil && l.byBase[base].typ == "aws_ecs_service" })
		if !all || !known {
			return tri.Maybe // it names its service by what cannot be compared
		}
	}
	if !l.complete("aws_appautoscaling_target", "aws_autoscaling_schedule") {
		return tri.Maybe
	}
	return tri.No
}

// stateMachines lifts state machines as far as their times matter.
// https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/sfn_state_machine
func (l *lifter) stateMachines() {
	for _, r := range l.types["aws_sfn_state_machine"] {
		s := fleet.StateMachine(r.document("definition"))
		s.ID, s.Type, s.Span = r.addr, r.p.TextOf("type"), r.span
		for _, attr := range []string{"arn", "id", "state_machine_version_arn"} {
			l.link.Register(r.ref(attr), link.Target{StateMachine: s})
		}
	}
}

// usagePlans lifts the limits of callers with API keys.
// https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/api_gateway_usage_plan
func (l *lifter) usagePlans() {
	var all []*model.UsagePlan
	for _, r := range l.types["aws_api_gateway_usage_plan"] {
		throttle := nested(r.p, "throttle_settings")
		stages, closed := items(r.p, "api_stages")
		var apis []*model.API
		for _, s := range stages {
			if api := l.apis[s.TextOf("api_id").String()]; api != nil {
				apis = append(apis, api)
			} else {
				closed = false
			}
		}
		all = append(all, &model.UsagePlan{
			ID: r.addr, Rate: throttle.FloatOf("rate_limit"), Burst: throttle.FloatOf("burst_limit"),
			Quota: nested(r.p, "quota_settings").IntOf("limit"), APIs: value.SetOf(apis, closed), Span: r.span,
		})
	}
	l.model.UsagePlans = value.SetOf(all, l.complete("aws_api_gateway_usage_plan"))
}
