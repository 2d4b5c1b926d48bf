package model

import (
	"strings"

	"github.com/apigwlint/apigwlint/source"
	"github.com/apigwlint/apigwlint/tri"
	"github.com/apigwlint/apigwlint/value"
)

// A Schema is a model of a request or a response, as far as its size goes.
// https://docs.aws.amazon.com/apigateway/latest/developerguide/models-mappings-models.html
type Schema struct {
	ContentType value.Text
	// Smallest is the number of bytes that every instance has at least.
	Smallest value.Of[int]
	// Declared is the number of bytes that an instance has which is as long as
	// the maximum lengths and counts of the schema allow.
	Declared value.Of[int]
	Span     source.Span
}

// Limits of payloads, which cannot be raised.
// https://docs.aws.amazon.com/apigateway/latest/developerguide/limits.html
// https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
const (
	maxPayload = 10 * 1024 * 1024
	maxLambda  = 6 * 1024 * 1024
	maxMessage = 128 * 1024
)

// MaxRequest returns how many bytes a request to the integration may have.
func (in *Integration) MaxRequest(kind Kind) value.Of[int] {
	switch {
	case kind == WebSocket:
		return value.Known(maxMessage, in.Span)
	case in.Lambda.Present() == tri.Maybe:
		return value.Unknown[int](in.Span)
	case in.Lambda.Present() == tri.Yes:
		return value.Known(maxLambda, in.Span)
	}
	return value.Known(maxPayload, in.Span)
}

// MaxResponse returns how many bytes an answer of the integration may have;
// absent when it is streamed.
func (in *Integration) MaxResponse(kind Kind) value.Of[int] {
	switch in.TransferMode.Or("BUFFERED").IsFold("STREAM") {
	case tri.Yes:
		return value.Absent[int](in.TransferMode.Span())
	case tri.Maybe:
		return value.Unknown[int](in.TransferMode.Span())
	}
	return in.MaxRequest(kind)
}

// Downloads reports whether the integration hands out objects of an S3 bucket
// whose key the request names, which may be of any size.
func (in *Integration) Downloads() tri.Bool {
	get := in.Method.IsFold("GET")
	if u, ok := in.ServiceURI(); ok && u.Service == "s3" {
		rest, _ := u.Rest.Flat()
		_, key, _ := strings.Cut(strings.Trim(rest.S, "/"), "/")
		return tri.And(in.Type.Is("AWS"), u.Path, get, tri.Of(strings.Contains(key, "{") && !strings.Contains(key, "?")))
	}
	host, uri := in.Host(), in.URI
	bucket := tri.And(host.HasSuffix(".amazonaws.com"), tri.Or(host.Contains(".s3."), host.Contains(".s3-"), host.HasPrefix("s3.")))
	return tri.And(in.Type.OneOf("HTTP", "HTTP_PROXY"), get, bucket, uri.Contains("{"))
}
