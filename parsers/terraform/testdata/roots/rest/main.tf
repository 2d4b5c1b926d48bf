variable "stage" {
  type    = string
  default = "prod"
}

locals {
  endpoints = {
    list   = { method = "GET", path = "orders" }
    create = { method = "POST", path = "order" }
  }
}

resource "aws_api_gateway_rest_api" "orders" {
  name = "orders-${var.stage}"

  endpoint_configuration {
    types = ["REGIONAL"]
  }
}

module "function" {
  source   = "./modules/function"
  for_each = local.endpoints

  name = "${each.key}-${var.stage}"
  role = aws_iam_role.functions.arn
}

module "endpoint" {
  source   = "./modules/endpoint"
  for_each = local.endpoints

  api      = aws_api_gateway_rest_api.orders.id
  parent   = aws_api_gateway_rest_api.orders.root_resource_id
  method   = each.value.method
  path     = each.value.path
  function = module.function[each.key].invoke_arn
}

data "aws_iam_policy_document" "trust" {
  statement {
    actions = ["sts:AssumeRole"]

    principals {
      type        = "Service"
      identifiers = ["lambda.amazonaws.com"]
    }
  }
}

resource "aws_iam_role" "functions" {
  name               = "functions-${var.stage}"
  assume_role_policy = data.aws_iam_policy_document.trust.json
}

resource "aws_lambda_permission" "gateway" {
  for_each = module.function

  statement_id  = "gateway"
  action        = "lambda:InvokeFunction"
  function_name = each.value.name
  principal     = "apigateway.amazonaws.com"
  source_arn    = "${aws_api_gateway_rest_api.orders.execution_arn}/*/*"
}

resource "aws_api_gateway_deployment" "this" {
  rest_api_id = aws_api_gateway_rest_api.orders.id

  triggers = {
    redeploy = sha1(jsonencode(module.endpoint))
  }

  lifecycle {
    create_before_destroy = true
  }
}

resource "aws_api_gateway_stage" "this" {
  rest_api_id   = aws_api_gateway_rest_api.orders.id
  deployment_id = aws_api_gateway_deployment.this.id
  stage_name    = var.stage

  variables = {
    table = "orders-${var.stage}"
  }
}
