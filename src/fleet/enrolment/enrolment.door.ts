import { type CallHandler, type ExecutionContext, Injectable, type NestInterceptor } from '@nestjs/common';
import type { Request } from 'express';
import { from, type Observable } from 'rxjs';
import { catchError } from 'rxjs/operators';
import { Clock } from '../../platform/clock/index.js';
import { addressKey, RateWindow } from '../../platform/http/index.js';
import { Problem } from '../../platform/i18n/index.js';
import { Refusals } from '../alarms/refusals.js';
import { EnrolmentService } from './enrolment.service.js';
import { enrolmentProblem } from './problems.js';

/** Behind a proxy all devices share an address, so only what fails is counted: wide enough for a commune, too narrow to guess. */
const MOST_FAILURES = { most: 240, spanMs: 60_000, mostKeys: 10_000 };
/** A box that waits for its technician asks each minute, and whoever has asked too often is not heard at all. */
const NO_FAILURES = new Set(['claim.notInstalled', 'device.asksTooOften']);
/** Somebody tries the code or the key of another. */
const CLAIM_FAILURES = new Set(['claim.used', 'claim.proofWrong', 'claim.otherBox']);
const KEY_FAILURES = new Set(['device.proofWrong', 'device.challengeWrong']);

/** In front of the routes by which a device without a token proves who it is: what fails is limited by address, counted and told of. */
@Injectable()
export class EnrolmentDoor implements NestInterceptor {
  readonly #failures = new RateWindow(MOST_FAILURES);

  constructor(
    private readonly enrolment: EnrolmentService,
    private readonly refusals: Refusals,
    private readonly clock: Clock,
  ) {}

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const request = context.switchToHttp().getRequest<Request>();
    const address = addressKey(request.ip ?? '');
    if (!this.#failures.hasRoom(address, this.clock.nowMs())) {
      this.refusals.count('enrolment', 'address');
      throw enrolmentProblem('device.asksTooOften');
    }
    return next.handle().pipe(catchError((error: unknown) => from(this.#refused(error, request, address))));
  }

  async #refused(error: unknown, { body }: Request, address: string): Promise<never> {
    // What is no problem of ours is a body that cannot be read, or a fault.
    const code = error instanceof Problem ? error.code : 'request.invalid';
    if (error instanceof Problem && error.status >= 500) throw error;
    this.refusals.count('enrolment', code);
    if (!NO_FAILURES.has(code)) this.#failures.take(address, this.clock.nowMs());
    const { device, code: claim } = (body ?? {}) as { device?: unknown; code?: unknown };
    if (KEY_FAILURES.has(code) && typeof device === 'string')
      this.refusals.failed({ code: 'device.proofRefused', controllerId: device, detail: code });
    if (CLAIM_FAILURES.has(code) && typeof claim === 'string') {
      const controllerId = await this.enrolment.holderOf(claim);
      if (controllerId) this.refusals.failed({ code: 'device.claimReused', controllerId, detail: code });
    }
    throw error;
  }
}
