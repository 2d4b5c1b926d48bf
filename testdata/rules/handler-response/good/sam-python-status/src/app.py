def handler(event, context):
    if event["httpMethod"] == "GET":
        return {"statusCode": "200", "body": "fine"}
    return {"statusCode": 201, "body": 17}
