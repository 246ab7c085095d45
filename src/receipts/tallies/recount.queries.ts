import type { EntityManager } from 'typeorm';
import { TALLY_KINDS, type Tally } from '../engine/tally.js';
import { CoverageTally } from '../receipt.entity.js';

/** Every play that counts: what was heard as it was heard, what is planned and was not heard as unknown or not played. */
const FACTS = `
  SELECT outcome.item_id, outcome.cluster_id, outcome.day,
    CASE WHEN outcome.outcome = 'partial' OR outcome.relay_heard_ms IS NOT NULL OR (outcome.sensed IS NOT NULL AND NOT outcome.sensed) THEN 'partial'
      WHEN outcome.sensed THEN 'sensed' ELSE 'completed' END AS kind
  FROM play_outcome outcome
  WHERE outcome.outcome <> 'notPlayed' AND outcome.doubted_at_ms IS NULL
  UNION ALL
  SELECT planned.item_id, planned.cluster_id, planned.day,
    CASE WHEN outcome.id IS NULL OR outcome.doubted_at_ms IS NOT NULL THEN 'unknown' ELSE 'notPlayed' END
  FROM planned_play planned LEFT JOIN play_outcome outcome ON outcome.id = planned.id
  WHERE planned.withdrawn_at_ms IS NULL AND (outcome.id IS NULL OR outcome.doubted_at_ms IS NOT NULL
    OR outcome.item_id <> planned.item_id OR outcome.outcome = 'notPlayed')`;

const sum = (kind: string) => `SUM(CASE WHEN kind = '${kind}' THEN 1 ELSE 0 END)`;
const COUNTED = `
  SELECT item_id, cluster_id, day, ${sum('unknown')} AS unknown, ${sum('notPlayed')} AS not_played, ${sum('partial')} AS partial,
    ${sum('completed')} AS completed, ${sum('sensed')} AS sensed
  FROM (${FACTS}) facts GROUP BY item_id, cluster_id, day`;
const ADDED = ['unknown', 'not_played', 'partial', 'completed', 'sensed']
  .map((name) => `SUM(${name}) AS ${name}`)
  .join(', ');
const over = (span: string) =>
  `SELECT item_id, ${span} AS span, cluster_id, ${ADDED}, MIN(day) AS first_day, MAX(day) AS last_day
  FROM days GROUP BY 1, 2, 3`;
const RECOUNTED = `WITH days AS (${COUNTED}) ${['day', 'SUBSTR(day, 1, 7)', "'life'"].map(over).join(' UNION ALL ')}`;

const COLUMNS = 'item_id, span, cluster_id, unknown, not_played, partial, completed, sensed, first_day, last_day';

/** All tallies from the plays themselves, into an empty table; side by side what the receipts of one device change together. */
export const COUNT_TALLIES = `INSERT INTO coverage_tally (${COLUMNS}) ${RECOUNTED} ORDER BY 3, 1, 2`;

/**
 * Tallies that are not what a count of all plays says: none, as long as every change was counted with its commit. It reads all plays,
 * and on SQLite nobody is answered meanwhile.
 */
export async function wrongTallies(
  reader: EntityManager,
): Promise<{ kept: Partial<Tally>; counted: Partial<Tally> }[]> {
  const rows = await reader.query<Record<string, string | number>[]>(RECOUNTED);
  const counted = new Map(rows.map((row) => [keyOf(row.item_id, row.span, row.cluster_id), row]));
  const wrong: { kept: Partial<Tally>; counted: Partial<Tally> }[] = [];
  for (const kept of await reader.find(CoverageTally)) {
    const key = keyOf(kept.itemId, kept.span, kept.clusterId);
    const found = countsOf(counted.get(key));
    counted.delete(key);
    if (TALLY_KINDS.some((kind) => kept[kind] !== found[kind])) wrong.push({ kept, counted: found });
  }
  for (const [key, row] of counted) {
    const [itemId = '', span = '', clusterId = ''] = key.split(' ');
    wrong.push({ kept: { itemId, span, clusterId }, counted: countsOf(row) });
  }
  return wrong;
}

const keyOf = (...parts: readonly (string | number | undefined)[]): string => parts.join(' ');
const countsOf = (row: Record<string, string | number> | undefined) => ({
  unknown: Number(row?.unknown ?? 0),
  notPlayed: Number(row?.not_played ?? 0),
  partial: Number(row?.partial ?? 0),
  completed: Number(row?.completed ?? 0),
  sensed: Number(row?.sensed ?? 0),
});
