import { expect, it } from '@jest/globals';
import { secondProcess } from '../../../test/support/databases.js';

// jest hands specs a copy of process.env, so that setting TZ there changes nothing: hence a process of its own.
const SOURCE = `
  const { timeline, spanOfDays, refusalOf, inWords } = await import('./src/scheduling/engine/index.js');
  const { anEntry, anItem, at, itemsOf } = await import('./src/scheduling/engine/engine.spec-support.ts');
  const range = { from: '2026-03-27', until: '2026-11-02' };
  const rules = [
    { kind: 'once', date: '2026-03-29', time: '02:30' },
    { kind: 'daily', ...range, time: '00:00' },
    { kind: 'weekly', ...range, weekdays: [1, 7], time: '23:59:59' },
  ];
  const results = ['Asia/Ho_Chi_Minh', 'UTC', 'America/New_York', 'Pacific/Kiritimati', 'Pacific/Pago_Pago', 'Europe/Berlin'].map((tz) => {
    process.env.TZ = tz;
    const entries = rules.flatMap((rule, i) => ['Asia/Ho_Chi_Minh', 'Europe/Berlin'].map((zone, j) => anEntry(rule, { id: 'e' + i + j, zone })));
    const zone = 'Asia/Ho_Chi_Minh';
    const made = timeline({ entries, items: itemsOf(anItem()), span: spanOfDays('2026-03-01', 250, zone), zone });
    const refused = rules.map((rule) => refusalOf(rule, zone, at('2026-11-02T00:00:00')));
    const words = made.plays.map((play) => inWords(play.startMs, play.latestEndMs, zone));
    return { offset: new Date(at('2026-07-01T00:00:00')).getTimezoneOffset(), plays: made.plays.length, all: JSON.stringify([made, refused, words]) };
  });
  console.log(JSON.stringify({ offsets: results.map((r) => r.offset), plays: results[0].plays, different: new Set(results.map((r) => r.all)).size }));
`;

it('the zone of the server changes nothing', async () => {
  const { offsets, plays, different } = JSON.parse(await secondProcess(SOURCE).firstLine);
  expect(offsets).toEqual([-420, 0, 240, -840, 660, -120]); // the zone of the process really was another one
  expect(plays).toBe(2 * (1 + 221 + 64));
  expect(different).toBe(1);
});
