package model

import (
	"strconv"
	"strings"

	"github.com/apigwlint/apigwlint/tri"
	"github.com/apigwlint/apigwlint/value"
)

// Answer returns the status that callers of an integration that is no proxy see
// when the backend answers with the status: that of the integration response
// which its pattern selects, or of the default. Without either API Gateway itself
// answers 500. It is unknown when the files do not decide.
// https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-integration-settings-integration-response.html
func (in *Integration) Answer(status int) value.Of[int] {
	unknown := value.Unknown[int](in.Span)
	if !in.Responses.IsClosed() {
		return unknown
	}
	var chosen, fallback *IntegrationResponse
	for r := range in.Responses.All() {
		switch r.IsDefault() {
		case tri.Maybe:
			return unknown
		case tri.Yes:
			fallback = r
			continue
		}
		switch r.Catches(strconv.Itoa(status)) {
		case tri.Maybe:
			return unknown
		case tri.Yes:
			if chosen != nil {
				return unknown
			}
			chosen = r
		}
	}
	if chosen == nil {
		chosen = fallback
	}
	if chosen == nil {
		return value.Known(500, in.Span)
	}
	s, _ := chosen.Status.Get()
	n, err := strconv.Atoi(s)
	if err != nil {
		return unknown
	}
	return value.Known(n, chosen.Status.Span())
}

// RequestHeader returns what a header of the call to the backend is mapped from,
// a hole when a mapping template writes it; absent when nothing sets it.
// https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-override-request-response-parameters.html
func (in *Integration) RequestHeader(name string) value.Text {
	at := in.RequestParameters.Span()
	out := value.NoText(at)
	if !in.RequestParameters.IsClosed() {
		out = value.UnknownText(at)
	}
	for e := range in.RequestParameters.All() {
		switch e.Key.IsFold("integration.request.header." + name) {
		case tri.Yes:
			return e.Value
		case tri.Maybe:
			out = value.UnknownText(e.Span)
		}
	}
	switch in.overrides(name) {
	case tri.Yes:
		return value.Hole(value.Ref{Kind: value.Other, Name: name}, at)
	case tri.Maybe:
		return value.UnknownText(at)
	}
	return out
}

// overrides reports whether mapping templates write a header of the call.
func (in *Integration) overrides(name string) tri.Bool {
	return SetOfMap(in.RequestTemplates).Any(func(t value.Text) tri.Bool {
		f, ok := t.Flat()
		s := strings.ToLower(f.S)
		switch {
		case !ok:
			return tri.Maybe
		case strings.Contains(s, "requestoverride.header."+strings.ToLower(name)):
			return tri.Yes
		case strings.Contains(s, "requestoverride"):
			return tri.Maybe // in another form
		}
		for ref := range t.Refs() {
			if !tame(ref) && ref.Kind != value.Resource {
				return tri.Maybe
			}
		}
		return tri.No
	})
}

// Asks reports whether the URI itself has a query that names an action. What is
// the name of something has no query.
func (u ServiceURI) Asks() tri.Bool {
	asks := u.Rest.Contains("Action=")
	for ref := range u.Rest.Refs() {
		if asks == tri.Maybe && !ref.Segment && ref.Kind != value.Pseudo && ref.Kind != value.Resource {
			return tri.Maybe
		}
	}
	if asks == tri.Maybe {
		return tri.No
	}
	return asks
}

// AnswersJSON reports whether the backend certainly answers JSON, or something
// that API Gateway makes up itself: functions and services with a JSON protocol do.
// An HTTP backend, and a bucket, may answer anything.
func (in *Integration) AnswersJSON() tri.Bool {
	u, ok := in.ServiceURI()
	switch {
	case in.Type.Is("HTTP") == tri.Yes:
		return tri.No
	case in.Type.Is("AWS") != tri.Yes:
		return tri.Maybe
	case ok && u.Service == "s3":
		return tri.No
	}
	return tri.Maybe
}
