// Package stack holds what a template comes to once its intrinsic functions
// have been evaluated under one assignment of its conditions: resources with
// plain properties. The SAM transform turns one such stack into another, and the
// lift turns it into the model.
package stack

import (
	"github.com/apigwlint/apigwlint/parsers/internal/tree"
	"github.com/apigwlint/apigwlint/source"
	"github.com/apigwlint/apigwlint/value"
)

// A Stack is the resources of one template, or of a nested template, in one scenario.
type Stack struct {
	File *source.File
	// Path is empty for the root template and ends with "/" for a nested one. It
	// begins the names of all references to the stack's resources.
	Path string
	// Resources are those that exist in the scenario, in the order of the template.
	Resources []*Resource
	// Globals is the evaluated Globals section of a SAM template, or nil.
	Globals *tree.Node
	// SAM says that the template asks for the AWS::Serverless transform.
	SAM bool
	// Aliases are the names under which a template may refer to resources that a
	// transform makes, such as Fn.Alias, and the ids of those resources. Both with path.
	Aliases map[string]string
	// Ignored are settings that a transform took no notice of.
	Ignored []Ignored
	// Outputs are what the root template gives to whoever reads its outputs.
	Outputs []value.Text
	// Open says that the template may have resources that cannot be seen: a
	// macro, a nested template or a resource-level include that is not there.
	Open bool
}

// A Resource is a resource whose properties have been evaluated. Intrinsic
// functions are gone: what could not be evaluated is a text with holes or unknown.
type Resource struct {
	ID   string // the logical id, with the path of the stack
	Type string // AWS::ApiGateway::Method, …
	// Properties is a map, or nil when there are none.
	Properties *tree.Node
	// Body is the whole evaluated resource: Type, Properties, DependsOn,
	// Metadata, Connectors, IgnoreGlobals, DeletionPolicy, …
	Body *tree.Node
	// DependsOn lists the logical ids, with path, that are written in DependsOn.
	DependsOn []string
	// Span is the logical id where the resource is defined.
	Span source.Span
	// Generated says that a transform made the resource up. Its places are those
	// of what made the transform do so.
	Generated bool
}

// An Ignored is a setting with a value that means nothing to a transform.
type Ignored struct {
	At    source.Span // what the transform made without it
	Name  string
	Value value.Text
}

// Find returns the resource with the logical id (with path), or nil.
func (s *Stack) Find(id string) *Resource {
	for _, r := range s.Resources {
		if r.ID == id {
			return r
		}
	}
	return nil
}

// Ref returns the reference that Fn::GetAtt of the attribute, or Ref when attr
// is empty, of a resource of the type stands for. All parts of the parser build
// references to resources through it, so that equal references are equal values.
func Ref(id, resourceType, attr string) value.Ref {
	return value.Ref{Kind: value.Resource, Name: id, Attr: attr, Segment: segment(resourceType, attr)}
}

// segment reports whether the attribute is an identifier or a plain name.
func segment(resourceType, attr string) bool {
	switch attr {
	case "":
		switch resourceType {
		case "AWS::ApiGateway::RestApi", "AWS::ApiGateway::Resource", "AWS::ApiGateway::Authorizer", "AWS::ApiGateway::Deployment",
			"AWS::ApiGateway::Stage", "AWS::ApiGateway::VpcLink", "AWS::ApiGateway::Model", "AWS::ApiGateway::RequestValidator",
			"AWS::ApiGatewayV2::Api", "AWS::ApiGatewayV2::Authorizer", "AWS::ApiGatewayV2::Deployment", "AWS::ApiGatewayV2::Integration",
			"AWS::ApiGatewayV2::Route", "AWS::ApiGatewayV2::Stage", "AWS::ApiGatewayV2::VpcLink",
			"AWS::Lambda::Function", "AWS::IAM::Role", "AWS::DynamoDB::Table", "AWS::S3::Bucket", "AWS::Cognito::UserPool",
			"AWS::Serverless::Api", "AWS::Serverless::HttpApi", "AWS::Serverless::WebSocketApi", "AWS::Serverless::Function",
			"AWS::Serverless::SimpleTable":
			return true
		}
	case "RootResourceId", "RestApiId", "ApiId", "AuthorizerId", "DeploymentId", "ResourceId", "Version", "RoleId", "QueueName", "TopicName", "Name", "StreamName":
		return true
	}
	return false
}
