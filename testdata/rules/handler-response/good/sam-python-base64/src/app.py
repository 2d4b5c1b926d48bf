def handler(event, context):
    return {"statusCode": 200, "isBase64Encoded": True, "body": "anVzdCB0ZXh0"}
