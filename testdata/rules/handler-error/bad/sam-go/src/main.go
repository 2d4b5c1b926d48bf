package main

import (
	"errors"

	"github.com/aws/aws-lambda-go/events"
	"github.com/aws/aws-lambda-go/lambda"
)

var errSpent = errors.New("spent already")

func handle(event events.APIGatewayProxyRequest) (events.APIGatewayProxyResponse, error) {
	if event.PathParameters["code"] == "SPENT" {
		return events.APIGatewayProxyResponse{StatusCode: 409}, errSpent // want warning "returns an error beside its response with status 409, which is lost"
	}
	return events.APIGatewayProxyResponse{StatusCode: 200, Body: "ok"}, nil
}

func main() { lambda.Start(handle) }
