import type { EntityManager } from 'typeorm';
import type { WriteTransaction } from '../../platform/database/index.js';
import { ON_AIR } from '../engine/approval.js';
import { and, longPhrasesOf, type Match, tiersOf } from './engine/query.js';
import { allRows, type IndexRow, rowsOf } from './index.sources.js';
import { type Hit, LibraryIndex, type Question } from './library.index.js';
import { readPlace } from './place.js';
import { WORDS_INDEX, WORDS_INDEX_SQL } from './search.tables.js';

/** More hits than this are not sorted, if they can be helped: the newest items then have enough of them. */
const MANY = 3_000;
const NEWEST = 1_000;
/** Statuses of fewer versions are looked up first, others as the search meets them. */
const FEW = 4_000;

/** One table, `item_search`: a tsvector of the tokens without positions, under a GIN index. */
export class PostgresIndex extends LibraryIndex {
  override async update({ manager }: WriteTransaction, itemId: string): Promise<void> {
    const rows = await rowsOf(manager, itemId, '$1');
    await manager.query('DELETE FROM item_search WHERE item_id = $1', [itemId]);
    await insert(manager, rows);
  }

  override async rebuild(writer: EntityManager): Promise<number> {
    // Building the index at the end takes a tenth of the time.
    await writer.query(`DROP INDEX IF EXISTS ${WORDS_INDEX}`);
    await writer.query('DELETE FROM item_search');
    let items = 0;
    for await (const rows of allRows(writer)) {
      await insert(writer, rows);
      items += rows.filter(({ current }) => current).length;
    }
    await writer.query(WORDS_INDEX_SQL);
    return items;
  }

  override async find(reader: EntityManager, question: Question): Promise<Hit[]> {
    const after = question.after && {
      tier: question.after.tier,
      place: readPlace(question.after.place, ['number', 'string']),
    };
    const facets = question.facets.length === 0 ? [] : [and(question.facets)];
    const tiers: (Match | null)[] =
      question.terms.length === 0 ? [facets[0] ?? null] : tiersOf(question.terms).map((tier) => and([...facets, tier]));
    const hits: Hit[] = [];
    for (let tier = after?.tier ?? 0; tier < tiers.length && hits.length < question.limit; tier++) {
      const match = tiers[tier] ?? null;
      const behind = after?.tier === tier ? after.place : null;
      const rows = await answers(reader, question, match, behind, question.limit - hits.length);
      hits.push(
        ...rows.map(({ itemId, version, createdAtMs }) => ({
          itemId,
          version,
          position: { tier, place: [createdAtMs, itemId] },
        })),
      );
    }
    return hits;
  }
}

interface Row {
  readonly itemId: string;
  readonly version: number;
  readonly createdAtMs: number;
}

type Place = readonly (number | string)[] | null;

async function answers(
  reader: EntityManager,
  question: Question,
  match: Match | null,
  behind: Place,
  limit: number,
): Promise<Row[]> {
  const fewByState = await isRareState(reader, question);
  const ask = async (way: Way): Promise<(Row & { readonly hits: number })[]> => {
    const { sql, parameters } = statement(question, match, behind, way, fewByState);
    return reader.query(`${sql} LIMIT ${limit}`, parameters);
  };
  if (match === null) return ask('inOrder');
  if (fewByState) return ask('all');
  const some = await ask('some');
  // Without a row nothing tells whether there were more hits than these.
  const [first] = some;
  if (!first) return ask('all');
  if (first.hits <= MANY) return some;
  const newest = await ask('newest');
  return newest.length === limit ? newest : ask('all');
}

/** Whether it is cheaper to know the versions in the wanted state before. */
async function isRareState(reader: EntityManager, { status, audioState }: Question): Promise<boolean> {
  if (status === null && audioState === null) return false;
  const rows: { readonly count: number }[] = await reader.query(
    `SELECT count(*) AS count FROM (
       SELECT 1 FROM item_version WHERE ($1::text IS NULL OR status = $1) AND ($2::text IS NULL OR audio_state = $2) LIMIT ${FEW + 1}
     ) few`,
    [status, audioState],
  );
  return (rows[0]?.count ?? 0) <= FEW;
}

/**
 * `some`: the first hits of the index, in no order, and how many; `all`: every hit. MATERIALIZED, for else the planner may
 * read the whole table in order and unpack each row's words. `newest`: what matches among the newest items. `inOrder`: no
 * words at all. What costs a look elsewhere is asked row by row, the newest first, until there are enough: a scalar
 * subquery or IS TRUE keeps the planner, which takes every word for rare, from making it a join.
 */
type Way = 'some' | 'all' | 'newest' | 'inOrder';

function statement(question: Question, match: Match | null, behind: Place, way: Way, fewByState: boolean) {
  const parameters: (string | number | readonly string[])[] = [];
  const mark = (value: string | number | readonly string[]) => `$${parameters.push(value)}`;
  const words = match === null ? [] : [`words @@ ${mark(tsquery(match))}::tsquery`];
  const rows: string[] = [];
  if (question.of === 'current') rows.push('current');
  if (behind !== null) rows.push(`(created_at_ms, item_id) < (${behind.map(mark).join(', ')})`);
  if (question.createdFromMs !== null) rows.push(`created_at_ms >= ${mark(question.createdFromMs)}`);
  if (question.createdBeforeMs !== null) rows.push(`created_at_ms < ${mark(question.createdBeforeMs)}`);
  if (question.validOn !== null) {
    const day = mark(question.validOn);
    rows.push(`(valid_from IS NULL OR valid_from <= ${day})`, `(valid_to IS NULL OR valid_to >= ${day})`);
  }
  const ofVersion = (column: string) =>
    `(SELECT v.${column} FROM item_version v WHERE v.item_id = s.item_id AND v.n = s.version)`;
  const state = [
    ...(question.status === null ? [] : [['status', question.status] as const]),
    ...(question.audioState === null ? [] : [['audio_state', question.audioState] as const]),
  ];
  const atOnce: string[] = [];
  const oneByOne: string[] = [];
  if (fewByState) {
    const wanted = state.map(([column, value]) => `${column} = ${mark(value)}`).join(' AND ');
    atOnce.push(`((s.item_id, s.version) IN (SELECT item_id, n FROM item_version WHERE ${wanted})) IS TRUE`);
  } else oneByOne.push(...state.map(([column, value]) => `${ofVersion(column)} = ${mark(value)}`));
  if (question.of === 'approved') {
    oneByOne.push('(SELECT i.approved_version FROM item i WHERE i.id = s.item_id) = s.version');
    oneByOne.push(`${ofVersion('status')} = ANY(${mark(ON_AIR)})`);
  }
  for (const phrase of longPhrasesOf(question.terms)) oneByOne.push(`strpos(s.folded, ${mark(phrase)}) > 0`);

  const all = (conditions: readonly string[]) => (conditions.length === 0 ? '' : `WHERE ${conditions.join(' AND ')}`);
  const order = 'ORDER BY s.created_at_ms DESC, s.item_id DESC';
  const columns = 'item_id, version, created_at_ms, folded';
  const source = {
    inOrder: `NOT MATERIALIZED (SELECT ${columns} FROM item_search ${all(rows)})`,
    all: `MATERIALIZED (SELECT ${columns} FROM item_search ${all([...words, ...rows])})`,
    some: `MATERIALIZED (SELECT ${columns} FROM item_search ${all([...words, ...rows])} LIMIT ${MANY + 1})`,
    newest: `NOT MATERIALIZED (SELECT ${columns} FROM (
      SELECT * FROM item_search ${all(rows)} ORDER BY created_at_ms DESC, item_id DESC LIMIT ${NEWEST}
    ) n ${all(words)})`,
  }[way];
  const hits = way === 'some' ? '(SELECT count(*) FROM s)' : '0';
  const sorted = `(SELECT s.* FROM s ${all(atOnce)} ${order} OFFSET 0)`;
  const [from, where] = oneByOne.length === 0 ? ['s', atOnce] : [`${sorted} s`, oneByOne];
  const sql = `WITH s AS ${source}
    SELECT s.item_id AS "itemId", s.version, s.created_at_ms AS "createdAtMs", ${hits} AS hits
    FROM ${from} ${all(where)} ${order}`;
  return { sql, parameters };
}

/** Tokens are ASCII letters, digits, `.` and `_`: nothing in them needs escaping. */
function tsquery(match: Match): string {
  switch (match.op) {
    case 'token':
      return `'${match.token}'${match.begins ? ':*' : ''}`;
    case 'and':
    case 'or':
      return `(${match.of.map(tsquery).join(match.op === 'and' ? ' & ' : ' | ')})`;
    case 'butNot':
      return `(${tsquery(match.yes)} & !${tsquery(match.no)})`;
  }
}

async function insert(writer: EntityManager, rows: readonly IndexRow[]): Promise<void> {
  if (rows.length === 0) return;
  const width = 8;
  const values = rows.map((_, row) => {
    const marks = Array.from({ length: width }, (_, at) => `$${row * width + at + 1}`);
    return `(${marks.slice(0, -1).join(', ')}, array_to_tsvector(${marks.at(-1)}::text[]))`;
  });
  await writer.query(
    `INSERT INTO item_search (item_id, version, current, created_at_ms, valid_from, valid_to, folded, words)
     VALUES ${values.join(', ')}`,
    rows.flatMap((row) => [
      row.itemId,
      row.version,
      row.current,
      row.createdAtMs,
      row.validFrom,
      row.validTo,
      row.folded,
      row.tokens,
    ]),
  );
}
