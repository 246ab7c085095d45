import { createHash, timingSafeEqual } from 'node:crypto';
import { type CanActivate, type ExecutionContext, Inject, Injectable } from '@nestjs/common';
import type { Request } from 'express';
import type { ExternalAccess } from '../../platform/broker/index.js';
import { EXTERNAL_ACCESS } from '../../platform/broker/token.js';
import { Clock } from '../../platform/clock/index.js';
import { httpProblem } from '../../platform/http/problems.js';
import { Refusals } from '../alarms/refusals.js';
import { FAILURE_SPAN_MS, WrongSecrets } from './engine/wrong-secrets.js';
import { accessProblem } from './problems.js';

const sha256 = (text: string) => createHash('sha256').update(text).digest();

/** Only the broker itself may ask what a device may do. Without a secret in the configuration there is nothing here. */
@Injectable()
export class GateGuard implements CanActivate {
  readonly #wrong = new WrongSecrets();

  constructor(
    @Inject(EXTERNAL_ACCESS) private readonly external: ExternalAccess,
    private readonly refusals: Refusals,
    private readonly clock: Clock,
  ) {}

  canActivate(context: ExecutionContext): boolean {
    const { httpSecret } = this.external;
    if (httpSecret === null) throw httpProblem('request.notFound');
    const request = context.switchToHttp().getRequest<Request>();
    const address = request.socket.remoteAddress ?? '';
    // Before the secret is looked at: otherwise guessing would go on.
    if (!this.#wrong.attempt(address, this.clock.nowMs())) {
      this.refusals.count('gate', 'address');
      throw accessProblem('gate.tooManyFailures', { minutes: FAILURE_SPAN_MS / 60_000 });
    }
    // RabbitMQ can send no header of its own, so its secret is in the path.
    const { secret = /^Bearer (\S+)$/.exec(request.headers.authorization ?? '')?.[1] ?? '' } = request.params;
    if (!timingSafeEqual(sha256(String(secret)), sha256(httpSecret))) {
      this.refusals.count('gate', 'secret');
      throw httpProblem('login.required');
    }
    this.#wrong.forgive(address);
    return true;
  }
}
