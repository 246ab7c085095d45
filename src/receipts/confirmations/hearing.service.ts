import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { type Area, AreaService } from '../../areas/index.js';
import { ClusterService } from '../../fleet/index.js';
import { Clock } from '../../platform/clock/index.js';
import { Database } from '../../platform/database/index.js';
import { RateWindow } from '../../platform/http/index.js';
import { AnswerBook } from './answer.book.js';
import type { Confirmation, ConfirmationLink, ConfirmationSession } from './confirmation.entity.js';
import { askable, CORRECTABLE_MS, holdsOn, itemsOf, localDay } from './engine/sessions.js';
import type { AskedSession, HeadAnswer, HearingView } from './hearing.api.js';
import { ConfirmationLinkService } from './link.service.js';
import { confirmationProblem } from './problems.js';
import { SessionService } from './session.service.js';

/** Of one link: more than a person taps, and few enough that a link which went round does no harm. */
const LIMIT = { most: 60, spanMs: 60_000, mostKeys: 10_000 };

/** The side without an account: a hamlet head says how the last sessions were heard. */
@Injectable()
export class HearingService {
  readonly #calls = new RateWindow(LIMIT);

  constructor(
    private readonly database: Database,
    private readonly links: ConfirmationLinkService,
    private readonly sessions: SessionService,
    private readonly book: AnswerBook,
    private readonly areas: AreaService,
    private readonly clusters: ClusterService,
    private readonly clock: Clock,
  ) {}

  async page(token: string): Promise<HearingView> {
    return this.database.read(async (reader) => {
      const link = await this.links.open(reader, token);
      this.#count(link);
      const hamlet = await this.#hamlet(reader, link);
      const nowMs = this.clock.nowMs();
      const recent = await this.sessions.recent(reader, hamlet);
      const open = recent.filter((session) => askable(session, nowMs) === 'open').reverse();
      const running = recent.find(({ startMs, endMs }) => startMs <= nowMs && nowMs < endMs);
      const commune = hamlet.parentId === null ? null : await this.areas.byId(reader, hamlet.parentId);
      const answers = await this.book.of(
        reader,
        open.map(({ id }) => id),
      );
      const today = (await this.clusters.hamletLinks(reader, hamlet.id)).filter(
        (each) => each.kind === 'loudspeakers' && holdsOn(each, localDay(nowMs)),
      );
      return {
        headName: link.headName,
        hamletName: hamlet.name,
        communeName: commune?.name ?? '',
        validUntilMs: link.validUntilMs,
        served: today.length > 0,
        runningUntilMs: running?.endMs ?? null,
        sessions: open.map((session) => this.#view(session, headsOf(answers.get(session.id)), link)),
      };
    });
  }

  /** The same answer again is the same one; another one within the hour corrects it. */
  async answer(token: string, sessionId: string, { answer, seen }: HeadAnswer): Promise<AskedSession> {
    this.#count(await this.database.read((reader) => this.links.open(reader, token)));
    return this.database.write(
      async (tx) => {
        const link = await this.links.openToAnswer(tx, token);
        const hamlet = await this.#hamlet(tx.manager, link);
        const session = await this.sessions.open(tx.manager, hamlet, sessionId);
        const said = { kind: 'head', answer, seen, toldBy: null, actor: null } as const;
        const given = await this.book.give(tx, session, { ...said, byId: link.id, byName: link.headName });
        return this.#view(session, given, link);
      },
      { isolation: 'serializable' },
    );
  }

  #count({ id }: ConfirmationLink): void {
    if (!this.#calls.take(id, this.clock.nowMs())) throw confirmationProblem('confirmations.tooFast');
  }

  async #hamlet(reader: EntityManager, { hamletId }: ConfirmationLink): Promise<Area> {
    const hamlet = await this.areas.byId(reader, hamletId);
    if (!hamlet) throw confirmationProblem('confirmations.linkUnknown');
    return hamlet;
  }

  #view(session: ConfirmationSession, given: readonly Confirmation[], link: ConfirmationLink): AskedSession {
    const { id, day, startMs, endMs, plays } = session;
    const [first, last] = [given[0], given.at(-1)];
    const untilMs = first?.byId === link.id ? first.atMs + CORRECTABLE_MS : 0;
    return {
      ...{ id, day, startMs, endMs },
      items: itemsOf(plays).map((play) => ({ title: play.title, startMs: play.startMs })),
      answer: last?.answer ?? null,
      answeredAtMs: last?.atMs ?? null,
      correctableUntilMs: this.clock.nowMs() < untilMs ? untilMs : null,
      seen: given.length,
    };
  }
}

const headsOf = (answers: readonly Confirmation[] = []) => answers.filter(({ kind }) => kind === 'head');
