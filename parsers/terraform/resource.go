package terraform

import (
	"maps"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"

	"github.com/apigwlint/apigwlint/source"
	"github.com/apigwlint/apigwlint/value"
)

// A resource is a resource or data block in an instance of its module.
type resource struct {
	mod  *module
	addr string // with the path of the module
	typ  string
	data bool // what it describes is managed elsewhere
	b    *block
	set  instances[*instance]
	done bool
}

// An instance is one of what count and for_each make of a resource.
type instance struct {
	*resource
	addr  string
	scope *scope
	memo  map[string]*val
	busy  map[string]bool
}

// resource returns the block with an address within the module, or nil.
func (m *module) resource(local string) *resource {
	if r, ok := m.resources[local]; ok {
		return r
	}
	b := m.cfg.resources[local]
	if b == nil || len(b.labels) < 2 {
		return nil
	}
	r := &resource{mod: m, addr: m.prefix + local, typ: b.labels[0], data: b.typ != "resource", b: b}
	m.resources[local] = r
	return r
}

// expanded returns the instances of a resource. While they are being found
// out there are none.
func (r *resource) expanded() instances[*instance] {
	if r.done {
		return r.set
	}
	r.done = true
	r.set = instances[*instance]{kind: "count", open: true}
	r.set = expand(r.mod, r.b, r.addr, func(addr string, s *scope) *instance {
		i := &instance{resource: r, addr: addr, scope: s, memo: map[string]*val{}, busy: map[string]bool{}}
		r.mod.ev.instances[addr] = i
		return i
	})
	return r.set
}

// resourceValue returns what a reference to a resource gives, nil when the
// module has none of that name.
func (m *module) resourceValue(local string) *val {
	r := m.resource(local)
	if r == nil {
		if m.cfg.broken {
			return refVal(value.Ref{Kind: value.Resource, Name: m.prefix + local}, source.Span{})
		}
		return nil
	}
	return r.expanded().value((*instance).value, r.addr)
}

func (i *instance) value() *val {
	return &val{
		kind: object, span: i.b.span, lookup: i.attr,
		names: func() []string { return slices.Sorted(maps.Keys(i.object().attrs)) },
	}
}

func (i *instance) env() env { return i.mod.env(i.scope) }

// attr returns an attribute: what is written, or what the provider sets.
func (i *instance) attr(name string) *val {
	if v, ok := i.memo[name]; ok {
		return v
	}
	if i.busy[name] {
		return refVal(i.ref(name), source.Span{})
	}
	i.busy[name] = true
	v := i.compute(name)
	delete(i.busy, name)
	i.memo[name] = v
	return v
}

func (i *instance) compute(name string) *val {
	if v := i.written(name); v != nil && v.kind != null {
		return v
	}
	return i.provided(name)
}

// written returns what the block says an attribute is, or nil.
func (i *instance) written(name string) *val {
	if v, ok := i.memo["="+name]; ok {
		return v
	}
	if i.busy["="+name] {
		if a := i.b.attrs[name]; a != nil {
			i.mod.ev.problem(a.name, name+" of "+i.addr+" is defined by itself")
		}
		return refVal(i.ref(name), source.Span{})
	}
	i.busy["="+name] = true
	v := i.evaluate(name)
	delete(i.busy, "="+name)
	i.memo["="+name] = v
	return v
}

func (i *instance) evaluate(name string) *val {
	if resourceMeta[name] {
		return nil
	}
	if a := i.b.attrs[name]; a != nil {
		return i.env().setting(a)
	}
	var found *val
	for _, n := range i.b.blocks {
		if n.kind() == name {
			found = i.env().addBlock(found, n)
		}
	}
	return found
}

// setting evaluates an argument as something that stands at its expression.
func (e env) setting(a *attribute) *val { return e.eval(a.expr).at(a.span) }

// object returns all that a resource block says.
func (i *instance) object() *val {
	return i.env().body(i.b, i.written)
}

// body evaluates the arguments and nested blocks of a block. Blocks of one type
// become a list of objects.
func (e env) body(b *block, get func(string) *val) *val {
	out := objectVal(b.span)
	for _, name := range slices.Sorted(maps.Keys(b.attrs)) { // in an order, as there is an end to the work
		a := b.attrs[name]
		if resourceMeta[name] && get != nil {
			continue
		}
		v := (*val)(nil)
		if get != nil {
			v = get(name)
		} else {
			v = e.setting(a)
		}
		out.attrs[name] = attr{key: value.Lit(name, a.name), span: a.name, v: v.at(a.span)}
	}
	for _, n := range b.blocks {
		kind := n.kind()
		if get != nil && resourceMeta[kind] || b.attrs[kind] != nil {
			continue
		}
		have := out.attrs[kind]
		out.attrs[kind] = attr{key: value.Lit(kind, n.span), span: n.span, v: e.addBlock(have.v, n)}
	}
	return out
}

// addBlock adds what a block stands for to the list of its kind.
func (e env) addBlock(have *val, b *block) *val {
	out := listVal(b.span)
	if have != nil {
		c := *have
		out = &c
	}
	if b.typ != "dynamic" {
		out.items = append(slices.Clip(out.items), e.body(b, nil))
		return out
	}
	content := b.child("content")
	forEach := b.attrs["for_each"]
	if content == nil || forEach == nil {
		out.open = true
		return out
	}
	iterator := b.kind()
	if a := b.attrs["iterator"]; a != nil {
		iterator = keyword(a.expr)
	}
	coll := e.eval(forEach.expr)
	members, all, ok := e.elements(coll, forEach.span)
	if !ok || !all {
		out.open = true
		e.ev.decide(coll)
	}
	if !ok && coll.kind == unknown {
		span := forEach.span
		members = []element{{e.ev.named(iterator+".key", span, coll), e.ev.named(iterator+".value", span, coll)}}
	}
	for _, m := range members {
		if !e.ev.step() {
			out.open = true
			break
		}
		in := e.with(map[string]*val{iterator: objectVal(forEach.span, named("key", m.key), named("value", m.v))})
		item := in.body(content, nil)
		item.span = b.span
		out.items = append(slices.Clip(out.items), item)
	}
	return out
}

// ref returns the reference to an attribute of the instance.
func (i *instance) ref(name string) value.Ref {
	r := value.Ref{Kind: value.Resource, Name: i.addr, Attr: name, Segment: segment(i.typ, name)}
	if i.data {
		r.Kind = value.Import
	}
	return r
}

// refTo returns the reference as a text.
func (i *instance) refTo(name string) value.Text { return value.Hole(i.ref(name), source.Span{}) }

// text returns an attribute as a text, absent when there is certainly none.
func (i *instance) text(name string) value.Text {
	v := i.attr(name)
	if v.kind == null {
		return value.NoText(i.b.span)
	}
	return i.env().text(v, v.span)
}

// provider returns the name under which the provider of the instance is configured.
func (i *instance) provider() string {
	if a := i.b.attrs["provider"]; a != nil {
		if name := keyword(a.expr); name != "" {
			return name
		}
	}
	name, _, _ := strings.Cut(i.typ, "_")
	return name
}

// providerBlock finds the configuration of a provider, which may be the
// caller's, and the module that has it.
func (m *module) providerBlock(name string) (*module, *block, string) {
	if b := m.cfg.providers[name]; b != nil {
		// A proxy block only says that the caller passes one.
		if m.parent == nil || len(b.attrs) > 1 || len(b.attrs) == 1 && b.attrs["alias"] == nil {
			return m, b, name
		}
	}
	if m.parent == nil {
		return m, nil, name
	}
	if a := m.call.b.attrs["providers"]; a != nil {
		if o, ok := a.expr.(*hclsyntax.ObjectConsExpr); ok {
			for _, item := range o.Items {
				if keyword(asExpression(item.KeyExpr)) == name {
					return m.parent.providerBlock(keyword(item.ValueExpr))
				}
			}
		}
	}
	return m.parent.providerBlock(name)
}

func asExpression(x hclsyntax.Expression) hclsyntax.Expression {
	if k, ok := x.(*hclsyntax.ObjectConsKeyExpr); ok {
		if name := hcl.ExprAsKeyword(k.Wrapped); name != "" {
			return &hclsyntax.ScopeTraversalExpr{Traversal: hcl.Traversal{hcl.TraverseRoot{Name: name}}}
		}
		return k.Wrapped
	}
	return x
}

// region returns where a resource lives, as far as its provider says so.
func (i *instance) region() value.Text {
	if a := i.b.attrs["region"]; a != nil && strings.HasPrefix(i.typ, "aws_") && i.typ != "aws_region" {
		return i.env().text(i.attr("region"), a.span)
	}
	m, b, name := i.mod.providerBlock(i.provider())
	if b != nil {
		if a := b.attrs["region"]; a != nil {
			v := m.remember("provider."+name, a.span, func() *val { return m.env(nil).eval(a.expr) })
			if v.kind == str || v.kind == unknown {
				return m.env(nil).text(v, a.span)
			}
		}
	}
	if strings.Contains(name, ".") {
		return value.Hole(value.Ref{Kind: value.Import, Name: "provider." + name, Attr: "region", Segment: true}, source.Span{})
	}
	return pseudo("Region")
}

// account returns the account that a resource lives in: that of the default
// provider is the one that everything else speaks of.
func (i *instance) account() value.Text {
	_, b, name := i.mod.providerBlock(i.provider())
	if strings.Contains(name, ".") && b != nil && b.child("assume_role") != nil {
		return value.Hole(value.Ref{Kind: value.Import, Name: "provider." + name, Attr: "account", Segment: true}, source.Span{})
	}
	return pseudo("AccountId")
}

func pseudo(name string) value.Text {
	return value.Hole(value.Ref{Kind: value.Pseudo, Name: name, Segment: true}, source.Span{})
}

// configured makes an instance of a configuration the subject of attributes.
type configured struct{ *instance }

func (c configured) kind() string { return c.typ }

func (c configured) written(name string) bool {
	v := c.instance.written(name)
	return v != nil && v.kind != null
}

func (c configured) parent(addr string) subject {
	if up := c.mod.ev.instances[addr]; up != nil {
		return configured{up}
	}
	return nil
}
