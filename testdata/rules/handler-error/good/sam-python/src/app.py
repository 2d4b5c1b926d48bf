def handler(event, context):
    try:
        return {"statusCode": 200, "body": find(event["queryStringParameters"])}
    except ValueError as error:
        return {"statusCode": 400, "body": str(error)}


def find(parameters):
    if not parameters:
        raise ValueError("no customer")
    return "found"
