import { setImmediate as nextTurn, setTimeout as rest } from 'node:timers/promises';
import { Inject, Injectable } from '@nestjs/common';
import { Cron } from '@nestjs/schedule';
import { In } from 'typeorm';
import { Clock } from '../../platform/clock/index.js';
import { among, Database, insertMany, newId, type WriteTransaction } from '../../platform/database/index.js';
import { nodeCrypto } from '../../platform/keys/index.js';
import { LOG, type Log } from '../../platform/logging/index.js';
import { grown } from './engine/growth.js';
import { LogHead, LogLeaf, LogTile, UnloggedReceipts } from './log.entity.js';
import { edgeOf } from './tile.queries.js';
import { type WaitingLeaf, waitingLeaves } from './unlogged.js';

/** Leaves of one commit: some hundredths of a second. A commit of the intake is never divided, so there may be some more. */
const LEAVES_PER_ROUND = 1_000;
/** Commits of the intake looked at in one round: most of them are of few receipts while nothing is wrong. */
const COMMITS_PER_ROUND = 64;
/** A backlog of devices goes first: behind a round it has the machine for so many times as long. Still some 4,000 a second. */
const REST = 9;
/** Who gave numbers goes on giving them; another takes over when nothing was heard of it for so long. */
const LEASE_MS = 15_000;

interface Way {
  readonly goOn: () => boolean;
  /** How often as long as a round took. */
  readonly restTimes: number;
  readonly whoever: 'holds the lease' | 'asks';
}

/**
 * Gives receipts their leaf numbers, after the commit that wrote them. One process at a time holds the lease, and the head's row would let
 * only one through without it: what is given stands in the same commit as the head, so nothing has two numbers and no number is left out.
 */
@Injectable()
export class Sequencer {
  readonly #me = newId();
  #started = false;
  #running: Promise<unknown> | null = null;

  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
    @Inject(LOG) private readonly log: Log,
  ) {}

  start(): void {
    this.#started = true;
    this.tickSoon();
  }

  /** The round under way is finished. */
  async stop(): Promise<void> {
    this.#started = false;
    await this.#running;
  }

  @Cron('* * * * * *')
  tickSoon(): void {
    if (!this.#started) return;
    this.#running ??= this.#drain({ goOn: () => this.#started, restTimes: REST, whoever: 'holds the lease' })
      .catch((error: unknown) =>
        this.log.error({ err: error }, 'leaf numbers could not be given; the next second tries'),
      )
      .finally(() => {
        this.#running = null;
      });
  }

  /** Gives numbers to all that waits, unless another process does. @returns to how many */
  tick(): Promise<number> {
    return this.#drain({ goOn: () => true, restTimes: 0, whoever: 'holds the lease' });
  }

  /** Gives numbers to all that was committed before, also while another process holds the lease: the head keeps the two apart. */
  async catchUp(): Promise<void> {
    await this.#drain({ goOn: () => true, restTimes: 0, whoever: 'asks' });
  }

  async #drain({ goOn, restTimes, whoever }: Way): Promise<number> {
    let given = 0;
    while (goOn()) {
      // On SQLite a look costs no turn of the one writer.
      const waits = await this.database.read((reader) => reader.existsBy(UnloggedReceipts, {}));
      if (!waits) break;
      const begunMs = this.clock.monotonicMs();
      const round = await this.database.write((tx) => this.#round(tx, whoever));
      if (round === null) break;
      given += round.leaves;
      // What has come meanwhile waits for the next second: few large commits instead of many.
      if (!round.wasFull) break;
      const tookMs = this.clock.monotonicMs() - begunMs;
      await (tookMs * restTimes > 0 ? rest(tookMs * restTimes) : nextTurn());
    }
    return given;
  }

  /** @returns how many got a number, and whether more may wait; null: it is another's to give them */
  async #round(
    { manager }: WriteTransaction,
    whoever: Way['whoever'],
  ): Promise<{ readonly leaves: number; readonly wasFull: boolean } | null> {
    const head = await manager.findOneByOrFail(LogHead, { id: 'log' });
    const nowMs = this.clock.nowMs();
    // A lease from a future that is too far off is of a clock that was wrong.
    const isHeld = head.heldUntilMs > nowMs && head.heldUntilMs <= nowMs + LEASE_MS;
    const isOthers = head.holder !== this.#me && isHeld;
    if (isOthers && whoever === 'holds the lease') return null;
    const { commits, wasFull } = await this.#nextCommits(manager);
    if (commits.length === 0) return null;
    const leaves = await newAmong(manager, commits.flatMap(waitingLeaves));
    const lease = isOthers ? {} : { holder: this.#me, heldUntilMs: nowMs + LEASE_MS };
    const after = { size: head.size + leaves.length, ...lease };
    // Before anything else is written: on PostgreSQL it is here that two sequencers meet, and one of them begins again.
    const { affected } = await manager.update(LogHead, { id: 'log', size: head.size }, after);
    if (affected !== 1) throw new Error('the head of the log moved under a sequencer');
    await append(manager, head.size, leaves);
    await manager.delete(UnloggedReceipts, { id: In(commits.map(({ id }) => id)) });
    return { leaves: leaves.length, wasFull };
  }

  async #nextCommits(manager: WriteTransaction['manager']) {
    const sizes = await manager.find(UnloggedReceipts, {
      select: { id: true, count: true },
      order: { id: 'ASC' },
      take: COMMITS_PER_ROUND,
    });
    let leaves = 0;
    let commits = 0;
    for (const { count } of sizes) {
      if (commits > 0 && leaves + count > LEAVES_PER_ROUND) break;
      leaves += count;
      commits++;
    }
    const ids = sizes.slice(0, commits).map(({ id }) => id);
    const found = await manager.find(UnloggedReceipts, { where: { id: In(ids) }, order: { id: 'ASC' } });
    return { commits: found, wasFull: commits < sizes.length || commits === COMMITS_PER_ROUND };
  }
}

/** Those that are no leaf yet: a receipt may come again after its row has left for an archive. */
async function newAmong(manager: WriteTransaction['manager'], waiting: readonly WaitingLeaf[]): Promise<WaitingLeaf[]> {
  const known = await manager
    .createQueryBuilder(LogLeaf, 'leaf')
    .select('leaf.leaf', 'leaf')
    .where(
      ...among(
        manager,
        'leaf.leaf',
        waiting.map(({ leaf }) => leaf),
      ),
    )
    .getRawMany<{ leaf: string }>();
  const before = new Set(known.map(({ leaf }) => leaf));
  return waiting.filter(({ leaf }) => !before.has(leaf) && before.add(leaf));
}

async function append(manager: WriteTransaction['manager'], size: number, leaves: readonly WaitingLeaf[]) {
  const edge = await edgeOf(manager, size);
  const hashes = leaves.map(({ leaf }) => Buffer.from(leaf, 'base64'));
  const tiles = grown(size, edge, hashes, nodeCrypto);
  const rows = leaves.map(({ receiptId, leaf }, index) => ({ number: size + index, receiptId, leaf }));
  await insertMany(manager, LogLeaf, rows);
  await insertMany(
    manager,
    LogTile,
    tiles.map(({ level, number, hashes }) => ({ level, number, hashes: Buffer.from(hashes).toString('base64') })),
    { of: ['level', 'number'], replace: ['hashes'] },
  );
}
