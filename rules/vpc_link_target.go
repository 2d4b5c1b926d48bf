package rules

import (
	"fmt"

	"github.com/apigwlint/apigwlint/lint"
	"github.com/apigwlint/apigwlint/model"
	"github.com/apigwlint/apigwlint/tri"
	"github.com/apigwlint/apigwlint/value"
)

var vpcLinkTarget = &lint.Rule{
	Name:     "vpc-link-target",
	Group:    "private",
	Summary:  "a private integration leads to something that its VPC link cannot reach",
	Status:   []int{500, 504},
	Severity: lint.Error,
	URLs: []string{
		"https://docs.aws.amazon.com/apigateway/latest/developerguide/private-integration.html",
		"https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-private.html",
		"https://docs.aws.amazon.com/apigateway/latest/api/API_CreateVpcLink.html",
		"https://repost.aws/knowledge-center/api-gateway-500-error-vpc",
	},
	Doc: `
What a private integration may lead to depends on the kind of API and on the generation of the VPC link.

| API | VPC link | where the requests go |
|---|---|---|
| HTTP | V2 | the integration URI: the ARN of a listener of a load balancer, or of a service of AWS Cloud Map |
| REST | V2 | the integration target: the ARN of an Application or Network Load Balancer or of its listener |
| REST, WebSocket | V1 | the only target of the link: a Network Load Balancer |

Anything else is refused at the deployment. Of a REST API the URI says the name that the backend sees, and the port:
without a listener of the load balancer on that port callers get 500 or 504.

HTTP APIs, and REST APIs over a link V2, put the name of the stage before the path that the backend sees, other
than with public backends, so that a backend answers 404 that does not expect it. A mapping of ` + "`overwrite:path`" + `
to ` + "`$request.path`" + ` takes it away.`,
	Run: func(pass *lint.Pass) {
		for route, in := range pass.Model.Integrations() {
			private := in.ConnectionType.IsFold("VPC_LINK")
			d := lint.Diagnostic{
				Routes: []*model.Route{route},
				Uses:   []value.Setting{in.ConnectionType, in.ConnectionID, in.URI},
			}
			switch route.API.Kind {
			case model.HTTP:
				listenerURI(pass, private, in, d)
			case model.REST:
				integrationTarget(pass, private, in, d)
				listenerPort(pass, private, in, d)
			}
			stageInPath(pass, route, in, d)
		}
		for link := range pass.Model.VPCLinks.All() {
			linkTargets(pass, link)
		}
	},
}

// listenerURI reports the private integration of an HTTP API whose URI is not
// the ARN of a listener, and a listener that is called without a link.
func listenerURI(pass *lint.Pass, private tri.Bool, in *model.Integration, d lint.Diagnostic) {
	d.Span, d.Cause, d.Refused = in.URI.Span(), in.URI.Span(), true
	listener := in.NamesListener()
	wrong := d
	wrong.Message = fmt.Sprintf("%s is neither a listener of a load balancer nor a service of Cloud Map", in.URI)
	wrong.Help = "set the integration URI to the ARN of a listener of the load balancer"
	wrong.Related = balancerRelated(in.LoadBalancer)
	pass.ReportIf(tri.And(private, in.URI.Present(), listener.Not()), wrong)

	if listener != tri.Yes {
		return // most URIs are of something else altogether
	}
	d.Message = fmt.Sprintf("%s is reached through a VPC link only, and the integration has none", in.URI)
	d.Help = "set the connection type to VPC_LINK, and the connection id to that of a VPC link"
	d.Severity = lint.Warning
	pass.ReportIf(tri.And(
		in.ConnectionType.Or("INTERNET").IsFold("VPC_LINK").Not(),
		model.Filled(in.ConnectionID).Not()), d) // vpc-link-missing has the other
}

// integrationTarget reports the integration of a REST API over a link V2 that
// does not say which load balancer it is for.
func integrationTarget(pass *lint.Pass, private tri.Bool, in *model.Integration, d lint.Diagnostic) {
	if in.VPCLink == nil || in.VPCLink.Generation != 2 {
		return
	}
	d.Refused = true
	d.Span, d.Cause = in.ConnectionID.Span(), in.Span
	d.Message = fmt.Sprintf("%s is a VPC link V2, and the integration has no integration target", in.VPCLink.ID)
	if in.TargetARN.Present() == tri.Yes {
		d.Span = in.TargetARN.Span()
		d.Message = fmt.Sprintf("the integration target %s is neither an Application or Network Load Balancer nor a listener of one", in.TargetARN)
	}
	d.Help = "set the integration target to the ARN of the load balancer"
	d.Related = []lint.Related{{Span: in.VPCLink.Span, Message: in.VPCLink.ID + " is defined here"}}
	d.Uses = append(d.Uses, in.TargetARN)
	pass.ReportIf(tri.And(private, in.ConnectionID.Present(), in.NamesLoadBalancer().Not()), d)
}

// linkTargets reports a link V1 that does not lead to one network load balancer.
func linkTargets(pass *lint.Pass, link *model.VPCLink) {
	if link.Generation != 1 {
		return
	}
	d := lint.Diagnostic{
		Span: link.Span, Cause: link.Span, Refused: true,
		Help: "name one Network Load Balancer; a VPC link V2 reaches Application Load Balancers too",
	}
	for route, in := range pass.Model.Integrations() {
		if in.VPCLink == link {
			d.Routes = append(d.Routes, route)
		}
	}
	for arn := range link.Targets.All() {
		wrong := d
		wrong.Span = arn.Span()
		wrong.Message = fmt.Sprintf("the VPC link %s leads to %s, which is no Network Load Balancer", link.ID, arn)
		wrong.Uses = []value.Setting{arn}
		for _, lb := range link.Balancers {
			if lb.HasARN(arn) {
				wrong.Related = balancerRelated(lb)
				wrong.Uses = append(wrong.Uses, lb.Type)
			}
		}
		pass.ReportIf(tri.And(arn.Present(), link.TakesTarget(arn).Not()), wrong)
	}
	d.Message = fmt.Sprintf("the VPC link %s has %d targets, and takes one", link.ID, link.Targets.Len())
	pass.ReportIf(tri.Of(link.Targets.IsClosed() && link.Targets.Len() != 1 || link.Targets.Len() > 1), d)
}

// listenerPort reports a URI with a port on which the load balancer does not
// listen, or to which its firewall lets nothing through.
func listenerPort(pass *lint.Pass, private tri.Bool, in *model.Integration, d lint.Diagnostic) {
	lb := in.Behind()
	port, ok := in.PortNumber()
	if lb == nil || !ok || in.Listener != nil || in.Type.OneOf("HTTP", "HTTP_PROXY") != tri.Yes {
		return
	}
	d.Span, d.Cause = place(port.Span(), in.URI.Span()), "port of "+lb.ID
	d.Related = balancerRelated(lb)
	number, _ := port.Get()

	deaf := d
	deaf.Severity = lint.Warning
	deaf.Log = "Execution failed due to a network error communicating with endpoint"
	deaf.Message = fmt.Sprintf("the URI has the port %d, and %s listens on %s", number, lb.ID, ports(lb))
	deaf.Help = "write a port into the URI on which the load balancer listens"
	for l := range lb.Listeners.All() {
		deaf.Uses = append(deaf.Uses, l.Port)
	}
	pass.ReportIf(tri.And(private, lb.Listens(number).Not()), deaf)

	if in.VPCLink.Generation != 1 {
		return
	}
	d.Severity = lint.Note
	d.Message = fmt.Sprintf("the security groups of %s let nothing in on port %d, which holds for the VPC link too", lb.ID, number)
	d.Help = "let the port in, or turn off enforcing the rules on traffic from PrivateLink"
	for g := range lb.SecurityGroups.All() {
		d.Related = append(d.Related, lint.Related{Span: g.Span, Message: g.ID + " is defined here"})
	}
	pass.ReportIf(tri.And(private, lb.Type.IsFold("network"), lb.Admits(number).Not()), d)
}

// ports lists the ports of a load balancer for a message.
func ports(lb *model.LoadBalancer) string {
	out := ""
	for l := range lb.Listeners.All() {
		if n, ok := l.Port.Get(); ok {
			out += fmt.Sprintf(", %d", n)
		}
	}
	if out == "" {
		return "none"
	}
	return out[len(", "):]
}

func balancerRelated(lb *model.LoadBalancer) []lint.Related {
	if lb == nil {
		return nil
	}
	return []lint.Related{{Span: lb.Span, Message: lb.ID + " is defined here"}}
}

// stageInPath notes that a private backend sees the name of the stage.
func stageInPath(pass *lint.Pass, route *model.Route, in *model.Integration, d lint.Diagnostic) {
	forwarded := in.Forwarded(route.API.Kind)
	if forwarded == tri.No {
		return
	}
	for stage := range route.API.Stages.All() {
		d.Span = place(in.ConnectionType.Span(), in.Span)
		d.Cause = "stage " + stage.ID
		d.Severity, d.Status = lint.Note, []int{404}
		d.Message = fmt.Sprintf("the private backend is called with a path that begins with the stage, /%s, unless it expects that", stage.Name)
		d.Help = "map overwrite:path to $request.path, or let the backend expect the name of the stage"
		d.Related = stageRelated(stage)
		d.Body = "that of the backend"
		pass.ReportIf(tri.And(forwarded, stage.Name.Present(), stage.Name.Is("$default").Not()), d)
	}
}
