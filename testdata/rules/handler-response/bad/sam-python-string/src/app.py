def handler(event, context):
    return "fine"  # want error "returns a string instead of an object with statusCode and body"
