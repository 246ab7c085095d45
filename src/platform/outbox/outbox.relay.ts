import { LessThan } from 'typeorm';
import type { Clock } from '../clock/index.js';
import type { Database } from '../database/index.js';
import type { Log } from '../logging/log.js';
import { OutboxEntity } from './outbox.entity.js';
import type { Outbox, OutboxMessage } from './outbox.js';
import { claimFirst, endClaims, type Failure, settle } from './outbox.queries.js';

const BATCH = 100;
const CLAIM_MS = 30_000;
const FIRST_PAUSE_MS = 1_000;
const LONGEST_PAUSE_MS = 5 * 60_000;

/** Must be idempotent: a message may come more than once. Long work is enqueued as a job. */
export type OutboxHandler<T = unknown> = (message: OutboxMessage<T>) => Promise<void>;

export type OutboxRelayOptions = {
  readonly database: Database;
  readonly outbox: Outbox;
  readonly clock: Clock;
  readonly log: Log;
  /** How often to look for retries and for messages of other processes; null never (specs call wake()). Default 1,000. */
  readonly pollMs?: number | null;
  /** Default 12: with the growing pauses, a good hour. */
  readonly maxAttempts?: number;
};

/**
 * Hands messages to their handlers, at least once, each topic in the order of ids. A message that fails holds back its
 * topic until it is delivered or, after `maxAttempts`, dead; other topics go on.
 */
export class OutboxRelay {
  private readonly handlers = new Map<string, OutboxHandler[]>();
  private readonly draining = new Map<string, { again: boolean; done: Promise<void> }>();
  private running = false;
  private timer: NodeJS.Timeout | undefined;
  private unsubscribe = () => {};

  constructor(private readonly options: OutboxRelayOptions) {}

  /** Several handlers per topic run one after the other; when one fails, all are called again. */
  on<T>(topic: string, handler: OutboxHandler<T>): void {
    this.handlers.set(topic, [...(this.handlers.get(topic) ?? []), handler as OutboxHandler]);
  }

  async start(): Promise<void> {
    if (this.running) throw new Error('the outbox relay is already started');
    const { database, clock, outbox, pollMs = 1_000 } = this.options;
    // On SQLite no other process lives: what is claimed, or pausing, was so before the restart.
    if (database.kind === 'sqlite') await endClaims(database, clock.nowMs());
    this.running = true;
    this.unsubscribe = outbox.onCommitted((topic) => this.wake(topic));
    if (pollMs !== null) this.timer = setInterval(() => this.wake(), pollMs);
    this.wake();
  }

  /** Lets the deliveries under way end; what they did not reach waits for the next start. */
  async stop(): Promise<void> {
    this.running = false;
    this.unsubscribe();
    clearInterval(this.timer);
    await this.idle();
  }

  /** Looks now. @param only one topic; default all */
  wake(only?: string): void {
    if (!this.running) return;
    for (const topic of only === undefined ? this.handlers.keys() : [only]) {
      if (!this.handlers.has(topic)) continue;
      const draining = this.draining.get(topic);
      if (draining) draining.again = true;
      else this.drain(topic);
    }
  }

  /** Resolves when nothing is being delivered, pausing messages aside. */
  async idle(): Promise<void> {
    while (this.draining.size > 0) await Promise.all([...this.draining.values()].map(({ done }) => done));
  }

  /** `dead`: given up, for a person to look at. */
  async counts(): Promise<{ waiting: number; dead: number }> {
    return this.options.database.read(async (reader) => ({
      waiting: await reader.countBy(OutboxEntity, { state: 'waiting' }),
      dead: await reader.countBy(OutboxEntity, { state: 'dead' }),
    }));
  }

  /** Gives dead messages another round of attempts. @returns how many */
  async revive(topic: string): Promise<number> {
    const dueAtMs = this.options.clock.nowMs();
    const { affected } = await this.options.database.write((tx) => {
      tx.afterCommit(() => this.wake(topic));
      return tx.manager.update(OutboxEntity, { state: 'dead', topic }, { state: 'waiting', attempts: 0, dueAtMs });
    });
    return affected ?? 0;
  }

  /** Forgets messages delivered before `beforeMs` (UTC epoch). @returns how many */
  async purge(beforeMs: number): Promise<number> {
    const { affected } = await this.options.database.write(({ manager }) =>
      manager.delete(OutboxEntity, { state: 'delivered', deliveredAtMs: LessThan(beforeMs) }),
    );
    return affected ?? 0;
  }

  private drain(topic: string): void {
    const round = { again: false, done: Promise.resolve() };
    this.draining.set(topic, round);
    round.done = (async () => {
      try {
        do {
          round.again = false;
          while (this.running && (await this.deliverBatch(topic)));
        } while (this.running && round.again);
      } catch (error) {
        // The database itself: the messages stay, the next poll tries again.
        this.options.log.error({ err: error, topic }, 'the outbox could not be read or marked');
      } finally {
        this.draining.delete(topic);
      }
    })();
  }

  /** @returns whether there may be more */
  private async deliverBatch(topic: string): Promise<boolean> {
    const { database, clock } = this.options;
    const batch = await claimFirst(database, topic, BATCH, clock.nowMs(), clock.nowMs() + CLAIM_MS);
    const begunMs = clock.monotonicMs();
    const delivered: string[] = [];
    let failure: Failure | undefined;
    for (const message of batch) {
      // The claim must outlast the marking.
      if (!this.running || clock.monotonicMs() - begunMs > CLAIM_MS / 2) break;
      // Only the first of a batch has its attempt counted by the claim.
      const attempt = message.attempts + 1;
      try {
        await this.deliver({ ...message, attempt });
        delivered.push(message.id);
      } catch (error) {
        failure = this.failed(message, attempt, error);
        break;
      }
    }
    if (delivered.length > 0 || failure) await settle(database, delivered, failure, clock.nowMs());
    else if (batch[0]) await this.handBack(batch[0]);
    return batch.length > 0;
  }

  private async deliver(message: OutboxMessage): Promise<void> {
    const { id, topic, payload, createdAtMs, attempt } = message;
    const failures: unknown[] = [];
    for (const handler of this.handlers.get(topic) ?? [])
      try {
        await handler({ id, topic, payload, createdAtMs, attempt });
      } catch (error) {
        failures.push(error); // the other handlers are to have it all the same
      }
    if (failures.length > 0) throw failures[0];
  }

  private failed({ id, topic }: OutboxEntity, attempts: number, error: unknown): Failure {
    const dead = attempts >= (this.options.maxAttempts ?? 12);
    const pauseMs = Math.min(FIRST_PAUSE_MS * 2 ** (attempts - 1), LONGEST_PAUSE_MS);
    const fields = { err: error, id, topic, attempts };
    if (dead) this.options.log.error(fields, 'a message was given up');
    else this.options.log.warn({ ...fields, pauseMs }, 'a message could not be delivered yet');
    return {
      id,
      attempts,
      error: String(error),
      retryAtMs: dead ? null : this.options.clock.nowMs() + pauseMs,
    };
  }

  /** Stopped between claim and delivery: that was no attempt. */
  private async handBack({ id, attempts }: OutboxEntity): Promise<void> {
    const dueAtMs = this.options.clock.nowMs();
    await this.options.database.write(({ manager }) =>
      manager.update(OutboxEntity, { id, state: 'waiting' }, { attempts, dueAtMs }),
    );
  }
}
