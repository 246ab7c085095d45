import type { EntityManager } from 'typeorm';
import type { WriteTransaction } from '../../platform/database/index.js';
import { ON_AIR } from '../engine/approval.js';
import { and, longPhrasesOf, type Match, tiersOf } from './engine/query.js';
import { allRows, type IndexRow, rowsOf } from './index.sources.js';
import { type Hit, LibraryIndex, type Question } from './library.index.js';
import { readPlace } from './place.js';

/**
 * The number of a row says when its item was created, and so gives the order in which FTS5 finds it: milliseconds, then
 * 1,024 places for items of one millisecond, then whether it is the current version.
 */
const PER_MS = 2_048;
/** Statuses of fewer versions are looked up first, others as the search meets them. */
const FEW = 4_000;

/**
 * Two tables: `item_search` (what a row is) and the FTS5 table `item_words` (its tokens; contentless, without positions:
 * small, and its rows come sorted).
 */
export class SqliteIndex extends LibraryIndex {
  override async update({ manager }: WriteTransaction, itemId: string): Promise<void> {
    const rows = await rowsOf(manager, itemId, '?');
    const before: { readonly seq: number }[] = await manager.query('SELECT seq FROM item_search WHERE item_id = ?', [
      itemId,
    ]);
    const first = before[0]?.seq ?? (await freePlace(manager, rows[0]?.createdAtMs ?? 0));
    for (const { seq } of before) {
      await manager.query('DELETE FROM item_words WHERE rowid = CAST(? AS INTEGER)', [seq]);
      await manager.query('DELETE FROM item_search WHERE seq = ?', [seq]);
    }
    await insert(manager, rows, () => first - (first % 2));
  }

  override async rebuild(writer: EntityManager): Promise<number> {
    await writer.query('DELETE FROM item_search');
    await writer.query("INSERT INTO item_words (item_words) VALUES ('delete-all')");
    const places = new Map<string, number>();
    let last = 0;
    for await (const rows of allRows(writer)) {
      for (const { itemId, createdAtMs } of rows) {
        if (places.has(itemId)) continue;
        last = Math.max(createdAtMs * PER_MS, last + 2);
        places.set(itemId, last);
      }
      await insert(writer, rows, ({ itemId }) => places.get(itemId) ?? 0);
    }
    await writer.query("INSERT INTO item_words (item_words) VALUES ('optimize')");
    return places.size;
  }

  override async find(reader: EntityManager, question: Question): Promise<Hit[]> {
    const after = question.after && { tier: question.after.tier, place: readPlace(question.after.place, ['number']) };
    const facets = question.facets.length === 0 ? [] : [and(question.facets)];
    const tiers: (Match | null)[] =
      question.terms.length === 0 ? [facets[0] ?? null] : tiersOf(question.terms).map((tier) => and([...facets, tier]));
    const fewByState = await this.#isRareState(reader, question);
    const hits: Hit[] = [];
    for (let tier = after?.tier ?? 0; tier < tiers.length && hits.length < question.limit; tier++) {
      const before = after?.tier === tier ? Number(after.place[0]) : null;
      const { sql, parameters } = statement(question, tiers[tier] ?? null, before, fewByState);
      const rows: { readonly itemId: string; readonly version: number; readonly seq: number }[] = await reader.query(
        `${sql} LIMIT ${question.limit - hits.length}`,
        parameters,
      );
      hits.push(...rows.map(({ itemId, version, seq }) => ({ itemId, version, position: { tier, place: [seq] } })));
    }
    return hits;
  }

  /** Whether it is cheaper to begin with the versions in the wanted state. */
  async #isRareState(reader: EntityManager, { status, audioState }: Question): Promise<boolean> {
    const { sql, parameters } = stateOf(status, audioState);
    if (sql.length === 0) return false;
    const counted: { readonly count: number }[] = await reader.query(
      `SELECT count(*) AS count FROM (SELECT 1 FROM item_version v WHERE ${sql.join(' AND ')} LIMIT ${FEW + 1})`,
      parameters,
    );
    return (counted[0]?.count ?? 0) <= FEW;
  }
}

/** CROSS JOIN: SQLite is to go from left to right, so that rows come in order and it may stop at the limit. */
function statement(question: Question, match: Match | null, before: number | null, fewByState: boolean) {
  const seq = match === null ? 's.seq' : 'w.rowid';
  const from = [match === null ? 'item_search s' : 'item_words w CROSS JOIN item_search s ON s.seq = w.rowid'];
  const where: string[] = [];
  const parameters: (string | number)[] = [];
  const add = (sql: string, ...values: (string | number)[]) => {
    where.push(sql);
    parameters.push(...values);
  };
  if (match !== null) add('w.item_words MATCH ?', fts(match));
  if (before !== null) add(`${seq} < CAST(? AS INTEGER)`, before);
  if (question.createdFromMs !== null) add(`${seq} >= CAST(? AS INTEGER)`, question.createdFromMs * PER_MS);
  if (question.createdBeforeMs !== null) add(`${seq} < CAST(? AS INTEGER)`, question.createdBeforeMs * PER_MS);
  const state = stateOf(question.status, question.audioState);
  if (fewByState) {
    // The plus keeps SQLite from asking FTS5 again for each of them.
    add(
      `+${seq} IN (SELECT r.seq FROM item_version v JOIN item_search r ON r.item_id = v.item_id AND r.version = v.n WHERE ${state.sql.join(' AND ')})`,
      ...state.parameters,
    );
  }
  if (question.of === 'current') add(`${seq} & 1 = 1`);
  else from.push('CROSS JOIN item i ON i.id = s.item_id AND i.approved_version = s.version');
  if (question.of === 'approved' || (state.sql.length > 0 && !fewByState)) {
    from.push('CROSS JOIN item_version v ON v.item_id = s.item_id AND v.n = s.version');
    if (question.of === 'approved') add(`v.status IN (${ON_AIR.map(() => '?').join(', ')})`, ...ON_AIR);
    if (!fewByState) add(state.sql.join(' AND ') || '1 = 1', ...state.parameters);
  }
  if (question.validOn !== null)
    add(
      '(s.valid_from IS NULL OR s.valid_from <= ?) AND (s.valid_to IS NULL OR s.valid_to >= ?)',
      question.validOn,
      question.validOn,
    );
  for (const phrase of longPhrasesOf(question.terms)) add('instr(s.folded, ?) > 0', phrase);
  return {
    sql: `SELECT s.item_id AS "itemId", s.version, s.seq FROM ${from.join(' ')}${where.length > 0 ? ` WHERE ${where.join(' AND ')}` : ''} ORDER BY ${seq} DESC`,
    parameters,
  };
}

function stateOf(status: string | null, audioState: string | null) {
  const sql = [...(status === null ? [] : ['v.status = ?']), ...(audioState === null ? [] : ['v.audio_state = ?'])];
  return { sql, parameters: [status, audioState].filter((value) => value !== null) };
}

/** Tokens are ASCII letters, digits, `.` and `_`: nothing in them needs escaping. */
function fts(match: Match): string {
  switch (match.op) {
    case 'token':
      return `"${match.token}"${match.begins ? ' *' : ''}`;
    case 'and':
    case 'or':
      return `(${match.of.map(fts).join(match.op === 'and' ? ' AND ' : ' OR ')})`;
    case 'butNot':
      return `(${fts(match.yes)} NOT ${fts(match.no)})`;
  }
}

async function freePlace(manager: EntityManager, createdAtMs: number): Promise<number> {
  const rows: { readonly last: number | null }[] = await manager.query(
    'SELECT max(seq) AS last FROM item_search WHERE seq >= CAST(? AS INTEGER) AND seq < CAST(? AS INTEGER)',
    [createdAtMs * PER_MS, (createdAtMs + 1) * PER_MS],
  );
  const last = rows[0]?.last ?? null;
  return last === null ? createdAtMs * PER_MS : last - (last % 2) + 2;
}

async function insert(writer: EntityManager, rows: readonly IndexRow[], placeOf: (row: IndexRow) => number) {
  if (rows.length === 0) return;
  const numbered = rows.map((row) => ({ ...row, seq: placeOf(row) + (row.current ? 1 : 0) }));
  const values = (marks: string) => numbered.map(() => `(${marks})`).join(', ');
  await writer.query(
    `INSERT INTO item_search (seq, item_id, version, valid_from, valid_to, folded) VALUES ${values('?, ?, ?, ?, ?, ?')}`,
    numbered.flatMap(({ seq, itemId, version, validFrom, validTo, folded }) => [
      seq,
      itemId,
      version,
      validFrom,
      validTo,
      folded,
    ]),
  );
  await writer.query(
    `INSERT INTO item_words (rowid, tokens) VALUES ${values('CAST(? AS INTEGER), ?')}`,
    numbered.flatMap(({ seq, tokens }) => [seq, tokens.join(' ')]),
  );
}
