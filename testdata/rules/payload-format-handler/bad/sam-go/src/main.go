package main

import (
	"context"

	"github.com/aws/aws-lambda-go/events"
	"github.com/aws/aws-lambda-go/lambda"
)

func handle(ctx context.Context, event events.APIGatewayProxyRequest) (events.APIGatewayProxyResponse, error) { // want note "handles events in payload format 1.0, and is sent payload format 2.0"
	return events.APIGatewayProxyResponse{StatusCode: 200, Body: event.HTTPMethod}, nil
}

func main() { lambda.Start(handle) }
