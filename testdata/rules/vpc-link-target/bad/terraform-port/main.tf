resource "aws_api_gateway_rest_api" "tours" {
  name = "tours"
}

resource "aws_api_gateway_method" "tours" {
  rest_api_id   = aws_api_gateway_rest_api.tours.id
  resource_id   = aws_api_gateway_rest_api.tours.root_resource_id
  http_method   = "GET"
  authorization = "NONE"
}

resource "aws_api_gateway_integration" "tours" {
  rest_api_id             = aws_api_gateway_rest_api.tours.id
  resource_id             = aws_api_gateway_rest_api.tours.root_resource_id
  http_method             = aws_api_gateway_method.tours.http_method
  type                    = "HTTP_PROXY"
  integration_http_method = "GET"
  uri                     = "http://tours.example.com:80/" # want warning "the URI has the port 80, and aws_lb.tours listens on 8080" want note "let nothing in on port 80"
  connection_type         = "VPC_LINK"
  connection_id           = aws_api_gateway_vpc_link.tours.id
}

resource "aws_api_gateway_vpc_link" "tours" {
  name        = "tours"
  target_arns = [aws_lb.tours.arn]
}

resource "aws_lb" "tours" {
  name               = "tours"
  internal           = true
  load_balancer_type = "network"
  subnets            = ["subnet-11111111"]
  security_groups    = [aws_security_group.tours.id]
}

resource "aws_security_group" "tours" {
  name   = "tours"
  vpc_id = "vpc-11111111"
}

resource "aws_vpc_security_group_ingress_rule" "tours" {
  security_group_id = aws_security_group.tours.id
  ip_protocol       = "tcp"
  from_port         = 8080
  to_port           = 8080
  cidr_ipv4         = "10.0.0.0/8"
}

resource "aws_lb_listener" "tours" {
  load_balancer_arn = aws_lb.tours.arn
  port              = 8080
  protocol          = "TCP"

  default_action {
    type             = "forward"
    target_group_arn = "arn:aws:elasticloadbalancing:eu-west-1:111122223333:targetgroup/tours/0123456789abcdef"
  }
}
