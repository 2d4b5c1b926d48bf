package main

import (
	"context"

	"github.com/aws/aws-lambda-go/events"
	"github.com/aws/aws-lambda-go/lambda"
)

func handle(event events.APIGatewayProxyRequest) (*events.APIGatewayProxyResponse, error) {
	return respond("fine")
}

func respond(body string) (*events.APIGatewayProxyResponse, error) {
	return &events.APIGatewayProxyResponse{StatusCode: 200, Body: body}, nil
}

func main() { lambda.Start(handle) }
