package rules

import (
	"fmt"
	"strings"

	"github.com/apigwlint/apigwlint/lint"
	"github.com/apigwlint/apigwlint/model"
	"github.com/apigwlint/apigwlint/tri"
	"github.com/apigwlint/apigwlint/value"
)

var callerCredentials = &lint.Rule{
	Name:     "caller-credentials",
	Group:    "permission",
	Summary:  "the backend is called as the caller, and callers are not known or may not call it",
	Status:   []int{500},
	Severity: lint.Warning,
	URLs: []string{
		"https://docs.aws.amazon.com/apigateway/latest/api/API_Integration.html",
		"https://docs.aws.amazon.com/apigatewayv2/latest/api-reference/apis-apiid-integrations.html",
		"https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-property-api-apiauth.html",
		"https://github.com/amazon-archives/aws-apigateway-importer/issues/4",
	},
	Doc: `
With the credentials ` + "`arn:aws:iam::*:user/*`" + ` API Gateway calls the backend as whoever made the request. That takes a
route with the authorization ` + "`AWS_IAM`" + `: with any other there is nobody to call the backend as. A REST API refuses
that: "AWS_IAM Auth type is required for AWS integrations with identity forwarding specified".

SAM sets these credentials for every function behind the authorizer ` + "`AWS_IAM`" + ` of an ` + "`AWS::Serverless::Api`" + `. Then
callers need ` + "`lambda:InvokeFunction`" + ` for the function besides ` + "`execute-api:Invoke`" + ` for the API, and the permission that
SAM makes does not help them: a note. ` + "`InvokeRole: NONE`" + ` in the API's Auth lets API Gateway call the function by
that permission.`,
	Run: func(pass *lint.Pass) {
		for route, in := range pass.Model.Integrations() {
			caller := in.AsCaller()
			iam := route.Authorization.Or("NONE").IsFold("AWS_IAM")
			d := lint.Diagnostic{
				Span:    place(in.Credentials.Span(), in.Span, route.Span),
				Message: fmt.Sprintf("the backend is called as the caller, and the authorization of the route is %s", route.Authorization.Or("NONE")),
				Routes:  []*model.Route{route},
				Cause:   fmt.Sprintf("%v %s", in.Credentials.Span(), route.Authorization.Or("NONE")),
				Help:    "set the authorization of the route to AWS_IAM, or call the backend with a role",
				Related: []lint.Related{{Span: place(route.Authorization.Span(), route.Span), Message: route.Key() + " is authorized here"}},
				Uses:    []value.Setting{in.Credentials, route.Authorization},
			}
			asked := tri.Of(route.API.Kind != model.WebSocket)
			if asked == tri.No {
				asked = route.Path.Is("$connect") // only there callers are authorized
			}
			d.Refused = route.API.Kind == model.REST
			pass.ReportIf(tri.And(caller, asked, iam.Not()), d)
			d.Refused = false
			if inv, ok := in.Lambda.Get(); ok && implied(in.Credentials) {
				d.Severity = lint.Note
				d.Message = fmt.Sprintf("%s is called as the caller, who may lack lambda:InvokeFunction for it", inv)
				d.Help = "set InvokeRole: NONE in the Auth of the API to call the function by its permission"
				d.Related = functionRelated(inv)
				pass.ReportIf(tri.And(caller, iam), d)
			}
		}
	},
}

// implied reports whether a setting is not written where it is: a transform put
// it there.
func implied(t value.Text) bool {
	text := t.Span().Text()
	return !strings.Contains(text, ":user/*") && !strings.Contains(text, "CALLER_CREDENTIALS")
}
