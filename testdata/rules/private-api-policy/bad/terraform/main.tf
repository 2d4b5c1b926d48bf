resource "aws_api_gateway_rest_api" "tours" {
  name = "tours"
  endpoint_configuration {
    types = ["PRIVATE"] # want error "the API is private and has no resource policy"
  }
  body = jsonencode({
    openapi = "3.0.1"
    info    = { title = "tours", version = "1" }
    paths = { "/tours" = { get = { x-amazon-apigateway-integration = {
      type = "http_proxy", httpMethod = "GET", uri = "https://tours.example.com/"
    } } } }
  })
}

resource "aws_api_gateway_deployment" "tours" {
  rest_api_id = aws_api_gateway_rest_api.tours.id
  triggers    = { redeployment = sha1(jsonencode(aws_api_gateway_rest_api.tours.body)) }
}
