def handler(event, context):
    if event.get("version") == "2.0":
        method = event["requestContext"]["http"]["method"]
    else:
        method = event["httpMethod"]
    return {"statusCode": 200, "body": method}
