def handler(event, context):
    return {
        "statusCode": 200,
        "isBase64Encoded": True,
        "body": "just text",  # want note "says that its body is encoded in Base64, and it is not"
    }
