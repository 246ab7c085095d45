import { Brackets, type EntityManager, MoreThan } from 'typeorm';
import type { Actor } from '../../platform/http/index.js';
import { EXPORT_KEPT_MS } from '../engine/limits.js';
import { bulkProblem } from '../problems.js';
import { problemView } from '../words.js';
import type { ExportQuery, ExportView } from './export.api.js';
import { LibraryExport } from './export.entity.js';

/** The export if the actor may see it and it is not too old; else `bulk.exportUnknown`. */
export async function seenExport(
  reader: EntityManager,
  actor: Actor,
  id: string,
  nowMs: number,
): Promise<LibraryExport> {
  const found = await reader.findOneBy(LibraryExport, { id, createdAtMs: MoreThan(nowMs - EXPORT_KEPT_MS) });
  if (!found || !actor.may('library.read', found.areaPath)) throw bulkProblem('bulk.exportUnknown');
  return found;
}

/** The newest first, one more than the limit. @param scopes paths under which the actor may read; at least one */
export function exportsUnder(
  reader: EntityManager,
  scopes: readonly string[],
  { limit, cursor }: ExportQuery,
  nowMs: number,
): Promise<LibraryExport[]> {
  const select = reader
    .createQueryBuilder(LibraryExport, 'export')
    .where('export.createdAtMs > :since', { since: nowMs - EXPORT_KEPT_MS })
    .andWhere(
      new Brackets((any) => {
        for (const [i, scope] of scopes.entries())
          any.orWhere(`export.areaPath LIKE :scope${i}`, { [`scope${i}`]: `${scope}%` });
      }),
    );
  if (cursor !== undefined) {
    if (!/^[0-9a-z]{26}$/.test(cursor)) throw bulkProblem('bulk.cursorUnknown');
    select.andWhere('export.id < :cursor', { cursor });
  }
  return select
    .orderBy('export.id', 'DESC')
    .limit(limit + 1)
    .getMany();
}

export function viewOf(found: LibraryExport): ExportView {
  const { id, areaId, fileName, state, reason, jobId, bytes, items, createdByName, createdAtMs } = found;
  return {
    id,
    areaId,
    fileName,
    state,
    reason: problemView(reason),
    jobId,
    bytes,
    items,
    createdByName,
    createdAtMs,
    keptUntilMs: createdAtMs + EXPORT_KEPT_MS,
  };
}
