// Package cloudformation reads CloudFormation and SAM templates: it evaluates
// their intrinsic functions under every way in which their conditions can turn
// out, follows nested stacks, includes and exports, and hands the resources to
// the SAM transform and to the lift.
package cloudformation

import (
	"fmt"
	"runtime"
	"runtime/debug"
	"slices"

	"golang.org/x/sync/errgroup"

	"github.com/apigwlint/apigwlint/model"
	"github.com/apigwlint/apigwlint/parsers/internal/files"
	"github.com/apigwlint/apigwlint/parsers/internal/tree"
	"github.com/apigwlint/apigwlint/source"
)

// Options say how templates are evaluated.
type Options struct {
	// Parameters are the values of template parameters. They apply to every
	// template that is loaded on its own.
	Parameters map[string]string
}

// Load loads the templates in the named files, one unit for each that no other
// of them nests. Files that hold no template are passed over. Exports of one
// unit are known to the imports of the others.
func Load(r *files.Reader, names []string, opts Options) []*model.Unit {
	units, broken := open(r, names, opts)
	each(units, func(u *unit) { u.scenarios = u.assignments() })
	all := collectExports(units)
	out := make([]*model.Unit, len(units))
	index := map[*unit]int{}
	for i, u := range units {
		index[u], u.exports = i, all
	}
	each(units, func(u *unit) { out[index[u]] = u.finish() })
	// A file that cannot be read is reported once: with the template that names it.
	for _, b := range broken {
		if !slices.ContainsFunc(out, func(u *model.Unit) bool { return slices.Contains(u.Files, b.Files[0]) }) {
			out = append(out, b)
		}
	}
	return out
}

// each works on several units at a time.
func each(units []*unit, work func(*unit)) {
	parallel(len(units), func(i int) { work(units[i]) })
}

// parallel works on several of n things at a time. When one of them panics, it
// does, so that the caller can recover.
func parallel(n int, work func(i int)) {
	panics := make([]any, n)
	var g errgroup.Group
	g.SetLimit(runtime.GOMAXPROCS(0))
	for i := range n {
		g.Go(func() error {
			defer func() {
				if e := recover(); e != nil {
					panics[i] = fmt.Sprintf("%v\n%s", e, debug.Stack())
				}
			}()
			work(i)
			return nil
		})
	}
	_ = g.Wait() // the functions return no errors
	for _, e := range panics {
		if e != nil {
			panic(e)
		}
	}
}

// open reads the templates. Those that cannot be read at all are units that
// have problems and nothing else.
func open(r *files.Reader, names []string, opts Options) (units []*unit, broken []*model.Unit) {
	seen := map[string]bool{}
	var templates []string
	for _, name := range names {
		if seen[name] {
			continue
		}
		seen[name] = true
		f, err := r.Read(name)
		if err != nil {
			continue
		}
		root, problems, err := r.Tree(name)
		switch {
		case err != nil:
		case Recognizes(root):
			templates = append(templates, f.Name)
		case root == nil && len(problems) > 0:
			broken = append(broken, &model.Unit{Name: f.Name, Files: []*source.File{f}, Problems: problems})
		}
	}
	nests := make([][]string, len(templates))
	parallel(len(templates), func(i int) { nests[i] = nestedIn(r, templates[i], opts) })
	for _, name := range roots(templates, nests) {
		units = append(units, newUnit(r, name, parameterValues(r, name, opts)))
	}
	return units, broken
}

// nestedIn lists the local templates that a template nests.
func nestedIn(r *files.Reader, name string, opts Options) []string {
	root, _, _ := r.Tree(name)
	mayNest := false
	for _, e := range entries(root.Get("Resources")) {
		kind, ok := e.Value.Get("Type").Str()
		_, nested := nestedStack(kind)
		mayNest = mayNest || nested || !ok
	}
	if !mayNest {
		return nil
	}
	u := newUnit(r, name, opts.Parameters)
	in := newInstance(newRun(u, newDecider(nil)), u.root, "", nil)
	var out []string
	for _, m := range in.resources().members {
		if child, ok := in.childName(m); ok {
			out = append(out, child)
		}
	}
	return out
}

func entries(n *tree.Node) []tree.Entry {
	if !n.Is(tree.Map) {
		return nil
	}
	return n.Entries
}

// roots returns the templates that no other one nests; of those that only nest
// each other, the first.
func roots(names []string, nests [][]string) []string {
	index := map[string]int{}
	for i, name := range names {
		index[name] = i
	}
	nested := make([]bool, len(names))
	for i, list := range nests {
		for _, child := range list {
			if j, ok := index[child]; ok && j != i {
				nested[j] = true
			}
		}
	}
	reached := make([]bool, len(names))
	var reach func(i int)
	reach = func(i int) {
		if reached[i] {
			return
		}
		reached[i] = true
		for _, child := range nests[i] {
			if j, ok := index[child]; ok {
				reach(j)
			}
		}
	}
	root := make([]bool, len(names))
	for i := range names {
		if !nested[i] {
			root[i] = true
			reach(i)
		}
	}
	for i := range names {
		if !reached[i] {
			root[i] = true
			reach(i)
		}
	}
	var out []string
	for i, name := range names {
		if root[i] {
			out = append(out, name)
		}
	}
	return out
}

// finish evaluates a unit in all its scenarios.
func (u *unit) finish() *model.Unit {
	conds := conditions(u.scenarios)
	out := &model.Unit{Name: u.root.file.Name}
	for i, a := range u.scenarios {
		out.Scenarios = append(out.Scenarios, model.Scenario{Conditions: conds[i], Model: u.model(a)})
	}
	out.Files, out.Problems, out.Ignores, out.Constructs = u.files, u.problems, u.ignores, u.cdk
	return out
}
