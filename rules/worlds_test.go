package rules

import (
	"strings"
	"testing"
	"time"

	"github.com/apigwlint/apigwlint/lint"
	"github.com/apigwlint/apigwlint/linttest"
	"github.com/apigwlint/apigwlint/model"
	"github.com/apigwlint/apigwlint/source"
	"github.com/apigwlint/apigwlint/tri"
	"github.com/apigwlint/apigwlint/value"
)

// Some mistakes need knowledge that few files hold, such as the account of an
// API. These tests build the models by hand.

var (
	file = source.NewFile("hand.yaml", []byte(strings.Repeat("made by hand\n", 100)))
	next = 0
)

// here returns a place of its own.
func here() source.Span {
	next += 13
	return file.Span(next%1000, next%1000+4)
}

func lit(s string) value.Text { return value.Lit(s, here()) }
func no() value.Text          { return value.NoText(here()) }

// resource is a reference to a resource of the files.
func resource(name string) value.Text {
	return value.Hole(value.Ref{Kind: value.Resource, Name: name, Segment: true}, here())
}

// integration is one of which everything is left out but what change sets.
func integration(kind string, change func(*model.Integration)) *model.Integration {
	in := &model.Integration{
		Type: lit(kind), URI: no(), Credentials: no(), ConnectionType: no(), ConnectionID: no(), TargetARN: no(), Subtype: no(),
		Timeout: value.Absent[time.Duration](here()), TransferMode: no(), Passthrough: no(), Method: lit("POST"), Imported: tri.No,
		RequestTemplates: value.NoMap[value.Text](here()), RequestParameters: value.NoMap[value.Text](here()),
		Responses: value.Closed[*model.IntegrationResponse](), Lambda: value.Absent[*model.Invocation](here()), Span: here(),
	}
	if change != nil {
		change(in)
	}
	return in
}

func apiOf(kind model.Kind, in *model.Integration) *model.API {
	api := &model.API{ID: "Api", Kind: kind, APIID: resource("Api"), Managed: tri.Yes, Endpoint: lit("REGIONAL"), Span: here()}
	route := &model.Route{API: api, Method: lit("GET"), Path: lit("/orders"), Integration: value.Known(in, in.Span), Imported: tri.No, Span: here()}
	if kind == model.WebSocket {
		route.Method, route.Path = no(), lit("$connect")
	}
	api.Routes = value.Closed(route)
	api.Stages = value.Closed(&model.Stage{
		ID: "Prod", Name: lit("prod"), Variables: value.NoMap[value.Text](here()), CanaryVariables: value.NoMap[value.Text](here()),
		Deployment: value.Absent[*model.Deployment](here()), Span: here(),
	})
	return api
}

// said returns what rule reports and leaves open, and checks the law of
// forgetting on the way.
func said(t *testing.T, rule *lint.Rule, m *model.Model, limits lint.Limits) (reported, undecided []lint.Diagnostic) {
	t.Helper()
	linttest.CheckForgetting(t, []*model.Unit{{Name: t.Name(), Scenarios: []model.Scenario{{Model: m}}}}, rule)
	return lint.Raw(m, rule, limits)
}

// expect fails when the messages that rule reports are not those that match want.
func expect(t *testing.T, rule *lint.Rule, m *model.Model, want ...string) {
	t.Helper()
	reported, _ := said(t, rule, m, lint.DefaultLimits)
	if len(reported) != len(want) {
		t.Errorf("%d diagnostics, want %d: %+v", len(reported), len(want), reported)
		return
	}
	for i, d := range reported {
		if !strings.Contains(d.Message, want[i]) {
			t.Errorf("%q, want %q", d.Message, want[i])
		}
	}
}

func TestAccounts(t *testing.T) {
	const listener = "arn:aws:elasticloadbalancing:eu-west-1:444455556666:listener/app/a/b/c"
	link := func(uri value.Text, target value.Text, targets ...value.Text) *model.API {
		return apiOf(model.HTTP, integration("HTTP_PROXY", func(in *model.Integration) {
			in.URI, in.TargetARN, in.ConnectionType, in.ConnectionID = uri, target, lit("VPC_LINK"), resource("Link")
			in.VPCLink = &model.VPCLink{ID: "Link", Generation: 2, Targets: value.Closed(targets...), Span: here()}
		}))
	}
	for name, tt := range map[string]struct {
		api     *model.API
		account value.Text
		want    []string
	}{
		"listener":         {link(lit(listener), no()), lit("111122223333"), []string{"the load balancer is in the account 444455556666, and the API in 111122223333"}},
		"target":           {link(lit("https://a.example.com"), lit(listener)), lit("111122223333"), []string{"in the account 444455556666"}},
		"target of a link": {link(lit("https://a.example.com"), no(), lit(listener)), lit("111122223333"), []string{"in the account 444455556666"}},
		"same account":     {link(lit(listener), no()), lit("444455556666"), nil},
		"unknown account":  {link(lit(listener), no()), value.Text{}, nil},
		"account of the deployment": {link(value.Join(here(), value.Part{Lit: "arn:aws:elasticloadbalancing:eu-west-1:"},
			value.Part{Ref: &value.Ref{Kind: value.Pseudo, Name: "AccountId"}}, value.Part{Lit: ":listener/app/a/b/c"}), no()), lit("111122223333"), nil},
		"another service": {link(lit("arn:aws:servicediscovery:eu-west-1:444455556666:service/srv-1"), no()), lit("111122223333"), nil},
	} {
		t.Run(name, func(t *testing.T) {
			tt.api.Account = tt.account
			expect(t, vpcLinkConnection, &model.Model{APIs: []*model.API{tt.api}}, tt.want...)
		})
	}
}

func TestStageVariableAccount(t *testing.T) {
	const uri = "arn:aws:apigateway:eu-west-1:lambda:path/2015-03-31/functions/arn:aws:lambda:eu-west-1:444455556666:function:${stageVariables.f}/invocations"
	for account, want := range map[string][]string{
		"111122223333": {"a function of the account 444455556666, and the API is in 111122223333"},
		"444455556666": nil,
	} {
		inv := &model.Invocation{Name: lit("x"), Account: lit("444455556666"), Qualifier: no(), Variables: []model.VariableUse{{Name: "f", Span: here()}}, Span: here()}
		api := apiOf(model.REST, integration("AWS_PROXY", func(in *model.Integration) {
			in.URI, in.Lambda = lit(uri), value.Known(inv, here())
		}))
		api.Account = lit(account)
		expect(t, stageVariablePermission, &model.Model{APIs: []*model.API{api}}, want...)
		inv.Variables = nil
		expect(t, stageVariablePermission, &model.Model{APIs: []*model.API{api}})
	}
}

func TestSourceOfAnotherPlace(t *testing.T) {
	fn := &model.Function{ID: "Fn", Span: here()}
	for sourceARN, want := range map[string][]string{
		"arn:aws:execute-api:us-east-1:111122223333:a1b2c3d4e5/*":       {`names the region "us-east-1", and the API is in eu-west-1`},
		"arn:aws:execute-api:eu-west-1:444455556666:a1b2c3d4e5/*":       {`names the account "444455556666", and the API is in 111122223333`},
		"arn:aws:execute-api:eu-west-1:111122223333:a1b2c3d4e5/*":       nil,
		"arn:aws:execute-api:eu-west-1":                                 {"is arn:aws:execute-api:eu-west-1, and no ARN of an API's calls"},
		"x:aws:execute-api:a:b:c/*":                                     {"is x:aws:execute-api:a:b:c/*, and no ARN of an API's calls"},
		"arn:aws:execute-api:*:*:a1b2c3d4e5/*":                          nil,
		"arn:aws:execute-api:eu-west-1:111122223333:a1b2c3d4e5/*/GET/x": {"ends in the path /x, and that of the route is /orders"},
	} {
		inv := &model.Invocation{Function: fn, Name: lit("fn"), Qualifier: no(), Span: here()}
		api := apiOf(model.REST, integration("AWS_PROXY", func(in *model.Integration) { in.Lambda = value.Known(inv, here()) }))
		api.APIID, api.Region, api.Account, api.Partition = lit("a1b2c3d4e5"), lit("eu-west-1"), lit("111122223333"), lit("aws")
		p := &model.Permission{
			ID: "P", FunctionName: lit("fn"), Principal: lit("apigateway.amazonaws.com"), Action: lit("lambda:InvokeFunction"), SourceARN: lit(sourceARN),
			SourceAccount: no(), EventSourceToken: no(), URLAuthType: no(), Target: inv, Span: here(),
		}
		expect(t, lambdaPermissionSourceARN, &model.Model{APIs: []*model.API{api}, Permissions: value.Closed(p)}, want...)
	}
}

// TestOneCause requires that a call that nothing permits is one rule's matter.
func TestOneCause(t *testing.T) {
	rules := []*lint.Rule{lambdaPermissionMissing, lambdaPermissionPrincipal, lambdaPermissionAction, lambdaPermissionQualifier, lambdaPermissionSourceARN}
	const covering, other = "arn:aws:execute-api:*:*:*/prod/GET/orders", "arn:aws:execute-api:*:*:*/prod/GET/bills"
	perm := func(principal, action, qualifier, sourceARN string) *model.Permission {
		inv := &model.Invocation{Name: lit("fn"), Qualifier: no()}
		if qualifier != "" {
			inv.Qualifier = lit(qualifier)
		}
		return &model.Permission{
			ID: "P", FunctionName: lit("fn"), Principal: lit(principal), Action: lit(action), SourceARN: lit(sourceARN),
			SourceAccount: no(), EventSourceToken: no(), URLAuthType: no(), Target: inv, Span: here(),
		}
	}
	const gateway, invoke = "apigateway.amazonaws.com", "lambda:InvokeFunction"
	for name, tt := range map[string]struct {
		perms []*model.Permission
		want  *lint.Rule
	}{
		"none":                         {nil, lambdaPermissionMissing},
		"for something else":           {[]*model.Permission{perm("s3.amazonaws.com", invoke, "", "arn:aws:s3:::x")}, lambdaPermissionMissing},
		"principal":                    {[]*model.Permission{perm("lambda.amazonaws.com", invoke, "", covering)}, lambdaPermissionPrincipal},
		"action":                       {[]*model.Permission{perm(gateway, "lambda:GetFunction", "", covering)}, lambdaPermissionAction},
		"qualifier":                    {[]*model.Permission{perm(gateway, invoke, "live", covering)}, lambdaPermissionQualifier},
		"source":                       {[]*model.Permission{perm(gateway, invoke, "", other)}, lambdaPermissionSourceARN},
		"action and source":            {[]*model.Permission{perm(gateway, "lambda:GetFunction", "", other)}, lambdaPermissionAction},
		"qualifier and source":         {[]*model.Permission{perm(gateway, invoke, "live", other)}, lambdaPermissionQualifier},
		"principal, action and source": {[]*model.Permission{perm("lambda.amazonaws.com", "lambda:GetFunction", "", other)}, lambdaPermissionPrincipal},
		// What lacks one thing comes nearer than what lacks two.
		"one with two, one with one": {[]*model.Permission{perm(gateway, "lambda:GetFunction", "", other), perm(gateway, invoke, "", other)}, lambdaPermissionSourceARN},
		"one for the route":          {[]*model.Permission{perm(gateway, invoke, "", other), perm(gateway, "lambda:GetFunction", "", covering)}, lambdaPermissionAction},
		"one that covers":            {[]*model.Permission{perm(gateway, invoke, "", other), perm(gateway, invoke, "", covering)}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			fn := &model.Function{ID: "Fn", Span: here()}
			inv := &model.Invocation{Function: fn, Name: lit("fn"), Qualifier: no(), Span: here()}
			api := apiOf(model.REST, integration("AWS_PROXY", func(in *model.Integration) { in.Lambda = value.Known(inv, here()) }))
			for _, p := range tt.perms {
				p.Target.Function = fn
			}
			m := &model.Model{APIs: []*model.API{api}, Permissions: value.Closed(tt.perms...)}
			for _, rule := range rules {
				reported, undecided := said(t, rule, m, lint.DefaultLimits)
				if want := rule == tt.want; (len(reported) == 1) != want || len(reported) > 1 || len(undecided) > 0 {
					t.Errorf("%s reports %d and leaves %d open, expected %v", rule.Name, len(reported), len(undecided), want)
				}
				// What may stand elsewhere is never reported.
				m.Permissions = m.Permissions.Opened()
				if reported, _ := lint.Raw(m, rule, lint.DefaultLimits); len(reported) > 0 {
					t.Errorf("%s reports though there may be more permissions", rule.Name)
				}
				m.Permissions = value.Closed(tt.perms...)
			}
		})
	}
}

func TestRaisedQuota(t *testing.T) {
	timeout := func(d time.Duration) *model.Model {
		return &model.Model{APIs: []*model.API{apiOf(model.REST, integration("HTTP_PROXY", func(in *model.Integration) { in.Timeout = value.Known(d, here()) }))}}
	}
	raised := lint.Limits{IntegrationTimeout: 60 * time.Second}
	for d, want := range map[time.Duration]int{29 * time.Second: 0, 29001 * time.Millisecond: 0, 60 * time.Second: 0, 61 * time.Second: 1, 301 * time.Second: 1} {
		if got, _ := said(t, integrationTimeout, timeout(d), raised); len(got) != want {
			t.Errorf("%v with a quota of 60 s: %d diagnostics, want %d", d, len(got), want)
		}
	}
	expect(t, integrationTimeout, timeout(29*time.Second))
	expect(t, integrationTimeout, timeout(29001*time.Millisecond), "above 29000 ms, which takes a raised quota")
}

func TestTimeoutsOfREST(t *testing.T) {
	for name, tt := range map[string]struct {
		change func(*model.API, *model.Integration)
		want   []string
	}{
		"buffered for too long": {func(_ *model.API, in *model.Integration) { in.Timeout = value.Known(901*time.Second, here()) }, []string{"above the 300000 ms"}},
		"streamed for too long": {func(_ *model.API, in *model.Integration) {
			in.Timeout, in.TransferMode = value.Known(901*time.Second, here()), lit("STREAM")
		}, []string{"above the 900000 ms of a streamed response"}},
		"the longest quota":   {func(_ *model.API, in *model.Integration) { in.Timeout = value.Known(300*time.Second, here()) }, []string{"takes a raised quota"}},
		"streamed":            {func(_ *model.API, in *model.Integration) { in.TransferMode = lit("STREAM") }, nil},
		"edge":                {func(api *model.API, _ *model.Integration) { api.Endpoint = lit("EDGE") }, []string{"edge-optimized", "takes a raised quota"}},
		"edge by default":     {func(api *model.API, _ *model.Integration) { api.Endpoint = no() }, []string{"edge-optimized", "takes a raised quota"}},
		"regional":            {func(*model.API, *model.Integration) {}, []string{"takes a raised quota"}},
		"an unknown endpoint": {func(api *model.API, _ *model.Integration) { api.Endpoint = value.Text{} }, []string{"takes a raised quota"}},
		"an API elsewhere":    {func(api *model.API, _ *model.Integration) { api.Endpoint, api.Managed = no(), tri.No }, []string{"takes a raised quota"}},
	} {
		t.Run(name, func(t *testing.T) {
			in := integration("AWS_PROXY", func(in *model.Integration) { in.Timeout = value.Known(60*time.Second, here()) })
			api := apiOf(model.REST, in)
			tt.change(api, in)
			expect(t, integrationTimeout, &model.Model{APIs: []*model.API{api}}, tt.want...)
		})
	}
}

// TestAuthorizerCauses requires that the permissions that come near say what they lack.
func TestAuthorizerCauses(t *testing.T) {
	const api = "arn:aws:execute-api:*:*:*"
	for want, change := range map[string]func(*model.Permission){
		"P is given to lambda.amazonaws.com": func(p *model.Permission) { p.Principal = lit("lambda.amazonaws.com") },
		"P allows lambda:GetFunction":        func(p *model.Permission) { p.Action = lit("lambda:GetFunction") },
		"P is for fn:live, and the authorizer invokes Fn without an alias or version": func(p *model.Permission) {
			p.Target = &model.Invocation{Function: p.Target.Function, Name: lit("fn"), Qualifier: lit("live")}
		},
		"P has the source ARN of a route, and authorizers call from <api>/authorizers/<id>":     func(p *model.Permission) { p.SourceARN = lit(api + "/*/GET/*") },
		"P names another authorizer: the identifier is assigned by the service, and is no name": func(p *model.Permission) { p.SourceARN = lit(api + "/authorizers/My-Guard") },
		"": func(p *model.Permission) {
			p.Target = &model.Invocation{Function: &model.Function{ID: "Else"}, Qualifier: no()}
		},
	} {
		fn := &model.Function{ID: "Fn", Span: here()}
		inv := &model.Invocation{Function: fn, Name: lit("fn"), Qualifier: no(), Span: here()}
		of := apiOf(model.REST, integration("HTTP_PROXY", nil))
		guard := &model.Authorizer{API: of, ID: "Guard", AuthorizerID: resource("Guard"), Credentials: no(), Lambda: value.Known(inv, here()), Span: here()}
		of.Authorizers = value.Closed(guard)
		for r := range of.Routes.All() {
			r.Authorizer = value.Known(guard, here())
		}
		p := &model.Permission{
			ID: "P", FunctionName: lit("fn"), Principal: lit("apigateway.amazonaws.com"), Action: lit("lambda:InvokeFunction"), SourceARN: no(),
			SourceAccount: no(), EventSourceToken: no(), URLAuthType: no(), Target: &model.Invocation{Function: fn, Name: lit("fn"), Qualifier: no()}, Span: here(),
		}
		m := &model.Model{APIs: []*model.API{of}, Permissions: value.Closed(p)}
		expect(t, authorizerPermission, m)
		change(p)
		reported, _ := said(t, authorizerPermission, m, lint.DefaultLimits)
		if len(reported) != 1 {
			t.Errorf("%d diagnostics, want one with %q", len(reported), want)
			continue
		}
		got := ""
		for _, r := range reported[0].Related {
			if r.Span != fn.Span {
				got = r.Message
			}
		}
		if strings.ReplaceAll(got, "Fn:live", "fn:live") != want {
			t.Errorf("%q, want %q", got, want)
		}
		// Without a route that uses it, and in another part of the world, it does not matter.
		inv.Variables = []model.VariableUse{{Name: "f"}}
		expect(t, authorizerPermission, m)
		inv.Variables, inv.Function = nil, nil
		expect(t, authorizerPermission, m)
	}
}

func TestUnknownKind(t *testing.T) {
	// Of a document on its own it may not be known what kind of API imports it.
	api := apiOf("", integration("MOCK", func(in *model.Integration) { in.Timeout = value.Known(20*time.Millisecond, here()) }))
	for _, rule := range All() {
		reported, _ := said(t, rule, &model.Model{APIs: []*model.API{api}}, lint.DefaultLimits)
		want := 0
		if rule == integrationTimeout {
			want = 1 // too short for every kind
		}
		if len(reported) != want {
			t.Errorf("%s: %d diagnostics, want %d", rule.Name, len(reported), want)
		}
	}
}

// TestMappingsOfUnknownKind requires that what goes wrong on REST APIs only is
// left open where the kind is not known.
func TestMappingsOfUnknownKind(t *testing.T) {
	templates := func(s string) value.Map[value.Text] {
		return value.NewMap(here(), value.Entry[value.Text]{Key: lit("application/json"), Value: lit(s), Span: here()})
	}
	only := func(pattern, status string) value.Set[*model.IntegrationResponse] {
		return value.Closed(&model.IntegrationResponse{Pattern: lit(pattern), Status: lit(status), Span: here()})
	}
	for name, tt := range map[string]struct {
		kind   string
		change func(*model.Integration)
		rule   *lint.Rule
	}{
		"mock without template": {"MOCK", func(*model.Integration) {}, mockStatusCode},
		"mock in quotes":        {"MOCK", func(in *model.Integration) { in.RequestTemplates = templates(`{"statusCode": "200"}`) }, mockStatusCode},
		"mock without status":   {"MOCK", func(in *model.Integration) { in.RequestTemplates = templates(`{}`) }, mockStatusCode},
		"mock without match": {"MOCK", func(in *model.Integration) {
			in.RequestTemplates, in.Responses = templates(`{"statusCode": 200}`), only("5..", "500")
		}, mockStatusCode},
		"no response":                  {"HTTP", func(*model.Integration) {}, integrationResponseMissing},
		"no default":                   {"HTTP", func(in *model.Integration) { in.Responses = only("5..", "500") }, defaultResponseMissing},
		"no method response":           {"HTTP", func(in *model.Integration) { in.Responses = only("", "200") }, methodResponseMissing},
		"mock of another content type": {"MOCK", func(in *model.Integration) { in.RequestTemplates = templates(`{"statusCode": 200}`) }, mockStatusCode},
	} {
		t.Run(name, func(t *testing.T) {
			world := func(kind model.Kind) *model.Model {
				api := apiOf(kind, integration(tt.kind, tt.change))
				for r := range api.Routes.All() {
					r.Method, r.Responses = lit("POST"), value.Closed[*model.MethodResponse]()
				}
				return &model.Model{APIs: []*model.API{api}}
			}
			if got, _ := said(t, tt.rule, world(model.REST), lint.DefaultLimits); len(got) == 0 {
				t.Errorf("nothing is reported of a REST API")
			}
			if got, open := said(t, tt.rule, world(""), lint.DefaultLimits); len(got) > 0 || len(open) == 0 {
				t.Errorf("%d reported and %d left open of an unknown kind", len(got), len(open))
			}
			if got, open := said(t, tt.rule, world(model.HTTP), lint.DefaultLimits); len(got)+len(open) > 0 {
				t.Errorf("%d reported and %d left open of an HTTP API", len(got), len(open))
			}
		})
	}
}

func TestNothingIsKnown(t *testing.T) {
	// The zero value of everything keeps every rule silent.
	api := &model.API{}
	in := &model.Integration{}
	api.Routes = value.Closed(&model.Route{API: api, Integration: value.Known(in, here())}, &model.Route{API: api})
	in.Lambda = value.Known(&model.Invocation{Function: &model.Function{}}, here())
	api.Authorizers = value.Closed(&model.Authorizer{API: api})
	m := &model.Model{APIs: []*model.API{api}, Permissions: value.Closed(&model.Permission{})}
	for _, rule := range All() {
		if reported, _ := lint.Raw(m, rule, lint.DefaultLimits); len(reported) > 0 {
			t.Errorf("%s reports of what is not known: %+v", rule.Name, reported)
		}
	}
}
