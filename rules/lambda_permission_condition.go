package rules

import (
	"fmt"
	"slices"
	"strings"

	"github.com/apigwlint/apigwlint/lint"
	"github.com/apigwlint/apigwlint/model"
	"github.com/apigwlint/apigwlint/tri"
	"github.com/apigwlint/apigwlint/value"
)

var lambdaPermissionCondition = &lint.Rule{
	Name:     "lambda-permission-condition",
	Group:    "permission",
	Summary:  "a condition of the permission is never met by calls of API Gateway",
	Status:   []int{500},
	Severity: lint.Warning,
	URLs: []string{
		"https://docs.aws.amazon.com/lambda/latest/api/API_AddPermission.html",
		"https://docs.aws.amazon.com/lambda/latest/dg/access-control-resource-based.html",
	},
	Doc: `
A permission of a Lambda function can have conditions besides the source ARN. API Gateway brings nothing that
meets some of them, and then the permission does not count:

- an event source token, which is for Alexa skills;
- the authorization type of the function's own URL, or that it is called through that URL;
- a source account that is not that of the API, or not the one in the source ARN.

The rule speaks of permissions that cover a route otherwise, where no other permission does. A permission that
exists only under a condition of the template is judged by lambda-permission-missing, in the case in which it
does not exist.`,
	Run: func(pass *lint.Pass) {
		conditional := slices.DeleteFunc(slices.Collect(pass.Model.Permissions.All()), func(p *model.Permission) bool {
			return tri.Or(p.EventSourceToken.Present(), p.URLAuthType.Present(), p.SourceAccount.Present()) == tri.No
		})
		for route, in := range pass.Model.Integrations() {
			needed := tri.And(in.InvokesLambda(), in.UsesCredentials().Not())
			if needed == tri.No || len(conditional) == 0 {
				continue
			}
			for _, call := range route.Calls() {
				for _, p := range conditional {
					reportConditions(pass, needed, route, call, p)
				}
			}
		}
	},
}

// reportConditions reports the conditions of a permission that would cover a
// call without them.
func reportConditions(pass *lint.Pass, needed tri.Bool, route *model.Route, call model.Call, p *model.Permission) {
	none := value.NoText(p.Span)
	free := *p
	free.EventSourceToken, free.URLAuthType, free.SourceAccount = none, none, none
	others := pass.Model.Permissions.Any(func(other *model.Permission) tri.Bool {
		if other == p {
			return tri.No
		}
		return pass.Model.Match(other, call.Target, call.Caller).All()
	})
	alone := tri.And(needed, pass.Model.Match(&free, call.Target, call.Caller).All(), others.Not())
	if alone == tri.No {
		return
	}
	report := func(t value.Text, unmet tri.Bool, what, help string) {
		pass.ReportIf(tri.And(alone, unmet), lint.Diagnostic{
			Span:    place(t.Span(), p.Span),
			Message: fmt.Sprintf("%s %s", named(p), what),
			Routes:  []*model.Route{route},
			Cause:   fmt.Sprintf("%v %s", t.Span(), what),
			Log:     permissionLog(route.API.Kind),
			Help:    help,
			Related: functionRelated(call.Target),
			Uses:    []value.Setting{t},
		})
	}
	report(p.EventSourceToken, p.EventSourceToken.Present(),
		"asks for an event source token, which calls of API Gateway do not have", "take the event source token away: it is for Alexa skills")
	report(p.URLAuthType, p.URLAuthType.Present(),
		"is for calls through the function's own URL, and API Gateway does not use it", "take the condition on the function's URL away")
	account, what := otherAccount(p, route.API)
	report(p.SourceAccount, account, what, "take the source account away, or make it that of the API")
}

// otherAccount reports whether the source account of a permission is written
// down and is not that in the source ARN, or not that of the API.
func otherAccount(p *model.Permission, api *model.API) (unmet tri.Bool, what string) {
	account, ok := p.SourceAccount.Get()
	if !ok {
		return min(p.SourceAccount.Present(), tri.Maybe), "asks for a source account"
	}
	arn, _ := p.SourceARN.Flat()
	at := strings.SplitN(arn.S, ":", 6)
	if len(at) == 6 && at[4] != "" && !strings.ContainsAny(at[4], "*?"+value.HoleString) && at[4] != account {
		return tri.Yes, fmt.Sprintf("asks for the source account %s, and for one of the account %s by its source ARN", account, at[4])
	}
	if own, ok := api.Account.Get(); ok && own != account {
		return tri.Yes, fmt.Sprintf("asks for the source account %s, and the API is in %s", account, own)
	}
	return tri.Maybe, "asks for a source account"
}
