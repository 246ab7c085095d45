import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { describeOnBothDatabases } from '../../test/support/databases.js';
import type { PoleDevice } from '../../test/support/pole-device.js';
import { cancel, shelve } from '../../test/support/shelf.js';
import { everyTable, person, Station } from '../../test/support/station.js';
import type { Actor } from '../platform/http/index.js';
import { ClashClock, ClashService, EntryService } from '../scheduling/index.js';
import { PublishedHead } from './dispatch.entity.js';
import { PartService } from './part.service.js';
import { PlanPublisher } from './plan-publisher.js';

const HOUR_MS = 3_600_000;
const FIVE = Date.parse('2026-01-06T05:00:00+07:00');

describeOnBothDatabases('case 14: what devices are told of a clash of priorities', everyTable, (open) => {
  let station: Station;
  let k1: PoleDevice;
  let k9: PoleDevice;
  let hoa: Actor;
  /** Area → its entry: ten minutes of priority at five on Tuesday. */
  const entries = new Map<string, string>();
  beforeEach(async () => {
    station = await Station.open(await open());
    await station.settle();
    [k1, k9] = [await station.enrol('k1'), await station.enrol('k9')];
    hoa = person('Chị Hoa', 'operator', (await station.area('ak')).path);
    for (const area of ['bp', 'ak', 'ap']) await schedulePriority(area);
    await refresh();
  });
  afterEach(() => station.close());

  async function schedulePriority(code: string): Promise<void> {
    const { id: itemId } = await shelve(station, { area: code, durationMs: 600_000 });
    const { id: areaId } = await station.area(code);
    const request: Parameters<EntryService['create']>[1] = {
      ...{ areaId, runningOrder: [{ kind: 'item', itemId }], zone: 'Asia/Ho_Chi_Minh', slot: null, place: null },
      recurrence: { kind: 'once', date: '2026-01-06', time: '05:00' },
      ...{ class: 'priority', late: 'whole', interrupted: 'drop', graceMs: 900_000, volume: 80 },
      ...{ devices: 'loudspeakers', clusterIds: null, groupIds: null, hamletIds: null },
    };
    entries.set(code, (await station.get(EntryService).create(station.root, request)).id);
  }
  const refresh = (area?: string) => station.get(PlanPublisher).refresh(area);
  const occurrenceOf = (code: string) => `${entries.get(code)}-20260106T0500`;
  const clashOf = async (code: string, state: 'waiting' | 'decided' | 'all' = 'all') => {
    const areaId = (await station.area(code)).id;
    return (await station.get(ClashService).list(station.root, { areaId, state }))[0];
  };
  const decide = async (code: string, actor: Actor, goesFirst: string, other: 'append' | 'replace') =>
    station
      .get(ClashService)
      .decide(actor, (await clashOf(code))?.id ?? '', { goesFirst: occurrenceOf(goesFirst), other });
  /** Whose bulletin, and minutes after five, as the signed plan says. */
  const toldTo = async ({ id: controllerId }: PoleDevice) => {
    const { parts } = await station.database.read((reader) => reader.findOneByOrFail(PublishedHead, { controllerId }));
    const plays = await Promise.all(Object.values(parts).map((sha256) => station.get(PartService).playsOf(sha256)));
    const codeOf = (play: string) => [...entries].find(([, entryId]) => play.startsWith(entryId))?.[0];
    return plays.flat().map(({ play, startMs }) => [codeOf(play), (startMs - FIVE) / 60_000]);
  };

  it('before anybody decides the province goes first and the commune right behind it', async () => {
    expect(await toldTo(k1)).toEqual([
      ['bp', 0],
      ['ak', 10],
    ]);
    expect(await clashOf('ak', 'waiting')).toMatchObject({ byDefault: occurrenceOf('bp') });
  });

  it('two communes decide differently about the same bulletin of the province, and each hears what it decided', async () => {
    const hung = person('Anh Hùng', 'operator', (await station.area('ap')).path);
    await decide('ak', hoa, 'ak', 'append');
    await decide('ap', hung, 'bp', 'replace');
    expect(await refresh()).toBe(2);
    expect(await toldTo(k1)).toEqual([
      ['ak', 0],
      ['bp', 10],
    ]);
    expect(await toldTo(k9)).toEqual([['bp', 0]]);
    expect([(await clashOf('ak'))?.state, (await clashOf('ap'))?.state]).toEqual(['decided', 'decided']);
    expect(await refresh()).toBe(0);
  });

  it('what is recorded by default at the deadline changes no plan', async () => {
    station.clock.set(FIVE - 2 * HOUR_MS);
    await refresh();
    expect(await station.get(ClashClock).tick()).toBe(2);
    expect(await refresh()).toBe(0);
    expect(await clashOf('ak', 'decided')).toMatchObject({ decision: { automatic: true, byName: null } });
  });

  it('a change in one hamlet takes no clash from the rest of its commune', async () => {
    await refresh((await station.area('ak1')).path);
    expect(await clashOf('ak')).toMatchObject({ state: 'waiting' });
    await cancel(station, entries.get('ak') ?? '');
    await refresh((await station.area('ak1')).path);
    expect(await clashOf('ak')).toMatchObject({ state: 'gone' });
    expect(await clashOf('ap')).toMatchObject({ state: 'waiting' });
  });
});
