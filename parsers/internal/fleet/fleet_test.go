package fleet_test

import (
	"testing"
	"time"

	"github.com/apigwlint/apigwlint/model"
	"github.com/apigwlint/apigwlint/parsers/internal/fleet"
	"github.com/apigwlint/apigwlint/parsers/internal/link"
	"github.com/apigwlint/apigwlint/parsers/internal/tree"
	"github.com/apigwlint/apigwlint/source"
	"github.com/apigwlint/apigwlint/tri"
	"github.com/apigwlint/apigwlint/value"
)

var nowhere source.Span

func ref(name string) value.Ref { return value.Ref{Kind: value.Resource, Name: name} }

func hole(name string) value.Text { return value.Hole(ref(name), nowhere) }

// scene is a listener, a target group, and a fleet of nothing.
func scene(closed bool) (*fleet.World, *model.Listener, *model.TargetGroup, *model.Fleet) {
	l := link.New()
	listener, group := &model.Listener{ID: "L"}, &model.TargetGroup{ID: "G"}
	l.Register(ref("L"), link.Target{Listener: listener})
	l.Register(ref("G"), link.Target{TargetGroup: group})
	group.Targets = value.Closed[value.Text]()
	return fleet.New(l, closed), listener, group, &model.Fleet{ID: "F", Size: value.Known(0, nowhere), Resized: tri.No}
}

func TestWorld(t *testing.T) {
	absent, unknown := value.NoText(nowhere), value.UnknownText(nowhere)
	lit := value.Lit("orders", nowhere)
	for _, tt := range []struct {
		name  string
		build func(w *fleet.World, l *model.Listener, g *model.TargetGroup, f *model.Fleet)
		want  tri.Bool
	}{
		{"a fleet of nothing", func(w *fleet.World, l *model.Listener, g *model.TargetGroup, f *model.Fleet) {
			w.Group(g, lit, false)
			w.Listener(l)
			w.Actions(hole("L"), []value.Text{hole("G")})
			w.Fleet(f, []value.Text{hole("G")})
		}, tri.Yes},
		{"nothing at all", func(w *fleet.World, l *model.Listener, g *model.TargetGroup, _ *model.Fleet) {
			w.Group(g, absent, false)
			w.Listener(l)
			w.Actions(hole("L"), []value.Text{hole("G")})
		}, tri.Yes},
		{"a group with a name", func(w *fleet.World, l *model.Listener, g *model.TargetGroup, _ *model.Fleet) {
			w.Group(g, lit, false)
			w.Listener(l)
			w.Actions(hole("L"), []value.Text{hole("G")})
		}, tri.Maybe},
		{"given away", func(w *fleet.World, l *model.Listener, g *model.TargetGroup, _ *model.Fleet) {
			w.Group(g, absent, true)
			w.Listener(l)
			w.Actions(hole("L"), []value.Text{hole("G")})
		}, tri.Maybe},
		{"a fleet in some group", func(w *fleet.World, l *model.Listener, g *model.TargetGroup, f *model.Fleet) {
			w.Group(g, absent, false)
			w.Listener(l)
			w.Actions(hole("L"), []value.Text{hole("G")})
			w.Fleet(f, []value.Text{unknown})
		}, tri.Maybe},
		{"a fleet in something else", func(w *fleet.World, l *model.Listener, g *model.TargetGroup, f *model.Fleet) {
			w.Group(g, absent, false)
			w.Listener(l)
			w.Actions(hole("L"), []value.Text{hole("G")})
			w.Fleet(f, []value.Text{hole("Else")})
		}, tri.Yes},
		{"a target", func(w *fleet.World, l *model.Listener, g *model.TargetGroup, _ *model.Fleet) {
			w.Group(g, absent, false)
			w.Listener(l)
			w.Actions(hole("L"), []value.Text{hole("G")})
			w.Register(hole("G"), lit)
		}, tri.No},
		{"a rule that does something else", func(w *fleet.World, l *model.Listener, g *model.TargetGroup, _ *model.Fleet) {
			w.Group(g, absent, false)
			w.Listener(l)
			w.Actions(hole("L"), []value.Text{hole("G")})
			w.Actions(hole("L"), []value.Text{unknown})
		}, tri.Maybe},
		{"a rule of some listener", func(w *fleet.World, l *model.Listener, g *model.TargetGroup, _ *model.Fleet) {
			w.Group(g, absent, false)
			w.Listener(l)
			w.Actions(hole("L"), []value.Text{hole("G")})
			w.Actions(unknown, []value.Text{hole("G")})
		}, tri.Maybe},
	} {
		w, l, g, f := scene(true)
		tt.build(w, l, g, f)
		w.Finish()
		if got := l.Silent(); got != tt.want {
			t.Errorf("%s: silent %v, want %v", tt.name, got, tt.want)
		}
		w, l, g, f = scene(false)
		tt.build(w, l, g, f)
		w.Finish()
		if got := l.Silent(); got == tri.Yes {
			t.Errorf("%s: silent though there may be more", tt.name)
		}
	}
}

func TestStateMachine(t *testing.T) {
	const second = time.Second
	for _, tt := range []struct {
		definition string
		timeout    value.Of[time.Duration]
		works      tri.Bool
	}{
		{`{TimeoutSeconds: 5, States: {A: {Type: Task}}}`, value.Known(5*second, nowhere), tri.Yes},
		{`{States: {A: {Type: Pass}, B: {Type: Choice}}}`, value.Absent[time.Duration](nowhere), tri.No},
		{`{States: {A: {Type: Pass}, B: {Type: Wait}}}`, value.Absent[time.Duration](nowhere), tri.Yes},
		{`{States: {A: {Type: [Pass]}}}`, value.Absent[time.Duration](nowhere), tri.Maybe},
		{`{StartAt: A}`, value.Absent[time.Duration](nowhere), tri.Maybe},
		{`[]`, value.Unknown[time.Duration](nowhere), tri.Maybe},
	} {
		n, problems := tree.Parse(source.NewFile("t.yaml", []byte(tt.definition)))
		if len(problems) > 0 {
			t.Fatal(problems)
		}
		s := fleet.StateMachine(n)
		got, ok := s.Timeout.Get()
		want, known := tt.timeout.Get()
		if got != want || ok != known || s.Timeout.Present() != tt.timeout.Present() || s.Works != tt.works {
			t.Errorf("%s: timeout %v %v, works %v", tt.definition, got, s.Timeout.Present(), s.Works)
		}
	}
}
