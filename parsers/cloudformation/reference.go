package cloudformation

import (
	"strings"

	"github.com/apigwlint/apigwlint/model"
	"github.com/apigwlint/apigwlint/parsers/cloudformation/internal/stack"
	"github.com/apigwlint/apigwlint/parsers/internal/tree"
	"github.com/apigwlint/apigwlint/value"
)

// reference returns the reference to an attribute of a resource, or to the
// resource itself, by what stands in Ref, Fn::GetAtt or Fn::Sub.
func (in *instance) reference(name, attr string) value.Ref {
	if in.types == nil {
		in.types = map[string]string{}
		for _, m := range in.resources().members {
			kind, _ := m.scope.substituted(m.value.Get("Type"))
			in.types[m.key] = kind
		}
	}
	if kind, ok := in.types[name]; ok {
		if in.sam && attr != "" {
			// GetAtt of a resource that the transform makes: [Fn.Alias, Arn] or Fn.Alias.Arn.
			property, rest, _ := strings.Cut(attr, ".")
			if made := stack.Generated(kind, property); made != "" {
				return stack.Ref(in.path+name+"."+property, made, rest)
			}
		}
		return stack.Ref(in.path+name, kind, attr)
	}
	if in.sam {
		if id, kind := in.generated(name); id != "" {
			return stack.Ref(in.path+id, kind, attr)
		}
	}
	if lost := model.LostVariable(attr); name == lost.Name && attr != "" {
		return lost
	}
	if isLogicalID(name) {
		in.dangling = true
	}
	if attr != "" {
		name += "." + attr
	}
	return value.Ref{Kind: value.Other, Name: in.path + name}
}

// isLogicalID reports whether a name can be one of a resource, and is not what
// mapping templates and stage variables begin with.
func isLogicalID(name string) bool {
	switch name {
	case "", "stageVariables", "context", "input", "util", "integration", "method":
		return false
	}
	return alphanumeric(name) == name
}

// generated returns the type of a resource that the SAM transform makes.
// https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-specification-generated-resources.html
func (in *instance) generated(name string) (id, kind string) {
	implicit := map[string]string{"ServerlessRestApi": "AWS::Serverless::Api", "ServerlessHttpApi": "AWS::Serverless::HttpApi"}
	switch name {
	case "ServerlessRestApi":
		return name, "AWS::ApiGateway::RestApi"
	case "ServerlessHttpApi":
		return name, "AWS::ApiGatewayV2::Api"
	}
	if owner, property, ok := strings.Cut(name, "."); ok {
		kind := implicit[owner]
		if kind == "" {
			kind = in.types[owner]
		}
		if made := stack.Generated(kind, property); made != "" {
			return name, made
		}
		return "", ""
	}
	if name == "ServerlessDeploymentApplication" || name == "CodeDeployServiceRole" {
		return name, ""
	}
	// The longest resource whose name the id begins with made it. Of many that
	// the transform makes, such as what events stand for, the type does not matter.
	best, bestKind := "", ""
	try := func(owner, ownerKind string) {
		rest, ok := strings.CutPrefix(name, owner)
		if !ok || rest == "" || len(owner) <= len(best) || !strings.HasPrefix(ownerKind, "AWS::Serverless::") {
			return
		}
		best, bestKind = owner, stack.GeneratedID(ownerKind, rest)
	}
	for owner, ownerKind := range in.types {
		try(owner, ownerKind)
	}
	for owner, ownerKind := range implicit {
		try(owner, ownerKind)
	}
	if best == "" {
		return "", ""
	}
	return name, bestKind
}

// substituted returns a string with loop variables in place.
func (s scope) substituted(n *tree.Node) (string, bool) {
	if !n.Is(tree.Scalar) || n.Tag != "" {
		return "", false
	}
	return s.substitute(n.Value).Get()
}
