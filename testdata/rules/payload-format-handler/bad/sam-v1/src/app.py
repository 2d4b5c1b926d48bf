def handler(event, context):
    method = event["httpMethod"]  # want warning "cannot do without httpMethod of the event, which payload format 2.0 has not"
    return {"statusCode": 200, "body": method}
