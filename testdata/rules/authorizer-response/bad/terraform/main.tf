data "archive_file" "tickets" {
  type        = "zip"
  source_dir  = "${path.module}/src"
  output_path = "${path.module}/tickets.zip"
}

resource "aws_lambda_function" "tickets" {
  function_name = "tickets"
  filename      = data.archive_file.tickets.output_path
  handler       = "tickets.check"
  runtime       = "python3.13"
  role          = "arn:aws:iam::111122223333:role/tickets"
}

resource "aws_apigatewayv2_api" "orders" {
  name          = "orders"
  protocol_type = "HTTP"
}

resource "aws_apigatewayv2_authorizer" "tickets" {
  api_id                            = aws_apigatewayv2_api.orders.id
  name                              = "tickets"
  authorizer_type                   = "REQUEST"
  authorizer_uri                    = aws_lambda_function.tickets.invoke_arn
  authorizer_payload_format_version = "2.0"
  enable_simple_responses           = true
}

resource "aws_apigatewayv2_integration" "orders" {
  api_id             = aws_apigatewayv2_api.orders.id
  integration_type   = "HTTP_PROXY"
  integration_method = "ANY"
  integration_uri    = "https://example.com"
}

resource "aws_apigatewayv2_route" "orders" {
  api_id             = aws_apigatewayv2_api.orders.id
  route_key          = "GET /orders"
  target             = "integrations/${aws_apigatewayv2_integration.orders.id}"
  authorization_type = "CUSTOM"
  authorizer_id      = aws_apigatewayv2_authorizer.tickets.id
}
