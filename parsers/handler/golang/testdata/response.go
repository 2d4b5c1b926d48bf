package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"

	"github.com/aws/aws-lambda-go/events"
	"github.com/aws/aws-lambda-go/lambda"
)

type Response events.APIGatewayProxyResponse

type answer struct {
	Message string `json:"message"`
}

var errGone = errors.New("gone")

func main() {
	switch {
	default:
		lambda.Start(good)
		lambda.Start(beside)
		lambda.Start(list)
		lambda.Start(own)
		lambda.Start(version2)
		lambda.Start(pointer)
		lambda.Start(mapping)
		lambda.Start((&server{}).handle)
		lambda.StartWithOptions(func(event events.APIGatewayProxyRequest) (string, error) { // want `a string is no response`
			return "x", nil
		})
		lambda.Start(wrapped(good))
		lambda.Start(other)
		lambda.Start(marshals)
		lambda.Start(helper)
	}
}

func good(ctx context.Context, event events.APIGatewayProxyRequest) (Response, error) {
	body, err := json.Marshal(answer{"x"})
	if err != nil {
		return Response{}, err
	}
	return Response{StatusCode: http.StatusOK, Body: string(body)}, nil
}

func beside(ctx context.Context, event events.APIGatewayProxyRequest) (Response, error) {
	if event.Path == "/a" {
		return Response{StatusCode: http.StatusGone}, errGone // want `an error beside a response with status 410`
	}
	if err := check(event); err != nil {
		return Response{StatusCode: 400, Body: err.Error()}, err // want `an error beside a response with status 400`
	}
	if err := check(event); err != nil {
		err = nil
		return Response{StatusCode: 400}, err
	}
	if event.Body == "" {
		return Response{StatusCode: 400}, fmt.Errorf("empty: %s", event.Path) // want `an error beside a response with status 400`
	}
	return Response{StatusCode: 200}, check(event)
}

func check(events.APIGatewayProxyRequest) error { return nil }

func list(event events.APIGatewayProxyRequest) ([]answer, error) { // want `a list is no response`
	return nil, nil
}

func own(event events.APIGatewayProxyRequest) (answer, error) {
	return answer{"x"}, nil // want `"message" is no key of a response`
}

func version2(event events.APIGatewayProxyRequest) (events.APIGatewayV2HTTPResponse, error) {
	return events.APIGatewayV2HTTPResponse{StatusCode: 200}, nil // want `"cookies" is no key of a response`
}

func pointer(event *events.APIGatewayProxyRequest) (*Response, error) {
	return &Response{StatusCode: 200}, nil
}

func mapping(event events.APIGatewayProxyRequest) (any, error) {
	return map[string]any{"status": 200}, nil // want `"status" is no key of a response`
}

type server struct{}

func (s *server) handle(event events.APIGatewayProxyRequest) (Response, error) {
	return Response{StatusCode: 500}, errGone // want `an error beside a response with status 500`
}

func wrapped(f any) any { return f }

// other is for an event of another service.
func other(event map[string]string) (answer, error) { return answer{}, nil }

type custom struct{ X int }

func (custom) MarshalJSON() ([]byte, error) { return nil, nil }

func marshals(event events.APIGatewayProxyRequest) (custom, error) { return custom{}, nil }

func helper(event events.APIGatewayProxyRequest) (Response, error) { return fail(404) }

func fail(status int) (Response, error) {
	return Response{StatusCode: status}, errGone // want `an error beside a response:`
}
