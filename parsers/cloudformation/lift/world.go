package lift

import (
	"regexp"
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

// referrers returns the resources whose properties refer to each resource.
func (l *lifter) referrers() map[string][]*resource {
	out := map[string][]*resource{}
	for _, r := range l.resources {
		refs(r.props, func(id string) {
			if all := out[id]; len(all) == 0 || all[len(all)-1] != r {
				out[id] = append(all, r)
			}
		})
	}
	return out
}

// published reports whether a resource publishes versions of the function.
func (l *lifter) published(fn *resource) tri.Bool {
	for _, r := range l.referring[fn.ID] {
		if r.Type == "AWS::Lambda::Version" {
			return tri.Yes
		}
	}
	return l.elsewhere()
}

// fragment reports whether something is missing without which the templates
// could not be deployed: they are put together with others first, or something
// transforms them that this program does not know.
func (l *lifter) fragment() bool {
	for _, r := range l.resources {
		if strings.HasPrefix(r.Type, "AWS::Serverless::") || dangles(r.props) {
			return true
		}
	}
	return false
}

// dangles reports whether a node refers to a logical id that does not exist.
func dangles(n *tree.Node) bool {
	for ref := range n.Value.Refs() {
		if ref.Kind == value.Other && logicalID.MatchString(ref.Name) {
			return true
		}
	}
	return slices.ContainsFunc(n.Entries, func(e tree.Entry) bool { return dangles(e.Value) }) ||
		slices.ContainsFunc(n.Items, dangles)
}

// logicalID is the name of a reference to a logical id, with the path of its
// stack, and perhaps an attribute.
var logicalID = regexp.MustCompile(`^(?:.*/)?[A-Za-z0-9]+(?:\.[A-Za-z0-9.]+)?$`)

// elsewhere is the answer about what is not seen: No when everything can be.
func (l *lifter) elsewhere() tri.Bool {
	if l.closed {
		return tri.No
	}
	return tri.Maybe
}

// otherTriggers reports whether something besides API Gateway invokes a
// function, or a version or alias of it.
func (l *lifter) otherTriggers(fn *resource) tri.Bool {
	triggered := l.elsewhere()
	seen := map[*resource]bool{fn: true}
	for queue := []*resource{fn}; len(queue) > 0; queue = queue[1:] {
		for _, r := range l.referring[queue[0].ID] {
			switch {
			case seen[r] || ignores(r):
			case r.Type == "AWS::Lambda::Alias" || r.Type == "AWS::Lambda::Version":
				queue = append(queue, r)
			default:
				triggered = tri.Or(triggered, invokes(r))
			}
			seen[r] = true
		}
	}
	return triggered
}

// ignores reports whether resources of a type may refer to a function without
// anything invoking it but API Gateway.
func ignores(r *resource) bool {
	switch r.Type {
	case "AWS::Lambda::EventInvokeConfig", "AWS::CodeDeploy::DeploymentGroup",
		"AWS::CloudWatch::Alarm", "AWS::CloudWatch::Dashboard", "AWS::CloudWatch::CompositeAlarm", "AWS::Logs::LogGroup",
		"AWS::Logs::MetricFilter", "AWS::ApplicationAutoScaling::ScalableTarget", "AWS::ApplicationAutoScaling::ScalingPolicy":
		return true
	case "AWS::Lambda::Permission":
		return r.props.TextOf("Principal").Is("apigateway.amazonaws.com") == tri.Yes
	}
	return strings.HasPrefix(r.Type, "AWS::ApiGateway")
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
	if stranger(r.Type) && r.props.Has("ServiceToken") == tri.Yes {
		return tri.Yes // a custom resource calls the function behind it
	}
	return tri.Maybe
}

// stages decides of which APIs all stages can be seen.
func (l *lifter) stages() {
	for _, api := range l.model.APIs {
		// Somebody makes the stages; when none is visible here, it is somebody else.
		visible := api.Stages.Len() > 0 && l.closed && api.Managed == tri.Yes && !l.opened[api]
		stages := slices.Collect(api.Stages.All())
		kept := slices.DeleteFunc(slices.Clone(stages), func(s *model.Stage) bool { return artefact(s, stages) })
		api.Stages = value.SetOf(kept, visible)
	}
}

// artefact reports whether a stage is the one that SAM's translator makes of a
// deployment because it once had to, beside the stage that the template asks
// for. It has no settings, and nobody calls it.
// https://github.com/aws/serverless-application-model/issues/191
func artefact(s *model.Stage, all []*model.Stage) bool {
	made, ok := s.Deployment.Get()
	if !ok || made.ID != s.ID || s.Name.Is("Stage") != tri.Yes {
		return false
	}
	return slices.ContainsFunc(all, func(other *model.Stage) bool {
		d, ok := other.Deployment.Get()
		return other != s && ok && d == made
	})
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
			if api := l.apis[to.hole("").String()]; api != nil {
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
