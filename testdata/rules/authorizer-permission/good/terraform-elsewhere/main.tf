# The API, and the routes that use the authorizer, belong to another configuration.
data "aws_api_gateway_rest_api" "gate" {
  name = "GateAPI"
}

resource "aws_lambda_function" "authoriser" {
  function_name = "gate-authoriser"
  handler       = "gate.handler"
  role          = "arn:aws:iam::111122223333:role/gate-authoriser"
  runtime       = "python3.13"
  filename      = "gate.zip"
}

resource "aws_api_gateway_authorizer" "gate" {
  name           = "gate"
  type           = "TOKEN"
  rest_api_id    = data.aws_api_gateway_rest_api.gate.id
  authorizer_uri = aws_lambda_function.authoriser.invoke_arn
}

resource "aws_lambda_permission" "authoriser" {
  action        = "lambda:InvokeFunction"
  function_name = aws_lambda_function.authoriser.arn
  principal     = "apigateway.amazonaws.com"
  source_arn    = "${data.aws_api_gateway_rest_api.gate.execution_arn}/authorizers/*"
}
