import { Injectable } from '@nestjs/common';
import { Audit } from '../../accounts/index.js';
import { among, insertMany, type WriteTransaction } from '../../platform/database/index.js';
import { Confirmation } from '../confirmations/confirmation.entity.js';
import { PlayOutcome, ReceiptBatchRow, ReceiptRow } from '../receipt.entity.js';
import { placeOf } from '../receipt-id.js';
import type { ArchiveContent } from './archive.content.js';
import { ArchivedRange, ArchivedUntil, ReceiptArchive } from './retention.entity.js';

/** Rows of one statement: readers get their turn between two. */
const AT_ONCE = 500;

/** What the file says that they leave for. */
export type KeptArchive = Omit<ReceiptArchive, 'state'> & { readonly sha256: string };

/** Takes rows away whose archive was read back, in one transaction: what is left in it, and that it was done, stands there too. */
@Injectable()
export class Leaving {
  constructor(private readonly audit: Audit) {}

  /** @throws Error, and nothing leaves, if anything of it is not as it was when it was chosen */
  async leave(tx: WriteTransaction, archive: KeptArchive, content: ArchiveContent): Promise<void> {
    const { manager } = tx;
    const { affected } = await manager.update(
      ReceiptArchive,
      { id: archive.id, state: 'writing' },
      { ...archive, state: 'kept' },
    );
    if (affected !== 1) throw new Error(`the archive ${archive.name} is no longer ours`);
    const runs = content.devices.flatMap((device) => device.runs);
    const receiptIds = runs.flatMap((run) => run.receiptIds);
    await this.#demandBelieved(tx, receiptIds);
    await insertMany(manager, ArchivedRange, rangesOf(archive.id, content));
    await this.#mark(tx, receiptIds);
    await removed(
      tx,
      ReceiptBatchRow,
      runs.map(({ batchId }) => batchId),
    );
    await removed(tx, ReceiptRow, receiptIds);
    await this.#leaveAnswers(tx, archive.name, content);
    const { name, sha256, receipts, runs: signed, sessions, answers, rule, logSize } = archive;
    await this.audit.add(tx, null, {
      action: 'receipt.archived',
      subject: archive.id,
      areaPath: '/',
      detail: { name, sha256, receipts, runs: signed, sessions, answers, rule, logSize },
    });
  }

  /** Somebody may have doubted a device since it was looked at. */
  async #demandBelieved({ manager }: WriteTransaction, receiptIds: readonly string[]): Promise<void> {
    for (const ids of portions(receiptIds)) {
      const doubted = await manager
        .createQueryBuilder(PlayOutcome, 'outcome')
        .innerJoin(ReceiptRow, 'receipt', "outcome.id = receipt.controller_id || '.' || receipt.play")
        .where(...among(manager, 'receipt.id', ids))
        .andWhere('outcome.doubtedAtMs IS NOT NULL')
        .getExists();
      if (doubted) throw new Error('a device was doubted while its receipts were archived');
    }
  }

  async #mark({ manager }: WriteTransaction, receiptIds: readonly string[]): Promise<void> {
    const last = new Map<string, { boot: number; seq: number }>();
    const further = (device: string, place: { boot: number; seq: number }) => {
      const known = last.get(device);
      if (!known || place.boot > known.boot || (place.boot === known.boot && place.seq > known.seq))
        last.set(device, place);
    };
    for (const { device, boot, seq } of receiptIds.map(placeOf)) further(device, { boot, seq });
    const before = await manager
      .createQueryBuilder(ArchivedUntil, 'mark')
      .where(...among(manager, 'mark.controllerId', [...last.keys()]))
      .getMany();
    for (const { controllerId, boot, seq } of before) further(controllerId, { boot, seq });
    const rows = [...last].map(([controllerId, place]) => ({ controllerId, ...place }));
    await insertMany(manager, ArchivedUntil, rows, { of: ['controllerId'], replace: ['boot', 'seq'] });
  }

  /** What counts stays: who said what of a session. Who they were, and what they corrected, is in the archive. */
  async #leaveAnswers({ manager }: WriteTransaction, archive: string, { sessions }: ArchiveContent): Promise<void> {
    const answers = sessions.flatMap((each) => each.answers);
    const idsOf = (of: (answer: Confirmation) => boolean) => answers.filter(of).map(({ id }) => id);
    await removed(
      { manager },
      Confirmation,
      idsOf(({ supersededAtMs }) => supersededAtMs !== null),
    );
    for (const kind of ['head', 'telephone'] as const)
      for (const ids of portions(idsOf((answer) => answer.supersededAtMs === null && answer.kind === kind)))
        await manager
          .createQueryBuilder()
          .update(Confirmation)
          .set({ archive, byId: '', byName: '', toldBy: kind === 'head' ? null : '' })
          .where(...among(manager, 'id', ids))
          .execute();
  }
}

function* portions(ids: readonly string[]): Generator<readonly string[]> {
  for (let from = 0; from < ids.length; from += AT_ONCE) yield ids.slice(from, from + AT_ONCE);
}

/** @throws Error if not all of them were there */
async function removed(
  { manager }: Pick<WriteTransaction, 'manager'>,
  entity: typeof ReceiptRow | typeof ReceiptBatchRow | typeof Confirmation,
  ids: readonly string[],
): Promise<void> {
  for (const some of portions(ids)) {
    const there = await manager
      .createQueryBuilder(entity, 'row')
      .where(...among(manager, 'row.id', some))
      .getCount();
    if (there !== some.length) throw new Error('rows that were archived are no longer as they were');
    await manager
      .createQueryBuilder()
      .delete()
      .from(entity)
      .where(...among(manager, 'id', some))
      .execute();
  }
}

function rangesOf(archiveId: string, { devices }: ArchiveContent): ArchivedRange[] {
  const ranges = new Map<string, ArchivedRange>();
  for (const { runs } of devices)
    for (const id of runs.flatMap(({ receiptIds }) => receiptIds)) {
      const { device: controllerId, boot, seq } = placeOf(id);
      const key = `${controllerId} ${boot}`;
      const known = ranges.get(key) ?? { archiveId, controllerId, boot, first: seq, last: seq, receipts: 0 };
      const [first, last] = [Math.min(known.first, seq), Math.max(known.last, seq)];
      ranges.set(key, { ...known, first, last, receipts: known.receipts + 1 });
    }
  return [...ranges.values()];
}
