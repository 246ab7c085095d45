import type { Database } from '../../src/platform/database/index.js';

/** Clusters of a district, and what each of them plays a day. */
export const CLUSTERS = 95;
export const PLAYS_A_DAY = 40;
/** Twenty of them are the plan's. */
export const ITEMS = 200;
const FIRST_DAY_MS = Date.parse('2022-01-01T00:00:00+07:00');
const DAY_MS = 86_400_000;

/** How many days hold so many plays. */
export const daysOf = (plays: number): number => Math.ceil(plays / (CLUSTERS * PLAYS_A_DAY));
export const dayAt = (index: number): string =>
  new Date(FIRST_DAY_MS + index * DAY_MS + 7 * 3_600_000).toISOString().slice(0, 10);

/**
 * Plays from `from` to `to` (the latter excluded) with their receipts, written by the database itself: millions of messages would take
 * an hour. Each cluster plays forty items a day, two hundred in turn; of fifty plays one is not played, one in part and one unknown.
 * Receipts have a tenth of the text that devices write.
 */
export async function fill(database: Database, from: number, to: number): Promise<void> {
  const postgres = database.kind === 'postgres';
  const series = postgres
    ? `generate_series(${from}, ${to - 1}) AS s(n)`
    : `(WITH RECURSIVE s(n) AS (SELECT ${from} UNION ALL SELECT n + 1 FROM s WHERE n + 1 < ${to}) SELECT n FROM s) s`;
  const day = `(n / ${CLUSTERS * PLAYS_A_DAY})`;
  const slot = `((n / ${CLUSTERS}) % ${PLAYS_A_DAY})`;
  const cluster = `('k' || (n % ${CLUSTERS}))`;
  const dayText = postgres
    ? `to_char(DATE '2022-01-01' + ${day}::int, 'YYYY-MM-DD')`
    : `strftime('%Y-%m-%d', '2022-01-01', '+' || ${day} || ' days')`;
  const item = `('item-' || ((${slot} + ${day}) % ${ITEMS}))`;
  const startMs = `(${FIRST_DAY_MS} + CAST(${day} AS bigint) * ${DAY_MS} + ${slot} * 1200000)`;
  const id = `('d' || (n % ${CLUSTERS}) || '.p' || n)`;
  const device = `('d' || (n % ${CLUSTERS}))`;
  const outcome = "CASE n % 50 WHEN 7 THEN 'notPlayed' WHEN 8 THEN 'partial' ELSE 'complete' END";
  await database.write(async ({ manager }) => {
    await manager.query(
      `INSERT INTO planned_play (id, controller_id, play, cluster_id, area_path, entry_id, item_id, item_version, day, start_ms, duration_ms, plan_version)
       SELECT ${id}, ${device}, 'p' || n, ${cluster}, '/p/c/', 'entry', ${item}, 1, ${dayText}, ${startMs}, 60000, 1 FROM ${series}`,
    );
    await manager.query(
      `INSERT INTO play_outcome (id, item_id, cluster_id, day, outcome, grade, played_ms, receipt_id, plan_version)
       SELECT ${id}, ${item}, ${cluster}, ${dayText}, ${outcome}, 'completed', 60000, ${device} || '.1.' || n, 1 FROM ${series} WHERE n % 50 <> 9`,
    );
    await manager.query(
      `INSERT INTO receipt (id, controller_id, boot, seq, play, text, link, batch_id, received_at_ms, backfill)
       SELECT ${device} || '.1.' || n, ${device}, 1, n, 'p' || n, '{"v":1,"device":"a text of a hundred letters, which is a tenth of what a device writes"}',
         '0000000000000000000000000000000000000000000000000000000000000000', 'batch', ${startMs}, ${postgres ? 'FALSE' : '0'} FROM ${series} WHERE n % 50 <> 9`,
    );
  });
}
