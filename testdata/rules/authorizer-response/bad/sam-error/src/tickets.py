def check(event, context):
    if event["authorizationToken"] != "letmein":
        raise Exception("Forbidden")  # want warning "fails with Exception..Forbidden.., and only the message Unauthorized means 401"
    return {"principalId": "guest", "policyDocument": {}}
