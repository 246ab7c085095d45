import { describe, expect, it } from '@jest/globals';
import { ManualClock } from '../clock/index.js';
import type { Log } from '../logging/index.js';
import { DueClock } from './index.js';

const MINUTE_MS = 60_000;

interface Deadline {
  readonly id: number;
  readonly atMs: number;
}

/** Deadlines that pass; whoever takes them can be made to wait or to fail. */
class Deadlines extends DueClock<Pick<Deadline, 'id'>> {
  readonly open: Deadline[] = [];
  readonly taken: number[] = [];
  /** Ids that cannot be taken, and ids that somebody takes first. */
  readonly broken = new Set<number>();
  readonly gone = new Set<number>();
  /** What has to be there before the next look, and before the next thing is taken. */
  beforeLook: Promise<unknown> = Promise.resolve();
  beforeTake: Promise<unknown> = Promise.resolve();
  looks = 0;
  #busy = 0;
  mostAtOnce = 0;

  constructor(
    readonly clock: ManualClock,
    log: Log,
  ) {
    super(log);
  }

  /** @param count deadlines, one a minute from now on, the first of them in a minute */
  set(count: number): void {
    for (let n = 1; n <= count; n++)
      this.open.push({ id: this.open.length + 1, atMs: this.clock.nowMs() + n * MINUTE_MS });
  }

  protected async due(most: number) {
    this.looks++;
    await this.beforeLook;
    const due = this.open.filter(({ id, atMs }) => atMs <= this.clock.nowMs() && !this.taken.includes(id));
    return due.slice(0, most).map(({ id }) => ({ id }));
  }

  protected async take({ id }: Pick<Deadline, 'id'>) {
    this.mostAtOnce = Math.max(this.mostAtOnce, ++this.#busy);
    await this.beforeTake;
    this.#busy--;
    if (this.broken.has(id)) throw new Error(`deadline ${id} is broken`);
    if (this.gone.has(id)) return false;
    this.taken.push(id);
    return true;
  }
}

function opened() {
  const said: string[] = [];
  const note = (fields: object, words: string) =>
    said.push(`${words} ${'id' in fields ? String(fields.id) : ''}`.trim());
  const log: Log = { info: note, warn: note, error: note };
  const deadlines = new Deadlines(new ManualClock(), log);
  return { deadlines, clock: deadlines.clock, said };
}

function gate() {
  let open = () => {};
  const closed = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { closed, open };
}

describe('what is due', () => {
  it('is taken when its time has come, and not before', async () => {
    const { deadlines, clock } = opened();
    deadlines.set(3);
    clock.advance(MINUTE_MS - 1);
    expect(await deadlines.tick()).toBe(0);
    clock.advance(1);
    expect(await deadlines.tick()).toBe(1);
    clock.advance(2 * MINUTE_MS);
    expect(await deadlines.tick()).toBe(2);
    expect(await deadlines.tick()).toBe(0);
    expect(deadlines.taken).toEqual([1, 2, 3]);
  });

  it('is taken until none is left, one after the other', async () => {
    const { deadlines, clock } = opened();
    deadlines.set(1_000);
    clock.advance(1_000 * MINUTE_MS);
    expect(await deadlines.tick()).toBe(1_000);
    expect([deadlines.taken.length, deadlines.mostAtOnce]).toEqual([1_000, 1]);
  });

  it('and cannot be done is logged, keeps no other waiting, and is tried again at the next tick', async () => {
    const { deadlines, clock, said } = opened();
    deadlines.set(3);
    deadlines.broken.add(2);
    clock.advance(3 * MINUTE_MS);
    expect(await deadlines.tick()).toBe(2);
    expect([deadlines.taken, said]).toEqual([[1, 3], ['what is due could not be done 2']]);
    deadlines.broken.clear();
    expect(await deadlines.tick()).toBe(1);
  });

  it.each([
    ['all fail', 'broken'],
    ['others take all', 'gone'],
  ] as const)('a run ends where %s, however many are left', async (_, why) => {
    const { deadlines, clock } = opened();
    deadlines.set(500);
    for (const { id } of deadlines.open) deadlines[why].add(id);
    clock.advance(500 * MINUTE_MS);
    expect(await deadlines.tick()).toBe(0);
    expect(deadlines.looks).toBe(1);
  });
});

describe('the clock', () => {
  it('does nothing before it is started, and at its start what became due while nothing ran', async () => {
    const { deadlines, clock } = opened();
    deadlines.set(1);
    clock.advance(MINUTE_MS);
    deadlines.tickSoon();
    expect(deadlines.looks).toBe(0);
    deadlines.start();
    await deadlines.stop();
    expect(deadlines.taken).toEqual([1]);
  });

  it('never runs twice at once: a tick during a run is left out, the one after it looks again', async () => {
    const { deadlines, clock } = opened();
    const { closed, open } = gate();
    deadlines.beforeLook = closed;
    deadlines.start();
    for (let n = 0; n < 5; n++) deadlines.tickSoon();
    expect(deadlines.looks).toBe(1);
    open();
    await deadlines.stop();
    deadlines.set(1);
    clock.advance(MINUTE_MS);
    deadlines.start();
    await deadlines.stop();
    expect([deadlines.looks, deadlines.taken]).toEqual([2, [1]]);
  });

  it('stops in good order: the batch under way is finished, no further one is begun, and later ticks do nothing', async () => {
    const { deadlines, clock } = opened();
    const { closed, open } = gate();
    deadlines.set(500);
    clock.advance(500 * MINUTE_MS);
    deadlines.beforeTake = closed;
    deadlines.start();
    const stopped = deadlines.stop();
    open();
    await stopped;
    const { length } = deadlines.taken;
    expect([length > 0, length < 500, deadlines.looks]).toEqual([true, true, 1]);
    deadlines.tickSoon();
    expect(deadlines.looks).toBe(1);
    expect(await deadlines.tick()).toBeGreaterThan(0);
  });

  it('bears a look that fails: it is logged, and the next tick looks again', async () => {
    const { deadlines, clock, said } = opened();
    deadlines.set(1);
    clock.advance(MINUTE_MS);
    deadlines.beforeLook = Promise.reject(new Error('the database is away'));
    deadlines.start();
    await deadlines.stop();
    expect([said, deadlines.taken]).toEqual([['what is due is unknown'], []]);
    deadlines.beforeLook = Promise.resolve();
    deadlines.start();
    await deadlines.stop();
    expect(deadlines.taken).toEqual([1]);
  });
});
