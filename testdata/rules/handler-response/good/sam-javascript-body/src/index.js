exports.handler = async (event) => {
  const orders = [];
  for (const id of event.queryStringParameters.ids.split(',')) {
    orders.push({ id });
  }
  return { statusCode: 200, body: JSON.stringify(orders) };
};
