package terraform

import (
	"path"
	"slices"
	"sort"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	hcljson "github.com/hashicorp/hcl/v2/json"

	"github.com/apigwlint/apigwlint/parsers/internal/files"
	"github.com/apigwlint/apigwlint/source"
)

// A block is a block of configuration, whichever of the two syntaxes it is in.
type block struct {
	typ    string
	labels []string
	attrs  map[string]*attribute
	blocks []*block
	span   source.Span // its type and labels
	whole  source.Span // with its body, for directives
}

// An attribute is an argument of a block.
type attribute struct {
	expr hclsyntax.Expression
	name source.Span
	span source.Span // the expression
}

// A config is what one directory defines, before it is evaluated.
type config struct {
	dir       string
	files     []*source.File
	problems  []source.Problem
	broken    bool // a file could not be parsed, so that anything may be missing
	variables map[string]*block
	locals    map[string]*attribute
	outputs   map[string]*block
	modules   map[string]*block
	resources map[string]*block // by address within the module, data sources with "data."
	order     []string          // the addresses in resources, in the order of the files
	providers map[string]*block // by name, or name.alias
	settings  bool              // says where its state is kept
}

// rootSchema is what stands at the top of a file:
// https://developer.hashicorp.com/terraform/language/files
var rootSchema = &hcl.BodySchema{Blocks: []hcl.BlockHeaderSchema{
	{Type: "terraform"}, {Type: "locals"}, {Type: "moved"}, {Type: "import"}, {Type: "removed"},
	{Type: "provider", LabelNames: []string{"name"}}, {Type: "variable", LabelNames: []string{"name"}},
	{Type: "output", LabelNames: []string{"name"}}, {Type: "module", LabelNames: []string{"name"}},
	{Type: "resource", LabelNames: []string{"type", "name"}}, {Type: "data", LabelNames: []string{"type", "name"}},
	{Type: "ephemeral", LabelNames: []string{"type", "name"}}, {Type: "check", LabelNames: []string{"name"}},
}}

// A loader reads directories and remembers them.
type loader struct {
	reader  *files.Reader
	configs map[string]*config
	sources map[string]*source.File // by the name that positions carry
	placed  map[string]source.Span  // of templates that do not stand in a file as they are
}

func newLoader(r *files.Reader) *loader {
	return &loader{reader: r, configs: map[string]*config{}, sources: map[string]*source.File{}, placed: map[string]source.Span{}}
}

// isConfig reports whether a file belongs to the configuration of its directory.
func isConfig(name string) bool {
	for _, ext := range []string{".tf", ".tf.json", ".tofu", ".tofu.json"} {
		if strings.HasSuffix(name, ext) {
			return !strings.HasPrefix(name, ".") && !strings.HasSuffix(name, "~")
		}
	}
	return false
}

// isOverride reports whether what a file defines is merged into what others define.
func isOverride(name string) bool {
	base, _, _ := strings.Cut(name, ".")
	return base == "override" || strings.HasSuffix(base, "_override")
}

// load reads the configuration of a directory. One without any is nil.
func (l *loader) load(dir string) *config {
	dir = path.Clean(dir)
	if c, ok := l.configs[dir]; ok {
		return c
	}
	l.configs[dir] = nil
	entries, err := l.reader.ReadDir(dir)
	if err != nil {
		return nil
	}
	var names []string
	for _, e := range entries {
		if isConfig(e.Name()) && !e.IsDir() {
			names = append(names, e.Name())
		}
	}
	// OpenTofu reads a.tofu in place of a.tf.
	names = slices.DeleteFunc(names, func(n string) bool {
		twin := strings.Replace(n, ".tf", ".tofu", 1)
		return twin != n && slices.Contains(names, twin)
	})
	sort.SliceStable(names, func(i, j int) bool { return !isOverride(names[i]) && isOverride(names[j]) })
	if len(names) == 0 {
		return nil
	}
	c := &config{
		dir: dir, variables: map[string]*block{}, locals: map[string]*attribute{}, outputs: map[string]*block{},
		modules: map[string]*block{}, resources: map[string]*block{}, providers: map[string]*block{},
	}
	for _, n := range names {
		l.file(c, path.Join(dir, n), isOverride(n))
	}
	sort.SliceStable(c.order, func(i, j int) bool {
		return c.resources[c.order[i]].span.Compare(c.resources[c.order[j]].span) < 0
	})
	l.configs[dir] = c
	return c
}

func (l *loader) file(c *config, name string, override bool) {
	f, err := l.reader.Read(name)
	if err != nil {
		c.broken = true
		c.problems = append(c.problems, source.Problem{Span: source.NewFile(name, nil).Span(0, 0), Message: err.Error()})
		return
	}
	c.files = append(c.files, f)
	l.sources[name] = f
	var body hcl.Body
	var diags hcl.Diagnostics
	if strings.HasSuffix(name, ".json") {
		var parsed *hcl.File
		if parsed, diags = hcljson.Parse(f.Data, name); parsed != nil {
			body = parsed.Body
		}
	} else {
		var parsed *hcl.File
		if parsed, diags = hclsyntax.ParseConfig(f.Data, name, hcl.InitialPos); parsed != nil {
			body = parsed.Body
		}
	}
	l.problems(c, diags)
	if body == nil {
		return
	}
	content, _, diags := body.PartialContent(rootSchema)
	l.problems(c, labelDiags(diags))
	for _, b := range content.Blocks {
		l.add(c, b, override)
	}
}

// labelDiags leaves out what is said about settings that only a newer
// Terraform knows: they define nothing that matters here.
func labelDiags(diags hcl.Diagnostics) hcl.Diagnostics {
	return slices.DeleteFunc(diags, func(d *hcl.Diagnostic) bool { return strings.HasPrefix(d.Summary, "Unsupported") })
}

func (l *loader) problems(c *config, diags hcl.Diagnostics) {
	for _, d := range diags {
		if d.Severity != hcl.DiagError {
			continue
		}
		c.broken = true
		var span source.Span
		if d.Subject != nil {
			span = l.span(*d.Subject)
		}
		message := strings.TrimSuffix(d.Summary, ".")
		if d.Detail != "" {
			message += ": " + strings.TrimSuffix(d.Detail, ".")
		}
		// One mistake confuses the parser about the rest of the line.
		if n := len(c.problems); n > 0 && c.problems[n-1].Span.File == span.File && c.problems[n-1].Span.Line() == span.Line() {
			continue
		}
		c.problems = append(c.problems, source.Problem{Span: span, Message: message})
	}
}

func (l *loader) span(r hcl.Range) source.Span {
	f := l.sources[r.Filename]
	if f == nil {
		return l.placed[r.Filename]
	}
	return f.Span(r.Start.Byte, r.End.Byte)
}

func (l *loader) add(c *config, hb *hcl.Block, override bool) {
	b := l.convert(hb)
	label := func(i int) string {
		if i < len(b.labels) {
			return b.labels[i]
		}
		return ""
	}
	merge := func(in map[string]*block, key string) {
		if have := in[key]; have != nil && override {
			have.override(b)
		} else if have == nil {
			in[key] = b
		} else if b.typ != "provider" {
			// Files of which each is one of several ways, as examples have them:
			// what the others define may not be there.
			c.broken = true
		}
	}
	switch b.typ {
	case "terraform":
		c.settings = c.settings || slices.ContainsFunc(b.blocks, func(n *block) bool { return n.typ == "backend" || n.typ == "cloud" })
	case "variable":
		merge(c.variables, label(0))
	case "locals":
		for name, a := range b.attrs {
			c.locals[name] = a
		}
	case "output":
		merge(c.outputs, label(0))
	case "module":
		merge(c.modules, label(0))
	case "provider":
		merge(c.providers, providerKey(label(0), b))
	case "resource", "data", "ephemeral":
		addr := label(0) + "." + label(1)
		if b.typ != "resource" {
			addr = b.typ + "." + addr
		}
		if c.resources[addr] == nil {
			c.order = append(c.order, addr)
		}
		merge(c.resources, addr)
	}
}

// providerKey returns the name under which resources ask for a provider.
func providerKey(name string, b *block) string {
	if a := b.attrs["alias"]; a != nil {
		if v, diags := a.expr.Value(nil); !diags.HasErrors() && v.Type().FriendlyName() == "string" && v.IsKnown() && !v.IsNull() {
			return name + "." + v.AsString()
		}
	}
	return name
}

// override puts what an override file says in place of what b says.
func (b *block) override(o *block) {
	for name, a := range o.attrs {
		b.attrs[name] = a
	}
	replaced := map[string]bool{}
	for _, n := range o.blocks {
		replaced[n.kind()] = true
	}
	b.blocks = slices.DeleteFunc(b.blocks, func(n *block) bool { return replaced[n.kind()] })
	b.blocks = append(b.blocks, o.blocks...)
}

// kind is the type of the blocks that b stands for.
func (b *block) kind() string {
	if b.typ == "dynamic" && len(b.labels) > 0 {
		return b.labels[0]
	}
	return b.typ
}

func (b *block) child(typ string) *block {
	for _, n := range b.blocks {
		if n.typ == typ {
			return n
		}
	}
	return nil
}

func (l *loader) convert(hb *hcl.Block) *block {
	if body, ok := hb.Body.(*hclsyntax.Body); ok {
		return l.native(hb.Type, hb.Labels, body, hb.DefRange, hcl.RangeBetween(hb.DefRange, body.SrcRange))
	}
	b := &block{typ: hb.Type, labels: hb.Labels, attrs: map[string]*attribute{}, span: l.span(hb.DefRange), whole: l.span(hb.DefRange)}
	l.jsonBody(b, hb.Body)
	return b
}

func (l *loader) native(typ string, labels []string, body *hclsyntax.Body, def, whole hcl.Range) *block {
	b := &block{typ: typ, labels: labels, attrs: map[string]*attribute{}, span: l.span(def), whole: l.span(whole)}
	for name, a := range body.Attributes {
		b.attrs[name] = &attribute{expr: a.Expr, name: l.span(a.NameRange), span: l.span(a.Expr.Range())}
	}
	for _, n := range body.Blocks {
		b.blocks = append(b.blocks, l.native(n.Type, n.Labels, n.Body, n.DefRange(), n.Range()))
	}
	return b
}
