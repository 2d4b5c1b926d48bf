package model

import (
	"slices"

	"github.com/apigwlint/apigwlint/tri"
	"github.com/apigwlint/apigwlint/value"
)

// EventFormat returns the version of the payload format of the events that a
// proxy integration of the route sends to a function: an HTTP API says which, and
// a REST API knows only 1.0.
// https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html
func (r *Route) EventFormat() value.Text {
	in, ok := r.Integration.Get()
	if !ok || in.Type.IsFold("AWS_PROXY") != tri.Yes || in.InvokesLambda() != tri.Yes || r.API == nil {
		return value.UnknownText(r.Span)
	}
	switch r.API.Kind {
	case REST:
		return value.Lit("1.0", in.Span)
	case HTTP:
		return in.PayloadFormat
	}
	return value.UnknownText(r.Span)
}

// eventProperties are the properties of events by the version of their format;
// a dot leads into the request context.
var eventProperties = map[string][]string{
	"1.0": {"resource", "path", "httpMethod", "multiValueHeaders", "multiValueQueryStringParameters",
		"requestContext.httpMethod", "requestContext.identity", "requestContext.path", "requestContext.protocol", "requestContext.requestTime",
		"requestContext.requestTimeEpoch", "requestContext.resourceId", "requestContext.resourcePath", "requestContext.extendedRequestId"},
	"2.0": {"routeKey", "rawPath", "rawQueryString", "cookies",
		"requestContext.http", "requestContext.routeKey", "requestContext.time", "requestContext.timeEpoch", "requestContext.authentication"},
}

// LacksProperty reports whether events of a version certainly lack the property
// at path, which those of the other version have.
func LacksProperty(version string, path []string) bool {
	other := map[string]string{"1.0": "2.0", "2.0": "1.0"}[version]
	if len(path) == 0 {
		return false
	}
	if slices.Contains(eventProperties[other], path[0]) {
		return true
	}
	return len(path) > 1 && slices.Contains(eventProperties[other], path[0]+"."+path[1])
}
