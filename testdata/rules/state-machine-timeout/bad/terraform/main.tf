resource "aws_api_gateway_rest_api" "orders" {
  name = "orders"
}

resource "aws_api_gateway_method" "orders" {
  rest_api_id   = aws_api_gateway_rest_api.orders.id
  resource_id   = aws_api_gateway_rest_api.orders.root_resource_id
  http_method   = "POST"
  authorization = "NONE"
}

resource "aws_api_gateway_integration" "orders" {
  rest_api_id = aws_api_gateway_rest_api.orders.id
  resource_id = aws_api_gateway_rest_api.orders.root_resource_id
  http_method = aws_api_gateway_method.orders.http_method
  type                    = "AWS"
  integration_http_method = "POST"
  uri                     = "arn:aws:apigateway:eu-west-1:states:action/StartSyncExecution"
  credentials             = "arn:aws:iam::111122223333:role/api"
  request_templates = {
    "application/json" = jsonencode({ input = "{}", stateMachineArn = aws_sfn_state_machine.flow.arn })
  }
}

resource "aws_sfn_state_machine" "flow" {
  name     = "flow"
  type     = "EXPRESS"
  role_arn = "arn:aws:iam::111122223333:role/flow"
  definition = jsonencode({
    StartAt        = "Check"
    TimeoutSeconds = 60 # want note "POST / answers 504: aws_sfn_state_machine.flow may run for 1m0s"
    States = {
      Check = { Type = "Task", Resource = "arn:aws:states:::lambda:invoke", End = true }
    }
  })
}
