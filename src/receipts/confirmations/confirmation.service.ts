import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { AreaService } from '../../areas/index.js';
import { cleanLine } from '../../library/index.js';
import { Clock } from '../../platform/clock/index.js';
import { Database } from '../../platform/database/index.js';
import type { Actor } from '../../platform/http/index.js';
import { AnswerBook } from './answer.book.js';
import type {
  ConfirmationQuery,
  ConfirmationView,
  ContradictionView,
  GivenView,
  SessionQuery,
  Telephoned,
} from './confirmation.api.js';
import type { Confirmation, ConfirmationSession } from './confirmation.entity.js';
import {
  answeredSessions,
  cursorOf,
  type Doubtful,
  doubtfulAnswers,
  evidenceOf,
  type KnownPlay,
  shownItems,
} from './confirmation.queries.js';
import { contradictionOf, provenOf } from './engine/contradiction.js';
import { askable } from './engine/sessions.js';
import { confirmationProblem } from './problems.js';
import { scopesWithin } from './scopes.js';
import { SessionService } from './session.service.js';

/** Answers whose receipts are looked at for one page: a page of contradictions may be short, and the next one goes on. */
const MOST_JUDGED = 500;

interface Page<Row> {
  readonly rows: readonly Row[];
  /** Null: the last page. */
  readonly next: string | null;
}

/** The operators' side. */
@Injectable()
export class ConfirmationService {
  constructor(
    private readonly database: Database,
    private readonly areas: AreaService,
    private readonly sessions: SessionService,
    private readonly book: AnswerBook,
    private readonly clock: Clock,
  ) {}

  /** Sessions with their answers, the last ones first. */
  async page(actor: Actor, query: ConfirmationQuery): Promise<Page<ConfirmationView>> {
    return this.database.read(async (reader) => {
      const scopes = await this.#scopes(reader, actor, query.areaId);
      if (scopes.length === 0) return { rows: [], next: null };
      const found = await answeredSessions(reader, scopes, query);
      const shown = found.slice(0, query.limit);
      const last = found.length > query.limit ? shown.at(-1) : undefined;
      return { rows: await this.#views(reader, shown), next: last ? cursorOf(last.startMs, last.id) : null };
    });
  }

  /** Sessions of a hamlet that an answer may be entered for, the last ones first. */
  async open(actor: Actor, { hamletId }: SessionQuery): Promise<ConfirmationView[]> {
    return this.database.read(async (reader) => {
      const hamlet = await this.areas.seen(reader, actor, hamletId);
      actor.demand('coverage.read', hamlet.path);
      if (hamlet.kind !== 'hamlet') throw confirmationProblem('confirmations.notHamlet');
      const nowMs = this.clock.nowMs();
      const recent = await this.sessions.recent(reader, hamlet);
      return this.#views(reader, recent.filter((session) => askable(session, nowMs) === 'open').reverse());
    });
  }

  /** An answer as somebody told it on the telephone: beside the head's own, never in its place. */
  async telephoned(actor: Actor, { sessionId, answer, toldBy: raw }: Telephoned): Promise<ConfirmationView> {
    const toldBy = cleanLine(raw);
    if (toldBy === '') throw confirmationProblem('confirmations.nobodyTold');
    const [hamletId = ''] = sessionId.split('.');
    return this.database.write(
      async (tx) => {
        const hamlet = await this.areas.byId(tx, hamletId);
        if (!hamlet || !actor.may('coverage.read', hamlet.path))
          throw confirmationProblem('confirmations.sessionUnknown');
        actor.demand('confirmation.manage', hamlet.path);
        const session = await this.sessions.open(tx.manager, hamlet, sessionId);
        const by = { byId: actor.accountId, byName: actor.name, actor };
        await this.book.give(tx, session, { kind: 'telephone', answer, toldBy, seen: null, ...by });
        const [view] = await this.#views(tx.manager, [session]);
        if (!view) throw new Error('a session without a view');
        return view;
      },
      { isolation: 'serializable' },
    );
  }

  /** Answers and receipts that speak against each other, the newest answers first. */
  async contradictions(actor: Actor, query: ConfirmationQuery): Promise<Page<ContradictionView>> {
    return this.database.read(async (reader) => {
      const scopes = await this.#scopes(reader, actor, query.areaId);
      if (scopes.length === 0) return { rows: [], next: null };
      const found = await doubtfulAnswers(reader, scopes, query, MOST_JUDGED);
      const evidence = await evidenceOf(
        reader,
        found.map(({ session }) => session),
      );
      const rows = found.flatMap((each) => contradictionIn(each, evidence));
      const shown = rows.slice(0, query.limit);
      // The page ends with the last one shown, or with the last one judged.
      const last = rows.length > query.limit ? shown.at(-1) : undefined;
      if (last) return { rows: shown, next: cursorOf(last.atMs, last.id) };
      const judged = found.length === MOST_JUDGED ? found.at(-1)?.confirmation : undefined;
      return { rows: shown, next: judged ? cursorOf(judged.atMs, judged.id) : null };
    });
  }

  async #scopes(reader: EntityManager, actor: Actor, areaId: string | undefined): Promise<readonly string[]> {
    const area = areaId === undefined ? null : await this.areas.seen(reader, actor, areaId);
    return scopesWithin(actor, 'coverage.read', area?.path ?? null);
  }

  async #views(reader: EntityManager, sessions: readonly ConfirmationSession[]): Promise<ConfirmationView[]> {
    const answers = await this.book.of(
      reader,
      sessions.map(({ id }) => id),
    );
    return sessions.map((session) => ({
      ...sessionOf(session),
      items: shownItems(session.plays),
      answers: (answers.get(session.id) ?? [])
        .toSorted((a, b) => a.atMs - b.atMs || a.n - b.n)
        .map((given) => ({ ...givenOf(given), supersededAtMs: given.supersededAtMs })),
    }));
  }
}

function contradictionIn(
  { confirmation, session }: Doubtful,
  evidence: ReadonlyMap<string, KnownPlay>,
): ContradictionView[] {
  const plays = session.plays.flatMap((play) => {
    const known = evidence.get(play.id);
    return known ? [{ ...play, known }] : [];
  });
  const contradiction = contradictionOf(
    confirmation.answer,
    session.clusters.map(({ id }) => id),
    plays.map(({ known }) => known),
  );
  if (contradiction === null) return [];
  const names = new Map(session.clusters.map(({ id, name }) => [id, name]));
  return [
    {
      ...givenOf(confirmation),
      id: confirmation.id,
      contradiction,
      session: sessionOf(session),
      plays: plays.map(({ id, clusterId, controllerId, itemId, title, startMs, known }) => ({
        ...{ id, clusterId, clusterName: names.get(clusterId) ?? '', controllerId, itemId, title, startMs },
        ...{ outcome: known.outcome, cause: known.cause, proven: provenOf(known), receiptId: known.receiptId },
      })),
    },
  ];
}

function sessionOf(session: ConfirmationSession): ContradictionView['session'] {
  const { id, hamletId, hamletName, communeName, day, startMs, endMs } = session;
  return { id, hamletId, hamletName, communeName, day, startMs, endMs };
}

const givenOf = ({ kind, answer, atMs, byName, toldBy, archive }: Confirmation): GivenView => ({
  ...{ kind, answer, atMs, byName, toldBy, archive },
});
