import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { accessMetadata, httpProblem, type RequestWithActor } from '../platform/http/index.js';
import { SessionService } from './session.service.js';

export const SESSION_COOKIE = 'vang_session';

/** Stands before every route: without an account only what says `@Public` is open (case 6). */
@Injectable()
export class AccountGuard implements CanActivate {
  constructor(
    private readonly reflector: Reflector,
    private readonly sessions: SessionService,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const places = [context.getHandler(), context.getClass()];
    if (this.reflector.getAllAndOverride<boolean>(accessMetadata.PUBLIC, places)) return true;
    const request = context.switchToHttp().getRequest<RequestWithActor>();
    const token = tokenOf(request);
    const actor = token ? await this.sessions.actorOf(token) : null;
    if (!actor) throw httpProblem('login.required');
    request.actor = actor;
    const action = this.reflector.getAllAndOverride<string | undefined>(accessMetadata.NEEDS, places);
    if (action && actor.scopes(action).length === 0) throw httpProblem('right.missing');
    return true;
  }
}

/** The cookie counts only for requests that a foreign page cannot forge: SameSite=Strict, and never beside a bearer token. */
export function tokenOf(request: RequestWithActor): string | null {
  const bearer = /^Bearer ([A-Za-z0-9_-]{43})$/.exec(request.headers.authorization ?? '');
  if (bearer) return bearer[1] ?? null;
  const cookie = new RegExp(`(?:^|;\\s*)${SESSION_COOKIE}=([A-Za-z0-9_-]{43})(?:;|$)`).exec(
    request.headers.cookie ?? '',
  );
  return cookie?.[1] ?? null;
}
