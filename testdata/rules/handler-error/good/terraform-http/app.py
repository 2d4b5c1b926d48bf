def handler(event, context):
    if not event.get("queryStringParameters"):
        return {"statusCode": 400, "body": "no query"}
    return {"orders": []}
