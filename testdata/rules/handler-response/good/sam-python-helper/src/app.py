import json
from lib.http import respond


def handler(event, context):
    if not event.get("queryStringParameters"):
        return respond(400, "no query")
    return respond(200, json.dumps({"orders": []}))
