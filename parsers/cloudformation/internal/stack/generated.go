package stack

import "strings"

// Generated returns the type of the resource that the SAM transform makes for a
// resource and that templates call by a property of it: Ref of "Fn.Alias" is
// Ref("Fn.Alias", "AWS::Lambda::Alias", ""), and the attribute Arn of it
// Ref("Fn.Alias", "AWS::Lambda::Alias", "Arn"). The transform says in
// [Stack.Aliases] which resource that is. The result is empty when there is no
// such property.
// https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-specification-generated-resources.html
func Generated(resourceType, property string) string {
	return generated[resourceType][property]
}

var generated = map[string]map[string]string{
	"AWS::Serverless::Function": {
		"Alias": "AWS::Lambda::Alias", "Version": "AWS::Lambda::Version",
		"DestinationTopic": "AWS::SNS::Topic", "DestinationQueue": "AWS::SQS::Queue",
	},
	"AWS::Serverless::Api": {
		"Stage": "AWS::ApiGateway::Stage", "Deployment": "AWS::ApiGateway::Deployment", "DomainName": "AWS::ApiGateway::DomainName",
		"UsagePlan": "AWS::ApiGateway::UsagePlan", "UsagePlanKey": "AWS::ApiGateway::UsagePlanKey", "ApiKey": "AWS::ApiGateway::ApiKey",
	},
	"AWS::Serverless::HttpApi": {
		"Stage": "AWS::ApiGatewayV2::Stage", "DomainName": "AWS::ApiGatewayV2::DomainName",
	},
	"AWS::Serverless::WebSocketApi": {
		"Stage": "AWS::ApiGatewayV2::Stage", "Deployment": "AWS::ApiGatewayV2::Deployment",
	},
	"AWS::Serverless::StateMachine": {
		"Alias": "AWS::StepFunctions::StateMachineAlias", "Version": "AWS::StepFunctions::StateMachineVersion",
	},
}

// GeneratedID returns the type of the resource that the SAM transform makes for
// a resource of the type and that has rest appended to its logical id:
// MyFunctionRole, MyFunctionAliaslive, MyApiProdStage, MyApiDeployment5c2a….
// The result is empty when the transform makes no such resource.
func GeneratedID(resourceType, rest string) string {
	for _, g := range generatedIDs[resourceType] {
		if strings.HasPrefix(rest, g.prefix) && strings.HasSuffix(rest, g.suffix) {
			return g.makes
		}
	}
	return ""
}

type generatedID struct{ prefix, suffix, makes string }

var generatedIDs = map[string][]generatedID{
	"AWS::Serverless::Function": {
		{"Alias", "", "AWS::Lambda::Alias"}, {"Version", "", "AWS::Lambda::Version"}, {"Role", "", "AWS::IAM::Role"},
		{"Url", "", "AWS::Lambda::Url"},
	},
	"AWS::Serverless::Api":          {{"", "Stage", "AWS::ApiGateway::Stage"}, {"Deployment", "", "AWS::ApiGateway::Deployment"}},
	"AWS::Serverless::HttpApi":      {{"", "Stage", "AWS::ApiGatewayV2::Stage"}},
	"AWS::Serverless::WebSocketApi": {{"", "Stage", "AWS::ApiGatewayV2::Stage"}, {"Deployment", "", "AWS::ApiGatewayV2::Deployment"}},
	"AWS::Serverless::StateMachine": {{"Role", "", "AWS::IAM::Role"}},
}
