exports.handler = async (event) => {
  const method = event.requestContext.http?.method ?? event.httpMethod;
  return { statusCode: 200, body: method };
};
