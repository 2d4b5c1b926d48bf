// Package lift turns the evaluated resources of CloudFormation stacks into the
// model: APIs, what they call, and who may call it.
package lift

import (
	"strings"

	"github.com/apigwlint/apigwlint/model"
	"github.com/apigwlint/apigwlint/parsers/cloudformation/internal/stack"
	"github.com/apigwlint/apigwlint/parsers/cloudformation/typed"
	"github.com/apigwlint/apigwlint/parsers/internal/link"
	"github.com/apigwlint/apigwlint/parsers/internal/resourcetree"
	"github.com/apigwlint/apigwlint/parsers/internal/tree"
	"github.com/apigwlint/apigwlint/source"
	"github.com/apigwlint/apigwlint/tri"
	"github.com/apigwlint/apigwlint/value"
)

// Lift returns the model of the resources of all stacks, which are deployed
// together: the root stack and those nested in it.
func Lift(stacks []*stack.Stack) *model.Model {
	l := newLifter(stacks)
	l.functions()
	l.roles()
	l.loadBalancers()
	l.vpcLinks()
	l.fleets()
	l.stateMachines()
	l.restAPIs()
	l.v2APIs()
	l.usagePlans()
	l.permissions()
	l.strangers()
	l.deployments()
	l.stages()
	l.ignored()
	l.link.Finish(l.model)
	return l.model
}

// A resource is a resource with its properties as the lift reads them.
type resource struct {
	*stack.Resource
	// props has the types that the specification gives, canonical references,
	// and the logical id for the place of what it lacks.
	props *tree.Node
}

// A lifter holds what is known while a model is made.
type lifter struct {
	model *model.Model
	link  *link.Linker
	// closed says that all resources of all stacks can be seen.
	closed    bool
	stacks    []*stack.Stack
	resources []*resource
	byID      map[string]*resource
	referring map[string][]*resource // those that refer to a resource, by its id

	apis         map[string]*model.API // by the text of the identifier
	paths        resourcetree.Tree
	authorizers  map[value.Ref]*model.Authorizer
	integrations map[value.Ref]*model.Integration
	routes       map[value.Ref]*model.Route
	deployed     map[value.Ref]*model.Deployment
	quick        map[*model.API]*quickCreated
	// opened lists the APIs to which something that cannot be seen may add.
	opened map[*model.API]bool
}

func newLifter(stacks []*stack.Stack) *lifter {
	l := &lifter{
		model:        &model.Model{},
		link:         link.New(),
		closed:       true,
		stacks:       stacks,
		byID:         map[string]*resource{},
		apis:         map[string]*model.API{},
		authorizers:  map[value.Ref]*model.Authorizer{},
		integrations: map[value.Ref]*model.Integration{},
		routes:       map[value.Ref]*model.Route{},
		deployed:     map[value.Ref]*model.Deployment{},
		quick:        map[*model.API]*quickCreated{},
		opened:       map[*model.API]bool{},
	}
	c := canon{types: map[string]string{}, aliases: map[string]string{}, names: map[string]value.Text{}}
	for _, s := range stacks {
		l.closed = l.closed && !s.Open
		for name, id := range s.Aliases {
			c.aliases[name] = id
		}
		for _, r := range s.Resources {
			c.types[r.ID] = r.Type
			if r.Type == "AWS::ApiGateway::Stage" || r.Type == "AWS::ApiGatewayV2::Stage" {
				if name := r.Properties.TextOf("StageName"); name.Present() == tri.Yes {
					c.names[r.ID] = name
				}
			}
		}
	}
	for _, s := range stacks {
		for _, r := range s.Resources {
			lifted := &resource{Resource: r, props: properties(r, c)}
			l.resources = append(l.resources, lifted)
			l.byID[r.ID] = lifted
		}
	}
	l.referring = l.referrers()
	l.closed = l.closed && !l.fragment()
	return l
}

// properties returns the properties of r in the form that the lift reads.
func properties(r *stack.Resource, c canon) *tree.Node {
	props := r.Properties
	switch {
	case props.Is(tree.Map):
		props = c.node(typed.Properties(r.Type, props))
	case props == nil || props.Is(tree.Null):
		props = tree.NewMap(r.Span)
	default:
		props = tree.NewUnknown(props.Span)
	}
	out := *props
	out.Head = r.Span
	return &out
}

// of yields the resources of a type.
func (l *lifter) of(resourceType string) func(yield func(*resource) bool) {
	return func(yield func(*resource) bool) {
		for _, r := range l.resources {
			if r.Type == resourceType && !yield(r) {
				return
			}
		}
	}
}

// ref returns the reference to an attribute of r, or to its own value.
func (r *resource) ref(attr string) value.Ref { return stack.Ref(r.ID, r.Type, attr) }

// hole returns the text of such a reference.
func (r *resource) hole(attr string) value.Text { return value.Hole(r.ref(attr), r.Span) }

// child returns the map under key: an empty one with the place of n when n
// certainly has none, an unknown node when it cannot be seen.
func child(n *tree.Node, key string) *tree.Node {
	if c := n.Get(key); c != nil {
		return c
	}
	if n.Has(key) == tri.No {
		return &tree.Node{Kind: tree.Map, Span: n.Place(), Head: n.Place()}
	}
	return tree.NewUnknown(n.Place())
}

// items returns the members of the list under key, and whether they are all.
func items(n *tree.Node, key string) ([]*tree.Node, bool) {
	list := n.Get(key)
	if list == nil {
		return nil, n.Has(key) == tri.No
	}
	return list.Members()
}

// lifted returns the set of what lift makes of the members of the list under key.
func lifted[T any](n *tree.Node, key string, lift func(*tree.Node) T) value.Set[T] {
	members, all := items(n, key)
	var out []T
	for _, m := range members {
		if !m.Is(tree.Map) {
			all = false
			continue
		}
		out = append(out, lift(m))
	}
	return value.SetOf(out, all)
}

// boolean reads a node as true or false.
func boolean(n *tree.Node) value.Of[bool] {
	return (&tree.Node{Kind: tree.Map, Entries: []tree.Entry{{Key: "v", Value: n}}}).BoolOf("v")
}

// written returns true for a setting that is there, whatever its value.
func written(n *tree.Node, key string) value.Of[bool] {
	switch n.Has(key) {
	case tri.Yes:
		return value.Known(true, n.Get(key).Place())
	case tri.No:
		return value.Absent[bool](n.Place())
	}
	return value.Unknown[bool](n.Place())
}

// absent is the text of a setting that the kind of API does not have.
func absent(at source.Span) value.Text { return value.NoText(at) }

// canon knows in which other ways resources are referred to, so that all
// references to one value become equal.
type canon struct {
	types   map[string]string     // of the resources, by id
	aliases map[string]string     // names that transforms give to resources
	names   map[string]value.Text // of the stages, which Ref returns
}

// ref returns the canonical form of a reference, and the text that it stands
// for when that is written down.
func (c canon) ref(r value.Ref) (value.Ref, value.Text, bool) {
	if r.Kind != value.Resource {
		return r, value.Text{}, false
	}
	if id, ok := c.aliases[r.Name+"."+r.Attr]; ok && r.Attr != "" {
		r = stack.Ref(id, c.types[id], "")
	} else if id, ok := c.aliases[r.Name]; ok {
		r = stack.Ref(id, c.types[id], r.Attr)
	}
	resourceType := c.types[r.Name]
	if strings.HasPrefix(resourceType, "AWS::ApiGateway") {
		name := resourceType[strings.LastIndexByte(resourceType, ':')+1:]
		if r.Attr == name+"Id" {
			r = stack.Ref(r.Name, resourceType, "")
		}
	}
	if r.Attr == "" {
		if name, ok := c.names[r.Name]; ok {
			return r, name, true
		}
	}
	return r, value.Text{}, false
}

func (c canon) text(t value.Text) value.Text {
	changed := false
	var parts []value.Part
	var assumes []value.Ref
	for _, p := range t.Parts() {
		if p.Ref == nil {
			parts = append(parts, p)
			continue
		}
		ref, name, isName := c.ref(*p.Ref)
		switch {
		case isName:
			for _, q := range name.Parts() {
				q.Span, q.At = p.Span, nil
				parts = append(parts, q)
			}
			assumes = append(assumes, name.Assumes()...)
			changed = true
		case ref != *p.Ref:
			p.Ref = &ref
			changed = true
			fallthrough
		default:
			parts = append(parts, p)
		}
	}
	if !changed {
		return t
	}
	return value.Join(t.Span(), parts...).Assuming(t.Assumes()...).Assuming(assumes...)
}

func (c canon) node(n *tree.Node) *tree.Node {
	if n == nil {
		return nil
	}
	out := *n
	if n.Value.Present() == tri.Yes {
		out.Value = c.text(n.Value)
	}
	if n.Entries != nil {
		out.Entries = make([]tree.Entry, len(n.Entries))
		for i, e := range n.Entries {
			e.Value = c.node(e.Value)
			out.Entries[i] = e
		}
	}
	if n.Items != nil {
		out.Items = make([]*tree.Node, len(n.Items))
		for i, item := range n.Items {
			out.Items[i] = c.node(item)
		}
	}
	return &out
}
