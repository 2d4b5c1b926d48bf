package rules

import (
	"fmt"

	"github.com/apigwlint/apigwlint/lint"
	"github.com/apigwlint/apigwlint/model"
	"github.com/apigwlint/apigwlint/tri"
	"github.com/apigwlint/apigwlint/value"
)

var integrationMissing = &lint.Rule{
	Name:     "integration-missing",
	Group:    "integration",
	Summary:  "a method has no integration",
	Refused:  true,
	Severity: lint.Error,
	URLs: []string{
		"https://docs.aws.amazon.com/apigateway/latest/developerguide/how-to-method-settings.html",
		"https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-extensions-integrations.html",
		"https://github.com/hashicorp/terraform-provider-aws/issues/21210",
	},
	Doc: `
A REST API is deployed only when all of its methods have an integration: "No integration defined for method". One
operation of an imported document without ` + "`x-amazon-apigateway-integration`" + ` is enough to refuse the deployment.

A document for an HTTP API may refer to an integration under ` + "`components/x-amazon-apigateway-integrations`" + `. There
has to be one of that name, and the import into a REST API takes no notice of such references.

Nothing is said of documents whose API is not in the files: what is imported may be put together from several. Where
the files have no deployment and no stage, it is a warning.`,
	Run: func(pass *lint.Pass) {
		for _, api := range pass.Model.APIs {
			for route := range api.Routes.All() {
				lacking := tri.And(api.Managed, route.Integration.Present().Not())
				d := lint.Diagnostic{
					Span:    place(route.Span, route.Integration.Span()),
					Message: "the method has no integration",
					Routes:  []*model.Route{route},
					Help:    "define an integration for the method; one of the type MOCK answers without a backend",
				}
				if api.Deployments.Len() == 0 && api.Stages.Len() == 0 {
					d.Severity = lint.Warning // who deploys may complete it
				}
				if route.Imported == tri.Yes {
					d.Cause = api // one finding for all that a document lacks
				}
				ref := route.IntegrationRef
				if ref.Present() == tri.Yes {
					d.Span, d.Cause = place(ref.Span(), d.Span), ref.Span()
					d.Uses = []value.Setting{ref}
					d.Message = fmt.Sprintf("the integration is the reference %s, which leads nowhere", ref)
					d.Help = "define the integration that is referred to, or write it in the operation"
					if api.Kind == model.REST {
						d.Message = fmt.Sprintf("the integration is the reference %s, and a REST API takes none there", ref)
						d.Help = "write the integration in the operation"
					}
				}
				needed := api.Kind.Is(model.REST)
				if ref.Present() != tri.No {
					needed = tri.And(ref.Present(), tri.Or(needed, api.Kind.Is(model.HTTP)))
				}
				pass.ReportIf(tri.And(lacking, needed), d)
			}
		}
	},
}
