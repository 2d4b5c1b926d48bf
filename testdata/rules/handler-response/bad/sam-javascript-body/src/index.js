exports.handler = async (event) => {
  const orders = [];
  for (const id of event.queryStringParameters.ids.split(',')) {
    orders.push({ id });
  }
  return { statusCode: 200, body: orders }; // want error "returns a list as body, which has to be a string"
};
