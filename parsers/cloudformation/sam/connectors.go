package sam

import (
	"slices"
	"strconv"

	"github.com/apigwlint/apigwlint/parsers/cloudformation/internal/stack"
	"github.com/apigwlint/apigwlint/parsers/internal/tree"
	"github.com/apigwlint/apigwlint/value"
)

// An end is a source or destination of a connector.
type end struct {
	res       *stack.Resource // nil when it is given by its properties
	kind      string          // as CloudFormation has it; empty when unknown
	arn       *tree.Node
	id        *tree.Node // of an API
	qualifier *tree.Node
	role      *tree.Node // the name of its role
}

// connectors makes what lets one resource use another, for connectors that are
// resources and for those that stand within their source.
// https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/managing-permissions-connectors.html
func (t *transformer) connectors() {
	var out []*stack.Resource
	for _, r := range t.stack.Resources {
		if r.Type != typeConnector {
			out = append(out, r)
		}
	}
	resources := t.stack.Resources
	t.stack.Resources = out
	t.made = map[*stack.Resource][]*stack.Resource{}
	for _, r := range resources {
		if r.Type == typeConnector {
			t.connector(r, r.ID, place(r.Span), r.Properties, nil)
			continue
		}
		embedded, open := knownMap(r.Body, "Connectors")
		if open && r.Body.Get("Connectors") != nil {
			t.stack.Open = true
		}
		for _, e := range entries(embedded) {
			t.connector(r, r.ID+e.Key, place(e.KeySpan), e.Value.Get("Properties"), r)
		}
	}
	for _, r := range resources {
		t.stack.Resources = append(t.stack.Resources, t.made[r]...)
	}
}

// connector makes what one connector stands for. Its destinations may be many.
func (t *transformer) connector(cause *stack.Resource, id string, at place, props *tree.Node, source *stack.Resource) {
	if !props.Is(tree.Map) || props.Open {
		t.stack.Open = true
		return
	}
	var from *end
	if source != nil {
		from = t.endOf(source, props.Get("SourceReference"))
	} else {
		from = t.end(props.Get("Source"))
	}
	permissions, all := props.Get("Permissions").Members()
	destination := props.Get("Destination")
	destinations := []*tree.Node{destination}
	many := destination.Is(tree.List)
	if many {
		destinations = destination.Items
		all = all && !destination.Open
	}
	if !all {
		t.stack.Open = true
	}
	for i, d := range destinations {
		to := t.end(d)
		if from == nil || to == nil || from.kind == "" || to.kind == "" {
			t.stack.Open = true
			continue
		}
		t.connect(cause, id, suffixOf(many, i), at, from, to, permissions)
	}
}

// suffixOf numbers the resources of a connector with a list of destinations.
func suffixOf(many bool, i int) string {
	if !many {
		return ""
	}
	return "Destination" + strconv.Itoa(i)
}

// end reads a source or destination.
func (t *transformer) end(n *tree.Node) *end {
	if !n.Is(tree.Map) || n.Open {
		return nil
	}
	if id := n.Get("Id"); id != nil {
		s, ok := id.Str()
		if !ok {
			return nil
		}
		r := t.stack.Find(t.id(s))
		if r == nil {
			return nil
		}
		return t.endOf(r, n)
	}
	kind, _ := n.Get("Type").Str()
	return &end{kind: connectable(kind), arn: n.Get("Arn"), id: n.Get("ResourceId"), qualifier: n.Get("Qualifier"), role: n.Get("RoleName")}
}

// endOf reads an end that is a resource of the template.
func (t *transformer) endOf(r *stack.Resource, reference *tree.Node) *end {
	at := place(r.Span)
	e := &end{res: r, kind: r.Type, arn: at.text(at.ref(r.ID, r.Type, "Arn")), qualifier: reference.Get("Qualifier")}
	switch r.Type {
	case "AWS::SNS::Topic", stateMachine:
		e.arn = at.text(at.ref(r.ID, r.Type, ""))
	case restAPI, httpAPI:
		e.id = at.text(at.ref(r.ID, r.Type, ""))
		if e.qualifier == nil {
			e.qualifier = at.str("*")
		}
	}
	roleProperty := "Role"
	if r.Type == stateMachine {
		roleProperty = "RoleArn"
	}
	if id, ok := getAttOf(r.Properties.Get(roleProperty)); ok {
		e.role = at.text(at.ref(id, iamRole, ""))
	}
	return e
}

// connectable is the CloudFormation type that a connector sees.
func connectable(kind string) string {
	switch kind {
	case typeFunction:
		return lambdaFunction
	case typeStateMachine:
		return stateMachine
	case typeAPI:
		return restAPI
	case typeHTTPAPI:
		return httpAPI
	case typeSimpleTable:
		return "AWS::DynamoDB::Table"
	}
	return kind
}

// invokers are the sources that call a function with a permission of its own,
// and the services that they are.
var invokers = map[string]string{
	restAPI: apiGateway, httpAPI: apiGateway, "AWS::SNS::Topic": "sns.amazonaws.com", "AWS::S3::Bucket": "s3.amazonaws.com",
	eventsRule: "events.amazonaws.com", "AWS::AppSync::GraphQLApi": "appsync.amazonaws.com",
}

// pollers are the sources from which a function's own role reads.
var pollers = []string{"AWS::SQS::Queue", "AWS::DynamoDB::Table"}

func (t *transformer) connect(cause *stack.Resource, id, suffix string, at place, from, to *end, permissions []*tree.Node) {
	service, invokes := invokers[from.kind]
	switch {
	case invokes && to.kind == lambdaFunction:
		for _, p := range permissions {
			if s, ok := p.Str(); ok && s == "Write" {
				t.connectorPermission(cause, id+"WriteLambdaPermission"+suffix, at, service, from, to)
			}
		}
	case from.kind == eventsRule && to.kind == "AWS::SNS::Topic":
		t.make(cause, id+"TopicPolicy"+suffix, "AWS::SNS::TopicPolicy", at, member{"PolicyDocument", at.unknown()}, member{"Topics", at.list(to.arn)})
	case to.kind == "AWS::SQS::Queue" && (from.kind == eventsRule || from.kind == "AWS::SNS::Topic"):
		t.make(cause, id+"QueuePolicy"+suffix, "AWS::SQS::QueuePolicy", at, member{"PolicyDocument", at.unknown()}, member{"Queues", at.unknown()})
	case slices.Contains(pollers, from.kind):
		t.connectorPolicy(cause, id+"Policy"+suffix, at, to.role, from, to)
	default:
		t.connectorPolicy(cause, id+"Policy"+suffix, at, from.role, from, to)
	}
}

// connectorPermission lets the source invoke the function.
func (t *transformer) connectorPermission(cause *stack.Resource, id string, at place, service string, from, to *end) {
	source := from.arn
	if from.kind == restAPI || from.kind == httpAPI {
		source = at.text(at.arn("execute-api", textOf(from.id), at.lit("/"), textOf(from.qualifier)))
	} else if from.kind == "AWS::AppSync::GraphQLApi" {
		source = at.text(at.arn("appsync", at.lit("apis/"), textOf(from.id)))
	}
	members := []member{
		{"Action", at.str("lambda:InvokeFunction")}, {"FunctionName", to.arn}, {"Principal", at.str(service)}, {"SourceArn", source},
	}
	if from.kind == "AWS::S3::Bucket" {
		members = append(members, member{"SourceAccount", at.text(at.pseudo("AccountId"))})
	}
	t.make(cause, id, lambdaPermission, at, members...)
}

func textOf(n *tree.Node) value.Text {
	if n == nil {
		return value.Text{}
	}
	return n.Text()
}

// connectorPolicy gives a role what it needs. Which statements those are is
// spelt out where it can matter to an API: for calling functions.
func (t *transformer) connectorPolicy(cause *stack.Resource, id string, at place, role *tree.Node, from, to *end) {
	document := at.unknown()
	if to.kind == lambdaFunction && !slices.Contains(pollers, from.kind) {
		document = at.mapping(member{"Version", at.str("2012-10-17")}, member{"Statement", at.list(at.mapping(
			member{"Effect", at.str("Allow")},
			member{"Action", at.list(at.str("lambda:InvokeAsync"), at.str("lambda:InvokeFunction"))},
			member{"Resource", at.list(to.arn)},
		))})
	}
	if role == nil {
		t.stack.Open = true
		role = at.unknown()
	}
	t.make(cause, id, "AWS::IAM::ManagedPolicy", at, member{"PolicyDocument", document}, member{"Roles", at.list(role)})
}
