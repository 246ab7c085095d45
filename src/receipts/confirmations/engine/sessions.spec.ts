import { describe, expect, it } from '@jest/globals';
import { judgeAnswer } from './giving.js';
import { askable, dayEndMs, dayStartMs, holdsOn, itemsOf, localDay, sessionsOf, type ToldPlay } from './sessions.js';

const at = (text: string) => Date.parse(`2026-01-05T${text}:00+07:00`);
const MINUTE_MS = 60_000;
const play = (id: string, startMs: number, minutes: number | null = 5, clusterId = 'k1'): ToldPlay => {
  const durationMs = minutes === null ? null : minutes * MINUTE_MS;
  return { id, clusterId, itemId: `item-${id}`, itemVersion: 1, startMs, durationMs };
};
const shape = (plays: readonly ToldPlay[]) => sessionsOf(plays).map((session) => session.plays.map(({ id }) => id));

describe('sessions as a hamlet is told them', () => {
  it('plays near each other are one session, whatever order they come in; a silence of half an hour parts two', () => {
    const plays = [play('c', at('17:45')), play('a', at('05:00')), play('b', at('17:00')), play('d', at('18:20'))];
    // 17:05 to 17:45 is 40 minutes; 17:50 to 18:20 is 30.
    expect(shape(plays)).toEqual([['a'], ['b'], ['c'], ['d']]);
    expect(shape([play('b', at('17:00')), play('c', at('17:34'))])).toEqual([['b', 'c']]);
  });

  it('silence counts from the longest play on: a relay of an hour has the bulletin behind it in its session', () => {
    const plays = [play('relay', at('05:00'), 60), play('short', at('05:10'), 1), play('bulletin', at('06:20'))];
    expect(shape(plays)).toEqual([['relay', 'short', 'bulletin']]);
    expect(sessionsOf(plays)[0]).toMatchObject({ startMs: at('05:00'), endMs: at('06:25'), day: '2026-01-05' });
  });

  it('a play whose length nobody knows ends when it starts', () => {
    expect(sessionsOf([play('a', at('05:00'), null)])[0]).toMatchObject({ endMs: at('05:00') });
  });

  it('what is added to the end changes no start; midnight begins another day', () => {
    const evening = [play('a', at('23:30')), play('b', at('23:50'))];
    const longer = [...evening, play('c', at('23:58'), 20), play('d', at('24:00') + 20 * MINUTE_MS)];
    expect(sessionsOf(evening)[0]?.startMs).toBe(sessionsOf(longer)[0]?.startMs);
    expect(sessionsOf(longer).map(({ day }) => day)).toEqual(['2026-01-05', '2026-01-06']);
  });

  it('days are those of Viet Nam, whatever the zone of the machine', () => {
    const zone = process.env.TZ;
    try {
      for (const TZ of ['UTC', 'America/New_York', 'Pacific/Kiritimati']) {
        process.env.TZ = TZ;
        expect([localDay(at('00:00')), localDay(at('23:59'))]).toEqual(['2026-01-05', '2026-01-05']);
        expect([dayStartMs(at('12:00')), dayEndMs(at('12:00'))]).toEqual([at('00:00'), at('24:00')]);
      }
    } finally {
      if (zone === undefined) delete process.env.TZ;
      else process.env.TZ = zone;
    }
  });

  it('it is asked about from its end on, for three days', () => {
    const session = { endMs: at('17:30') };
    const days = 86_400_000;
    expect([-1, 0, 3 * days - 1, 3 * days].map((ms) => askable(session, session.endMs + ms))).toEqual([
      'running',
      'open',
      'open',
      'over',
    ]);
  });

  it('what three clusters play at the same moment is one thing to hear', () => {
    const same = (clusterId: string) => ({ ...play('a', at('05:00'), 5, clusterId), id: clusterId, itemId: 'x' });
    expect(itemsOf([same('k1'), same('k2'), same('k3'), play('b', at('05:10'))])).toHaveLength(2);
  });

  it('a link of cluster and hamlet holds on both its ends', () => {
    const link = { validFrom: '2026-01-05', validTo: '2026-01-06' };
    expect(['2026-01-04', '2026-01-05', '2026-01-06', '2026-01-07'].map((day) => holdsOn(link, day))).toEqual([
      false,
      true,
      true,
      false,
    ]);
    expect(holdsOn({ ...link, validTo: null }, '2036-01-01')).toBe(true);
  });
});

describe('what becomes of an answer', () => {
  const HOUR_MS = 3_600_000;
  const clear = { answer: 'clear', atMs: 0, byId: 'head' } as const;
  const wanted = { answer: 'notHeard', byId: 'head', seen: 1 } as const;
  it.each([
    ['the first', [], wanted, 0, 'first'],
    ['the same again', [clear], { ...wanted, answer: 'clear', seen: 0 }, 1, 'same'],
    ['the same again, a day later', [clear], { ...wanted, answer: 'clear' }, 24 * HOUR_MS, 'same'],
    ['another one within the hour', [clear], wanted, HOUR_MS - 1, 'correction'],
    ['another one after the hour', [clear], wanted, HOUR_MS, 'fixed'],
    [
      'the hour counts from the first',
      [clear, { ...clear, atMs: HOUR_MS - 1 }],
      { ...wanted, seen: 2 },
      HOUR_MS,
      'fixed',
    ],
    ['a late tap that has not seen the last answer', [clear, { ...clear, answer: 'unclear' }], wanted, 1, 'stale'],
    ['somebody else', [clear], { ...wanted, byId: 'other' }, 1, 'another'],
    ['somebody else who says the same', [clear], { ...wanted, answer: 'clear', byId: 'other' }, 1, 'another'],
    ['an operator, who is shown what there is', [clear], { ...wanted, seen: null }, 1, 'correction'],
  ] as const)('%s', (_, given, saying, nowMs, verdict) => expect(judgeAnswer(given, saying, nowMs)).toBe(verdict));
});
