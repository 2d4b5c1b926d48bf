package model_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/apigwlint/apigwlint/model"
	"github.com/apigwlint/apigwlint/tri"
	"github.com/apigwlint/apigwlint/value"
)

func texts(list ...string) value.Set[value.Text] {
	var out []value.Text
	for _, s := range list {
		out = append(out, text(s))
	}
	return value.Closed(out...)
}

// allow is a statement that allows something, before change.
func allow(action, resource string, change func(*model.Statement)) *model.Statement {
	s := &model.Statement{
		Effect: text("Allow"), Actions: texts(action), Resources: texts(resource), Conditional: tri.No,
		NotActions: texts(), NotResources: texts(),
		Principals: value.Closed[model.Principal](), NotPrincipals: value.Closed[model.Principal](),
	}
	if change != nil {
		change(s)
	}
	return s
}

func policy(list ...*model.Statement) *model.Policy {
	return &model.Policy{Statements: value.Closed(list...)}
}

// roleWith is a role with one policy and nothing else.
func roleWith(list ...*model.Statement) *model.Role {
	return &model.Role{
		ID: "Role", Name: text("caller"), ARN: text("${Role.Arn}"),
		Policies: value.Closed(policy(list...)), Managed: texts(), Boundary: absent(),
	}
}

func TestMayDo(t *testing.T) {
	const queue = "arn:aws:sqs:eu-west-1:111122223333:orders"
	deny := func(s *model.Statement) { s.Effect = text("Deny") }
	for _, tt := range []struct {
		name string
		role *model.Role
		want tri.Bool
	}{
		{"nothing", roleWith(), tri.No},
		{"the action", roleWith(allow("sqs:SendMessage", queue, nil)), tri.Yes},
		{"in another case", roleWith(allow("SQS:sendmessage", "*", nil)), tri.Yes},
		{"wildcard", roleWith(allow("sqs:Send*", "arn:aws:sqs:*:*:orders", nil)), tri.Yes},
		{"all", roleWith(allow("*", "*", nil)), tri.Yes},
		{"another action", roleWith(allow("sqs:ReceiveMessage", queue, nil)), tri.No},
		{"another queue", roleWith(allow("sqs:*", queue+"-dead", nil)), tri.No},
		{"names in another case", roleWith(allow("sqs:*", strings.ToUpper(queue), nil)), tri.No},
		{"a queue of the files", roleWith(allow("sqs:*", "${Orders.Arn}", nil)), tri.Maybe},
		{"a parameter", roleWith(allow("sqs:*", "${arn}", nil)), tri.Maybe},
		{"an action that is a parameter", roleWith(allow("sqs:${action}", "*", nil)), tri.Maybe},
		{"a policy variable", roleWith(allow("sqs:*", "arn:aws:sqs:eu-west-1:111122223333:$"+"{aws:username}", nil)), tri.Maybe},
		{"an ARN cut short", roleWith(allow("sqs:*", "arn:aws:sqs", nil)), tri.Maybe},
		{"an ARN cut short of another service", roleWith(allow("sqs:*", "arn:aws:sns:*:*:orders", nil)), tri.No},
		{"a wildcard across segments", roleWith(allow("sqs:*", "arn:*w*:orders", nil)), tri.Maybe},
		{"a wildcard that may not cross", roleWith(allow("sqs:*", "arn:aws:sqs:*w*:orders", nil)), tri.Maybe},
		{"condition", roleWith(allow("sqs:*", "*", func(s *model.Statement) { s.Conditional = tri.Yes })), tri.Maybe},
		{"perhaps a condition", roleWith(allow("sqs:*", "*", func(s *model.Statement) { s.Conditional = tri.Maybe })), tri.Maybe},
		{"condition on something else", roleWith(allow("sns:*", "*", func(s *model.Statement) { s.Conditional = tri.Yes })), tri.No},
		{"denied", roleWith(allow("*", "*", nil), allow("sqs:*", "*", deny)), tri.No},
		{"denied elsewhere", roleWith(allow("*", "*", nil), allow("sqs:*", queue+"-dead", deny)), tri.Yes},
		{"denied on a condition", roleWith(allow("*", "*", nil), allow("*", "*", func(s *model.Statement) {
			s.Effect, s.Conditional = text("Deny"), tri.Yes
		})), tri.Maybe},
		{"all but", roleWith(allow("", "*", func(s *model.Statement) { s.Actions, s.NotActions = texts(), texts("iam:*") })), tri.Yes},
		{"all but this", roleWith(allow("", "*", func(s *model.Statement) { s.Actions, s.NotActions = texts(), texts("sqs:Send*") })), tri.No},
		{"all resources but", roleWith(allow("sqs:*", "", func(s *model.Statement) {
			s.Resources, s.NotResources = texts(), texts("arn:aws:sqs:*:*:dead")
		})), tri.Yes},
		{"neither", roleWith(allow("sqs:*", "", func(s *model.Statement) { s.Resources = texts() })), tri.Maybe},
		{"an effect that is none", roleWith(allow("*", "*", func(s *model.Statement) { s.Effect = text("allow") })), tri.No},
		{"more actions elsewhere", roleWith(allow("sns:*", "*", func(s *model.Statement) { s.Actions = s.Actions.Opened() })), tri.Maybe},
	} {
		if got := tt.role.MayDo("sqs:SendMessage", text(queue)); got != tt.want {
			t.Errorf("%s: %v, want %v", tt.name, got, tt.want)
		}
		limited := *tt.role
		limited.Boundary = text("arn:aws:iam::111122223333:policy/limit")
		if got := limited.MayDo("sqs:SendMessage", text(queue)); got != min(tt.want, tri.Maybe) {
			t.Errorf("%s: %v within a boundary", tt.name, got)
		}
		open := *tt.role
		open.Policies = open.Policies.Opened()
		if got := open.MayDo("sqs:SendMessage", text(queue)); tt.name != "denied" && got != tri.Maybe {
			t.Errorf("%s: %v though there may be more policies", tt.name, got)
		}
	}
	var unknown model.Role
	if got := unknown.MayDo("sqs:SendMessage", text(queue)); got != tri.Maybe {
		t.Errorf("a role of which nothing is known: %v", got)
	}
}

func TestQualifiedFunction(t *testing.T) {
	for _, tt := range []struct {
		resource string
		want     tri.Bool
	}{
		{"${Fn.Arn}", tri.No}, {"${Fn.Arn}:*", tri.Yes}, {"${Fn.Arn}*", tri.Yes}, {"${Fn.Arn}:live", tri.Yes},
		{"${Fn.Arn}:beta", tri.No}, {"${arn}", tri.Maybe}, {"${Other.Arn}", tri.Maybe}, {"*", tri.Yes},
	} {
		inv := &model.Invocation{Function: &model.Function{ARN: text("${Fn.Arn}")}, Qualifier: text("live")}
		call := inv.Call()
		if got := roleWith(allow("lambda:InvokeFunction", tt.resource, nil)).MayDo(call.Action, call.Resource); got != tt.want {
			t.Errorf("%s for the alias: %v, want %v", tt.resource, got, tt.want)
		}
	}
}

func TestInvokableAsRole(t *testing.T) {
	trust := allow("sts:AssumeRole", "", func(s *model.Statement) {
		s.Resources = texts()
		s.Principals = value.Closed(model.Principal{Type: "Service", Name: text("apigateway.amazonaws.com")})
	})
	for name, tt := range map[string]struct {
		trust, grant *model.Statement
		want         tri.Bool
	}{
		"both":             {trust, allow("lambda:InvokeFunction", "${Fn.Arn}", nil), tri.Yes},
		"no trust":         {allow("sts:AssumeRole", "", func(s *model.Statement) { s.Effect = text("Deny") }), allow("*", "*", nil), tri.No},
		"another action":   {trust, allow("lambda:GetFunction", "*", nil), tri.No},
		"on a condition":   {trust, allow("*", "*", func(s *model.Statement) { s.Conditional = tri.Yes }), tri.Maybe},
		"another function": {trust, allow("*", "${arn}", nil), tri.Maybe},
	} {
		m, _, route, fn := world(model.REST, "GET", "/orders")
		fn.ARN = text("${Fn.Arn}")
		m.Permissions, m.ResourcePolicies = value.Closed[*model.Permission](), value.Closed[*model.Policy]()
		in, _ := route.Integration.Get()
		in.Credentials, in.Role = text("${Role.Arn}"), roleWith(tt.grant)
		in.Role.Trust = value.Known(policy(tt.trust), nowhere)
		if got, _ := m.Invokable(route); got != tt.want {
			t.Errorf("%s: %v, want %v", name, got, tt.want)
		}
	}
}

func TestManagedPolicies(t *testing.T) {
	const aws = "arn:aws:iam::aws:policy/"
	for _, tt := range []struct {
		arn, action string
		want        tri.Bool
	}{
		{aws + "service-role/AWSLambdaBasicExecutionRole", "lambda:InvokeFunction", tri.No},
		{aws + "service-role/AWSLambdaRole", "lambda:InvokeFunction", tri.Yes},
		{aws + "AmazonSQSFullAccess", "sqs:SendMessage", tri.Yes},
		{aws + "AmazonSQSFullAccess", "sns:Publish", tri.No},
		{"arn:${AWS::Partition}:iam::aws:policy/AmazonSQSReadOnlyAccess", "sqs:SendMessage", tri.No},
		{aws + "AmazonDynamoDBFullAccess", "dynamodb:PutItem", tri.Yes},
		{aws + "AmazonDynamoDBFullAccess", "sns:Publish", tri.Maybe},
		{aws + "AmazonS3ReadOnlyAccess", "s3:GetObject", tri.Yes},
		{aws + "AmazonS3ReadOnlyAccess", "s3:PutObject", tri.No},
		{aws + "service-role/AmazonAPIGatewayPushToCloudWatchLogs", "states:StartExecution", tri.No},
		{aws + "AdministratorAccess", "states:StartExecution", tri.Yes},
		{aws + "PowerUserAccess", "ssm:GetParameter", tri.Maybe},
		{aws + "SomethingNew", "sqs:SendMessage", tri.Maybe},
		{"arn:aws:iam::111122223333:policy/AmazonSQSReadOnlyAccess", "sqs:SendMessage", tri.Maybe},
		{"${policy}", "sqs:SendMessage", tri.Maybe},
	} {
		r := roleWith()
		r.Managed = texts(tt.arn)
		if got := r.MayDo(tt.action, text("arn:aws:x:y:z:w")); got != tt.want {
			t.Errorf("%s allows %s: %v, want %v", tt.arn, tt.action, got, tt.want)
		}
	}
}

func TestTrusts(t *testing.T) {
	principals := func(kind string, names ...string) value.Set[model.Principal] {
		var out []model.Principal
		for _, n := range names {
			out = append(out, model.Principal{Type: kind, Name: text(n)})
		}
		return value.Closed(out...)
	}
	trust := func(change func(*model.Statement), in value.Set[model.Principal]) *model.Statement {
		return allow("sts:AssumeRole", "", func(s *model.Statement) {
			s.Resources, s.Principals = texts(), in
			if change != nil {
				change(s)
			}
		})
	}
	gateway := principals("Service", "apigateway.amazonaws.com")
	for _, tt := range []struct {
		name  string
		trust []*model.Statement
		want  tri.Bool
	}{
		{"nobody", nil, tri.No},
		{"the service", []*model.Statement{trust(nil, gateway)}, tri.Yes},
		{"among others", []*model.Statement{trust(nil, principals("Service", "lambda.amazonaws.com", "apigateway.amazonaws.com"))}, tri.Yes},
		{"in a statement of its own", []*model.Statement{trust(nil, principals("Service", "lambda.amazonaws.com")), trust(nil, gateway)}, tri.Yes},
		{"another service", []*model.Statement{trust(nil, principals("Service", "lambda.amazonaws.com"))}, tri.No},
		{"an account", []*model.Statement{trust(nil, principals("AWS", "arn:aws:iam::111122223333:root"))}, tri.No},
		{"a role of the files", []*model.Statement{trust(nil, principals("AWS", "${Other.Arn}"))}, tri.No},
		{"somebody", []*model.Statement{trust(nil, principals("AWS", "${who}"))}, tri.Maybe},
		{"anybody", []*model.Statement{trust(nil, principals("AWS", "*"))}, tri.Maybe},
		{"a provider of identities", []*model.Statement{trust(nil, principals("Federated", "cognito-identity.amazonaws.com"))}, tri.No},
		{"the suffix of the partition", []*model.Statement{trust(nil, principals("Service", "apigateway.${AWS::URLSuffix}"))}, tri.Maybe},
		{"the suffix of China", []*model.Statement{trust(nil, principals("Service", "apigateway.amazonaws.com.cn"))}, tri.Maybe},
		{"on a condition", []*model.Statement{trust(func(s *model.Statement) { s.Conditional = tri.Yes }, gateway)}, tri.Maybe},
		{"another action", []*model.Statement{trust(func(s *model.Statement) { s.Actions = texts("sts:TagSession") }, gateway)}, tri.No},
		{"all of its actions", []*model.Statement{trust(func(s *model.Statement) { s.Actions = texts("sts:*") }, gateway)}, tri.Yes},
		{"all but", []*model.Statement{trust(func(s *model.Statement) {
			s.NotPrincipals = principals("Service", "lambda.amazonaws.com")
		}, value.Closed[model.Principal]())}, tri.Maybe},
		{"denied", []*model.Statement{trust(nil, gateway), trust(func(s *model.Statement) { s.Effect = text("Deny") }, gateway)}, tri.No},
		{"more of them elsewhere", []*model.Statement{trust(nil, principals("Service", "lambda.amazonaws.com").Opened())}, tri.Maybe},
	} {
		r := &model.Role{Trust: value.Known(policy(tt.trust...), nowhere)}
		if got := r.Trusts(model.Gateway); got != tt.want {
			t.Errorf("%s: %v, want %v", tt.name, got, tt.want)
		}
	}
	if got := (&model.Role{}).Trusts(model.Gateway); got != tri.Maybe {
		t.Errorf("an unknown trust policy: %v", got)
	}
}

// TestServiceCalls lists what integrations do in services of AWS.
func TestServiceCalls(t *testing.T) {
	const rest, unknown = "arn:aws:apigateway:eu-west-1:", "?"
	static := func(pairs ...string) value.Map[value.Text] {
		var out []value.Entry[value.Text]
		for i := 0; i < len(pairs); i += 2 {
			out = append(out, value.Entry[value.Text]{Key: text(pairs[i]), Value: text(pairs[i+1])})
		}
		return value.NewMap(nowhere, out...)
	}
	json := func(s string) value.Map[value.Text] { return static("application/json", s) }
	for _, tt := range []struct {
		uri, method           string
		parameters, templates value.Map[value.Text]
		action, resource      string
	}{
		{rest + "sqs:path/111122223333/orders", "POST", static(), json("Action=SendMessage&MessageBody=$input.body"), "sqs:SendMessage", "arn:aws:sqs:eu-west-1:111122223333:orders"},
		{rest + "sqs:path//${AWS::AccountId}/${Queue.QueueName}?Action=ReceiveMessage", "GET", static(), static(), "sqs:ReceiveMessage", "arn:aws:sqs:eu-west-1:${AWS::AccountId}:${Queue.QueueName}"},
		{rest + "sqs:path/111122223333/orders", "GET", static("integration.request.querystring.Action", "'SendMessageBatch'"), static(), "sqs:SendMessage", "arn:aws:sqs:eu-west-1:111122223333:orders"},
		{rest + "sqs:path/111122223333/orders", "POST", static("integration.request.header.X-Amz-Target", "'AmazonSQS.SendMessage'"), static(), "sqs:SendMessage", "arn:aws:sqs:eu-west-1:111122223333:orders"},
		{rest + "sqs:path/111122223333/orders", "GET", static("integration.request.querystring.Action", "method.request.querystring.a"), static(), "", ""},
		{rest + "sqs:path/111122223333/orders", "POST", static(), static("a/b", "Action=SendMessage", "c/d", "Action=PurgeQueue"), "", ""},
		{rest + "sqs:action/SendMessage", "POST", static(), static(), "sqs:SendMessage", unknown},
		{rest + "sqs:path/${Queue.Arn}?Action=ReceiveMessage", "GET", static(), static(), "sqs:ReceiveMessage", unknown},
		{rest + "dynamodb:action/PutItem", "POST", static(), json(`{"TableName": "Music", "Item": {}}`), "dynamodb:PutItem", "arn:aws:dynamodb:eu-west-1:${AWS::AccountId}:table/Music"},
		{rest + "dynamodb:action/PutItem", "POST", static(), json(`{"TableName": "${Table}", "Item": {}}`), "dynamodb:PutItem", "arn:aws:dynamodb:eu-west-1:${AWS::AccountId}:table/${Table}"},
		{rest + "dynamodb:action/PutItem", "POST", static(), json(`{"TableName": "${table}", "Item": {}}`), "dynamodb:PutItem", unknown},
		{rest + "dynamodb:action/Query", "POST", static(), json(`{"TableName": "Music", "IndexName": "ByYear"}`), "dynamodb:Query", unknown},
		{rest + "dynamodb:action/Query", "POST", static(), json(`{"TableName": "$input.params('t')"}`), "dynamodb:Query", unknown},
		{rest + "dynamodb:action/TransactWriteItems", "POST", static(), static(), "", ""},
		{rest + "states:action/StartExecution", "POST", static(), json(`{"input": "x", "stateMachineArn": "${Machine}"}`), "states:StartExecution", "${Machine}"},
		{rest + "states:action/StopExecution", "POST", static(), json(`{"executionArn": "$input.path('$.arn')"}`), "states:StopExecution", unknown},
		{rest + "events:action/PutEvents", "POST", static(), json(`{"Entries": [{"EventBusName": "orders", "Detail": "x"}]}`), "events:PutEvents", "arn:aws:events:eu-west-1:${AWS::AccountId}:event-bus/orders"},
		{rest + "kinesis:action/PutRecord", "POST", static(), json(`{"StreamName": "s", "Data": "x"}`), "kinesis:PutRecord", "arn:aws:kinesis:eu-west-1:${AWS::AccountId}:stream/s"},
		{rest + "firehose:action/PutRecord", "POST", static(), json(`{"DeliveryStreamName": "s"}`), "firehose:PutRecord", "arn:aws:firehose:eu-west-1:${AWS::AccountId}:deliverystream/s"},
		{rest + "sns:action/Publish", "POST", static("integration.request.querystring.TopicArn", "'${Topic}'"), static(), "sns:Publish", "${Topic}"},
		{rest + "monitoring:action/PutMetricData", "POST", static(), static(), "cloudwatch:PutMetricData", unknown},
		{rest + "s3:path/photos/{key}", "GET", static(), static(), "s3:GetObject", "arn:aws:s3:::photos/${{key}}"},
		{rest + "s3:path/{bucket}/{key}", "PUT", static(), static(), "s3:PutObject", "arn:aws:s3:::${{bucket}}/${{key}}"},
		{rest + "photos.s3:path/{key}", "DELETE", static(), static(), "s3:DeleteObject", "arn:aws:s3:::photos/${{key}}"},
		{rest + "s3:path/photos", "GET", static(), static(), "", ""},
		{rest + "s3:path/photos/a", "POST", static(), static(), "", ""},
		{rest + "s3:path/photos/a", "GET", static("integration.request.querystring.acl", "''"), static(), "", ""},
		{rest + "ec2:action/DescribeInstances", "POST", static(), static(), "", ""},
		{rest + "${service}:action/DescribeInstances", "POST", static(), static(), "", ""},
		{"https://example.com/orders", "POST", static(), static(), "", ""},
	} {
		in := &model.Integration{
			Type: text("AWS"), Subtype: absent(), URI: text(tt.uri), Method: text(tt.method),
			RequestParameters: tt.parameters, RequestTemplates: tt.templates, Lambda: value.Absent[*model.Invocation](nowhere),
		}
		calls := in.ServiceCalls()
		action, resource := "", ""
		if len(calls) > 0 {
			action, resource = calls[0].Action, calls[0].Resource.String()
			if calls[0].Resource.Present() == tri.Maybe {
				resource = unknown
			}
		}
		if action != tt.action || resource != tt.resource {
			t.Errorf("%s does %q on %q, want %q on %q", tt.uri, action, resource, tt.action, tt.resource)
		}
	}
	for name, want := range map[string]string{
		"SQS-SendMessage": "sqs:SendMessage", "EventBridge-PutEvents": "events:PutEvents", "Kinesis-PutRecord": "kinesis:PutRecord",
		"StepFunctions-StartSyncExecution": "states:StartSyncExecution", "AppConfig-GetConfiguration": "appconfig:GetConfiguration", "Else-Where": "",
	} {
		in := &model.Integration{Type: text("AWS_PROXY"), Subtype: text(name), Lambda: value.Absent[*model.Invocation](nowhere)}
		got := ""
		for _, c := range in.ServiceCalls() {
			got = c.Action
		}
		if got != want {
			t.Errorf("%s does %q, want %q", name, got, want)
		}
	}
}

// A reading is one way to understand what IAM's documents leave open.
type reading struct {
	met      bool // whether conditions are met
	narrow   bool // whether wildcards within a segment stay in it
	complete bool // whether ARNs cut short are completed
}

// like is a plain StringLike over known strings.
func like(pattern, s string, narrow bool) bool {
	return likeFrom(pattern, pattern, s, narrow)
}

func likeFrom(whole, pattern, s string, narrow bool) bool {
	if pattern == "" {
		return s == ""
	}
	rest := pattern[1:]
	switch {
	case pattern[0] == '*':
		stays := narrow && rest != "" && rest[0] != ':' && whole != "*"
		for i := 0; ; i++ {
			if likeFrom(whole, rest, s[i:], narrow) {
				return true
			}
			if i == len(s) || stays && s[i] == ':' {
				return false
			}
		}
	case s == "" || pattern[0] != '?' && pattern[0] != s[0]:
		return false
	}
	return likeFrom(whole, rest, s[1:], narrow)
}

// plainAllows is a plain evaluation of policies over known strings.
func plainAllows(role *model.Role, action, resource string, with map[value.Ref]string, r reading) bool {
	some := func(in, not value.Set[value.Text], ok func(string) bool) bool {
		list, negate := in, false
		if not.Len() > 0 {
			list, negate = not, true
		}
		for t := range list.All() {
			if ok(fill(t, with)) {
				return !negate
			}
		}
		return negate
	}
	allowed := false
	for p := range role.Policies.All() {
		for s := range p.Statements.All() {
			applies := (s.Conditional == tri.No || r.met) &&
				some(s.Actions, s.NotActions, func(pattern string) bool {
					return like(strings.ToLower(pattern), strings.ToLower(action), false)
				}) &&
				some(s.Resources, s.NotResources, func(pattern string) bool {
					if like(pattern, resource, r.narrow) {
						return true
					}
					missing := 5 - strings.Count(pattern, ":")
					return r.complete && strings.HasPrefix(pattern, "arn:") && missing > 0 &&
						like(pattern+strings.Repeat(":*", missing), resource, r.narrow)
				})
			switch {
			case applies && fill(s.Effect, with) == "Deny":
				return false
			case applies:
				allowed = true
			}
		}
	}
	return allowed
}

// fill returns a text with its holes filled.
func fill(t value.Text, with map[value.Ref]string) string {
	var b strings.Builder
	for _, p := range t.Parts() {
		if p.Ref != nil {
			b.WriteString(with[*p.Ref])
		} else {
			b.WriteString(p.Lit)
		}
	}
	return b.String()
}

func pick[T any](r *rand.Rand, list ...T) T { return list[r.IntN(len(list))] }

// randomText puts pieces together.
func randomText(r *rand.Rand, holes bool, pieces ...string) value.Text {
	out := text("")
	for range 1 + r.IntN(3) {
		piece := pick(r, pieces...)
		if strings.Contains(piece, "${") && !holes {
			continue
		}
		out = out.Append(text(piece))
	}
	return out
}

func randomStatement(r *rand.Rand, holes bool) *model.Statement {
	s := allow("", "", nil)
	if r.IntN(4) == 0 {
		s.Effect = text("Deny")
	}
	if r.IntN(5) == 0 {
		s.Conditional = tri.Yes
	}
	list := func(of func() value.Text) (in, not value.Set[value.Text]) {
		out := []value.Text{of()}
		if r.IntN(3) == 0 {
			out = append(out, of())
		}
		if r.IntN(4) == 0 {
			return texts(), value.Closed(out...)
		}
		return value.Closed(out...), texts()
	}
	s.Actions, s.NotActions = list(func() value.Text {
		return randomText(r, holes, "a:", "b:", "A", "a", "b", "*", "?", "${action}", "a:B")
	})
	s.Resources, s.NotResources = list(func() value.Text {
		if r.IntN(3) == 0 {
			return randomText(r, holes, "*", "arn:", "x:", "y", "${Thing}", "${param}", ":", "?")
		}
		return text("arn:aws:").Append(randomText(r, holes, "*", "x:", "y:", "x:*:", "${Thing}", "${param}", ":", "?", "y"))
	})
	return s
}

// fillings are strings for the holes; those of resources have no wildcards, and
// are one segment.
func randomFilling(r *rand.Rand, refs map[value.Ref]bool) map[value.Ref]string {
	with := map[value.Ref]string{}
	for ref := range refs {
		if ref.Segment {
			with[ref] = pick(r, "x", "y", "xy")
		} else {
			with[ref] = pick(r, "", "x", "y", "*", "x:y", "arn:aws:x", "a", "b", ":")
		}
	}
	return with
}

func refsOf(into map[value.Ref]bool, list ...value.Text) {
	for _, t := range list {
		for ref := range t.Refs() {
			into[ref] = true
		}
	}
}

// TestPoliciesAgree compares the evaluation with a plain one over known strings:
// Yes must hold for every filling of the holes that is tried and by every
// reading, and No for none. Without holes, conditions and ARNs that can be read
// in two ways, it must be decided.
func TestPoliciesAgree(t *testing.T) {
	decided := 0
	for seed := range uint64(4000) {
		r := rand.New(rand.NewPCG(seed, 7))
		holes := r.IntN(2) == 0
		var list []*model.Statement
		refs := map[value.Ref]bool{}
		for range 1 + r.IntN(3) {
			s := randomStatement(r, holes)
			list = append(list, s)
			for _, set := range []value.Set[value.Text]{s.Actions, s.NotActions, s.Resources, s.NotResources} {
				refsOf(refs, slices.Collect(set.All())...)
			}
		}
		role := roleWith(list...)
		action := pick(r, "a:a", "a:b", "b:ab", "a:Ba")
		resource := text("arn:aws:").Append(randomText(r, holes, "x:", "y:", "${Thing}", "x", "y"))
		if r.IntN(2) == 0 {
			resource = resource.Append(text(":x:y:x"))
		}
		refsOf(refs, resource)
		claim := role.MayDo(action, resource)
		var truths []bool
		for range 12 {
			with := randomFilling(r, refs)
			for _, read := range []reading{{}, {met: true}, {narrow: true}, {complete: true}, {true, true, true}, {false, true, true}, {true, false, true}, {true, true, false}} {
				truths = append(truths, plainAllows(role, action, fill(resource, with), with, read))
			}
			if len(refs) == 0 {
				break
			}
		}
		if claim == tri.Yes && slices.Contains(truths, false) || claim == tri.No && slices.Contains(truths, true) {
			t.Fatalf("seed %d: %s on %s is claimed to be %v, and is not:\n%s", seed, action, resource, claim, showRole(role))
		}
		if claim != tri.Maybe {
			decided++
		} else if len(refs) == 0 && !slices.Contains(truths, !truths[0]) && !strings.Contains(showRole(role), "conditional") && !strings.Contains(showRole(role), "?") && !strings.Contains(showRole(role), "arn:") {
			t.Errorf("seed %d: %s on %s is not decided, and is %v:\n%s", seed, action, resource, truths[0], showRole(role))
		}
	}
	if decided < 1000 {
		t.Errorf("only %d cases are decided", decided)
	}
}

func showRole(r *model.Role) string {
	var b strings.Builder
	for p := range r.Policies.All() {
		for s := range p.Statements.All() {
			fmt.Fprintf(&b, "%s", s.Effect)
			for i, set := range []value.Set[value.Text]{s.Actions, s.NotActions, s.Resources, s.NotResources} {
				if set.Len() > 0 {
					fmt.Fprintf(&b, " %s", []string{"Action", "NotAction", "Resource", "NotResource"}[i])
				}
				for t := range set.All() {
					fmt.Fprintf(&b, " %q", t)
				}
			}
			if s.Conditional != tri.No {
				b.WriteString(" conditional")
			}
			b.WriteString("\n")
		}
	}
	return b.String()
}

// A call is a request as Lambda sees it.
type call struct{ function, qualifier, caller string }

// plainPermits is a plain evaluation of a permission over known strings.
// https://docs.aws.amazon.com/lambda/latest/dg/access-control-resource-based.html
func plainPermits(p *model.Permission, c call, with map[value.Ref]string) bool {
	principal, action := fill(p.Principal, with), strings.ToLower(fill(p.Action, with))
	return fill(p.Target.Name, with) == c.function && fill(p.Target.Qualifier, with) == c.qualifier &&
		(principal == "apigateway.amazonaws.com" || principal == "*") &&
		(action == "lambda:invokefunction" || action == "lambda:*" || action == "*") &&
		(p.SourceARN.Present() == tri.No || like(fill(p.SourceARN, with), c.caller, false))
}

// TestPermissionsAgree compares what permissions cover with a plain evaluation
// over known strings: Yes must hold for every filling of the holes that is
// tried, and No for none.
func TestPermissionsAgree(t *testing.T) {
	const place = "arn:aws:execute-api:eu-west-1:111122223333:"
	var counts [3]int
	for seed := range uint64(1500) {
		r := rand.New(rand.NewPCG(seed, 11))
		kind := pick(r, model.REST, model.HTTP, model.WebSocket)
		method, path := pick(r, "GET", "POST", "ANY"), pick(r, "/orders", "/orders/{id}", "/")
		if kind == model.WebSocket || kind == model.HTTP && r.IntN(3) == 0 {
			method, path = "", pick(r, "$connect", "$default", "send")
			if kind == model.HTTP {
				path = "$default"
			}
		}
		m, api, route, fn := world(kind, method, path)
		api.Partition, api.Region, api.Account = text("aws"), text("eu-west-1"), text("111122223333")
		in, _ := route.Integration.Get()
		inv, _ := in.Lambda.Get()
		inv.Name = text("orders")
		if r.IntN(2) == 0 {
			inv.Qualifier = text(pick(r, "live", "${alias}"))
		}
		stage := pick(r, "prod", "${stage}")
		api.Stages = value.Closed(&model.Stage{ID: "S", Name: text(stage), Deployment: value.Absent[*model.Deployment](nowhere)})

		var list []*model.Permission
		for range 1 + r.IntN(2) {
			list = append(list, grant(fn, func(p *model.Permission) {
				p.Target.Name = text(pick(r, "orders", "orders", "orders", "other"))
				if p.Target.Name.Is("orders") != tri.Yes {
					p.Target.Function = &model.Function{ID: "Other"}
				}
				p.Target.Qualifier = pick(r, absent(), inv.Qualifier, inv.Qualifier, text("beta"))
				p.Principal = text(pick(r, "apigateway.amazonaws.com", "apigateway.amazonaws.com", "*", "lambda.amazonaws.com", "${principal}"))
				p.Action = text(pick(r, "lambda:InvokeFunction", "lambda:InvokeFunction", "lambda:*", "lambda:GetFunction", "LAMBDA:invokefunction", "${action}"))
				if r.IntN(5) > 0 {
					p.SourceARN = text(pick(r, place, place, "arn:aws:execute-api:*:*:") + pick(r, "${Api}", "${Api}", "${Other}", "*") +
						pick(r, "", "/*", "/*/*", "/*/*/*", "/prod/*", "/test/*", "/${stage}/*", "/*/GET/*", "/*/"+method+path, "/*/*"+path, "/*/POST/orders/*", "/*/ANY"+path, "/*/$default", "/*/$connect", "/*/${verb}/orders*"))
				}
			}))
		}
		m.Permissions = value.Closed(list...)
		claim, _ := m.Invokable(route)
		counts[claim+1]++

		refs := map[value.Ref]bool{}
		refsOf(refs, api.APIID, text("${Other}"), text(stage), inv.Qualifier, text("${principal}${action}${verb}${stage}${alias}"))
		for range 20 {
			with := map[value.Ref]string{}
			for ref := range refs {
				switch ref.Name {
				case "Api":
					with[ref] = "a1b2c3d4e5"
				case "Other":
					with[ref] = "f6a7b8c9d0"
				case "principal":
					with[ref] = pick(r, "apigateway.amazonaws.com", "lambda.amazonaws.com", "*")
				case "action":
					with[ref] = pick(r, "lambda:InvokeFunction", "lambda:GetFunction")
				case "verb":
					with[ref] = pick(r, "GET", "POST", "*")
				case "alias":
					with[ref] = pick(r, "live", "beta", "7")
				default:
					with[ref] = pick(r, "prod", "test", "a")
				}
			}
			truth := true
			for _, c := range route.Calls() {
				covered := false
				for _, p := range list {
					covered = covered || plainPermits(p, call{"orders", fill(c.Target.Qualifier, with), fill(c.Caller, with)}, with)
				}
				truth = truth && covered
			}
			if claim == tri.Yes && !truth || claim == tri.No && truth {
				t.Fatalf("seed %d: %s %s on %s is claimed to be %v, and is not, with %v:\n%s", seed, kind, route.Key(), stage, claim, with,
					model.Dump(&model.Model{Permissions: m.Permissions}, false))
			}
		}
	}
	for i, n := range counts {
		if n < 100 {
			t.Errorf("only %d answers are %v", n, tri.Bool(i-1))
		}
	}
}
