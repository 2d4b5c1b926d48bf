from lib.http import respond


def handler(event, context):
    if not event.get("queryStringParameters"):
        return respond(400, "no query")
    orders = []
    for order in find(event):
        orders.append(order)
    return respond(200, orders)


def find(event):
    return database.query(event["queryStringParameters"]["customer"])
