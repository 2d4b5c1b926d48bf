const tickets = require('tickets-service');

exports.check = (event, context) => { // want warning "returns nothing instead of a policy"
  tickets.policyFor(event.authorizationToken)
    .then((policy) => console.log(policy))
    .catch((error) => console.log(error));
};
