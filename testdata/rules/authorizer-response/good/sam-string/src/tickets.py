import tickets


def check(event, context):
    return tickets.policy(event)
