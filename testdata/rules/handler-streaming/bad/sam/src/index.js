exports.handler = async () => { // want warning "the response of OrdersFunction is to be streamed"
  return { statusCode: 200, body: 'fine' };
};
