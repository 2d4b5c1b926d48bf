// Package fleet puts together what answers behind load balancers and in Cloud
// Map, for the parsers that read it from resources of their own languages.
package fleet

import (
	"iter"
	"time"

	"github.com/apigwlint/apigwlint/model"
	"github.com/apigwlint/apigwlint/parsers/internal/link"
	"github.com/apigwlint/apigwlint/parsers/internal/tree"
	"github.com/apigwlint/apigwlint/tri"
	"github.com/apigwlint/apigwlint/value"
)

// A World is the pools, listeners and fleets that can be seen. Pools and
// listeners come before what registers with them.
type World struct {
	link      *link.Linker
	closed    bool
	pools     []*model.Pool
	named     []*model.Pool
	listeners []*model.Listener
}

// New returns an empty world. closed says that all resources can be seen.
func New(l *link.Linker, closed bool) *World { return &World{link: l, closed: closed} }

// Group adds a target group, which has its own targets already. exposed says
// that something which cannot be seen is given it and may register with it. One
// with a name that the files choose can be found by that name elsewhere.
func (w *World) Group(g *model.TargetGroup, name value.Text, exposed bool) {
	if name.Present() != tri.No {
		w.named = append(w.named, &g.Pool)
	}
	w.pool(&g.Pool, exposed)
}

// Registry adds a service of Cloud Map, which always has a name.
func (w *World) Registry(r *model.Registry, exposed bool) {
	w.named = append(w.named, &r.Pool)
	r.Targets = value.Closed[value.Text]()
	w.pool(&r.Pool, exposed)
}

func (w *World) pool(p *model.Pool, exposed bool) {
	if !w.closed || exposed {
		p.Targets = p.Targets.Opened()
	}
	p.Fleets = value.Closed[*model.Fleet]()
	w.pools = append(w.pools, p)
}

// Register adds one target to the pool that a text names.
func (w *World) Register(pool, target value.Text) {
	if p := w.find(pool); p != nil {
		p.Targets = p.Targets.With(target)
		return
	}
	w.anywhere(pool)
}

// Fleet adds a fleet to the pools that texts name.
func (w *World) Fleet(f *model.Fleet, pools []value.Text) {
	for _, t := range pools {
		if p := w.find(t); p != nil {
			p.Fleets = p.Fleets.With(f)
			continue
		}
		w.anywhere(t)
	}
}

// anywhere notes that a text which names none of the pools may yet mean one.
func (w *World) anywhere(t value.Text) {
	if ref, ok := t.Only(); ok && ref.Kind == value.Resource {
		return // something else of the files
	}
	for _, p := range w.pools {
		p.Targets = p.Targets.Opened()
	}
}

func (w *World) find(t value.Text) *model.Pool {
	target, ok := w.lookup(t)
	switch {
	case !ok:
		return nil
	case target.TargetGroup != nil:
		return &target.TargetGroup.Pool
	case target.Registry != nil:
		return &target.Registry.Pool
	}
	return nil
}

func (w *World) lookup(t value.Text) (link.Target, bool) {
	ref, ok := t.Only()
	if !ok {
		return link.Target{}, false
	}
	return w.link.Lookup(ref)
}

// Listener adds a listener that forwards nowhere yet.
func (w *World) Listener(l *model.Listener) {
	l.Groups = value.SetOf[*model.TargetGroup](nil, w.closed)
	w.listeners = append(w.listeners, l)
}

// Actions adds to a listener the target groups that texts name. A text that
// names none leaves open what the listener does.
func (w *World) Actions(listener value.Text, groups []value.Text) {
	target, _ := w.lookup(listener)
	if target.Listener == nil {
		if ref, ok := listener.Only(); !ok || ref.Kind != value.Resource {
			for _, l := range w.listeners {
				l.Groups = l.Groups.Opened()
			}
		}
		return
	}
	l := target.Listener
	for _, t := range groups {
		if to, _ := w.lookup(t); to.TargetGroup != nil {
			l.Groups = l.Groups.With(to.TargetGroup)
		} else {
			l.Groups = l.Groups.Opened()
		}
	}
}

// Finish opens the pools with names in which the files register nothing: they
// are there for something else.
func (w *World) Finish() {
	for _, p := range w.named {
		if p.Fleets.Len() == 0 {
			p.Targets = p.Targets.Opened()
		}
	}
}

// Texts lists the members of a set, with an unknown one for those that cannot
// be seen.
func Texts(s value.Set[value.Text]) []value.Text {
	var out []value.Text
	for t := range s.All() {
		out = append(out, t)
	}
	if !s.IsClosed() {
		out = append(out, value.Text{})
	}
	return out
}

// StateMachine returns what the definition of a state machine says of its times.
// https://docs.aws.amazon.com/step-functions/latest/dg/statemachine-structure.html
func StateMachine(definition *tree.Node) *model.StateMachine {
	s := &model.StateMachine{}
	if !definition.Is(tree.Map) {
		return s
	}
	s.Timeout = definition.DurationOf("TimeoutSeconds", time.Second)
	s.Works = works(definition.Get("States"))
	return s
}

// works reports whether one of the states takes time.
func works(states *tree.Node) tri.Bool {
	if !states.Is(tree.Map) {
		return tri.Maybe
	}
	out := tri.No
	if states.Open {
		out = tri.Maybe
	}
	for kind := range kinds(states) {
		out = tri.Or(out, kind.OneOf("Task", "Wait", "Parallel", "Map"))
	}
	return out
}

func kinds(states *tree.Node) iter.Seq[value.Text] {
	return func(yield func(value.Text) bool) {
		for _, e := range states.Entries {
			if !yield(e.Value.TextOf("Type")) {
				return
			}
		}
	}
}
