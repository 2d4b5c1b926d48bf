def verify(event, context):
    return {}
