HEADERS = {"Content-Type": "application/json"}


def respond(status, body):
    return {"statusCode": status, "headers": HEADERS, "body": body}
