const tickets = require('tickets-service');

exports.check = (event, context) => {
  tickets.policyFor(event.authorizationToken)
    .then((policy) => context.succeed(policy))
    .catch(() => context.fail('Unauthorized'));
};
