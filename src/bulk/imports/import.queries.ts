import { Brackets, type EntityManager, In } from 'typeorm';
import type { Actor } from '../../platform/http/index.js';
import { bulkProblem } from '../problems.js';
import { noteView, problemView } from '../words.js';
import type { ImportQuery, ImportView, LineQuery, LineView } from './import.api.js';
import { BulkImport, ImportLine } from './import.entity.js';
import type { LineState } from './import.states.js';

/** The import if the actor may see it; else `bulk.importUnknown`, so that nobody learns of what is not theirs. */
export async function seenImport(reader: EntityManager, actor: Actor, id: string): Promise<BulkImport> {
  const found = await reader.findOneBy(BulkImport, { id });
  if (!found || !actor.may('library.read', found.areaPath)) throw bulkProblem('bulk.importUnknown');
  return found;
}

/** The newest first, one more than the limit. @param scopes paths under which the actor may read; at least one */
export function importsUnder(
  reader: EntityManager,
  scopes: readonly string[],
  { limit, cursor }: ImportQuery,
): Promise<BulkImport[]> {
  const select = reader.createQueryBuilder(BulkImport, 'import').where(
    new Brackets((any) => {
      for (const [i, scope] of scopes.entries())
        any.orWhere(`import.areaPath LIKE :scope${i}`, { [`scope${i}`]: `${scope}%` });
    }),
  );
  if (cursor !== undefined) select.andWhere('import.id < :cursor', { cursor: placeOf(cursor) });
  return select
    .orderBy('import.id', 'DESC')
    .limit(limit + 1)
    .getMany();
}

/** In the order in which they came, one more than the limit. */
export function linesOf(reader: EntityManager, importId: string, { state, limit, cursor }: LineQuery) {
  const select = reader.createQueryBuilder(ImportLine, 'line').where('line.importId = :importId', { importId });
  if (state) select.andWhere('line.state = :state', { state });
  if (cursor !== undefined) select.andWhere('line.id > :cursor', { cursor: placeOf(cursor) });
  return select
    .orderBy('line.id', 'ASC')
    .limit(limit + 1)
    .getMany();
}

export type Counts = Readonly<Record<LineState, number>>;
const NONE: Counts = { waiting: 0, done: 0, refused: 0, duplicate: 0 };

export async function countsOf(reader: EntityManager, importIds: readonly string[]): Promise<Map<string, Counts>> {
  const counts = new Map(importIds.map((id) => [id, NONE]));
  if (importIds.length === 0) return counts;
  const rows: { importId: string; state: LineState; count: number | string }[] = await reader
    .createQueryBuilder(ImportLine, 'line')
    .select('line.importId', 'importId')
    .addSelect('line.state', 'state')
    .addSelect('COUNT(*)', 'count')
    .where({ importId: In(importIds) })
    .groupBy('line.importId')
    .addGroupBy('line.state')
    .getRawMany();
  for (const { importId, state, count } of rows)
    counts.set(importId, { ...(counts.get(importId) ?? NONE), [state]: Number(count) });
  return counts;
}

export async function importView(reader: EntityManager, found: BulkImport): Promise<ImportView> {
  return viewOf(found, (await countsOf(reader, [found.id])).get(found.id) ?? NONE);
}

export function viewOf(found: BulkImport, counts: Counts): ImportView {
  const { id, areaId, title, defaults, state, reason, jobId, bytes, createdByName, createdAtMs, endedAtMs } = found;
  return {
    id,
    areaId,
    title,
    defaults,
    state,
    reason: problemView(reason),
    jobId,
    bytes,
    counts,
    createdByName,
    createdAtMs,
    endedAtMs,
  };
}

export function lineViewOf(line: ImportLine): LineView {
  const { id, parentId, kind, name, bytes, state, itemId, code, notes, excerpt } = line;
  return {
    id,
    parentId,
    kind,
    name,
    bytes,
    state,
    itemId,
    problem: problemView(state === 'duplicate' ? 'bulk.duplicate' : code, 'service.fault'),
    notes: notes.map(noteView),
    excerpt,
  };
}

function placeOf(cursor: string): string {
  if (!/^[0-9a-z]{26}$/.test(cursor)) throw bulkProblem('bulk.cursorUnknown');
  return cursor;
}
