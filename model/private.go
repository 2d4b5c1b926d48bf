package model

import (
	"github.com/apigwlint/apigwlint/source"
	"github.com/apigwlint/apigwlint/tri"
	"github.com/apigwlint/apigwlint/value"
)

// Admits reports whether the resource policy of an API lets anybody call it, on
// whatever conditions.
// https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-authorization-flow.html
func (p *Policy) Admits() tri.Bool {
	invoke := value.Lit("execute-api:Invoke", source.Span{})
	return p.Statements.Any(func(s *Statement) tri.Bool {
		return tri.And(s.Effect.Is("Allow"), s.ConcernsAction(invoke))
	})
}

// NeedsPolicy reports whether only the resource policy of a private API can let
// callers of the route in. An identity of the account and a Lambda authorizer
// do that by themselves, as long as the policy denies nothing.
// https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-authorization-flow.html
func (r *Route) NeedsPolicy() tri.Bool {
	return r.Authorization.Or("NONE").OneOf("NONE", "COGNITO_USER_POOLS")
}
