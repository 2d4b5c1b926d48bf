package lint

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"maps"
	"reflect"
	"runtime"
	"runtime/debug"
	"slices"
	"strings"

	"golang.org/x/sync/errgroup"

	"github.com/apigwlint/apigwlint/model"
	"github.com/apigwlint/apigwlint/source"
)

// Options say how rules are run.
type Options struct {
	Limits Limits
	// Severity of a rule by name, where the configuration changes it.
	Severity map[string]Severity
	// Known are the names of all rules that there are, so that a directive for
	// another can be reported. Without them, none is.
	Known []string
}

// A Result is what a run found.
type Result struct {
	Findings []Finding
	// Suppressed are findings that an ignore directive covers.
	Suppressed []Finding
	// Undecided are the places that the files do not decide.
	Undecided []Undecided
	// Bugs are rules that panicked; their other findings are complete.
	Bugs []Bug
}

// An Undecided is a place at which a rule could not tell.
type Undecided struct {
	Rule    *Rule
	Span    source.Span
	Message string
}

// A Bug is a rule that panicked on a unit.
type Bug struct {
	Rule  *Rule
	Unit  string
	Panic string
	Stack string
}

// Raw is what one rule says of one model, before folding. It serves tests.
func Raw(m *model.Model, rule *Rule, limits Limits) (reported, undecided []Diagnostic) {
	rule.Run(&Pass{
		Rule:      rule,
		Model:     m,
		Limits:    limits,
		report:    func(d Diagnostic) { reported = append(reported, d) },
		undecided: func(d Diagnostic) { undecided = append(undecided, d) },
	})
	return reported, undecided
}

// Run applies rules to units. The result depends on neither order.
func Run(units []*model.Unit, rules []*Rule, opts Options) Result {
	if opts.Limits == (Limits{}) {
		opts.Limits = DefaultLimits
	}
	results := make([]Result, len(units))
	var g errgroup.Group
	g.SetLimit(runtime.GOMAXPROCS(0))
	for i, u := range units {
		g.Go(func() error {
			results[i] = runUnit(u, rules, opts)
			return nil
		})
	}
	_ = g.Wait() // the functions return no errors

	var all Result
	seen := map[string]bool{}
	for _, r := range results {
		// Two units may share a file; what holds of it is said once.
		for _, f := range r.Findings {
			if key := f.Rule.Name + "\x00" + f.Span.String() + "\x00" + f.Message; !seen[key] {
				seen[key] = true
				all.Findings = append(all.Findings, f)
			}
		}
		all.Suppressed = append(all.Suppressed, r.Suppressed...)
		all.Undecided = append(all.Undecided, r.Undecided...)
		all.Bugs = append(all.Bugs, r.Bugs...)
	}
	Sort(all.Findings)
	fingerprint(all.Findings)
	Sort(all.Suppressed)
	slices.SortStableFunc(all.Undecided, func(a, b Undecided) int {
		return cmp.Or(a.Span.Compare(b.Span), strings.Compare(a.Rule.Name, b.Rule.Name))
	})
	return all
}

// Sort orders findings by file, offset and rule.
func Sort(list []Finding) {
	slices.SortStableFunc(list, func(a, b Finding) int {
		var name string
		if a.Span.File != nil {
			name = a.Span.File.Name
		}
		var other string
		if b.Span.File != nil {
			other = b.Span.File.Name
		}
		return cmp.Or(cmp.Compare(name, other), cmp.Compare(a.Span.Start, b.Span.Start),
			cmp.Compare(a.Rule.Name, b.Rule.Name), cmp.Compare(a.Message, b.Message))
	})
}

func runUnit(u *model.Unit, rules []*Rule, opts Options) Result {
	var res Result
	for _, rule := range rules {
		f := folder{rule: rule, unit: u, opts: opts, groups: map[any]*group{}}
		undecided := map[source.Span]Undecided{}
		for i, sc := range u.Scenarios {
			reported, open, bug := safely(sc.Model, rule, opts.Limits)
			if bug != nil {
				bug.Unit = u.Name
				res.Bugs = append(res.Bugs, *bug)
			}
			for _, d := range reported {
				f.add(i, d)
			}
			for _, d := range open {
				undecided[d.Span] = Undecided{rule, d.Span, d.Message}
			}
			if bug != nil {
				break
			}
		}
		findings := f.findings()
		for _, f := range findings {
			delete(undecided, f.Span)
		}
		for i := range findings {
			findings[i].Construct = construct(u, findings[i].Span)
		}
		res.Findings = append(res.Findings, findings...)
		res.Undecided = append(res.Undecided, slices.Collect(maps.Values(undecided))...)
	}
	suppress(u, rules, opts.Known, &res)
	return res
}

// construct returns the path of the construct that wrote the place: that of the
// narrowest scope that has one.
func construct(u *model.Unit, place source.Span) string {
	var narrowest source.Span
	for scope := range u.Constructs {
		if scope.Contains(place) && (!narrowest.IsValid() || narrowest.Contains(scope)) {
			narrowest = scope
		}
	}
	return u.Constructs[narrowest]
}

// safely runs a rule and turns a panic into a bug report.
func safely(m *model.Model, rule *Rule, limits Limits) (reported, undecided []Diagnostic, bug *Bug) {
	pass := &Pass{
		Rule:      rule,
		Model:     m,
		Limits:    limits,
		report:    func(d Diagnostic) { reported = append(reported, d) },
		undecided: func(d Diagnostic) { undecided = append(undecided, d) },
	}
	defer func() {
		if e := recover(); e != nil {
			bug = &Bug{Rule: rule, Panic: fmt.Sprint(e), Stack: string(debug.Stack())}
		}
	}()
	rule.Run(pass)
	return reported, undecided, nil
}

// A folder makes one finding of diagnostics that have one cause, within a
// scenario and across scenarios.
type folder struct {
	rule   *Rule
	unit   *model.Unit
	opts   Options
	groups map[any]*group
	order  []*group
}

type group struct {
	diags     []Diagnostic
	scenarios []int // of each diagnostic
}

// A causeKey identifies a cause across scenarios, in which the same thing is
// another pointer.
type causeKey struct {
	cause string
	span  source.Span // of the diagnostic that has no cause of its own
}

func (f *folder) add(scenario int, d Diagnostic) {
	key := causeKey{span: d.Span, cause: d.Message}
	if d.Cause != nil {
		api := ""
		if a := d.api(); a != nil {
			api = a.ID + "@" + a.Span.String()
		}
		key = causeKey{cause: api + "\x00" + causeString(d.Cause)}
	}
	g := f.groups[key]
	if g == nil {
		g = &group{}
		f.groups[key] = g
		f.order = append(f.order, g)
	}
	g.diags = append(g.diags, d)
	g.scenarios = append(g.scenarios, scenario)
}

// causeString names a cause by what it is in the files, not by its address,
// which is another one in each scenario.
func causeString(cause any) string {
	switch c := cause.(type) {
	case source.Span:
		return "place " + c.String()
	case string:
		return c
	}
	v := reflect.ValueOf(cause)
	if v.Kind() == reflect.Pointer && !v.IsNil() && v.Elem().Kind() == reflect.Struct {
		if span, ok := field[source.Span](v.Elem(), "Span"); ok {
			id, _ := field[string](v.Elem(), "ID")
			return fmt.Sprintf("%T %s@%v", cause, id, span)
		}
	}
	panic(fmt.Sprintf("a cause of type %T, which has no place", cause))
}

// field returns a field of a struct of the model.
func field[T any](v reflect.Value, name string) (T, bool) {
	f := v.FieldByName(name)
	if !f.IsValid() {
		var zero T
		return zero, false
	}
	x, ok := f.Interface().(T)
	return x, ok
}

func (f *folder) findings() []Finding {
	var out []Finding
	for _, g := range f.order {
		out = append(out, f.fold(g))
	}
	return out
}

func (f *folder) fold(g *group) Finding {
	first := 0
	for i, d := range g.diags {
		if d.Span.Compare(g.diags[first].Span) < 0 {
			first = i
		}
	}
	d := g.diags[first]
	out := Finding{
		Rule: f.rule, Severity: f.rule.Severity, Span: d.Span, Log: d.Log, Help: d.Help, Fix: d.Fix,
		Status: d.Status, When: f.when(g.scenarios),
	}
	// The worst of what holds at the place.
	if s := worst(g.diags, f.rule.Severity); s != 0 {
		out.Severity = s
	}
	if s, ok := f.opts.Severity[f.rule.Name]; ok {
		out.Severity = s
	}
	refused := d.Refused || f.rule.Refused && len(d.Status) == 0
	if out.Status == nil && !refused {
		out.Status = f.rule.Status
	}
	if out.Status == nil {
		out.Status = []int{}
	}
	var kind model.Kind
	if api := d.api(); api != nil {
		out.API, kind = api.ID, api.Kind
		out.Stages = stages(api)
	}
	seen := map[source.Span]bool{d.Span: true}
	for _, d := range g.diags {
		for _, r := range d.Routes {
			out.Routes = append(out.Routes, r.Key())
		}
		for _, r := range d.Related {
			if !seen[r.Span] && r.Span.IsValid() {
				seen[r.Span] = true
				out.Related = append(out.Related, r)
			}
		}
		for _, s := range d.Uses {
			for _, ref := range s.Assumes() {
				out.Assumes = append(out.Assumes, ref.Name)
			}
		}
	}
	out.Routes, out.Assumes = uniq(out.Routes), uniq(out.Assumes)
	out.Message = sentence(out.Routes, out.Status, refused, d.Message)
	if len(out.Assumes) > 0 {
		out.Message += " (with the default of parameter " + strings.Join(out.Assumes, ", ") + ")"
	}
	out.Caller = caller(kind, out.Status, d.Body)
	return out
}

func worst(diags []Diagnostic, otherwise Severity) Severity {
	var s Severity
	for _, d := range diags {
		s = max(s, cmp.Or(d.Severity, otherwise))
	}
	return s
}

func stages(api *model.API) []string {
	if !api.Stages.IsClosed() {
		return nil
	}
	var out []string
	for s := range api.Stages.All() {
		out = append(out, s.Name.String())
	}
	return out
}

// when names the conditions that the scenarios have in common and others do
// not: what it takes for the finding to hold.
func (f *folder) when(scenarios []int) string {
	in := map[int]bool{}
	for _, i := range scenarios {
		in[i] = true
	}
	if len(in) == len(f.unit.Scenarios) {
		return ""
	}
	var out []string
	for c, cond := range f.unit.Scenarios[scenarios[0]].Conditions {
		common, elsewhere := true, true
		for i, sc := range f.unit.Scenarios {
			if c >= len(sc.Conditions) {
				continue
			}
			same := sc.Conditions[c].Met == cond.Met
			if in[i] {
				common = common && same
			} else {
				elsewhere = elsewhere && same
			}
		}
		if common && !elsewhere {
			name := cond.Name
			if !cond.Met {
				name = "not " + name
			}
			out = append(out, name)
		}
	}
	if len(out) == 0 {
		return "some conditions"
	}
	return strings.Join(out, " and ")
}

// fingerprint gives each finding an identity made of its rule, its API, its file
// and the text of its line, and a number where these are alike. The list is sorted.
func fingerprint(list []Finding) {
	count := map[string]int{}
	for i := range list {
		f := &list[i]
		line := ""
		if f.Span.IsValid() {
			line = f.Span.File.Name + "\x00" + strings.Join(strings.Fields(f.Span.File.Line(f.Span.Line())), " ")
		}
		key := strings.Join([]string{f.Rule.Name, f.API, line}, "\x00")
		sum := sha256.Sum256(fmt.Appendf(nil, "%s\x00%d", key, count[key]))
		count[key]++
		f.Fingerprint = hex.EncodeToString(sum[:16])
	}
}
