import boto3


def handler(event, context):  # want error "returns nothing instead of an object"
    boto3.client("sqs").send_message(QueueUrl="orders", MessageBody=event["body"])
