def handler(event, context):
    return {
        "statusCode": 200,
        "headers": {"Vary": ["Accept", "Origin"]},  # want warning "returns a list for the header Vary"
        "multiValueHeaders": {"Set-Cookie": "a=b"},  # want error "returns a string for the header Set-Cookie in multiValueHeaders, which has to be a list"
        "body": "fine",
    }
