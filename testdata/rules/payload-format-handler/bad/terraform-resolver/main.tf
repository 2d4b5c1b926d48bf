data "archive_file" "orders" {
  type        = "zip"
  source_file = "${path.module}/app.py"
  output_path = "${path.module}/orders.zip"
}

resource "aws_lambda_function" "orders" {
  function_name = "orders"
  filename      = data.archive_file.orders.output_path
  handler       = "app.handler"
  runtime       = "python3.13"
  role          = "arn:aws:iam::111122223333:role/orders"
}

resource "aws_apigatewayv2_api" "orders" {
  name          = "orders"
  protocol_type = "HTTP"
}

resource "aws_apigatewayv2_integration" "orders" {
  api_id           = aws_apigatewayv2_api.orders.id
  integration_type = "AWS_PROXY"
  integration_uri  = aws_lambda_function.orders.invoke_arn
}

resource "aws_apigatewayv2_route" "orders" {
  api_id    = aws_apigatewayv2_api.orders.id
  route_key = "GET /orders"
  target    = "integrations/${aws_apigatewayv2_integration.orders.id}"
}
