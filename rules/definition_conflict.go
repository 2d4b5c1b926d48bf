package rules

import (
	"fmt"

	"github.com/apigwlint/apigwlint/lint"
	"github.com/apigwlint/apigwlint/model"
	"github.com/apigwlint/apigwlint/tri"
	"github.com/apigwlint/apigwlint/value"
)

var definitionConflict = &lint.Rule{
	Name:     "definition-conflict",
	Group:    "deployment",
	Summary:  "the parts of a definition contradict one another, or the kind of API",
	Status:   []int{403, 500},
	Severity: lint.Error,
	URLs: []string{
		"https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-open-api.html",
		"https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-known-issues.html",
		"https://docs.aws.amazon.com/apigateway/latest/api/API_PutRestApi.html",
	},
	Doc: `
An HTTP API is imported from OpenAPI 3.0. A Swagger 2.0 body is refused, and so is an operation that asks for more
than one security scheme.

The body of a REST API replaces all that the API has, unless the import is told to merge. Methods that are
resources of their own beside a body disappear with the next change of the body: their routes answer 403, or
500 when only a part of them is left. A warning.

API Gateway documents that it does not regard security requirements of a document as a whole: a note on the
operations that have none of their own.`,
	Run: func(pass *lint.Pass) {
		for _, api := range pass.Model.APIs {
			mixedDefinition(pass, api)
			rootSecurity(pass, api)
			wrongVersion(pass, api)
			manySchemes(pass, api)
		}
	},
}

func mixedDefinition(pass *lint.Pass, api *model.API) {
	overwrites := tri.And(api.Kind.Is(model.REST), api.Managed, api.Document, api.ImportMode.Or("overwrite").IsFold("overwrite"))
	for route := range api.Routes.All() {
		pass.ReportIf(tri.And(overwrites, route.Imported.Not()), lint.Diagnostic{
			Span:     api.Span,
			Message:  fmt.Sprintf("%s has a body, and the next change of it removes what is defined beside it", api.ID),
			Status:   []int{403},
			Body:     `{"message":"Missing Authentication Token"}`,
			Severity: lint.Warning,
			Routes:   []*model.Route{route},
			Cause:    "beside the body of " + api.ID,
			Help:     "define all methods in the body, or none, or let the import merge",
			Related:  []lint.Related{{Span: route.Span, Message: "defined beside the body"}},
			Uses:     []value.Setting{api.ImportMode},
		})
	}
}

func rootSecurity(pass *lint.Pass, api *model.API) {
	written := api.Security.Is(func(n int) bool { return n > 0 })
	for route := range api.Routes.All() {
		pass.ReportIf(tri.And(api.Kind.Is(model.REST), written, route.Imported, route.Security.Present().Not()), lint.Diagnostic{
			Span:     api.Security.Span(),
			Message:  "the document asks for security as a whole, which API Gateway says that it does not regard; operations without security of their own may be open",
			Status:   []int{},
			Severity: lint.Note,
			Routes:   []*model.Route{route},
			Cause:    api.Security.Span(),
			Help:     "repeat the security on every operation",
		})
	}
}

func wrongVersion(pass *lint.Pass, api *model.API) {
	if api.OpenAPI.Present() != tri.Yes {
		return
	}
	pass.ReportIf(tri.And(api.Kind.Is(model.HTTP), api.Document, api.OpenAPI.HasPrefix("2.")), lint.Diagnostic{
		Span:    api.OpenAPI.Span(),
		Message: fmt.Sprintf("the body is Swagger %s, and an HTTP API is imported from OpenAPI 3.0 only", api.OpenAPI),
		API:     api, Refused: true,
		Help: "convert the body to OpenAPI 3.0",
		Uses: []value.Setting{api.OpenAPI},
	})
}

func manySchemes(pass *lint.Pass, api *model.API) {
	for route := range api.Routes.All() {
		pass.ReportIf(tri.And(api.Kind.Is(model.HTTP), route.Imported, route.Security.Is(func(n int) bool { return n > 1 })), lint.Diagnostic{
			Span:    route.Security.Span(),
			Message: "the operation asks for several security schemes, and a route of an HTTP API takes one",
			Routes:  []*model.Route{route}, Refused: true,
			Help: "leave one scheme",
		})
	}
}
