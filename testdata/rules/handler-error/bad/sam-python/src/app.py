def handler(event, context):
    parameters = event["queryStringParameters"] or {}
    if "customer" not in parameters:
        raise ValueError("no customer")  # want note "ends with the error ValueError..no customer..$"
    return {"statusCode": 200}
