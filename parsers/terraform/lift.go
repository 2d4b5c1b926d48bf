package terraform

import (
	"slices"
	"strings"

	"github.com/apigwlint/apigwlint/model"
	"github.com/apigwlint/apigwlint/parsers/internal/firewall"
	"github.com/apigwlint/apigwlint/parsers/internal/link"
	"github.com/apigwlint/apigwlint/parsers/internal/resourcetree"
	"github.com/apigwlint/apigwlint/parsers/internal/tree"
	"github.com/apigwlint/apigwlint/source"
	"github.com/apigwlint/apigwlint/tri"
	"github.com/apigwlint/apigwlint/value"
)

// A lifted is an instance of a resource with its arguments as the lift reads
// them, from the configuration or from a plan.
type lifted struct {
	addr string // with the keys of modules and instances
	base string // without the keys of the instance
	typ  string
	p    *tree.Node
	span source.Span

	region, account value.Text
	// renewal returns, of a deployment, what makes a new one; nil when it cannot be seen.
	renewal func() renewal
	// document returns the structure of an argument that holds a document.
	document func(key string) *tree.Node
}

// A world is all that a unit is known to create, and how much of it.
type world struct {
	archives  []archive
	resources []*lifted
	closed    bool            // all modules can be seen
	open      map[string]bool // types of resources of which there may be more
	// refers returns the addresses of the resources that the block of a
	// resource refers to, and whether these are all.
	refers func(base string) ([]string, bool)
	// waits is like refers, with what the modules around a resource wait for.
	waits func(base string) ([]string, bool)
	// given lists the addresses of resources that something is given which may
	// do anything with them.
	given []string
}

// A lifter holds what is known while a model is made.
type lifter struct {
	world
	model  *model.Model
	link   *link.Linker
	byAddr map[string]*lifted
	byBase map[string]*lifted // one of the instances
	types  map[string][]*lifted

	apis  map[string]*model.API // by the text of the identifier
	apiOf map[string]*model.API // by the base address of the resource
	paths resourcetree.Tree
	// What has an identifier, by the text of it.
	authorizers  map[string]*model.Authorizer
	integrations map[string]*model.Integration
	routes       map[string]*model.Route
	deployed     map[string]*model.Deployment
	policies     map[*model.API][]*lifted // resource policies that are resources of their own
	methods      []*method
	responses    map[*model.IntegrationResponse]*lifted // those that are resources of their own
	opened       map[*model.API]bool
	referring    map[string][]*lifted
}

// lift turns a world into the model.
func lift(w world) *model.Model {
	l := &lifter{
		world: w, model: &model.Model{}, link: link.New(), byAddr: map[string]*lifted{}, byBase: map[string]*lifted{}, types: map[string][]*lifted{},
		apis: map[string]*model.API{}, apiOf: map[string]*model.API{}, authorizers: map[string]*model.Authorizer{},
		integrations: map[string]*model.Integration{}, routes: map[string]*model.Route{}, deployed: map[string]*model.Deployment{}, policies: map[*model.API][]*lifted{},
		responses: map[*model.IntegrationResponse]*lifted{},
		opened:    map[*model.API]bool{}, referring: map[string][]*lifted{},
	}
	seen := map[string]bool{}
	for _, r := range w.resources {
		l.byAddr[r.addr], l.byBase[r.base] = r, r
		l.types[r.typ] = append(l.types[r.typ], r)
		if !seen[r.base] {
			seen[r.base] = true
			to, _ := w.refers(r.base)
			for _, base := range to {
				l.referring[base] = append(l.referring[base], r)
			}
		}
	}
	l.functions()
	l.roles()
	l.loadBalancers()
	l.vpcLinks()
	l.fleets()
	l.stateMachines()
	l.restAPIs()
	l.v2APIs()
	l.usagePlans()
	l.permissions()
	l.deployments()
	l.worlds()
	l.link.Finish(l.model)
	return l.model
}

// complete reports whether all resources of the types can be seen.
func (l *lifter) complete(types ...string) bool {
	return l.closed && !slices.ContainsFunc(types, func(t string) bool { return l.open[t] })
}

// ref returns the reference to an attribute of r.
func (r *lifted) ref(attr string) value.Ref {
	return value.Ref{Kind: value.Resource, Name: r.addr, Attr: attr, Segment: segment(r.typ, attr)}
}

// hole returns the text of such a reference.
func (r *lifted) hole(attr string) value.Text { return value.Hole(r.ref(attr), r.span) }

// id returns the identifier of r, which a plan of something that exists knows.
func (r *lifted) id() value.Text {
	if t := r.p.TextOf("id"); t.Present() == tri.Yes {
		if s, ok := t.Get(); ok && s != "" {
			return t
		}
	}
	return r.hole("id")
}

// treeKey returns an identifier in the form in which a tree of resources has it.
func treeKey(id value.Text) value.Text {
	if s, ok := id.Get(); ok {
		return value.Hole(value.Ref{Kind: value.Other, Name: s}, id.Span())
	}
	return id
}

// register notes what has the identifier of r.
func register[T any](in map[string]T, r *lifted, v T) {
	in[r.hole("id").String()] = v
	in[r.id().String()] = v
}

// or returns an argument, or the reference to what the provider sets in its place.
func (r *lifted) or(key string) value.Text {
	if t := r.p.TextOf(key); t.Present() != tri.No {
		return t
	}
	return r.hole(key)
}

// nested returns the only block of a type: an empty one with the place of n
// when n certainly has none, an unknown node when it cannot be seen.
func nested(n *tree.Node, key string) *tree.Node {
	blocks, all := items(n, key)
	switch {
	case len(blocks) == 1 && all:
		return blocks[0]
	case len(blocks) == 0 && all:
		return &tree.Node{Kind: tree.Map, Span: n.Place(), Head: n.Place()}
	}
	return tree.NewUnknown(n.Place())
}

// items returns the members of a list, or the blocks of a type, and whether
// they are all.
func items(n *tree.Node, key string) ([]*tree.Node, bool) {
	list := n.Get(key)
	if list == nil {
		return nil, n.Has(key) == tri.No
	}
	return list.Members()
}

// boolean reads a node as true or false.
func boolean(n *tree.Node) value.Of[bool] {
	return (&tree.Node{Kind: tree.Map, Entries: []tree.Entry{{Key: "v", Value: n}}}).BoolOf("v")
}

// absent is the text of a setting that the kind of API does not have.
func absent(at source.Span) value.Text { return value.NoText(at) }

// functions lifts the resources of AWS Lambda that API Gateway has to do with.
// https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/lambda_function
func (l *lifter) functions() {
	var functions []*model.Function
	for _, r := range l.types["aws_lambda_function"] {
		fn := l.function(r)
		functions = append(functions, fn)
		for _, attr := range []string{"arn", "function_name", "id"} {
			l.link.Register(r.ref(attr), link.Target{Function: fn})
		}
		number := r.hole("version")
		l.link.Register(r.ref("version"), link.Target{Function: fn, Qualifier: &number, QualifierOnly: true})
	}
	for _, r := range l.types["aws_lambda_alias"] {
		fn := l.link.Invocation(r.p.TextOf("function_name")).Function
		if fn == nil {
			continue
		}
		name := r.p.TextOf("name")
		for _, attr := range []string{"arn", "id"} {
			l.link.Register(r.ref(attr), link.Target{Function: fn, Qualifier: &name})
		}
	}
	l.model.Functions = value.SetOf(functions, l.complete("aws_lambda_function"))
}

func (l *lifter) function(r *lifted) *model.Function {
	fn := lambdaFunction(r)
	fn.Code = l.code(r)
	fn.OtherTriggers = l.otherTriggers(r)
	return fn
}

// permissions lifts statements of functions' resource policies.
// https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/lambda_permission
func (l *lifter) permissions() {
	var permissions []*model.Permission
	for _, r := range l.types["aws_lambda_permission"] {
		p := r.p
		permission := &model.Permission{
			ID:               r.addr,
			FunctionName:     p.TextOf("function_name"),
			Principal:        p.TextOf("principal"),
			Action:           p.TextOf("action"),
			SourceARN:        p.TextOf("source_arn"),
			SourceAccount:    p.TextOf("source_account"),
			EventSourceToken: p.TextOf("event_source_token"),
			URLAuthType:      p.TextOf("function_url_auth_type"),
			Generated:        tri.No,
			Span:             r.span,
		}
		if org := p.TextOf("principal_org_id"); org.Present() != tri.No && permission.EventSourceToken.Present() == tri.No {
			permission.EventSourceToken = org // the other condition that nothing is known about
		}
		permission.Target = l.link.Invocation(permission.FunctionName)
		if q := p.TextOf("qualifier"); q.Present() != tri.No && permission.Target.Qualifier.Present() == tri.No {
			permission.Target.Qualifier = q
		}
		permissions = append(permissions, permission)
	}
	l.model.Permissions = value.SetOf(permissions, l.complete("aws_lambda_permission"))
}

// loadBalancers lifts what private integrations lead to.
// https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/lb
func (l *lifter) loadBalancers() {
	var all []*model.LoadBalancer
	firewalls := l.securityGroups()
	for _, r := range slices.Concat(l.types["aws_lb"], l.types["aws_alb"]) {
		lb := &model.LoadBalancer{
			ID: r.addr, Type: r.p.TextOf("load_balancer_type").Or("application"), Scheme: scheme(r.p),
			ARN: r.hole("arn"), DNSName: r.hole("dns_name"),
			SecurityGroups:   firewall.Of(r.p.TextsOf("security_groups"), firewalls),
			PrivateLinkRules: r.p.TextOf("enforce_security_group_inbound_rules_on_private_link_traffic"),
			Span:             r.span,
		}
		all = append(all, lb)
		for _, attr := range []string{"arn", "id", "dns_name", "arn_suffix"} {
			l.link.Register(r.ref(attr), link.Target{LoadBalancer: lb})
		}
	}
	for _, r := range l.types["aws_elb"] {
		lb := &model.LoadBalancer{
			ID: r.addr, Type: value.Lit("classic", r.span), Scheme: scheme(r.p), ARN: r.hole("arn"), DNSName: r.hole("dns_name"), Span: r.span,
		}
		all = append(all, lb)
		l.link.Register(r.ref("dns_name"), link.Target{LoadBalancer: lb})
	}
	l.listeners(all)
	for _, r := range slices.Concat(l.types["aws_lb_target_group"], l.types["aws_alb_target_group"]) {
		g := link.Target{TargetGroup: &model.TargetGroup{ID: r.addr, Span: r.span}}
		l.link.Register(r.ref("arn"), g)
		l.link.Register(r.ref("id"), g)
	}
	l.model.LoadBalancers = value.SetOf(all, l.complete("aws_lb", "aws_alb", "aws_elb"))
}

func scheme(p *tree.Node) value.Text {
	internal := p.BoolOf("internal")
	if b, ok := internal.Or(false).Get(); ok {
		s := "internet-facing"
		if b {
			s = "internal"
		}
		return value.Lit(s, internal.Span()).Assuming(internal.Assumes()...)
	}
	return value.UnknownText(internal.Span())
}

// vpcLinks lifts VPC links of both generations.
func (l *lifter) vpcLinks() {
	var all []*model.VPCLink
	for generation, kind := range []string{"aws_api_gateway_vpc_link", "aws_apigatewayv2_vpc_link"} {
		for _, r := range l.types[kind] {
			v := &model.VPCLink{
				ID: r.addr, Generation: generation + 1, LinkID: r.id(), Targets: r.p.TextsOf("target_arns"), Span: r.span,
			}
			all = append(all, v)
			l.link.Register(r.ref("id"), link.Target{VPCLink: v})
		}
	}
	l.model.VPCLinks = value.SetOf(all, l.complete("aws_api_gateway_vpc_link", "aws_apigatewayv2_vpc_link"))
}

// isAPI reports whether a resource type is an API itself.
func isAPI(typ string) bool {
	return typ == "aws_api_gateway_rest_api" || typ == "aws_apigatewayv2_api"
}

// isFunction reports whether a resource is a function or a name for one.
func isFunction(typ string) bool {
	return typ == "aws_lambda_function" || typ == "aws_lambda_alias"
}

func ofGateway(typ string) bool {
	return strings.HasPrefix(typ, "aws_api_gateway_") || strings.HasPrefix(typ, "aws_apigatewayv2_")
}
