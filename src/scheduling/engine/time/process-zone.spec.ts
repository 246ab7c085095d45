import { expect, it } from '@jest/globals';
import { secondProcess } from '../../../../test/support/databases.js';

// jest hands specs a copy of process.env, so that setting TZ there changes nothing: hence a process of its own.
const SOURCE = `
  const { inWords, spanOfDays } = await import('./src/scheduling/engine/time/index.js');
  const { occurrencesOf, refusalOf } = await import('./src/scheduling/engine/recurrence/index.js');
  const range = { from: '2026-03-27', until: '2026-11-02' };
  const rules = [
    { kind: 'once', date: '2026-03-29', time: '02:30' },
    { kind: 'daily', ...range, time: '00:00' },
    { kind: 'weekly', ...range, weekdays: [1, 7], time: '23:59:59' },
  ];
  const span = spanOfDays('2026-03-01', 250, 'Asia/Ho_Chi_Minh');
  const results = ['Asia/Ho_Chi_Minh', 'UTC', 'America/New_York', 'Pacific/Kiritimati', 'Pacific/Pago_Pago', 'Europe/Berlin'].map((tz) => {
    process.env.TZ = tz;
    const starts = rules.flatMap((rule) => ['Asia/Ho_Chi_Minh', 'Europe/Berlin'].flatMap((zone) =>
      occurrencesOf({ id: 'e', recurrence: structuredClone(rule), zone, createdAtMs: 0, cancelledAtMs: null }, span)));
    const refused = rules.map((rule) => refusalOf(rule, 'Asia/Ho_Chi_Minh', Date.parse('2026-11-02T00:00:00+07:00')));
    const words = starts.map(({ startMs }) => inWords(startMs, startMs + 600_000, 'Asia/Ho_Chi_Minh'));
    return { offset: new Date(Date.parse('2026-07-01T00:00:00+07:00')).getTimezoneOffset(), starts: starts.length, all: JSON.stringify([starts, refused, words]) };
  });
  console.log(JSON.stringify({ offsets: results.map((r) => r.offset), starts: results[0].starts, different: new Set(results.map((r) => r.all)).size }));
`;

it('the zone of the server changes nothing', async () => {
  const { offsets, starts, different } = JSON.parse(await secondProcess(SOURCE).firstLine);
  expect(offsets).toEqual([-420, 0, 240, -840, 660, -120]); // the zone of the process really was another one
  expect(starts).toBe(2 * (1 + 221 + 64));
  expect(different).toBe(1);
});
