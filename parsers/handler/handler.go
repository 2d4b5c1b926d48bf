// Package handler reads the source of Lambda functions, as far as it lies beside
// the definitions, and says what their handlers return.
//
// Only functions that a route or an authorizer leads to are looked at. Sources
// in Python, JavaScript and TypeScript are followed by package flow, those in Go
// by package golang. What cannot be read, or followed, is unknown.
package handler

import (
	"fmt"
	"runtime"
	"slices"
	"strings"
	"sync"
	"unicode/utf8"

	"golang.org/x/sync/errgroup"

	"github.com/apigwlint/apigwlint/model"
	"github.com/apigwlint/apigwlint/parsers/internal/files"
	"github.com/apigwlint/apigwlint/parsers/internal/tree"
	"github.com/apigwlint/apigwlint/source"
	"github.com/apigwlint/apigwlint/tri"
)

// An Unread is a source that could not be read, and why.
type Unread struct{ Name, Reason string }

// Attach reads the sources of the functions that routes and authorizers of the
// units invoke, and gives each function what its source shows. It adds the files
// that it read, and the ignore directives in their comments, to their units.
func Attach(reader *files.Reader, units []*model.Unit) []Unread {
	r := &sources{reader: reader, parsed: map[string]*parsedFile{}, unread: map[string]string{}}
	tasks := map[string]*task{}
	var order []*task
	for _, u := range units {
		for _, sc := range u.Scenarios {
			for fn := range invoked(sc.Model) {
				key := taskKey(fn)
				if key == "" {
					continue
				}
				t := tasks[key]
				if t == nil {
					t = &task{fn: fn}
					tasks[key] = t
					order = append(order, t)
				}
				t.functions = append(t.functions, fn)
				if !slices.Contains(t.units, u) {
					t.units = append(t.units, u)
				}
			}
		}
	}
	var g errgroup.Group
	g.SetLimit(runtime.GOMAXPROCS(0))
	for _, t := range order {
		g.Go(func() error {
			t.run(r)
			return nil
		})
	}
	_ = g.Wait() // the functions return no errors
	for _, t := range order {
		for _, fn := range t.functions {
			fn.Source = t.result
		}
		for _, u := range t.units {
			for _, f := range t.files {
				if !slices.Contains(u.Files, f) {
					u.Files = append(u.Files, f)
					u.Ignores = append(u.Ignores, tree.Comments(f)...)
				}
			}
		}
	}
	return r.list()
}

// invoked yields the functions of the files that API Gateway invokes.
func invoked(m *model.Model) func(yield func(*model.Function) bool) {
	seen := map[*model.Function]bool{}
	return func(yield func(*model.Function) bool) {
		visit := func(inv *model.Invocation) bool {
			for _, fn := range targets(inv) {
				if !seen[fn] {
					seen[fn] = true
					if !yield(fn) {
						return false
					}
				}
			}
			return true
		}
		for _, in := range m.Integrations() {
			if inv, ok := in.Lambda.Get(); ok && !visit(inv) {
				return
			}
		}
		for _, api := range m.APIs {
			for a := range api.Authorizers.All() {
				if inv, ok := a.Lambda.Get(); ok && !visit(inv) {
					return
				}
			}
		}
	}
}

func targets(inv *model.Invocation) []*model.Function {
	var out []*model.Function
	if inv.Function != nil {
		out = append(out, inv.Function)
	}
	for _, s := range inv.ByStage {
		if s.Target != nil && s.Target.Function != nil {
			out = append(out, s.Target.Function)
		}
	}
	return out
}

// taskKey identifies what is looked at for a function: functions of several
// scenarios share it.
func taskKey(fn *model.Function) string {
	c := fn.Code
	if c == nil || c.Local.Present() != tri.Yes && c.Inline.Present() != tri.Yes {
		return ""
	}
	return fmt.Sprintf("%v\x00%s\x00%s\x00%s\x00%s", fn.Span, fn.Runtime, fn.Handler, c.Local, c.Inline)
}

// A task is the look at one function.
type task struct {
	fn        *model.Function
	functions []*model.Function
	units     []*model.Unit
	result    *model.Handler
	files     []*source.File
}

func (t *task) run(r *sources) {
	defer func() {
		if e := recover(); e != nil {
			// A bug of ours in one source is no reason to say nothing of the others.
			t.result = nil
			r.note(t.fn.ID, fmt.Sprintf("its source could not be followed: %v", e))
		}
	}()
	runtime, _ := t.fn.Runtime.Get()
	switch {
	case strings.HasPrefix(runtime, "python"):
		t.result = r.script(t, true)
	case strings.HasPrefix(runtime, "nodejs"):
		t.result = r.script(t, false)
	case strings.HasPrefix(runtime, "provided"), runtime == "go1.x":
		t.result = r.golang(t)
	}
}

// sources reads files and remembers them.
type sources struct {
	reader *files.Reader

	mu     sync.Mutex
	parsed map[string]*parsedFile
	unread map[string]string
}

func (r *sources) note(name, reason string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.unread[name] = reason
}

func (r *sources) list() []Unread {
	var out []Unread
	for name, reason := range r.unread {
		out = append(out, Unread{name, reason})
	}
	slices.SortFunc(out, func(a, b Unread) int { return strings.Compare(a.Name, b.Name) })
	return out
}

// maxSource is the size of the largest source that is read.
const maxSource = 2 << 20

// readable says why a source is not read.
func readable(data []byte) (reason string) {
	switch {
	case len(data) > maxSource:
		return fmt.Sprintf("a source larger than %d MiB", maxSource>>20)
	case !utf8.Valid(data):
		return "no text in UTF-8"
	case len(data) > 20000 && len(data)/(1+strings.Count(string(data), "\n")) > 400:
		return "a bundle without line breaks"
	}
	return ""
}
