resource "aws_apigatewayv2_api" "orders" {
  name          = "orders"
  protocol_type = "HTTP"
}

resource "aws_apigatewayv2_integration" "backend" {
  api_id           = aws_apigatewayv2_api.orders.id
  integration_type = "HTTP" # want "deployment of GET /orders is refused: an HTTP API has no integrations of the type HTTP"
  integration_method = "GET"
  integration_uri    = "https://backend.example.com/orders"
}

resource "aws_apigatewayv2_route" "orders" {
  api_id    = aws_apigatewayv2_api.orders.id
  route_key = "GET /orders"
  target    = "integrations/${aws_apigatewayv2_integration.backend.id}"
}
