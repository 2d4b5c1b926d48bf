package model

import (
	"slices"
	"time"

	"github.com/apigwlint/apigwlint/source"
	"github.com/apigwlint/apigwlint/tri"
	"github.com/apigwlint/apigwlint/value"
)

// A Pool is what answers behind one name: that of a target group or of a
// service in Cloud Map.
type Pool struct {
	// Targets are registered one by one, or by something that is not known.
	Targets value.Set[value.Text]
	// Fleets register what they run.
	Fleets value.Set[*Fleet]
}

// Empty reports whether there is nothing in the pool that can answer.
func (p *Pool) Empty() tri.Bool {
	return tri.And(p.Targets.Empty(), p.Fleets.Every((*Fleet).Stopped))
}

// A Registry is a service in Cloud Map.
// https://docs.aws.amazon.com/cloud-map/latest/dg/working-with-services.html
type Registry struct {
	ID string
	Pool
	Span source.Span
}

// A FleetKind says what a fleet is.
type FleetKind string

// The kinds of fleets.
const (
	ECSService   FleetKind = "ECS service"
	ScalingGroup FleetKind = "autoscaling group"
)

// A Fleet is a number of equal things that register themselves in pools.
type Fleet struct {
	ID   string
	Kind FleetKind
	// Size is the desired count of a service, and the most instances that an
	// autoscaling group may have.
	Size value.Of[int]
	// Resized is No when nothing but the files sets the size.
	Resized tri.Bool
	Span    source.Span
}

// Stopped reports whether the fleet runs nothing.
func (f *Fleet) Stopped() tri.Bool {
	return tri.And(f.Size.Is(func(n int) bool { return n == 0 }), f.Resized.Not())
}

// Silent reports whether requests to the listener find nothing that answers.
func (l *Listener) Silent() tri.Bool {
	return tri.And(l.Groups.Empty().Not(), l.Groups.Every(func(g *TargetGroup) tri.Bool { return g.Empty() }))
}

// Forwards lists the groups to which the listener forwards, each once.
func (l *Listener) Forwards() []*TargetGroup {
	var out []*TargetGroup
	for g := range l.Groups.All() {
		if !slices.Contains(out, g) {
			out = append(out, g)
		}
	}
	return out
}

// Entrances returns the listeners of which one takes the requests of the
// integration: that which it names, or those of the load balancer behind it. The
// set is open when these may not be all.
func (in *Integration) Entrances() value.Set[*Listener] {
	if in.Listener != nil {
		return value.Closed(in.Listener)
	}
	if lb := in.Behind(); lb != nil {
		return lb.Listeners
	}
	return value.Open[*Listener]()
}

// A StateMachine is a Step Functions state machine.
// https://docs.aws.amazon.com/step-functions/latest/dg/statemachine-structure.html
type StateMachine struct {
	ID string
	// Type is STANDARD (the default) or EXPRESS.
	Type value.Text
	// Timeout is that of the definition; absent when it has none.
	Timeout value.Of[time.Duration]
	// Works is Yes when some state does something that takes time: a task, a
	// wait, or states within it.
	Works tri.Bool
	Span  source.Span
}

// maxExpress is how long an Express workflow may run.
// https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html
const maxExpress = 5 * time.Minute

// Longest returns how long an execution that somebody waits for may take: only
// Express workflows can be started synchronously.
func (s *StateMachine) Longest() value.Of[time.Duration] { return s.Timeout.Or(maxExpress) }

// WaitsForExecution reports whether the integration starts a state machine and
// waits until it has run.
// https://docs.aws.amazon.com/step-functions/latest/apireference/API_StartSyncExecution.html
func (in *Integration) WaitsForExecution() tri.Bool {
	return tri.Or(in.Subtype.Is("StepFunctions-StartSyncExecution"),
		tri.And(in.Type.Is("AWS"), in.URI.HasSuffix(":states:action/StartSyncExecution")))
}
