def handler(event, context):
    response = {"statusCode": 200, "body": "fine"}
    response["message"] = "found"  # want warning "returns the key .message., which is none of a proxy response"
    return response
