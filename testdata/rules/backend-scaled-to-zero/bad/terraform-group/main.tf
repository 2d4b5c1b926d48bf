resource "aws_apigatewayv2_api" "orders" {
  name          = "orders"
  protocol_type = "HTTP"
}

resource "aws_apigatewayv2_vpc_link" "link" {
  name               = "link"
  subnet_ids         = ["subnet-11111111"]
  security_group_ids = []
}

resource "aws_apigatewayv2_integration" "orders" {
  api_id             = aws_apigatewayv2_api.orders.id
  integration_type   = "HTTP_PROXY"
  integration_method = "ANY"
  integration_uri    = aws_lb_listener.http.arn
  connection_type    = "VPC_LINK"
  connection_id      = aws_apigatewayv2_vpc_link.link.id
}

resource "aws_apigatewayv2_route" "orders" {
  api_id    = aws_apigatewayv2_api.orders.id
  route_key = "GET /orders"
  target    = "integrations/${aws_apigatewayv2_integration.orders.id}"
}

resource "aws_lb" "orders" {
  internal           = true
  load_balancer_type = "application"
  subnets            = ["subnet-11111111", "subnet-22222222"]
}

resource "aws_lb_listener" "http" {
  load_balancer_arn = aws_lb.orders.arn
  port              = 80
  protocol          = "HTTP"

  default_action {
    type             = "forward"
    target_group_arn = aws_lb_target_group.orders.arn
  }
}

resource "aws_lb_target_group" "orders" {
  port        = 8080
  protocol    = "HTTP"
  target_type = "ip"
  vpc_id      = "vpc-11111111"
}

resource "aws_autoscaling_group" "fleet" {
  min_size            = 0
  max_size            = 0 # want warning "aws_autoscaling_group.fleet, which has a maximum size of 0"
  vpc_zone_identifier = ["subnet-11111111"]
  launch_template {
    name = "orders"
  }
}

resource "aws_autoscaling_attachment" "fleet" {
  autoscaling_group_name = aws_autoscaling_group.fleet.name
  lb_target_group_arn    = aws_lb_target_group.orders.arn
}
