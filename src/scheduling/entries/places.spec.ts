import { beforeEach, expect, it } from '@jest/globals';
import { describeOnBothDatabases } from '../../../test/support/databases.js';
import type { Database } from '../../platform/database/index.js';
import { Problem } from '../../platform/i18n/index.js';
import { aProvince, tables } from '../scheduling.spec-support.js';

describeOnBothDatabases('slots, and entries in and behind others', tables, (open) => {
  let database: Database;
  let place: Awaited<ReturnType<typeof aProvince>>;
  beforeEach(async () => {
    database = await open();
    place = await aProvince(database);
  });

  const codeOf = (work: Promise<unknown>): Promise<string> =>
    work.then(
      () => 'done',
      (error: unknown) => (error instanceof Problem ? error.code : String(error)),
    );
  const item = (itemId: string) => ({ kind: 'item', itemId });
  const slot = (changes: Record<string, unknown> = {}) =>
    place.request({
      title: 'Khung sáng',
      itemId: undefined,
      runningOrder: [{ kind: 'gap', durationMs: 5_000 }, { kind: 'bulletin' }],
      slot: { lengthMs: 1_800_000 },
      ...changes,
    });
  const inSlot = (entryId: string, changes: Record<string, unknown> = {}) =>
    place.request({ place: { kind: 'inSlot', entryId }, ...changes });
  const after = (entryId: string, changes: Record<string, unknown> = {}) =>
    place.request({ place: { kind: 'after', entryId, gapMs: 10_000 }, ...changes });
  const shelveRelay = () => {
    const { audio: _audio, ...said } = place.shelf.items.get('item-ak')!;
    const relay = { url: 'https://stream.vov.vn/vov1', fallback: null };
    place.shelf.visuals.set('voice', { ...said, id: 'voice', groupId: 'voice', title: 'Thời sự VOV', relay });
  };
  const heard = async () =>
    (await place.schedule.preview(place.root, { areaId: place.areas.ak.id, from: '2026-01-06', days: 1 })).plays.map(
      ({ entryTitle, starts }) => `${starts} ${entryTitle}`,
    );

  it('a bulletin in a slot begins when the running order comes to it, and one behind it when it has ended', async () => {
    const frame = await place.entries.create(place.operator, slot());
    const bulletin = await place.entries.create(place.operator, inSlot(frame.id, { title: 'Bản tin' }));
    await place.entries.create(place.operator, after(bulletin.id, { title: 'Nông vụ' }));
    // 05:00:00 and five seconds of silence; twelve minutes of sound; ten seconds between.
    expect(await heard()).toEqual(['05:00:05 Bản tin', '05:12:15 Nông vụ']);
    await place.entries.edit(place.operator, frame.id, {
      recurrence: { kind: 'daily', from: '2026-01-05', until: null, time: '06:00' },
    });
    // The slot goes on as a linked entry, and those in and behind it go along, in one publication.
    expect(await heard()).toEqual(['06:00:05 Bản tin', '06:12:15 Nông vụ']);
    const [last] = await place.publications.list(place.operator, { areaId: place.areas.ak.id });
    expect(last).toMatchObject({ made: 3, cancelled: 3 });
    await place.publications.undo(place.operator, last?.id ?? '');
    expect(await heard()).toEqual(['05:00:05 Bản tin', '05:12:15 Nông vụ']);
  });

  it('a slot can be moved though bulletins of other days in it are over or withdrawn', async () => {
    const { entries, operator, clock, shelf } = place;
    const frame = await entries.create(operator, slot());
    const once = (date: string) => ({ recurrence: { kind: 'once', date, time: '00:00' } });
    await entries.create(operator, inSlot(frame.id, { title: 'Hôm qua', ...once('2026-01-06') }));
    await entries.create(operator, inSlot(frame.id, { title: 'Sắp tới', ...once('2026-01-12') }));
    const item = shelf.items.get('item-ak');
    shelf.items.set('other', { ...item!, id: 'other', groupId: 'other' });
    await entries.create(operator, inSlot(frame.id, { title: 'Đã thu hồi', itemId: 'other' }));
    shelf.items.delete('other');
    clock.set(Date.parse('2026-01-09T09:00:00+07:00'));
    const time = { kind: 'daily', from: '2026-01-05', until: null, time: '06:00' } as const;
    await entries.edit(operator, frame.id, { recurrence: time });
    const seen = await place.schedule.preview(place.root, { areaId: place.areas.ak.id, from: '2026-01-12', days: 1 });
    expect(seen.plays.map(({ entryTitle, starts }) => `${starts} ${entryTitle}`)).toEqual(['06:00:05 Sắp tới']);
    expect(seen.gaps.map(({ entryTitle, reason }) => [entryTitle, reason])).toEqual([['Đã thu hồi', 'notApproved']]);
  });

  it.each(['cancelled', 'moved'])(
    'a slot %s by mistake and taken back days later has what stood in it again',
    async (deed) => {
      const { entries, operator, clock, publications, areas } = place;
      const frame = await entries.create(operator, slot());
      const bulletin = await entries.create(operator, inSlot(frame.id, { title: 'Bản tin' }));
      await entries.create(operator, after(bulletin.id, { title: 'Nông vụ' }));
      const time = { kind: 'daily', from: '2026-01-05', until: null, time: '06:00' } as const;
      if (deed === 'cancelled') await entries.cancel(operator, frame.id);
      else await entries.edit(operator, frame.id, { recurrence: time });
      clock.advance(3 * 86_400_000);
      const [last] = await publications.list(operator, { areaId: areas.ak.id });
      await publications.undo(operator, last?.id ?? '');
      const seen = await place.schedule.preview(place.root, { areaId: areas.ak.id, from: '2026-01-09', days: 1 });
      expect(seen.plays.map(({ entryTitle, starts }) => `${starts} ${entryTitle}`)).toEqual([
        '05:00:05 Bản tin',
        '05:12:15 Nông vụ',
      ]);
      expect(seen.gaps).toEqual([]);
    },
  );

  it('what stands in a slot moves with the day of the slot, once', async () => {
    const frame = await place.entries.create(place.operator, slot());
    const once = (title: string, date: string) =>
      inSlot(frame.id, { title, recurrence: { kind: 'once', date, time: '00:00' } });
    await place.entries.createMany(place.operator, [once('Sáu', '2026-01-06'), once('Bảy', '2026-01-07')]);
    await place.entries.changeOccurrence(place.operator, frame.id, {
      original: '2026-01-06T05:00',
      to: '2026-01-07T04:00',
    });
    const seen = await place.schedule.preview(place.root, { areaId: place.areas.ak.id, from: '2026-01-06', days: 2 });
    expect(seen.plays.map(({ localDay, starts, entryTitle }) => `${localDay} ${starts} ${entryTitle}`)).toEqual([
      '2026-01-07 04:00:05 Sáu',
      '2026-01-07 05:00:05 Bảy',
    ]);
    expect(seen.gaps).toEqual([]);
  });

  const daily = (time: string) => ({ kind: 'daily', from: '2026-01-05', until: null, time }) as const;
  const heardOn = async (from: string) => {
    const seen = await place.schedule.preview(place.root, { areaId: place.areas.ak.id, from, days: 1 });
    return seen.plays.map(({ entryTitle, starts }) => `${starts} ${entryTitle}`);
  };
  const changed = (id: string, original: string, to: string | null) =>
    codeOf(place.entries.changeOccurrence(place.operator, id, { original, to }));

  it('what stands in a slot has begun when the slot comes to it, whatever its own rule says', async () => {
    const { entries, operator, clock } = place;
    const evening = await entries.create(operator, slot({ title: 'Khung chiều', recurrence: daily('17:00') }));
    const { id } = await entries.create(operator, inSlot(evening.id, { title: 'Bản tin', recurrence: daily('05:00') }));
    expect(await heardOn('2026-01-05')).toEqual(['17:00:05 Bản tin']);
    // Nine o'clock: today's is still to come.
    expect(await changed(id, '2026-01-05T05:00', null)).toBe('done');
    expect(await heardOn('2026-01-05')).toEqual([]);
    expect(await changed(id, '2026-01-05T05:00', '2026-01-05T05:00')).toBe('done');
    clock.set(Date.parse('2026-01-05T17:00:05+07:00'));
    expect(await changed(id, '2026-01-05T05:00', null)).toBe('done');
    expect(await changed(id, '2026-01-05T05:00', '2026-01-05T05:00')).toBe('done');
    clock.advance(1);
    expect(await changed(id, '2026-01-05T05:00', null)).toBe('schedule.past');
    expect(await changed(id, '2026-01-06T05:00', '2026-01-05T23:00')).toBe('done');
    expect(await changed(id, '2026-01-07T05:00', '2026-01-04T23:00')).toBe('schedule.past');
  });

  it('and has begun then though its own rule says later; moved with its slot it is still to come', async () => {
    const { entries, operator, clock } = place;
    const frame = await entries.create(operator, slot());
    const { id } = await entries.create(operator, inSlot(frame.id, { recurrence: daily('23:00') }));
    clock.set(Date.parse('2026-01-06T09:00:00+07:00'));
    expect(await changed(id, '2026-01-06T23:00', null)).toBe('schedule.past');
    await entries.changeOccurrence(operator, frame.id, { original: '2026-01-07T05:00', to: '2026-01-09T18:00' });
    clock.set(Date.parse('2026-01-09T09:00:00+07:00'));
    expect(await changed(id, '2026-01-07T23:00', null)).toBe('done');
    expect(await changed(id, '2026-01-08T23:00', null)).toBe('schedule.past');
  });

  it('a day that was taken out stays out when the slot goes on at another time', async () => {
    const { entries, operator } = place;
    const evening = await entries.create(operator, slot({ recurrence: daily('17:00') }));
    const { id } = await entries.create(operator, inSlot(evening.id, { title: 'Bản tin', recurrence: daily('05:00') }));
    await entries.changeOccurrence(operator, id, { original: '2026-01-05T05:00', to: null });
    const { orphans } = await entries.edit(operator, evening.id, { recurrence: daily('18:00') });
    expect([orphans, await heardOn('2026-01-05'), await heardOn('2026-01-06')]).toEqual([
      ...[[], [], ['18:00:05 Bản tin']],
    ]);
  });

  it.each(['04:00', '17:00'])('a slot that is moved to %s while it is on air ends as it was told', async (time) => {
    const { entries, operator, clock } = place;
    const frame = await entries.create(operator, slot());
    const bulletin = await entries.create(operator, inSlot(frame.id, { title: 'Bản tin' }));
    await entries.create(operator, after(bulletin.id, { title: 'Nông vụ' }));
    clock.set(Date.parse('2026-01-06T05:01:00+07:00'));
    await entries.edit(operator, frame.id, { recurrence: daily(time) });
    expect((await heardOn('2026-01-06')).slice(0, 2)).toEqual(['05:00:05 Bản tin', '05:12:15 Nông vụ']);
    expect(await heardOn('2026-01-07')).toEqual([`${time}:05 Bản tin`, `${time.slice(0, 2)}:12:15 Nông vụ`]);
  });

  it('a slot stays one while bulletins stand in it; what stands behind it does not mind', async () => {
    const { entries, operator } = place;
    const runningOrder = [item('item-ak')];
    const frame = await entries.create(operator, slot());
    const bulletin = await entries.create(operator, inSlot(frame.id));
    await entries.create(operator, after(frame.id, { title: 'Nông vụ' }));
    const noSlot = { slot: null, runningOrder } as Parameters<typeof entries.edit>[2];
    expect(await codeOf(entries.edit(operator, frame.id, noSlot))).toBe('schedule.slotInUse');
    const later = { ...noSlot, recurrence: daily('06:00') };
    expect(await codeOf(entries.edit(operator, frame.id, later))).toBe('schedule.slotInUse');
    await entries.cancel(operator, bulletin.id);
    await entries.edit(operator, frame.id, noSlot);
    expect(await heard()).toEqual(['05:00:00 Khung sáng', '05:12:10 Nông vụ']);
  });

  it('what stands behind an entry goes with it when that is taken out of its slot', async () => {
    const { entries, operator } = place;
    const frame = await entries.create(operator, slot());
    const bulletin = await entries.create(operator, inSlot(frame.id, { title: 'Bản tin', recurrence: daily('08:00') }));
    await entries.create(operator, after(bulletin.id, { title: 'Nông vụ' }));
    await entries.edit(operator, bulletin.id, { place: null });
    expect(await heard()).toEqual(['08:00:00 Bản tin', '08:12:10 Nông vụ']);
  });

  it('a slot and what goes along with it are not changed twice in one act', async () => {
    const frame = await place.entries.create(place.operator, slot());
    const bulletin = await place.entries.create(place.operator, inSlot(frame.id));
    const recurrence = { kind: 'daily', from: '2026-01-05', until: null, time: '06:00' } as const;
    expect(await codeOf(place.entries.editMany(place.operator, [frame.id, bulletin.id], { recurrence }))).toBe(
      'schedule.namedTwice',
    );
  });

  it('cycles of "play after" are refused, also when an edit would close them', async () => {
    const first = await place.entries.create(place.operator, place.request({ title: 'Một' }));
    const second = await place.entries.create(place.operator, after(first.id, { title: 'Hai' }));
    const third = await place.entries.create(place.operator, after(second.id, { title: 'Ba' }));
    expect(
      await codeOf(
        place.entries.edit(place.operator, first.id, { place: { kind: 'after', entryId: third.id, gapMs: 0 } }),
      ),
    ).toBe('schedule.afterCycle');
    expect(await heard()).toEqual(['05:00:00 Một', '05:12:10 Hai', '05:24:20 Ba']);
  });

  it('refuses places that are none', async () => {
    const plain = await place.entries.create(place.operator, place.request());
    const elsewhere = await place.entries.create(
      place.root,
      place.request({ areaId: place.areas.ap.id, itemId: 'item-ap' }),
    );
    const cancelled = await place.entries.create(place.operator, slot());
    await place.entries.cancel(place.operator, cancelled.id);
    const codes = [inSlot(plain.id), inSlot('nothing'), inSlot(cancelled.id), after(elsewhere.id)].map((request) =>
      codeOf(place.entries.create(place.operator, request)),
    );
    expect(await Promise.all(codes)).toEqual([
      'schedule.notASlot',
      'schedule.anchorUnknown',
      'schedule.anchorUnknown',
      'schedule.anchorUnknown',
    ]);
    expect(await codeOf(place.entries.create(place.operator, slot({ slot: null })))).toBe(
      'schedule.bulletinOutsideSlot',
    );
    expect(await codeOf(place.entries.create(place.operator, slot({ title: undefined })))).toBe(
      'schedule.titleMissing',
    );
  });

  it('a reserved slot of an upper office takes entries of that office only', async () => {
    const { root, operator, areas } = place;
    const reserved = { areaId: areas.bp.id, slot: { lengthMs: 1_800_000, reserved: true } };
    const frame = await place.entries.create(root, slot({ ...reserved, title: 'Giờ của tỉnh' }));
    expect(await codeOf(place.entries.create(operator, inSlot(frame.id)))).toBe('schedule.slotReserved');
    await place.entries.create(root, inSlot(frame.id, { title: 'Thời sự tỉnh' }));
    expect(await heard()).toEqual(['05:00:05 Thời sự tỉnh']);
    const free = await place.entries.create(
      root,
      slot({
        areaId: areas.bp.id,
        title: 'Giờ chung',
        recurrence: { kind: 'daily', from: '2026-01-05', until: null, time: '17:00' },
      }),
    );
    await place.entries.create(operator, inSlot(free.id, { title: 'Của xã' }));
    expect(await heard()).toEqual(['05:00:05 Thời sự tỉnh', '17:00:05 Của xã']);
  });

  it('a relay that the device cannot play is told, and what stands behind it keeps its time', async () => {
    shelveRelay();
    const runningOrder = [{ kind: 'relay', itemId: 'voice', durationMs: 900_000 }, item('item-ak')];
    await place.entries.create(place.operator, place.request({ itemId: undefined, runningOrder, title: 'Tiếp sóng' }));
    const { plays, gaps } = await place.schedule.preview(place.root, {
      areaId: place.areas.ak.id,
      from: '2026-01-06',
      days: 1,
    });
    expect(plays.map(({ starts }) => starts)).toEqual(['05:15:00']);
    expect(gaps).toMatchObject([{ reason: 'deviceCannot', starts: '05:00:00' }]);
  });

  it('only a relay is relayed, for as long as planned; nothing that nobody approved', async () => {
    shelveRelay();
    const asked = (runningOrder: unknown[]) =>
      codeOf(
        place.entries.create(place.operator, place.request({ itemId: undefined, runningOrder, title: 'Tiếp sóng' })),
      );
    const relay = (itemId: string) => ({ kind: 'relay', itemId, durationMs: 900_000 });
    expect(await asked([relay('item-ak')])).toBe('schedule.notRelayed');
    expect(await asked([item('voice')])).toBe('schedule.relayTimeMissing');
    expect(await asked([{ kind: 'show', itemId: 'voice', durationMs: 900_000 }])).toBe('schedule.relayTimeMissing');
    expect(await asked([relay('draft')])).toBe('schedule.itemNotApproved');
  });
});
