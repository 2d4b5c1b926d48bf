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
  value = aws_lambda_function.this.invoke_arn # want "GET /orders answers 500: nothing lets API Gateway invoke module.orders.aws_lambda_function.this"
}
