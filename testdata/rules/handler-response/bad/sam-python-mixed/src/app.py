def handler(event, context):
    if not event["body"]:
        return "nothing to do"  # want warning "returns a string instead of an object"
    return {"statusCode": 200, "body": event["body"]}
