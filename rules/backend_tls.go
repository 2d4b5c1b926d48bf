package rules

import (
	"fmt"

	"github.com/apigwlint/apigwlint/lint"
	"github.com/apigwlint/apigwlint/model"
	"github.com/apigwlint/apigwlint/tri"
	"github.com/apigwlint/apigwlint/value"
)

var backendTLS = &lint.Rule{
	Name:     "backend-tls",
	Group:    "private",
	Summary:  "a private integration and its backend do not agree on TLS",
	Status:   []int{500},
	Severity: lint.Error,
	URLs: []string{
		"https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-private.html",
		"https://docs.aws.amazon.com/apigateway/latest/api/API_TlsConfig.html",
		"https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-extensions-integration-tls-config.html",
		"https://repost.aws/knowledge-center/api-gateway-500-error-vpc",
	},
	Doc: `
A private integration of an HTTP API speaks plain HTTP until its TLS configuration names a server. A listener for
HTTPS then answers 400, one for TLS nothing at all; a listener for HTTP does not understand the TLS of an integration
that names one.

A private integration of a REST API speaks TLS when its URI begins with ` + "`https://`" + `. The name in the URI is
checked against the certificate of the backend. No public authority certifies the names that Elastic Load
Balancing gives, or private addresses: write the name of the certificate into the URI, whatever the network resolves
it to. The requests go to the target of the VPC link, not to where the name leads.

Only HTTP APIs have a server name to verify, and only for private integrations; only the HTTP integrations of REST APIs
can do without a check of the issuer.`,
	Run: func(pass *lint.Pass) {
		for route, in := range pass.Model.Integrations() {
			private := in.ConnectionType.IsFold("VPC_LINK")
			d := lint.Diagnostic{
				Routes: []*model.Route{route},
				Uses:   []value.Setting{in.ConnectionType, in.URI, in.TLSServerName, in.InsecureTLS},
			}
			if in.Listener != nil {
				listenerTLS(pass, tri.And(route.API.Kind.Is(model.HTTP), private), in, d)
			}
			certificateName(pass, tri.And(route.API.Kind.Is(model.REST), private), in, d)
			tlsOfOtherKind(pass, private, route, in, d)
		}
	},
}

// listenerTLS reports an integration that speaks TLS to a listener without it,
// or none to one with it.
func listenerTLS(pass *lint.Pass, private tri.Bool, in *model.Integration, d lint.Diagnostic) {
	l := in.Listener
	private = tri.And(private, in.URI.Present())
	named := model.Filled(in.TLSServerName)
	d.Uses = append(d.Uses, l.Protocol)
	d.Related = []lint.Related{{Span: place(l.Protocol.Span(), l.Span), Message: fmt.Sprintf("%s takes %s", l.ID, l.Protocol)}}

	plain := d
	plain.Span, plain.Cause = in.URI.Span(), in.URI.Span()
	plain.Status = []int{400, 503}
	plain.Message = fmt.Sprintf("the listener %s takes %s, and the integration speaks plain HTTP to it", l.ID, l.Protocol)
	plain.Help = "set the server name to verify in the TLS configuration to that of the listener's certificate"
	pass.ReportIf(tri.And(private, l.Encrypted(), named.Not()), plain)

	d.Span, d.Cause = in.TLSServerName.Span(), in.TLSServerName.Span()
	d.Message = fmt.Sprintf("the TLS configuration names %s, and the listener %s takes plain HTTP", in.TLSServerName, l.ID)
	d.Help = "take the TLS configuration away, or let the listener take HTTPS"
	pass.ReportIf(tri.And(private, l.Plain(), named), d)
}

// certificateName reports a URI whose host no certificate has that API Gateway trusts.
func certificateName(pass *lint.Pass, private tri.Bool, in *model.Integration, d lint.Diagnostic) {
	host := in.Host()
	d.Span = place(host.Span(), in.URI.Span())
	d.Cause = "host " + host.String()
	d.Message = fmt.Sprintf("the certificate of the backend is checked for %s, a name that no public authority certifies", host)
	d.Log = fmt.Sprintf("Execution failed due to configuration error: Host name '%s' does not match the certificate subject provided by the peer", host)
	d.Help = "write the name of the certificate into the URI; the requests still go to the target of the VPC link"
	uncertified := tri.And(private, in.Type.OneOf("HTTP", "HTTP_PROXY"), in.UsesHTTPS(), in.Uncertified())
	insecure := in.InsecureTLS.Is(func(b bool) bool { return b })
	pass.ReportIf(tri.And(uncertified, insecure.Not()), d)

	d.Severity = lint.Note
	d.Message = fmt.Sprintf("the certificate of the backend is checked for %s, though not for its issuer", host)
	d.Help = "write the name of the certificate into the URI, unless the backend's own certificate has this one"
	pass.ReportIf(tri.And(uncertified, insecure), d)
}

// tlsOfOtherKind reports settings that the kind of API or of integration does
// not have.
func tlsOfOtherKind(pass *lint.Pass, private tri.Bool, route *model.Route, in *model.Integration, d lint.Diagnostic) {
	kind := route.API.Kind
	d.Refused, d.Severity = true, lint.Warning

	name := d
	name.Span, name.Cause = in.TLSServerName.Span(), in.TLSServerName.Span()
	name.Message = fmt.Sprintf("the server name %s is for private integrations of HTTP APIs only", in.TLSServerName)
	name.Help = "take the server name away"
	pass.ReportIf(tri.And(model.Filled(in.TLSServerName), tri.Or(kind.Is(model.REST), tri.And(kind.Is(model.HTTP), private.Not()))), name)

	d.Span, d.Cause = in.InsecureTLS.Span(), in.InsecureTLS.Span()
	d.Message = "the check of the issuer is turned off, which only HTTP integrations of REST APIs can do"
	d.Help = "take insecureSkipVerification away"
	pass.ReportIf(tri.And(
		in.InsecureTLS.Is(func(b bool) bool { return b }),
		tri.Or(kind.Is(model.HTTP), tri.And(kind.Is(model.REST), in.Type.OneOf("AWS", "AWS_PROXY", "MOCK")))), d)
}
