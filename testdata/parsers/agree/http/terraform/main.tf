resource "aws_apigatewayv2_api" "api" {
  name          = "items"
  protocol_type = "HTTP"
}

resource "aws_apigatewayv2_integration" "items" {
  api_id                 = aws_apigatewayv2_api.api.id
  integration_type       = "AWS_PROXY"
  integration_uri        = aws_lambda_function.items.invoke_arn
  integration_method     = "POST"
  payload_format_version = "2.0"
  timeout_milliseconds   = 5000
}

resource "aws_apigatewayv2_route" "list" {
  api_id             = aws_apigatewayv2_api.api.id
  route_key          = "GET /items"
  target             = "integrations/${aws_apigatewayv2_integration.items.id}"
  authorization_type = "JWT"
  authorizer_id      = aws_apigatewayv2_authorizer.shoppers.id
}

resource "aws_apigatewayv2_route" "rest" {
  api_id    = aws_apigatewayv2_api.api.id
  route_key = "$default"
  target    = format("integrations/%s", aws_apigatewayv2_integration.items.id)
}

resource "aws_apigatewayv2_authorizer" "shoppers" {
  api_id           = aws_apigatewayv2_api.api.id
  name             = "Shoppers"
  authorizer_type  = "JWT"
  identity_sources = ["$request.header.Authorization"]

  jwt_configuration {
    audience = ["shop"]
    issuer   = "https://login.example.com"
  }
}

resource "aws_apigatewayv2_stage" "default" {
  api_id      = aws_apigatewayv2_api.api.id
  name        = "$default"
  auto_deploy = true
}

resource "aws_lambda_function" "items" {
  function_name = "items"
  runtime       = "nodejs22.x"
  handler       = "index.handler"
  role          = "arn:aws:iam::123456789012:role/items"
  filename      = "items.zip"
}

resource "aws_lambda_permission" "api" {
  function_name = aws_lambda_function.items.arn
  action        = "lambda:InvokeFunction"
  principal     = "apigateway.amazonaws.com"
  source_arn    = "${aws_apigatewayv2_api.api.execution_arn}/*"
}
