package rules

import (
	"fmt"
	"iter"
	"slices"
	"strings"

	"github.com/apigwlint/apigwlint/lint"
	"github.com/apigwlint/apigwlint/model"
	"github.com/apigwlint/apigwlint/source"
	"github.com/apigwlint/apigwlint/tri"
	"github.com/apigwlint/apigwlint/value"
)

var credentialsRoleTrust = &lint.Rule{
	Name:     "credentials-role-trust",
	Group:    "permission",
	Summary:  "API Gateway may not assume the role of the integration or authorizer",
	Status:   []int{500},
	Severity: lint.Error,
	URLs: []string{
		"https://docs.aws.amazon.com/apigateway/latest/developerguide/permissions.html",
		"https://docs.aws.amazon.com/apigateway/latest/developerguide/integration-request-basic-setup.html",
	},
	Doc: `
With credentials, API Gateway assumes a role and calls the backend, or the function of the authorizer, as that
role. The role's trust policy has to let ` + "`apigateway.amazonaws.com`" + ` assume it. Nothing checks that when the
API is deployed: every request is answered with 500.

It is easy to take a role that exists already: that of the Lambda function trusts ` + "`lambda.amazonaws.com`" + ` only,
as does the one that SAM makes for each function.

Add the service to the principals of the trust policy. The name is the same in all partitions; that
` + "`apigateway.amazonaws.com.cn`" + ` works in China is not documented, and a warning. A trust policy with conditions, for
anybody, or one that is not in the files, is not judged.`,
	Run: func(pass *lint.Pass) {
		for use := range roleUses(pass.Model) {
			trusts := use.role.Trusts(model.Gateway)
			d := use.diagnostic()
			d.Message = fmt.Sprintf("API Gateway may not assume %s, %s", use.role.ID, trustedBy(use.role))
			d.Help = fmt.Sprintf("let the service %s assume the role, or use one that does", model.Gateway)
			d.Related = []lint.Related{{Span: place(trustSpan(use.role), use.role.Span), Message: use.role.ID + " is defined here"}}
			if trusts == tri.Maybe && use.role.TrustsOnlyAs(model.Gateway, model.Gateway+".cn") {
				trusts, d.Severity = tri.No, lint.Warning
			}
			pass.ReportIf(tri.And(use.credentials, trusts.Not()), d)
		}
	},
}

// A roleUse is a place where API Gateway assumes a role of the files.
type roleUse struct {
	role        *model.Role
	in          *model.Integration // nil for an authorizer's
	authorizer  *model.Authorizer  // nil for an integration's
	routes      []*model.Route
	setting     value.Text
	credentials tri.Bool // whether the role is used
	span        source.Span
}

// roleUses yields the roles that integrations and authorizers name.
func roleUses(m *model.Model) iter.Seq[roleUse] {
	return func(yield func(roleUse) bool) {
		for route, in := range m.Integrations() {
			if in.Role == nil {
				continue
			}
			use := roleUse{
				role: in.Role, in: in, routes: []*model.Route{route}, setting: in.Credentials,
				credentials: in.UsesCredentials(), span: place(in.Credentials.Span(), in.Span, route.Span),
			}
			if in.IsMock() == tri.No && !yield(use) {
				return
			}
		}
		for _, api := range m.APIs {
			for a := range api.Authorizers.All() {
				use := roleUse{
					role: a.Role, authorizer: a, routes: slices.Collect(a.Used()), setting: a.Credentials,
					credentials: tri.And(model.Filled(a.Credentials), a.Type.OneOf("TOKEN", "REQUEST")), span: place(a.Credentials.Span(), a.Span),
				}
				if a.Role != nil && len(use.routes) > 0 && !yield(use) {
					return
				}
			}
		}
	}
}

const assumeLog = "Execution failed due to configuration error: API Gateway does not have permission to assume the provided role"

// diagnostic returns what is the same in all diagnostics of the use.
func (u roleUse) diagnostic() lint.Diagnostic {
	d := lint.Diagnostic{Span: u.span, Routes: u.routes, Cause: u.role.ID + " " + u.span.String(), Uses: []value.Setting{u.setting}}
	switch kind := u.routes[0].API.Kind; {
	case kind == model.HTTP:
		d.Log = "API Gateway doesn't have permissions to assume the IAM role configured on the integration. Check the permissions and try again."
	case u.authorizer != nil:
		d.Log = assumeLog + "; Execution failed due to configuration error: Authorizer error"
		d.Body = `{"message":null}`
	default:
		d.Log = assumeLog
	}
	return d
}

// trustedBy says whom a trust policy names, for messages.
func trustedBy(r *model.Role) string {
	var names []string
	for _, t := range r.Trusted() {
		names = append(names, t.String())
	}
	if len(names) == 0 {
		return "which nobody may"
	}
	return "which trusts " + strings.Join(names, ", ")
}

func trustSpan(r *model.Role) source.Span {
	if p, ok := r.Trust.Get(); ok {
		return p.Span
	}
	return source.Span{}
}
