import { Injectable } from '@nestjs/common';
import { Between, type EntityManager, In, MoreThanOrEqual } from 'typeorm';
import { type Area, AreaService } from '../../areas/index.js';
import { PlannedPlayRow } from '../../dispatch/index.js';
import { ClusterService } from '../../fleet/index.js';
import { LibraryService } from '../../library/index.js';
import { Clock } from '../../platform/clock/index.js';
import { insertMany, type WriteTransaction } from '../../platform/database/index.js';
import { type AskedPlay, ConfirmationSession } from './confirmation.entity.js';
import {
  ASKED_FOR_MS,
  askable,
  dayEndMs,
  dayStartMs,
  holdsOn,
  localDay,
  type Session,
  sessionsOf,
} from './engine/sessions.js';
import { confirmationProblem } from './problems.js';

const DAY_MS = 86_400_000;

/** What a hamlet was told to hear. */
@Injectable()
export class SessionService {
  constructor(
    private readonly areas: AreaService,
    private readonly clusters: ClusterService,
    private readonly library: LibraryService,
    private readonly clock: Clock,
  ) {}

  /**
   * Sessions of the last days up to the end of today, in order of time, those of later today too. One that has an answer is what it was when that
   * came; plays that joined its end later are a session of their own.
   */
  async recent(reader: EntityManager, hamlet: Area): Promise<ConfirmationSession[]> {
    const nowMs = this.clock.nowMs();
    // A day more: a session may begin on the day before the one on which it ends.
    const fromMs = dayStartMs(nowMs - ASKED_FOR_MS - DAY_MS);
    const asked = await reader.findBy(ConfirmationSession, { hamletId: hamlet.id, startMs: MoreThanOrEqual(fromMs) });
    const known = new Set(asked.flatMap(({ plays }) => plays.map(({ id }) => id)));
    const links = (await this.clusters.hamletLinks(reader, hamlet.id)).filter(({ kind }) => kind === 'loudspeakers');
    const told = await this.#told(
      reader,
      links.map(({ clusterId }) => clusterId),
      fromMs,
      dayEndMs(nowMs),
    );
    const heard = told.filter(
      ({ id, clusterId, startMs }) =>
        !known.has(id) && links.some((link) => link.clusterId === clusterId && holdsOn(link, localDay(startMs))),
    );
    const commune = hamlet.parentId === null ? null : await this.areas.byId(reader, hamlet.parentId);
    const fresh = sessionsOf(heard).map((session) => asAsked(session, hamlet, commune, links));
    return [...asked, ...fresh].sort((a, b) => a.startMs - b.startMs);
  }

  /** One that may be answered now. @throws confirmations.sessionUnknown, confirmations.tooEarly */
  async open(reader: EntityManager, hamlet: Area, id: string): Promise<ConfirmationSession> {
    const session = (await this.recent(reader, hamlet)).find((recent) => recent.id === id);
    const state = session && askable(session, this.clock.nowMs());
    if (!session || state === 'over') throw confirmationProblem('confirmations.sessionUnknown');
    if (state === 'running') throw confirmationProblem('confirmations.tooEarly');
    return session;
  }

  /** Writes down what is asked, once, with the first answer to it. */
  async keep(tx: WriteTransaction, session: ConfirmationSession): Promise<void> {
    await insertMany(tx.manager, ConfirmationSession, [session], { of: ['id'] });
  }

  async #told(
    reader: EntityManager,
    clusterIds: readonly string[],
    fromMs: number,
    beforeMs: number,
  ): Promise<AskedPlay[]> {
    const where = { clusterId: In([...clusterIds]), startMs: Between(fromMs, beforeMs - 1) };
    const all = clusterIds.length === 0 ? [] : await reader.findBy(PlannedPlayRow, where);
    // What was taken back after its start may have sounded; leaving it out would also rename a session that people are answering for.
    const rows = all.filter(({ withdrawnAtMs, startMs }) => withdrawnAtMs === null || withdrawnAtMs > startMs);
    const titles = await this.library.titlesOf(reader, rows);
    return rows.map(({ id, clusterId, controllerId, itemId, itemVersion, startMs, durationMs }) => {
      const title = titles.get(`${itemId}.${itemVersion}`) ?? '';
      return { id, clusterId, controllerId, itemId, itemVersion, title, startMs, durationMs };
    });
  }
}

function asAsked(
  { startMs, endMs, day, plays }: Session<AskedPlay>,
  hamlet: Area,
  commune: Area | null,
  links: Awaited<ReturnType<ClusterService['hamletLinks']>>,
): ConfirmationSession {
  const serving = new Map(
    links
      .filter((link) => holdsOn(link, day))
      .map(({ clusterId: id, name, reach }) => [id, { id, name, reach }] as const),
  );
  return {
    id: `${hamlet.id}.${startMs}`,
    hamletId: hamlet.id,
    areaPath: hamlet.path,
    hamletName: hamlet.name,
    communeName: commune?.name ?? '',
    day,
    startMs,
    endMs,
    clusters: [...serving.values()],
    plays: [...plays],
  };
}
