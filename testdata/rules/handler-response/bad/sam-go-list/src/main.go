package main

import (
	"context"

	"github.com/aws/aws-lambda-go/events"
	"github.com/aws/aws-lambda-go/lambda"
)

func handle(event events.APIGatewayProxyRequest) ([]string, error) { // want error "returns a list instead of an object"
	return []string{event.Path}, nil
}

func main() { lambda.Start(handle) }
