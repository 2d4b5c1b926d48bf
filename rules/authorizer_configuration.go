package rules

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/apigwlint/apigwlint/lint"
	"github.com/apigwlint/apigwlint/model"
	"github.com/apigwlint/apigwlint/tri"
	"github.com/apigwlint/apigwlint/value"
)

var authorizerConfiguration = &lint.Rule{
	Name:     "authorizer-configuration",
	Group:    "authorizer",
	Summary:  "an authorizer is set up in a way that the service refuses",
	Refused:  true,
	Severity: lint.Error,
	URLs: []string{
		"https://docs.aws.amazon.com/apigatewayv2/latest/api-reference/apis-apiid-authorizers.html",
		"https://docs.aws.amazon.com/apigateway/latest/api/API_CreateAuthorizer.html",
		"https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-jwt-authorizer.html",
	},
	Doc: `
What kinds of API take of an authorizer:

| | REST | HTTP | WebSocket |
|---|---|---|---|
| types | TOKEN, REQUEST, COGNITO_USER_POOLS | REQUEST, JWT | REQUEST |
| payload format version | | required for REQUEST | |
| simple responses | | with version 2.0 only | |
| user pools | ` + "`arn:aws:cognito-idp:<region>:<account>:userpool/<id>`" + ` | | |
| result cache | 0 to 3600 s | 0 to 3600 s | |

The issuer of a JWT authorizer is looked up when the authorizer is created: a URL that begins with ` + "`https://`" + `, to
which ` + "`/.well-known/openid-configuration`" + ` is added. That of a Cognito user pool is
` + "`https://cognito-idp.<region>.amazonaws.com/<user pool id>`" + `. Other issuers are a warning.`,
	Run: func(pass *lint.Pass) {
		for _, api := range pass.Model.APIs {
			for a := range api.Authorizers.All() {
				c := authorizerCheck{pass, a, slices.Collect(a.Used())}
				c.kind(api.Kind)
				c.payload(api.Kind)
				c.pools()
				c.cache()
				if api.Kind == model.HTTP {
					c.issuer()
				}
			}
		}
	},
}

// An authorizerCheck looks at one authorizer.
type authorizerCheck struct {
	pass   *lint.Pass
	a      *model.Authorizer
	routes []*model.Route
}

// report reports a setting. The deployment of all routes behind the authorizer is
// refused, or that of the API when there are none.
func (c authorizerCheck) report(wrong tri.Bool, at value.Setting, severity lint.Severity, message, help string) {
	c.pass.ReportIf(wrong, lint.Diagnostic{
		Span: place(at.Span(), c.a.Span), Message: fmt.Sprintf("the authorizer %s %s", c.a.ID, message), Routes: c.routes, API: c.a.API,
		Cause: fmt.Sprintf("%s %s", c.a.ID, message), Severity: severity, Help: help, Uses: []value.Setting{at},
	})
}

// authorizerTypes are the types of authorizers by the kind of API.
var authorizerTypes = map[model.Kind][]string{
	model.REST: {"TOKEN", "REQUEST", "COGNITO_USER_POOLS"}, model.HTTP: {"REQUEST", "JWT"}, model.WebSocket: {"REQUEST"},
}

func (c authorizerCheck) kind(kind model.Kind) {
	types := authorizerTypes[kind]
	if kind == "" || c.a.API.Managed != tri.Yes {
		return // the kind of a document alone is a guess from what is in it
	}
	names := map[model.Kind]string{model.REST: "a REST API", model.HTTP: "an HTTP API", model.WebSocket: "a WebSocket API"}
	c.report(tri.And(c.a.Type.Present(), c.a.Type.OneOf(types...).Not()), c.a.Type, 0,
		fmt.Sprintf("is of the type %s, and %s takes %s", c.a.Type, names[kind], strings.Join(types, ", ")), "use one of these types")
}

func (c authorizerCheck) payload(kind model.Kind) {
	a := c.a
	lambda := tri.And(kind.Is(model.HTTP), a.API.Managed, a.Type.IsFold("REQUEST"))
	c.report(tri.And(lambda, a.PayloadFormat.Present().Not()), a.PayloadFormat, 0,
		"has no payload format version, which an HTTP API requires", "set the payload format version to 2.0, or to 1.0 for a function that was made for REST APIs")
	simple := a.SimpleResponse.Is(func(b bool) bool { return b })
	c.report(tri.And(lambda, simple, a.PayloadFormat.Present(), a.PayloadFormat.Is("2.0").Not()), a.PayloadFormat, 0,
		fmt.Sprintf("takes simple responses, and has the payload format version %s", a.PayloadFormat), "set the payload format version to 2.0")
}

func (c authorizerCheck) pools() {
	a := c.a
	cognito := a.Type.IsFold("COGNITO_USER_POOLS")
	c.report(tri.And(cognito, a.ProviderARNs.Empty()), a.Type, 0,
		"has no user pool", "list the ARNs of user pools as the providers")
	form := value.Lit("arn:*:cognito-idp:*:*:userpool/*", a.Span)
	for arn := range a.ProviderARNs.All() {
		c.report(tri.And(cognito, arn.Present(), value.Glob(form, arn, value.Wildcard).Not()), arn, 0,
			fmt.Sprintf("names the provider %s, which is not the ARN of a user pool", arn), "give the ARN of the user pool: arn:aws:cognito-idp:<region>:<account>:userpool/<id>")
	}
}

func (c authorizerCheck) cache() {
	const longest = time.Hour
	c.report(c.a.TTL.Is(func(d time.Duration) bool { return d < 0 || d > longest }), c.a.TTL, 0,
		fmt.Sprintf("keeps results for %s, and from 0 to 3600 s are possible", ttl(c.a.TTL)), "set the time to live to 3600 s or less")
}

func ttl(t value.Of[time.Duration]) string {
	d, _ := t.Get()
	return fmt.Sprintf("%d s", d/time.Second)
}

// cognitoIssuer is the host of the issuers of user pools, with nothing or not
// enough after it.
var cognitoIssuer = regexp.MustCompile(`^https://cognito-idp\.[^./]+\.amazonaws\.com(?:\.cn)?/?$`)

// issuer warns of issuers at which nothing is found.
func (c authorizerCheck) issuer() {
	const discovery = "/.well-known/openid-configuration"
	t := c.a.Issuer
	jwt := tri.And(c.a.Type.IsFold("JWT"), t.Present())
	c.report(tri.And(jwt, t.HasPrefix("https://").Not()), t, lint.Warning,
		fmt.Sprintf("has the issuer %s, which does not begin with https://", t), "put https:// before the issuer")
	c.report(tri.And(jwt, t.HasSuffix(discovery)), t, lint.Warning,
		fmt.Sprintf("has the issuer %s, to which %s is added", t, discovery), "take "+discovery+" away from the issuer")
	f, ok := t.Flat()
	c.report(tri.And(jwt, tri.Of(ok && cognitoIssuer.MatchString(f.S))), t, lint.Warning,
		fmt.Sprintf("has the issuer %s, without the identifier of a user pool", t), "put the identifier of the user pool at the end of the issuer")
}
