import json
from functools import wraps

import responses


def api(function):
    @wraps(function)
    def inner(event, context):
        return {"statusCode": 200, "body": json.dumps(function(event, context))}
    return inner


def shape(body):
    if isinstance(body, (dict, list)):
        body = json.dumps(body)
    return {"statusCode": 200, "body": body}


@api
def decorated(event, context):
    return {"orders": []}


def handler(event, context):
    if "Records" in event:
        return [record["messageId"] for record in event["Records"]]
    if event["httpMethod"] == "POST":
        return decorated(event, context)
    if event["httpMethod"] == "PUT":
        return responses.created({"id": 1})
    result = shape({"orders": []})
    result[event["path"]] = 1
    return result
