// Package sam turns the AWS::Serverless resources of an evaluated stack into
// the CloudFormation resources that AWS's own translator makes of them.
//
// It works on one scenario of a template: no intrinsic function is left, and
// what cannot be evaluated is unknown. An unknown that decides which resources
// exist opens the sets that they would be members of.
// https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-specification.html
package sam

import (
	"strings"

	"github.com/apigwlint/apigwlint/parsers/cloudformation/internal/stack"
	"github.com/apigwlint/apigwlint/parsers/internal/tree"
	"github.com/apigwlint/apigwlint/source"
	"github.com/apigwlint/apigwlint/tri"
	"github.com/apigwlint/apigwlint/value"
)

// An Includer reads and parses a local file, named relative to the template.
// The node is as written, not evaluated.
type Includer func(path string, from source.Span) (*tree.Node, error)

// The types that the transform replaces, and what they become.
const (
	typeFunction     = "AWS::Serverless::Function"
	typeStateMachine = "AWS::Serverless::StateMachine"
	typeAPI          = "AWS::Serverless::Api"
	typeHTTPAPI      = "AWS::Serverless::HttpApi"
	typeWebSocketAPI = "AWS::Serverless::WebSocketApi"
	typeSimpleTable  = "AWS::Serverless::SimpleTable"
	typeLayer        = "AWS::Serverless::LayerVersion"
	typeConnector    = "AWS::Serverless::Connector"

	prefix = "AWS::Serverless::"

	lambdaFunction   = "AWS::Lambda::Function"
	lambdaAlias      = "AWS::Lambda::Alias"
	lambdaVersion    = "AWS::Lambda::Version"
	lambdaPermission = "AWS::Lambda::Permission"
	eventSource      = "AWS::Lambda::EventSourceMapping"
	iamRole          = "AWS::IAM::Role"
	stateMachine     = "AWS::StepFunctions::StateMachine"
	restAPI          = "AWS::ApiGateway::RestApi"
	httpAPI          = "AWS::ApiGatewayV2::Api"
	eventsRule       = "AWS::Events::Rule"

	apiGateway = "apigateway.amazonaws.com"
)

// Ids of the APIs that events without one belong to.
const (
	implicitREST = "ServerlessRestApi"
	implicitHTTP = "ServerlessHttpApi"
)

// Transform replaces the AWS::Serverless resources of s. References to what
// the translator calls by a name of its own, such as Fn.Alias, stay as they
// are: s.Aliases says which resources they are.
//
// A template that the translator would refuse is transformed as far as it
// makes sense. The problems are files that the template includes and that are
// no OpenAPI documents; files that are not there leave routes unknown.
func Transform(s *stack.Stack, include Includer) []source.Problem {
	t := &transformer{stack: s, include: include, made: map[*stack.Resource][]*stack.Resource{}, apis: map[string]*api{}}
	if !t.needed() {
		return nil
	}
	if s.Aliases == nil {
		s.Aliases = map[string]string{}
	}
	t.applyGlobals()
	t.findAPIs()
	for _, r := range t.originals {
		t.functionOrMachine(r)
	}
	for _, r := range t.originals {
		t.rest(r)
	}
	for _, a := range t.implicit {
		t.finishAPI(a)
	}
	t.collect()
	t.connectors()
	return t.problems
}

// A transformer holds the state of one transform.
type transformer struct {
	stack    *stack.Stack
	include  Includer
	problems []source.Problem

	// originals are the resources as they came, with globals merged in.
	originals []*stack.Resource
	// made lists what became of an original, in order; those that the stack
	// keeps as they are have no entry.
	made map[*stack.Resource][]*stack.Resource

	apis     map[string]*api // by id with path
	implicit []*api

	// sharedUses are the stages of the usage plan that APIs share.
	sharedUses *tree.Node

	// opened says that functions may have events that cannot be seen.
	opened bool
}

// needed reports whether there is anything to transform.
func (t *transformer) needed() bool {
	if t.stack.SAM {
		return true
	}
	for _, r := range t.stack.Resources {
		if strings.HasPrefix(r.Type, prefix) {
			return true
		}
	}
	return false
}

// id returns a logical id with the path of the stack.
func (t *transformer) id(logical string) string { return t.stack.Path + logical }

// logical returns an id without the path of the stack.
func (t *transformer) logical(id string) string { return strings.TrimPrefix(id, t.stack.Path) }

// become replaces a SAM resource by the main resource that it stands for.
func (t *transformer) become(r *stack.Resource, resourceType string, properties *tree.Node) {
	n := *r
	n.Type, n.Properties = resourceType, properties
	t.made[r] = append(t.made[r], &n)
}

// make adds a resource that the translator makes up because of cause.
func (t *transformer) make(cause *stack.Resource, id, resourceType string, at place, members ...member) *stack.Resource {
	return t.makeOf(cause, id, resourceType, at, at.mapping(members...))
}

func (t *transformer) makeOf(cause *stack.Resource, id, resourceType string, at place, properties *tree.Node) *stack.Resource {
	r := &stack.Resource{
		ID: id, Type: resourceType, Properties: properties, Span: at.span(), Generated: true,
		Body: at.mapping(member{"Type", at.str(resourceType)}, member{"Properties", properties}),
	}
	t.made[cause] = append(t.made[cause], r)
	return r
}

// collect puts what was made in the place of what it was made of.
func (t *transformer) collect() {
	var out []*stack.Resource
	seen := map[string]bool{}
	for _, r := range t.originals {
		made, replaced := t.made[r]
		if !replaced {
			made = []*stack.Resource{r}
		}
		for _, m := range made {
			if m.Generated && seen[m.ID] {
				continue
			}
			seen[m.ID] = true
			out = append(out, m)
		}
	}
	for _, a := range t.implicit {
		out = append(out, t.made[a.res]...)
	}
	t.stack.Resources = out
}

// rest transforms everything but functions and state machines.
func (t *transformer) rest(r *stack.Resource) {
	switch r.Type {
	case typeAPI, typeHTTPAPI:
		if a := t.apis[r.ID]; a != nil {
			t.finishAPI(a)
		}
	case typeWebSocketAPI:
		t.webSocketAPI(r)
	case typeSimpleTable:
		t.become(r, "AWS::DynamoDB::Table", tableProperties(r))
	case typeLayer:
		t.become(r, "AWS::Lambda::LayerVersion", r.Properties)
	}
}

// tableProperties keeps of a simple table what a table has too.
// https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-resource-simpletable.html
func tableProperties(r *stack.Resource) *tree.Node {
	if !r.Properties.Is(tree.Map) {
		return r.Properties
	}
	return r.Properties.Without("PrimaryKey")
}

// openEvents notes that a function may have events, and so routes and
// permissions, that cannot be seen.
func (t *transformer) openEvents() {
	t.opened = true
	t.stack.Open = true
}

// resourceRef returns the id, with path, of the resource that a node is the Ref
// of, or that it names. ok is false when it cannot be told.
func (t *transformer) resourceRef(n *tree.Node) (id string, ok bool) {
	if n == nil {
		return "", false
	}
	if ref, isRef := n.Value.Only(); isRef && ref.Kind == value.Resource && ref.Attr == "" {
		return ref.Name, true
	}
	if s, isString := n.Str(); isString {
		return t.id(s), true
	}
	return "", false
}

// getAttOf returns the id of the resource whose Ref or ARN a node is.
func getAttOf(n *tree.Node) (id string, ok bool) {
	if n == nil {
		return "", false
	}
	ref, isRef := n.Value.Only()
	if !isRef || ref.Kind != value.Resource || ref.Attr != "" && ref.Attr != "Arn" {
		return "", false
	}
	return ref.Name, true
}

// knownMap returns a node that is a map, or nil, and whether it may have more
// members than can be seen.
func knownMap(parent *tree.Node, key string) (m *tree.Node, open bool) {
	n := parent.Get(key)
	switch {
	case n == nil:
		return nil, parent.Has(key) == tri.Maybe
	case n.Kind == tree.Map:
		return n, n.Open
	}
	_, literal := n.Str()
	return nil, n.Kind == tree.Unknown || n.Kind == tree.Scalar && !literal
}
