import { describe, expect, test } from '@jest/globals';
import { createLog } from '../../logger.js';
import { Amplifier, type Relay } from './amplifier.js';
import { LineSense } from './line-sense.js';

/** An amplifier of 1.5 s before and 5 s after, its relay, and what was asked of that. */
function cabinet(problems: (string | null)[] = []) {
  const asked: string[] = [];
  const answer = (order: string) => async () => {
    asked.push(order);
    return problems.shift() ?? null;
  };
  const relay: Relay = { on: answer('on'), off: answer('off') };
  const lines: string[] = [];
  const amplifier = new Amplifier(
    relay,
    createLog('warn', (line) => lines.push(line)),
    1_500,
    5_000,
  );
  /** Lets the relay answer. */
  const settled = () => new Promise((done) => setImmediate(done));
  return { amplifier, asked, lines, settled };
}

describe('the amplifier', () => {
  test('is on 1.5 s before the planned start and off 5 s after the last sound', async () => {
    const { amplifier, asked, settled } = cabinet();
    amplifier.keep(0, false, 10_000);
    await settled();
    expect(asked).toEqual(['off']);
    expect(amplifier.keep(100, false, 10_000)).toBe(8_500);
    amplifier.keep(8_500, false, 10_000);
    await settled();
    expect(asked).toEqual(['off', 'on']);
    expect(amplifier.keep(10_000, true, null)).toBeNull();
    expect(amplifier.keep(40_000, true, null)).toBeNull();
    expect(amplifier.keep(40_100, false, null)).toBe(45_100);
    expect(amplifier.keep(44_999, false, null)).toBe(45_100);
    amplifier.keep(45_099, false, null);
    expect(asked).toEqual(['off', 'on']);
    amplifier.keep(45_100, false, null);
    await settled();
    expect(asked).toEqual(['off', 'on', 'off']);
    expect(amplifier.keep(45_101, false, null)).toBeNull();
  });

  test('stays on from one play to the next that follows soon', async () => {
    const { amplifier, asked, settled } = cabinet();
    amplifier.keep(0, true, 4_000);
    await settled();
    expect(amplifier.keep(1_000, false, 4_000)).toBe(6_000);
    amplifier.keep(2_500, false, 4_000);
    amplifier.keep(4_000, true, null);
    await settled();
    expect(asked).toEqual(['on']);
  });

  test('what sounds unforeseen has it on at once', async () => {
    const { amplifier, asked, settled } = cabinet();
    amplifier.keep(0, false, null);
    amplifier.keep(1, true, null);
    await settled();
    expect(asked).toEqual(['off', 'on']);
  });

  test('left on by a player that crashed, it is switched off at the next start', async () => {
    const { amplifier, asked, settled } = cabinet();
    amplifier.keep(7_000_000, false, null);
    await settled();
    expect(asked).toEqual(['off']);
  });

  test('a relay that does not obey is reported and asked again a second later, not in every step', async () => {
    const { amplifier, asked, lines, settled } = cabinet(['relay: exit 1', 'relay: exit 1']);
    amplifier.keep(0, true, null);
    await settled();
    expect(amplifier.keep(10, true, null)).toBe(1_010);
    expect(amplifier.keep(500, true, null)).toBe(1_010);
    expect(asked).toEqual(['on']);
    amplifier.keep(1_010, true, null);
    await settled();
    amplifier.keep(1_020, true, null);
    amplifier.keep(2_020, true, null);
    await settled();
    expect(asked).toEqual(['on', 'on', 'on']);
    expect(amplifier.keep(2_030, true, null)).toBeNull();
    expect(lines.map((line) => JSON.parse(line).problem)).toEqual(['relay: exit 1', 'relay: exit 1']);
  });

  test('is off when the player ends', async () => {
    const { amplifier, asked } = cabinet();
    amplifier.keep(0, true, null);
    await amplifier.stop();
    expect(asked).toEqual(['on', 'off']);
  });
});

describe('the sense of the loudspeaker line', () => {
  test('is asked again and again while something sounds, and not after', async () => {
    const answers = [0, 12, null, 7];
    let questions = 0;
    const sense = new LineSense(async () => answers[questions++] ?? null, 1);
    const over = new AbortController();
    const told: [boolean, number][] = [];
    await new Promise<void>((done) => {
      sense.follow(over.signal, (heard, level) => {
        told.push([heard, level]);
        if (told.length === 3) done();
      });
    });
    over.abort();
    const asked = questions;
    await new Promise((done) => setTimeout(done, 20));
    expect(told).toEqual([
      [false, 0],
      [true, 12],
      [true, 7],
    ]);
    expect(questions).toBe(asked);
  });

  test('an answer that comes after the end belongs to nothing', async () => {
    const told: string[] = [];
    const over = new AbortController();
    let answer: (level: number) => void = () => undefined;
    const asked = new Promise<void>((begun) => {
      const sense = new LineSense(() => {
        begun();
        return new Promise((done) => {
          answer = done;
        });
      }, 1);
      sense.follow(over.signal, () => told.push('late'));
    });
    await asked;
    over.abort();
    answer(9);
    await new Promise((done) => setImmediate(done));
    expect(told).toEqual([]);
  });
});
