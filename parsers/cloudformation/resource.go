package cloudformation

import (
	"strings"

	"github.com/apigwlint/apigwlint/parsers/cloudformation/internal/stack"
	"github.com/apigwlint/apigwlint/parsers/internal/tree"
	"github.com/apigwlint/apigwlint/source"
	"github.com/apigwlint/apigwlint/tri"
	"github.com/apigwlint/apigwlint/value"
)

// evaluate returns the stacks of the instance and of those nested in it.
func (in *instance) evaluate() []*stack.Stack {
	section := in.resources()
	s := &stack.Stack{File: in.file, Path: in.path, SAM: in.sam, Open: section.open}
	if in.path == "" {
		s.Outputs = in.outputTexts()
	}
	if globals := in.root.Get("Globals"); globals != nil {
		s.Globals = in.scope(false).eval(globals)
	}
	stacks := []*stack.Stack{s}
	for _, m := range section.members {
		res, open := in.evaluateResource(m)
		s.Open = s.Open || open
		if res == nil {
			continue
		}
		s.Resources = append(s.Resources, res)
		if _, ok := nestedStack(res.Type); ok {
			if c := in.child(m.key); c != nil {
				stacks = append(stacks, c.evaluate()...)
			} else {
				s.Open = true
			}
		}
	}
	s.Open = s.Open || in.dangling || in.run.exhausted()
	return stacks
}

// outputTexts returns the values of the outputs.
func (in *instance) outputTexts() []value.Text {
	var out []value.Text
	for _, m := range in.outputSection().members {
		if v := m.value.Get("Value"); v != nil {
			out = append(out, m.scope.text(v))
		}
	}
	return out
}

// evaluateResource returns a resource, nil when it does not exist. open says
// that there may be one that cannot be seen.
func (in *instance) evaluateResource(m member) (res *stack.Resource, open bool) {
	if !m.value.Is(tree.Map) {
		return nil, m.value.Is(tree.Unknown)
	}
	if _, call := intrinsicOf(m.value); call {
		return nil, true
	}
	if c := m.value.Get("Condition"); c != nil {
		name, ok := m.scope.substituted(c)
		if !ok {
			return nil, true
		}
		switch in.condition(name) {
		case tri.No:
			return nil, false
		case tri.Maybe:
			kind, _ := m.scope.substituted(m.value.Get("Type"))
			if !inert(kind) {
				return nil, true
			}
		}
	}
	body := m.scope.eval(m.value)
	kind, ok := body.Get("Type").Str()
	if !ok {
		return nil, body.Has("Type") != tri.No
	}
	in.run.unit.construct(m.keySpan, m.value)
	res = &stack.Resource{ID: in.path + m.key, Type: kind, Body: body, Span: m.keySpan}
	switch p := body.Get("Properties"); {
	case p == nil && body.Has("Properties") == tri.Maybe:
		res.Properties = &tree.Node{Kind: tree.Map, Span: body.Span, Head: m.keySpan, Open: true}
	case p.Is(tree.Map):
		res.Properties = p
	case p != nil:
		res.Properties = &tree.Node{Kind: tree.Map, Span: p.Span, Head: p.Head, Open: true}
	}
	if res.Properties != nil && body.Get("Properties") != res.Properties {
		res.Body = body.Set("Properties", res.Properties)
	}
	depends, _ := body.Get("DependsOn").Members()
	for _, d := range depends {
		if id, ok := d.Str(); ok {
			res.DependsOn = append(res.DependsOn, in.path+id)
		}
	}
	return res, false
}

// relevant reports whether resources of the type are part of the model.
func relevant(kind string) bool {
	for _, prefix := range []string{"AWS::ApiGateway", "AWS::Lambda::", "AWS::Serverless::", "AWS::IAM::", "AWS::ElasticLoadBalancingV2::", "AWS::CloudFormation::Stack"} {
		if strings.HasPrefix(kind, prefix) {
			return true
		}
	}
	return kind == ""
}

// inert reports whether resources of the type neither are part of the model nor
// invoke a function, so that conditions on them make no difference.
func inert(kind string) bool {
	for _, prefix := range []string{
		"AWS::CDK::", "AWS::CloudWatch::", "AWS::WAFv2::", "AWS::Route53::", "AWS::EC2::", "AWS::KMS::",
		"AWS::SSM::", "AWS::Logs::LogGroup", "AWS::DynamoDB::Table", "AWS::SecretsManager::Secret", "AWS::CodeDeploy::",
		"AWS::CertificateManager::", "AWS::ECR::", "AWS::Athena::", "AWS::Glue::", "AWS::RDS::", "AWS::ElastiCache::",
	} {
		if strings.HasPrefix(kind, prefix) {
			return true
		}
	}
	return false
}

// construct notes which construct of the CDK wrote a resource.
func (u *unit) construct(key source.Span, resource *tree.Node) {
	name, ok := resource.Get("Metadata", "aws:cdk:path").Str()
	if !ok || key.File == nil || key.File != resource.Span.File {
		return
	}
	u.cdk[key.File.Span(key.Start, max(key.End, resource.Span.End))] = name
}
