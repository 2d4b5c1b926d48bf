resource "aws_apigatewayv2_api" "orders" {
  name          = "orders"
  protocol_type = "HTTP"
}

resource "aws_apigatewayv2_route" "orders" {
  api_id             = aws_apigatewayv2_api.orders.id
  route_key          = "GET /orders"
  target             = "integrations/abc1234"
  authorization_type = "JWT"
  authorizer_id      = aws_apigatewayv2_authorizer.guard.id
}

resource "aws_cognito_user_pool" "users" {
  name = "users"
}

resource "aws_apigatewayv2_authorizer" "guard" {
  api_id           = aws_apigatewayv2_api.orders.id
  name             = "guard"
  authorizer_type  = "JWT"
  identity_sources = ["$request.header.Authorization"]
  jwt_configuration {
    audience = ["orders"]
    issuer   = aws_cognito_user_pool.users.endpoint # want "the authorizer aws_apigatewayv2_authorizer.guard has the issuer .*, which does not begin with https://"
  }
}
