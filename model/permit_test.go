package model_test

import (
	"strings"
	"testing"

	"github.com/apigwlint/apigwlint/model"
	"github.com/apigwlint/apigwlint/source"
	"github.com/apigwlint/apigwlint/tri"
	"github.com/apigwlint/apigwlint/value"
)

var nowhere source.Span

// text builds a text from "lit${Name}lit": names of resources begin with a
// capital letter, those of parameters do not, what is no ARN is a segment, and "AWS::" is a pseudo parameter.
func text(s string) value.Text {
	var parts []value.Part
	for {
		lit, rest, ok := strings.Cut(s, "${")
		parts = append(parts, value.Part{Lit: lit})
		if !ok {
			return value.Join(nowhere, parts...)
		}
		name, tail, _ := strings.Cut(rest, "}")
		ref := value.Ref{Kind: value.Parameter, Name: name}
		if pseudo, ok := strings.CutPrefix(name, "AWS::"); ok {
			ref = value.Ref{Kind: value.Pseudo, Name: pseudo, Segment: true}
		} else if name[0] >= 'A' && name[0] <= 'Z' {
			ref = value.Ref{Kind: value.Resource, Name: name, Segment: !strings.HasSuffix(name, ".Arn")}
		}
		parts = append(parts, value.Part{Ref: &ref})
		s = tail
	}
}

func absent() value.Text { return value.NoText(nowhere) }

// world is an API with one route to a function, and another API.
func world(kind model.Kind, method, path string) (*model.Model, *model.API, *model.Route, *model.Function) {
	fn := &model.Function{ID: "Fn"}
	inv := &model.Invocation{Function: fn, Name: text("${Fn.Arn}"), Qualifier: absent()}
	in := &model.Integration{Type: text("AWS_PROXY"), Credentials: absent(), Lambda: value.Known(inv, nowhere)}
	api := &model.API{ID: "Api", Kind: kind, APIID: text("${Api}"), Managed: tri.Yes}
	route := &model.Route{API: api, Method: text(method), Path: text(path), Integration: value.Known(in, nowhere)}
	if method == "" {
		route.Method = absent()
	}
	api.Routes = value.Closed(route)
	api.Stages = value.Closed(&model.Stage{ID: "Prod", Name: text("prod"), Deployment: value.Absent[*model.Deployment](nowhere)})
	other := &model.API{ID: "Other", Kind: kind, APIID: text("${Other}")}
	return &model.Model{APIs: []*model.API{api, other}, Functions: value.Closed(fn)}, api, route, fn
}

// grant is a permission that covers everything but what change takes away.
func grant(fn *model.Function, change func(*model.Permission)) *model.Permission {
	p := &model.Permission{
		ID: "P", Principal: text("apigateway.amazonaws.com"), Action: text("lambda:InvokeFunction"),
		SourceARN: absent(), SourceAccount: absent(), EventSourceToken: absent(), URLAuthType: absent(),
		Target: &model.Invocation{Function: fn, Name: text("${Fn}"), Qualifier: absent()},
	}
	if change != nil {
		change(p)
	}
	return p
}

func TestPermits(t *testing.T) {
	for _, tt := range []struct {
		name   string
		change func(*model.Permission)
		want   tri.Bool
	}{
		{"everything", nil, tri.Yes},
		{"other function", func(p *model.Permission) { p.Target.Function = &model.Function{ID: "Else"} }, tri.No},
		{"unknown function", func(p *model.Permission) { p.Target = nil }, tri.Maybe},
		{"alias", func(p *model.Permission) { p.Target.Qualifier = text("live") }, tri.No},
		{"$LATEST", func(p *model.Permission) { p.Target.Qualifier = text("$LATEST") }, tri.Maybe},
		{"parameter for alias", func(p *model.Permission) { p.Target.Qualifier = text("${alias}") }, tri.Maybe},
		{"published version", func(p *model.Permission) { p.Target.Qualifier = text("${Version}") }, tri.No},
		{"other principal", func(p *model.Permission) { p.Principal = text("lambda.amazonaws.com") }, tri.No},
		{"principal of China", func(p *model.Permission) { p.Principal = text("apigateway.amazonaws.com.cn") }, tri.Maybe},
		{"anybody", func(p *model.Permission) { p.Principal = text("*") }, tri.Yes},
		{"other action", func(p *model.Permission) { p.Action = text("lambda:GetFunction") }, tri.No},
		{"all actions", func(p *model.Permission) { p.Action = text("lambda:*") }, tri.Yes},
		{"case of actions", func(p *model.Permission) { p.Action = text("lambda:invokefunction") }, tri.Yes},
		{"source account", func(p *model.Permission) { p.SourceAccount = text("${AWS::AccountId}") }, tri.Maybe},
		{"token", func(p *model.Permission) { p.EventSourceToken = text("x") }, tri.Maybe},
		{"own address", func(p *model.Permission) { p.URLAuthType = text("NONE") }, tri.Maybe},
	} {
		m, _, route, fn := world(model.REST, "GET", "/orders")
		m.Permissions = value.Closed(grant(fn, tt.change))
		got, needed := m.Invokable(route)
		if got != tt.want || needed != tri.Yes {
			t.Errorf("%s: %v, want %v", tt.name, got, tt.want)
		}
		m.Permissions = m.Permissions.Opened()
		if got, _ := m.Invokable(route); got != max(tt.want, tri.Maybe) {
			t.Errorf("%s: %v though there may be more permissions", tt.name, got)
		}
	}
}

func TestSources(t *testing.T) {
	const arn = "arn:aws:execute-api:${AWS::Region}:${AWS::AccountId}:"
	for _, tt := range []struct {
		kind         model.Kind
		method, path string
		source       string
		want         tri.Bool
	}{
		{model.REST, "GET", "/orders", arn + "${Api}/*", tri.Yes},
		{model.REST, "GET", "/orders", arn + "${Api}/*/*", tri.Yes},
		{model.REST, "GET", "/orders", arn + "${Api}/*/*/*", tri.Yes},
		{model.REST, "GET", "/orders", arn + "${Api}/prod/GET/orders", tri.Yes},
		{model.REST, "GET", "/orders", arn + "${Api}/${stage}/GET/orders", tri.Maybe},
		{model.REST, "GET", "/orders", arn + "${Api}/test/GET/orders", tri.No},
		{model.REST, "GET", "/orders", arn + "${Api}", tri.No},
		{model.REST, "GET", "/orders", arn + "${Api}/prod", tri.No},
		{model.REST, "ANY", "/orders", arn + "${Api}/*/ANY/orders", tri.No},
		{model.REST, "ANY", "/orders", arn + "${Api}/*/GET/orders", tri.No},
		{model.REST, "ANY", "/orders", arn + "${Api}/*/*/orders", tri.Yes},
		{model.REST, "GET", "/orders/{id}", arn + "${Api}/*/GET/orders/{id}", tri.Yes},
		{model.REST, "GET", "/orders/{id}", arn + "${Api}/*/GET/orders/{orderId}", tri.No},
		{model.REST, "GET", "/", arn + "${Api}/*/GET/", tri.Yes},
		// A region and an account that are written down are taken for the API's.
		{model.REST, "GET", "/orders", "arn:aws:execute-api:eu-west-1:111122223333:${Api}/*", tri.Yes},
		{model.REST, "GET", "/orders", "arn:aws:apigateway:eu-west-1:111122223333:${Api}/*", tri.No},
		{model.REST, "GET", "/orders", "${source}", tri.Maybe},
		// Another API of the files, one that is not, and texts that are no identifier.
		{model.REST, "GET", "/orders", arn + "${Other}/*", tri.No},
		{model.REST, "GET", "/orders", arn + "${Else}/*", tri.Maybe},
		{model.REST, "GET", "/orders", arn + "${api}/*", tri.Maybe},
		{model.REST, "GET", "/orders", arn + "OrdersApi/*", tri.No},
		{model.REST, "GET", "/orders", arn + "a1b2c3d4e5/*", tri.Maybe},
		{model.REST, "GET", "/orders", arn + "*/*", tri.Yes},
		{model.HTTP, "", "$default", arn + "${Api}/*/$default", tri.Yes},
		{model.HTTP, "", "$default", arn + "${Api}/*/*", tri.Yes},
		{model.HTTP, "", "$default", arn + "${Api}/*/*/*", tri.No},
		{model.HTTP, "", "$default", arn + "${Api}/*/*/$default", tri.Maybe},
		{model.HTTP, "", "$default", arn + "${Api}/*/GET/orders", tri.No},
		{model.HTTP, "GET", "/orders", arn + "${Api}/*/*/orders", tri.Yes},
		{model.WebSocket, "", "$connect", arn + "${Api}/*$connect", tri.Yes},
		{model.WebSocket, "", "$connect", arn + "${Api}/*/*/*", tri.No},
		{model.WebSocket, "", "send", arn + "${Api}/*/$connect", tri.No},
	} {
		m, _, route, fn := world(tt.kind, tt.method, tt.path)
		m.Permissions = value.Closed(grant(fn, func(p *model.Permission) { p.SourceARN = text(tt.source) }))
		if got, _ := m.Invokable(route); got != tt.want {
			t.Errorf("%s %s with %s: %v, want %v", tt.kind, route.Key(), tt.source, got, tt.want)
		}
	}
}

func TestAuthorizerSources(t *testing.T) {
	const arn = "arn:aws:execute-api:${AWS::Region}:${AWS::AccountId}:${Api}"
	for suffix, want := range map[string]tri.Bool{
		"": tri.No, "/*": tri.Yes, "/*/*": tri.Yes, "/*/*/*": tri.No, "/*/GET/*": tri.No, "/prod/*": tri.No,
		"/authorizers/*": tri.Yes, "/authorizers/${Guard}": tri.Yes, "/authorizers/${guard}": tri.Maybe,
		"/authorizers/my-guard": tri.No, "/authorizers/a1b2c3": tri.Maybe,
	} {
		m, api, _, fn := world(model.REST, "GET", "/orders")
		guard := &model.Authorizer{API: api, ID: "Guard", AuthorizerID: text("${Guard}")}
		m.Permissions = value.Closed(grant(fn, func(p *model.Permission) { p.SourceARN = text(arn + suffix) }))
		inv := &model.Invocation{Function: fn, Qualifier: absent()}
		if got := m.Permits(inv, guard.CallerARN()); got != want {
			t.Errorf("%s: %v, want %v", suffix, got, want)
		}
	}
}

func TestUnknownCaller(t *testing.T) {
	m, api, route, fn := world(model.REST, "GET", "/orders")
	m.Permissions = value.Closed(grant(fn, func(p *model.Permission) { p.SourceARN = text("arn:aws:execute-api:a:b:${Api}/x/GET/y") }))
	route.Path = value.Text{}
	if got, _ := m.Invokable(route); got != tri.Maybe {
		t.Errorf("with an unknown path: %v", got)
	}
	route.Path, api.APIID = text("/orders"), value.Text{}
	if got, _ := m.Invokable(route); got != tri.Maybe {
		t.Errorf("with an unknown API: %v", got)
	}
}

func TestVerbsOfAny(t *testing.T) {
	_, api, route, _ := world(model.REST, "ANY", "/orders")
	post := &model.Route{API: api, Method: text("POST"), Path: text("/orders")}
	api.Routes = value.Closed(route, post)
	if got := strings.Join(route.Verbs(), " "); strings.Contains(got, "POST") || !strings.Contains(got, "GET") {
		t.Errorf("ANY beside POST stands for %s", got)
	}
	post.Method = value.Text{}
	if got := route.Verbs(); got != nil {
		t.Errorf("beside an unknown method ANY stands for %v", got)
	}
}

func TestServed(t *testing.T) {
	for _, tt := range []struct {
		name   string
		change func(api *model.API, made, stage *model.Stage)
		want   int
	}{
		{"a stage of SAM", func(*model.API, *model.Stage, *model.Stage) {}, 1},
		{"of another deployment", func(_ *model.API, _, stage *model.Stage) {
			stage.Deployment = value.Known(&model.Deployment{ID: "Else"}, nowhere)
		}, 2},
		{"of an unknown deployment", func(_ *model.API, _, stage *model.Stage) { stage.Deployment = value.Of[*model.Deployment]{} }, 0},
		{"alone", func(api *model.API, made, _ *model.Stage) { api.Stages = value.Closed(made) }, 1},
		{"of an HTTP API", func(api *model.API, _, _ *model.Stage) { api.Kind = model.HTTP }, 2},
	} {
		d := &model.Deployment{ID: "D"}
		made := &model.Stage{ID: "D", Name: text("Stage"), Deployment: value.Known(d, nowhere)}
		stage := &model.Stage{ID: "S", Name: text("prod"), Deployment: value.Known(d, nowhere)}
		api := &model.API{Kind: model.REST, Stages: value.Closed(made, stage)}
		tt.change(api, made, stage)
		n := 0
		for range api.Served() {
			n++
		}
		if n != tt.want {
			t.Errorf("%s: %d stages are served, want %d", tt.name, n, tt.want)
		}
	}
}

func TestConcerns(t *testing.T) {
	const arn = "arn:aws:execute-api:${AWS::Region}:${AWS::AccountId}:${Api}/*"
	for _, tt := range []struct {
		principal, source string
		want              tri.Bool
	}{
		{"apigateway.amazonaws.com", "", tri.Yes},
		{"apigateway.amazonaws.com", "arn:aws:execute-api:r:a:${Other}/*", tri.No},
		{"lambda.amazonaws.com", arn, tri.Yes},
		{"lambda.amazonaws.com", "", tri.No},
		{"s3.amazonaws.com", "${Bucket}", tri.No},
		{"111122223333", arn, tri.No},
		{"*", arn, tri.No},
		{"${principal}", arn, tri.Maybe},
	} {
		m, api, _, fn := world(model.REST, "GET", "/orders")
		p := grant(fn, func(p *model.Permission) {
			p.Principal = text(tt.principal)
			if tt.source != "" {
				p.SourceARN = text(tt.source)
			}
		})
		if got := m.Concerns(p, api); got != tt.want {
			t.Errorf("%s from %s: %v, want %v", tt.principal, tt.source, got, tt.want)
		}
	}
}

func TestIsAsync(t *testing.T) {
	entry := func(k, v string) value.Entry[value.Text] {
		return value.Entry[value.Text]{Key: text(k), Value: text(v)}
	}
	const header = "integration.request.header.X-Amz-Invocation-Type"
	for name, tt := range map[string]struct {
		params value.Map[value.Text]
		want   tri.Bool
	}{
		"none":    {value.NoMap[value.Text](nowhere), tri.No},
		"unknown": {value.Map[value.Text]{}, tri.Maybe},
		"event":   {value.NewMap(nowhere, entry(header, "'Event'")), tri.Yes},
		"waits":   {value.NewMap(nowhere, entry(header, "'RequestResponse'")), tri.No},
		"mapped":  {value.NewMap(nowhere, entry(header, "method.request.header.How")), tri.Maybe},
		"other":   {value.NewMap(nowhere, entry("integration.request.header.X", "'Event'")), tri.No},
	} {
		if got := (&model.Integration{RequestParameters: tt.params}).IsAsync(); got != tt.want {
			t.Errorf("%s: %v, want %v", name, got, tt.want)
		}
	}
}

func TestHosts(t *testing.T) {
	for uri, want := range map[string]model.Privacy{
		"http://10.1.2.3/x": model.PrivateHost, "http://172.31.0.1:8080": model.PrivateHost, "https://192.168.0.1?q": model.PrivateHost,
		"http://127.0.0.1": model.PrivateHost, "http://169.254.170.2/": model.PrivateHost, "http://localhost:80/": model.PrivateHost,
		"HTTP://LOCALHOST/": model.PrivateHost,
		"http://internal-a-1.eu-west-1.elb.amazonaws.com/x": model.PrivateHost,
		"http://internal-a-1.${region}.elb.amazonaws.com/x": model.PrivateHost,
		"https://a.internal/":                               model.PrivateName, "https://a.local.": model.PrivateName, "http://a.b.svc.cluster.local:80": model.PrivateName,
		"http://172.32.0.1/": model.Public, "http://8.8.8.8": model.Public, "https://internal.example.com/": model.Public,
		"https://example.com/10.0.0.1": model.Public, "https://${host}/": model.Public, "https://a.${domain}": model.Public,
		"http://internal-a.example.com": model.Public, "https://${stageVariables.host}.internal": model.Public,
		"ftp://10.0.0.1/": model.Public, "10.0.0.1": model.Public, "arn:aws:apigateway:r:sqs:path/10.0.0.1": model.Public,
	} {
		if got := (&model.Integration{URI: text(uri)}).ReachesPrivate(); got != want {
			t.Errorf("%s: %d, want %d", uri, got, want)
		}
	}
	lb := &model.LoadBalancer{ID: "Balancer", Scheme: text("internal")}
	in := &model.Integration{URI: text("http://${Balancer}/x"), LoadBalancer: lb}
	if in.ReachesPrivate() != model.PrivateHost {
		t.Error("an internal load balancer is private")
	}
	lb.Scheme = text("internet-facing")
	if in.ReachesPrivate() != model.Public {
		t.Error("a load balancer that faces the internet is public")
	}
	in.URI, lb.Scheme = text("http://x.example.com/${Balancer}"), text("internal")
	if in.ReachesPrivate() != model.Public {
		t.Error("the name of a load balancer in the path is no host")
	}
}

func TestDeclares(t *testing.T) {
	for name, tt := range map[string]struct {
		declared         []string
		exactly, loosely tri.Bool
	}{
		"nothing": {nil, tri.No, tri.No}, "it": {[]string{"404", "200"}, tri.Yes, tri.No}, "another": {[]string{"404"}, tri.No, tri.No},
		"default": {[]string{"default"}, tri.No, tri.Yes}, "its class": {[]string{"2XX"}, tri.No, tri.Yes}, "another class": {[]string{"4XX"}, tri.No, tri.No},
		"a parameter": {[]string{"${status}"}, tri.Maybe, tri.Maybe},
	} {
		r := &model.Route{}
		var list []*model.MethodResponse
		for _, s := range tt.declared {
			list = append(list, &model.MethodResponse{Status: text(s)})
		}
		r.Responses = value.Closed(list...)
		exactly, loosely := r.Declares("200")
		if exactly != tt.exactly || loosely != tt.loosely {
			t.Errorf("%s: %v and %v, want %v and %v", name, exactly, loosely, tt.exactly, tt.loosely)
		}
	}
}

func TestAnswersByKey(t *testing.T) {
	for key, want := range map[string]tri.Bool{
		"$default": tri.Yes, "/200/": tri.Yes, `/2\d\d/`: tri.Yes, "/.*/": tri.Yes, "200": tri.No, "/5../": tri.No, "//": tri.No, "${key}": tri.Maybe,
	} {
		in := &model.Integration{Responses: value.Closed(&model.IntegrationResponse{Pattern: text(key)})}
		if got := in.AnswersByKey(); got != want {
			t.Errorf("%s: %v, want %v", key, got, want)
		}
	}
}
