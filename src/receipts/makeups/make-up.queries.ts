import type { EntityManager } from 'typeorm';
import { among } from '../../platform/database/index.js';
import type { EntryService } from '../../scheduling/index.js';
import { cellKey } from './engine/grouping.js';
import type { MakeUpView } from './make-up.api.js';
import { MakeUp, MakeUpAcceptance, MakeUpCell } from './make-up.entity.js';

/** Make-up plays of a line, oldest acceptance first, with what became of their entries. */
export async function makeUpsOf(
  reader: EntityManager,
  entries: EntryService,
  lineId: string,
  nowMs: number,
): Promise<(MakeUpView & { readonly acceptanceId: string })[]> {
  const rows = await reader.find(MakeUp, { where: { lineId }, order: { entryId: 'ASC' } });
  const ids = rows.map(({ entryId }) => entryId);
  const cells = await reader
    .createQueryBuilder(MakeUpCell, 'cell')
    .where(...among(reader, 'cell.entry_id', ids))
    .orderBy('cell.hamlet_id')
    .getMany();
  const hamletsOf = new Map<string, string[]>(ids.map((id) => [id, []]));
  for (const { entryId, hamletId } of cells) hamletsOf.get(entryId)?.push(hamletId);
  const accepted = new Map((await reader.findBy(MakeUpAcceptance, { lineId })).map((one) => [one.id, one]));
  const standing = await entries.standing(reader, ids);
  return rows.map(({ entryId, acceptanceId, itemId, durationMs }) => {
    const last = standing.get(entryId);
    const by = accepted.get(acceptanceId);
    return {
      ...{ entryId, acceptanceId, lineId, itemId, makeUp: true },
      hamletIds: hamletsOf.get(entryId) ?? [],
      state: last === undefined ? 'cancelled' : last === null || last + durationMs > nowMs ? 'pending' : 'over',
      acceptedByName: by?.acceptedByName ?? '',
      acceptedAtMs: by?.acceptedAtMs ?? 0,
    };
  });
}

/** How many plays of each cell are still to come, by `cellKey`. */
export function pendingOf(makeUps: readonly MakeUpView[]): Map<string, number> {
  const pending = new Map<string, number>();
  for (const { itemId, hamletIds, state } of makeUps)
    if (state === 'pending')
      for (const hamletId of hamletIds) {
        const key = cellKey(itemId, hamletId);
        pending.set(key, (pending.get(key) ?? 0) + 1);
      }
  return pending;
}
