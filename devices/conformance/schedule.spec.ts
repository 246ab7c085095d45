import { describe, expect, it } from '@jest/globals';
import type { Clause } from './clause.js';
import { Schedule } from './schedule.js';

const clause = (id: string, more: Partial<Clause> = {}): Clause => ({
  id,
  title: id,
  proves: id,
  profile: 'full',
  phase: 'run',
  limitMs: 1_000,
  check: () => undefined,
  ...more,
});

/** Runs them, each until it is ended by name, and tells who ran beside whom. */
async function course(clauses: readonly Clause[], ending: readonly string[], atATime?: number): Promise<string[]> {
  const ends = new Map<string, () => void>();
  const seen: string[] = [];
  const look = () => seen.push([...ends.keys()].join('+'));
  const whole = new Schedule(clauses, atATime).run(
    ({ id }) => new Promise((end) => ends.set(id, () => end(undefined))),
  );
  for (const id of ending) {
    look();
    ends.get(id)?.();
    ends.delete(id);
    await new Promise((turn) => setImmediate(turn));
  }
  await whole;
  return seen;
}

describe('the order of clauses', () => {
  it('runs beside each other those that do not touch', async () => {
    const clauses = [
      clause('a', { needs: ['loudspeaker'] }),
      clause('b', { needs: ['loudspeaker', 'commands'] }),
      clause('c', { needs: ['keys'] }),
    ];
    expect(await course(clauses, ['a', 'c', 'b'])).toEqual(['a+c', 'c+b', 'b']);
  });

  it('leaves for the end those that need everything, one after the other', async () => {
    const clauses = [clause('cut', { alone: true }), clause('a'), clause('offline', { alone: true }), clause('b')];
    expect(await course(clauses, ['b', 'a', 'cut', 'offline'])).toEqual(['a+b', 'a', 'cut', 'offline']);
  });

  it('runs no more at a time than it may', async () => {
    expect(await course([clause('a'), clause('b'), clause('c')], ['a', 'b', 'c'], 2)).toEqual(['a+b', 'b+c', 'c']);
  });
});
