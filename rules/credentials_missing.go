package rules

import (
	"fmt"

	"github.com/apigwlint/apigwlint/lint"
	"github.com/apigwlint/apigwlint/model"
	"github.com/apigwlint/apigwlint/tri"
	"github.com/apigwlint/apigwlint/value"
)

var credentialsMissing = &lint.Rule{
	Name:     "credentials-missing",
	Group:    "permission",
	Summary:  "an integration with an AWS service has no role",
	Refused:  true,
	Severity: lint.Error,
	URLs: []string{
		"https://docs.aws.amazon.com/apigateway/latest/developerguide/integration-request-basic-setup.html",
		"https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-aws-services.html",
		"https://github.com/hashicorp/terraform-provider-aws/issues/7916",
	},
	Doc: `
Services of AWS other than Lambda take only calls that are signed by somebody. API Gateway signs them as the role
in the integration's credentials. Without a role the integration is refused when it is created: "Role ARN must be
specified for AWS integrations".

A Lambda function needs no role, because its resource policy can let API Gateway call it.

The rule says nothing where the service is not written down.`,
	Run: func(pass *lint.Pass) {
		for route, in := range pass.Model.Integrations() {
			lacking := model.Filled(in.Credentials).Not()
			d := lint.Diagnostic{
				Span:   place(in.URI.Span(), in.Credentials.Span(), in.Span, route.Span),
				Routes: []*model.Route{route},
				Cause:  in,
				Help:   "set the credentials to the ARN of a role that API Gateway may assume and that allows the call",
				Uses:   []value.Setting{in.Credentials, in.URI},
			}
			if in.Subtype.Present() != tri.No {
				d.Span = place(in.Subtype.Span(), in.Span, route.Span)
				d.Message = fmt.Sprintf("the integration does %s, and has no credentials to do it with", in.Subtype)
				pass.ReportIf(tri.And(in.Subtype.Present(), route.API.Kind.Is(model.HTTP), lacking), d)
				continue
			}
			u, ok := in.ServiceURI()
			if !ok || u.Service == "lambda" || u.Service == "apigateway" || u.Service == "execute-api" {
				continue
			}
			d.Message = fmt.Sprintf("the integration calls %s, and has no credentials to do it with", u.Service)
			pass.ReportIf(tri.And(in.Type.IsFold("AWS"), lacking), d)
		}
	},
}
