import { Between, type EntityManager, In, IsNull, Like, MoreThan, Not, type SelectQueryBuilder } from 'typeorm';
import { type ClashDecision, pathsAbove, type Span } from '../engine/index.js';
import type { ClashQuery } from './clash.api.js';
import { ClashRow } from './clash.entity.js';

const DAY_MS = 86_400_000;

/** More waiting clashes than a person can settle, or more history than a page shows. */
const MOST_LISTED = 500;

/**
 * What was decided of clashes around the span that concern the area, those above it or those below. Also of a clash that the schedule
 * no longer has: a decision that went with its clash could bring the clash back, and so on for ever.
 */
export async function decisionsAround(reader: EntityManager, area: string, span: Span): Promise<ClashDecision[]> {
  const when = { decidedAtMs: Not(IsNull()), fromMs: Between(span.fromMs - DAY_MS, span.untilMs + DAY_MS) };
  const rows = await reader.find(ClashRow, {
    where: [
      { ...when, areaPath: Like(`${area}%`) },
      { ...when, areaPath: In(pathsAbove(area)) },
    ],
    order: { id: 'ASC' },
  });
  return rows.flatMap((row) => decisionOf(row) ?? []);
}

/** As the engine reads it; null: nothing is decided. */
export function decisionOf(row: ClashRow): ClashDecision | null {
  const { key, areaPath, goesFirst, other, automatic, byName, decidedAtMs } = row;
  if (goesFirst === null || other === null || decidedAtMs === null) return null;
  return { key, areaPath, goesFirst, other, automatic, byName, atMs: decidedAtMs };
}

/** Paths of communes at or below an area with clashes ahead that the schedule had when it was looked at last. */
export async function pathsWithClashes(reader: EntityManager, area: string, nowMs: number): Promise<string[]> {
  const found = await reader
    .createQueryBuilder(ClashRow, 'clash')
    .select('clash.areaPath', 'areaPath')
    .distinct(true)
    .where('clash.areaPath LIKE :below AND clash.fromMs > :nowMs', { below: `${area}%`, nowMs })
    .andWhere('clash.goneAtMs IS NULL')
    .getRawMany<{ areaPath: string }>();
  return found.map(({ areaPath }) => areaPath);
}

/** Of one commune: what is known of these clashes, and what lies ahead beside them. */
export function clashesOf(
  reader: EntityManager,
  areaPath: string,
  keys: readonly string[],
  nowMs: number,
): Promise<ClashRow[]> {
  return reader.findBy(ClashRow, [
    { areaPath, key: In([...keys]) },
    { areaPath, goneAtMs: IsNull(), fromMs: MoreThan(nowMs) },
  ]);
}

/** At or below an area. What waits by its start; what is decided, or all, the latest first. */
export function listedClashes(
  reader: EntityManager,
  areaPath: string,
  state: ClashQuery['state'],
  nowMs: number,
): Promise<ClashRow[]> {
  const select = reader
    .createQueryBuilder(ClashRow, 'clash')
    .where('clash.areaPath LIKE :below', { below: `${areaPath}%` });
  STATES[state](select, nowMs);
  const order = state === 'waiting' ? 'ASC' : 'DESC';
  return select.orderBy('clash.fromMs', order).addOrderBy('clash.id', order).limit(MOST_LISTED).getMany();
}

const STATES: Readonly<Record<ClashQuery['state'], (select: SelectQueryBuilder<ClashRow>, nowMs: number) => unknown>> =
  {
    waiting: (select, nowMs) =>
      select
        .andWhere('clash.decidedAtMs IS NULL AND clash.goneAtMs IS NULL')
        .andWhere('clash.fromMs > :nowMs', { nowMs }),
    decided: (select) => select.andWhere('clash.decidedAtMs IS NOT NULL AND clash.goneAtMs IS NULL'),
    all: () => {},
  };
