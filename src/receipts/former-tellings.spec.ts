import { afterEach, beforeEach, expect, it } from '@jest/globals';
import type { Receipt } from '../../devices/protocol/index.js';
import { describeOnBothDatabases } from '../../test/support/databases.js';
import type { PoleDevice } from '../../test/support/pole-device.js';
import { planWithLine, schedule, shelve, withdraw } from '../../test/support/shelf.js';
import { everyTable, MONDAY_NINE, Station } from '../../test/support/station.js';
import { alarmsOf } from '../../test/support/told.js';
import { FormerTelling, PlannedPlayRow, PlanPublisher } from '../dispatch/index.js';
import type { Database } from '../platform/database/index.js';
import { EntryService } from '../scheduling/index.js';
import { ReceiptIntake } from './intake.service.js';
import { findReceipts } from './ledger.queries.js';
import { CoverageService } from './matrix/coverage.service.js';
import { PlayOutcome, QuarantinedReceipt } from './receipt.entity.js';
import { ReceptionService } from './reception/reception.service.js';
import { wrongTallies } from './tallies/recount.queries.js';

const HOUR_MS = 3_600_000;
const at = (time: string) => Date.parse(`2026-01-05T${time}:00+07:00`);

describeOnBothDatabases('what a device was told before', everyTable, (open) => {
  let database: Database;
  let station: Station;
  let device: PoleDevice;
  let lineId: string;
  let goats: string;
  let entryId: string;
  beforeEach(async () => {
    database = await open();
    station = await Station.open(database, { withBroker: true });
    await station.settle();
    await station.start(ReceiptIntake);
    device = await station.enrol('k1');
    lineId = await planWithLine(station);
    goats = (await shelve(station, { planLineId: lineId, title: 'Vay vốn nuôi dê' })).id;
    entryId = await schedule(station, goats, '17:00', { clusterIds: [(await station.cluster('k1')).id] });
    await publish();
  });
  afterEach(async () => {
    expect(await database.read(wrongTallies)).toEqual([]);
    await station.close();
  });

  /** An hour later than the plan before. */
  const publish = async () => {
    station.clock.advance(HOUR_MS);
    await station.get(PlanPublisher).refresh();
  };
  const FIRST = MONDAY_NINE + HOUR_MS;
  const SECOND = FIRST + HOUR_MS;
  const edited = async (edit: Parameters<EntryService['edit']>[2]) => {
    await station.get(EntryService).edit(station.root, entryId, edit);
    await publish();
  };
  const moved = async (to: string) => {
    const change = { original: '2026-01-05T17:00:00', to: `2026-01-05T${to}:00` };
    await station.get(EntryService).changeOccurrence(station.root, entryId, change);
    await publish();
  };
  const replaced = async (itemId: string) => edited({ runningOrder: [{ kind: 'item', itemId }] });
  const todays = async () => {
    const rows = await database.read((reader) =>
      reader.findBy(PlannedPlayRow, { controllerId: device.id, day: '2026-01-05' }),
    );
    expect(rows).toHaveLength(1);
    return rows[0] as PlannedPlayRow;
  };
  const former = async () => database.read(async (reader) => reader.findBy(FormerTelling, { id: (await todays()).id }));
  /** After everything; the device was offline until now. */
  const hears = async (startMs: number, itemId: string, changes: Partial<Receipt> = {}) => {
    station.clock.set(at('22:00'));
    const item = { id: itemId, version: 1, title: 'Vay vốn nuôi dê', language: 'vi' };
    const { play } = await todays();
    const receipt = device.receipt(play, startMs, { item, planVersion: FIRST, ...changes });
    await device.send('receipts', device.batch([receipt]));
    return (await device.acked(station.platform.keys, device.seq)).quarantined;
  };
  const outcome = async () => {
    const { id } = await todays();
    return database.read((reader) => reader.findOneBy(PlayOutcome, { id }));
  };
  const listed = async (itemId: string) => {
    const found = await database.read((reader) => findReceipts(reader, { scopes: ['/'], itemId, limit: 10 }));
    return found.map(({ receipt, followedFormer }) => ({ play: receipt.play, followedFormer }));
  };
  /** Item → its cell in the hamlet that hears the cluster. */
  const cells = async () => {
    const { items, cells: rows } = await station.get(CoverageService).ofLine(station.root, lineId);
    return Object.fromEntries(items.map(({ id }, index) => [id, rows[index]?.[0]]));
  };
  const reception = async (itemId: string) => {
    const { communes } = await station.get(ReceptionService).ofItem(station.root, itemId);
    return communes.find(({ name }) => name === 'An Khương');
  };
  /** The days after, which nothing is said of here. */
  const LATER = 6;

  it('moved, and played offline at the old time: the receipt counts, and says so', async () => {
    await moved('20:00');
    expect(await todays()).toMatchObject({ startMs: at('20:00'), planVersion: SECOND });
    expect(await former()).toMatchObject([{ startMs: at('17:00'), planVersion: FIRST, itemId: goats }]);
    expect(await hears(at('17:00'), goats)).toEqual([]);
    expect(await outcome()).toMatchObject({ outcome: 'complete', planVersion: FIRST });
    expect(await listed(goats)).toEqual([{ play: (await todays()).play, followedFormer: true }]);
    expect(await cells()).toEqual({ [goats]: 'complete' });
    // One play, heard once.
    expect(await reception(goats)).toMatchObject({ planned: 1 + LATER, complete: 1, lastPlayedAtMs: at('17:00') });
    expect(await alarmsOf(station, device)).toEqual({});
  });

  it('moved, and played at the new time', async () => {
    await moved('20:00');
    expect(await hears(at('20:00'), goats, { planVersion: SECOND })).toEqual([]);
    expect(await outcome()).toMatchObject({ outcome: 'complete', planVersion: SECOND });
    expect(await listed(goats)).toMatchObject([{ followedFormer: false }]);
  });

  it('other content in the same play, and the old one played: it counts for what was heard, not for what is planned', async () => {
    const cows = (await shelve(station, { planLineId: lineId, title: 'Vay vốn nuôi bò' })).id;
    await replaced(cows);
    expect(await cells()).toEqual({ [goats]: 'notPlanned', [cows]: 'unknown' });
    expect(await hears(at('17:00'), goats)).toEqual([]);
    expect((await cells())[goats]).toBe('complete');
    expect(await reception(goats)).toMatchObject({ planned: 1, complete: 1, lastPlayedAtMs: at('17:00') });
    expect(await reception(cows)).toMatchObject({ planned: 1 + LATER, complete: 0, lastPlayedAtMs: null });
    expect(await listed(goats)).toMatchObject([{ followedFormer: true }]);
    expect(await listed(cows)).toEqual([]);
    // Tomorrow's play of the new content is still to come; without it, this one was not heard.
    expect((await cells())[cows]).toBe('unknown');
    await edited({ runningOrder: [{ kind: 'item', itemId: goats }] });
    expect((await cells())[cows]).toBe('notPlayed');
  });

  it('other content, and the device states that it played nothing of the old one: nothing was heard of either', async () => {
    const cows = (await shelve(station, { planLineId: lineId })).id;
    await replaced(cows);
    const silent = {
      outcome: 'notPlayed',
      cause: 'powerLost',
      grade: 'received',
      startedAtMs: null,
      endedAtMs: null,
      playedMs: 0,
    } as const;
    expect(await hears(at('17:00'), goats, silent)).toEqual([]);
    expect((await cells())[goats]).toBe('notPlanned');
    expect(await reception(goats)).toMatchObject({ planned: 0, complete: 0 });
  });

  it('told one thing, then another, then the first again: each telling stands once, and the receipt follows the plan', async () => {
    const cows = (await shelve(station)).id;
    await replaced(cows);
    await replaced(goats);
    expect(await todays()).toMatchObject({ itemId: goats, planVersion: FIRST });
    expect(await former()).toMatchObject([{ itemId: cows, planVersion: SECOND }]);
    expect(await hears(at('17:00'), goats)).toEqual([]);
    expect(await listed(goats)).toMatchObject([{ followedFormer: false }]);
  });

  it('a play that is told once, or again by every plan, is one row', async () => {
    await schedule(station, goats, '18:00');
    await publish();
    expect(await database.read((reader) => reader.count(FormerTelling))).toBe(0);
  });

  it('case 18: withdrawn, and played offline before the device knew', async () => {
    await withdraw(station, goats);
    await publish();
    expect((await todays()).withdrawnAtMs).toBe(SECOND);
    expect(await hears(at('17:00'), goats)).toEqual([]);
    expect(await cells()).toEqual({ [goats]: 'complete' });
    expect((await todays()).withdrawnAtMs).toBe(SECOND);
  });

  it('case 18: moved, then withdrawn, and played offline at the first time', async () => {
    await moved('20:00');
    await withdraw(station, goats);
    await publish();
    expect(await hears(at('17:00'), goats)).toEqual([]);
    expect(await cells()).toEqual({ [goats]: 'complete' });
    expect(await reception(goats)).toMatchObject({ planned: 1, complete: 1, lastPlayedAtMs: at('17:00') });
  });

  it('one play has one final receipt, whichever telling it followed', async () => {
    await moved('20:00');
    expect(await hears(at('17:00'), goats)).toEqual([]);
    expect(await hears(at('20:00'), goats, { planVersion: SECOND })).toEqual([2]);
    expect(await alarmsOf(station, device)).toEqual({ 'receipt.secondFinal': 1 });
    expect(await outcome()).toMatchObject({ planVersion: FIRST });
  });

  const item = (id: string, version: number) => ({ id, version, title: 'Vay vốn nuôi dê', language: 'vi' });
  it.each<[string, () => Promise<[number, Partial<Receipt>]>]>([
    ['invents a start', async () => [at('18:30'), {}]],
    ['invents a version of the content', async () => [at('17:00'), { item: item(goats, 2) }]],
    ['invents content', async () => [at('17:00'), { item: item((await shelve(station)).id, 1) }]],
    ['names a plan that did not say so yet', async () => [at('20:00'), { planVersion: FIRST }]],
    ['names a plan from before the play was told at all', async () => [at('17:00'), { planVersion: FIRST - 1 }]],
  ])('a device that %s is not believed', async (_what, invented) => {
    await moved('20:00');
    const [startMs, changes] = await invented();
    expect(await hears(startMs, goats, changes)).toEqual([1]);
    expect(await outcome()).toBeNull();
    const kept = await database.read((reader) => reader.findBy(QuarantinedReceipt, { controllerId: device.id }));
    expect(kept).toMatchObject([{ reason: 'receipt.unknownPlay' }]);
    expect(await cells()).toEqual({ [goats]: 'unknown' });
  });
});
