package rules

import (
	"fmt"
	"strings"

	"github.com/apigwlint/apigwlint/lint"
	"github.com/apigwlint/apigwlint/model"
	"github.com/apigwlint/apigwlint/tri"
	"github.com/apigwlint/apigwlint/value"
)

var vpcLinkConnection = &lint.Rule{
	Name:     "vpc-link-connection",
	Group:    "private",
	Summary:  "the VPC link of an integration is missing, of the wrong generation or in another account",
	Refused:  true,
	Severity: lint.Error,
	URLs: []string{
		"https://docs.aws.amazon.com/apigateway/latest/developerguide/private-integration.html",
		"https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-vpc-links.html",
		"https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-websocket-api-integration-requests.html",
	},
	Doc: `
An integration with the connection type ` + "`VPC_LINK`" + ` names its VPC link by the connection id; without one the
deployment is refused, or every call fails. A stage variable is a legal id.

There are two generations. HTTP APIs take links of the second (` + "`AWS::ApiGatewayV2::VpcLink`" + `), WebSocket APIs
those of the first (` + "`AWS::ApiGateway::VpcLink`" + `), and REST APIs either. The link and the load balancer behind it
belong to the account of the API.`,
	Run: func(pass *lint.Pass) {
		for route, in := range pass.Model.Integrations() {
			d := lint.Diagnostic{
				Span:    in.ConnectionType.Span(),
				Message: "the connection type is VPC_LINK, and there is no connection id",
				Routes:  []*model.Route{route},
				Cause:   in.ConnectionType.Span(),
				Help:    "set the connection id to that of a VPC link",
				Uses:    []value.Setting{in.ConnectionType, in.ConnectionID},
			}
			private := in.ConnectionType.IsFold("VPC_LINK")
			pass.ReportIf(tri.And(private, model.Filled(in.ConnectionID).Not()), d)
			if link := in.VPCLink; link != nil {
				reportGeneration(pass, private, route, in, d)
			}
			reportAccounts(pass, private, route, in, d)
		}
	},
}

// reportGeneration warns of a link that the kind of API does not take.
func reportGeneration(pass *lint.Pass, private tri.Bool, route *model.Route, in *model.Integration, d lint.Diagnostic) {
	takes := map[model.Kind]int{model.HTTP: 2, model.WebSocket: 1}[route.API.Kind]
	if takes == 0 || in.VPCLink.Generation == takes {
		return
	}
	kind := map[model.Kind]string{model.HTTP: "an HTTP API", model.WebSocket: "a WebSocket API"}[route.API.Kind]
	types := []string{1: "AWS::ApiGateway::VpcLink", 2: "AWS::ApiGatewayV2::VpcLink"}
	d.Severity = lint.Warning
	d.Span, d.Cause = in.ConnectionID.Span(), in.ConnectionID.Span()
	d.Message = fmt.Sprintf("%s is a VPC link of generation %d, and %s takes generation %d", in.VPCLink.ID, in.VPCLink.Generation, kind, takes)
	d.Help = fmt.Sprintf("use a link of the kind that is %s in CloudFormation", types[takes])
	d.Related = []lint.Related{{Span: in.VPCLink.Span, Message: in.VPCLink.ID + " is defined here"}}
	pass.ReportIf(tri.And(private, in.ConnectionID.Present()), d)
}

// reportAccounts reports load balancers that are in another account.
func reportAccounts(pass *lint.Pass, private tri.Bool, route *model.Route, in *model.Integration, d lint.Diagnostic) {
	own, ok := route.API.Account.Get()
	if !ok {
		return
	}
	arns := []value.Text{in.TargetARN, in.URI}
	if in.VPCLink != nil {
		for t := range in.VPCLink.Targets.All() {
			arns = append(arns, t)
		}
	}
	for _, arn := range arns {
		account := balancerAccount(arn)
		if account == "" || account == own {
			continue
		}
		d.Span, d.Cause = arn.Span(), arn.Span()
		d.Message = fmt.Sprintf("the load balancer is in the account %s, and the API in %s", account, own)
		d.Help = "put the load balancer and the VPC link into the account of the API"
		pass.ReportIf(private, d)
	}
}

// balancerAccount returns the account in the ARN of a load balancer or one of
// its listeners, when it is written down.
func balancerAccount(arn value.Text) string {
	f, ok := arn.Flat()
	if !ok {
		return ""
	}
	segments := strings.SplitN(f.S, ":", 6)
	if len(segments) < 6 || segments[0] != "arn" || segments[2] != "elasticloadbalancing" || strings.Contains(segments[4], value.HoleString) {
		return ""
	}
	return segments[4]
}
