import { type CallHandler, type ExecutionContext, Injectable, type NestInterceptor } from '@nestjs/common';
import type { Request, Response } from 'express';
import type { Observable } from 'rxjs';
import { closeUnread } from '../http/index.js';
import { AddressLimit } from './address-limit.js';

/**
 * In front of every route whose address is the key: nothing on the way keeps the answer or finds the address, and one
 * client address has only so many calls. Comes before the body is judged, so that refusals carry the headers too.
 */
@Injectable()
export class Unlisted implements NestInterceptor {
  constructor(private readonly limit: AddressLimit) {}

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const http = context.switchToHttp();
    const response = http.getResponse<Response>();
    response.setHeader('cache-control', 'no-store');
    response.setHeader('referrer-policy', 'no-referrer');
    response.setHeader('x-robots-tag', 'noindex, nofollow');
    const request = http.getRequest<Request>();
    try {
      this.limit.call(request.ip ?? '');
    } catch (error) {
      closeUnread(request, response);
      throw error;
    }
    return next.handle();
  }
}
