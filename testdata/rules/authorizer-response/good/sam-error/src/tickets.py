def check(event, context):
    if event["authorizationToken"] != "letmein":
        raise Exception("Unauthorized")
    return {"principalId": "guest", "policyDocument": {}}
