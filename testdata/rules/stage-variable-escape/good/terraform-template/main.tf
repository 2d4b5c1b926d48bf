resource "aws_api_gateway_rest_api" "orders" {
  name = "orders"
  body = templatefile("${path.module}/orders.yaml", { host = "backend.example.com" })
}
