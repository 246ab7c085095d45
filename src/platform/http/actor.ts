import { createParamDecorator, type ExecutionContext, SetMetadata } from '@nestjs/common';
import type { Request } from 'express';

/**
 * Who asks, as far as the technical rooms need to know. A scope is the path of a node in a tree (`/a/b/`); a right on a
 * node holds for everything below it. The rules themselves live in one place, outside.
 */
export interface Actor {
  readonly accountId: string;
  readonly name: string;
  may(action: string, scopePath: string): boolean;
  /** Throws the problem `right.missing` unless it may. */
  demand(action: string, scopePath: string): void;
  /** Paths under which the action is allowed; none: nowhere. */
  scopes(action: string): readonly string[];
}

export interface RequestWithActor extends Request {
  actor?: Actor;
  requestId?: string;
}

const PUBLIC = 'vang:public';
const NEEDS = 'vang:needs';

/** A route that works without an account. Everything else needs one (case 6). The reason is for the reader. */
export const Public = (_reason: string) => SetMetadata(PUBLIC, true);
/** The action that an account must be allowed somewhere; the service then demands it for the place in question. */
export const Needs = (action: string) => SetMetadata(NEEDS, action);
export const accessMetadata = { PUBLIC, NEEDS } as const;

export const CurrentActor = createParamDecorator((_: unknown, context: ExecutionContext): Actor => {
  const { actor } = context.switchToHttp().getRequest<RequestWithActor>();
  if (!actor) throw new Error('a route with CurrentActor must not be public');
  return actor;
});
