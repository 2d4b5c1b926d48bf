package model

import (
	"strings"

	"github.com/apigwlint/apigwlint/tri"
	"github.com/apigwlint/apigwlint/value"
)

// AllBinary is the media type that makes every body binary.
const AllBinary = "*/*"

// TakesAsBinary reports whether bodies of a media type are binary to the API.
// https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-payload-encodings.html
func (a *API) TakesAsBinary(mediaType value.Text) tri.Bool {
	return a.BinaryMediaTypes.Any(func(t value.Text) tri.Bool { return MediaCovers(t, mediaType) })
}

// MediaCovers reports whether a binary media type, such as image/png, image/* or
// */*, covers the media type of a body.
func MediaCovers(binary, mediaType value.Text) tri.Bool {
	if binary.Is(AllBinary) == tri.Yes {
		return tri.Yes
	}
	b, ok := binary.Get()
	m, known := mediaType.Get()
	if !ok || !known {
		return tri.Maybe
	}
	m, _, _ = strings.Cut(m, ";")
	m = strings.TrimSpace(m)
	if class, ok := strings.CutSuffix(b, "/*"); ok {
		of, _, _ := strings.Cut(m, "/")
		return tri.Of(strings.EqualFold(class, of))
	}
	return tri.Of(strings.EqualFold(b, m))
}
