package lift

import (
	"github.com/apigwlint/apigwlint/model"
	"github.com/apigwlint/apigwlint/parsers/internal/embedded"
	"github.com/apigwlint/apigwlint/parsers/internal/schema"
	"github.com/apigwlint/apigwlint/parsers/internal/tree"
	"github.com/apigwlint/apigwlint/tri"
	"github.com/apigwlint/apigwlint/value"
)

// schemas lifts the models that a method, a route or one of its responses names
// by content type.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-resource-apigateway-model.html
func (l *lifter) schemas(route *model.Route, n *tree.Node, key string) {
	for e := range n.TextMapOf(key).All() {
		r := l.modelResource(route.API, e.Value)
		if r == nil {
			continue
		}
		doc := embedded.Document(r.props.Get("Schema"))
		if !doc.Is(tree.Map) {
			continue
		}
		s := schema.New(schema.Within(doc)).Sizes(doc, e.Key)
		if key == "ResponseModels" {
			route.ResponseSchemas = append(route.ResponseSchemas, s)
		} else {
			route.RequestSchemas = append(route.RequestSchemas, s)
		}
	}
}

// modelResource returns the model of the API with a name, which a reference to it
// stands for.
func (l *lifter) modelResource(api *model.API, name value.Text) *resource {
	for kind, key := range map[string]string{"AWS::ApiGateway::Model": "RestApiId", "AWS::ApiGatewayV2::Model": "ApiId"} {
		for r := range l.of(kind) {
			if ref, ok := name.Only(); ok && ref.Name == r.ID && ref.Kind == value.Resource {
				return r
			}
			own, written := r.props.TextOf("Name").Get()
			if s, ok := name.Get(); ok && written && s == own && r.props.TextOf(key).Equal(api.APIID) == tri.Yes {
				return r
			}
		}
	}
	return nil
}

// membersOf returns the members of a list that can be seen.
func membersOf(n *tree.Node, key string) []*tree.Node {
	list, _ := items(n, key)
	return list
}
