package openapi

import (
	"strings"

	"github.com/apigwlint/apigwlint/model"
	"github.com/apigwlint/apigwlint/parsers/internal/tree"
	"github.com/apigwlint/apigwlint/tri"
)

// kindOf returns the kind of API that a document without an owner is for, or ""
// when it does not say. Swagger 2.0 is imported as a REST API only. Otherwise
// there must be something that only one kind has, and nothing that only the
// other has. That an integration has payloadFormatVersion or passthroughBehavior
// says nothing: both are in real imports of both kinds. That it lacks
// payloadFormatVersion does, because HTTP APIs require it.
// https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-swagger-extensions-integration.html
func kindOf(d *document, body *tree.Node) model.Kind {
	if version(body) == 2 {
		return model.REST
	}
	var s signs
	s.document(d, body)
	switch {
	case s.unsure:
		return ""
	case s.rest && !s.http:
		return model.REST
	case s.http && !s.rest:
		return model.HTTP
	}
	return ""
}

// signs are what speaks for each kind of API. They are unsure when there may be
// more of them in what cannot be seen.
type signs struct{ rest, http, unsure bool }

// members returns the entries of a map in which there may be signs.
func (s *signs) members(n *tree.Node) []tree.Entry {
	switch {
	case n == nil || n.Is(tree.Null):
		return nil
	case !n.Is(tree.Map):
		s.unsure = s.unsure || n.Is(tree.Unknown)
		return nil
	}
	s.unsure = s.unsure || n.Open
	return n.Entries
}

// word returns a setting that may be a sign, in lower case.
func (s *signs) word(n *tree.Node) string {
	text, known := n.Str()
	s.unsure = s.unsure || n != nil && !known
	return strings.ToLower(text)
}

func (s *signs) document(d *document, body *tree.Node) {
	for _, e := range s.members(body) {
		switch strings.TrimPrefix(e.Key, extension) {
		case "policy", "gateway-responses", "request-validators", "request-validator", "api-key-source", "minimum-compression-size", "binary-media-types":
			s.rest = s.rest || strings.HasPrefix(e.Key, extension)
		case "cors", "importexport-version":
			s.http = s.http || strings.HasPrefix(e.Key, extension)
		}
	}
	components := d.follow(body.Get("components"))
	s.members(components)
	if components.Get(extension+"integrations") != nil {
		s.http = true
	}
	for _, e := range s.members(d.follow(components.Get("securitySchemes"))) {
		a := d.follow(e.Value).Get(extension + "authorizer")
		s.members(a)
		switch s.word(a.Get("type")) {
		case "token", "cognito_user_pools":
			s.rest = true
		case "jwt":
			s.http = true
		}
		if a.Get("enableSimpleResponses") != nil || a.Get("authorizerPayloadFormatVersion") != nil {
			s.http = true
		}
	}
	for _, p := range s.members(d.follow(body.Get("paths"))) {
		if p.Key == "$default" || p.Key == "/$default" {
			s.http = true
		}
		for _, m := range s.members(d.follow(p.Value)) {
			if methods[m.Key] != "" {
				s.operation(d, d.follow(m.Value))
			}
		}
	}
}

func (s *signs) operation(d *document, op *tree.Node) {
	s.members(op)
	if op.Get(extension+"request-validator") != nil {
		s.rest = true
	}
	if op.Get("isDefaultRoute") != nil {
		s.http = true
	}
	in := d.follow(op.Get(extension + "integration"))
	if kind := in.TextOf("type"); kind.IsFold("AWS_PROXY") == tri.Yes && in.Has("payloadFormatVersion") == tri.No && in.Has("integrationSubtype") == tri.No {
		s.rest = true // an HTTP API must have the version
	}
	for _, e := range s.members(in) {
		switch e.Key {
		case "type":
			switch s.word(e.Value) {
			case "aws", "http", "mock":
				s.rest = true
			}
		case "integrationSubtype":
			s.http = true
		case "requestTemplates", "cacheNamespace", "cacheKeyParameters", "contentHandling", "responseTransferMode", "integrationTarget":
			s.rest = true
		case "requestParameters":
			s.parameters(e.Value)
		case "responses":
			for _, r := range s.members(e.Value) {
				s.rest = s.rest || r.Value.Get("responseTemplates") != nil
				s.parameters(r.Value.Get("responseParameters"))
			}
		}
	}
}

// parameters looks at mappings, which REST and HTTP APIs write differently.
func (s *signs) parameters(n *tree.Node) {
	for _, e := range s.members(n) {
		target, _, _ := strings.Cut(e.Key, ".")
		switch target {
		case "integration", "method":
			s.rest = true
		}
		switch action, _, ok := strings.Cut(target, ":"); {
		case !ok:
		case action == "append" || action == "overwrite" || action == "remove":
			s.http = true
		}
	}
}
