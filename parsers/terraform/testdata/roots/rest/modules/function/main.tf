variable "name" {
  type = string
}

variable "role" {
  type = string
}

resource "aws_lambda_function" "this" {
  function_name = var.name
  role          = var.role
  runtime       = "python3.13"
  handler       = "index.handler"
  filename      = "${path.module}/function.zip"
  timeout       = 10
}

output "name" {
  value = aws_lambda_function.this.function_name
}

output "invoke_arn" {
  value = aws_lambda_function.this.invoke_arn
}
