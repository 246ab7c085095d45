import type { Request } from 'express';
import { httpProblem } from '../../platform/http/problems.js';

/** A question of RabbitMQ is some hundred bytes. */
const MOST_BYTES = 8 * 1024;

/** The fields of an `application/x-www-form-urlencoded` body; of a name that comes twice, none, so that nobody adds a second. */
export async function formOf(request: Request): Promise<Record<string, string>> {
  const parts: Buffer[] = [];
  let bytes = 0;
  for await (const part of request as AsyncIterable<Buffer>) {
    bytes += part.length;
    if (bytes > MOST_BYTES) throw httpProblem('request.tooLarge');
    parts.push(part);
  }
  const fields = new URLSearchParams(Buffer.concat(parts).toString('utf8'));
  return Object.fromEntries([...fields].filter(([name]) => fields.getAll(name).length === 1));
}
