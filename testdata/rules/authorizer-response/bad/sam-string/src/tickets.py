def check(event, context):
    if event["authorizationToken"] != "letmein":
        return "Unauthorized"  # want warning "returns a string instead of a policy"
    return {"principalId": "guest", "policyDocument": {}}
