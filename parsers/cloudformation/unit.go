package cloudformation

import (
	"errors"
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/apigwlint/apigwlint/model"
	"github.com/apigwlint/apigwlint/parsers/cloudformation/internal/stack"
	"github.com/apigwlint/apigwlint/parsers/cloudformation/lift"
	"github.com/apigwlint/apigwlint/parsers/cloudformation/sam"
	"github.com/apigwlint/apigwlint/parsers/internal/files"
	"github.com/apigwlint/apigwlint/parsers/internal/tree"
	"github.com/apigwlint/apigwlint/source"
	"github.com/apigwlint/apigwlint/tri"
	"github.com/apigwlint/apigwlint/value"
)

// A unit is a root template with everything that is read for it. It is worked
// on by one goroutine.
type unit struct {
	reader  *files.Reader
	root    *template
	values  map[string]string // of the root's parameters
	exports exports

	templates map[string]*template
	read      map[*source.File]bool
	files     []*source.File
	problems  []source.Problem
	ignores   []source.Ignore
	plain     map[*tree.Node]bool
	conds     map[use]conditionUse
	cdk       map[source.Span]string
	nodes     int // evaluated so far
	scenarios []assignment
}

func newUnit(r *files.Reader, name string, values map[string]string) *unit {
	u := &unit{
		reader: r, values: values, templates: map[string]*template{}, read: map[*source.File]bool{},
		plain: map[*tree.Node]bool{}, conds: map[use]conditionUse{}, cdk: map[source.Span]string{},
	}
	u.root = u.template(name)
	return u
}

// problem notes a problem once.
func (u *unit) problem(at source.Span, message string) {
	u.add(source.Problem{Span: at, Message: message})
}

// note notes what is no fault of the template, and leaves a part of it unread.
func (u *unit) note(at source.Span, message string) {
	u.add(source.Problem{Span: at, Message: message, Minor: true})
}

func (u *unit) add(p source.Problem) {
	if !slices.Contains(u.problems, p) {
		u.problems = append(u.problems, p)
	}
}

// template returns a template in a local file, nil when there is none.
func (u *unit) template(name string) *template {
	if t, ok := u.templates[name]; ok {
		return t
	}
	u.templates[name] = nil
	f, root, err := u.document(name)
	if err == nil && Recognizes(root) {
		u.templates[name] = newTemplate(f, root)
	}
	return u.templates[name]
}

// document returns the document in a local file, which belongs to the unit from
// then on.
func (u *unit) document(name string) (*source.File, *tree.Node, error) {
	f, err := u.reader.Read(name)
	if err != nil {
		return nil, nil, err
	}
	root, problems, err := u.reader.Tree(name)
	if err != nil {
		return nil, nil, err
	}
	if !u.read[f] {
		u.read[f] = true
		u.files = append(u.files, f)
		for _, p := range problems {
			u.problem(p.Span, p.Message)
		}
		if root != nil {
			u.ignores = append(u.ignores, tree.Ignores(f, root)...)
		}
	}
	if root == nil {
		return nil, nil, fmt.Errorf("%s: %w", name, errEmpty)
	}
	return f, root, nil
}

var errEmpty = errors.New("no document")

// localPath returns the file that a location names, relative to the file in
// which it stands.
func localPath(location value.Text, from *source.File) (string, bool) {
	name, ok := location.Get()
	name = strings.TrimPrefix(name, "file://")
	if !ok || name == "" || strings.Contains(name, "://") || strings.HasPrefix(name, "arn:") || strings.ContainsAny(name, "\x00\n") || from == nil {
		return "", false
	}
	name = strings.ReplaceAll(name, `\`, "/")
	if path.IsAbs(name) {
		return path.Clean(name), true
	}
	return path.Join(path.Dir(from.Name), name), true
}

// include returns what an AWS::Include transform brings, and the scope in which
// it is evaluated. ok is false when it cannot be read, or when it is another macro.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/transform-aws-include.html
func (s scope) include(call *tree.Node) (got *tree.Node, sc scope, ok bool) {
	name, location, ok := s.includeOf(call)
	if !ok {
		return nil, s, false
	}
	if s.within.has(name) {
		s.in.run.unit.problem(location, "the file "+name+" includes itself")
		return nil, s, false
	}
	_, got, err := s.in.run.unit.document(name)
	if err != nil {
		return nil, s, false
	}
	sc = s
	sc.within = &chain{name, s.within}
	return got, sc, true
}

// transform evaluates a transform that stands alone at n. What another macro
// makes of its arguments is not known; an include that cannot be read brings a
// map in all likelihood.
func (s scope) transform(call, n *tree.Node) *tree.Node {
	got, sc, ok := s.include(call)
	switch {
	case ok:
		return sc.eval(got)
	case s.text(call.Get("Name")).Is(includeTransform) == tri.Yes:
		return &tree.Node{Kind: tree.Map, Span: n.Span, Open: true}
	}
	return tree.NewUnknown(n.Span)
}

// includeOf returns the local file that a transform includes, and where it is named.
func (s scope) includeOf(call *tree.Node) (string, source.Span, bool) {
	if !call.Is(tree.Map) || s.text(call.Get("Name")).Is(includeTransform) != tri.Yes {
		return "", source.Span{}, false
	}
	location := call.Get("Parameters", "Location")
	if location == nil {
		return "", source.Span{}, false
	}
	name, ok := localPath(s.text(location), location.Span.File)
	return name, location.Span, ok
}

// isPlain reports whether evaluation leaves a node as it is.
func (u *unit) isPlain(n *tree.Node) bool {
	if n.Tag != "" {
		return false
	}
	switch n.Kind {
	case tree.Scalar:
		return !hasDynamic(n.Value)
	case tree.Map, tree.List:
	default:
		return true
	}
	if known, ok := u.plain[n]; ok {
		return known
	}
	result := true
	for _, item := range n.Items {
		result = result && u.isPlain(item)
	}
	for i := range n.Entries {
		e := &n.Entries[i]
		if strings.HasPrefix(e.Key, "Fn::") || e.Key == "Ref" && len(n.Entries) == 1 {
			result = false
		}
		result = result && u.isPlain(e.Value)
	}
	u.plain[n] = result
	return result
}

func hasDynamic(t value.Text) bool {
	for _, p := range t.Parts() {
		if strings.Contains(p.Lit, resolvePrefix) {
			return true
		}
	}
	return false
}

// evaluate returns the stacks of the unit in one scenario.
func (u *unit) evaluate(a assignment) []*stack.Stack {
	r := newRun(u, a.decider.frozen())
	stacks := newInstance(r, u.root, "", nil).evaluate()
	for _, s := range stacks {
		s.Open = s.Open || a.partial
	}
	return stacks
}

// model turns one scenario into a model.
func (u *unit) model(a assignment) *model.Model {
	stacks := u.evaluate(a)
	for _, s := range stacks {
		if s.SAM {
			for _, p := range sam.Transform(s, func(name string, from source.Span) (*tree.Node, error) { return u.local(s, name, from) }) {
				u.problem(p.Span, p.Message)
			}
		}
		u.localBodies(s)
	}
	return lift.Lift(stacks)
}

// local returns the document in a file that a setting at from names.
func (u *unit) local(s *stack.Stack, name string, from source.Span) (*tree.Node, error) {
	file := from.File
	if file == nil {
		file = s.File
	}
	local, ok := localPath(value.Lit(name, from), file)
	if !ok {
		return nil, fmt.Errorf("%s is not a local file", name)
	}
	_, root, err := u.document(local)
	return root, err
}

// localBodies puts in place the bodies of APIs that are kept in local files,
// which the package command uploads before deployment.
// https://docs.aws.amazon.com/cli/latest/reference/cloudformation/package.html
func (u *unit) localBodies(s *stack.Stack) {
	for i, r := range s.Resources {
		if r.Type != "AWS::ApiGateway::RestApi" && r.Type != "AWS::ApiGatewayV2::Api" {
			continue
		}
		name, ok := r.Properties.Get("BodyS3Location").Str()
		if !ok || r.Properties.Get("Body") != nil {
			continue
		}
		body, err := u.local(s, name, r.Properties.Get("BodyS3Location").Span)
		if err != nil {
			continue // a file that is not there leaves the routes unknown
		}
		with := *r
		with.Properties = r.Properties.Without("BodyS3Location").Set("Body", body)
		s.Resources[i] = &with
	}
}
