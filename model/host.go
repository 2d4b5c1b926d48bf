package model

import (
	"net/netip"
	"strings"

	"github.com/apigwlint/apigwlint/tri"
	"github.com/apigwlint/apigwlint/value"
)

// Host returns the host of an HTTP integration's URI: what stands between
// http:// or https:// and the port, the path or the query. It is absent when the
// URI is none of HTTP.
func (in *Integration) Host() value.Text {
	start, end := HostRange(in.URI)
	f, ok := in.URI.Flat()
	switch {
	case !ok && in.URI.Present() == tri.Maybe:
		return value.UnknownText(in.URI.Span())
	case end < 0:
		return value.NoText(in.URI.Span())
	}
	return f.Slice(start, end)
}

// HostRange returns the positions, in the flat form of a URI, of its host; end
// is negative when it is no URI of HTTP.
func HostRange(uri value.Text) (start, end int) {
	f, ok := uri.Flat()
	if !ok {
		return 0, -1
	}
	scheme, rest, ok := strings.Cut(f.S, "://")
	if !ok || !strings.EqualFold(scheme, "http") && !strings.EqualFold(scheme, "https") {
		return 0, -1
	}
	start = len(scheme) + len("://")
	end = len(f.S)
	if n := strings.IndexAny(rest, ":/?#"); n >= 0 {
		end = start + n
	}
	return start, end
}

// Privacy says how sure it is that a host cannot be reached from the internet.
type Privacy int8

// The degrees of privacy.
const (
	Public      Privacy = iota // or not known
	PrivateName                // a name under a domain that is not public
	PrivateHost                // a private address, an internal load balancer
)

// privateDomains are top-level domains that the public name service does not have.
var privateDomains = []string{".local", ".internal", ".localhost", ".localdomain"}

// HostPrivacy tells whether a host is in a private network. Names under public
// domains may be answered differently inside, which nobody can see.
func HostPrivacy(host value.Text) Privacy {
	s, ok := host.Get()
	if !ok {
		// The region within the name of a load balancer does not matter.
		if host.HasPrefix("internal-") == tri.Yes && host.HasSuffix(".elb.amazonaws.com") == tri.Yes {
			return PrivateHost
		}
		return Public
	}
	s = strings.ToLower(strings.TrimSuffix(s, "."))
	if strings.ContainsAny(s, "${}") {
		return Public // a stage variable decides
	}
	if a, err := netip.ParseAddr(s); err == nil {
		if a.IsPrivate() || a.IsLoopback() || a.IsLinkLocalUnicast() {
			return PrivateHost
		}
		return Public
	}
	if s == "localhost" || strings.HasPrefix(s, "internal-") && strings.HasSuffix(s, ".elb.amazonaws.com") {
		return PrivateHost
	}
	for _, d := range privateDomains {
		if strings.HasSuffix(s, d) {
			return PrivateName
		}
	}
	return Public
}

// ReachesPrivate tells whether the URI of the integration leads into a private
// network: by its host, or by an internal load balancer of the files.
func (in *Integration) ReachesPrivate() Privacy {
	host := in.Host()
	if lb := in.LoadBalancer; lb != nil && lb.Scheme.IsFold("internal") == tri.Yes {
		if ref, ok := host.Only(); ok && ref.Name == lb.ID {
			return PrivateHost
		}
	}
	return HostPrivacy(host)
}

// Uncertified reports whether the host of the URI is one that no public authority
// gives certificates for: the name of a load balancer, or a private address.
func (in *Integration) Uncertified() tri.Bool {
	host := in.Host()
	if lb := in.LoadBalancer; lb != nil {
		if ref, ok := host.Only(); ok && ref.Kind == value.Resource && ref.Name == lb.ID {
			return tri.Yes
		}
	}
	if s, ok := host.Get(); ok {
		if a, err := netip.ParseAddr(s); err == nil {
			return tri.Of(a.IsPrivate() || a.IsLoopback() || a.IsLinkLocalUnicast())
		}
	}
	return host.Map(strings.ToLower).HasSuffix(".elb.amazonaws.com")
}
