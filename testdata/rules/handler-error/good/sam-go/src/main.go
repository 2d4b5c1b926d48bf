package main

import (
	"errors"

	"github.com/aws/aws-lambda-go/events"
	"github.com/aws/aws-lambda-go/lambda"
)

var errSpent = errors.New("spent already")

func handle(event events.APIGatewayProxyRequest) (events.APIGatewayProxyResponse, error) {
	if err := redeem(event.PathParameters["code"]); err != nil {
		return events.APIGatewayProxyResponse{}, err
	}
	return events.APIGatewayProxyResponse{StatusCode: 409, Body: errSpent.Error()}, nil
}

func redeem(code string) error { return nil }

func main() { lambda.Start(handle) }
