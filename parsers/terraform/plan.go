package terraform

import (
	"path"
	"slices"
	"strings"

	"github.com/apigwlint/apigwlint/model"
	"github.com/apigwlint/apigwlint/parsers/internal/embedded"
	"github.com/apigwlint/apigwlint/parsers/internal/files"
	"github.com/apigwlint/apigwlint/parsers/internal/tree"
	"github.com/apigwlint/apigwlint/source"
	"github.com/apigwlint/apigwlint/tri"
	"github.com/apigwlint/apigwlint/value"
)

// RecognizesPlan reports whether a document is a plan as terraform show -json
// writes it: https://developer.hashicorp.com/terraform/internals/json-format
func RecognizesPlan(root *tree.Node) bool {
	return root.Has("format_version") == tri.Yes && root.Get("planned_values").Is(tree.Map)
}

// LoadPlan lifts the plans in the files. Where the configuration that a plan was
// made from lies beside it, places are in the configuration.
func LoadPlan(r *files.Reader, names []string) []*model.Unit {
	var units []*model.Unit
	for _, name := range names {
		root, problems, err := r.Tree(name)
		if err != nil || !RecognizesPlan(root) {
			continue
		}
		u := &model.Unit{Name: name, Problems: problems}
		p := newPlan(root)
		p.beside(newLoader(r), path.Dir(name))
		u.Scenarios = []model.Scenario{{Model: lift(p.world())}}
		if f, err := r.Read(name); err == nil {
			u.Files = append(u.Files, f)
		}
		if p.conf != nil {
			l := p.conf.l
			for f := range p.conf.read {
				u.Files = append(u.Files, f)
			}
			slices.SortFunc(u.Files[1:], func(a, b *source.File) int { return strings.Compare(a.Name, b.Name) })
			u.Ignores = l.ignores(p.conf.root.cfg)
		}
		units = append(units, u)
	}
	return units
}

// A plan is what one file of a plan says.
type plan struct {
	root    *tree.Node
	planned []*planned
	byAddr  map[string]*planned
	changes map[string]*tree.Node // after_unknown, by address
	ids     map[string]value.Ref  // of identifiers that are known already
	conf    *evaluator            // of the configuration beside the plan, or nil
	refs    map[string]*references
}

// A planned is an instance of a resource as it will be.
type planned struct {
	plan   *plan
	addr   string
	base   string
	module *planModule
	typ    string
	index  *tree.Node
	values *tree.Node
	change *tree.Node // after_unknown
	config *tree.Node // of the resource in the configuration, or nil
	span   source.Span
	node   *tree.Node
	beside *instance // in the configuration beside the plan
	busy   map[string]bool
}

// A planModule is an instance of a module with its configuration.
type planModule struct {
	prefix string // of addresses, with keys
	base   string // without
	config *tree.Node
	call   *tree.Node // the call in the configuration of parent
	parent *planModule
}

func newPlan(root *tree.Node) *plan {
	p := &plan{
		root: root, byAddr: map[string]*planned{}, changes: map[string]*tree.Node{}, ids: map[string]value.Ref{}, refs: map[string]*references{},
	}
	list, _ := root.Get("resource_changes").Members()
	for _, c := range list {
		if addr, ok := c.Get("address").Str(); ok {
			if unknown := c.Get("change", "after_unknown"); unknown.Is(tree.Map) {
				p.changes[addr] = unknown
			}
		}
	}
	p.module(root.Get("planned_values", "root_module"), &planModule{config: root.Get("configuration", "root_module")})
	return p
}

// module gathers the resources of a module and of those that it calls.
func (p *plan) module(n *tree.Node, m *planModule) {
	resources, _ := n.Get("resources").Members()
	for _, r := range resources {
		p.resource(r, m)
	}
	children, _ := n.Get("child_modules").Members()
	for _, c := range children {
		addr, ok := c.Get("address").Str()
		if !ok || len(addr) <= len(m.prefix) {
			continue
		}
		name, _, _ := strings.Cut(strings.TrimPrefix(addr[len(m.prefix):], "module."), "[")
		call := m.config.Get("module_calls", name)
		p.module(c, &planModule{
			prefix: addr + ".", base: m.base + "module." + name + ".", call: call, config: call.Get("module"), parent: m,
		})
	}
}

func (p *plan) resource(n *tree.Node, m *planModule) {
	addr, ok := n.Get("address").Str()
	typ, ok2 := n.Get("type").Str()
	name, ok3 := n.Get("name").Str()
	mode, _ := n.Get("mode").Str()
	if !ok || !ok2 || !ok3 || mode == "data" {
		return
	}
	local := typ + "." + name
	r := &planned{
		plan: p, addr: addr, base: m.base + local, module: m, typ: typ, index: n.Get("index"), values: n.Get("values"),
		change: p.changes[addr], span: n.Get("address").Span,
		busy: map[string]bool{},
	}
	configured, _ := m.config.Get("resources").Members()
	for _, c := range configured {
		if a, _ := c.Get("address").Str(); a == local {
			r.config = c
		}
	}
	p.planned = append(p.planned, r)
	p.byAddr[addr] = r
	for _, attr := range []string{"id", "root_resource_id"} {
		if s, ok := r.values.Get(attr).Str(); ok && s != "" && ofGateway(typ) {
			p.ids[s] = value.Ref{Kind: value.Resource, Name: addr, Attr: attr, Segment: true}
		}
	}
}

// beside looks for the configuration from which the plan was made.
func (p *plan) beside(l *loader, dir string) {
	c := l.load(dir)
	if c == nil || c.broken {
		return
	}
	configured, _ := p.root.Get("configuration", "root_module", "resources").Members()
	for _, r := range configured {
		addr, _ := r.Get("address").Str()
		if b := c.resources[addr]; b == nil {
			return // another configuration
		}
	}
	if len(configured) == 0 && p.root.Get("configuration", "root_module", "module_calls") == nil {
		return
	}
	given := map[string]*val{}
	e := env{ev: l.plainEvaluator()}
	if vars := p.root.Get("variables"); vars.Is(tree.Map) {
		for _, v := range vars.Entries {
			if n := v.Value.Get("value"); n != nil {
				given[v.Key] = e.fromNode(n)
			}
		}
	}
	p.conf = l.evaluate(c, given, nil)
	for _, r := range p.planned {
		r.beside = p.conf.instances[r.addr]
		if r.beside != nil {
			r.span = r.beside.b.span
		}
	}
}

func (p *plan) world() world {
	w := world{closed: true, open: map[string]bool{}}
	if p.root.Get("configuration") == nil {
		w.closed = false
	}
	if errored, _ := p.root.Get("errored").Str(); errored == "true" {
		w.closed = false
	}
	for _, r := range p.planned {
		r.node = r.merged()
	}
	if p.conf != nil {
		for _, i := range p.conf.all() {
			if i.typ == "archive_file" {
				w.archives = append(w.archives, p.conf.archive(i))
			}
		}
	}
	for _, r := range p.planned {
		w.resources = append(w.resources, r.lifted())
		if p.refs[r.base] == nil {
			out := &references{done: true}
			if r.config == nil {
				out.missing = true
			}
			r.module.references(r.config.Get("expressions"), out)
			r.module.references(r.config.Get("count_expression"), out)
			r.module.references(r.config.Get("for_each_expression"), out)
			depends, _ := r.config.Get("depends_on").Members()
			for _, d := range depends {
				if s, ok := d.Str(); ok {
					r.module.named(s, out, 0)
				}
			}
			p.refs[r.base] = out
		}
	}
	w.refers = lookup(p.refs)
	w.waits = w.refers
	return w
}

func (r *planned) lifted() *lifted {
	out := &lifted{
		addr: r.addr, base: r.base, typ: r.typ, p: r.node, span: r.span,
		region: located(r.region(), r.span), account: located(pseudo("AccountId"), r.span),
		document: func(key string) *tree.Node {
			n := r.node.Get(key)
			if n == nil {
				return &tree.Node{Kind: tree.Null, Span: r.span, Head: r.span}
			}
			if r.beside != nil && n.Kind == tree.Unknown {
				if v := r.beside.written(key); v != nil {
					return r.beside.mod.ev.document(v, n.Span)
				}
			}
			return embedded.Document(n)
		},
	}
	if r.beside != nil && isDeployment(r.typ) {
		out.renewal = func() renewal { return newGraph().renewal(r.beside.mod, r.beside.b) }
	}
	return out
}

// references adds what expressions of a configuration refer to.
func (m *planModule) references(n *tree.Node, out *references) {
	if n == nil {
		return
	}
	refs, _ := n.Get("references").Members()
	for _, r := range refs {
		if s, ok := r.Str(); ok {
			m.named(s, out, 0)
		}
	}
	for _, e := range n.Entries {
		if e.Key != "references" && e.Key != "constant_value" {
			m.references(e.Value, out)
		}
	}
	for _, item := range n.Items {
		m.references(item, out)
	}
}

// named adds what a reference leads to, through inputs and outputs of modules.
func (m *planModule) named(ref string, out *references, depth int) {
	if m == nil || depth > 64 {
		return
	}
	path := referencePath(ref)
	if len(path) < 2 {
		return
	}
	switch path[0] {
	case "var":
		if m.parent != nil {
			inner := &references{}
			m.parent.references(m.call.Get("expressions", path[1]), inner)
			out.add(inner)
		}
	case "module":
		child := &planModule{
			base: m.base + "module." + path[1] + ".", parent: m, call: m.config.Get("module_calls", path[1]),
			config: m.config.Get("module_calls", path[1], "module"),
		}
		if len(path) > 2 {
			refs, _ := child.config.Get("outputs", path[2], "expression", "references").Members()
			for _, r := range refs {
				if s, ok := r.Str(); ok {
					child.named(s, out, depth+1)
				}
			}
			return
		}
		resources, _ := child.config.Get("resources").Members()
		for _, r := range resources {
			if s, ok := r.Get("address").Str(); ok && !strings.HasPrefix(s, "data.") {
				out.add(&references{resources: []string{child.base + s}})
			}
		}
	case "local", "each", "count", "path", "terraform", "self":
		// What locals stand for, a plan does not say.
		out.missing = out.missing || path[0] == "local"
	case "data":
		if len(path) > 2 {
			configured, _ := m.config.Get("resources").Members()
			for _, c := range configured {
				if a, _ := c.Get("address").Str(); a == strings.Join(path[:3], ".") {
					inner := &references{}
					if depth < 8 {
						m.references(c.Get("expressions"), inner)
					}
					out.add(inner)
				}
			}
		}
	default:
		out.add(&references{resources: []string{m.base + path[0] + "." + path[1]}})
	}
}

// referencePath splits a reference at its dots, without keys of instances.
func referencePath(ref string) []string {
	return strings.Split(stripKeys(ref), ".")
}

// stripKeys takes the keys in brackets out of an address.
func stripKeys(addr string) string {
	var b strings.Builder
	depth, quoted := 0, false
	for i := 0; i < len(addr); i++ {
		switch c := addr[i]; {
		case quoted && c == '\\':
			i++
		case c == '"' && depth > 0:
			quoted = !quoted
		case quoted:
		case c == '[':
			depth++
		case c == ']' && depth > 0:
			depth--
		case depth == 0:
			b.WriteByte(c)
		}
	}
	return b.String()
}
