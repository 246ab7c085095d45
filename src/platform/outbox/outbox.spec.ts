import { afterEach, beforeEach, expect, it, jest } from '@jest/globals';
import { describeOnBothDatabases, secondProcess } from '../../../test/support/databases.js';
import { ManualClock } from '../clock/index.js';
import { type Database, schemaDrift } from '../database/index.js';
import { silentLog } from '../logging/log.js';
import { Outbox, type OutboxMessage, OutboxRelay, outboxEntities, outboxMigrations } from './index.js';

function deferred() {
  let resolve = () => {};
  const promise = new Promise<void>((done) => {
    resolve = done;
  });
  return { promise, resolve };
}

describeOnBothDatabases('the outbox', { entities: outboxEntities, migrations: outboxMigrations }, (open) => {
  let database: Database;
  let clock: ManualClock;
  let outbox: Outbox;
  let relay: OutboxRelay;
  beforeEach(async () => {
    database = await open();
    clock = new ManualClock();
    outbox = new Outbox(clock);
    relay = newRelay();
  });
  afterEach(() => relay.stop());

  const newRelay = (maxAttempts = 3) =>
    new OutboxRelay({ database, outbox, clock, log: silentLog, pollMs: null, maxAttempts });

  const add = (topic: string, ...payloads: unknown[]) =>
    database.write(async (tx) => {
      for (const payload of payloads) await outbox.add(tx, { topic, payload });
    });

  /** Lets pauses pass until nothing more happens. */
  async function retryUntilSettled(): Promise<void> {
    for (let round = 0; round < 5; round++) {
      await relay.idle();
      clock.advance(10 * 60_000);
      relay.wake();
    }
    await relay.idle();
  }

  it('delivers right after the commit, without waiting for a poll', async () => {
    const arrived = new Promise<OutboxMessage>((resolve) => relay.on('plan', async (message) => resolve(message)));
    await relay.start();
    await add('plan', { version: 7 });
    expect(await arrived).toMatchObject({ topic: 'plan', payload: { version: 7 }, attempt: 1 });
    await relay.idle();
    expect(await relay.counts()).toEqual({ waiting: 0, dead: 0 });
  });

  it('delivers in the order of adding', async () => {
    const seen: unknown[] = [];
    relay.on('plan', async ({ payload }) => void seen.push(payload));
    await add('plan', ...Array.from({ length: 250 }, (_, i) => i));
    await relay.start();
    await relay.idle();
    expect(seen).toEqual(Array.from({ length: 250 }, (_, i) => i));
  });

  it('leaves no message of a transaction that was rolled back', async () => {
    const handler = jest.fn<() => Promise<void>>();
    relay.on('plan', handler);
    await relay.start();
    const failing = database.write(async (tx) => {
      await outbox.add(tx, { topic: 'plan', payload: 1 });
      throw new Error('no');
    });
    await expect(failing).rejects.toThrow('no');
    relay.wake();
    await relay.idle();
    expect(handler).not.toHaveBeenCalled();
  });

  it('loses nothing in a crash between commit and delivery', async () => {
    await add('plan', 'committed'); // no relay was there to hear of it
    await database.stop();
    database = await open.again(database);
    relay = newRelay();
    const seen: unknown[] = [];
    relay.on('plan', async ({ payload }) => void seen.push(payload));
    await relay.start();
    await relay.idle();
    expect(seen).toEqual(['committed']);
  });

  it('loses nothing when the process is killed in the middle of a delivery', async () => {
    await database.stop();
    const crashing = secondProcess(`
      import { SystemClock } from './src/platform/clock/index.js';
      import { Database } from './src/platform/database/index.js';
      import { silentLog } from './src/platform/logging/log.js';
      import { Outbox, OutboxRelay, outboxEntities, outboxMigrations } from './src/platform/outbox/index.js';
      const place = ${JSON.stringify({ file: database.options.file, url: database.options.url })};
      const database = new Database({ ...place, entities: outboxEntities, migrations: outboxMigrations }, silentLog);
      await database.start();
      const clock = new SystemClock();
      const outbox = new Outbox(clock);
      const relay = new OutboxRelay({ database, outbox, clock, log: silentLog });
      relay.on('plan', async ({ payload }) => { console.log('got ' + payload); await new Promise(() => {}); });
      await relay.start();
      await database.write((tx) => outbox.add(tx, { topic: 'plan', payload: 'precious' }));
      setInterval(() => {}, 1000);
    `);
    expect(await crashing.firstLine).toBe('got precious');
    crashing.kill();
    await crashing.output;

    database = await open.again(database);
    clock.set(Date.now() + 60_000); // past the claim of the dead process
    relay = newRelay();
    const seen: OutboxMessage[] = [];
    relay.on('plan', async (message) => void seen.push(message));
    await relay.start();
    await relay.idle();
    expect(seen).toMatchObject([{ payload: 'precious', attempt: 2 }]);
  });

  it('tries again after growing pauses, and keeps what it gave up', async () => {
    const attemptsAtMs: number[] = [];
    relay.on('plan', async () => {
      attemptsAtMs.push(clock.nowMs());
      throw new Error('broker away');
    });
    const startMs = clock.nowMs();
    await relay.start();
    await add('plan', 1);
    await relay.idle();
    for (let second = 0; second < 10; second++) {
      clock.advance(1_000);
      relay.wake();
      await relay.idle();
    }
    expect(attemptsAtMs.map((ms) => ms - startMs)).toEqual([0, 1_000, 3_000]);
    expect(await relay.counts()).toEqual({ waiting: 0, dead: 1 });
  });

  it('delivers dead messages again when a person has revived them', async () => {
    let broken = true;
    const handler = jest.fn(async () => {
      if (broken) throw new Error('broken');
    });
    relay.on('plan', handler);
    await relay.start();
    await add('plan', 1);
    await retryUntilSettled();
    broken = false;
    expect(await relay.revive('plan')).toBe(1);
    await relay.idle();
    expect(await relay.counts()).toEqual({ waiting: 0, dead: 0 });
  });

  it('does not let a failing topic block another', async () => {
    const seen: unknown[] = [];
    relay.on('broken', async () => {
      throw new Error('always');
    });
    relay.on('whole', async ({ payload }) => void seen.push(payload));
    await relay.start();
    await add('broken', 1);
    await add('whole', 'a', 'b');
    await relay.idle();
    expect(seen).toEqual(['a', 'b']);
  });

  it('keeps the order within a topic when a message needs a second attempt', async () => {
    const seen: unknown[] = [];
    let failed = false;
    relay.on('plan', async ({ payload }) => {
      if (payload === 2 && !failed) {
        failed = true;
        throw new Error('once');
      }
      seen.push(payload);
    });
    await relay.start();
    await add('plan', 1, 2, 3);
    await retryUntilSettled();
    expect(seen).toEqual([1, 2, 3]);
  });

  it('goes on behind a message that it gave up', async () => {
    const seen: unknown[] = [];
    relay.on('plan', async ({ payload }) => {
      if (payload === 'poison') throw new Error('always');
      seen.push(payload);
    });
    await relay.start();
    await add('plan', 'poison', 'healthy');
    await retryUntilSettled();
    expect(seen).toEqual(['healthy']);
    expect(await relay.counts()).toEqual({ waiting: 0, dead: 1 });
  });

  it('hands a message to every handler of its topic, also when the first one fails', async () => {
    const second = jest.fn<() => Promise<void>>().mockResolvedValue();
    relay.on('plan', async () => {
      throw new Error('first');
    });
    relay.on('plan', second);
    await relay.start();
    await add('plan', 1);
    await relay.idle();
    expect(second).toHaveBeenCalledTimes(1);
  });

  it('leaves messages without a handler to other processes', async () => {
    await relay.start();
    await add('elsewhere', 1);
    await relay.idle();
    expect(await relay.counts()).toEqual({ waiting: 1, dead: 0 });
  });

  it('delivers once when two processes deliver', async () => {
    const seen: unknown[] = [];
    const other = newRelay();
    for (const each of [relay, other]) each.on('plan', async ({ payload }) => void seen.push(payload));
    await add('plan', 1, 2, 3);
    await Promise.all([relay.start(), other.start()]);
    await Promise.all([relay.idle(), other.idle()]);
    await other.stop();
    expect(seen).toEqual([1, 2, 3]);
  });

  it('lets a handler write, and add messages of its own', async () => {
    const arrived = new Promise<unknown>((resolve) => relay.on('second', async ({ payload }) => resolve(payload)));
    relay.on<number>('first', ({ payload }) => add('second', payload + 1));
    await relay.start();
    await add('first', 1);
    expect(await arrived).toBe(2);
  });

  it('ends the delivery under way before it stops, and begins no other', async () => {
    const begun = deferred();
    const goOn = deferred();
    const seen: unknown[] = [];
    relay.on('plan', async ({ payload }) => {
      begun.resolve();
      await goOn.promise;
      seen.push(payload);
    });
    await relay.start();
    await add('plan', 1, 2);
    await begun.promise;
    const stopped = relay.stop();
    goOn.resolve();
    await stopped;
    expect(seen).toEqual([1]);
    expect(await relay.counts()).toEqual({ waiting: 1, dead: 0 });
  });

  it('forgets old deliveries when told to', async () => {
    relay.on('plan', async () => {});
    await relay.start();
    await add('plan', 1);
    await relay.idle();
    expect(await relay.purge(clock.nowMs())).toBe(0);
    expect(await relay.purge(clock.nowMs() + 1)).toBe(1);
  });

  it('has no drift', async () => {
    expect(await schemaDrift(database)).toEqual([]);
  });
});
