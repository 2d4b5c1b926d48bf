package rules

import (
	"fmt"
	"slices"

	"github.com/apigwlint/apigwlint/lint"
	"github.com/apigwlint/apigwlint/model"
	"github.com/apigwlint/apigwlint/source"
	"github.com/apigwlint/apigwlint/tri"
	"github.com/apigwlint/apigwlint/value"
)

var authorizerResponse = &lint.Rule{
	Name:     "authorizer-response",
	Group:    "authorizer",
	Summary:  "the function of an authorizer answers with what API Gateway does not take",
	Status:   []int{500},
	Severity: lint.Warning,
	URLs: []string{
		"https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-lambda-authorizer-output.html",
		"https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-lambda-authorizer.html",
		"https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-websocket-api-lambda-auth.html",
	},
	Doc: `
The function of an authorizer has to answer with a policy: ` + "`principalId` and `policyDocument`" + `, and a ` + "`context`" + ` whose
values are strings, numbers and booleans; an HTTP API with simple responses takes ` + "`isAuthorized`" + ` instead, and allows
nested values in the context. To refuse a caller, the policy denies (403), or the function fails with exactly the
message ` + "`Unauthorized`" + ` (401). Any other answer, and any other error, is answered with 500.`,
	Run: func(pass *lint.Pass) {
		for _, api := range pass.Model.APIs {
			for a := range api.Authorizers.All() {
				inv, ok := a.Lambda.Get()
				routes := slices.Collect(a.Used())
				if !ok || inv.Function == nil || inv.Function.Source == nil || len(inv.Variables) > 0 || len(routes) == 0 {
					continue
				}
				c := authorizerSource{pass, api, a, inv, routes}
				c.outputs()
				c.faults()
			}
		}
	},
}

// An authorizerSource is an authorizer whose function was read.
type authorizerSource struct {
	pass   *lint.Pass
	api    *model.API
	a      *model.Authorizer
	inv    *model.Invocation
	routes []*model.Route
}

func (c authorizerSource) report(certain tri.Bool, at source.Span, d lint.Diagnostic, uses ...value.Setting) {
	fn := c.inv.Function
	d.Span, d.Routes, d.Cause = at, c.routes, once(d.Message, at)
	d.Uses = append(append(naming(c.inv), fn.Handler, fn.Runtime), uses...)
	d.Related = append(d.Related, lint.Related{Span: c.a.Span, Message: "the authorizer is defined here"}, lint.Related{Span: fn.Span, Message: fn.ID + " is defined here"})
	if c.api.Kind == model.REST {
		d.Body, d.Log = `{"message":null}`, "Execution failed due to configuration error: Invalid JSON in response"
	}
	c.pass.ReportIf(certain, d)
}

func (c authorizerSource) outputs() {
	fn := c.inv.Function
	all := fn.Source.Responses
	none := tri.And(all.Empty().Not(), all.Every(func(o *model.Output) tri.Bool { return o.Data.Is(model.NullData) }))
	for out := range all.All() {
		related := []lint.Related{{Span: out.Span, Message: "it is returned here"}}
		other := tri.And(tri.Of(c.api.Kind != ""), out.Data.Is(model.StringData, model.NumberData, model.ListData))
		c.report(tri.Or(other, tri.And(none, out.Data.Is(model.NullData))), out.Data.Span, lint.Diagnostic{
			Message: fmt.Sprintf("the authorizer function %s returns %s instead of a policy", fn.ID, article(out.Data)),
			Help:    `return a policy that denies, or fail with exactly "Unauthorized"`, Related: related,
		})
		c.shape(out, related)
		context := out.Data.Field("context")
		if c.api.Kind == model.HTTP || context.Is(model.ObjectData) != tri.Yes {
			continue
		}
		for e := range context.Fields.All() {
			c.report(tri.And(tri.Or(c.api.Kind.Is(model.REST), c.api.Kind.Is(model.WebSocket)), e.Key.Present(), e.Value.Is(model.ListData, model.ObjectData)), e.Value.Span, lint.Diagnostic{
				Message: fmt.Sprintf("the authorizer function %s returns %s for %s in the context, which takes strings, numbers and booleans", fn.ID, article(e.Value), e.Key),
				Help:    "make a string of it: " + serializer(fn.Source.Language), Related: related,
			})
		}
	}
}

// shape checks whether an HTTP API is given the kind of answer that it is set for.
func (c authorizerSource) shape(out *model.Output, related []lint.Related) {
	http := c.api.Kind.Is(model.HTTP)
	simple := c.a.SimpleResponse.Or(false)
	isSimple := simple.Is(func(b bool) bool { return b })
	fn, d := c.inv.Function, out.Data
	related = append(slices.Clone(related), lint.Related{Span: place(simple.Span(), c.a.Span), Message: "whether simple responses are taken is set here"})
	c.report(tri.And(http, isSimple.Not(), d.Has("isAuthorized"), d.Fields.Has("policyDocument").Not()), d.Span, lint.Diagnostic{
		Message: fmt.Sprintf("the authorizer function %s returns isAuthorized, and the authorizer takes policies", fn.ID),
		Help:    "enable simple responses, or return a policy", Related: related,
	}, simple, c.a.PayloadFormat)
	c.report(tri.And(http, isSimple, d.Has("policyDocument"), d.Fields.Has("isAuthorized").Not()), d.Span, lint.Diagnostic{
		Message: fmt.Sprintf("the authorizer function %s returns a policy, and the authorizer takes simple responses", fn.ID),
		Help:    "return isAuthorized, or do without simple responses", Related: related,
	}, simple, c.a.PayloadFormat)
}

// faults checks the errors with which the function refuses callers.
func (c authorizerSource) faults() {
	fn := c.inv.Function
	for f := range fn.Source.Faults.All() {
		c.report(tri.And(tri.Or(c.api.Kind.Is(model.REST), c.api.Kind.Is(model.WebSocket)), f.Message.Is("Unauthorized").Not()), f.Span, lint.Diagnostic{
			Message: fmt.Sprintf("the authorizer function %s fails with %s, and only the message Unauthorized means 401", fn.ID, faultName(f)),
			Help:    `fail with exactly "Unauthorized", or return a policy that denies`,
		})
	}
}
