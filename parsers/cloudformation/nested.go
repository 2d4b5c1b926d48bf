package cloudformation

import (
	"strings"

	"github.com/apigwlint/apigwlint/parsers/internal/tree"
	"github.com/apigwlint/apigwlint/tri"
	"github.com/apigwlint/apigwlint/value"
)

// nestedStack reports whether resources of the type deploy another template,
// and which property names it.
func nestedStack(kind string) (property string, ok bool) {
	switch kind {
	case "AWS::CloudFormation::Stack":
		return "TemplateURL", true
	case "AWS::Serverless::Application":
		return "Location", true
	}
	return "", false
}

// maxNesting is how deep stacks may be nested.
const maxNesting = 16

// childName returns the file of the template that a resource deploys, when it
// is a local one.
func (in *instance) childName(m member) (string, bool) {
	kind, _ := m.scope.substituted(m.value.Get("Type"))
	property, ok := nestedStack(kind)
	if !ok {
		return "", false
	}
	properties, _ := m.scope.properties(m.value)
	if location, ok := properties[property]; ok {
		if name, ok := localPath(location.scope.text(location.value), location.value.Span.File); ok {
			return name, true
		}
	}
	// The CDK uploads the template and notes what the file was.
	metadata := m.value.Get("Metadata")
	if asset := metadata.Get("aws:asset:path"); asset != nil && metadata.TextOf("aws:asset:property").Is(property) == tri.Yes {
		return localPath(asset.Text(), asset.Span.File)
	}
	return "", false
}

// child returns the nested stack of a resource, nil when its template cannot be seen.
func (in *instance) child(id string) *instance {
	if c, ok := in.children[id]; ok {
		return c
	}
	in.children[id] = nil
	m, ok := in.resources().find(id)
	if !ok || strings.Count(in.path, "/") >= maxNesting {
		return nil
	}
	name, ok := in.childName(m)
	if !ok {
		return nil
	}
	if in.files.has(name) {
		// Conditions may end it, so that it need not be a mistake.
		in.run.unit.note(m.value.Span, "the template "+name+" deploys itself, which is not followed")
		return nil
	}
	t := in.run.unit.template(name)
	if t == nil {
		return nil
	}
	c := newInstance(in.run, t, in.path+id+"/", in.files)
	properties, open := m.scope.properties(m.value)
	c.nested, c.givenOpen, c.given = true, open, map[string]member{}
	if params, ok := properties["Parameters"]; ok {
		members, more := params.scope.arguments(params.value)
		c.givenOpen = c.givenOpen || more
		for _, p := range members {
			c.given[p.key] = p
		}
	}
	in.children[id] = c
	return c
}

// properties returns the properties of a resource before they are evaluated.
func (s scope) properties(resource *tree.Node) (map[string]member, bool) {
	members, open := s.arguments(resource.Get("Properties"))
	out := make(map[string]member, len(members))
	for _, m := range members {
		out[m.key] = m
	}
	return out, open
}

// arguments lists the members of a map that is written down as one.
func (s scope) arguments(n *tree.Node) ([]member, bool) {
	if n == nil {
		return nil, false
	}
	if _, call := intrinsicOf(n); call || n.Kind != tree.Map {
		return nil, true
	}
	return s.members(n, false)
}

// childOutput returns an output of a nested stack.
func (in *instance) childOutput(id, name string, deciding bool) (value.Text, bool) {
	key := outputKey{id, name, deciding}
	if t, ok := in.outputs[key]; ok {
		if t == nil {
			return value.Text{}, false
		}
		return *t, true
	}
	in.outputs[key] = nil // the answer within a cycle
	c := in.child(id)
	if c == nil {
		return value.Text{}, false
	}
	m, ok := c.outputSection().find(name)
	if !ok {
		return value.Text{}, false
	}
	v := m.value.Get("Value")
	if v == nil {
		return value.Text{}, false
	}
	if cond, ok := m.scope.substituted(m.value.Get("Condition")); ok && c.condition(cond) != tri.Yes {
		return value.Text{}, false
	}
	sc := m.scope
	sc.deciding = deciding
	t := sc.text(v)
	in.outputs[key] = &t
	return t, true
}
