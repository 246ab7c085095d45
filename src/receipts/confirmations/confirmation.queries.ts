import type { EntityManager } from 'typeorm';
import { Cluster } from '../../fleet/index.js';
import { among } from '../../platform/database/index.js';
import { PlayOutcome } from '../receipt.entity.js';
import type { ConfirmationQuery } from './confirmation.api.js';
import { type AskedPlay, Confirmation, ConfirmationSession } from './confirmation.entity.js';
import type { PlayEvidence } from './engine/contradiction.js';
import { type Answer, itemsOf } from './engine/sessions.js';
import { confirmationProblem } from './problems.js';
import { underAny } from './scopes.js';

type Place = readonly [atMs: number, id: string];

export const cursorOf = (atMs: number, id: string): string => `${atMs}-${id}`;

function placeOf(cursor: string): Place {
  const [, ms = '', id = ''] = /^(\d{1,15})-([0-9a-z.]{1,64})$/.exec(cursor) ?? [];
  if (id === '') throw confirmationProblem('confirmations.cursorUnknown');
  return [Number(ms), id];
}

/** Sessions that were answered, the last ones first, one more than the limit. @param scopes at least one */
export async function answeredSessions(
  reader: EntityManager,
  scopes: readonly string[],
  { fromDay, toDay, limit, cursor }: ConfirmationQuery,
): Promise<ConfirmationSession[]> {
  const select = reader
    .createQueryBuilder(ConfirmationSession, 'session')
    .where(...underAny(reader, 'session.areaPath', scopes));
  if (fromDay !== undefined) select.andWhere('session.day >= :fromDay', { fromDay });
  if (toDay !== undefined) select.andWhere('session.day <= :toDay', { toDay });
  if (cursor !== undefined) {
    const [atMs, id] = placeOf(cursor);
    const behind = '(session.startMs < :atMs OR (session.startMs = :atMs AND session.id < :id))';
    select.andWhere(behind, { atMs, id });
  }
  return select
    .orderBy('session.startMs', 'DESC')
    .addOrderBy('session.id', 'DESC')
    .limit(limit + 1)
    .getMany();
}

export interface Doubtful {
  readonly confirmation: Confirmation;
  readonly session: ConfirmationSession;
}

/** Answers in force that receipts may speak against, the newest first. @param scopes at least one */
export async function doubtfulAnswers(
  reader: EntityManager,
  scopes: readonly string[],
  { fromDay, toDay, cursor }: Pick<ConfirmationQuery, 'fromDay' | 'toDay' | 'cursor'>,
  most: number,
): Promise<Doubtful[]> {
  const select = reader
    .createQueryBuilder(Confirmation, 'given')
    .innerJoin(ConfirmationSession, 'session', 'session.id = given.sessionId')
    .where(...underAny(reader, 'session.areaPath', scopes))
    .andWhere("given.supersededAtMs IS NULL AND given.answer IN ('clear', 'notHeard')");
  if (fromDay !== undefined) select.andWhere('session.day >= :fromDay', { fromDay });
  if (toDay !== undefined) select.andWhere('session.day <= :toDay', { toDay });
  if (cursor !== undefined) {
    const [atMs, id] = placeOf(cursor);
    select.andWhere('(given.atMs < :atMs OR (given.atMs = :atMs AND given.id < :id))', { atMs, id });
  }
  const answers = await select.orderBy('given.atMs', 'DESC').addOrderBy('given.id', 'DESC').limit(most).getMany();
  const ids = answers.map(({ sessionId }) => sessionId);
  const sessions = await reader
    .createQueryBuilder(ConfirmationSession, 'session')
    .where(...among(reader, 'session.id', ids))
    .getMany();
  const byId = new Map(sessions.map((session) => [session.id, session]));
  return answers.flatMap((confirmation) => {
    const session = byId.get(confirmation.sessionId);
    return session ? [{ confirmation, session }] : [];
  });
}

export interface KnownPlay extends PlayEvidence {
  readonly cause: string | null;
  readonly receiptId: string | null;
}

/** What devices said of these plays, by the id of the play. */
export async function evidenceOf(
  reader: EntityManager,
  sessions: readonly Pick<ConfirmationSession, 'plays' | 'clusters'>[],
): Promise<ReadonlyMap<string, KnownPlay>> {
  const plays = sessions.flatMap((session) => session.plays);
  const ids = [...new Set(plays.map(({ id }) => id))];
  const rows = await reader
    .createQueryBuilder(PlayOutcome, 'outcome')
    .where(...among(reader, 'outcome.id', ids))
    .andWhere('outcome.doubtedAtMs IS NULL')
    .getMany();
  const said = new Map(rows.map((row) => [row.id, row]));
  const toTransmitter = await transmitters(reader, sessions);
  return new Map(
    plays.map((play) => {
      const row = said.get(play.id);
      const evidence: KnownPlay = {
        clusterId: play.clusterId,
        itemId: play.itemId,
        outcome: row?.outcome ?? null,
        cause: row?.cause ?? null,
        receiptId: row?.receiptId ?? null,
        relayHeardMs: row?.relayHeardMs ?? null,
        sensed: row?.sensed ?? null,
        toTransmitter: toTransmitter.has(play.clusterId),
        followedItemId: row?.itemId ?? null,
      };
      return [play.id, evidence];
    }),
  );
}

/** As everywhere, by what a place is today; one that is gone is what it was. */
async function transmitters(
  reader: EntityManager,
  sessions: readonly Pick<ConfirmationSession, 'clusters'>[],
): Promise<ReadonlySet<string>> {
  const reach = new Map(sessions.flatMap(({ clusters }) => clusters.map(({ id, reach }) => [id, reach] as const)));
  const today = await reader
    .createQueryBuilder(Cluster, 'cluster')
    .where(...among(reader, 'cluster.id', [...reach.keys()]))
    .getMany();
  for (const cluster of today) reach.set(cluster.id, cluster.reach);
  return new Set([...reach].flatMap(([id, reaches]) => (reaches === 'transmitter' ? [id] : [])));
}

/** One item of one session, and how the hamlet said that session was heard. */
export interface Heard {
  readonly hamletId: string;
  readonly sessionId: string;
  readonly day: string;
  readonly itemId: string;
  /** Planned plays of the item in the session, at any cluster of the hamlet. */
  readonly playIds: readonly string[];
  readonly answer: Answer;
  readonly kind: Confirmation['kind'];
}

interface SessionsOf {
  readonly hamletIds: readonly string[];
  /** Local days, both included. */
  readonly fromDay: string;
  readonly toDay: string;
}

/** Sessions of hamlets with the answers that hold, those that were corrected left out; the head's own before a telephoned one. */
async function answered(
  reader: EntityManager,
  { hamletIds, fromDay, toDay }: SessionsOf,
): Promise<{ readonly session: ConfirmationSession; readonly answers: readonly Confirmation[] }[]> {
  const sessions = await reader
    .createQueryBuilder(ConfirmationSession, 'session')
    .where(...among(reader, 'session.hamletId', hamletIds))
    .andWhere('session.day >= :fromDay AND session.day <= :toDay', { fromDay, toDay })
    .orderBy('session.startMs')
    .addOrderBy('session.id')
    .getMany();
  const sessionIds = sessions.map(({ id }) => id);
  const answers = await reader
    .createQueryBuilder(Confirmation, 'given')
    .where(...among(reader, 'given.sessionId', sessionIds))
    .andWhere('given.supersededAtMs IS NULL')
    .orderBy('given.kind')
    .getMany();
  const bySession = new Map<string, Confirmation[]>();
  for (const given of answers) bySession.set(given.sessionId, [...(bySession.get(given.sessionId) ?? []), given]);
  return sessions.map((session) => ({ session, answers: bySession.get(session.id) ?? [] }));
}

/** For coverage: what these hamlets said of their sessions, item by item. An answer speaks of a session as a whole. */
export async function heardBy(reader: EntityManager, question: SessionsOf): Promise<Heard[]> {
  return (await answered(reader, question)).flatMap(({ session: { id: sessionId, hamletId, day, plays }, answers }) =>
    answers.flatMap(({ answer, kind }) =>
      [...byItem(plays)].map(([itemId, playIds]) => ({ hamletId, sessionId, day, itemId, playIds, answer, kind })),
    ),
  );
}

/** The same for one item in one hamlet, answer by answer. */
export async function answersAbout(
  reader: EntityManager,
  { hamletId, itemId, ...days }: Omit<SessionsOf, 'hamletIds'> & { readonly hamletId: string; readonly itemId: string },
): Promise<Doubtful[]> {
  return (await answered(reader, { hamletIds: [hamletId], ...days }))
    .filter(({ session }) => session.plays.some((play) => play.itemId === itemId))
    .flatMap(({ session, answers }) => answers.map((confirmation) => ({ confirmation, session })));
}

function byItem(plays: readonly AskedPlay[]): ReadonlyMap<string, readonly string[]> {
  const items = new Map<string, string[]>();
  for (const { itemId, id } of plays) items.set(itemId, [...(items.get(itemId) ?? []), id]);
  return items;
}

export const shownItems = (plays: readonly AskedPlay[]) =>
  itemsOf(plays).map(({ itemId, title, startMs }) => ({ itemId, title, startMs }));
