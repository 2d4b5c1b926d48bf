package openapi

import (
	"strings"

	"github.com/apigwlint/apigwlint/model"
	"github.com/apigwlint/apigwlint/parsers/internal/tree"
	"github.com/apigwlint/apigwlint/value"
)

// requestSchemas lifts the schemas of the body of an operation's requests.
func (l *lifter) requestSchemas(op, item *tree.Node) []*model.Schema {
	if body := l.follow(op.Get("requestBody")); body != nil {
		return l.schemas(body)
	}
	for _, owner := range []*tree.Node{op, item} {
		list, _ := l.follow(owner.Get("parameters")).Members()
		for _, p := range list {
			if p = l.follow(p); p.TextOf("in").String() == "body" {
				return l.schemas(p)
			}
		}
	}
	return nil
}

// responseSchemas lifts the schemas of the answers of an operation.
func (l *lifter) responseSchemas(op *tree.Node) []*model.Schema {
	responses := l.follow(op.Get("responses"))
	if !responses.Is(tree.Map) {
		return nil
	}
	var out []*model.Schema
	for _, e := range responses.Entries {
		if !strings.HasPrefix(e.Key, "x-") {
			out = append(out, l.schemas(l.follow(e.Value))...)
		}
	}
	return out
}

// schemas lifts the schemas of a body: of Swagger 2.0 the only one, of OpenAPI 3
// one for each content type.
func (l *lifter) schemas(body *tree.Node) []*model.Schema {
	var out []*model.Schema
	if s := body.Get("schema"); s != nil {
		out = append(out, l.meter.Sizes(s, value.UnknownText(s.Place())))
	}
	if content := l.follow(body.Get("content")); content.Is(tree.Map) {
		for _, e := range content.Entries {
			if s := l.follow(e.Value).Get("schema"); s != nil {
				out = append(out, l.meter.Sizes(s, value.Lit(e.Key, e.KeySpan)))
			}
		}
	}
	return out
}
