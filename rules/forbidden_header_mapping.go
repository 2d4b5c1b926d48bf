package rules

import (
	"fmt"
	"strings"

	"github.com/apigwlint/apigwlint/lint"
	"github.com/apigwlint/apigwlint/model"
	"github.com/apigwlint/apigwlint/tri"
	"github.com/apigwlint/apigwlint/value"
)

var forbiddenHeaderMapping = &lint.Rule{
	Name:     "forbidden-header-mapping",
	Group:    "mapping",
	Summary:  "a request mapping sets a header that API Gateway sets itself",
	Status:   []int{500},
	Severity: lint.Error,
	URLs: []string{
		"https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-known-issues.html",
		"https://github.com/localstack/localstack/blob/main/tests/aws/services/apigateway/test_apigateway_integrations.py",
	},
	Doc: `
API Gateway writes some headers of its request to the backend itself, and fails when the request parameters
of an integration map them too: ` + "`Content-Length`" + ` and ` + "`Transfer-Encoding`" + ` of every integration, and
` + "`Authorization`, `Connection`, `Expect`, `Proxy-Authenticate` and `TE`" + ` of those of the types ` + "`AWS`" + ` and
` + "`AWS_PROXY`" + `, of which it signs the requests. A Lambda proxy fails too, though it makes no use of the mapping.
To ` + "`HTTP`" + ` and ` + "`HTTP_PROXY`" + ` backends, ` + "`Authorization`" + ` can be passed on.

Where the value comes from a header of the caller, only calls that carry the header fail, which is a warning.

Take the mapping away. A function finds the caller's headers in its event, and a template reads them with
` + "`$input.params().header`" + `.`,
	Run: func(pass *lint.Pass) {
		for route, in := range pass.Model.Integrations() {
			for e := range in.RequestParameters.All() {
				always := oneOfHeaders(e.Key, "content-length", "transfer-encoding")
				signed := oneOfHeaders(e.Key, "authorization", "connection", "expect", "proxy-authenticate", "te")
				if tri.Or(always, signed) == tri.No {
					continue
				}
				d := lint.Diagnostic{
					Span:    place(e.Key.Span(), e.Span),
					Message: fmt.Sprintf("%s is mapped, and API Gateway sets this header itself", strings.TrimPrefix(e.Key.String(), requestHeader)),
					Routes:  []*model.Route{route},
					Help:    "take the mapping of " + e.Key.String() + " away",
					Related: []lint.Related{{Span: in.URI.Span(), Message: "the backend is called here"}},
					Uses:    []value.Setting{e.Key, in.Type},
				}
				if e.Value.HasPrefix("method.request.") != tri.No && signed != tri.No {
					d.Severity = lint.Warning // only calls that carry the header
				}
				rest := route.API.Kind.Is(model.REST)
				called := in.IsMock().Not()
				pass.ReportIf(tri.And(rest, tri.Or(tri.And(always, called), tri.And(signed, in.Type.OneOf("AWS", "AWS_PROXY")))), d)
			}
		}
	},
}

const requestHeader = "integration.request.header."

// oneOfHeaders reports whether a request parameter is one of the headers of the
// request to the backend. Their names have no case.
func oneOfHeaders(key value.Text, names ...string) tri.Bool {
	is := tri.No
	for _, name := range names {
		is = tri.Or(is, key.IsFold(requestHeader+name))
	}
	return is
}
