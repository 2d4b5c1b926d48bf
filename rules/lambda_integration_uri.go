package rules

import (
	"fmt"
	"regexp"
	"strings"

	"github.com/apigwlint/apigwlint/lint"
	"github.com/apigwlint/apigwlint/model"
	"github.com/apigwlint/apigwlint/source"
	"github.com/apigwlint/apigwlint/tri"
	"github.com/apigwlint/apigwlint/value"
)

var lambdaIntegrationURI = &lint.Rule{
	Name:     "lambda-integration-uri",
	Group:    "integration",
	Summary:  "the URI of a Lambda integration is not that of an invocation",
	Status:   []int{500},
	Severity: lint.Error,
	URLs: []string{
		"https://docs.aws.amazon.com/apigateway/latest/api/API_Integration.html",
		"https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-lambda-proxy-integrations.html",
		"https://docs.aws.amazon.com/apigateway/latest/developerguide/response-transfer-mode-lambda.html",
	},
	Doc: `
A REST API does not call a function by its ARN. It takes the URI of the invocation, which has the ARN in it:

    arn:aws:apigateway:REGION:lambda:path/2015-03-31/functions/FUNCTION-ARN/invocations

With the function's ARN alone the deployment is refused (` + "`AWS ARN for integration must contain path or action`" + `).
` + "`AWS_PROXY`" + ` invokes functions and nothing else: another path of the Lambda API, or another service, is refused
as well. For a path that lacks its end, ` + "`/invocations`" + `, nobody has recorded the answer, so that it is a warning;
so it is for a WebSocket API. For streamed responses the path is
` + "`2021-11-15/functions/FUNCTION-ARN/response-streaming-invocations`" + `.

Terraform has the URI as ` + "`invoke_arn`" + `. An HTTP API takes the ARN of the function as it is.`,
	Run: func(pass *lint.Pass) {
		for route, in := range pass.Model.Integrations() {
			bareFunction(pass, route, in)
			invokePath(pass, route, in)
			otherService(pass, route, in)
		}
	},
}

const invokeURI = "arn:aws:apigateway:REGION:lambda:path/2015-03-31/functions/FUNCTION-ARN/invocations"

// bareFunction reports functions that are named without the invocation.
func bareFunction(pass *lint.Pass, route *model.Route, in *model.Integration) {
	f, ok := in.URI.Flat()
	if !ok {
		return
	}
	segments := strings.SplitN(f.S, ":", 4)
	bare := len(segments) == 4 && segments[0] == "arn" && segments[2] == "lambda"
	if ref, single := in.URI.Only(); single && !bare {
		inv, known := in.Lambda.Get()
		bare = known && inv.Function != nil && ref.Kind == value.Resource
	}
	if !bare {
		return
	}
	pass.ReportIf(tri.And(route.API.Kind.Is(model.REST), in.Type.OneOf("AWS", "AWS_PROXY")), lint.Diagnostic{
		Span:    in.URI.Span(),
		Message: fmt.Sprintf("the URI is the function %s itself, and a REST API takes the URI of its invocation", in.URI),
		Routes:  []*model.Route{route}, Refused: true,
		Cause: in.URI.Span(),
		Help:  "put the ARN of the function into " + invokeURI,
		Uses:  []value.Setting{in.URI, in.Type},
	})
}

// lambdaPath begins the part of a URI that says what is called of Lambda.
const lambdaPath = ":lambda:path/"

// invocation is the rest of the URI of an invocation.
var invocation = regexp.MustCompile(`^/?(?:2015-03-31/functions/.+/invocations|2021-11-15/functions/.+/response-streaming-invocations)/?$`)

// invokePath reports paths of the Lambda API that do not invoke a function.
func invokePath(pass *lint.Pass, route *model.Route, in *model.Integration) {
	f, ok := model.Unresolved(in.URI).Flat()
	if !ok {
		return
	}
	start := strings.Index(f.S, lambdaPath)
	if start < 0 {
		return
	}
	if invocation.MatchString(f.S[start+len(lambdaPath):]) {
		return // what stands in the function's place does not matter
	}
	path := f.Slice(start+len(lambdaPath), len(f.S))
	invokes := tri.No
	for _, pattern := range []string{"2015-03-31/functions/?*/invocations", "2021-11-15/functions/?*/response-streaming-invocations"} {
		for _, prefix := range []string{"", "/"} {
			for _, suffix := range []string{"", "/"} {
				invokes = tri.Or(invokes, value.Glob(value.Lit(prefix+pattern+suffix, source.Span{}), withoutReferences(pass, path), value.Wildcard))
			}
		}
	}
	d := lint.Diagnostic{
		Span:    in.URI.Span(),
		Message: fmt.Sprintf("the path %s invokes no function, and AWS_PROXY does nothing else", path),
		Routes:  []*model.Route{route},
		Cause:   in.URI.Span(),
		Help:    "write the URI as " + invokeURI,
		Uses:    []value.Setting{in.URI, in.Type},
	}
	switch {
	case route.API.Kind == model.WebSocket:
		d.Severity = lint.Warning
	case strings.HasPrefix(strings.TrimPrefix(path.String(), "/"), "2015-03-31/functions/"):
		d.Severity = lint.Warning // the end is missing
		fallthrough
	default:
		d.Refused = true
	}
	kind := tri.Or(route.API.Kind.Is(model.REST), route.API.Kind.Is(model.WebSocket))
	pass.ReportIf(tri.And(kind, in.Type.IsFold("AWS_PROXY"), invokes.Not()), d)
}

// withoutReferences returns t with names in the place of references to
// functions, which hold nothing of the path around them.
func withoutReferences(pass *lint.Pass, t value.Text) value.Text {
	out := value.Join(t.Span())
	for _, p := range t.Parts() {
		if p.Ref != nil && isFunction(pass.Model, *p.Ref) {
			p = value.Part{Lit: p.Ref.Name, Span: p.Span}
		}
		out = out.Append(value.Join(t.Span(), p))
	}
	return out.Assuming(t.Assumes()...)
}

func isFunction(m *model.Model, ref value.Ref) bool {
	if ref.Kind != value.Resource {
		return false
	}
	for fn := range m.Functions.All() {
		if fn.ID == ref.Name {
			return true
		}
	}
	return false
}

// otherService reports proxies for services that there are none for. Firehose
// is accepted, although it is not documented.
func otherService(pass *lint.Pass, route *model.Route, in *model.Integration) {
	f, ok := in.URI.Flat()
	if !ok {
		return
	}
	segments := strings.SplitN(f.S, ":", 6)
	if len(segments) < 6 || segments[0] != "arn" || segments[2] != "apigateway" {
		return
	}
	service := segments[4]
	if service == "lambda" || service == "firehose" || strings.ContainsAny(service, "${}"+value.HoleString) {
		return
	}
	pass.ReportIf(tri.And(route.API.Kind.Is(model.REST), in.Type.IsFold("AWS_PROXY")), lint.Diagnostic{
		Span:    in.URI.Span(),
		Message: fmt.Sprintf("the integration is of the type AWS_PROXY and calls %s, and AWS_PROXY invokes Lambda functions only", service),
		Routes:  []*model.Route{route}, Refused: true,
		Cause: in.URI.Span(),
		Help:  "use the type AWS, with a request template and integration responses",
		Uses:  []value.Setting{in.URI, in.Type},
	})
}
