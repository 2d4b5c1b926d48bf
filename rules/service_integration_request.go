package rules

import (
	"fmt"
	"slices"
	"strings"

	"github.com/apigwlint/apigwlint/lint"
	"github.com/apigwlint/apigwlint/model"
	"github.com/apigwlint/apigwlint/tri"
	"github.com/apigwlint/apigwlint/value"
)

var serviceIntegrationRequest = &lint.Rule{
	Name:     "service-integration-request",
	Group:    "service",
	Summary:  "an AWS service is called in a way that it does not understand",
	Status:   []int{400, 500},
	Severity: lint.Error,
	URLs: []string{
		"https://docs.aws.amazon.com/apigateway/latest/api/API_PutIntegration.html",
		"https://docs.aws.amazon.com/apigateway/latest/developerguide/integrating-api-with-aws-services-kinesis.html",
		"https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-making-api-requests.html",
		"https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutEvents.html",
	},
	Doc: `
An integration of the type ` + "`AWS`" + ` is a call of the service's own API, which has to look like one:

- Services with a JSON protocol, such as DynamoDB, Kinesis and Step Functions, are called with POST.
- Amazon SQS, called by path, wants an ` + "`Action`" + `: in the query, or in a form, which has the content type
  ` + "`application/x-www-form-urlencoded`" + `. API Gateway sends ` + "`application/json`" + ` by itself. The path
  is the account and the name of the queue, not its ARN.
- Amazon EventBridge wants the header ` + "`X-Amz-Target: AWSEvents.PutEvents`" + `, which API Gateway sets by itself for
  some services, and not for this one.
- The URI names services as their endpoints do: ` + "`states`, `events`, `monitoring`" + `, not ` + "`stepfunctions`, `eventbridge`, `cloudwatch`" + `.

What callers see of the refusal depends on the integration responses: with a default response alone it looks like a success.`,
	Run: func(pass *lint.Pass) {
		for route, in := range pass.Model.Integrations() {
			u, ok := in.ServiceURI()
			if !ok {
				continue
			}
			certain := tri.And(route.API.Kind.Is(model.REST), in.Type.Is("AWS"))
			d := lint.Diagnostic{
				Span: in.URI.Span(), Cause: in, Routes: []*model.Route{route}, Status: statusOfRefusal(in),
				Uses: []value.Setting{in.Type, in.URI, in.Method},
			}
			if seen := in.Answer(400); len(d.Status) == 1 && d.Status[0] < 400 {
				d.Related = []lint.Related{{Span: seen.Span(), Message: "refusals of the service are mapped to this status too"}}
			}
			wrongName(pass, certain, u, d)
			jsonService(pass, certain, in, u, d)
			if u.Service == "sqs" && u.Path == tri.Yes {
				queuePath(pass, certain, u, d)
				queueRequest(pass, certain, in, u, d)
			}
			eventsTarget(pass, certain, in, u, d)
		}
	},
}

// statusOfRefusal lists what callers see when the service refuses the request, as far as
// that is one status.
func statusOfRefusal(in *model.Integration) []int {
	var out []int
	for _, status := range []int{400, 403, 404} {
		seen, ok := in.Answer(status).Get()
		if !ok {
			return nil
		}
		out = append(out, seen)
	}
	slices.Sort(out)
	if out = slices.Compact(out); len(out) > 1 {
		return nil
	}
	return out
}

// services are names that the URI of an integration takes, by what is written
// in their place.
var services = map[string]string{
	"stepfunctions": "states", "step-functions": "states", "sfn": "states",
	"eventbridge": "events", "event-bridge": "events", "cloudwatch-events": "events", "cloudwatchevents": "events",
	"cloudwatch": "monitoring", "cloudwatch-logs": "logs", "cloudwatchlogs": "logs",
	"kinesisfirehose": "firehose", "kinesis-firehose": "firehose", "dynamo": "dynamodb", "parameterstore": "ssm",
	"systemsmanager": "ssm", "secrets-manager": "secretsmanager",
}

// wrongName reports a service that is called something else.
func wrongName(pass *lint.Pass, certain tri.Bool, u model.ServiceURI, d lint.Diagnostic) {
	right, wrong := services[strings.ToLower(u.Service)]
	d.Severity, d.Refused, d.Status = lint.Warning, true, nil
	d.Message = fmt.Sprintf("the URI names the service %s, which API Gateway calls %s", u.Service, right)
	d.Help = "write " + right + " in its place"
	pass.ReportIf(tri.And(certain, tri.Of(wrong), u.Subdomain.Is("")), d)
}

// jsonServices have a protocol in which every call is a POST.
var jsonServices = []string{"dynamodb", "kinesis", "states", "events", "firehose", "ssm", "logs", "secretsmanager"}

func jsonService(pass *lint.Pass, certain tri.Bool, in *model.Integration, u model.ServiceURI, d lint.Diagnostic) {
	if !slices.Contains(jsonServices, u.Service) {
		return
	}
	d.Span = in.Method.Span()
	d.Message = fmt.Sprintf("%s is called with %s, and takes POST only", u.Service, in.Method)
	d.Help = "set the integration method to POST"
	d.Fix = replaceText(in.Method, "POST", "call the service with POST")
	pass.ReportIf(tri.And(certain, u.Path.Not(), in.Method.Present(), in.Method.IsFold("POST").Not()), d)
}

// queuePath reports an ARN in the place of account and name.
func queuePath(pass *lint.Pass, certain tri.Bool, u model.ServiceURI, d lint.Diagnostic) {
	d.Span = place(u.Rest.Span(), d.Span)
	d.Severity = lint.Warning
	d.Message = fmt.Sprintf("the path of SQS is the ARN %s, and has to be the account and the name of the queue", u.Rest)
	d.Help = "write account/name after path/"
	pass.ReportIf(tri.And(certain, beginsWithARN(u.Rest)), d)
}

// beginsWithARN reports whether a text begins with an ARN, or a reference to one.
func beginsWithARN(t value.Text) tri.Bool {
	parts := t.Parts()
	if len(parts) > 0 && parts[0].Ref != nil && (parts[0].Ref.Segment || parts[0].Ref.Kind == value.Resource || parts[0].Ref.Kind == value.Pseudo) {
		return tri.Of(strings.EqualFold(parts[0].Ref.Attr, "arn"))
	}
	return t.HasPrefix("arn:")
}

// queueRequest reports a call of SQS that is neither a form nor has its action in
// the query.
func queueRequest(pass *lint.Pass, certain tri.Bool, in *model.Integration, u model.ServiceURI, d lint.Diagnostic) {
	header := in.RequestHeader("Content-Type")
	inQuery := tri.Or(u.Asks(), hasKeyFold(in.RequestParameters, "integration.request.querystring.Action"))
	bare := tri.And(certain, in.Method.IsFold("POST"), inQuery.Not())
	d.Severity = lint.Warning
	d.Uses = append(d.Uses, header)

	plain := d
	plain.Message = "SQS is sent application/json, because no content type is mapped, and wants a form"
	plain.Help = "map integration.request.header.Content-Type to 'application/x-www-form-urlencoded'"
	pass.ReportIf(tri.And(bare, header.Present().Not()), plain)

	other := d
	other.Span = header.Span()
	other.Message = fmt.Sprintf("SQS is sent %s, and wants a form", strings.Trim(header.String(), "'"))
	other.Help = plain.Help
	isForm, isJSON := header.Contains("x-www-form-urlencoded"), header.Contains("x-amz-json-1.")
	pass.ReportIf(tri.And(bare, header.HasPrefix("'"), isForm.Not(), isJSON.Not()), other)

	target := d
	target.Span = header.Span()
	target.Message = "SQS is sent JSON without the header X-Amz-Target, which names the action"
	target.Help = "map integration.request.header.X-Amz-Target to 'AmazonSQS.SendMessage'"
	pass.ReportIf(tri.And(bare, header.HasPrefix("'"), isJSON, in.RequestHeader("X-Amz-Target").Present().Not()), target)

	for e := range in.RequestTemplates.All() {
		empty := d
		empty.Span, empty.Cause = e.Value.Span(), e.Value.Span()
		empty.Message = "the mapping template writes a form for SQS without an Action"
		empty.Help = "begin the template with Action=SendMessage&MessageBody="
		pass.ReportIf(tri.And(bare, header.HasPrefix("'"), isForm, e.Value.Contains("Action").Not()), empty)
	}
}

// hasKeyFold reports whether a map has an entry for a key in whatever case.
func hasKeyFold(m value.Map[value.Text], key string) tri.Bool {
	r := tri.No
	if !m.IsClosed() {
		r = tri.Maybe
	}
	for e := range m.All() {
		r = tri.Or(r, e.Key.IsFold(key))
	}
	return r
}

// eventsTarget reports a call of EventBridge that does not say what is to be done.
func eventsTarget(pass *lint.Pass, certain tri.Bool, in *model.Integration, u model.ServiceURI, d lint.Diagnostic) {
	if u.Service != "events" || u.Path != tri.No {
		return
	}
	d.Severity = lint.Warning
	d.Message = "EventBridge is called without the header X-Amz-Target, which API Gateway does not set by itself"
	d.Help = "map integration.request.header.X-Amz-Target to 'AWSEvents.PutEvents', and Content-Type to 'application/x-amz-json-1.1'"
	d.Uses = append(d.Uses, in.RequestHeader("X-Amz-Target"))
	pass.ReportIf(tri.And(certain, u.Rest.Is("PutEvents"), in.RequestHeader("X-Amz-Target").Present().Not()), d)
}
