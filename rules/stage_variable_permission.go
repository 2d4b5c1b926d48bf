package rules

import (
	"fmt"
	"strings"

	"github.com/apigwlint/apigwlint/lint"
	"github.com/apigwlint/apigwlint/model"
	"github.com/apigwlint/apigwlint/tri"
	"github.com/apigwlint/apigwlint/value"
)

var stageVariablePermission = &lint.Rule{
	Name:     "stage-variable-permission",
	Group:    "permission",
	Summary:  "a stage variable names a function or alias that API Gateway may not invoke",
	Status:   []int{500},
	Severity: lint.Error,
	URLs: []string{
		"https://docs.aws.amazon.com/apigateway/latest/developerguide/stage-variables.html",
		"https://docs.aws.amazon.com/apigateway/latest/developerguide/aws-api-gateway-stage-variables-reference.html",
	},
	Doc: `
When a stage variable stands for a function or for its alias, API Gateway invokes whatever the stage says,
and each of these functions, each alias, needs a permission of its own. One that was given to the function
does not cover ` + "`function:alias`" + `, nor is it given by itself as it is in the console. Without it, requests through the
stage are answered with 500.

A variable that stands after ` + "`:function:`" + ` holds a name: with a whole ARN in it the URI names nothing that
exists. A function that is named by a stage variable has to be in the account of the API.

Add a permission for every value that the stages of the API give the variable. The rule speaks of values that
name functions of the same files.`,
	Run: func(pass *lint.Pass) {
		for route, in := range pass.Model.Integrations() {
			inv, ok := in.Lambda.Get()
			if !ok || len(inv.Variables) == 0 {
				continue
			}
			needed := tri.And(in.InvokesLambda(), in.UsesCredentials().Not())
			for _, call := range route.Calls() {
				if call.Stage == nil || call.Target == inv || call.Target.Function == nil {
					continue
				}
				pass.ReportIf(tri.And(needed, call.Stage.Name.Present(), pass.Model.Permits(call.Target, call.Caller).Not()), lint.Diagnostic{
					Span:    place(inv.Variables[0].Span, inv.Span, in.Span),
					Message: fmt.Sprintf("on the stage %s it invokes %s, and no permission covers that", call.Stage.Name, call.Target),
					Routes:  []*model.Route{route},
					Cause:   fmt.Sprintf("%s on %s", call.Target, call.Stage.ID),
					Log:     permissionLog(route.API.Kind),
					Help:    fmt.Sprintf("add a Lambda permission on %s for apigateway.amazonaws.com with the source ARN %s", call.Target, sourceExample(route.API)),
					Related: append(functionRelated(call.Target), stageRelated(call.Stage)...),
					Uses:    append(naming(call.Target), call.Stage.Name),
				})
			}
			reportWholeARN(pass, route, in)
			reportOtherAccount(pass, route, in, inv)
		}
	},
}

func stageRelated(s *model.Stage) []lint.Related {
	return []lint.Related{{Span: place(s.Variables.Span(), s.Span), Message: "the variables of the stage are here"}}
}

// reportWholeARN reports variables that hold an ARN where a name belongs.
func reportWholeARN(pass *lint.Pass, route *model.Route, in *model.Integration) {
	f, ok := in.URI.Flat()
	if !ok {
		return
	}
	for _, use := range model.StageVariables(in.URI) {
		if !strings.HasSuffix(f.S[:use.Start], ":function:") {
			continue
		}
		for stage := range route.API.Served() {
			v, set := stage.Variables.Get(use.Name)
			if !set {
				continue
			}
			whole := v.HasPrefix("arn:")
			for fn := range pass.Model.Functions.All() {
				whole = tri.Or(whole, tri.Of(v.Equal(fn.ARN) == tri.Yes))
			}
			pass.ReportIf(tri.And(in.InvokesLambda(), stage.Name.Present(), stage.CanaryVariables.Has(use.Name).Not(), whole), lint.Diagnostic{
				Span:    v.Span(),
				Message: fmt.Sprintf("the stage variable %s of the stage %s is a whole ARN, and the URI has :function: before it", use.Name, stage.Name),
				Routes:  []*model.Route{route},
				Cause:   v.Span(),
				Help:    "set the variable to the name of the function",
				Related: []lint.Related{{Span: use.Span, Message: "the variable is read here"}},
				Uses:    []value.Setting{v},
			})
		}
	}
}

// reportOtherAccount reports functions of another account.
func reportOtherAccount(pass *lint.Pass, route *model.Route, in *model.Integration, inv *model.Invocation) {
	theirs, ok := inv.Account.Get()
	own, known := route.API.Account.Get()
	if !ok || !known {
		return
	}
	pass.ReportIf(tri.And(in.InvokesLambda(), tri.Of(theirs != own)), lint.Diagnostic{
		Span:    place(inv.Account.Span(), inv.Span, in.Span),
		Message: fmt.Sprintf("a stage variable names a function of the account %s, and the API is in %s", theirs, own),
		Routes:  []*model.Route{route},
		Help:    "name functions of other accounts by their whole ARN, without stage variables",
		Uses:    []value.Setting{inv.Account},
	})
}
