import { Inject, Injectable } from '@nestjs/common';
import { In, LessThan } from 'typeorm';
import { z } from 'zod';
import { Clock } from '../platform/clock/index.js';
import { Database } from '../platform/database/index.js';
import { type JobContext, JobRunner, Jobs } from '../platform/jobs/index.js';
import { LOG, type Log } from '../platform/logging/index.js';
import type { OutboxRelay } from '../platform/outbox/index.js';
import { DeliveryService } from './delivery.service.js';
import { Notice, NoticeDelivery, NoticeEntry } from './notice.entity.js';
import { NOTICE_TOLD } from './notices.service.js';
import { REMIND_JOB, SEND_JOBS, Telling } from './telling.service.js';

const POLL_MS = 2_000;
/** Longer than any time-out of a sender. */
const GRACE_MS = 10_000;
const PURGED_AT_ONCE = 500;
const MAILS_AT_A_TIME = 3;
const PUSHES_AT_A_TIME = 4;

const noticeOf = z.object({ noticeId: z.string() });
const deliveryOf = z.object({ deliveryId: z.string() });

/**
 * Carries notices to people, in the worker. Each channel has a runner of its own: a mail server that does not answer
 * holds up mails, and neither pushes, nor reminders, nor the service's other jobs.
 */
@Injectable()
export class NoticeCourier {
  #runners: readonly JobRunner[] = [];

  constructor(
    private readonly database: Database,
    private readonly jobs: Jobs,
    private readonly clock: Clock,
    @Inject(LOG) private readonly log: Log,
    private readonly telling: Telling,
    private readonly deliveries: DeliveryService,
  ) {}

  /** Before the relay starts. */
  register(relay: OutboxRelay): void {
    relay.on(NOTICE_TOLD, ({ payload }) => this.telling.begin(noticeOf.parse(payload).noticeId));
  }

  /** @param options `baseUrl`: address of this service for people, asked at each sending; `pollMs`: null never looks unasked */
  async start(options: { readonly baseUrl: () => string; readonly pollMs?: number | null }): Promise<void> {
    const { baseUrl, pollMs = POLL_MS } = options;
    const send = ({ job }: JobContext) =>
      this.deliveries.deliver(job, deliveryOf.parse(job.payload).deliveryId, baseUrl());
    const remind = ({ job }: JobContext) => this.telling.remind(noticeOf.parse(job.payload).noticeId);
    this.#runners = await Promise.all(
      [
        { kind: REMIND_JOB, handler: remind, concurrency: 1 },
        { kind: SEND_JOBS.email, handler: send, concurrency: MAILS_AT_A_TIME },
        { kind: SEND_JOBS.push, handler: send, concurrency: PUSHES_AT_A_TIME },
      ].map(async ({ kind, handler, concurrency }) => {
        const { database, jobs, clock, log } = this;
        const runner = new JobRunner({ database, jobs, clock, log, pollMs, graceMs: GRACE_MS });
        runner.register(kind, handler);
        await runner.start({ concurrency });
        return runner;
      }),
    );
  }

  /** Lets messages under way end. */
  async stop(): Promise<void> {
    await Promise.all(this.#runners.map((runner) => runner.stop()));
    this.#runners = [];
  }

  /** Forgets matters that were settled before `beforeMs` (UTC epoch), also in the inboxes. @returns how many */
  async purge(beforeMs: number): Promise<number> {
    let forgotten = 0;
    for (;;) {
      const found = await this.database.write(async ({ manager }) => {
        const where = { settledAtMs: LessThan(beforeMs) };
        const old = await manager.find(Notice, { select: { id: true }, where, take: PURGED_AT_ONCE });
        const noticeId = In(old.map(({ id }) => id));
        await manager.delete(NoticeDelivery, { noticeId });
        await manager.delete(NoticeEntry, { noticeId });
        await manager.delete(Notice, { id: noticeId });
        return old.length;
      });
      forgotten += found;
      if (found < PURGED_AT_ONCE) return forgotten;
    }
  }

  /** Looks now for what is due. */
  wake(): void {
    for (const runner of this.#runners) runner.wake();
  }

  /** Resolves when nothing is under way and nothing is due. Reminders first: they make messages. */
  async idle(): Promise<void> {
    for (const runner of this.#runners) await runner.idle();
  }
}
