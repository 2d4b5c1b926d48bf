def handler(event, context):
    method = event["httpMethod"]  # want warning "reads httpMethod of the event, which payload format 2.0 does not have"
    return {"statusCode": 200, "body": method}
