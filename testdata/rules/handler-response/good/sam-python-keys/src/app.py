def handler(event, context):
    response = {"statusCode": 200, "headers": None, "isBase64Encoded": False}
    response.update(body="fine")
    return response
