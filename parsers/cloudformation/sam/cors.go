package sam

import (
	"slices"
	"strings"

	"github.com/apigwlint/apigwlint/parsers/internal/tree"
	"github.com/apigwlint/apigwlint/tri"
)

// restCORS adds an OPTIONS method, answered by a mock, to every path that has none.
// https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-property-api-corsconfiguration.html
func (a *api) restCORS() {
	cors := a.props.Get("Cors")
	if a.props.Has("Cors") == tri.Maybe || cors != nil && truthy(cors) == tri.Maybe && cors.Is(tree.Unknown) {
		// Whether paths have OPTIONS is not known.
		if p := paths(a.body); p != nil {
			for _, item := range p.Entries {
				if item.Value.Is(tree.Map) && item.Value.Get("options") == nil {
					item.Value.Open = true
				}
			}
		}
		return
	}
	if truthy(cors) == tri.No {
		return
	}
	p := paths(a.body)
	if p == nil {
		return
	}
	for _, item := range p.Entries {
		if !item.Value.Is(tree.Map) || item.Value.Entry("options") != nil {
			continue
		}
		put(item.Value, "options", cors.Place(), preflight(cors, item.Value))
	}
}

// preflight is the operation that answers preflight requests.
func preflight(cors, item *tree.Node) *tree.Node {
	at := place(cors.Place())
	origin, headers, methods, maxAge := cors, (*tree.Node)(nil), (*tree.Node)(nil), (*tree.Node)(nil)
	credentials := tri.No
	if cors.Is(tree.Map) {
		if origin = cors.Get("AllowOrigin"); origin == nil {
			origin = at.str("'*'")
		}
		headers, methods, maxAge = cors.Get("AllowHeaders"), cors.Get("AllowMethods"), cors.Get("MaxAge")
		credentials = isTrue(cors, "AllowCredentials")
	}
	if truthy(methods) == tri.No {
		methods = at.str("'" + strings.Join(allowedMethods(item), ",") + "'")
	}
	parameters, declared := at.mapping(), at.mapping()
	add := func(header, kind string, v *tree.Node) {
		put(parameters, "method.response.header."+header, at.span(), v)
		put(declared, header, at.span(), at.mapping(member{"type", at.str(kind)}))
	}
	add("Access-Control-Allow-Origin", "string", origin)
	if truthy(headers) != tri.No {
		add("Access-Control-Allow-Headers", "string", headers)
	}
	add("Access-Control-Allow-Methods", "string", methods)
	if maxAge != nil {
		add("Access-Control-Max-Age", "integer", maxAge)
	}
	switch credentials {
	case tri.Yes:
		add("Access-Control-Allow-Credentials", "string", at.str("'true'"))
	case tri.Maybe:
		parameters.Open, declared.Open = true, true
	}
	return at.mapping(
		member{"summary", at.str("CORS support")},
		member{"consumes", at.list(at.str("application/json"))},
		member{"produces", at.list(at.str("application/json"))},
		member{xIntegration, at.mapping(
			member{"type", at.str("mock")},
			member{"requestTemplates", at.mapping(member{"application/json", at.str("{\n  \"statusCode\" : 200\n}\n")})},
			member{"responses", at.mapping(member{"default", at.mapping(
				member{"statusCode", at.str("200")},
				member{"responseParameters", parameters},
				member{"responseTemplates", at.mapping(member{"application/json", at.str("{}\n")})},
			)})},
		)},
		member{"responses", at.mapping(member{"200", at.mapping(
			member{"description", at.str("Default response for CORS method")},
			member{"headers", declared},
		)})},
	)
}

// allowedMethods lists the methods of a path item as preflight requests are told.
func allowedMethods(item *tree.Node) []string {
	all := []string{"OPTIONS", "GET", "HEAD", "POST", "PUT", "DELETE", "PATCH"}
	if item.Entry(xAnyMethod) == nil {
		all = []string{"OPTIONS"}
		for _, e := range item.Entries {
			all = append(all, strings.ToUpper(e.Key))
		}
	}
	slices.Sort(all)
	return slices.Compact(all)
}
