package sam

import (
	"strings"

	"github.com/apigwlint/apigwlint/parsers/cloudformation/internal/stack"
	"github.com/apigwlint/apigwlint/parsers/internal/tree"
	"github.com/apigwlint/apigwlint/tri"
)

// domainID is the id of the resource of a domain name.
func domainID(prefix string, domain *tree.Node) string {
	return prefix + hash(domain.TextOf("DomainName").String())
}

// basePaths lists the base paths of a domain; without any there is one mapping
// of the whole domain.
func basePaths(domain *tree.Node) []*tree.Node {
	n := domain.Get("BasePath")
	if truthy(n) == tri.No {
		return []*tree.Node{nil}
	}
	members, _ := n.Members()
	return members
}

// restDomain makes the custom domain of a REST API and its mappings.
// https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-property-api-domainconfiguration.html
func (t *transformer) restDomain(a *api) {
	domain := a.props.Get("Domain")
	if !domain.Is(tree.Map) {
		return
	}
	at := place(domain.Place())
	endpoint := domain.TextOf("EndpointConfiguration").Or("REGIONAL")
	private := endpoint.Is("PRIVATE") == tri.Yes
	domainType, mappingType, idPrefix := "AWS::ApiGateway::DomainName", "AWS::ApiGateway::BasePathMapping", "ApiGatewayDomainName"
	if private {
		domainType, mappingType, idPrefix = "AWS::ApiGateway::DomainNameV2", "AWS::ApiGateway::BasePathMappingV2", "ApiGatewayDomainNameV2"
	}
	certificate := "CertificateArn"
	if endpoint.Is("REGIONAL") == tri.Yes {
		certificate = "RegionalCertificateArn"
	}
	id := t.id(domainID(idPrefix, domain))
	t.make(a.res, id, domainType, at,
		member{"DomainName", domain.Get("DomainName")},
		member{certificate, domain.Get("CertificateArn")},
		member{"EndpointConfiguration", at.mapping(member{"Types", at.list(at.text(endpoint))}, member{"IpAddressType", domain.Get("IpAddressType")})},
		member{"MutualTlsAuthentication", domain.Get("MutualTlsAuthentication")},
		member{"OwnershipVerificationCertificateArn", domain.Get("OwnershipVerificationCertificateArn")},
		member{"SecurityPolicy", domain.Get("SecurityPolicy")},
		member{"EndpointAccessMode", domain.Get("EndpointAccessMode")},
		member{"Policy", domain.Get("Policy")},
	)
	t.stack.Aliases[a.id+".DomainName"] = id
	target := member{"DomainName", at.text(at.ref(id, domainType, ""))}
	if private {
		target.key = "DomainNameArn"
	}
	normalize := isTrue(domain, "NormalizeBasePath")
	for _, base := range basePaths(domain) {
		name := ""
		if s, ok := base.Str(); ok {
			name = onlyAlphanumeric(s)
			if domain.Has("NormalizeBasePath") == tri.No || normalize == tri.Yes {
				base = place(base.Span).str(name)
			}
		}
		t.make(a.res, a.id+name+"BasePathMapping", mappingType, at, target,
			member{"RestApiId", at.text(at.ref(a.id, restAPI, ""))},
			member{"Stage", at.text(at.ref(t.stack.Aliases[a.id+".Stage"], "AWS::ApiGateway::Stage", ""))},
			member{"BasePath", base},
		)
	}
}

// v2Domain makes the custom domain of an HTTP or WebSocket API and its mappings.
// https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-property-httpapi-httpapidomainconfiguration.html
func (t *transformer) v2Domain(r *stack.Resource, apiID, apiType string, props *tree.Node) {
	domain := props.Get("Domain")
	if !domain.Is(tree.Map) {
		return
	}
	at := place(domain.Place())
	const domainType = "AWS::ApiGatewayV2::DomainName"
	id := t.id(domainID("ApiGatewayDomainNameV2", domain))
	t.make(r, id, domainType, at,
		member{"DomainName", domain.Get("DomainName")},
		member{"DomainNameConfigurations", at.list(at.mapping(
			member{"CertificateArn", domain.Get("CertificateArn")},
			member{"EndpointType", at.text(domain.TextOf("EndpointConfiguration").Or("REGIONAL"))},
			member{"SecurityPolicy", domain.Get("SecurityPolicy")},
		))},
		member{"MutualTlsAuthentication", domain.Get("MutualTlsAuthentication")},
	)
	t.stack.Aliases[apiID+".DomainName"] = id
	for _, base := range basePaths(domain) {
		name, key := "", base
		if s, ok := base.Str(); ok {
			name = onlyAlphanumeric(s)
			key = place(base.Span).str(strings.Trim(s, "/"))
		}
		t.make(r, apiID+name+"ApiMapping", "AWS::ApiGatewayV2::ApiMapping", at,
			member{"ApiId", at.text(at.ref(apiID, apiType, ""))},
			member{"DomainName", at.text(at.ref(id, domainType, ""))},
			member{"Stage", at.text(at.ref(t.stack.Aliases[apiID+".Stage"], "AWS::ApiGatewayV2::Stage", ""))},
			member{"ApiMappingKey", key},
		)
	}
}

// usagePlan makes the usage plan of a REST API, one for each or one for all,
// with its key.
// https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-property-api-apiusageplan.html
func (t *transformer) usagePlan(a *api, stage string) {
	plan := a.auth().Get("UsagePlan")
	kind, _ := plan.Get("CreateUsagePlan").Str()
	base := a.id
	switch kind {
	case "PER_API":
	case "SHARED":
		base = t.id("Serverless")
	default:
		return
	}
	at := place(plan.Place())
	ref := func(id, kind string) *tree.Node { return at.text(at.ref(id, kind, "")) }
	use := at.mapping(member{"ApiId", ref(a.id, restAPI)}, member{"Stage", ref(stage, "AWS::ApiGateway::Stage")})
	uses := at.list(use)
	if kind == "SHARED" {
		if t.sharedUses != nil {
			t.sharedUses.Items = append(t.sharedUses.Items, use)
			return
		}
		t.sharedUses = uses
	}
	t.make(a.res, base+"UsagePlan", "AWS::ApiGateway::UsagePlan", at, member{"ApiStages", uses},
		member{"Quota", plan.Get("Quota")}, member{"Throttle", plan.Get("Throttle")}, member{"UsagePlanName", plan.Get("UsagePlanName")})
	t.make(a.res, base+"ApiKey", "AWS::ApiGateway::ApiKey", at, member{"Enabled", at.boolean(true)})
	t.make(a.res, base+"UsagePlanKey", "AWS::ApiGateway::UsagePlanKey", at,
		member{"KeyId", ref(base+"ApiKey", "AWS::ApiGateway::ApiKey")}, member{"KeyType", at.str("API_KEY")},
		member{"UsagePlanId", ref(base+"UsagePlan", "AWS::ApiGateway::UsagePlan")})
}
