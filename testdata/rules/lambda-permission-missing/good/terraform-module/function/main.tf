variable "name" {
  type = string
}

resource "aws_lambda_function" "this" {
  function_name = var.name
  filename      = "${var.name}.zip"
  handler       = "${var.name}.handler"
  runtime       = "python3.13"
  role          = "arn:aws:iam::111122223333:role/${var.name}"
}

output "invoke_arn" {
  value = aws_lambda_function.this.invoke_arn
}

variable "source_arns" {
  type    = map(string)
  default = {}
}

resource "aws_lambda_permission" "this" {
  for_each      = var.source_arns
  function_name = aws_lambda_function.this.function_name
  action        = "lambda:InvokeFunction"
  principal     = "apigateway.amazonaws.com"
  source_arn    = each.value
}
