package cloudformation_test

import "testing"

// TestLocalBody reads a body that the package command would upload.
func TestLocalBody(t *testing.T) {
	units := loadData(t, map[string][]byte{
		"template.yaml": []byte("Resources:\n  Api:\n    Type: AWS::ApiGateway::RestApi\n    Properties: {BodyS3Location: api.yaml}\n"),
		"api.yaml":      []byte("swagger: '2.0'\ninfo: {title: a, version: '1'}\npaths: {/a: {get: {x-amazon-apigateway-integration: {type: mock}}}}\n"),
	})
	if len(units) != 1 {
		t.Fatalf("%d units", len(units))
	}
	api := units[0].Scenarios[0].Model.APIs[0]
	if api.Routes.Len() != 1 || !api.Routes.IsClosed() {
		t.Errorf("%d routes, closed %v", api.Routes.Len(), api.Routes.IsClosed())
	}
	if len(units[0].Files) != 2 {
		t.Errorf("the unit has %d files", len(units[0].Files))
	}
}

// TestPlaceholderDefault takes a default that only says what belongs there for
// none at all.
func TestPlaceholderDefault(t *testing.T) {
	for def, known := range map[string]bool{"<API name here>": false, "orders": true} {
		units := loadData(t, map[string][]byte{"template.yaml": []byte(
			"Parameters: {Name: {Type: String, Default: '" + def + "'}}\nResources: {Api: {Type: AWS::ApiGateway::RestApi, Properties: {Name: !Ref Name}}}\n")})
		if _, ok := units[0].Scenarios[0].Model.APIs[0].Name.Get(); ok != known {
			t.Errorf("with the default %s the name is known: %v", def, ok)
		}
	}
}
