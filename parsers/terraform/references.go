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
	} else if t, ok := i.composite(name); ok {
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

// composite returns attributes that are made of others.
func (i *instance) composite(name string) (value.Text, bool) {
	switch i.typ {
	case "aws_lambda_function":
		switch name {
		case "id":
			return i.text("function_name"), true
		case "invoke_arn":
			return i.invokeARN(i.refTo("arn")), true
		case "qualified_arn":
			return concat(i.refTo("arn"), ":", i.refTo("version")), true
		case "qualified_invoke_arn":
			return i.invokeARN(concat(i.refTo("arn"), ":", i.refTo("version"))), true
		case "response_streaming_invoke_arn":
			return i.streamingARN(i.refTo("arn")), true
		}
	case "aws_lambda_alias":
		switch name {
		case "invoke_arn":
			return i.invokeARN(i.refTo("arn")), true
		case "response_streaming_invoke_arn":
			return i.streamingARN(i.refTo("arn")), true
		}
	case "aws_api_gateway_rest_api", "aws_apigatewayv2_api":
		return i.apiAttribute(name)
	case "aws_api_gateway_stage", "aws_api_gateway_deployment":
		return i.stageAttribute(name, "rest_api_id", "stage_name")
	case "aws_apigatewayv2_stage":
		return i.stageAttribute(name, "api_id", "name")
	case "aws_api_gateway_resource":
		if name == "path" {
			return i.resourcePath(0), true
		}
	}
	return value.Text{}, false
}

// invokeARN returns the URI with which API Gateway invokes a function.
// https://docs.aws.amazon.com/apigateway/latest/api/API_Integration.html#apigw-Type-Integration-uri
func (i *instance) invokeARN(arn value.Text) value.Text {
	return concat("arn:", pseudo("Partition"), ":apigateway:", i.region(), ":lambda:path/2015-03-31/functions/", arn, "/invocations")
}

func (i *instance) streamingARN(arn value.Text) value.Text {
	return concat("arn:", pseudo("Partition"), ":apigateway:", i.region(), ":lambda:path/2021-11-15/functions/", arn,
		"/response-streaming-invocations")
}

// executionARN returns the ARN under which an API calls functions.
func (i *instance) executionARN(id value.Text) value.Text {
	return concat("arn:", pseudo("Partition"), ":execute-api:", i.region(), ":", i.account(), ":", id)
}

func (i *instance) apiAttribute(name string) (value.Text, bool) {
	switch name {
	case "execution_arn":
		return i.executionARN(i.refTo("id")), true
	case "api_endpoint":
		scheme := "https://"
		if protocol, _ := i.text("protocol_type").Get(); protocol == "WEBSOCKET" {
			scheme = "wss://"
		}
		return concat(scheme, i.refTo("id"), ".execute-api.", i.region(), ".amazonaws.com"), true
	}
	return value.Text{}, false
}

func (i *instance) stageAttribute(name, api, stage string) (value.Text, bool) {
	stageName := value.Text{}
	if v := i.written(stage); v != nil && v.kind != null {
		stageName = i.text(stage)
	}
	switch name {
	case "execution_arn":
		// A deployment without a stage has an ARN that ends with the slash.
		return concat(i.executionARN(i.text(api)), "/", stageName), true
	case "invoke_url":
		scheme := "https://"
		if i.typ == "aws_apigatewayv2_stage" {
			return value.Text{}, false // wss:// of a WebSocket API
		}
		return concat(scheme, i.text(api), ".execute-api.", i.region(), ".amazonaws.com/", stageName), true
	}
	return value.Text{}, false
}

// resourcePath assembles the path of a resource of a REST API.
func (i *instance) resourcePath(depth int) value.Text {
	part := i.text("path_part")
	parent, ok := i.text("parent_id").Only()
	if !ok || depth > maxTemplates*8 {
		return concat(i.refTo("path"))
	}
	if parent.Attr == "root_resource_id" {
		return concat("/", part)
	}
	up := i.mod.ev.instances[parent.Name]
	if up == nil || up == i || up.typ != i.typ || parent.Attr != "id" {
		return concat(i.refTo("path"))
	}
	return concat(up.resourcePath(depth+1), "/", part)
}
