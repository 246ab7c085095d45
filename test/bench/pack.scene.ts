import { LOGINS } from '../../demo/load.js';
import { DemoService } from '../../demo/service.js';
import { deviceKeyOf } from '../../devices/player/adapters/crypto.js';
import {
  chainOf,
  FIRST_LINK,
  fromHex,
  type Receipt,
  signedBatchBytes,
  toBase64Url,
} from '../../devices/protocol/index.js';
import { assemblePlatform } from '../../src/assemble.js';
import { readConfig } from '../../src/config/index.js';
import { PlannedPlayRow, plannedPlayId } from '../../src/dispatch/dispatch.entity.js';
import { type Database, insertMany, newId, type WriteTransaction } from '../../src/platform/database/index.js';
import { nodeCrypto } from '../../src/platform/keys/index.js';
import { silentLog } from '../../src/platform/logging/log.js';
import { Sequencer } from '../../src/receipts/index.js';
import { hashed, waitForNumbers } from '../../src/receipts/log/unlogged.js';
import { PlayOutcome, ReceiptBatchRow, ReceiptRow } from '../../src/receipts/receipt.entity.js';
import { receiptId } from '../../src/receipts/receipt-id.js';
import { COUNT_TALLIES } from '../../src/receipts/tallies/recount.queries.js';
import { shelve } from '../support/shelf.js';
import { type EnrolledDevice, enrolEverywhere } from './enrolled-devices.js';
import { freePort } from './small-district.js';

const COMMUNES = 10;
const ITEMS = 20;
const RUN = 100;
const MINUTE_MS = 60_000;
const FIRST_PLAY_MS = Date.parse('2026-01-05T05:00:00+07:00');

export interface Filled {
  readonly lineId: string;
  readonly areaId: string;
}

interface Content {
  readonly id: string;
  readonly audioSha256: string;
}

/** A demo database in `folder` with a plan, its devices, and `each` receipts of each of them in the ledger and in the log. */
export async function filled(folder: string, clusters: number, each: number): Promise<Filled> {
  const service = new DemoService(folder, { http: await freePort(), mqtt: await freePort() });
  await service.ready();
  const ground = await settled(service, clusters).finally(() => service.stop());
  const devices = await enrolEverywhere(`${folder}/service`, ground.path);
  const platform = assemblePlatform(readConfig({ VANG_DATA: `${folder}/service`, VANG_DEMO: 'true' }), silentLog);
  await platform.database.start();
  await platform.store.start();
  try {
    const { areaId, areaPath, lineId } = ground;
    const area = () => Promise.resolve({ id: areaId, path: areaPath });
    const shelf = { platform, database: platform.database, area };
    const items: Content[] = [];
    for (let n = 0; n < ITEMS; n++)
      items.push(
        await shelve(shelf, { planLineId: lineId, title: `Vốn vay Ngân hàng Chính sách xã hội, bài ${n + 1}` }),
      );
    for (const device of devices) await play(platform.database, device, items, { each, areaPath });
    await platform.database.write(async ({ manager }) => {
      await manager.query(`UPDATE cluster_hamlet SET valid_from = '2020-01-01'`);
      await manager.query(COUNT_TALLIES);
    });
    // As the service does all the time, second by second.
    await new Sequencer(platform.database, platform.clock, silentLog).catchUp();
    return { lineId, areaId };
  } finally {
    await platform.store.stop();
    await platform.database.stop();
  }
}

async function settled(service: DemoService, clusters: number) {
  const api = await service.logIn(LOGINS.administrator);
  const since = '2020-01-01';
  const communes = Array.from({ length: COMMUNES }, (_, c) => `c${c},h,commune,Xã ${c + 1},${since}`);
  const hamlets = Array.from({ length: clusters }, (_, h) => `h${h},c${h % COMMUNES},hamlet,Ấp ${h + 1},${since}`);
  await api.post('/api/areas/imports', {
    csv: ['code,parentCode,kind,name,validFrom', `h,,district,Hớn Quản,${since}`, ...communes, ...hamlets].join('\n'),
  });
  await api.post('/api/clusters/imports', {
    csv: [
      'code,areaCode,name,latitude,longitude,horns,hamletCodes',
      ...hamlets.map((_, h) => `k${h},c${h % COMMUNES},Cụm loa ấp ${h + 1},,,2,h${h}`),
    ].join('\n'),
  });
  const areas = await api.get<{ id: string; code: string; path: string }[]>('/api/areas');
  const district = areas.find(({ code }) => code === 'h') ?? { id: '', path: '' };
  const { lines } = await api.post<{ lines: { id: string }[] }>('/api/plans', {
    ...{ areaId: district.id, number: '288/KH-UBND', title: 'Truyền thông giảm nghèo', issuer: 'UBND huyện Hớn Quản' },
    ...{ issuedOn: '2025-12-01', periodFrom: '2026-01-01', periodTo: '2026-12-31' },
    lines: [
      { kind: 'radioScript', title: 'Bài truyền thanh', target: ITEMS, unit: 'bài', criterion: 'playedEveryHamlet' },
    ],
  });
  return { areaId: district.id, areaPath: `/${district.id}/`, path: [district.id], lineId: lines[0]?.id ?? '' };
}

/** What one device was told, played and signed, in runs of a hundred; written as the intake writes it, without the way there. */
async function play(
  database: Database,
  device: EnrolledDevice,
  items: readonly Content[],
  { each, areaPath }: { readonly each: number; readonly areaPath: string },
): Promise<void> {
  const key = deviceKeyOf(device.privateKey);
  let previous = FIRST_LINK;
  for (let first = 1; first <= each; first += RUN) {
    const said = Array.from({ length: Math.min(RUN, each - first + 1) }, (_, n) =>
      receiptOf(device, first + n, items[(first + n) % items.length] as Content),
    );
    const texts = said.map((receipt) => JSON.stringify(receipt));
    const links = chainOf(fromHex(previous), texts, nodeCrypto);
    const link = links.at(-1) ?? previous;
    const run = { device: device.id, boot: 1, first, last: first + said.length - 1, link };
    const batch: ReceiptBatchRow = {
      ...{ id: newId(), controllerId: device.id, boot: 1, first, last: run.last, previous, link },
      ...{ signature: toBase64Url(key.sign(signedBatchBytes(run))), publicKey: key.publicKey },
      receivedAtMs: Date.now(),
    };
    await database.write((tx) => enter(tx, { device, batch, said, texts, links, areaPath }));
    previous = link;
  }
}

interface Entered {
  readonly device: EnrolledDevice;
  readonly batch: ReceiptBatchRow;
  readonly said: readonly Receipt[];
  readonly texts: readonly string[];
  readonly links: readonly string[];
  readonly areaPath: string;
}

async function enter(tx: WriteTransaction, { device, batch, said, texts, links, areaPath }: Entered): Promise<void> {
  const rows = said.map(
    ({ seq, play }, n): ReceiptRow => ({
      ...{ id: receiptId(device.id, 1, seq), controllerId: device.id, boot: 1, seq, play, text: texts[n] ?? '' },
      ...{ link: links[n] ?? '', batchId: batch.id, receivedAtMs: batch.receivedAtMs, backfill: true },
    }),
  );
  await tx.manager.insert(ReceiptBatchRow, batch);
  await insertMany(tx.manager, ReceiptRow, rows);
  await insertMany(
    tx.manager,
    PlannedPlayRow,
    said.map(({ play, item, day, planned }) => ({
      ...{ id: plannedPlayId(device.id, play), controllerId: device.id, play, clusterId: device.clusterId, areaPath },
      ...{ entryId: 'entry-1', itemId: item.id, itemVersion: 1, day, startMs: planned.startMs },
      ...{ durationMs: planned.durationMs, planVersion: 1, withdrawnAtMs: null },
    })),
  );
  await insertMany(
    tx.manager,
    PlayOutcome,
    said.map(({ play, item, day, seq, playedMs }) => ({
      ...{ id: plannedPlayId(device.id, play), itemId: item.id, clusterId: device.clusterId, day, playedMs },
      ...{ outcome: 'complete' as const, cause: null, grade: 'completed' as const, relayHeardMs: null, sensed: null },
      ...{ doubtedAtMs: null, receiptId: receiptId(device.id, 1, seq), planVersion: 1 },
    })),
  );
  await waitForNumbers(tx, rows.map(hashed));
}

/** Forty plays a day. */
function receiptOf({ id, clusterId, path }: EnrolledDevice, seq: number, item: Content): Receipt {
  const startMs = FIRST_PLAY_MS + Math.floor(seq / 40) * 1_440 * MINUTE_MS + (seq % 40) * 20 * MINUTE_MS;
  return {
    ...{ v: 1, device: id, boot: 1, bootId: 'boot-1', seq, simulated: true, play: `play-${seq}`, part: 0 },
    ...{ occurrence: `occurrence-${seq}`, planVersion: 1 },
    day: new Date(startMs + 7 * 3_600_000).toISOString().slice(0, 10),
    item: { id: item.id, version: 1, title: 'Vốn vay Ngân hàng Chính sách xã hội', language: 'vi' },
    audioSha256: item.audioSha256,
    area: { id: path[0] ?? '', name: 'Xã An Khương' },
    cluster: { id: clusterId, name: 'Cụm loa nhà văn hóa ấp 1' },
    planned: {
      ...{ startMs, latestEndMs: startMs + MINUTE_MS, durationMs: 45_000, volume: 80, class: 'normal', late: 'whole' },
    },
    ...{ outcome: 'complete', cause: null, grade: 'completed', startedAtMs: startMs, endedAtMs: startMs + 45_000 },
    ...{ playedMs: 45_000, seekMs: 0, lateMs: 0, volume: 80, clock: { trust: 'trusted', errorMs: 20 } },
  };
}
