import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { describeOnBothDatabases } from '../../../test/support/databases.js';
import { aStation } from '../../../test/support/planning-office.js';
import { shelve } from '../../../test/support/shelf.js';
import { everyTable } from '../../../test/support/station.js';
import { EntryService } from '../entries/entry.service.js';
import { calendarImport } from './exchange.api.js';
import { anEvent, calendarOf } from './exchange.spec-support.js';
import { CalendarIntake } from './import.service.js';

describeOnBothDatabases('events that do not say what they play', everyTable, (open) => {
  let place: Awaited<ReturnType<typeof aStation>>;
  beforeEach(async () => {
    place = await aStation(await open());
  });
  afterEach(() => place.station.close());

  const called = (title: string, n: number) =>
    anEvent(`DTSTART;TZID=Asia/Ho_Chi_Minh:202603${10 + n}T053000`)
      .replace('UID:u1', `UID:t${n}`)
      .replace('SUMMARY:Bản tin', `SUMMARY:${title}`);
  const take = (titles: readonly string[], changes: Record<string, unknown> = {}) =>
    place.station
      .get(CalendarIntake)
      .take(
        place.operator,
        calendarImport.parse({ areaId: place.areas.ak.id, ics: calendarOf(...titles.map(called)), ...changes }),
      );

  it('play the only approved content that is called as they are, of the area or of one above it', async () => {
    const item = async (title: string, area: string) => (await shelve(place.station, { title, area })).id;
    const own = await item('Lịch tiêm chủng', 'ak');
    const upper = await item('Nghị quyết tháng ba', 'bp');
    await item('Trùng tên', 'ak');
    await item('Trùng tên', 'bp');
    await item('Chuyện riêng của An Phú', 'ap');
    await shelve(place.station, { title: 'Bản nháp', area: 'ak', status: 'draft' });
    const titles = ['Lịch tiêm chủng', 'Nghị quyết tháng ba', 'Trùng tên', 'Bản nháp', 'Chuyện riêng của An Phú'];
    const { events } = await take(titles);
    expect(events.map(({ code, outcome }) => code ?? outcome)).toEqual([
      'made',
      'made',
      'schedule.icsTitleAmbiguous',
      'schedule.icsNoItem',
      'schedule.icsNoItem',
    ]);
    const entries = await place.station.get(EntryService).list(place.operator, { areaId: place.areas.ak.id });
    const played = events.map(({ entryId }) => entries.find(({ id }) => id === entryId)?.runningOrder);
    expect(played.slice(0, 2)).toEqual([[{ kind: 'item', itemId: own }], [{ kind: 'item', itemId: upper }]]);
  });

  it('are present when they come again, also when the entry was changed in between', async () => {
    await shelve(place.station, { title: 'Lịch tiêm chủng', area: 'ak' });
    const [first] = (await take(['Lịch tiêm chủng'], { dryRun: true })).events;
    expect(first).toMatchObject({ outcome: 'made', entryId: null });
    const [made] = (await take(['Lịch tiêm chủng'])).events;
    expect((await take(['Lịch tiêm chủng'])).events).toMatchObject([{ outcome: 'present' }]);
    const entries = place.station.get(EntryService);
    await entries.edit(place.operator, made?.entryId ?? '', { volume: 40 });
    expect((await take(['Lịch tiêm chủng'])).events).toMatchObject([{ outcome: 'present' }]);
    await entries.cancel(place.operator, made?.entryId ?? '');
    expect((await take(['Lịch tiêm chủng'])).events).toMatchObject([{ outcome: 'made' }]);
  });
});
