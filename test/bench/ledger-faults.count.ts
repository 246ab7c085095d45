import { FIRST_LINK } from '../../devices/protocol/index.js';
import { rootOf } from '../../proof/index.js';
import { assemblePlatform } from '../../src/assemble.js';
import { readConfig } from '../../src/config/index.js';
import type { Database } from '../../src/platform/database/index.js';
import { nodeCrypto } from '../../src/platform/keys/index.js';
import { silentLog } from '../../src/platform/logging/log.js';
import { LogHead, UnloggedReceipts } from '../../src/receipts/log/log.entity.js';
import { leafOfText } from '../../src/receipts/log/unlogged.js';
import {
  PlayOutcome,
  QuarantinedReceipt,
  ReceiptChain,
  ReceiptGap,
  ReceiptRow,
} from '../../src/receipts/receipt.entity.js';
import { wrongTallies } from '../../src/receipts/tallies/recount.queries.js';
import type { EnrolledDevice } from './enrolled-devices.js';
import { Archive, type Life, placeOf, textOf } from './ledger-faults.life.js';

const LEAVES_AT_ONCE = 50_000;

/** The ledger of a service that is down against what its devices wrote, receipt by receipt and byte by byte. */
export async function countLedger(
  environment: Readonly<Record<string, string>>,
  devices: readonly EnrolledDevice[],
  life: Life,
  checkpoint: { readonly size: number; readonly root: Uint8Array },
) {
  const platform = assemblePlatform(readConfig(environment), silentLog);
  const { database } = platform;
  await database.start();
  try {
    const chains = await compared(database, devices, life);
    const tallies = await database.read((reader) => wrongTallies(reader));
    const count = (entity: Parameters<typeof countOf>[1]) => countOf(database, entity);
    return {
      rows: await count(ReceiptRow),
      outcomes: await count(PlayOutcome),
      quarantined: await count(QuarantinedReceipt),
      gaps: await count(ReceiptGap),
      unlogged: await count(UnloggedReceipts),
      ...chains,
      wrongTallies: tallies.length,
      ...(await comparedLog(database, devices, life, checkpoint)),
    };
  } finally {
    await database.stop();
  }
}

const countOf = (database: Database, entity: new () => object): Promise<number> =>
  database.read((reader) => reader.count(entity));

/** Rows that are missing, stand twice (another row for the same play included), were never written, or are not the bytes that were. */
async function compared(database: Database, devices: readonly EnrolledDevice[], life: Life) {
  const sum = { missing: 0, twice: 0, foreign: 0, altered: 0, brokenChains: 0 };
  for (const me of devices) {
    const rows = await database.read((reader) =>
      reader.find(ReceiptRow, { where: { controllerId: me.id }, order: { boot: 'ASC', seq: 'ASC' } }),
    );
    const byPlace = new Map<string, ReceiptRow>();
    const plays = new Set<string>();
    for (const row of rows) {
      const place = `${row.boot}.${row.seq}`;
      if (byPlace.has(place) || plays.has(row.play)) sum.twice++;
      byPlace.set(place, row);
      plays.add(row.play);
    }
    const archive = new Archive(me, life);
    for (let nth = archive.write(); ; nth = archive.write()) {
      const { boot, seq } = placeOf(nth, life);
      const row = byPlace.get(`${boot}.${seq}`);
      byPlace.delete(`${boot}.${seq}`);
      if (!row) sum.missing++;
      else if (row.text !== textOf(me, nth, life) || row.link !== archive.linkAfter(nth)) sum.altered++;
      if (nth === life.each) break;
    }
    sum.foreign += byPlace.size;
    const tip = await database.read((reader) => reader.findOneBy(ReceiptChain, { controllerId: me.id }));
    if ((tip?.link ?? FIRST_LINK) !== archive.linkAfter(life.each)) sum.brokenChains++;
  }
  return sum;
}

/** Each receipt has exactly one leaf, of its own bytes, and the root over the leaves is the one that was signed. */
async function comparedLog(
  database: Database,
  devices: readonly EnrolledDevice[],
  life: Life,
  { size, root }: { readonly size: number; readonly root: Uint8Array },
) {
  const expected = new Set<string>();
  for (const me of devices)
    for (let nth = 1; nth <= life.each; nth++)
      expected.add(Buffer.from(leafOfText(textOf(me, nth, life))).toString('base64'));
  const head = await database.read((reader) => reader.findOneByOrFail(LogHead, { id: 'log' }));
  const leaves: Uint8Array[] = [];
  let foreignLeaves = 0;
  for (let from = 0; from < head.size; from += LEAVES_AT_ONCE) {
    const rows = await database.read((reader) =>
      reader.query<{ leaf: string }[]>(
        `SELECT leaf FROM log_leaf WHERE number >= ${from} AND number < ${from + LEAVES_AT_ONCE} ORDER BY number`,
      ),
    );
    for (const { leaf } of rows) {
      if (!expected.delete(leaf)) foreignLeaves++;
      leaves.push(Buffer.from(leaf, 'base64'));
    }
  }
  const signed = size === leaves.length && Buffer.from(rootOf(leaves, nodeCrypto)).equals(root);
  return { leaves: leaves.length, epoch: head.epoch, missingLeaves: expected.size, foreignLeaves, rootSigned: signed };
}
