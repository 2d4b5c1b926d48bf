// Package terraform evaluates Terraform configurations, as far as their files
// decide them, and lifts them into the model. Nothing is executed and nothing
// is fetched.
package terraform

import (
	"path"
	"slices"
	"sort"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	hcljson "github.com/hashicorp/hcl/v2/json"

	"github.com/apigwlint/apigwlint/model"
	"github.com/apigwlint/apigwlint/parsers/internal/files"
	"github.com/apigwlint/apigwlint/source"
	"github.com/apigwlint/apigwlint/value"
)

// Options say how configurations are evaluated.
type Options struct {
	// Variables are values for variables of root modules, as --var gives them.
	Variables map[string]string
	// VarFiles are files with such values, as --var-file gives them.
	VarFiles []*source.File
}

// maxScenarios is how many assignments of undecided variables are looked at.
const maxScenarios = 64

// Recognizes reports whether a directory has a configuration that defines
// something of API Gateway, or calls modules, which may.
func Recognizes(r *files.Reader, dir string) bool {
	c := newLoader(r).load(dir)
	if c == nil {
		return false
	}
	return c.broken || len(c.modules) > 0 || slices.ContainsFunc(c.order, func(addr string) bool {
		return strings.HasPrefix(addr, "aws_api_gateway") || strings.HasPrefix(addr, "aws_apigatewayv2")
	})
}

// Load evaluates the root modules in the directories. One that another of them
// calls is a part of that one.
func Load(r *files.Reader, dirs []string, opts Options) []*model.Unit {
	l := newLoader(r)
	called := map[string]bool{}
	seen := map[string]bool{}
	var roots []string
	for _, d := range dirs {
		d = path.Clean(d)
		if !seen[d] {
			seen[d] = true
			roots = append(roots, d)
			l.called(d, called, map[string]bool{})
		}
	}
	var units []*model.Unit
	for _, d := range roots {
		if called[d] {
			continue
		}
		if c := l.load(d); c != nil {
			units = append(units, l.unit(c, opts))
		}
	}
	return units
}

// called notes the directories that a configuration calls as local modules.
func (l *loader) called(dir string, called, busy map[string]bool) {
	c := l.load(dir)
	if c == nil || busy[dir] {
		return
	}
	busy[dir] = true
	for _, b := range c.modules {
		a := b.attrs["source"]
		if a == nil {
			continue
		}
		src := keyword(a.expr)
		if !strings.HasPrefix(src, "./") && !strings.HasPrefix(src, "../") {
			continue
		}
		to := path.Join(dir, src)
		if to != dir && !busy[to] {
			called[to] = true
			l.called(to, called, busy)
		}
	}
	delete(busy, dir)
}

// unit evaluates a root module in each scenario.
func (l *loader) unit(c *config, opts Options) *model.Unit {
	u := &model.Unit{Name: c.dir}
	given, problems := l.given(c, opts)
	u.Problems = append(u.Problems, problems...)
	base := l.evaluate(c, given, nil)
	var conditions []string
	for _, name := range base.decisive {
		// Two to the sixth are 64. What is too much work is done once.
		if len(conditions) < 6 && base.budget > maxSteps*7/8 {
			conditions = append(conditions, name)
		}
	}
	sort.Strings(conditions)
	if len(conditions) == 0 {
		u.Scenarios = []model.Scenario{{Model: base.lift()}}
		l.finish(u, []*evaluator{base})
		return u
	}
	var evaluators []*evaluator
	for i := 0; i < 1<<len(conditions) && i < maxScenarios; i++ {
		fixed := map[string]bool{}
		var s model.Scenario
		for j, name := range conditions {
			fixed[name] = i>>j&1 == 0
			s.Conditions = append(s.Conditions, model.Condition{Name: "var." + name, Met: fixed[name]})
		}
		ev := l.evaluate(c, given, fixed)
		s.Model = ev.lift()
		u.Scenarios = append(u.Scenarios, s)
		evaluators = append(evaluators, ev)
	}
	l.finish(u, evaluators)
	return u
}

// evaluate prepares the evaluation of a root module.
func (l *loader) evaluate(c *config, given map[string]*val, fixed map[string]bool) *evaluator {
	ev := &evaluator{
		l: l, fixed: fixed, variables: given, budget: maxSteps, fresh: map[string]int{}, rendered: map[*val]value.Text{},
		instances: map[string]*instance{}, read: map[*source.File]bool{},
	}
	ev.root = ev.module(c, "", ".")
	ev.all()
	return ev
}

// all expands every resource of every module.
func (ev *evaluator) all() []*instance {
	var out []*instance
	var visit func(m *module)
	visit = func(m *module) {
		for _, addr := range m.cfg.order {
			out = append(out, m.resource(addr).expanded().list...)
		}
		names := make([]string, 0, len(m.cfg.modules))
		for name := range m.cfg.modules {
			names = append(names, name)
		}
		sort.Strings(names)
		for _, name := range names {
			if c := m.moduleCall(name); c.cfg != nil {
				for _, child := range c.set.list {
					if ev.step() {
						visit(child)
					}
				}
			}
		}
	}
	visit(ev.root)
	return out
}

// finish gathers what was read and what could not be.
func (l *loader) finish(u *model.Unit, evaluators []*evaluator) {
	seen := map[*source.File]bool{}
	configs := map[*config]bool{}
	for _, ev := range evaluators {
		for f := range ev.read {
			seen[f] = true
		}
		for _, p := range ev.problems {
			if !slices.Contains(u.Problems, p) {
				u.Problems = append(u.Problems, p)
			}
		}
		var visit func(m *module)
		visit = func(m *module) {
			configs[m.cfg] = true
			for _, c := range m.calls {
				for _, child := range c.set.list {
					visit(child)
				}
			}
		}
		visit(ev.root)
	}
	for c := range configs {
		u.Problems = append(u.Problems, c.problems...)
		u.Ignores = append(u.Ignores, l.ignores(c)...)
	}
	for f := range seen {
		u.Files = append(u.Files, f)
	}
	slices.SortFunc(u.Files, func(a, b *source.File) int { return strings.Compare(a.Name, b.Name) })
	slices.SortFunc(u.Problems, func(a, b source.Problem) int { return a.Span.Compare(b.Span) })
	slices.SortFunc(u.Ignores, func(a, b source.Ignore) int { return a.Span.Compare(b.Span) })
}

// given returns the values that are given for variables of a root module, in
// Terraform's order of precedence.
// https://developer.hashicorp.com/terraform/language/values/variables#variable-definition-precedence
func (l *loader) given(c *config, opts Options) (map[string]*val, []source.Problem) {
	out := map[string]*val{}
	problems := &config{}
	names := []string{"terraform.tfvars", "terraform.tfvars.json"}
	entries, _ := l.reader.ReadDir(c.dir)
	for _, e := range entries {
		if n := e.Name(); strings.HasSuffix(n, ".auto.tfvars") || strings.HasSuffix(n, ".auto.tfvars.json") {
			names = append(names, n)
		}
	}
	for i, n := range names {
		names[i] = path.Join(c.dir, n)
	}
	for _, n := range names {
		if f, err := l.reader.Read(n); err == nil {
			l.variableFile(f, out, problems)
		}
	}
	for _, f := range opts.VarFiles {
		l.variableFile(f, out, problems)
	}
	for name, s := range opts.Variables {
		b := c.variables[name]
		if b == nil {
			continue // of another root module
		}
		out[name] = l.variable(name, s, b)
	}
	return out, problems.problems
}

func (l *loader) variableFile(f *source.File, out map[string]*val, problems *config) {
	l.sources[f.Name] = f
	var body hcl.Body
	var diags hcl.Diagnostics
	if strings.HasSuffix(f.Name, ".json") {
		var parsed *hcl.File
		if parsed, diags = hcljson.Parse(f.Data, f.Name); parsed != nil {
			body = parsed.Body
		}
	} else {
		var parsed *hcl.File
		if parsed, diags = hclsyntax.ParseConfig(f.Data, f.Name, hcl.InitialPos); parsed != nil {
			body = parsed.Body
		}
	}
	l.problems(problems, diags)
	if body == nil {
		return
	}
	attrs, _ := body.JustAttributes()
	for name, a := range attrs {
		x, native := a.Expr.(hclsyntax.Expression)
		if !native {
			x = l.jsonExpr(a.Expr)
		}
		e := env{ev: l.plainEvaluator()}
		out[name] = e.eval(x).at(l.span(a.Expr.Range()))
	}
}

// plainEvaluator evaluates expressions that refer to nothing.
func (l *loader) plainEvaluator() *evaluator {
	return &evaluator{l: l, budget: maxSteps, fresh: map[string]int{}, rendered: map[*val]value.Text{}, read: map[*source.File]bool{}}
}

// variable returns a value from the command line: text for a variable of a
// simple type, an expression for any other.
func (l *loader) variable(name, s string, b *block) *val {
	e := env{ev: l.plainEvaluator()}
	f := source.NewFile("--var "+name, []byte(s))
	span := f.Span(0, len(s))
	t, _ := variableType(b)
	if t.IsPrimitiveType() || b.attrs["type"] == nil {
		return litVal(s, span)
	}
	l.sources[f.Name] = f
	x, diags := hclsyntax.ParseExpression([]byte(s), f.Name, hcl.InitialPos)
	if x == nil || diags.HasErrors() {
		return litVal(s, span)
	}
	return e.eval(x)
}
