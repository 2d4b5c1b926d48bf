package cloudformation

import (
	"slices"
	"strings"

	"github.com/apigwlint/apigwlint/parsers/cloudformation/internal/stack"
	"github.com/apigwlint/apigwlint/parsers/internal/tree"
	"github.com/apigwlint/apigwlint/source"
	"github.com/apigwlint/apigwlint/tri"
	"github.com/apigwlint/apigwlint/value"
)

// A run is the evaluation of a unit under one set of decisions.
type run struct {
	unit    *unit
	decider *decider
	// declarations are what is known of references that conditions ask about.
	declarations map[value.Ref]declaration
	// named are the values of the conditions that were asked for.
	named map[string]bool
	nodes int
}

// A declaration says which values a reference may have, and which it has by default.
type declaration struct {
	likely  *string
	allowed []string
}

func newRun(u *unit, d *decider) *run {
	return &run{unit: u, decider: d, declarations: map[value.Ref]declaration{}, named: map[string]bool{}}
}

func (r *run) declare(ref value.Ref, likely *string, allowed []string) {
	r.declarations[plain(ref)] = declaration{likely, allowed}
}

func (r *run) declared(ref value.Ref) (likely *string, allowed []string) {
	d := r.declarations[plain(ref)]
	return d.likely, d.allowed
}

// spend takes n nodes from the budget and reports whether there were any left.
func (r *run) spend(n int, at source.Span) bool {
	r.nodes += n
	r.unit.nodes += n
	if r.nodes <= maxNodes && r.unit.nodes <= 8*maxNodes {
		return true
	}
	r.unit.problem(at, "the template grows too large when it is evaluated")
	return false
}

// exhausted reports whether something was left out because of the budget.
func (r *run) exhausted() bool { return r.nodes > maxNodes || r.unit.nodes > 8*maxNodes }

// An instance is a template with values for its parameters: the root of a unit
// or a nested stack.
type instance struct {
	*template
	run  *run
	path string
	// given are the parameters that the parent passes; nil for the root.
	given map[string]member
	// givenOpen says that the parent may pass others.
	givenOpen bool
	nested    bool
	files     *chain // the templates that led to here

	values     map[paramKey]*tree.Node
	conditions map[string]tri.Bool
	declared   *section // Conditions
	raw        *section // Resources
	out        *section // Outputs
	maps       map[string]mappingRows
	children   map[string]*instance
	types      map[string]string
	outputs    map[outputKey]*value.Text

	// dangling says that something refers to what is nowhere in the template:
	// it is a part of one that is put together before it is deployed.
	dangling bool
}

type paramKey struct {
	name     string
	deciding bool
}

type outputKey struct {
	child, name string
	deciding    bool
}

// A section is a part of a template after loops and includes.
type section struct {
	members []member
	index   map[string]int
	open    bool
}

func (s *section) find(name string) (member, bool) {
	if i, ok := s.index[name]; ok {
		return s.members[i], true
	}
	return member{}, false
}

func newInstance(r *run, t *template, path string, files *chain) *instance {
	return &instance{
		template: t, run: r, path: path, files: &chain{t.file.Name, files},
		values: map[paramKey]*tree.Node{}, conditions: map[string]tri.Bool{}, maps: map[string]mappingRows{},
		children: map[string]*instance{}, outputs: map[outputKey]*value.Text{},
	}
}

func (in *instance) scope(deciding bool) scope {
	return scope{in: in, deciding: deciding, within: &chain{in.file.Name, nil}}
}

// section lists the members of a section of the template, with those that
// includes at the top of the template bring.
func (in *instance) section(name string, deciding bool) *section {
	s := in.scope(deciding)
	out := &section{index: map[string]int{}, open: in.open}
	add := func(n *tree.Node, sc scope) {
		if !n.Is(tree.Map) {
			out.open = out.open || n != nil
			return
		}
		if _, call := intrinsicOf(n); call {
			out.open = true
			return
		}
		members, open := sc.members(n, true)
		out.open = out.open || open
		for _, m := range members {
			if i, ok := out.index[m.key]; ok {
				out.members[i] = m
				continue
			}
			out.index[m.key] = len(out.members)
			out.members = append(out.members, m)
		}
	}
	add(in.root.Get(name), s)
	for _, include := range in.includes {
		if got, sc, ok := s.include(include); ok && got.Is(tree.Map) {
			add(got.Get(name), sc)
		} else {
			out.open = true
		}
	}
	return out
}

func (in *instance) resources() *section {
	if in.raw == nil {
		in.raw = &section{}
		in.raw = in.section("Resources", false)
	}
	return in.raw
}

func (in *instance) outputSection() *section {
	if in.out == nil {
		in.out = &section{}
		in.out = in.section("Outputs", false)
	}
	return in.out
}

type mappingRows struct {
	rows []member
	open bool
}

// mapping returns the rows of a mapping.
func (in *instance) mapping(name string) ([]member, bool) {
	if m, ok := in.maps[name]; ok {
		return m.rows, m.open
	}
	in.maps[name] = mappingRows{open: true}
	all := in.section("Mappings", false)
	m, ok := all.find(name)
	if !ok {
		return nil, true
	}
	var out mappingRows
	if !m.value.Is(tree.Map) {
		return nil, true
	}
	out.rows, out.open = m.scope.members(m.value, true)
	in.maps[name] = out
	return out.rows, out.open
}

// parameter returns the value of a parameter, used at span.
func (in *instance) parameter(name string, deciding bool, span source.Span) (*tree.Node, bool) {
	p := in.params[name]
	if p == nil {
		return nil, false
	}
	key := paramKey{name, deciding}
	v, ok := in.values[key]
	if !ok {
		// A cycle through the parent finds the parameter without a value.
		in.values[key] = in.missing(name, p)
		v = in.evaluateParameter(name, p, deciding)
		in.values[key] = v
	}
	return moved(v, span), true
}

// moved returns a value as it is used at span.
func moved(n *tree.Node, span source.Span) *tree.Node {
	out := *n
	out.Span, out.Head = span, source.Span{}
	out.Value = relocate(n.Value, span)
	if n.Kind == tree.List {
		out.Items = make([]*tree.Node, len(n.Items))
		for i, item := range n.Items {
			out.Items[i] = moved(item, span)
		}
	}
	return &out
}

func (in *instance) paramRef(name string, p *parameter) value.Ref {
	segment := len(p.allowed) > 0 && !p.hidden && !slices.ContainsFunc(p.allowed, func(s string) bool { return strings.ContainsAny(s, "/:") })
	return value.Ref{Kind: value.Parameter, Name: in.path + name, Segment: segment}
}

// missing is a parameter of which the value is not known.
func (in *instance) missing(name string, p *parameter) *tree.Node {
	hole := value.Hole(in.paramRef(name, p), source.Span{})
	if p.list {
		return &tree.Node{Value: hole}
	}
	return tree.NewText(hole)
}

func (in *instance) evaluateParameter(name string, p *parameter, deciding bool) *tree.Node {
	if in.nested {
		if m, ok := in.given[name]; ok {
			sc := m.scope
			sc.deciding = deciding
			return in.passed(name, p, sc.eval(m.value), m.value, sc)
		}
	} else if v, ok := in.run.unit.values[name]; ok && !p.stored {
		return p.literal(v)
	}
	ref := in.paramRef(name, p)
	if v, ok := in.run.decider.fixedValue(ref); ok && !p.stored {
		return p.literal(v)
	}
	if p.hidden {
		return in.missing(name, p)
	}
	if len(p.allowed) == 1 {
		return p.literal(p.allowed[0])
	}
	certain := in.nested && !in.givenOpen
	if certain && p.def != nil {
		return p.literal(*p.def)
	}
	in.run.declare(ref, p.def, p.allowed)
	if p.def == nil || deciding || in.run.decider.excludes(ref, *p.def) {
		return in.missing(name, p)
	}
	v := p.literal(*p.def)
	assume(v, value.Ref{Kind: value.Parameter, Name: in.path + name})
	return v
}

func assume(n *tree.Node, ref value.Ref) {
	n.Value = n.Value.Assuming(ref)
	for _, item := range n.Items {
		assume(item, ref)
	}
}

// passed turns what a parent passes into a value of the parameter's type.
func (in *instance) passed(name string, p *parameter, v, from *tree.Node, sc scope) *tree.Node {
	if p.stored {
		return in.missing(name, p)
	}
	if s, ok := v.Str(); ok && p.list {
		list := p.literal(s)
		for _, ref := range v.Value.Assumes() {
			assume(list, ref)
		}
		return list
	}
	if p.list != v.Is(tree.List) {
		if p.list {
			return &tree.Node{Value: sc.textOf(v, from)}
		}
		return tree.NewText(sc.textOf(v, from))
	}
	return v
}

// literal returns a value of the parameter's type.
func (p *parameter) literal(s string) *tree.Node {
	if !p.list {
		n := tree.NewScalar(s, source.Span{})
		if p.number {
			n.Type = tree.Float
			if !strings.ContainsAny(s, ".eE") {
				n.Type = tree.Int
			}
		}
		return n
	}
	list := tree.NewList(source.Span{})
	if s == "" {
		return list
	}
	for item := range strings.SplitSeq(s, ",") {
		list.Items = append(list.Items, tree.NewScalar(strings.TrimSpace(item), source.Span{}))
	}
	return list
}

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
	if !ok || in.files.has(name) {
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

// condition returns the value of a named condition in the scenario.
func (in *instance) condition(name string) tri.Bool {
	if v, ok := in.conditions[name]; ok {
		return v
	}
	in.conditions[name] = tri.Maybe
	if in.declared == nil {
		in.declared = &section{}
		in.declared = in.section("Conditions", true)
	}
	m, ok := in.declared.find(name)
	var v tri.Bool
	if ok {
		v = m.scope.test(m.value)
	} else {
		v = in.run.decider.atom("condition " + in.path + name)
	}
	in.conditions[name] = v
	if v != tri.Maybe {
		in.run.named[in.path+name] = v == tri.Yes
	}
	return v
}

// test evaluates a condition function.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference-conditions.html
func (s scope) test(n *tree.Node) tri.Bool {
	s.depth++
	if n == nil || s.depth > maxDepth || !s.in.run.spend(1, n.Span) {
		return tri.Maybe
	}
	if c, ok := intrinsicOf(n); ok {
		items, _ := s.list(c.arg)
		switch c.name {
		case "Fn::Equals":
			if len(items) == 2 {
				return s.equal(items[0], items[1])
			}
		case "Fn::And", "Fn::Or":
			if len(items) > 0 {
				return s.combine(c.name == "Fn::And", items)
			}
		case "Fn::Not":
			if len(items) == 1 {
				return s.test(items[0]).Not()
			}
		case "Condition":
			if name, ok := s.substituted(c.arg); ok {
				return s.in.condition(name)
			}
		}
	}
	if n.Tag == "" && n.Is(tree.Map) && len(n.Entries) == 1 && n.Entries[0].Key == "Condition" {
		if name, ok := s.substituted(n.Entries[0].Value); ok {
			return s.in.condition(name)
		}
	}
	if text, ok := n.Str(); ok && n.Tag == "" && (text == "true" || text == "false") {
		return tri.Of(text == "true")
	}
	return s.in.run.decider.atom(s.in.path + s.describe(n))
}

// combine is And or Or. What does not matter any more is not asked for, so that
// it makes no scenarios.
func (s scope) combine(and bool, items []*tree.Node) tri.Bool {
	stop := tri.Of(!and)
	out := stop.Not()
	for _, item := range items {
		v := s.test(item)
		if v == stop {
			return v
		}
		if v == tri.Maybe {
			out = v
		}
	}
	return out
}

// equal decides whether two values are the same string.
func (s scope) equal(a, b *tree.Node) tri.Bool {
	x, y := s.fixed(s.text(a)), s.fixed(s.text(b))
	if p, ok := x.Get(); ok {
		if q, ok := y.Get(); ok {
			return tri.Of(p == q)
		}
	}
	x, y = trim(x, y)
	const large = 1 << 12 // the comparison takes the product of the lengths
	if len(x.String()) < large && len(y.String()) < large {
		if r := x.Equal(y); r != tri.Maybe {
			return r
		}
	}
	for range 2 {
		ref, hole := x.Only()
		text, known := y.Get()
		if hole && known {
			likely, allowed := s.in.run.declared(ref)
			return s.in.run.decider.equals(ref, text, allowed, likely != nil && *likely == text)
		}
		x, y = y, x
	}
	key := x.String() + "\x00" + y.String()
	if y.String() < x.String() {
		key = y.String() + "\x00" + x.String()
	}
	return s.in.run.decider.atom(key)
}

// fixed returns a text with the values that references have in the scenario.
func (s scope) fixed(t value.Text) value.Text {
	parts := slices.Clone(t.Parts())
	for i, p := range parts {
		if p.Ref == nil {
			continue
		}
		if v, ok := s.in.run.decider.fixedValue(*p.Ref); ok {
			parts[i] = value.Part{Lit: v, Span: p.Span}
		}
	}
	if t.Present() != tri.Yes {
		return t
	}
	return value.Join(t.Span(), parts...)
}

// trim takes away the characters that both texts begin and end with.
func trim(x, y value.Text) (value.Text, value.Text) {
	f, ok := x.Flat()
	g, ok2 := y.Flat()
	if !ok || !ok2 {
		return x, y
	}
	start := 0
	for start < len(f.S) && start < len(g.S) && f.S[start] == g.S[start] && f.S[start] < 0x80 {
		start++
	}
	i, j := len(f.S), len(g.S)
	for i > start && j > start && f.S[i-1] == g.S[j-1] && f.S[i-1] < 0x80 {
		i, j = i-1, j-1
	}
	return f.Slice(start, i), g.Slice(start, j)
}

// evaluate returns the stacks of the instance and of those nested in it.
func (in *instance) evaluate() []*stack.Stack {
	section := in.resources()
	s := &stack.Stack{File: in.file, Path: in.path, SAM: in.sam, Open: section.open}
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
