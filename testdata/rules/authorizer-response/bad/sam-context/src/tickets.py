def check(event, context):
    return {
        "principalId": "guest",
        "policyDocument": {
            "Version": "2012-10-17",
            "Statement": [{"Action": "execute-api:Invoke", "Effect": "Allow", "Resource": event["methodArn"]}],
        },
        "context": {"roles": ["reader"], "name": "guest"},  # want warning "returns a list for roles in the context"
    }
