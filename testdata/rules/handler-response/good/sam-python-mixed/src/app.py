import os


def handler(event, context):
    if event.get("detail-type") == "Scheduled Event":
        return "nothing to do"
    if os.environ["MODE"] == "direct" and not event.get("requestContext"):
        return "nothing to do"
    return {"statusCode": 200, "body": event["body"]}
