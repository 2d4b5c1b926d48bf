package rules

import (
	"fmt"

	"github.com/apigwlint/apigwlint/lint"
	"github.com/apigwlint/apigwlint/model"
	"github.com/apigwlint/apigwlint/tri"
	"github.com/apigwlint/apigwlint/value"
)

var vpcLinkMissing = &lint.Rule{
	Name:     "vpc-link-missing",
	Group:    "private",
	Summary:  "a private backend is called over the internet",
	Status:   []int{500, 504},
	Severity: lint.Error,
	URLs: []string{
		"https://docs.aws.amazon.com/apigateway/latest/developerguide/private-integration.html",
		"https://repost.aws/knowledge-center/api-gateway-5xx-error",
		"https://github.com/aws/aws-cdk/issues/24017",
	},
	Doc: `
Without a VPC link API Gateway calls backends over the public internet. It cannot reach a private address,
an internal load balancer or a name that the public name service does not have: callers get 500 or 504.
HTTP APIs refuse names under domains that do not exist, such as ` + "`.internal`" + `, when they are deployed.

A connection id alone is not enough: it is used only when the connection type is ` + "`VPC_LINK`" + `, and the type is
` + "`INTERNET`" + ` when it is left out.

Set the connection type to ` + "`VPC_LINK`" + ` and the connection id to that of a VPC link.`,
	Run: func(pass *lint.Pass) {
		for route, in := range pass.Model.Integrations() {
			internet := tri.And(in.Type.OneOf("HTTP", "HTTP_PROXY"), in.ConnectionType.Or("INTERNET").IsFold("VPC_LINK").Not())
			linked := model.Filled(in.ConnectionID)
			private := in.ReachesPrivate()
			d := lint.Diagnostic{
				Routes: []*model.Route{route},
				Help:   "set the connection type to VPC_LINK, and the connection id to that of a VPC link",
				Uses:   []value.Setting{in.URI, in.ConnectionType, in.ConnectionID},
			}
			if route.API.Kind != model.WebSocket && private != model.Public {
				reportPrivate(pass, tri.And(internet, linked.Not()), route, in, private, d)
			}
			d.Span = in.ConnectionID.Span()
			d.Cause = in.ConnectionID.Span()
			d.Message = "a connection id is given, and the connection type is INTERNET, so that the VPC link is not used"
			d.Severity = lint.Warning
			if private == model.PrivateHost {
				d.Severity = lint.Error
			}
			if route.API.Kind == model.HTTP && in.URI.HasPrefix("arn:") == tri.Yes {
				d.Severity, d.Refused = lint.Error, true
			}
			pass.ReportIf(tri.And(internet, linked), d)
		}
	},
}

// reportPrivate reports an integration whose URI leads into a private network.
func reportPrivate(pass *lint.Pass, certain tri.Bool, route *model.Route, in *model.Integration, private model.Privacy, d lint.Diagnostic) {
	host := in.Host()
	d.Span = place(host.Span(), in.URI.Span())
	d.Cause = "host " + host.String()
	d.Log = "Execution failed due to a network error communicating with endpoint"
	d.Message = fmt.Sprintf("%s is private, and the integration calls it over the internet", host)
	if private == model.PrivateName {
		d.Severity = lint.Warning
		d.Message = fmt.Sprintf("%s is a name that the internet does not know, and the integration calls it without a VPC link", host)
		if route.API.Kind == model.HTTP {
			d.Refused, d.Log = true, ""
		}
	}
	if lb := in.LoadBalancer; lb != nil {
		d.Related = append(d.Related, lint.Related{Span: lb.Span, Message: lb.ID + " is an internal load balancer"})
	}
	pass.ReportIf(certain, d)
}
