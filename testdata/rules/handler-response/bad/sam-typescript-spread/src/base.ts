export const base: { statusCode: number; headers: Record<string, string> } = {
  statusCode: 200,
  headers: { 'Content-Type': 'application/json' },
};
