import { setImmediate } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { fromBase64Url } from '../../../devices/protocol/index.js';
import {
  inclusionPlan,
  logKeysOf,
  logOrigin,
  type PathPlan,
  pathOf,
  type TileAddress,
  Tiles,
  tilesOf,
  toBase64,
  verifyCheckpointOf,
  widthOf,
} from '../../../proof/index.js';
import { among, Database } from '../../platform/database/index.js';
import { KeyHistory, KeyRing, nodeCrypto } from '../../platform/keys/index.js';
import { CheckpointClock, lastCheckpoint } from './checkpoint.clock.js';
import type { CheckVerdict } from './engine/verdict.js';
import { LogCheckpoint, LogEpoch, LogHead, LogLeaf, LogTile } from './log.entity.js';
import { logProblem } from './problems.js';
import { Sequencer } from './sequencer.js';
import { bringTiles, consistencyPath, inclusionPath, plannedHashes, rootAt } from './tile.queries.js';

/** A receipt's place in the log, and the path from there to the root of the tree that was asked for. */
export interface ReceiptProof {
  readonly receiptId: string;
  readonly number: number;
  readonly path: readonly Uint8Array[];
}

/** What a verifier knows the keys by, besides the root key that it has from elsewhere. */
export interface KeyHistoryView {
  readonly origin: string;
  /** Raw 32 bytes, base64url. */
  readonly rootPublicKey: string;
  /** Key sets as the root key signed them, oldest first. */
  readonly sets: readonly { readonly version: number; readonly signed: string; readonly takenAtMs: number }[];
}

/** Proofs of one stretch are made together: neighbours share their tiles. */
const PROOFS_AT_ONCE = 1_000;
const PLACES_AT_ONCE = 2_000;

/** What others may know and prove of the log. */
@Injectable()
export class TransparencyLog {
  constructor(
    private readonly database: Database,
    private readonly keys: KeyRing,
    private readonly history: KeyHistory,
    private readonly sequencer: Sequencer,
    private readonly checkpoints: CheckpointClock,
  ) {}

  latestCheckpoint(reader: EntityManager): Promise<LogCheckpoint | null> {
    return lastCheckpoint(reader);
  }

  /**
   * One that covers every receipt that was committed before the call, signed now if need be. Not inside a transaction.
   */
  async freshCheckpoint(): Promise<LogCheckpoint> {
    await this.sequencer.catchUp();
    return this.checkpoints.signed();
  }

  /**
   * Inclusion in the tree of `size` leaves, by leaf number. A receipt that is not (yet) in that tree is left out: whoever asks compares.
   * Made stretch by stretch, so that 100,000 of them need little memory.
   */
  async *proofsOf(reader: EntityManager, receiptIds: readonly string[], size: number): AsyncGenerator<ReceiptProof> {
    const places = (await placesOf(reader, receiptIds)).filter(({ number }) => number < size);
    const tiles = new Tiles(nodeCrypto);
    for (let from = 0; from < places.length; from += PROOFS_AT_ONCE) {
      const stretch = places.slice(from, from + PROOFS_AT_ONCE).map((place) => ({
        ...place,
        plan: inclusionPlan(place.number, size),
      }));
      const wanted = tilesOf(stretch.flatMap(({ plan }) => plan));
      await bringTiles(reader, tiles, wanted);
      for (const { receiptId, number, plan } of stretch)
        yield { receiptId, number, path: pathOf(plan, tiles.read, nodeCrypto) };
      // Those above are few and serve every stretch.
      for (const address of wanted) if (address.level === 0) tiles.forget(address);
    }
  }

  /** The leaf of a receipt; null: it has none yet. */
  async numberOf(reader: EntityManager, receiptId: string): Promise<number | null> {
    return (await placesOf(reader, [receiptId]))[0]?.number ?? null;
  }

  /** Leaf numbers of receipts in the tree of `size` leaves, in their order; one that is not in that tree is left out. */
  async placesOf(
    reader: EntityManager,
    receiptIds: readonly string[],
    size: number,
  ): Promise<{ readonly receiptId: string; readonly number: number }[]> {
    const places: { readonly receiptId: string; readonly number: number }[] = [];
    for (let from = 0; from < receiptIds.length; from += PLACES_AT_ONCE) {
      const some = await placesOf(reader, receiptIds.slice(from, from + PLACES_AT_ONCE));
      places.push(...some.filter(({ number }) => number < size));
      // Requests have their turn meanwhile.
      await setImmediate();
    }
    return places.sort((a, b) => a.number - b.number);
  }

  /** Hashes of the subtrees of a plan; what one of its steps stands for is told as one hash. @throws RangeError beyond the tree */
  hashes(reader: EntityManager, plan: PathPlan): Promise<Uint8Array[]> {
    return plannedHashes(reader, plan);
  }

  async keyHistory(reader: EntityManager): Promise<KeyHistoryView> {
    const sets = await this.history.sets(reader);
    const { epoch } = await head(reader);
    return {
      origin: this.origin(epoch),
      rootPublicKey: this.keys.rootPublicKey,
      sets: sets.map(({ version, signed, takenAtMs }) => ({ version, signed, takenAtMs })),
    };
  }

  epochs(reader: EntityManager): Promise<LogEpoch[]> {
    return reader.find(LogEpoch, { order: { number: 'ASC' } });
  }

  origin(epoch: number): string {
    return logOrigin(fromBase64Url(this.keys.rootPublicKey), epoch, nodeCrypto);
  }

  async size(reader: EntityManager): Promise<number> {
    return (await head(reader)).size;
  }

  /** @throws log.unknownLeaf, log.beyondTree */
  async inclusion(
    reader: EntityManager,
    leaf: { readonly hash: Uint8Array } | { readonly number: number },
    size: number,
  ) {
    await this.#demandSize(reader, size);
    const where = 'hash' in leaf ? { leaf: toBase64(leaf.hash) } : { number: leaf.number };
    const row = await reader.findOneBy(LogLeaf, where);
    if (!row || row.number >= size) throw logProblem('log.unknownLeaf');
    return { number: row.number, size, leaf: row.leaf, path: await inclusionPath(reader, row.number, size) };
  }

  /** @throws log.shrunk, log.beyondTree */
  async consistency(reader: EntityManager, from: number, to: number): Promise<Uint8Array[]> {
    if (from > to) throw logProblem('log.shrunk');
    await this.#demandSize(reader, to);
    return consistencyPath(reader, from, to);
  }

  /** The first `width` hashes of a tile. @throws log.unknownTile */
  async tile(reader: EntityManager, address: TileAddress, width: number): Promise<Buffer> {
    if (width > widthOf(address, await this.size(reader))) throw logProblem('log.unknownTile');
    const row = await reader.findOneBy(LogTile, { level: address.level, number: address.number });
    if (!row) throw logProblem('log.unknownTile');
    return Buffer.from(row.hashes, 'base64').subarray(0, width * 32);
  }

  /** What this log says of a checkpoint that somebody kept. */
  async check(reader: EntityManager, text: string): Promise<CheckVerdict> {
    const root = fromBase64Url(this.keys.rootPublicKey);
    const sets = (await this.history.sets(reader)).map(({ signed }) => signed);
    const keys = logKeysOf(sets, root, nodeCrypto);
    const told = verifyCheckpointOf(text, keys.ok ? keys.keys : [], root, nodeCrypto);
    if (!told.ok) return { verdict: told.problem };
    const { size, root: itsRoot, signedAtMs } = told.checkpoint;
    const kept = { size, signedAtMs, epoch: told.epoch };
    const now = await head(reader);
    const brokenOff = told.epoch < now.epoch ? await this.#epochAfter(reader, told.epoch) : null;
    // Of a former epoch this log took over only the leaves that were there when it began.
    const reach = brokenOff ? brokenOff.size : now.size;
    if (told.epoch > now.epoch || size > reach) return { verdict: brokenOff ? 'brokenOff' : 'ahead', ...kept };
    const same = Buffer.from(await rootAt(reader, size)).equals(itsRoot);
    return { verdict: same ? 'consistent' : brokenOff ? 'brokenOff' : 'altered', ...kept };
  }

  async #epochAfter(reader: EntityManager, epoch: number): Promise<LogEpoch | null> {
    return reader.findOneBy(LogEpoch, { number: epoch + 1 });
  }

  async #demandSize(reader: EntityManager, size: number): Promise<void> {
    const most = await this.size(reader);
    if (size > most) throw logProblem('log.beyondTree', { size: most });
  }

  /** @returns whether this is a log of simulated receipts (invariant 13) */
  get demo(): boolean {
    return this.database.isDemo();
  }
}

function head(reader: EntityManager): Promise<LogHead> {
  return reader.findOneByOrFail(LogHead, { id: 'log' });
}

/** By leaf number. One receipt has one text in the ledger, so its last leaf is meant should it ever have had another. */
export async function placesOf(
  reader: EntityManager,
  receiptIds: readonly string[],
): Promise<{ receiptId: string; number: number }[]> {
  const rows = await reader
    .createQueryBuilder(LogLeaf, 'leaf')
    .select('leaf.receipt_id', 'receiptId')
    .addSelect('MAX(leaf.number)', 'number')
    .where(...among(reader, 'leaf.receipt_id', receiptIds))
    .groupBy('leaf.receipt_id')
    .getRawMany<{ receiptId: string; number: string | number }>();
  return rows
    .map(({ receiptId, number }) => ({ receiptId, number: Number(number) }))
    .sort((a, b) => a.number - b.number);
}
