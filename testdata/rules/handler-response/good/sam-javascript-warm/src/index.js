exports.handler = async (event) => {
  if (event.source === 'serverless-plugin-warmup') {
    return 'warm';
  }
  let response;
  try {
    response = { statusCode: 200, body: JSON.stringify(await work(event)) };
  } catch (error) {
    response = { statusCode: 500, body: error.message, headers: undefined, cause: undefined };
  }
  return response;
};
