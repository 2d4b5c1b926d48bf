variable "padding" {
  default = "0123456789012345678901234567890123456789012345678901234567890123456789"
}

locals {
  p1 = join("", [for i in range(64) : var.padding])
  # want+1 error "deployment of POST / is refused: the request template has 358400 bytes, and at most 307200 are allowed"
  p2 = join("", [for i in range(80) : local.p1])
}

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
  rest_api_id             = aws_api_gateway_rest_api.orders.id
  resource_id             = aws_api_gateway_rest_api.orders.root_resource_id
  http_method             = aws_api_gateway_method.orders.http_method
  type                    = "AWS"
  integration_http_method = "POST"
  uri                     = "arn:aws:apigateway:eu-west-1:dynamodb:action/PutItem"
  credentials             = "arn:aws:iam::111122223333:role/orders"
  request_templates = {
    "application/json" = local.p2
  }
}

resource "aws_api_gateway_method_response" "orders" {
  rest_api_id = aws_api_gateway_rest_api.orders.id
  resource_id = aws_api_gateway_rest_api.orders.root_resource_id
  http_method = aws_api_gateway_method.orders.http_method
  status_code = "200"
}

resource "aws_api_gateway_integration_response" "orders" {
  rest_api_id = aws_api_gateway_rest_api.orders.id
  resource_id = aws_api_gateway_rest_api.orders.root_resource_id
  http_method = aws_api_gateway_method.orders.http_method
  status_code = "200"
  depends_on  = [aws_api_gateway_integration.orders]
}
