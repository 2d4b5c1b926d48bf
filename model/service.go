package model

import (
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/apigwlint/apigwlint/tri"
	"github.com/apigwlint/apigwlint/value"
)

const invokeFunction = "lambda:InvokeFunction"

// A ServiceCall is what API Gateway does in a service of AWS on behalf of a
// request, and what the role of the integration has to allow.
type ServiceCall struct {
	// Action is named as in IAM policies, such as sqs:SendMessage.
	Action string
	// Resource is the ARN that it is done to; unknown when the request, or
	// something that is not in the files, decides.
	Resource value.Text
}

// A ServiceURI is the URI of an integration with a service of AWS, taken apart:
// arn:aws:apigateway:{region}:{subdomain.service|service}:path|action/{rest}.
// https://docs.aws.amazon.com/apigateway/latest/api/API_Integration.html
type ServiceURI struct {
	Partition, Region value.Text
	// Service is as the URI writes it, without the subdomain before its dot.
	Service   string
	Subdomain value.Text
	// Path is Yes when the rest is a path, and not the name of an action.
	Path tri.Bool
	Rest value.Text
}

// ServiceURI takes the integration's URI apart. ok is false when the URI is none
// of a service of AWS, or the service is not written down.
func (in *Integration) ServiceURI() (u ServiceURI, ok bool) {
	f, written := in.URI.Flat()
	if !written {
		return u, false
	}
	at := strings.SplitN(f.S, ":", arnSegments)
	if len(at) < arnSegments || at[0] != "arn" || at[2] != "apigateway" {
		return u, false
	}
	texts := segments(f)
	u.Partition, u.Region = texts[1], texts[3]
	start := len(f.S) - len(at[5]) - len(at[4]) - 1
	dot := strings.LastIndexByte(at[4], '.')
	u.Service, u.Subdomain = at[4][dot+1:], f.Slice(start, start+max(dot, 0))
	kind, rest, slash := strings.Cut(at[5], "/")
	u.Path, u.Rest = tri.Of(kind == "path"), f.Slice(len(f.S)-len(rest), len(f.S))
	plain := u.Service != "" && !strings.ContainsAny(u.Service, "${}"+value.HoleString)
	return u, plain && slash && (kind == "path" || kind == "action")
}

// ServiceCalls lists what the integration does in a service of AWS, as far as
// the files tell: nothing for other integrations, and where the request decides.
func (in *Integration) ServiceCalls() []ServiceCall {
	if inv, ok := in.Lambda.Get(); ok {
		return []ServiceCall{inv.Call()}
	}
	if in.Subtype.Present() == tri.Yes {
		return in.subtypeCalls()
	}
	u, ok := in.ServiceURI()
	if !ok || in.Type.OneOf("AWS", "AWS_PROXY") != tri.Yes {
		return nil
	}
	if u.Service == "s3" {
		return in.bucketCalls(u)
	}
	prefix, known := iamPrefixes[u.Service]
	name := in.actionOf(u)
	if !known || name == "" {
		return nil
	}
	if renamed, ok := iamActions[u.Service+":"+name]; ok {
		name = renamed
	}
	if name == "" {
		return nil
	}
	return []ServiceCall{{prefix + ":" + name, in.resourceOf(u)}}
}

// Call is the invocation as an action: on the function's ARN with the qualifier.
// https://docs.aws.amazon.com/lambda/latest/dg/lambda-api-permissions-ref.html
func (i *Invocation) Call() ServiceCall {
	arn := i.Name
	if i.Function != nil {
		arn = i.Function.ARN
	} else if i.Name.HasPrefix("arn:") != tri.Yes {
		arn = value.UnknownText(i.Span)
	}
	switch {
	case len(i.Variables) > 0 || i.Qualifier.Present() == tri.Maybe:
		arn = value.UnknownText(i.Span)
	case i.Qualifier.Present() == tri.Yes:
		arn = arn.Append(value.Lit(":", i.Span)).Append(i.Qualifier)
	}
	return ServiceCall{invokeFunction, arn}
}

// iamPrefixes are the services, as URIs name them, whose actions have the same
// names in IAM policies, with the prefix that they have there.
// https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html
var iamPrefixes = map[string]string{
	"sqs": "sqs", "sns": "sns", "dynamodb": "dynamodb", "states": "states", "events": "events", "kinesis": "kinesis",
	"firehose": "firehose", "ssm": "ssm", "kms": "kms", "secretsmanager": "secretsmanager", "logs": "logs",
	"monitoring": "cloudwatch", "comprehend": "comprehend", "translate": "translate", "rekognition": "rekognition",
	"cognito-idp": "cognito-idp",
}

// iamActions are actions of services that IAM knows by another name, or, where
// that is empty, by the names of what they are made of. Some are open to everybody.
var iamActions = map[string]string{
	"sqs:SendMessageBatch": "SendMessage", "sqs:DeleteMessageBatch": "DeleteMessage", "sqs:ChangeMessageVisibilityBatch": "ChangeMessageVisibility",
	"sns:PublishBatch":            "Publish",
	"dynamodb:TransactWriteItems": "", "dynamodb:TransactGetItems": "", "dynamodb:ExecuteStatement": "",
	"dynamodb:BatchExecuteStatement": "", "dynamodb:ExecuteTransaction": "", "kinesis:SubscribeToShard": "",
	"cognito-idp:InitiateAuth": "", "cognito-idp:SignUp": "", "cognito-idp:ConfirmSignUp": "", "cognito-idp:ForgotPassword": "",
	"cognito-idp:ConfirmForgotPassword": "", "cognito-idp:ResendConfirmationCode": "", "cognito-idp:RespondToAuthChallenge": "",
	"cognito-idp:GetUser": "", "cognito-idp:ChangePassword": "", "cognito-idp:GlobalSignOut": "", "cognito-idp:RevokeToken": "",
	"cognito-idp:UpdateUserAttributes": "", "cognito-idp:DeleteUser": "",
}

var (
	actionName   = regexp.MustCompile(`^[A-Za-z]+$`)
	actionInForm = regexp.MustCompile(`(?:^|[?&\s"'])Action=([A-Za-z]+)`)
)

// actionOf returns the action that the integration asks for: in the URI, or, of
// services with a query API, in the query, in the target header or in the form that
// mapping templates write. Empty when it is not certain.
func (in *Integration) actionOf(u ServiceURI) string {
	rest, _ := u.Rest.Flat()
	if u.Path == tri.No {
		name, query, _ := strings.Cut(rest.S, "?")
		if name = strings.Trim(name, "/"); !actionName.MatchString(name) || strings.Contains(query, "Action=") {
			return ""
		}
		return name
	}
	var found []string
	forms := u.Service == "sqs" || u.Service == "sns"
	if m := actionInForm.FindStringSubmatch(rest.S); forms && m != nil {
		found = append(found, m[1])
	}
	for e := range in.RequestParameters.All() {
		v, _ := e.Value.Get()
		v = strings.Trim(v, "'")
		switch {
		case forms && e.Key.IsFold("integration.request.querystring.Action") != tri.No:
			found = append(found, v)
		case e.Key.IsFold("integration.request.header.X-Amz-Target") != tri.No:
			found = append(found, v[strings.LastIndexByte(v, '.')+1:])
		}
	}
	for e := range in.RequestTemplates.All() {
		t, ok := e.Value.Flat()
		if !ok {
			return ""
		}
		for _, m := range actionInForm.FindAllStringSubmatch(t.S, -1) {
			if forms {
				found = append(found, m[1])
			}
		}
	}
	slices.Sort(found)
	found = slices.Compact(found)
	if len(found) != 1 || !actionName.MatchString(found[0]) || !in.RequestParameters.IsClosed() || !in.RequestTemplates.IsClosed() {
		return ""
	}
	return found[0]
}

// A resourceForm says which member of the request names the resource of a
// service, and how the resource's ARN ends, with the name at the end.
type resourceForm struct{ member, prefix string }

// resourceForms are those of services with a JSON API.
var resourceForms = map[string]resourceForm{
	"dynamodb": {"TableName", "table/"},
	"states":   {"stateMachineArn", ""},
	"events":   {"EventBusName", "event-bus/"},
	"kinesis":  {"StreamName", "stream/"},
	"firehose": {"DeliveryStreamName", "deliverystream/"},
}

// resourceOf returns the ARN of what the integration does something to.
func (in *Integration) resourceOf(u ServiceURI) value.Text {
	switch u.Service {
	case "sqs":
		return in.queueOf(u)
	case "sns":
		if topic, ok := in.RequestParameters.Get("integration.request.querystring.TopicArn"); ok {
			return unquoted(topic)
		}
	}
	form, ok := resourceForms[u.Service]
	if !ok {
		return value.UnknownText(in.URI.Span())
	}
	name := in.memberOf(form.member)
	f, written := name.Flat()
	switch {
	case !written || u.Service == "dynamodb" && in.mentions("IndexName"):
		return value.UnknownText(in.URI.Span())
	case strings.HasPrefix(f.S, "arn:") || form.prefix == "":
		return name
	case mayBeARN(name):
		return value.UnknownText(in.URI.Span())
	}
	return u.arn(u.Service, value.Lit(form.prefix, name.Span()).Append(name))
}

// mayBeARN reports whether something that is not known before deployment begins a
// text, so that it may be an ARN where a name is expected.
func mayBeARN(t value.Text) bool {
	parts := t.Parts()
	return len(parts) > 0 && parts[0].Ref != nil && !parts[0].Ref.Segment
}

// arn returns the ARN of a resource of the account of the API.
func (u ServiceURI) arn(service string, resource value.Text) value.Text {
	lit := func(s string) value.Text { return value.Lit(s, resource.Span()) }
	account := value.Hole(value.Ref{Kind: value.Pseudo, Name: "AccountId", Segment: true}, resource.Span())
	return lit("arn:").Append(u.Partition).Append(lit(":" + service + ":")).Append(u.Region).Append(lit(":")).
		Append(account).Append(lit(":")).Append(resource)
}

// queueOf returns the ARN of the queue that a path names: account/name.
// https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-queue-message-identifiers.html
func (in *Integration) queueOf(u ServiceURI) value.Text {
	f, ok := u.Rest.Flat()
	if !ok || u.Path != tri.Yes {
		return value.UnknownText(in.URI.Span())
	}
	end := len(f.S)
	if i := strings.IndexByte(f.S, '?'); i >= 0 {
		end = i
	}
	start := len(f.S) - len(strings.TrimLeft(f.S, "/"))
	slash := strings.IndexByte(f.S[min(start, end):end], '/')
	if slash < 0 || strings.ContainsAny(f.S, "{}$") || strings.Count(f.S[start:end], "/") > 1 {
		return value.UnknownText(in.URI.Span())
	}
	slash += start
	lit := func(s string) value.Text { return value.Lit(s, in.URI.Span()) }
	return lit("arn:").Append(u.Partition).Append(lit(":sqs:")).Append(u.Region).Append(lit(":")).
		Append(f.Slice(start, slash)).Append(lit(":")).Append(f.Slice(slash+1, end))
}

// memberOf returns the value that all mapping templates write for a member, when
// it is one and the same and not taken from the request.
func (in *Integration) memberOf(name string) value.Text {
	unknown := value.UnknownText(in.RequestTemplates.Span())
	if !in.RequestTemplates.IsClosed() {
		return unknown
	}
	member := regexp.MustCompile(`\\?"` + name + `\\?"\s*:\s*\\?"([^"\\]*)\\?"`)
	var found value.Text
	for e := range in.RequestTemplates.All() {
		f, ok := e.Value.Flat()
		if !ok {
			return unknown
		}
		for _, at := range member.FindAllStringSubmatchIndex(f.S, -1) {
			v := f.Slice(at[2], at[3])
			if strings.ContainsAny(f.S[at[2]:at[3]], "$#") || found.Present() == tri.Yes && found.Equal(v) != tri.Yes {
				return unknown
			}
			found = v
		}
		if strings.Count(f.S, name) != len(member.FindAllString(f.S, -1)) {
			return unknown // it is written in some other way too
		}
	}
	return found
}

// mentions reports whether a mapping template has a word in it.
func (in *Integration) mentions(word string) bool {
	for e := range in.RequestTemplates.All() {
		if e.Value.Contains(word) == tri.Yes {
			return true
		}
	}
	return false
}

// unquoted returns a static value of a parameter mapping; unknown when it is
// taken from the request.
func unquoted(t value.Text) value.Text {
	f, ok := t.Flat()
	if ok && len(f.S) >= 2 && f.S[0] == '\'' && f.S[len(f.S)-1] == '\'' {
		return f.Slice(1, len(f.S)-1)
	}
	return value.UnknownText(t.Span())
}

// objectActions are what the methods of S3 do to objects, and need.
// https://docs.aws.amazon.com/AmazonS3/latest/userguide/using-with-s3-policy-actions.html
var objectActions = map[string]string{"GET": "s3:GetObject", "HEAD": "s3:GetObject", "PUT": "s3:PutObject", "DELETE": "s3:DeleteObject"}

// bucketCalls returns what an integration with S3 does to an object: bucket/key,
// or a key, where the bucket is the subdomain. Parameters of the path are braces.
// Other operations on buckets and objects are told apart by their query.
func (in *Integration) bucketCalls(u ServiceURI) []ServiceCall {
	method, ok := in.Method.Get()
	action := objectActions[strings.ToUpper(method)]
	f, written := u.Rest.Flat()
	if !ok || action == "" || !written || u.Path != tri.Yes || strings.Contains(f.S, "?") || !in.RequestParameters.IsClosed() {
		return nil
	}
	for e := range in.RequestParameters.All() {
		if e.Key.HasPrefix("integration.request.querystring.") != tri.No {
			return nil
		}
	}
	path := value.Lit("", u.Rest.Span())
	if u.Subdomain.Is("") == tri.No {
		path = u.Subdomain.Append(value.Lit("/", u.Rest.Span()))
	}
	path = path.Append(f.Slice(len(f.S)-len(strings.TrimLeft(f.S, "/")), len(f.S)))
	whole, _ := path.Flat()
	bucket, key, _ := strings.Cut(whole.S, "/")
	if bucket == "" || strings.Trim(key, "/") == "" || strings.Contains(bucket, "+") {
		return nil // an operation on a bucket
	}
	arn := value.Lit("arn:", u.Rest.Span()).Append(u.Partition).Append(value.Lit(":s3:::", u.Rest.Span())).Append(withParameters(path))
	return []ServiceCall{{action, arn}}
}

var pathParameter = regexp.MustCompile(`\$?\{[^{}]*\}`)

// withParameters returns a path with holes in the place of its parameters and of
// stage variables.
func withParameters(path value.Text) value.Text {
	f, ok := path.Flat()
	if !ok {
		return path
	}
	out, last := value.Join(path.Span()), 0
	for _, at := range pathParameter.FindAllStringIndex(f.S, -1) {
		out = out.Append(f.Slice(last, at[0])).
			Append(value.Hole(value.Ref{Kind: value.Other, Name: f.S[at[0]:at[1]]}, path.Span()))
		last = at[1]
	}
	return out.Append(f.Slice(last, len(f.S)))
}

// A subtype is what an integration subtype of an HTTP API does, and which of
// its parameters names the resource.
type subtype struct{ action, parameter, service, prefix string }

// https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-aws-services-reference.html
var subtypes = map[string]subtype{
	"eventbridge-putevents":            {"events:PutEvents", "EventBusName", "events", "event-bus/"},
	"sqs-sendmessage":                  {action: "sqs:SendMessage"},
	"sqs-receivemessage":               {action: "sqs:ReceiveMessage"},
	"sqs-deletemessage":                {action: "sqs:DeleteMessage"},
	"sqs-purgequeue":                   {action: "sqs:PurgeQueue"},
	"appconfig-getconfiguration":       {action: "appconfig:GetConfiguration"},
	"kinesis-putrecord":                {"kinesis:PutRecord", "StreamName", "kinesis", "stream/"},
	"stepfunctions-startexecution":     {"states:StartExecution", "StateMachineArn", "states", ""},
	"stepfunctions-startsyncexecution": {"states:StartSyncExecution", "StateMachineArn", "states", ""},
	"stepfunctions-stopexecution":      {action: "states:StopExecution"},
}

// subtypeCalls returns what an integration with a subtype does. Versions of a
// subtype come after a second dash.
func (in *Integration) subtypeCalls() []ServiceCall {
	name, ok := in.Subtype.Get()
	if !ok {
		return nil
	}
	words := strings.SplitN(strings.ToLower(name), "-", 3)
	if len(words) < 2 {
		return nil
	}
	s, ok := subtypes[words[0]+"-"+words[1]]
	if !ok {
		return nil
	}
	resource := value.UnknownText(in.Subtype.Span())
	if v, set := in.RequestParameters.Get(s.parameter); set && s.parameter != "" {
		if f, written := v.Flat(); written && !strings.ContainsAny(f.S, "$") {
			switch {
			case s.prefix == "" || strings.HasPrefix(f.S, "arn:"):
				resource = v
			case !mayBeARN(v):
				u := ServiceURI{Partition: pseudo("Partition", v), Region: pseudo("Region", v)}
				resource = u.arn(s.service, value.Lit(s.prefix, v.Span()).Append(v))
			}
		}
	}
	return []ServiceCall{{s.action, resource}}
}

// pseudo is a part of the ARNs of a deployment, at the place of t.
func pseudo(name string, t value.Text) value.Text {
	return value.Hole(value.Ref{Kind: value.Pseudo, Name: name, Segment: true}, t.Span())
}

// StatusFor returns the status that callers see when the backend answers with a
// status of failure: that of the integration response which is selected for it,
// 500 when none is, and the backend's own when that cannot be told.
func (in *Integration) StatusFor(failure string) int {
	own, _ := strconv.Atoi(failure)
	if in.IsProxy() != tri.No || !in.Responses.IsClosed() {
		return own
	}
	selected, fallback := 0, 500
	for r := range in.Responses.All() {
		status, ok := r.StatusText()
		n, _ := strconv.Atoi(status)
		switch caught := r.Catches(failure); {
		case !ok || caught == tri.Maybe:
			return own
		case r.IsDefault() == tri.Yes:
			fallback = n
		case caught == tri.Yes:
			selected = n
		}
	}
	if selected != 0 {
		return selected
	}
	return fallback
}

// callers is the ARN that stands for whoever makes a request.
// https://docs.aws.amazon.com/apigateway/latest/api/API_Integration.html
var callers = regexp.MustCompile(`^arn:[^:]*:iam::\*:user/\*$`)

// AsCaller reports whether the backend is called as whoever makes the request.
func (in *Integration) AsCaller() tri.Bool {
	f, ok := in.Credentials.Flat()
	switch {
	case !ok:
		return in.Credentials.Present()
	case callers.MatchString(f.S):
		return tri.Yes
	}
	return in.Credentials.Is("arn:aws:iam::*:user/*")
}
