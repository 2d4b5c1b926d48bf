package terraform

import (
	"slices"

	"github.com/apigwlint/apigwlint/model"
	"github.com/apigwlint/apigwlint/parsers/internal/schema"
	"github.com/apigwlint/apigwlint/parsers/internal/tree"
	"github.com/apigwlint/apigwlint/tri"
	"github.com/apigwlint/apigwlint/value"
)

// schemas lifts the models that a method, a route or one of its responses names
// by content type.
// https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/api_gateway_model
func (l *lifter) schemas(api *model.API, names value.Map[value.Text]) []*model.Schema {
	var out []*model.Schema
	for e := range names.All() {
		r := l.modelResource(api, e.Value)
		if r == nil {
			continue
		}
		if doc := r.document("schema"); doc.Is(tree.Map) {
			out = append(out, schema.New(schema.Within(doc)).Sizes(doc, e.Key))
		}
	}
	return out
}

// modelResource returns the model of the API with a name.
func (l *lifter) modelResource(api *model.API, name value.Text) *lifted {
	if ref, ok := name.Only(); ok {
		if r := l.byAddr[ref.Name]; r != nil && slices.Contains(models, r.typ) {
			return r
		}
	}
	for i, typ := range models {
		for _, r := range l.types[typ] {
			if r.p.TextOf("name").Equal(name) == tri.Yes && r.p.TextOf([]string{"rest_api_id", "api_id"}[i]).Equal(api.APIID) == tri.Yes {
				return r
			}
		}
	}
	return nil
}

var models = []string{"aws_api_gateway_model", "aws_apigatewayv2_model"}
