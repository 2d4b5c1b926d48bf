resource "aws_lambda_function" "orders" {
  function_name = "orders"
  role          = "arn:aws:iam::123456789012:role/orders"
  runtime       = "python3.13"
  handler       = "index.handler"
  filename      = "function.zip"
}

resource "aws_api_gateway_rest_api" "template" {
  name = "template"
  body = templatefile("${path.module}/api.yaml.tftpl", {
    uri     = aws_lambda_function.orders.invoke_arn
    methods = ["get", "post"]
  })
}

resource "aws_api_gateway_rest_api" "encoded" {
  name = "encoded"
  body = jsonencode({
    openapi = "3.0.1"
    info    = { title = "encoded", version = "1" }
    paths = {
      for p in ["orders", "items"] : "/${p}" => {
        get = {
          responses = { "200" = { description = "ok" } }
          x-amazon-apigateway-integration = {
            type       = "aws_proxy"
            httpMethod = "POST"
            uri        = aws_lambda_function.orders.invoke_arn
          }
        }
      }
    }
  })
}
