import { describe, expect, test } from '@jest/globals';
import { createLog } from '../logger.js';
import { commandPower, PowerSense, type Supply } from './power-sense.js';

/** What is told while the meter gives these answers, one after another. */
async function toldOf(...answers: readonly (Supply | null)[]): Promise<string[]> {
  const told: string[] = [];
  const over = new AbortController();
  let asked = 0;
  const sense = await new Promise<PowerSense>((done) => {
    const made = new PowerSense(async () => {
      if (asked === answers.length) done(made);
      return answers[asked++] ?? null;
    }, 1);
    made.follow(over.signal, (supply) => told.push(supply));
  });
  over.abort();
  return [...told, `now ${sense.supply}`];
}

describe('the sense of the supply', () => {
  test.each<[string, (Supply | null)[], string[]]>([
    ['a day with power is no news', ['mains', 'mains', 'mains'], ['now mains']],
    ['each change is told once', ['mains', 'battery', 'battery', 'mains'], ['lost', 'back', 'now mains']],
    ['a player that starts on the battery says so', ['battery', 'battery'], ['lost', 'now battery']],
    ['no answer changes nothing', ['battery', null, 'battery', null], ['lost', 'now battery']],
    ['nothing is known of a sense that never answers', [null, null], ['now null']],
  ])('%s', async (_what, answers, told) => {
    expect(await toldOf(...answers)).toEqual(told);
  });

  test('is a command that prints one word; what is wrong with it is logged once', async () => {
    const lines: string[] = [];
    const log = createLog('warn', (line) => lines.push(JSON.parse(line).problem));
    expect(await commandPower(['/bin/echo', 'battery'], log)()).toBe('battery');
    expect(await commandPower(['/bin/echo', 'mains'], log)()).toBe('mains');
    expect(lines).toEqual([]);
    const odd = commandPower(['/bin/echo', '230'], log);
    expect([await odd(), await odd()]).toEqual([null, null]);
    expect(await commandPower(['/bin/false'], log)()).toBeNull();
    expect(lines).toEqual(['neither mains nor battery: 230', expect.stringContaining('/bin/false')]);
  });
});
