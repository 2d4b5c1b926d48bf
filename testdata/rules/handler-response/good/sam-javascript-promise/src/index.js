const service = require('some-service');

module.exports.handler = (event) =>
  service.find(event.pathParameters.id)
    .then((order) => ({ statusCode: 200, body: JSON.stringify({ order }) }))
    .catch((error) => ({ statusCode: 500, body: error.message }));
