variable "release" {
  type = string
}

resource "aws_api_gateway_rest_api" "orders" {
  name = "orders"
}

resource "aws_api_gateway_resource" "orders" {
  rest_api_id = aws_api_gateway_rest_api.orders.id
  parent_id   = aws_api_gateway_rest_api.orders.root_resource_id
  path_part   = "orders"
}

resource "aws_api_gateway_method" "list" {
  rest_api_id   = aws_api_gateway_rest_api.orders.id
  resource_id   = aws_api_gateway_resource.orders.id
  http_method   = "GET"
  authorization = "NONE"
}

resource "aws_api_gateway_integration" "list" {
  rest_api_id             = aws_api_gateway_rest_api.orders.id
  resource_id             = aws_api_gateway_resource.orders.id
  http_method             = aws_api_gateway_method.list.http_method
  type                    = "HTTP_PROXY"
  integration_http_method = "GET"
  uri                     = "https://backend.example.com/orders"
}

resource "aws_api_gateway_deployment" "file" {
  rest_api_id = aws_api_gateway_rest_api.orders.id
  triggers = {
    file = filesha1("main.tf")
  }
}

resource "aws_api_gateway_deployment" "variables" {
  rest_api_id = aws_api_gateway_rest_api.orders.id
  variables = {
    deployed_at = timestamp()
  }
}

resource "aws_api_gateway_deployment" "release" {
  rest_api_id = aws_api_gateway_rest_api.orders.id
  triggers = {
    release = var.release
    method  = aws_api_gateway_method.list.id
  }
}

resource "aws_api_gateway_deployment" "lifecycle" {
  rest_api_id = aws_api_gateway_rest_api.orders.id
  lifecycle {
    replace_triggered_by = [aws_api_gateway_method.list, aws_api_gateway_integration.list]
  }
}

resource "terraform_data" "hash" {
  input = sha1(jsonencode([aws_api_gateway_method.list, aws_api_gateway_integration.list]))
}

resource "aws_api_gateway_deployment" "data" {
  rest_api_id = aws_api_gateway_rest_api.orders.id
  triggers = {
    hash = terraform_data.hash.id
  }
}
