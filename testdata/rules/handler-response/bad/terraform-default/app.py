def handler(event, context):
    return {"statusCode": 200, "body": {"orders": []}}  # want error "returns an object as body"
