variable "rest_api_id" {
  type = string
}

resource "aws_api_gateway_deployment" "orders" {
  rest_api_id = var.rest_api_id
}
