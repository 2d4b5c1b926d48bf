data "archive_file" "orders" {
  type        = "zip"
  source_file = "${path.module}/app.py"
  output_path = "${path.module}/orders.zip"
}

resource "aws_lambda_function" "orders" {
  function_name = "orders"
  filename      = data.archive_file.orders.output_path
  handler       = "app.handler"
  runtime       = "python3.13"
  role          = "arn:aws:iam::111122223333:role/orders"
}

resource "aws_api_gateway_rest_api" "orders" {
  name = "orders"
}

resource "aws_api_gateway_method" "orders" {
  rest_api_id   = aws_api_gateway_rest_api.orders.id
  resource_id   = aws_api_gateway_rest_api.orders.root_resource_id
  http_method   = "GET"
  authorization = "NONE"
}

resource "aws_api_gateway_integration" "orders" {
  rest_api_id             = aws_api_gateway_rest_api.orders.id
  resource_id             = aws_api_gateway_rest_api.orders.root_resource_id
  http_method             = aws_api_gateway_method.orders.http_method
  type                    = "AWS_PROXY"
  integration_http_method = "POST"
  response_transfer_mode  = "STREAM"
  uri                     = aws_lambda_function.orders.response_streaming_invoke_arn
}
