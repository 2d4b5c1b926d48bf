import json


def handler(event, context):
    """Return an order."""
    order = {"orderId": event["pathParameters"]["orderId"], "items": []}
    return {"statusCode": 200, "body": json.dumps(order)}
