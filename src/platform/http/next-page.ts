import type { Request, Response } from 'express';

/** Says where the next page is (RFC 8288, `rel="next"`). @param cursor null: this was the last one */
export function linkNextPage({ originalUrl }: Request, response: Response, cursor: string | null): void {
  if (cursor === null) return;
  const [path, sent] = originalUrl.split('?', 2);
  const query = new URLSearchParams(sent);
  query.set('cursor', cursor);
  response.setHeader('link', `<${path}?${query}>; rel="next"`);
}
