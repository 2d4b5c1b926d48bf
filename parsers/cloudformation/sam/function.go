package sam

import (
	"slices"
	"strings"

	"github.com/apigwlint/apigwlint/parsers/cloudformation/internal/stack"
	"github.com/apigwlint/apigwlint/parsers/internal/tree"
	"github.com/apigwlint/apigwlint/tri"
	"github.com/apigwlint/apigwlint/value"
)

// A target is what an event invokes or starts.
type target struct {
	res *stack.Resource // the original
	at  place
	// arn is what integrations call: the alias where one is published.
	arn value.Text
	// name is what permissions name.
	name value.Text
}

// id is what the ids of all that is made for the target begin with.
func (tg *target) id() string { return tg.res.ID }

func (t *transformer) functionOrMachine(r *stack.Resource) {
	switch r.Type {
	case typeFunction:
		t.function(r)
	case typeStateMachine:
		t.machine(r)
	}
}

// function transforms an AWS::Serverless::Function.
// https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-resource-function.html
func (t *transformer) function(r *stack.Resource) {
	at, props := place(r.Span), r.Properties
	if props == nil || props.Kind == tree.Null {
		props = at.mapping()
	}
	out := functionProperties(props)
	if props.Has("Role") != tri.Yes {
		role := at.unknown()
		if props.Has("Role") == tri.No {
			role = at.text(at.ref(r.ID+"Role", iamRole, "Arn"))
		}
		if out.Is(tree.Map) {
			put(out, "Role", at.span(), role)
		}
	}
	t.become(r, lambdaFunction, out)
	if props.Has("Role") == tri.No {
		t.functionRole(r, props)
	}
	tg := &target{res: r, at: at}
	t.publish(r, props, tg)
	t.functionURL(r, props, tg)
	t.events(props, tg, t.functionEvent)
}

// samOnly are properties that a Lambda function does not have under that name.
var samOnly = []string{
	"CodeUri", "ImageUri", "InlineCode", "Policies", "RolePath", "PermissionsBoundary", "AssumeRolePolicyDocument", "Events",
	"Tracing", "DeadLetterQueue", "AutoPublishAlias", "AutoPublishCodeSha256", "AutoPublishAliasAllProperties",
	"DeploymentPreference", "VersionDescription", "VersionDeletionPolicy", "ProvisionedConcurrencyConfig",
	"EventInvokeConfig", "FunctionUrlConfig", "PropagateTags", "SourceKMSKeyArn", "PublishToLatestPublished",
}

// functionProperties returns the properties of the Lambda function.
func functionProperties(props *tree.Node) *tree.Node {
	if !props.Is(tree.Map) {
		return props
	}
	out := props.Without(samOnly...)
	for _, code := range []struct{ from, in string }{{"InlineCode", "ZipFile"}, {"ImageUri", "ImageUri"}} {
		if e := props.Entry(code.from); e != nil && !e.Value.Is(tree.Null) {
			put(out, "Code", e.KeySpan, place(e.KeySpan).mapping(member{code.in, e.Value}))
		}
	}
	if e := props.Entry("CodeUri"); e != nil && !e.Value.Is(tree.Null) {
		put(out, "Code", e.KeySpan, codeURI(e))
	}
	if e := props.Entry("Tracing"); e != nil && !e.Value.Is(tree.Null) {
		put(out, "TracingConfig", e.KeySpan, place(e.KeySpan).mapping(member{"Mode", e.Value}))
	}
	if e := props.Entry("DeadLetterQueue"); e != nil && e.Value.Is(tree.Map) {
		put(out, "DeadLetterConfig", e.KeySpan, place(e.KeySpan).mapping(member{"TargetArn", e.Value.Get("TargetArn")}))
	}
	return out
}

// LocalCode is the member of Code that names the local directory or file which
// is packaged before a deployment. It stands only in what this package makes.
const LocalCode = "CodeUri"

// codeURI returns where the code of a function is.
func codeURI(e *tree.Entry) *tree.Node {
	at, uri := place(e.KeySpan), e.Value
	if uri.Is(tree.Map) {
		return at.mapping(member{"S3Bucket", uri.Get("Bucket")}, member{"S3Key", uri.Get("Key")}, member{"S3ObjectVersion", uri.Get("Version")})
	}
	if s, ok := uri.Str(); ok && strings.HasPrefix(s, "s3://") {
		return s3Location(place(uri.Span), s, "S3Bucket", "S3Key")
	}
	return at.mapping(member{LocalCode, uri})
}

// s3Location splits s3://bucket/key?versionId=version.
func s3Location(at place, uri, bucketKey, keyKey string) *tree.Node {
	bucket, key, _ := strings.Cut(strings.TrimPrefix(uri, "s3://"), "/")
	key, _, _ = strings.Cut(key, "?")
	return at.mapping(member{bucketKey, at.str(bucket)}, member{keyKey, at.str(key)})
}

// functionRole makes the execution role of a function that names none.
func (t *transformer) functionRole(r *stack.Resource, props *tree.Node) {
	at := place(r.Span)
	managed := []*tree.Node{managedPolicy(at, "service-role/AWSLambdaBasicExecutionRole")}
	for _, m := range []struct{ property, policy string }{
		{"Tracing", "AWSXrayWriteOnlyAccess"}, {"VpcConfig", "service-role/AWSLambdaVPCAccessExecutionRole"},
	} {
		if set(props, m.property) == tri.Yes {
			managed = append(managed, managedPolicy(at, m.policy))
		}
	}
	managed = append(managed, pollingPolicies(at, props)...)
	var inline []*tree.Node
	if queue := props.Get("DeadLetterQueue"); queue.Is(tree.Map) {
		inline = append(inline, policy(at, "DeadLetterQueuePolicy", deadLetters(place(queue.Place()), queue)))
	}
	trust := props.Get("AssumeRolePolicyDocument")
	if trust == nil {
		trust = assumeRole(at, "lambda.amazonaws.com")
	}
	t.roleOf(r, r.ID+"Role", at, trust, managed, inline, props)
}

// pollingPolicies are what a function needs to read from its event sources.
func pollingPolicies(at place, props *tree.Node) []*tree.Node {
	policies := map[string]string{
		"Kinesis": "service-role/AWSLambdaKinesisExecutionRole", "DynamoDB": "service-role/AWSLambdaDynamoDBExecutionRole",
		"SQS": "service-role/AWSLambdaSQSQueueExecutionRole", "MSK": "service-role/AWSLambdaMSKExecutionRole",
	}
	var names []string
	for _, e := range entries(props.Get("Events")) {
		kind, _ := e.Value.Get("Type").Str()
		if name := policies[kind]; name != "" && !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	var out []*tree.Node
	for _, name := range names {
		out = append(out, managedPolicy(at, name))
	}
	return out
}

// deadLetters lets a function send what it could not handle.
func deadLetters(at place, queue *tree.Node) *tree.Node {
	action := onKnown(queue.TextOf("Type"), func(kind string) string {
		if kind == "SNS" {
			return "sns:Publish"
		}
		return "sqs:SendMessage"
	})
	return at.mapping(member{"Version", at.str("2012-10-17")}, member{"Statement", at.list(at.mapping(
		member{"Action", at.text(action)}, member{"Resource", queue.Get("TargetArn")}, member{"Effect", at.str("Allow")}))})
}

// managedPolicy returns the ARN of a policy that AWS manages.
func managedPolicy(at place, name string) *tree.Node {
	return at.text(at.join(at.lit("arn:"), at.pseudo("Partition"), at.lit(":iam::aws:policy/"+name)))
}

// assumeRole returns the trust policy that lets a service assume a role.
func assumeRole(at place, service string) *tree.Node {
	return at.mapping(
		member{"Version", at.str("2012-10-17")},
		member{"Statement", at.list(at.mapping(
			member{"Effect", at.str("Allow")},
			member{"Principal", at.mapping(member{"Service", at.list(at.str(service))})},
			member{"Action", at.list(at.str("sts:AssumeRole"))},
		))},
	)
}

// roleOf makes a role with the Policies property of a function or state machine:
// names and ARNs of managed policies, policy documents and policy templates.
// https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/serverless-policy-templates.html
func (t *transformer) roleOf(r *stack.Resource, id string, at place, trust *tree.Node, managed, inline []*tree.Node, props *tree.Node) {
	items, all := props.Get("Policies").Members()
	all = all && props.Has("Policies") != tri.Maybe
	for i, p := range items {
		switch {
		case p.Kind == tree.Scalar:
			managed = append(managed, policyARN(p))
		case p.Kind == tree.Map && p.Get("Statement") != nil:
			inline = append(inline, policy(at, id+"Policy"+strings.Repeat("I", i), p))
		case p.Kind == tree.Map:
			inline = append(inline, policy(at, id+"Policy"+strings.Repeat("I", i), tree.NewUnknown(p.Span)))
		default:
			all = false
		}
	}
	managedList, inlineList := at.list(managed...), at.list(inline...)
	managedList.Open, inlineList.Open = !all, !all
	members := []member{{"AssumeRolePolicyDocument", trust}, {"ManagedPolicyArns", managedList}}
	if len(inline) > 0 || !all {
		members = append(members, member{"Policies", inlineList})
	}
	members = append(members, member{"PermissionsBoundary", props.Get("PermissionsBoundary")}, member{"Path", props.Get("RolePath")})
	t.make(r, id, iamRole, at, members...)
}

// policyARN returns the ARN of a managed policy that is given by ARN or name.
func policyARN(p *tree.Node) *tree.Node {
	s, ok := p.Str()
	if !ok || strings.HasPrefix(s, "arn:") {
		return p
	}
	return managedPolicy(place(p.Span), s)
}

func policy(at place, name string, document *tree.Node) *tree.Node {
	return at.mapping(member{"PolicyName", at.str(name)}, member{"PolicyDocument", document})
}

// publish makes the version and the alias of AutoPublishAlias, and says what
// events invoke.
func (t *transformer) publish(r *stack.Resource, props *tree.Node, tg *target) {
	at := tg.at
	switch set(props, "AutoPublishAlias") {
	case tri.Maybe:
		if props.Get("AutoPublishAlias") == nil {
			tg.arn, tg.name = value.UnknownText(at.span()), value.UnknownText(at.span())
			return
		}
	case tri.No:
		tg.arn = at.ref(r.ID, lambdaFunction, "Arn")
		tg.name = at.ref(r.ID, lambdaFunction, "")
		return
	}
	alias := props.Get("AutoPublishAlias")
	pub := place(alias.Span)
	versionID, aliasID := r.ID+"Version", r.ID+"Alias"
	if s, ok := alias.Str(); ok {
		aliasID += onlyAlphanumeric(s)
	}
	t.make(r, versionID, lambdaVersion, pub, member{"FunctionName", pub.text(pub.ref(r.ID, lambdaFunction, ""))})
	t.make(r, aliasID, lambdaAlias, pub,
		member{"Name", alias},
		member{"FunctionName", pub.text(pub.ref(r.ID, lambdaFunction, ""))},
		member{"FunctionVersion", pub.text(pub.ref(versionID, lambdaVersion, "Version"))},
		member{"ProvisionedConcurrencyConfig", props.Get("ProvisionedConcurrencyConfig")},
	)
	t.stack.Aliases[r.ID+".Version"] = versionID
	t.stack.Aliases[r.ID+".Alias"] = aliasID
	tg.arn = at.ref(aliasID, lambdaAlias, "")
	tg.name = tg.arn
}

// functionURL makes the function's own URL, with the permission that one
// without authorization needs.
func (t *transformer) functionURL(r *stack.Resource, props *tree.Node, tg *target) {
	url, open := knownMap(props, "FunctionUrlConfig")
	if url == nil {
		if open {
			t.stack.Open = true
		}
		return
	}
	at := place(url.Place())
	t.make(r, r.ID+"Url", "AWS::Lambda::Url", at,
		member{"TargetFunctionArn", at.text(at.here(tg.name))},
		member{"AuthType", url.Get("AuthType")},
		member{"Cors", url.Get("Cors")},
		member{"InvokeMode", url.Get("InvokeMode")},
	)
	if url.TextOf("AuthType").Is("NONE") != tri.Yes {
		return
	}
	t.make(r, r.ID+"UrlPublicPermissions", lambdaPermission, at,
		member{"Action", at.str("lambda:InvokeFunctionUrl")},
		member{"FunctionName", at.text(at.here(tg.name))},
		member{"Principal", at.str("*")},
		member{"FunctionUrlAuthType", url.Get("AuthType")},
	)
}

// permission lets a service invoke the target.
func (t *transformer) permission(tg *target, id string, at place, service string, members ...member) {
	t.make(tg.res, id, lambdaPermission, at, append([]member{
		{"Action", at.str("lambda:InvokeFunction")},
		{"FunctionName", at.text(at.here(tg.name))},
		{"Principal", at.str(service)},
	}, members...)...)
}

// machine transforms an AWS::Serverless::StateMachine.
// https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-resource-statemachine.html
func (t *transformer) machine(r *stack.Resource) {
	at, props := place(r.Span), r.Properties
	if props == nil || props.Kind == tree.Null {
		props = at.mapping()
	}
	out := machineProperties(props)
	if props.Has("Role") == tri.No && out.Is(tree.Map) {
		put(out, "RoleArn", at.span(), at.text(at.ref(r.ID+"Role", iamRole, "Arn")))
	}
	t.become(r, stateMachine, out)
	if props.Has("Role") == tri.No {
		t.roleOf(r, r.ID+"Role", at, assumeRole(at, "states.amazonaws.com"), nil, nil, props)
	}
	tg := &target{res: r, at: at, arn: at.ref(r.ID, stateMachine, ""), name: at.ref(r.ID, stateMachine, "")}
	t.events(props, tg, t.machineEvent)
}

// machineProperties renames what a state machine has under another name.
func machineProperties(props *tree.Node) *tree.Node {
	if !props.Is(tree.Map) {
		return props
	}
	out := props.Without("Events", "Policies", "Role", "Type", "Name", "Definition", "DefinitionUri", "Logging", "Tracing",
		"PermissionsBoundary", "RolePath", "PropagateTags", "AutoPublishAlias", "DeploymentPreference", "UseAliasAsEventTarget", "DeletionPolicy", "UpdateReplacePolicy")
	for _, renamed := range []struct{ from, to string }{
		{"Role", "RoleArn"}, {"Type", "StateMachineType"}, {"Name", "StateMachineName"}, {"Definition", "Definition"},
		{"DefinitionUri", "DefinitionS3Location"}, {"Logging", "LoggingConfiguration"}, {"Tracing", "TracingConfiguration"},
	} {
		if e := props.Entry(renamed.from); e != nil && !e.Value.Is(tree.Null) {
			put(out, renamed.to, e.KeySpan, e.Value)
		}
	}
	return out
}
