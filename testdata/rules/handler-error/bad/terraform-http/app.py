def handler(event, context):
    if not event.get("queryStringParameters"):
        raise Exception("no query")  # want note "ends with the error Exception..no query..$"
    return {"orders": []}
