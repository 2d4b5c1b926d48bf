package main

import (
	"context"

	"github.com/aws/aws-lambda-go/events"
	"github.com/aws/aws-lambda-go/lambda"
)

func handle(event events.APIGatewayProxyRequest) (any, error) {
	return respond(event)
}

var found = map[string]any{}

func respond(event events.APIGatewayProxyRequest) (any, error) { return found[event.Path], nil }

func main() { lambda.Start(handle) }
