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
}

resource "aws_api_gateway_model" "order" {
  rest_api_id  = aws_api_gateway_rest_api.orders.id
  name         = "Order"
  content_type = "application/json"
  schema       = jsonencode({ type = "string", minLength = 20000000 }) # want "the answer has at least 19.1 MB"
}

resource "aws_api_gateway_method_response" "orders" {
  rest_api_id     = aws_api_gateway_rest_api.orders.id
  resource_id     = aws_api_gateway_rest_api.orders.root_resource_id
  http_method     = aws_api_gateway_method.orders.http_method
  status_code     = "200"
  response_models = { "application/json" = aws_api_gateway_model.order.name }
}

resource "aws_api_gateway_integration_response" "orders" {
  rest_api_id = aws_api_gateway_rest_api.orders.id
  resource_id = aws_api_gateway_rest_api.orders.root_resource_id
  http_method = aws_api_gateway_method.orders.http_method
  status_code = "200"
  depends_on  = [aws_api_gateway_integration.orders]
}
