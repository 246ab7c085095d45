import { createHash } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import type { Receipt } from '../../../devices/protocol/index.js';
import { fromBase64, receiptLeaf, verifyInclusion } from '../../../proof/index.js';
import { describeOnBothDatabases } from '../../../test/support/databases.js';
import { FleetHouse } from '../../../test/support/fleet-house.js';
import type { PoleDevice } from '../../../test/support/pole-device.js';
import { planWithLine, shelve } from '../../../test/support/shelf.js';
import { everyTable, MONDAY_NINE, person, type Station } from '../../../test/support/station.js';
import { told } from '../../../test/support/told.js';
import { plannedPlayId } from '../../dispatch/index.js';
import { nodeCrypto } from '../../platform/keys/index.js';
import { Confirmation, ConfirmationSession } from '../confirmations/confirmation.entity.js';
import { Declaration } from '../declared/declaration.entity.js';
import { ReceiptIntake } from '../intake.service.js';
import { TransparencyLog } from '../log/transparency-log.js';
import { ReceiptRow } from '../receipt.entity.js';
import { type CellView, cellQuery, cellView } from './cell.api.js';
import { CellService } from './cell.service.js';

const MINUTE_MS = 60_000;
const bytes = (text: string) => fromBase64(text) as Uint8Array;

describeOnBothDatabases('one cell of the matrix', everyTable, (open) => {
  let house: FleetHouse;
  let station: Station;
  let devices: { readonly k1: PoleDevice; readonly k3: PoleDevice };
  let [lineId, itemId, hamletId] = ['', '', ''];
  beforeAll(async () => {
    house = await FleetHouse.open(await open(), { withBroker: true });
    station = house.station;
    await station.start(ReceiptIntake);
    await station.importClusters('k3,ak,Cụm loa ấp 1 phía đông,,,1,ak1\n');
    devices = { k1: await station.enrol('k1'), k3: await station.enrol('k3') };
    lineId = await planWithLine(station, {}, 'ak');
    itemId = (await shelve(station, { area: 'ak', planLineId: lineId, title: 'Vay vốn nuôi dê' })).id;
    hamletId = (await station.area('ak1')).id;
  });
  afterAll(() => station.close());

  const hears = async (device: PoleDevice, play: string, startMs: number, changes: Partial<Receipt> = {}) => {
    const item = { id: itemId, version: 1, title: 'Vay vốn nuôi dê', language: 'vi' };
    await device.send('receipts', device.batch([device.receipt(play, startMs, { item, ...changes })]));
    await device.acked(station.platform.keys, device.seq);
  };
  const ask = (query = '', { item = itemId, hamlet = hamletId } = {}) =>
    house.as('mai', 'GET', `/api/plan-lines/${lineId}/coverage/${item}/${hamlet}${query}`);
  const cell = async (query = ''): Promise<CellView> => cellView.parse((await ask(query)).body);

  it('nothing is planned: both clusters are named, and nothing else', async () => {
    expect(await cell()).toMatchObject({
      ...{
        state: 'notPlanned',
        item: { title: 'Vay vốn nuôi dê' },
        hamlet: { name: 'Ấp 1', communeName: 'An Khương' },
      },
      clusters: [
        { code: 'k1', state: 'notPlanned', counts: { complete: 0, unknown: 0 } },
        { code: 'k3', state: 'notPlanned' },
      ],
      ...{ plays: [], confirmations: [], declarations: [] },
    });
  });

  it('each play with its outcome, why it is no better, and the receipt behind it as the device signed it', async () => {
    await told(station, devices.k1, ['p1', 'p2'], { itemId });
    await told(station, devices.k3, ['p1', 'p2'], { cluster: 'k3', itemId });
    const startedAtMs = MONDAY_NINE + 90_000;
    await hears(devices.k1, 'p1', MONDAY_NINE, {
      ...{ startedAtMs, endedAtMs: startedAtMs + MINUTE_MS, lateMs: 90_000, volume: 60, sensed: true },
      clock: { trust: 'coasting', errorMs: 1_200 },
    });
    await hears(devices.k3, 'p1', MONDAY_NINE, {
      ...{ outcome: 'notPlayed', cause: 'powerLost', grade: 'received', startedAtMs: null, endedAtMs: null },
      playedMs: 0,
    });
    station.clock.set(MONDAY_NINE + 30_000);
    const view = await cell();
    expect(view).toMatchObject({
      ...{ state: 'unknown', completeClusters: 1 },
      clusters: [
        { code: 'k1', state: 'complete', counts: { complete: 1, unknown: 1 } },
        { code: 'k3', state: 'unknown', counts: { notPlayed: 1, unknown: 1 } },
      ],
    });
    const plays = view.plays.map(({ clusterId, startMs, outcome, why }) => [
      view.clusters.find(({ id }) => id === clusterId)?.code,
      (startMs - MONDAY_NINE) / MINUTE_MS,
      ...[outcome, why?.code ?? null, why?.words.vi ?? null],
    ]);
    expect(plays.slice(0, 2).map(([, ...rest]) => rest)).toEqual([
      [1, 'unknown', 'unknown.notDue', 'chưa tới giờ phát'],
      [1, 'unknown', 'unknown.notDue', 'chưa tới giờ phát'],
    ]);
    expect(plays.slice(2)).toEqual(
      expect.arrayContaining([
        ['k1', 0, 'complete', null, null],
        ['k3', 0, 'notPlayed', 'cause.powerLost', expect.stringContaining('mất điện')],
      ]),
    );
    const { k1 } = devices;
    const late = view.plays.find(({ outcome }) => outcome === 'complete');
    expect(late).toMatchObject({ grade: 'sensed', sensed: true, playedMs: 60_000, followedFormer: false });
    expect(late?.receipt).toMatchObject({
      ...{ id: `${k1.id}.1.1`, controllerId: k1.id, boot: 1, seq: 1, states: 'complete', startedAtMs },
      planned: { startMs: MONDAY_NINE, durationMs: 60_000, volume: 80 },
      clock: { trust: 'coasting', errorMs: 1_200, corrected: true },
      ...{ receivedAtMs: MONDAY_NINE, backfill: false },
    });
    expect(late?.receipt?.deviations.map(({ code }) => code)).toEqual(['late', 'wrongVolume']);
    expect(late?.receipt?.sha256).toBe(
      createHash('sha256')
        .update(late?.receipt?.text ?? '')
        .digest('hex'),
    );
  });

  it('a silent device is unknown once its play is due, with the time it was last heard', async () => {
    station.clock.advance(60 * MINUTE_MS);
    const { plays } = await cell();
    const silent = plays.filter(({ outcome }) => outcome === 'unknown');
    expect(silent.map(({ why, receipt }) => [why?.code, receipt])).toEqual([
      [expect.stringMatching(/^unknown\.(?!notDue)/), null],
      [expect.stringMatching(/^unknown\.(?!notDue)/), null],
    ]);
  });

  it('times of a device without a trusted clock stand as it showed them, and are marked so', async () => {
    await hears(devices.k1, 'p2', MONDAY_NINE + MINUTE_MS, { clock: { trust: 'untrusted', errorMs: null } });
    const [first] = (await cell()).plays.filter(({ receipt }) => receipt?.seq === 2);
    expect(first?.receipt?.clock).toEqual({ trust: 'untrusted', errorMs: null, corrected: false });
    expect(first?.receipt?.deviations.map(({ words }) => words.vi)).toEqual(['giờ của thiết bị không tin cậy']);
  });

  it('the way to the log: a number, a checkpoint, and a proof that anybody fetches without an account', async () => {
    expect((await cell()).plays.flatMap(({ receipt }) => receipt?.proof.checkpoint ?? [])).toEqual([]);
    const checkpoint = await station.get(TransparencyLog).freshCheckpoint();
    const receipts = (await cell()).plays.flatMap(({ receipt }) => receipt ?? []);
    expect(receipts.map(({ proof }) => proof.leaf).sort()).toEqual([0, 1, 2]);
    for (const { text, proof } of receipts) {
      expect(proof.checkpoint).toMatchObject({ size: 3, signedAtMs: checkpoint.signedAtMs });
      const answer = await fetch(`${station.http}${proof.inclusion}`);
      const told = (await answer.json()) as { number: number; size: number; path: string[] };
      const claim = {
        ...{
          leafHash: receiptLeaf(text, nodeCrypto),
          index: told.number,
          size: told.size,
          root: bytes(checkpoint.root),
        },
        path: told.path.map(bytes),
      };
      expect(verifyInclusion(claim, nodeCrypto)).toBe(true);
    }
    const kept = await fetch(`${station.http}${receipts[0]?.proof.checkpoint?.address}`);
    expect(await kept.text()).toBe(checkpoint.signed);
  });

  it('what heads of hamlets heard, where receipts speak against it, and what was brought by hand', async () => {
    const [{ id: clusterId }, { path }] = [await station.cluster('k1'), await station.area('ak1')];
    const id = plannedPlayId(devices.k1.id, 'p1');
    const play = { id, clusterId, itemId, startMs: MONDAY_NINE, controllerId: devices.k1.id, title: 'Vay vốn nuôi dê' };
    const photo = { photoSha256: 'a'.repeat(64), photoType: 'image/jpeg', photoWidth: 1, photoHeight: 1 };
    const declared: Declaration = {
      ...{ id: 'declared', itemId, itemTitle: 'Vay vốn nuôi dê', lineId, hamletId, hamletName: 'Ấp 1' },
      ...{ communeName: 'An Khương', areaPath: path, day: '2026-01-05', means: 'portableLoudspeaker' },
      ...{ person: 'Điểu Thị Hoa', note: '', ...photo, enteredBy: 'x', enteredByName: 'x', enteredAtMs: MONDAY_NINE },
      ...{ takenBackAtMs: null, takenBackByName: null, takenBackReason: null },
    };
    await station.database.write(async ({ manager }) => {
      await manager.insert(ConfirmationSession, {
        ...{ id: 'session', hamletId, areaPath: path, hamletName: 'Ấp 1', communeName: 'An Khương' },
        ...{ day: '2026-01-05', startMs: MONDAY_NINE, endMs: MONDAY_NINE + MINUTE_MS },
        ...{ clusters: [{ id: clusterId, name: 'Cụm loa ấp 1', reach: 'horn' }], plays: [play as never] },
      });
      const given = { sessionId: 'session', n: 1, atMs: MONDAY_NINE, byId: 'x', supersededAtMs: null };
      await manager.insert(Confirmation, [
        { ...given, id: 'own', kind: 'head', answer: 'notHeard', byName: 'Ông Bảy', toldBy: null },
        { ...given, id: 'told', kind: 'telephone', answer: 'clear', byName: 'Mai', toldBy: 'bà Tư' },
      ]);
      await manager.insert(Declaration, [declared, { ...declared, id: 'back', takenBackAtMs: MONDAY_NINE }]);
    });
    const view = await cell();
    expect(view.confirmations).toMatchObject([
      { kind: 'head', answer: 'notHeard', byName: 'Ông Bảy', contradiction: 'playedNotHeard' },
      { kind: 'telephone', answer: 'clear', toldBy: 'bà Tư', contradiction: null },
    ]);
    expect(view.plays.map(({ id: of, grade }) => of === id && grade).filter(Boolean)).toEqual(['heard']);
    expect(view.declarations).toMatchObject([
      { id: 'declared', person: 'Điểu Thị Hoa', photoAddress: '/api/declarations/declared/photo' },
    ]);
  });

  it('a receipt that has left for an archive is still named', async () => {
    const id = `${devices.k1.id}.1.1`;
    await station.database.write(({ manager }) => manager.delete(ReceiptRow, { id }));
    const [play] = (await cell()).plays.filter(({ receiptId }) => receiptId === id);
    expect(play).toMatchObject({ outcome: 'complete', receipt: null, playedMs: 60_000 });
  });

  it('comes in pages, the last plays first, and each page says which one follows', async () => {
    const first = await ask('?limit=3');
    const next = /<([^>]+)>; rel="next"/.exec(first.headers.get('link') ?? '')?.[1] ?? '';
    const second = await house.as('mai', 'GET', next);
    expect(second.headers.get('link')).toBeNull();
    const pages = [first, second].map(({ body }) => cellView.parse(body).plays.map(({ id }) => id));
    expect(pages.map((page) => page.length)).toEqual([3, 1]);
    expect(pages.flat()).toEqual((await cell()).plays.map(({ id }) => id));
  });

  it('the period, the grade and the borders are asked as of the matrix', async () => {
    expect(await cell('?from=2026-01-06')).toMatchObject({ state: 'notPlanned', plays: [], confirmations: [] });
    expect(await cell('?leastGrade=heard')).toMatchObject({ rule: { leastGrade: 'heard' } });
    expect((await ask('?borders=1999-01-01')).body.code).toBe('coverage.cellUnknown');
    expect((await ask('?languages=km')).body.code).toBe('coverage.cellUnknown');
  });

  it.each<[string, { item?: string; hamlet?: string }, string, number, string]>([
    ['an item that is none of the line', { item: 'nothing' }, '', 404, 'coverage.cellUnknown'],
    ['a hamlet outside the plan', { hamlet: 'nothing' }, '', 404, 'coverage.cellUnknown'],
    ['a period that ends before it begins', {}, '?from=2026-02-01&to=2026-01-01', 422, 'coverage.periodWrong'],
    ['a cursor of nobody', {}, '?cursor=%27%20OR%201', 422, 'coverage.cursorUnknown'],
    ['no day', {}, '?from=2026-13-01', 400, 'request.invalid'],
    ['a page without end', {}, '?limit=100000', 400, 'request.invalid'],
  ])('%s is refused', async (_what, of, query, status, code) => {
    const answer = await ask(query, of);
    expect([answer.status, answer.body.code]).toEqual([status, code]);
  });

  it('a draft is no row of the matrix and no cell', async () => {
    const draft = await shelve(station, { area: 'ak', planLineId: lineId, status: 'draft' });
    expect((await ask('', { item: draft.id })).body.code).toBe('coverage.cellUnknown');
  });

  it('invariant 9: a neighbour sees nothing of it, and nobody does without an account', async () => {
    const neighbour = person('Anh Nam', 'monitor', (await station.area('ap')).path);
    const asked = station.get(CellService).of(neighbour, lineId, { itemId, hamletId }, cellQuery.parse({}));
    await expect(asked).rejects.toMatchObject({ code: 'plan.unknown' });
    const answer = await fetch(`${station.http}/api/plan-lines/${lineId}/coverage/${itemId}/${hamletId}`);
    expect(answer.status).toBe(401);
  });
});
