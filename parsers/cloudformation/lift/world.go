package lift

import (
	"slices"
	"strings"

	"github.com/apigwlint/apigwlint/model"
	"github.com/apigwlint/apigwlint/parsers/internal/tree"
	"github.com/apigwlint/apigwlint/tri"
	"github.com/apigwlint/apigwlint/value"
)

// refs yields the resources that a node refers to, by id, and whether anything
// in it is unknown and may refer to more.
func refs(n *tree.Node, yield func(id string)) (unknown bool) {
	if n == nil {
		return false
	}
	for ref := range n.Value.Refs() {
		if ref.Kind == value.Resource {
			yield(ref.Name)
		} else if ref.Kind == value.Other {
			unknown = true
		}
	}
	if n.Kind == tree.Unknown && n.Value.Present() != tri.Yes || n.Open ||
		n.Kind == tree.Scalar && n.Value.Present() != tri.Yes {
		unknown = true
	}
	for _, e := range n.Entries {
		unknown = refs(e.Value, yield) || unknown
	}
	for _, item := range n.Items {
		unknown = refs(item, yield) || unknown
	}
	return unknown
}

// refersTo reports whether the properties of r refer to the resource with the id.
func (l *lifter) refersTo(r *resource, id string) bool {
	found := false
	refs(r.props, func(to string) { found = found || to == id })
	return found
}

// otherTriggers reports whether something besides API Gateway invokes a function.
func (l *lifter) otherTriggers(fn *resource) tri.Bool {
	ids := []string{fn.ID}
	for _, r := range l.resources {
		if (r.Type == "AWS::Lambda::Alias" || r.Type == "AWS::Lambda::Version") && l.refersTo(r, fn.ID) {
			ids = append(ids, r.ID)
		}
	}
	triggered := tri.No
	if !l.closed {
		triggered = tri.Maybe
	}
	for _, r := range l.resources {
		if r == fn || l.ignores(r) {
			continue
		}
		if slices.ContainsFunc(ids, func(id string) bool { return l.refersTo(r, id) }) {
			triggered = tri.Or(triggered, invokes(r))
		}
	}
	return triggered
}

// ignores reports whether resources of a type may refer to a function without
// anything invoking it but API Gateway.
func (l *lifter) ignores(r *resource) bool {
	switch r.Type {
	case "AWS::Lambda::Alias", "AWS::Lambda::Version", "AWS::Lambda::EventInvokeConfig", "AWS::CodeDeploy::DeploymentGroup",
		"AWS::CloudWatch::Alarm", "AWS::CloudWatch::Dashboard", "AWS::CloudWatch::CompositeAlarm", "AWS::Logs::LogGroup",
		"AWS::Logs::MetricFilter", "AWS::ApplicationAutoScaling::ScalableTarget", "AWS::ApplicationAutoScaling::ScalingPolicy":
		return true
	case "AWS::Lambda::Permission":
		return permissionIsAPIGateways(r)
	}
	return strings.HasPrefix(r.Type, "AWS::ApiGateway")
}

func permissionIsAPIGateways(r *resource) bool {
	principal := r.props.TextOf("Principal")
	return principal.Is("apigateway.amazonaws.com") == tri.Yes
}

// invokes reports whether a resource that refers to a function certainly is, or
// makes, a caller of it.
func invokes(r *resource) tri.Bool {
	switch r.Type {
	case "AWS::Lambda::EventSourceMapping", "AWS::Lambda::Url", "AWS::Events::Rule", "AWS::Scheduler::Schedule", "AWS::Pipes::Pipe",
		"AWS::S3::Bucket", "AWS::SNS::Subscription", "AWS::SNS::Topic", "AWS::StepFunctions::StateMachine", "AWS::Cognito::UserPool",
		"AWS::IoT::TopicRule", "AWS::Logs::SubscriptionFilter", "AWS::Config::ConfigRule", "AWS::SecretsManager::RotationSchedule",
		"AWS::AppSync::DataSource", "AWS::ElasticLoadBalancingV2::TargetGroup", "AWS::CloudFront::Distribution":
		return tri.Yes
	}
	return tri.Maybe
}

// worlds decides which sets are complete.
func (l *lifter) worlds() {
	l.strangers()
	for _, api := range l.model.APIs {
		// Somebody makes the stages; when none is visible here, it is somebody else.
		visible := api.Stages.Len() > 0 && l.closed && api.Managed == tri.Yes && !l.opened[api]
		api.Stages = value.SetOf(slices.Collect(api.Stages.All()), visible)
	}
}

// strangers finds resources that may do anything with what they are given:
// custom resources, modules and types of third parties.
func (l *lifter) strangers() {
	for _, r := range l.resources {
		if !stranger(r.Type) {
			continue
		}
		given := r.props
		if given.Is(tree.Map) {
			given = given.Without("ServiceToken") // the function behind the custom resource
		}
		unknown := refs(given, func(id string) {
			to := l.byID[id]
			if to == nil {
				return
			}
			switch to.Type {
			case "AWS::Lambda::Function", "AWS::Lambda::Alias", "AWS::Lambda::Version":
				l.model.Permissions = l.model.Permissions.Opened()
			}
			if api := l.apis[to.ref("").String()]; api != nil {
				l.model.Permissions = l.model.Permissions.Opened()
				l.openAPI(api)
			}
		})
		if unknown {
			l.model.Permissions = l.model.Permissions.Opened()
		}
	}
}

// openAPI says that an API may have more of everything.
func (l *lifter) openAPI(api *model.API) {
	openContents(api)
	l.opened[api] = true
}

func stranger(resourceType string) bool {
	return !strings.HasPrefix(resourceType, "AWS::") ||
		resourceType == "AWS::CloudFormation::CustomResource" ||
		strings.HasSuffix(resourceType, "::MODULE")
}

// deployments finds out what exists certainly before each deployment is made.
func (l *lifter) deployments() {
	for _, api := range l.model.APIs {
		for d := range api.Deployments.All() {
			reached, all := l.closure(d.ID)
			var routes []*model.Route
			for r := range api.Routes.All() {
				// What a body defines exists as soon as the API does.
				if reached[r.ID] || r.Imported == tri.Yes || l.quick[api] != nil && l.quick[api].route == r {
					routes = append(routes, r)
				}
			}
			d.Reaches = value.SetOf(routes, all && l.closed && api.Routes.IsClosed())
		}
	}
}

// closure returns the resources that a resource depends on, itself included,
// and whether these are certainly all.
func (l *lifter) closure(id string) (reached map[string]bool, all bool) {
	reached, all = map[string]bool{}, true
	var visit func(id string)
	visit = func(id string) {
		if reached[id] {
			return
		}
		reached[id] = true
		r := l.byID[id]
		if r == nil {
			return
		}
		if r.Type == "AWS::CloudFormation::Stack" {
			for _, inner := range l.resources {
				if strings.HasPrefix(inner.ID, id+"/") {
					visit(inner.ID)
				}
			}
		}
		for _, to := range r.DependsOn {
			visit(to)
		}
		if refs(r.props, visit) {
			all = false
		}
	}
	visit(id)
	return reached, all
}
