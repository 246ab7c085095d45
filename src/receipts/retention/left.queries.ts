import type { EntityManager } from 'typeorm';
import { among } from '../../platform/database/index.js';
import { LogLeaf } from '../log/log.entity.js';
import { leafOfText } from '../log/unlogged.js';
import { placeOf, receiptId } from '../receipt-id.js';
import { ArchivedRange, ArchivedUntil } from './retention.entity.js';

interface Arrived {
  readonly device: string;
  readonly boot: number;
  readonly receipts: readonly { readonly seq: number; readonly text: string }[];
}

/** Whether a receipt lies between the numbers that an archive holds of its device. */
export const holds = (range: ArchivedRange, { device, boot, seq }: ReturnType<typeof placeOf>): boolean =>
  range.controllerId === device && range.boot === boot && range.first <= seq && seq <= range.last;

/** No receipt begins like this: another one than came stood there. */
const ANOTHER = ' ';

/**
 * Notes what stood at places whose rows left for an archive. The row is gone, its leaf in the transparency log is not, and that is the hash of
 * its text: the same receipt is known again, and another one under its number is found out. One statement as long as nothing left.
 */
export async function learnWhatLeft(
  reader: EntityManager,
  arrived: readonly Arrived[],
  texts: Map<string, string>,
): Promise<void> {
  const marks = await reader
    .createQueryBuilder(ArchivedUntil, 'mark')
    .where(...among(reader, 'mark.controllerId', [...new Set(arrived.map(({ device }) => device))]))
    .getMany();
  if (marks.length === 0) return;
  const until = new Map(marks.map((mark) => [mark.controllerId, mark]));
  const asked = new Map<string, string[]>();
  for (const { device, boot, receipts } of arrived) {
    const mark = until.get(device);
    if (!mark || boot > mark.boot) continue;
    for (const { seq, text } of receipts) {
      const id = receiptId(device, boot, seq);
      if ((boot < mark.boot || seq <= mark.seq) && !texts.has(id)) asked.set(id, [...(asked.get(id) ?? []), text]);
    }
  }
  if (asked.size === 0) return;
  const leaves = await reader
    .createQueryBuilder(LogLeaf, 'leaf')
    .where(...among(reader, 'leaf.receiptId', [...asked.keys()]))
    .getMany();
  const ranges = await reader
    .createQueryBuilder(ArchivedRange, 'range')
    .where(...among(reader, 'range.controllerId', [...until.keys()]))
    .getMany();
  for (const { receiptId: id, leaf } of leaves) {
    // A row that is missing for another reason is welcome back.
    const place = placeOf(id);
    if (!ranges.some((range) => holds(range, place))) continue;
    const same = asked.get(id)?.find((text) => Buffer.from(leafOfText(text)).toString('base64') === leaf);
    texts.set(id, same ?? texts.get(id) ?? ANOTHER);
  }
}
