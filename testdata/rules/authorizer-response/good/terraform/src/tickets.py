def check(event, context):
    return {"isAuthorized": event["headers"]["authorization"] == "letmein"}
