variable "api" {}
variable "parent" {}
variable "method" {}
variable "path" {}
variable "function" {}

resource "aws_api_gateway_resource" "this" {
  rest_api_id = var.api
  parent_id   = var.parent
  path_part   = var.path
}

resource "aws_api_gateway_resource" "item" {
  rest_api_id = var.api
  parent_id   = aws_api_gateway_resource.this.id
  path_part   = "{id}"
}

resource "aws_api_gateway_method" "this" {
  for_each = {
    all = aws_api_gateway_resource.this.id
    one = aws_api_gateway_resource.item.id
  }

  rest_api_id   = var.api
  resource_id   = each.value
  http_method   = var.method
  authorization = "NONE"
}

resource "aws_api_gateway_integration" "this" {
  for_each = aws_api_gateway_method.this

  rest_api_id             = var.api
  resource_id             = each.value.resource_id
  http_method             = each.value.http_method
  type                    = "AWS_PROXY"
  integration_http_method = "POST"
  uri                     = var.function
}

output "integrations" {
  value = aws_api_gateway_integration.this
}
