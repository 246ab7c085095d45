import { randomUUID } from 'node:crypto';
import type { NextFunction, Response } from 'express';
import type { Log } from '../logging/index.js';
import type { RequestWithActor } from './actor.js';
import { loggedPath } from './logged-path.js';

/** Gives every request an id (a proxy's own is kept if it is plain), returns it, and logs the request when it ends. */
export function requestId(log: Log) {
  return (request: RequestWithActor, response: Response, next: NextFunction): void => {
    const given = request.headers['x-request-id'];
    const id = typeof given === 'string' && /^[A-Za-z0-9_-]{8,64}$/.test(given) ? given : randomUUID();
    request.requestId = id;
    response.setHeader('x-request-id', id);
    const began = performance.now();
    response.on('finish', () => {
      const fields = {
        requestId: id,
        method: request.method,
        path: loggedPath(request.path),
        status: response.statusCode,
        ms: Math.round(performance.now() - began),
      };
      if (response.statusCode >= 500) log.warn(fields, 'request');
      else log.info(fields, 'request');
    });
    next();
  };
}
