package terraform

import (
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/apigwlint/apigwlint/model"
	"github.com/apigwlint/apigwlint/parsers/internal/iam"
	"github.com/apigwlint/apigwlint/parsers/internal/link"
	"github.com/apigwlint/apigwlint/tri"
	"github.com/apigwlint/apigwlint/value"
)

func lambdaFunction(r *lifted) *model.Function {
	p := r.p
	fn := &model.Function{
		ID: r.addr, Name: r.or("function_name"), ARN: r.hole("arn"),
		Timeout:     p.DurationOf("timeout", time.Second),
		Runtime:     p.TextOf("runtime"),
		Handler:     p.TextOf("handler"),
		Concurrency: p.IntOf("reserved_concurrent_executions"),
		Span:        r.span,
	}
	if n, ok := fn.Concurrency.Get(); ok && n < 0 {
		fn.Concurrency = value.Absent[int](fn.Concurrency.Span())
	}
	fn.InVPC = nested(p, "vpc_config").TextsOf("subnet_ids").Empty().Not()
	fn.Events = tri.No
	fn.Published = p.BoolOf("publish").Or(false).Is(func(b bool) bool { return b })
	return fn
}

// roles lifts IAM roles with the policies that are attached to them.
// https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/iam_role
func (l *lifter) roles() {
	var roles []*model.Role
	for _, r := range l.types["aws_iam_role"] {
		role := l.role(r)
		roles = append(roles, role)
		for _, attr := range []string{"arn", "name", "id"} {
			l.link.Register(r.ref(attr), link.Target{Role: role})
		}
	}
	for _, r := range l.types["aws_iam_role_policy"] {
		policy := iam.Policy(r.document("policy"))
		l.attach(roles, value.Closed(r.p.TextOf("role")), func(role *model.Role) { grant(role, policy) })
	}
	for _, r := range l.types["aws_iam_role_policy_attachment"] {
		l.attach(roles, value.Closed(r.p.TextOf("role")), l.managed(r.p.TextOf("policy_arn")))
	}
	for _, r := range l.types["aws_iam_policy_attachment"] {
		l.attach(roles, r.p.TextsOf("roles"), l.managed(r.p.TextOf("policy_arn")))
	}
	l.model.Roles = value.SetOf(roles, l.complete("aws_iam_role"))
	l.resourcePolicies()
	for fn := range l.model.Functions.All() {
		fn.Role = l.link.Role(l.byAddr[fn.ID].p.TextOf("role"))
	}
}

func (l *lifter) role(r *lifted) *model.Role {
	p := r.p
	given := slices.Contains(l.given, r.base)
	attached := !given && l.complete("aws_iam_role_policy", "aws_iam_role_policy_attachment", "aws_iam_policy_attachment")
	role := &model.Role{
		ID: r.addr, Name: r.or("name"), ARN: r.hole("arn"),
		Trust:    iam.Policy(r.document("assume_role_policy")),
		Policies: value.SetOf[*model.Policy](nil, attached),
		Managed:  value.SetOf[value.Text](nil, attached),
		Boundary: p.TextOf("permissions_boundary"),
		Span:     r.span,
	}
	inline, all := items(p, "inline_policy")
	for _, b := range inline {
		if doc := b.Get("policy"); doc != nil {
			grant(role, iam.Policy(doc))
		}
	}
	if !all {
		role.Policies = role.Policies.Opened()
	}
	managed := p.TextsOf("managed_policy_arns")
	for arn := range managed.All() {
		l.managed(arn)(role)
	}
	if !managed.IsClosed() {
		role.Managed, role.Policies = role.Managed.Opened(), role.Policies.Opened()
	}
	return role
}

// resourcePolicies lifts the policies of what integrations call, which stand in
// the thing itself or beside it.
func (l *lifter) resourcePolicies() {
	kinds := map[string]string{
		"aws_sqs_queue": "policy", "aws_sqs_queue_policy": "policy", "aws_sns_topic": "policy", "aws_sns_topic_policy": "policy",
		"aws_s3_bucket": "policy", "aws_s3_bucket_policy": "policy", "aws_cloudwatch_event_bus_policy": "policy",
		"aws_kinesis_resource_policy": "policy", "aws_dynamodb_resource_policy": "policy", "aws_secretsmanager_secret_policy": "policy",
	}
	set := value.SetOf[*model.Policy](nil, l.complete(slices.Collect(maps.Keys(kinds))...) && l.complete("aws_cloudwatch_event_permission"))
	if len(l.types["aws_cloudwatch_event_permission"]) > 0 {
		set = set.Opened()
	}
	for _, r := range l.resources {
		key, ok := kinds[r.typ]
		if !ok || r.p.Has(key) == tri.No {
			continue
		}
		if p, ok := iam.Policy(r.document(key)).Get(); ok {
			set = set.With(p)
		} else {
			set = set.Opened()
		}
	}
	l.model.ResourcePolicies = set
}

// managed returns what attaching a managed policy does to a role. A policy of
// these files says what it grants.
func (l *lifter) managed(arn value.Text) func(*model.Role) {
	return func(role *model.Role) {
		if ref, ok := arn.Only(); ok {
			if to := l.byAddr[ref.Name]; to != nil && to.typ == "aws_iam_policy" {
				grant(role, iam.Policy(to.document("policy")))
				return
			}
			if ref.Kind != value.Resource {
				role.Policies = role.Policies.Opened()
			}
		}
		if arn.Present() != tri.Yes {
			role.Policies = role.Policies.Opened()
		}
		role.Managed = role.Managed.With(arn)
	}
}

// grant adds a policy to a role, as far as it is known.
func grant(role *model.Role, policy value.Of[*model.Policy]) {
	if p, ok := policy.Get(); ok {
		role.Policies = role.Policies.With(p)
	} else if policy.Present() != tri.No {
		role.Policies = role.Policies.Opened()
	}
}

// attach does something to the roles that have one of the names.
func (l *lifter) attach(roles []*model.Role, names value.Set[value.Text], do func(*model.Role)) {
	for _, role := range roles {
		attached := names.Any(func(name value.Text) tri.Bool {
			if ref, ok := name.Only(); ok {
				if t, known := l.link.Lookup(ref); known {
					return tri.Of(t.Role == role)
				}
			}
			return name.Equal(role.Name)
		})
		switch attached {
		case tri.Yes:
			do(role)
		case tri.Maybe:
			role.Policies, role.Managed = role.Policies.Opened(), role.Managed.Opened()
		}
	}
}

// otherTriggers reports whether something besides API Gateway invokes a
// function, or an alias of it.
func (l *lifter) otherTriggers(fn *lifted) tri.Bool {
	triggered := tri.No
	if !l.closed {
		triggered = tri.Maybe
	}
	seen := map[string]bool{fn.base: true}
	for queue := []string{fn.base}; len(queue) > 0; queue = queue[1:] {
		for _, r := range l.referring[queue[0]] {
			switch {
			case seen[r.base] || ignoresFunction(r):
			case r.typ == "aws_lambda_alias":
				queue = append(queue, r.base)
			default:
				triggered = tri.Or(triggered, invokesFunction(r.typ))
			}
			seen[r.base] = true
		}
	}
	return triggered
}

// ignoresFunction reports whether resources of a type may refer to a function
// without anything invoking it but API Gateway.
func ignoresFunction(r *lifted) bool {
	switch r.typ {
	case "aws_lambda_function_event_invoke_config", "aws_codedeploy_deployment_group", "aws_lambda_provisioned_concurrency_config",
		"aws_cloudwatch_metric_alarm", "aws_cloudwatch_dashboard", "aws_cloudwatch_composite_alarm", "aws_cloudwatch_log_group",
		"aws_cloudwatch_log_metric_filter", "aws_appautoscaling_target", "aws_appautoscaling_policy":
		return true
	case "aws_lambda_permission":
		return r.p.TextOf("principal").Is("apigateway.amazonaws.com") == tri.Yes
	}
	return ofGateway(r.typ)
}

// invokesFunction reports whether a resource that refers to a function
// certainly is, or makes, a caller of it.
func invokesFunction(typ string) tri.Bool {
	switch typ {
	case "aws_lambda_event_source_mapping", "aws_lambda_function_url", "aws_cloudwatch_event_target", "aws_scheduler_schedule", "aws_pipes_pipe",
		"aws_s3_bucket_notification", "aws_sns_topic_subscription", "aws_sfn_state_machine", "aws_cognito_user_pool", "aws_iot_topic_rule",
		"aws_cloudwatch_log_subscription_filter", "aws_config_config_rule", "aws_secretsmanager_secret_rotation", "aws_appsync_datasource",
		"aws_lb_target_group_attachment", "aws_alb_target_group_attachment", "aws_cloudfront_distribution", "aws_lambda_invocation":
		return tri.Yes
	}
	return tri.Maybe
}

// worlds decides which sets are complete.
func (l *lifter) worlds() {
	given := slices.Clone(l.given)
	for _, r := range l.resources {
		if stranger(r.typ) {
			to, all := l.refers(r.base)
			given = append(given, to...)
			if !all {
				l.model.Permissions = l.model.Permissions.Opened()
			}
		}
	}
	for _, base := range given {
		r := l.byBase[base]
		if r == nil {
			continue
		}
		if isFunction(r.typ) || ofGateway(r.typ) {
			l.model.Permissions = l.model.Permissions.Opened()
		}
		if api := l.apiOf[base]; api != nil {
			l.openAPI(api)
		}
	}
	for _, api := range l.model.APIs {
		stages := l.complete("aws_api_gateway_stage", "aws_apigatewayv2_stage", "aws_api_gateway_deployment")
		// Somebody makes the stages; when none is visible here, it is somebody else.
		visible := api.Stages.Len() > 0 && stages && api.Managed == tri.Yes && !l.opened[api]
		api.Stages = value.SetOf(slices.Collect(api.Stages.All()), visible)
	}
}

// openAPI says that an API may have more of everything.
func (l *lifter) openAPI(api *model.API) {
	openContents(api)
	l.opened[api] = true
}

// stranger reports whether resources of a type may do anything with what they
// are given: they run programs, make stacks or belong to unknown providers.
func stranger(typ string) bool {
	switch typ {
	case "aws_cloudformation_stack", "aws_cloudformation_stack_set", "aws_serverlessapplicationrepository_cloudformation_stack":
		return true
	}
	provider, _, _ := strings.Cut(typ, "_")
	switch provider {
	case "aws", "random", "archive", "local", "tls", "time", "template", "cloudinit":
		return false
	}
	return true
}
