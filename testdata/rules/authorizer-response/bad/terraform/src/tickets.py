def check(event, context):
    return {"principalId": "guest", "policyDocument": {"Statement": []}}  # want warning "returns a policy, and the authorizer takes simple responses"
