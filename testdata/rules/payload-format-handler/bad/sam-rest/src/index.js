exports.handler = async (event) => {
  const { method, path } = event.requestContext.http; // want warning "answers 502: OrdersFunction cannot do without requestContext.http of the event, which the events of a REST API has not"
  return { statusCode: 200, body: `${method} ${path}` };
};
