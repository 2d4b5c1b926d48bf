package typed

import (
	"reflect"

	"github.com/awslabs/goformation/v7/cloudformation/apigateway"
	"github.com/awslabs/goformation/v7/cloudformation/apigatewayv2"
	"github.com/awslabs/goformation/v7/cloudformation/applicationautoscaling"
	"github.com/awslabs/goformation/v7/cloudformation/autoscaling"
	"github.com/awslabs/goformation/v7/cloudformation/cognito"
	"github.com/awslabs/goformation/v7/cloudformation/ecs"
	"github.com/awslabs/goformation/v7/cloudformation/elasticloadbalancing"
	"github.com/awslabs/goformation/v7/cloudformation/elasticloadbalancingv2"
	"github.com/awslabs/goformation/v7/cloudformation/events"
	"github.com/awslabs/goformation/v7/cloudformation/iam"
	"github.com/awslabs/goformation/v7/cloudformation/lambda"
	"github.com/awslabs/goformation/v7/cloudformation/s3"
	"github.com/awslabs/goformation/v7/cloudformation/sns"
	"github.com/awslabs/goformation/v7/cloudformation/sqs"
	"github.com/awslabs/goformation/v7/cloudformation/stepfunctions"
)

// types are the structs of the resource types that the lift reads.
var types = map[string]reflect.Type{
	"AWS::ApiGateway::Authorizer":                   reflect.TypeFor[apigateway.Authorizer](),
	"AWS::ApiGateway::Deployment":                   reflect.TypeFor[apigateway.Deployment](),
	"AWS::ApiGateway::GatewayResponse":              reflect.TypeFor[apigateway.GatewayResponse](),
	"AWS::ApiGateway::Method":                       reflect.TypeFor[method](),
	"AWS::ApiGateway::Model":                        reflect.TypeFor[apigateway.Model](),
	"AWS::ApiGateway::Resource":                     reflect.TypeFor[apigateway.Resource](),
	"AWS::ApiGateway::RestApi":                      reflect.TypeFor[restAPI](),
	"AWS::ApiGateway::Stage":                        reflect.TypeFor[apigateway.Stage](),
	"AWS::ApiGateway::UsagePlan":                    reflect.TypeFor[apigateway.UsagePlan](),
	"AWS::ApiGateway::VpcLink":                      reflect.TypeFor[apigateway.VpcLink](),
	"AWS::ApiGatewayV2::Api":                        reflect.TypeFor[api](),
	"AWS::ApiGatewayV2::ApiGatewayManagedOverrides": reflect.TypeFor[apigatewayv2.ApiGatewayManagedOverrides](),
	"AWS::ApiGatewayV2::Authorizer":                 reflect.TypeFor[apigatewayv2.Authorizer](),
	"AWS::ApiGatewayV2::Deployment":                 reflect.TypeFor[apigatewayv2.Deployment](),
	"AWS::ApiGatewayV2::Integration":                reflect.TypeFor[apigatewayv2.Integration](),
	"AWS::ApiGatewayV2::IntegrationResponse":        reflect.TypeFor[apigatewayv2.IntegrationResponse](),
	"AWS::ApiGatewayV2::Route":                      reflect.TypeFor[apigatewayv2.Route](),
	"AWS::ApiGatewayV2::RouteResponse":              reflect.TypeFor[apigatewayv2.RouteResponse](),
	"AWS::ApiGatewayV2::Stage":                      reflect.TypeFor[apigatewayv2.Stage](),
	"AWS::ApiGatewayV2::VpcLink":                    reflect.TypeFor[apigatewayv2.VpcLink](),
	"AWS::ApplicationAutoScaling::ScalableTarget":   reflect.TypeFor[applicationautoscaling.ScalableTarget](),
	"AWS::AutoScaling::AutoScalingGroup":            reflect.TypeFor[autoScalingGroup](),
	"AWS::Cognito::UserPool":                        reflect.TypeFor[cognito.UserPool](),
	"AWS::ECS::Service":                             reflect.TypeFor[ecs.Service](),
	"AWS::ElasticLoadBalancing::LoadBalancer":       reflect.TypeFor[elasticloadbalancing.LoadBalancer](),
	"AWS::ElasticLoadBalancingV2::Listener":         reflect.TypeFor[elasticloadbalancingv2.Listener](),
	"AWS::ElasticLoadBalancingV2::ListenerRule":     reflect.TypeFor[elasticloadbalancingv2.ListenerRule](),
	"AWS::ElasticLoadBalancingV2::LoadBalancer":     reflect.TypeFor[elasticloadbalancingv2.LoadBalancer](),
	"AWS::ElasticLoadBalancingV2::TargetGroup":      reflect.TypeFor[elasticloadbalancingv2.TargetGroup](),
	"AWS::Events::Rule":                             reflect.TypeFor[events.Rule](),
	"AWS::IAM::ManagedPolicy":                       reflect.TypeFor[iam.ManagedPolicy](),
	"AWS::IAM::Policy":                              reflect.TypeFor[iam.Policy](),
	"AWS::IAM::Role":                                reflect.TypeFor[iam.Role](),
	"AWS::IAM::RolePolicy":                          reflect.TypeFor[iam.RolePolicy](),
	"AWS::Lambda::Alias":                            reflect.TypeFor[lambda.Alias](),
	"AWS::Lambda::EventSourceMapping":               reflect.TypeFor[lambda.EventSourceMapping](),
	"AWS::Lambda::Function":                         reflect.TypeFor[function](),
	"AWS::Lambda::Permission":                       reflect.TypeFor[permission](),
	"AWS::Lambda::Version":                          reflect.TypeFor[lambda.Version](),
	"AWS::S3::Bucket":                               reflect.TypeFor[s3.Bucket](),
	"AWS::SNS::Subscription":                        reflect.TypeFor[sns.Subscription](),
	"AWS::SNS::Topic":                               reflect.TypeFor[sns.Topic](),
	"AWS::SQS::Queue":                               reflect.TypeFor[sqs.Queue](),
	"AWS::StepFunctions::StateMachine":              reflect.TypeFor[stepfunctions.StateMachine](),
}

// The overlay: properties that CloudFormation got after goformation's last
// release in April 2024, as far as their shapes matter here.
type (
	method struct {
		apigateway.Method
		Integration *methodIntegration `json:"Integration"`
	}
	methodIntegration struct {
		apigateway.Method_Integration
		IntegrationTarget    *string `json:"IntegrationTarget"`
		ResponseTransferMode *string `json:"ResponseTransferMode"`
	}
	restAPI struct {
		apigateway.RestApi
		EndpointConfiguration *endpointConfiguration `json:"EndpointConfiguration"`
		EndpointAccessMode    *string                `json:"EndpointAccessMode"`
		SecurityPolicy        *string                `json:"SecurityPolicy"`
	}
	endpointConfiguration struct {
		apigateway.RestApi_EndpointConfiguration
		IpAddressType *string `json:"IpAddressType"`
	}
	api struct {
		apigatewayv2.Api
		IpAddressType *string `json:"IpAddressType"`
	}
	autoScalingGroup struct {
		autoscaling.AutoScalingGroup
		TrafficSources []trafficSource `json:"TrafficSources"`
	}
	trafficSource struct {
		Identifier string `json:"Identifier"`
		Type       string `json:"Type"`
	}
	function struct {
		lambda.Function
		PublishToLatestPublished *bool   `json:"PublishToLatestPublished"`
		RecursiveLoop            *string `json:"RecursiveLoop"`
	}
	permission struct {
		lambda.Permission
		InvokedViaFunctionUrl *bool `json:"InvokedViaFunctionUrl"`
	}
)
