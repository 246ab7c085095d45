import { Injectable, type OnModuleInit } from '@nestjs/common';
import { type PlannedChange, type PlannedPlayRow, PlannedPlays } from '../../dispatch/index.js';
import { among, type WriteTransaction } from '../../platform/database/index.js';
import { contributionsOf, type Said, TallyChanges, type Told } from '../engine/tally.js';
import { PlayOutcome } from '../receipt.entity.js';
import { saidBy, writeTallies } from './tally.queries.js';

/**
 * What devices are told counts as *unknown* from the commit on that tells it. With the intake at the same time no play is counted twice:
 * whichever changes a play changes a row of the tallies that the other one changes too, and on PostgreSQL the later begins again
 * (docs/decisions/0020).
 */
@Injectable()
export class Replanned implements OnModuleInit {
  constructor(private readonly planned: PlannedPlays) {}

  onModuleInit(): void {
    this.planned.watch((tx, changes) => this.#count(tx, changes));
  }

  async #count(tx: WriteTransaction, changes: readonly PlannedChange[]): Promise<void> {
    const known = await this.#saidOf(tx, changes);
    const tallies = new TallyChanges();
    for (const { before, after } of changes) {
      const said = known.get(after.id) ?? null;
      tallies.change(contributionsOf(toldBy(before), said), contributionsOf(toldBy(after), said));
    }
    await writeTallies(tx, tallies);
  }

  /** Also of what is told for the first time: a command may have summoned it before any plan did. */
  async #saidOf({ manager }: WriteTransaction, changes: readonly PlannedChange[]): Promise<ReadonlyMap<string, Said>> {
    const ids = changes.map(({ after }) => after.id);
    const rows = await manager
      .createQueryBuilder(PlayOutcome, 'outcome')
      .where(...among(manager, 'outcome.id', ids))
      .getMany();
    return new Map(rows.map((row) => [row.id, saidBy(row)]));
  }
}

/** What a device is told by now, as it counts. */
export const toldBy = (row: PlannedPlayRow | null): Told | null =>
  row && { itemId: row.itemId, clusterId: row.clusterId, day: row.day, withdrawn: row.withdrawnAtMs !== null };
