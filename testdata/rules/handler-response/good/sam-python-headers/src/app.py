def handler(event, context):
    return {
        "statusCode": 200,
        "headers": {"Vary": "Accept", "Access-Control-Allow-Credentials": True},
        "multiValueHeaders": {"Set-Cookie": ["a=b"]},
        "body": "fine",
    }
