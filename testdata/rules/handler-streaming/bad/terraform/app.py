def handler(event, context):  # want warning "the response of aws_lambda_function.orders is to be streamed"
    return {"statusCode": 200, "body": "fine"}
