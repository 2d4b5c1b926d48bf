// Package model describes Amazon API Gateway APIs, and what they call,
// independently of the language they were written in.
//
// Fields that a parser does not fill are unknown, never absent. Methods answer
// questions that the service itself defines, and nothing else.
package model

import (
	"iter"
	"time"

	"github.com/apigwlint/apigwlint/source"
	"github.com/apigwlint/apigwlint/tri"
	"github.com/apigwlint/apigwlint/value"
)

// A Unit is what is deployed together: a template with its nested templates, a
// Terraform root module with the modules that it calls, an OpenAPI document.
type Unit struct {
	Name      string         // the file or directory that names the unit
	Files     []*source.File // everything that was read for it
	Scenarios []Scenario     // one for each way in which its conditions can turn out; never empty for a unit that was read
	Problems  []source.Problem
	Ignores   []source.Ignore

	// Constructs names, by the block of a resource, the construct that wrote
	// it, in the output of a generator that notes it, such as the CDK.
	Constructs map[source.Span]string
}

// A Scenario is a unit under one assignment of its conditions.
type Scenario struct {
	// Conditions that the unit has, by name, with their values here. Empty
	// when nothing in the unit depends on a condition.
	Conditions []Condition
	Model      *Model
}

// A Condition is a named condition of the unit and its value in a scenario.
type Condition struct {
	Name string
	Met  bool
}

// A Model is everything that the parsers found in one scenario of a unit.
type Model struct {
	APIs          []*API
	Functions     value.Set[*Function]
	Permissions   value.Set[*Permission]
	Roles         value.Set[*Role]
	VPCLinks      value.Set[*VPCLink]
	LoadBalancers value.Set[*LoadBalancer]
	UsagePlans    value.Set[*UsagePlan]
	// ResourcePolicies are those of queues, topics, buckets and other things
	// that grant by themselves; those of functions are the permissions.
	ResourcePolicies value.Set[*Policy]
}

// Routes yields every route of every API that can be seen.
func (m *Model) Routes() iter.Seq[*Route] {
	return func(yield func(*Route) bool) {
		for _, a := range m.APIs {
			for r := range a.Routes.All() {
				if !yield(r) {
					return
				}
			}
		}
	}
}

// Integrations yields the routes whose integration can be seen, with it.
func (m *Model) Integrations() iter.Seq2[*Route, *Integration] {
	return func(yield func(*Route, *Integration) bool) {
		for r := range m.Routes() {
			if in, ok := r.Integration.Get(); ok && !yield(r, in) {
				return
			}
		}
	}
}

// A Kind tells the three kinds of API apart. It is empty when the files do not
// say, as in a stand-alone OpenAPI document.
type Kind string

// The kinds of API.
const (
	REST      Kind = "REST"
	HTTP      Kind = "HTTP"
	WebSocket Kind = "WEBSOCKET"
)

// Is reports whether an API of kind k is of kind other.
func (k Kind) Is(other Kind) tri.Bool {
	if k == "" {
		return tri.Maybe
	}
	return tri.Of(k == other)
}

// An API is a REST API (V1), an HTTP API or a WebSocket API (both V2).
type API struct {
	// ID names the API in reports: the logical id, the Terraform address or,
	// of an OpenAPI document on its own, its title or file name.
	ID   string
	Kind Kind
	Name value.Text

	// APIID is the identifier that the service assigns: a reference to the
	// resource, or a literal when the API is not created by these files.
	APIID value.Text

	// Partition, Region and Account are where the API is deployed; holes
	// unless the files write them down.
	Partition, Region, Account value.Text

	// Endpoint is EDGE, REGIONAL or PRIVATE. A REST API without one is EDGE.
	// https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-api-endpoint-types.html
	Endpoint value.Text

	// Managed is Yes when the API itself is created by these files.
	Managed tri.Bool

	// Document is Yes when a body in OpenAPI form defines routes of the API.
	Document tri.Bool

	// FailOnWarnings makes the import of a body fail where the service only warns.
	FailOnWarnings value.Of[bool]

	// ImportMode says what the import of a body does with what the API has
	// already: overwrite, which is the default, or merge.
	ImportMode value.Text
	// OpenAPI is the version of the body, such as 2.0 or 3.0.1.
	OpenAPI value.Text
	// Security counts the security requirements of the body as a whole.
	Security value.Of[int]

	// Compression is the size in bytes from which on a REST API compresses.
	Compression value.Of[int]

	BinaryMediaTypes value.Set[value.Text]
	GatewayResponses value.Set[*GatewayResponse]
	Policy           value.Of[*Policy] // of a REST API: who may call it
	DisableEndpoint  value.Of[bool]    // disableExecuteApiEndpoint

	Routes      value.Set[*Route]
	Stages      value.Set[*Stage]
	Authorizers value.Set[*Authorizer]
	Deployments value.Set[*Deployment]

	Span source.Span
}

// A GatewayResponse is what API Gateway itself answers for one kind of failure.
type GatewayResponse struct {
	Type   value.Text // DEFAULT_5XX, INTEGRATION_TIMEOUT, …
	Status value.Text
	Span   source.Span
}

// A Route is a method of a REST resource, or a route of an HTTP or WebSocket API.
type Route struct {
	API *API
	ID  string // the logical id or address, where the route is a resource of its own

	// Method is the HTTP method in upper case, or ANY. Of $default and of
	// WebSocket routes it is absent.
	Method value.Text
	// Path is the resource path with its parameters, such as /orders/{id}; of
	// $default and of WebSocket routes, the route key.
	Path value.Text

	// Integration is absent when nothing is behind the route.
	Integration value.Of[*Integration]

	// IntegrationRef is, of an operation of a body, the reference that stands in
	// the place of an integration; absent when there is none.
	IntegrationRef value.Text

	// Target is, of a route of an HTTP or WebSocket API that is a resource of its
	// own, the reference to the integration: integrations/ and its id.
	Target value.Text

	// Authorization is NONE, AWS_IAM, CUSTOM, COGNITO_USER_POOLS or JWT.
	Authorization value.Text
	// Authorizer is absent when the route has none.
	Authorizer     value.Of[*Authorizer]
	APIKeyRequired value.Of[bool]
	// Security counts the security schemes that the operation of a body asks for.
	Security value.Of[int]

	// Responses are the method responses of a REST API.
	Responses value.Set[*MethodResponse]
	// TwoWay is Yes when a WebSocket route answers its callers through a route response.
	TwoWay tri.Bool

	RequestParameters value.Map[value.Of[bool]] // method.request.… and whether it is required
	RequestModels     value.Map[value.Text]     // by content type
	// RequestSchemas and ResponseSchemas are the models that can be seen.
	RequestSchemas, ResponseSchemas []*Schema
	Imported                        tri.Bool // Yes when the route comes from a body in OpenAPI form
	Span                            source.Span
}

// Key returns the route as people write it, GET /orders/{id} or $connect.
func (r *Route) Key() string {
	method, path := r.Method.String(), r.Path.String()
	if path == "" {
		path = "?"
	}
	if r.Method.Present() == tri.No {
		return path
	}
	if method == "" {
		method = "?"
	}
	return method + " " + path
}

// HasBody reports whether requests to the route carry a body: some always may
// not, such as GET; of ANY it depends on the caller.
func (r *Route) HasBody() tri.Bool {
	switch m, ok := r.Method.Get(); {
	case !ok:
		return tri.Maybe
	case m == "GET" || m == "HEAD" || m == "OPTIONS" || m == "DELETE":
		return tri.No
	case m == "POST" || m == "PUT" || m == "PATCH":
		return tri.Yes
	}
	return tri.Maybe
}

// A MethodResponse declares a status that a method of a REST API answers with.
type MethodResponse struct {
	// Status is three digits; in an OpenAPI document also "default" or "2XX",
	// for which the effect of an import is not known.
	Status     value.Text
	Parameters value.Map[value.Of[bool]]
	Models     value.Map[value.Text]
	Span       source.Span
}

// An Integration is what API Gateway calls for a route.
// https://docs.aws.amazon.com/apigateway/latest/api/API_Integration.html
type Integration struct {
	ID string // the logical id or address, where it is a resource of its own

	Type        value.Text // AWS, AWS_PROXY, HTTP, HTTP_PROXY or MOCK
	Subtype     value.Text // of an HTTP API: the service action, such as SQS-SendMessage
	URI         value.Text
	Method      value.Text // the method with which API Gateway calls the backend
	Credentials value.Text // a role, or arn:aws:iam::*:user/* for the caller's own

	// Timeout is 29 s by default, 30 s for an HTTP API; see [Integration.EffectiveTimeout].
	Timeout value.Of[time.Duration]

	ConnectionType value.Text // INTERNET (default) or VPC_LINK
	ConnectionID   value.Text
	// TargetARN is the load balancer behind a VPC link V2 of a REST API (integrationTarget).
	TargetARN value.Text
	// TLSServerName is the host name that the certificate of a private backend is checked for.
	TLSServerName value.Text
	// InsecureTLS turns the check of the certificate's issuer off.
	InsecureTLS value.Of[bool]

	PayloadFormat     value.Text // 1.0 or 2.0
	TransferMode      value.Text // BUFFERED (default) or STREAM
	Passthrough       value.Text // WHEN_NO_MATCH (default), WHEN_NO_TEMPLATES or NEVER
	ContentHandling   value.Text // CONVERT_TO_BINARY, CONVERT_TO_TEXT
	RequestTemplates  value.Map[value.Text]
	RequestParameters value.Map[value.Text]
	Responses         value.Set[*IntegrationResponse]

	// Imported is Yes when the integration comes from a body in OpenAPI form:
	// an import is checked less strictly than a resource.
	Imported tri.Bool

	// Lambda is what the URI invokes; absent when it is certainly no function.
	Lambda value.Of[*Invocation]
	// Role is the role that Credentials name, when it is in the model.
	Role *Role
	// VPCLink is what ConnectionID names, when it is in the model.
	VPCLink *VPCLink
	// LoadBalancer is what the URI or the target names, when it is in the model;
	// Listener and TargetGroup are so too.
	LoadBalancer *LoadBalancer
	Listener     *Listener
	TargetGroup  *TargetGroup
	// Registry is the service in Cloud Map that the URI names.
	Registry *Registry
	// StateMachine is what the request starts, when it is in the model.
	StateMachine *StateMachine

	// Ignored are settings that a transform takes no notice of.
	Ignored []Ignored

	Span source.Span
}

// An Ignored is a setting whose value means nothing to the transform that reads
// it, which then does as if it were not there.
type Ignored struct {
	Name  string
	Value value.Text
}

// An IntegrationResponse maps outcomes of the backend to a method response.
type IntegrationResponse struct {
	Status value.Text
	// Pattern is the selection pattern, a Java regular expression over the
	// error message of a function or the status of anything else. Absent for
	// the default response. Of a WebSocket API it is the response key,
	// "$default" for the default.
	Pattern         value.Text
	ContentHandling value.Text
	Parameters      value.Map[value.Text]
	Templates       value.Map[value.Text]
	Span            source.Span
}

// A Stage is a deployed snapshot of an API under a name.
type Stage struct {
	ID         string // the logical id or address
	Name       value.Text
	Variables  value.Map[value.Text]
	AutoDeploy value.Of[bool]
	Deployment value.Of[*Deployment]
	// CanaryVariables override Variables for a part of the requests.
	CanaryVariables value.Map[value.Text]
	// CanaryDeployment is what that part is served with; absent when it is the
	// deployment of the stage.
	CanaryDeployment value.Of[*Deployment]
	// Throttles are the limits of the stage and of single routes.
	Throttles value.Set[*Throttle]
	// Cached lists the routes whose answers are cached, named as in a [Throttle].
	Cached value.Set[value.Text]
	Span   source.Span
}

// A Throttle limits the requests to routes of a stage.
type Throttle struct {
	Route value.Text // "*/*", "~1orders/GET" or a route key
	Rate  value.Of[float64]
	Burst value.Of[float64]
	// Omitted says that a limit is left out, and that the tool that deploys the
	// files sets it to 0.
	Omitted bool
	Span    source.Span
}

// A Deployment is a snapshot of an API that stages serve.
type Deployment struct {
	ID          string
	Description value.Text
	// StageName is the stage that the deployment is put on as it is made, and
	// Canary whether it is to serve only a part of the requests there.
	StageName value.Text
	Canary    value.Of[bool]

	// AfterPolicy is No when the deployment may be made before the resource
	// policy of the API is there.
	AfterPolicy tri.Bool

	// Reaches lists the routes that certainly exist, with what is behind them,
	// before the deployment is made, and Touches those of which at least a part does.
	Reaches, Touches value.Set[*Route]
	// Misses lists the integration responses, of routes that exist by then, that
	// may be made only after the deployment.
	Misses value.Set[*IntegrationResponse]

	// Renewal says what makes a new deployment when the API changes, and Renewed
	// of which routes a change of the content does.
	Renewal value.Of[Renewal]
	Renewed value.Set[*Route]

	Span source.Span
}

// A Renewal says what makes a new deployment. Deployments are snapshots: without
// a new one, stages go on serving the old definition.
// https://docs.aws.amazon.com/apigateway/latest/developerguide/how-to-deploy-api.html
type Renewal string

// The ways in which deployments are renewed.
const (
	RenewedNever      Renewal = "never"    // not at all
	RenewedByName     Renewal = "name"     // by another logical id, which somebody has to write
	RenewedByIdentity Renewal = "identity" // when something that it names is replaced
	RenewedByContent  Renewal = "content"  // when something that it names changes
)

// An Authorizer decides who may call a route.
type Authorizer struct {
	API  *API
	ID   string // the logical id, address, or name within the document
	Name value.Text
	// AuthorizerID is the identifier that the service assigns.
	AuthorizerID value.Text
	// Type is TOKEN, REQUEST, COGNITO_USER_POOLS or JWT.
	Type           value.Text
	URI            value.Text
	Credentials    value.Text
	IdentitySource value.Text
	TTL            value.Of[time.Duration]
	PayloadFormat  value.Text
	SimpleResponse value.Of[bool]
	ProviderARNs   value.Set[value.Text]
	// Issuer is who made the tokens that a JWT authorizer takes.
	Issuer value.Text

	// Lambda is what the URI invokes; absent for authorizers that are no function.
	Lambda value.Of[*Invocation]
	Role   *Role

	Span source.Span
}

// Used yields the routes that certainly use the authorizer.
func (a *Authorizer) Used() iter.Seq[*Route] {
	return func(yield func(*Route) bool) {
		if a.API == nil {
			return
		}
		for r := range a.API.Routes.All() {
			if got, ok := r.Authorizer.Get(); ok && got == a && !yield(r) {
				return
			}
		}
	}
}

// A Function is a Lambda function.
type Function struct {
	ID      string
	Name    value.Text
	ARN     value.Text
	Timeout value.Of[time.Duration] // 3 s by default
	Runtime value.Text
	Handler value.Text
	Role    *Role
	// Concurrency is the reserved concurrency; absent when none is reserved.
	Concurrency value.Of[int]
	// Published is Yes when creating or updating the function publishes a version.
	Published tri.Bool
	// InVPC is Yes when the function runs in a VPC of its owner.
	InVPC tri.Bool
	// Events is Yes when a transform makes the function's permissions, from the
	// events that it lists.
	Events tri.Bool
	// OtherTriggers is Yes when something besides API Gateway invokes the function too.
	OtherTriggers tri.Bool
	// Code says where its source is, and Source what that shows, when it was read.
	Code   *Code
	Source *Handler
	Span   source.Span
}

// A Permission is a statement of a function's resource policy.
// https://docs.aws.amazon.com/lambda/latest/api/API_AddPermission.html
type Permission struct {
	ID string
	// FunctionName is as written: a name, an ARN, or either with a qualifier.
	FunctionName  value.Text
	Principal     value.Text
	Action        value.Text
	SourceARN     value.Text
	SourceAccount value.Text
	// EventSourceToken restricts the permission to events that carry it.
	EventSourceToken value.Text
	// URLAuthType restricts the permission to the function's own URL.
	URLAuthType value.Text
	// Generated is Yes for a permission that a transform adds on its own.
	Generated tri.Bool

	// Target is the function and qualifier that FunctionName and the
	// qualifier setting name together.
	Target *Invocation

	Span source.Span
}

// A Role is an IAM role.
type Role struct {
	ID   string
	Name value.Text
	ARN  value.Text
	// Trust says who may assume the role.
	Trust value.Of[*Policy]
	// Policies are all that grant or deny the role anything.
	Policies value.Set[*Policy]
	// Managed lists the ARNs of attached managed policies.
	Managed value.Set[value.Text]
	// Boundary is the policy that limits what the others give.
	Boundary value.Text
	Span     source.Span
}

// A Policy is an IAM policy document.
type Policy struct {
	Statements value.Set[*Statement]
	Span       source.Span
}

// A Statement is one statement of a policy. In a set that is absent from the
// document, nothing is listed and it is closed.
type Statement struct {
	Effect        value.Text
	Principals    value.Set[Principal]
	NotPrincipals value.Set[Principal]
	Actions       value.Set[value.Text]
	NotActions    value.Set[value.Text]
	Resources     value.Set[value.Text]
	NotResources  value.Set[value.Text]
	// Conditional is No when the statement has no Condition.
	Conditional tri.Bool
	Span        source.Span
}

// A Principal is who a statement speaks of: Service, AWS, Federated or
// CanonicalUser, and a name. "*" alone is AWS "*".
type Principal struct {
	Type string
	Name value.Text
}

// A VPCLink leads from API Gateway into a VPC. REST APIs take either
// generation, HTTP APIs V2 and WebSocket APIs V1.
// https://docs.aws.amazon.com/apigateway/latest/developerguide/private-integration.html
type VPCLink struct {
	ID         string
	Generation int // 1 for AWS::ApiGateway::VpcLink, 2 for AWS::ApiGatewayV2::VpcLink
	LinkID     value.Text
	Targets    value.Set[value.Text] // load balancers of generation 1
	// Balancers are those of the targets that are in the model.
	Balancers []*LoadBalancer
	Span      source.Span
}

// A LoadBalancer is an Elastic Load Balancing load balancer.
type LoadBalancer struct {
	ID      string
	Type    value.Text // application, network, gateway
	Scheme  value.Text // internal or internet-facing
	ARN     value.Text
	DNSName value.Text
	// Listeners are all that the load balancer has.
	Listeners value.Set[*Listener]
	// SecurityGroups say who may connect; PrivateLinkRules is "off" when they do
	// not hold for what comes through a VPC link of generation 1, "on" by default.
	SecurityGroups   value.Set[*SecurityGroup]
	PrivateLinkRules value.Text
	Span             source.Span
}
