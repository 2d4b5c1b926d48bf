import type { APIGatewayProxyEvent, APIGatewayProxyResult } from 'aws-lambda';
import { base } from './base.js';

export const handler = async (event: APIGatewayProxyEvent): Promise<APIGatewayProxyResult> => {
  const id = event.pathParameters?.id as string;
  return { ...base, body: { id } as unknown as string }; // want error "returns an object as body"
};
