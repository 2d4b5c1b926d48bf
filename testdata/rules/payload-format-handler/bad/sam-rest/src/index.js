exports.handler = async (event) => {
  const { method, path } = event.requestContext.http; // want warning "answers 502: OrdersFunction reads requestContext.http of the event, which the events of a REST API do not have"
  return { statusCode: 200, body: `${method} ${path}` };
};
