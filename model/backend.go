package model

import (
	"strconv"
	"strings"

	"github.com/apigwlint/apigwlint/source"
	"github.com/apigwlint/apigwlint/tri"
	"github.com/apigwlint/apigwlint/value"
)

// A Listener is where a load balancer takes connections.
// https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_Listener.html
type Listener struct {
	ID           string
	Protocol     value.Text // HTTP or HTTPS; TCP, TLS, UDP, TCP_UDP
	Port         value.Of[int]
	LoadBalancer *LoadBalancer
	// Groups are all to which it, or a rule of it, may forward. The set is open
	// when the listener also answers by itself.
	Groups value.Set[*TargetGroup]
	Span   source.Span
}

// Encrypted reports whether the listener itself ends TLS. One for TCP passes on
// whatever comes, encrypted or not.
func (l *Listener) Encrypted() tri.Bool {
	return tri.And(l.Protocol.OneOf("HTTPS", "TLS"), l.Protocol.Present())
}

// Plain reports whether the listener certainly takes no TLS.
func (l *Listener) Plain() tri.Bool { return l.Protocol.IsFold("HTTP") }

// A TargetGroup is a group of targets of load balancers.
type TargetGroup struct {
	ID string
	Pool
	Span source.Span
}

// A SecurityGroup is a firewall in front of a load balancer or a function.
type SecurityGroup struct {
	ID      string
	Ingress value.Set[*IngressRule]
	Span    source.Span
}

// An IngressRule lets traffic in.
// https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_IpPermission.html
type IngressRule struct {
	Protocol value.Text // tcp, udp, a number, or -1 for all
	From, To value.Of[int]
	Span     source.Span
}

// Admits reports whether the rule lets TCP connections to the port in, whoever
// opens them.
func (r *IngressRule) Admits(port int) tri.Bool {
	from := r.From.Is(func(n int) bool { return n <= port })
	to := r.To.Is(func(n int) bool { return n >= port })
	return tri.Or(r.Protocol.Is("-1"), tri.And(r.Protocol.OneOf("tcp", "6"), from, to))
}

// isARN reports whether a text is the ARN of the resource: a reference to it.
// That of a load balancer, a listener or a target group is its identifier too.
func isARN(t value.Text, id string) bool {
	ref, ok := t.Only()
	if !ok || ref.Kind != value.Resource || ref.Name != id {
		return false
	}
	attr := strings.ToLower(ref.Attr)
	return attr == "" || attr == "id" || strings.HasSuffix(attr, "arn")
}

// HasARN reports whether a text certainly is the ARN of the load balancer.
func (lb *LoadBalancer) HasARN(t value.Text) bool { return isARN(t, lb.ID) }

// HasARN reports whether a text certainly is the ARN of the target group.
func (g *TargetGroup) HasARN(t value.Text) bool { return isARN(t, g.ID) }

// HasARN reports whether a text certainly is the ARN of the listener.
func (l *Listener) HasARN(t value.Text) bool { return isARN(t, l.ID) }

// arnParts splits an ARN into service and resource; ok is false unless these
// can be seen.
func arnParts(t value.Text) (service, resource value.Text, ok bool) {
	f, known := t.Flat()
	if !known {
		return service, resource, false
	}
	segments := strings.SplitN(f.S, ":", 6)
	if len(segments) < 6 || segments[0] != "arn" {
		return service, resource, false
	}
	start := len("arn:") + len(segments[1]) + 1
	return f.Slice(start, start+len(segments[2])), f.Slice(len(f.S)-len(segments[5]), len(f.S)), true
}

// NamesListener reports whether the URI of a private integration of an HTTP API
// names what such an integration can lead to: a listener of a load balancer, or
// a service of AWS Cloud Map.
// https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-private.html
func (in *Integration) NamesListener() tri.Bool {
	switch {
	case in.URI.Present() == tri.No:
		return tri.No
	case in.Listener != nil && in.Listener.HasARN(in.URI):
		return tri.Yes
	case in.LoadBalancer != nil && in.LoadBalancer.HasARN(in.URI), in.TargetGroup != nil && in.TargetGroup.HasARN(in.URI):
		return tri.No
	}
	if service, resource, ok := arnParts(in.URI); ok {
		return tri.Or(
			tri.And(service.Is("elasticloadbalancing"), resource.HasPrefix("listener/")),
			tri.And(service.Is("servicediscovery"), resource.HasPrefix("service/")))
	}
	if in.URI.HasPrefix("http://") == tri.Yes || in.URI.HasPrefix("https://") == tri.Yes {
		return tri.No
	}
	if s, ok := in.URI.Get(); ok && !strings.Contains(s, "stageVariables") {
		return tri.No
	}
	return tri.Maybe
}

// NamesLoadBalancer reports whether the target of a private integration of a
// REST API names a load balancer or a listener of one, which may not be a
// gateway or classic load balancer.
// https://docs.aws.amazon.com/apigateway/latest/api/API_Integration.html
func (in *Integration) NamesLoadBalancer() tri.Bool {
	if service, resource, ok := arnParts(in.TargetARN); ok {
		right := tri.No
		for _, kind := range []string{"loadbalancer/app/", "loadbalancer/net/", "listener/app/", "listener/net/"} {
			right = tri.Or(right, resource.HasPrefix(kind))
		}
		return tri.And(service.Is("elasticloadbalancing"), right)
	}
	if s, ok := in.TargetARN.Get(); ok && !strings.Contains(s, "stageVariables") {
		return tri.No
	}
	if in.TargetGroup != nil && in.TargetGroup.HasARN(in.TargetARN) {
		return tri.No
	}
	return min(tri.Maybe, in.TargetARN.Present())
}

// Behind returns the load balancer that the requests of a private integration
// go to: the target of the integration, or the only one behind its link.
func (in *Integration) Behind() *LoadBalancer {
	if in.VPCLink == nil {
		return nil
	}
	if in.VPCLink.Generation == 1 {
		if len(in.VPCLink.Balancers) == 1 && in.VPCLink.Targets.Len() == 1 && in.VPCLink.Targets.IsClosed() {
			return in.VPCLink.Balancers[0]
		}
		return nil
	}
	return in.LoadBalancer
}

// Listens reports whether the load balancer has a listener on the port.
func (lb *LoadBalancer) Listens(port int) tri.Bool {
	return lb.Listeners.Any(func(l *Listener) tri.Bool {
		return l.Port.Is(func(p int) bool { return p == port })
	})
}

// UsesHTTPS reports whether the scheme of the URI is https.
func (in *Integration) UsesHTTPS() tri.Bool {
	return in.URI.Map(strings.ToLower).HasPrefix("https://")
}

// Port returns the port of the URI, that of its scheme when none is written.
func (in *Integration) Port() (port value.Text, ok bool) {
	_, end := HostRange(in.URI)
	f, known := in.URI.Flat()
	if !known || end < 0 {
		return port, false
	}
	rest := f.S[end:]
	if !strings.HasPrefix(rest, ":") {
		scheme, _, _ := strings.Cut(strings.ToLower(f.S), ":")
		return value.Lit(map[string]string{"http": "80", "https": "443"}[scheme], f.Slice(0, end).Span()), !strings.HasSuffix(f.S[:end], value.HoleString) && !strings.Contains(f.S[:end], "${")
	}
	n := strings.IndexAny(rest[1:], "/?#")
	if n < 0 {
		n = len(rest) - 1
	}
	return f.Slice(end+1, end+1+n), true
}

// TakesTarget reports whether a VPC link of generation 1 can lead to what the
// ARN names: a network load balancer.
// https://docs.aws.amazon.com/apigateway/latest/api/API_CreateVpcLink.html
func (v *VPCLink) TakesTarget(arn value.Text) tri.Bool {
	for _, lb := range v.Balancers {
		if lb.HasARN(arn) {
			return lb.Type.Or("application").IsFold("network")
		}
	}
	if service, resource, ok := arnParts(arn); ok {
		return tri.And(service.Is("elasticloadbalancing"), resource.HasPrefix("loadbalancer/net/"))
	}
	if _, ok := arn.Get(); ok {
		return tri.No
	}
	return tri.Maybe
}

// Admits reports whether the firewalls of the load balancer let connections to
// the port in that come through a VPC link of generation 1.
// https://docs.aws.amazon.com/elasticloadbalancing/latest/network/load-balancer-security-groups.html
func (lb *LoadBalancer) Admits(port int) tri.Bool {
	return tri.Or(
		lb.SecurityGroups.Empty(),
		lb.PrivateLinkRules.IsFold("off"),
		lb.SecurityGroups.Any(func(g *SecurityGroup) tri.Bool {
			return g.Ingress.Any(func(r *IngressRule) tri.Bool { return r.Admits(port) })
		}))
}

// Forwarded reports whether the path that a private integration calls begins
// with the name of the stage: that of an HTTP API, and that of a REST API over a
// VPC link of generation 2, unless it writes the path itself.
// https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-private.html
func (in *Integration) Forwarded(kind Kind) tri.Bool {
	private := in.ConnectionType.IsFold("VPC_LINK")
	switch {
	case kind == HTTP:
		return tri.And(private, in.RequestParameters.Has("overwrite:path").Not())
	case kind == REST && in.VPCLink != nil && in.VPCLink.Generation == 2:
		written := SetOfMap(in.RequestTemplates).Any(func(t value.Text) tri.Bool { return t.Contains("requestOverride") })
		return tri.And(private, written.Not())
	}
	return tri.And(private, tri.Maybe)
}

// SetOfMap returns the values of a map as a set.
func SetOfMap[T any](m value.Map[T]) value.Set[T] {
	var out []T
	for e := range m.All() {
		out = append(out, e.Value)
	}
	return value.SetOf(out, m.IsClosed())
}

// PortNumber is [Integration.Port] as a number; ok is false when it is not one.
func (in *Integration) PortNumber() (port value.Of[int], ok bool) {
	text, ok := in.Port()
	if !ok {
		return port, false
	}
	s, known := text.Get()
	n, err := strconv.Atoi(s)
	if !known || err != nil {
		return port, false
	}
	return value.Known(n, text.Span()).Assuming(in.URI.Assumes()...), true
}
