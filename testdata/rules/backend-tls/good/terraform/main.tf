resource "aws_apigatewayv2_api" "tours" {
  name          = "tours"
  protocol_type = "HTTP"
}

resource "aws_apigatewayv2_vpc_link" "tours" {
  name               = "tours"
  security_group_ids = []
  subnet_ids         = ["subnet-11111111"]
}

resource "aws_lb" "tours" {
  name     = "tours"
  internal = true
  subnets  = ["subnet-11111111", "subnet-22222222"]
}

resource "aws_lb_listener" "tours" {
  load_balancer_arn = aws_lb.tours.arn
  port              = 80
  protocol          = "HTTP"

  default_action {
    type = "fixed-response"
    fixed_response {
      content_type = "text/plain"
    }
  }
}

resource "aws_apigatewayv2_integration" "tours" {
  api_id             = aws_apigatewayv2_api.tours.id
  integration_type   = "HTTP_PROXY"
  integration_method = "GET"
  integration_uri    = aws_lb_listener.tours.arn
  connection_type    = "VPC_LINK"
  connection_id      = aws_apigatewayv2_vpc_link.tours.id
}

resource "aws_apigatewayv2_route" "tours" {
  api_id    = aws_apigatewayv2_api.tours.id
  route_key = "GET /tours"
  target    = "integrations/${aws_apigatewayv2_integration.tours.id}"
}
