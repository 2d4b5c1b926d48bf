def handler(event, context):
    if event["httpMethod"] == "GET":
        return {"statusCode": "ok", "body": "fine"}  # want error "returns the statusCode .ok., which is no number"
    return {"statusCode": "201", "body": "made"}
