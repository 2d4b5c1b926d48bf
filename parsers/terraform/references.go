package terraform

import (
	"strings"

	"github.com/apigwlint/apigwlint/source"
	"github.com/apigwlint/apigwlint/value"
)

// segment reports whether an attribute is an identifier or a plain name, which
// holds neither "/" nor ":".
func segment(typ, attr string) bool {
	switch attr {
	case "root_resource_id", "function_name", "unique_id":
		return true
	case "version":
		return typ == "aws_lambda_function"
	case "id":
		switch typ {
		case "aws_lambda_function", "aws_iam_role", "aws_dynamodb_table", "aws_s3_bucket", "aws_cognito_user_pool",
			"aws_cognito_user_pool_client", "aws_vpc", "aws_subnet", "aws_security_group", "aws_kinesis_stream":
			return true
		}
		return strings.HasPrefix(typ, "aws_api_gateway_") || strings.HasPrefix(typ, "aws_apigatewayv2_")
	case "name":
		switch typ {
		case "aws_lambda_alias", "aws_iam_role", "aws_dynamodb_table", "aws_sqs_queue", "aws_sfn_state_machine", "aws_kinesis_stream",
			"aws_sns_topic", "aws_lb", "aws_alb", "aws_kinesis_firehose_delivery_stream":
			return true
		}
	case "result", "hex", "b64_url", "dec":
		return strings.HasPrefix(typ, "random_") && typ != "random_password"
	}
	return false
}

// provided returns an attribute that the provider sets. Those that are made of
// others are spelled out, so that they can be compared and searched.
func (i *instance) provided(name string) *val {
	if i.data {
		if v := i.looksUp(name); v != nil {
			return v
		}
	}
	if t, ok := composite(configured{i}, name); ok {
		return textVal(t)
	}
	return refVal(i.ref(name), source.Span{})
}

// concat returns the text made of strings and texts.
func concat(parts ...any) value.Text {
	var out []value.Part
	var assumes []value.Ref
	for _, p := range parts {
		switch p := p.(type) {
		case string:
			out = append(out, value.Part{Lit: p})
		case value.Text:
			out = append(out, p.Parts()...)
			assumes = append(assumes, p.Assumes()...)
		}
	}
	return value.Join(source.Span{}, out...).Assuming(assumes...)
}

// A subject is an instance of a resource, of a configuration or of a plan, as
// far as attributes that are made of others need it.
type subject interface {
	kind() string
	refTo(attr string) value.Text // the reference to an attribute
	text(attr string) value.Text  // an attribute
	written(attr string) bool     // whether the configuration gives it
	region() value.Text
	account() value.Text
	parent(addr string) subject // the instance with an address, or nil
}

// composite returns attributes that are made of others.
func composite(s subject, name string) (value.Text, bool) {
	switch s.kind() {
	case "aws_lambda_function":
		switch name {
		case "id":
			return s.text("function_name"), true
		case "invoke_arn":
			return invokeARN(s, s.refTo("arn")), true
		case "version":
			return version(s), true
		case "qualified_arn":
			return concat(s.refTo("arn"), ":", version(s)), true
		case "qualified_invoke_arn":
			return invokeARN(s, concat(s.refTo("arn"), ":", version(s))), true
		case "response_streaming_invoke_arn":
			return streamingARN(s, s.refTo("arn")), true
		}
	case "aws_lambda_alias":
		switch name {
		case "id":
			return s.refTo("arn"), true
		case "invoke_arn":
			return invokeARN(s, s.refTo("arn")), true
		case "response_streaming_invoke_arn":
			return streamingARN(s, s.refTo("arn")), true
		}
	case "aws_api_gateway_rest_api", "aws_apigatewayv2_api":
		return apiAttribute(s, name)
	case "aws_api_gateway_stage", "aws_api_gateway_deployment":
		return stageAttribute(s, name, "rest_api_id", "stage_name")
	case "aws_apigatewayv2_stage":
		return stageAttribute(s, name, "api_id", "name")
	case "aws_api_gateway_resource":
		if name == "path" {
			return resourcePath(s, 0), true
		}
	case "aws_sfn_state_machine", "aws_lb", "aws_alb", "aws_lb_listener", "aws_alb_listener", "aws_iam_policy", "aws_sns_topic",
		"aws_lb_target_group", "aws_alb_target_group", "aws_kinesis_firehose_delivery_stream":
		if name == "id" {
			return s.refTo("arn"), true
		}
	}
	return value.Text{}, false
}

// version returns the version of a function that is the newest. When none is
// published, it is $LATEST.
func version(s subject) value.Text {
	number := s.refTo("version")
	publish, known := s.text("publish").Get()
	switch {
	case !s.written("publish"), known && publish == "false":
		return value.Lit("$LATEST", source.Span{})
	case known:
		return number
	}
	ref, _ := number.Only()
	return value.Hole(value.Ref{Kind: value.Other, Name: ref.Name, Attr: ref.Attr, Segment: true}, source.Span{})
}

// invokeARN returns the URI with which API Gateway invokes a function.
// https://docs.aws.amazon.com/apigateway/latest/api/API_Integration.html#apigw-Type-Integration-uri
func invokeARN(s subject, arn value.Text) value.Text {
	return concat("arn:", pseudo("Partition"), ":apigateway:", s.region(), ":lambda:path/2015-03-31/functions/", arn, "/invocations")
}

func streamingARN(s subject, arn value.Text) value.Text {
	return concat("arn:", pseudo("Partition"), ":apigateway:", s.region(), ":lambda:path/2021-11-15/functions/", arn,
		"/response-streaming-invocations")
}

// executionARN returns the ARN under which an API calls functions.
func executionARN(s subject, id value.Text) value.Text {
	return concat("arn:", pseudo("Partition"), ":execute-api:", s.region(), ":", s.account(), ":", id)
}

func apiAttribute(s subject, name string) (value.Text, bool) {
	switch name {
	case "execution_arn":
		return executionARN(s, s.refTo("id")), true
	case "arn": // under which the API is managed
		collection := "/restapis/"
		if s.kind() == "aws_apigatewayv2_api" {
			collection = "/apis/"
		}
		return concat("arn:", pseudo("Partition"), ":apigateway:", s.region(), "::", collection, s.refTo("id")), true
	case "api_endpoint":
		scheme := "https://"
		if protocol, _ := s.text("protocol_type").Get(); protocol == "WEBSOCKET" {
			scheme = "wss://"
		}
		return concat(scheme, s.refTo("id"), ".execute-api.", s.region(), ".amazonaws.com"), true
	}
	return value.Text{}, false
}

func stageAttribute(s subject, name, api, stage string) (value.Text, bool) {
	stageName := value.Text{}
	if s.written(stage) {
		stageName = s.text(stage)
	}
	switch name {
	case "execution_arn":
		// A deployment without a stage has an ARN that ends with the slash.
		return concat(executionARN(s, s.text(api)), "/", stageName), true
	case "invoke_url":
		if s.kind() == "aws_apigatewayv2_stage" {
			return value.Text{}, false // wss:// of a WebSocket API
		}
		return concat("https://", s.text(api), ".execute-api.", s.region(), ".amazonaws.com/", stageName), true
	}
	return value.Text{}, false
}

// resourcePath assembles the path of a resource of a REST API.
func resourcePath(s subject, depth int) value.Text {
	parent, ok := s.text("parent_id").Only()
	switch {
	case !ok || depth > 64:
		return s.refTo("path")
	case parent.Attr == "root_resource_id":
		return concat("/", s.text("path_part"))
	}
	up := s.parent(parent.Name)
	if up == nil || up.kind() != s.kind() || parent.Attr != "id" {
		return s.refTo("path")
	}
	return concat(resourcePath(up, depth+1), "/", s.text("path_part"))
}
