resource "aws_api_gateway_rest_api" "tours" {
  name = "tours"
  endpoint_configuration {
    types = ["PRIVATE"]
  }
}

resource "aws_api_gateway_deployment" "tours" { # want note "the deployment does not wait for the resource policy of the private API"
  rest_api_id = aws_api_gateway_rest_api.tours.id
  triggers    = { redeployment = sha1(jsonencode([aws_api_gateway_method.tours, aws_api_gateway_integration.tours])) }
  depends_on  = [aws_api_gateway_integration.tours]
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
  uri                     = "https://tours.example.com/"
}

resource "aws_api_gateway_rest_api_policy" "tours" {
  rest_api_id = aws_api_gateway_rest_api.tours.id
  policy      = data.aws_iam_policy_document.tours.json
}

data "aws_iam_policy_document" "tours" {
  statement {
    principals {
      type        = "*"
      identifiers = ["*"]
    }
    actions   = ["execute-api:Invoke"]
    resources = ["execute-api:/*"]
  }
}
