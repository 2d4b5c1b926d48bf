package terraform

import (
	"encoding/json"
	"fmt"
	"maps"
	"path"
	"slices"
	"strconv"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/ext/typeexpr"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"

	"github.com/apigwlint/apigwlint/model"
	"github.com/apigwlint/apigwlint/source"
	"github.com/apigwlint/apigwlint/value"
)

// A module is one instance of a configuration: the root module, or what a
// module block makes of a directory.
type module struct {
	ev     *evaluator
	cfg    *config
	prefix string // of addresses: "" or "module.x."
	path   string // path.module
	parent *module
	call   *call
	scope  *scope // in which the arguments of the call are evaluated

	memo      map[string]*val
	busy      map[string]bool
	resources map[string]*resource
	calls     map[string]*call
}

// A call is a module block.
type call struct {
	mod  *module // that has the block
	name string
	b    *block
	cfg  *config // nil when the module is not there
	set  instances[*module]
}

func (ev *evaluator) module(cfg *config, prefix, modulePath string) *module {
	ev.budget -= 100
	m := &module{
		ev: ev, cfg: cfg, prefix: prefix, path: modulePath, memo: map[string]*val{}, busy: map[string]bool{},
		resources: map[string]*resource{}, calls: map[string]*call{},
	}
	for _, f := range cfg.files {
		ev.read[f] = true
	}
	return m
}

func (m *module) env(s *scope) env { return env{ev: m.ev, mod: m, scope: s} }

// remember computes a value, which is defined at a place, once. A value that
// needs itself is unknown.
func (m *module) remember(key string, at source.Span, compute func() *val) *val {
	if v, ok := m.memo[key]; ok {
		return v
	}
	if m.busy[key] {
		m.ev.problem(at, key+" is defined by itself")
		return refVal(value.Ref{Kind: value.Other, Name: m.prefix + key}, source.Span{})
	}
	m.busy[key] = true
	v := compute()
	delete(m.busy, key)
	m.memo[key] = v
	return v
}

// traversal evaluates a reference.
// https://developer.hashicorp.com/terraform/language/expressions/references
func (e env) traversal(t hcl.Traversal, span source.Span) *val {
	name := func(i int) string {
		if i < len(t) {
			switch s := t[i].(type) {
			case hcl.TraverseRoot:
				return s.Name
			case hcl.TraverseAttr:
				return s.Name
			}
		}
		return ""
	}
	if v := e.find(name(0)); v != nil {
		return e.placed(e.steps(v, t[1:], span), span)
	}
	if lost := model.LostVariable(name(1)); name(0) == lost.Name && len(t) > 1 {
		return refVal(lost, span)
	}
	m := e.mod
	if m == nil || len(t) < 2 {
		return failed(span)
	}
	var v *val
	rest := t[2:]
	switch root := name(0); root {
	case "var":
		v = m.variable(name(1))
	case "local":
		v = m.local(name(1))
	case "path":
		switch name(1) {
		case "module":
			v = litVal(m.path, span)
		case "root":
			v = litVal(".", span)
		default:
			v = refVal(value.Ref{Kind: value.Other, Name: "path." + name(1)}, span)
		}
	case "terraform", "tofu":
		v = refVal(value.Ref{Kind: value.Other, Name: "terraform." + name(1), Segment: name(1) == "workspace"}, span)
	case "module":
		v = m.moduleValue(name(1))
	case "data", "ephemeral":
		if len(t) < 3 {
			return failed(span)
		}
		v, rest = m.resourceValue(root+"."+name(1)+"."+name(2)), t[3:]
	case "each", "count", "self":
		return failed(span)
	default:
		v = m.resourceValue(root + "." + name(1))
	}
	if v == nil {
		return failed(span)
	}
	return e.placed(e.steps(v, rest, span), span)
}

// placed gives a place to what is not written anywhere, such as an attribute
// that the provider sets: where it is asked for.
func (e env) placed(v *val, span source.Span) *val {
	if v.span.IsValid() {
		return v
	}
	c := *v
	c.span = span
	if v.kind == str && v.enc == nil || v.kind == unknown {
		if parts := v.text.Parts(); len(parts) > 0 {
			parts = slices.Clone(parts)
			for i := range parts {
				if !parts[i].Span.IsValid() {
					parts[i].Span = span
				}
			}
			c.text = value.Join(span, parts...).Assuming(v.text.Assumes()...)
		}
	}
	return &c
}

func (m *module) local(name string) *val {
	a := m.cfg.locals[name]
	if a == nil {
		return nil
	}
	return m.remember("local."+name, a.name, func() *val { return m.env(nil).eval(a.expr) })
}

func (m *module) variable(name string) *val {
	b := m.cfg.variables[name]
	if b == nil {
		return nil
	}
	return m.remember("var."+name, b.span, func() *val { return m.input(name, b) })
}

// input returns the value of a variable: what the caller gives, what the files
// of values say, or its default.
func (m *module) input(name string, b *block) *val {
	ty, defaults := variableType(b)
	span := b.span
	given := m.given(name)
	if given != nil && given.kind == null && m.notNullable(b) {
		given = nil
	}
	if given != nil {
		return m.ev.conform(given, ty, defaults)
	}
	ref := value.Ref{Kind: value.Parameter, Name: m.prefix + "var." + name}
	if a := b.attrs["default"]; a != nil {
		v := m.ev.conform(m.env(nil).eval(a.expr), ty, defaults)
		if m.parent == nil {
			v = assumeAll(v, []value.Ref{ref}, &m.ev.budget)
		}
		return v
	}
	v := refVal(ref, span)
	if m.parent == nil && ty == cty.Bool {
		if fixed, ok := m.ev.fixed[name]; ok {
			return boolVal(fixed, span)
		}
		v.deps = []string{name}
	}
	return v
}

func (m *module) notNullable(b *block) bool {
	a := b.attrs["nullable"]
	if a == nil {
		return false
	}
	s, _ := m.env(nil).eval(a.expr).known()
	return s == "false"
}

// given returns what is given for a variable, or nil.
func (m *module) given(name string) *val {
	if m.parent == nil {
		return m.ev.variables[name]
	}
	if a := m.call.b.attrs[name]; a != nil && !moduleMeta[name] {
		return m.parent.env(m.scope).eval(a.expr)
	}
	return nil
}

// variableType returns the type that a variable block asks for.
func variableType(b *block) (cty.Type, *typeexpr.Defaults) {
	a := b.attrs["type"]
	if a == nil {
		return cty.DynamicPseudoType, nil
	}
	var x hcl.Expression = a.expr
	if s := keyword(a.expr); s != "" {
		// In JSON, and in the oldest configurations, a type stands in quotes.
		switch s {
		case "map", "list":
			return cty.DynamicPseudoType, nil
		}
		if parsed, diags := hclsyntax.ParseExpression([]byte(s), "type", hcl.InitialPos); !diags.HasErrors() {
			x = parsed
		}
	}
	ty, defaults, diags := typeexpr.TypeConstraintWithDefaults(x)
	if diags.HasErrors() {
		return cty.DynamicPseudoType, nil
	}
	return ty, defaults
}

// Meta-arguments are those that Terraform itself reads.
var (
	moduleMeta   = map[string]bool{"count": true, "for_each": true, "providers": true, "depends_on": true, "source": true, "version": true}
	resourceMeta = map[string]bool{
		"count": true, "for_each": true, "provider": true, "depends_on": true, "lifecycle": true, "provisioner": true, "connection": true,
	}
)

// moduleValue returns the outputs of a called module.
func (m *module) moduleValue(name string) *val {
	c := m.moduleCall(name)
	if c == nil {
		return nil
	}
	if c.cfg == nil {
		return refVal(value.Ref{Kind: value.Import, Name: m.prefix + "module." + name}, source.Span{})
	}
	return c.set.value((*module).outputs, m.prefix+"module."+name)
}

func (m *module) outputs() *val {
	return &val{
		kind: object, span: m.call.b.span,
		lookup: m.output,
		names:  func() []string { return slices.Sorted(maps.Keys(m.cfg.outputs)) },
	}
}

func (m *module) output(name string) *val {
	b := m.cfg.outputs[name]
	if b == nil {
		if m.cfg.broken {
			return refVal(value.Ref{Kind: value.Import, Name: strings.TrimSuffix(m.prefix, "."), Attr: name}, source.Span{})
		}
		return nil
	}
	a := b.attrs["value"]
	if a == nil {
		return nil
	}
	return m.remember("output."+name, b.span, func() *val { return m.env(nil).eval(a.expr) })
}

// moduleCall finds the module that a block calls.
func (m *module) moduleCall(name string) *call {
	if c, ok := m.calls[name]; ok {
		return c
	}
	b := m.cfg.modules[name]
	if b == nil {
		return nil
	}
	c := &call{mod: m, name: name, b: b}
	m.calls[name] = c
	dir, ok := m.moduleDir(b, name)
	if !ok {
		return c
	}
	at := b.attrs["source"].span
	for p := m; p != nil; p = p.parent {
		if p.cfg.dir == dir {
			m.ev.problem(at, "cannot read module."+name+": it is a part of itself")
			return c
		}
	}
	if c.cfg = m.ev.l.load(dir); c.cfg == nil {
		m.ev.problem(at, "cannot read module."+name+": there is no configuration")
		return c
	}
	modulePath := relative(m.ev.root.cfg.dir, dir)
	c.set = expand(m, b, m.prefix+"module."+name, func(addr string, s *scope) *module {
		child := m.ev.module(c.cfg, addr+".", modulePath)
		child.parent, child.call, child.scope = m, c, s
		return child
	})
	return c
}

// relative returns a directory as Terraform names it when it runs in root.
func relative(root, dir string) string {
	if root == "." {
		return dir
	}
	if rest, ok := strings.CutPrefix(dir, root+"/"); ok {
		return rest
	}
	up := ""
	for base := root; base != "." && base != "/"; {
		base = path.Dir(base)
		up += "../"
		if base == "." || base == "/" {
			return up + strings.TrimPrefix(dir, "/")
		}
		if rest, ok := strings.CutPrefix(dir, base+"/"); ok {
			return up + rest
		}
		if dir == base {
			return strings.TrimSuffix(up, "/")
		}
	}
	return dir
}

// moduleDir returns the directory with the source of a called module.
func (m *module) moduleDir(b *block, name string) (string, bool) {
	a := b.attrs["source"]
	if a == nil {
		return "", false
	}
	src, ok := m.env(nil).eval(a.expr).known()
	if !ok {
		return "", false
	}
	if strings.HasPrefix(src, "./") || strings.HasPrefix(src, "../") || src == "." || src == ".." {
		return path.Join(m.cfg.dir, src), true
	}
	return m.ev.installed(m.modulesKey() + name)
}

// modulesKey is the path of calls that leads to m, as modules.json has it.
func (m *module) modulesKey() string {
	if m.parent == nil {
		return ""
	}
	return m.parent.modulesKey() + m.call.name + "."
}

// installed returns where terraform init put a module.
func (ev *evaluator) installed(key string) (string, bool) {
	root := ev.root.cfg.dir
	f, err := ev.l.reader.Read(path.Join(root, ".terraform/modules/modules.json"))
	if err != nil {
		return "", false
	}
	var manifest struct {
		Modules []struct{ Key, Dir string }
	}
	if json.Unmarshal(f.Data, &manifest) != nil {
		return "", false
	}
	for _, mod := range manifest.Modules {
		if mod.Key == key && mod.Dir != "" {
			return path.Join(root, strings.ReplaceAll(mod.Dir, `\`, "/")), true
		}
	}
	return "", false
}

// Instances are what count and for_each make of a block.
type instances[T any] struct {
	kind  string // "", "count" or "for_each"
	list  []T
	keys  []value.Text
	maybe bool // it is not known how many there are; the list has one
	open  bool // there may be more
}

// expand evaluates count and for_each of a block.
func expand[T any](m *module, b *block, addr string, create func(addr string, s *scope) T) instances[T] {
	var set instances[T]
	e := m.env(nil)
	scoped := func(name string, v *val) *scope { return &scope{names: map[string]*val{name: v}} }
	if a := b.attrs["count"]; a != nil {
		set.kind = "count"
		v := e.eval(a.expr)
		n, ok := v.integer()
		if !ok || n < 0 || n == 0 && m.ev.mayEnable(v) {
			set.maybe, set.open = true, true
			m.ev.decide(v)
			n = 1
		}
		if n > maxInstances {
			m.ev.problem(a.span, fmt.Sprintf("of %d instances, the first %d are looked at", n, maxInstances))
			n, set.open = maxInstances, true
		}
		for i := range n {
			index := numVal(int64(i), a.span)
			if set.maybe {
				index = refVal(value.Ref{Kind: value.Other, Name: addr + ".count.index", Segment: true}, a.span)
			}
			set.list = append(set.list, create(addr+"["+strconv.Itoa(i)+"]", scoped("count", objectVal(a.span, named("index", index)))))
			set.keys = append(set.keys, value.Lit(strconv.Itoa(i), a.span))
		}
		return set
	}
	a := b.attrs["for_each"]
	if a == nil {
		set.list = append(set.list, create(addr, nil))
		set.keys = append(set.keys, value.Text{})
		return set
	}
	set.kind = "for_each"
	v := e.eval(a.expr)
	members, all, ok := e.elements(v, a.span)
	if ok && len(members) == 0 && m.ev.mayEnable(v) {
		ok = false
	}
	set.open = !all || !ok
	if !ok || v.some != nil {
		m.ev.decide(v)
		set.maybe = true
		key := refVal(value.Ref{Kind: value.Other, Name: addr + ".each.key"}, a.span)
		each := refVal(value.Ref{Kind: value.Other, Name: addr + ".each.value"}, a.span)
		if v.some != nil {
			each = v.some
		}
		members = []element{{key, each}}
	}
	if set.open {
		m.ev.decide(v)
	}
	if len(members) > maxInstances {
		m.ev.problem(a.span, fmt.Sprintf("of %d instances, the first %d are looked at", len(members), maxInstances))
		members, set.open = members[:maxInstances], true
	}
	for _, member := range members {
		key := e.text(member.key, a.span)
		name := addr + `["` + key.String() + `"]`
		if set.maybe {
			name = addr + "[*]"
		}
		each := objectVal(a.span, named("key", member.key), named("value", member.v))
		set.list = append(set.list, create(name, scoped("each", each)))
		set.keys = append(set.keys, key)
	}
	return set
}

// mayEnable reports whether a count of zero is only the default of a variable
// of a module that others call: they may well set it.
func (ev *evaluator) mayEnable(v *val) bool {
	c := ev.root.cfg
	return len(v.assumptions()) > 0 && !c.settings && len(c.providers) == 0 && len(ev.variables) == 0
}

// decide notes that a value decides what exists.
func (ev *evaluator) decide(v *val) {
	for _, d := range v.deps {
		if !slices.Contains(ev.decisive, d) {
			ev.decisive = append(ev.decisive, d)
		}
	}
}

// value returns what a reference to the block gives.
func (s instances[T]) value(of func(T) *val, addr string) *val {
	if s.kind == "" {
		return of(s.list[0])
	}
	if s.maybe {
		v := refVal(value.Ref{Kind: value.Resource, Name: addr}, source.Span{})
		v.some = of(s.list[0])
		return v
	}
	out := &val{kind: list, open: s.open}
	if s.kind == "for_each" {
		out.kind, out.attrs = object, map[string]attr{}
	}
	for i, x := range s.list {
		v := of(x)
		if out.kind == list {
			out.items = append(out.items, v)
		} else {
			out.attrs[s.keys[i].String()] = attr{key: s.keys[i], span: s.keys[i].Span(), v: v}
		}
	}
	return out
}
