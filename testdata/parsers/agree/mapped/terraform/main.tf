resource "aws_api_gateway_rest_api" "api" {
  name = "stock"
  body = templatefile("${path.module}/openapi.yaml", {
    invoke_arn = aws_lambda_function.stock.invoke_arn
  })

  endpoint_configuration {
    types = ["REGIONAL"]
  }
}

resource "aws_api_gateway_deployment" "api" {
  rest_api_id = aws_api_gateway_rest_api.api.id

  triggers = {
    redeployment = sha1(aws_api_gateway_rest_api.api.body)
  }
}

resource "aws_api_gateway_stage" "v1" {
  rest_api_id   = aws_api_gateway_rest_api.api.id
  deployment_id = aws_api_gateway_deployment.api.id
  stage_name    = "v1"
  variables     = { table = "stock" }
}

resource "aws_lambda_function" "stock" {
  function_name = "stock"
  runtime       = "python3.13"
  handler       = "app.handler"
  role          = "arn:aws:iam::123456789012:role/stock"
  filename      = "stock.zip"
}

resource "aws_lambda_permission" "api" {
  function_name = aws_lambda_function.stock.function_name
  action        = "lambda:InvokeFunction"
  principal     = "apigateway.amazonaws.com"
  source_arn    = "${aws_api_gateway_rest_api.api.execution_arn}/*/GET/stock"
}
