package cloudformation

import (
	"strings"

	"github.com/apigwlint/apigwlint/parsers/internal/tree"
	"github.com/apigwlint/apigwlint/source"
	"github.com/apigwlint/apigwlint/tri"
)

// Recognizes reports whether a document is a CloudFormation or SAM template, by
// what it holds and not by what its file is called.
func Recognizes(root *tree.Node) bool {
	if !root.Is(tree.Map) || root.Tag != "" {
		return false
	}
	if root.Entry("AWSTemplateFormatVersion") != nil {
		return true
	}
	for _, name := range transformNames(root.Get("Transform")) {
		if strings.HasPrefix(name, "AWS::Serverless") || name == languageExtensions {
			return true
		}
	}
	resources := root.Get("Resources")
	if !resources.Is(tree.Map) {
		return false
	}
	for _, e := range resources.Entries {
		if kind, ok := e.Value.Get("Type").Str(); ok && isResourceType(kind) {
			return true
		}
	}
	return false
}

func isResourceType(s string) bool {
	for _, prefix := range []string{"AWS::", "Custom::", "Alexa::"} {
		if strings.HasPrefix(s, prefix) {
			return true
		}
	}
	return false
}

// The macros that the evaluator knows.
const (
	serverlessTransform = "AWS::Serverless-2016-10-31"
	languageExtensions  = "AWS::LanguageExtensions"
	includeTransform    = "AWS::Include"
)

// transformNames lists the macros of a Transform section, those of which the
// name cannot be told as "".
func transformNames(n *tree.Node) []string {
	switch {
	case n == nil, n.Is(tree.Null):
		return nil
	case n.Is(tree.List):
		var out []string
		for _, item := range n.Items {
			out = append(out, transformNames(item)...)
		}
		return out
	case n.Is(tree.Map):
		n = n.Get("Name")
	}
	if name, ok := n.Str(); ok && n.Tag == "" {
		return []string{name}
	}
	return []string{""}
}

// A template is one template as written.
type template struct {
	file *source.File
	root *tree.Node
	sam  bool
	// open says that a macro that cannot be run may change the template.
	open   bool
	params map[string]*parameter
	// includes are the AWS::Include transforms of the whole template.
	includes []*tree.Node
}

// newTemplate reads the sections that do not depend on any value.
func newTemplate(f *source.File, root *tree.Node) *template {
	t := &template{file: f, root: root, params: map[string]*parameter{}}
	for _, name := range transformNames(root.Get("Transform")) {
		switch {
		case strings.HasPrefix(name, "AWS::Serverless-"):
			t.sam = true
		case name == languageExtensions, name == includeTransform, name == "AWS::CodeDeployBlueGreen", strings.HasPrefix(name, "AWS::SecretsManager-"):
		default:
			t.open = true
		}
	}
	// The SAM translator itself does not ask for the header: it is often added
	// by whatever deploys the template.
	if root.Has("Transform") == tri.No && hasServerless(root.Get("Resources")) {
		t.sam = true
	}
	t.includes = includeTransforms(root.Get("Transform"))
	if params := root.Get("Parameters"); params.Is(tree.Map) {
		for _, e := range params.Entries {
			t.params[e.Key] = newParameter(e.Value)
		}
	}
	return t
}

// hasServerless reports whether a resource is one that only SAM knows.
func hasServerless(resources *tree.Node) bool {
	for _, e := range entries(resources) {
		if kind, ok := e.Value.Get("Type").Str(); ok && strings.HasPrefix(kind, "AWS::Serverless::") {
			return true
		}
	}
	return false
}

func includeTransforms(n *tree.Node) []*tree.Node {
	var out []*tree.Node
	members, _ := n.Members()
	for _, m := range members {
		if name, _ := m.Get("Name").Str(); name == includeTransform {
			out = append(out, m)
		}
	}
	return out
}

// A parameter is a declaration in the Parameters section.
type parameter struct {
	list, number bool
	// hidden says that the value is not the one that is written: it stands in
	// Parameter Store, or the template asks for it not to be shown.
	hidden bool
	// stored says that the value names an entry of Parameter Store.
	stored  bool
	def     *string
	allowed []string // nil when every value is allowed
}

func newParameter(n *tree.Node) *parameter {
	p := &parameter{}
	kind, _ := n.Get("Type").Str()
	p.stored = strings.HasPrefix(kind, "AWS::SSM::Parameter::Value<")
	inner := strings.TrimSuffix(strings.TrimPrefix(kind, "AWS::SSM::Parameter::Value<"), ">")
	p.list = inner == "CommaDelimitedList" || strings.HasPrefix(inner, "List<")
	p.number = kind == "Number"
	noEcho, _ := n.BoolOf("NoEcho").Get()
	p.hidden = p.stored || noEcho
	if def := n.Get("Default"); def.Is(tree.Scalar) && def.Tag == "" {
		if s, ok := def.Str(); ok {
			p.def = &s
		}
	} else if def.Is(tree.List) {
		var items []string
		for _, item := range def.Items {
			s, _ := item.Str()
			items = append(items, s)
		}
		s := strings.Join(items, ",")
		p.def = &s
	}
	if p.def != nil && isPlaceholder(*p.def) {
		p.def = nil
	}
	if allowed := n.Get("AllowedValues"); allowed.Is(tree.List) && allowed.Tag == "" && !p.stored && !p.list {
		p.allowed = scalars(allowed.Items)
	}
	return p
}

// isPlaceholder reports whether a default only says what belongs there, as in
// <VPC ID here>.
func isPlaceholder(s string) bool {
	s = strings.TrimSpace(s)
	return strings.HasPrefix(s, "<") && strings.HasSuffix(s, ">")
}

// scalars returns the strings of a list, nil unless all are known.
func scalars(items []*tree.Node) []string {
	var out []string
	for _, item := range items {
		s, ok := item.Str()
		if !ok || item.Tag != "" {
			return nil
		}
		out = append(out, s)
	}
	return out
}

// An intrinsic is a function that a template calls; its name is the long one,
// such as Fn::Sub.
type intrinsic struct {
	name string
	arg  *tree.Node
}

// intrinsicOf returns the call that a node is, in its long or short form.
func intrinsicOf(n *tree.Node) (intrinsic, bool) {
	if n.Tag != "" {
		arg := *n
		arg.Tag = ""
		name := strings.TrimPrefix(n.Tag, "!")
		if name != "Ref" && name != "Condition" && !strings.HasPrefix(name, "Fn::") {
			name = "Fn::" + name
		}
		return intrinsic{name, &arg}, true
	}
	if n.Kind == tree.Map && len(n.Entries) == 1 {
		e := n.Entries[0]
		switch {
		case e.Key == "Ref" && (e.Value.Is(tree.Scalar) || e.Value.Is(tree.Unknown)):
			return intrinsic{e.Key, e.Value}, true
		case isFunctionKey(e.Key):
			return intrinsic{e.Key, e.Value}, true
		}
	}
	return intrinsic{}, false
}

// isFunctionKey reports whether a key is a function whose value takes the place
// of the map; loops and transforms only change the map.
func isFunctionKey(key string) bool {
	return strings.HasPrefix(key, "Fn::") && key != "Fn::Transform" && !isLoop(key)
}

func isLoop(key string) bool { return strings.HasPrefix(key, "Fn::ForEach") }
