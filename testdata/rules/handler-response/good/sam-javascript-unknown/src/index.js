import middy from '@middy/core';
import httpJson from '@middy/http-response-serializer';

const inner = async (event) => ({ statusCode: 200, body: { path: event.path } });

export const handler = middy(inner).use(httpJson());
