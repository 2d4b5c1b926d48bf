def check(event, context):
    return {
        "principalId": "guest",
        "policyDocument": {
            "Version": "2012-10-17",
            "Statement": [{"Action": "execute-api:Invoke", "Effect": "Allow", "Resource": event["methodArn"]}],
        },
        "context": {"roles": "reader", "age": 7, "member": True, "card": None},
    }
