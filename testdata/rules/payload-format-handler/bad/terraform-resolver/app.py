from aws_lambda_powertools.event_handler import APIGatewayHttpResolver

app = APIGatewayHttpResolver()


def handler(event, context):
    return app.resolve(event, context)  # want warning "handles events in payload format 2.0 only, and is sent payload format 1.0"
