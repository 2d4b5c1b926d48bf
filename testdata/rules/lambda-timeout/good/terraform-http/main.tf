resource "aws_apigatewayv2_api" "tours" {
  name          = "tours"
  protocol_type = "HTTP"
}

resource "aws_apigatewayv2_integration" "tours" {
  api_id                 = aws_apigatewayv2_api.tours.id
  integration_type       = "AWS_PROXY"
  integration_uri        = aws_lambda_function.orders.invoke_arn
  payload_format_version = "2.0"
}

resource "aws_apigatewayv2_route" "tours" {
  api_id    = aws_apigatewayv2_api.tours.id
  route_key = "$default"
  target    = "integrations/${aws_apigatewayv2_integration.tours.id}"
}

resource "aws_lambda_function" "orders" {
  function_name = "orders"
  filename      = "orders.zip"
  handler       = "orders.handler"
  runtime       = "python3.13"
  role          = "arn:aws:iam::111122223333:role/orders"
  timeout       = 29
}
