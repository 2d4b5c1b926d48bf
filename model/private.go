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
