import { Injectable } from '@nestjs/common';
import { type EntityManager, IsNull, MoreThan } from 'typeorm';
import type { CommandBody, PlannedPlay } from '../../../devices/protocol/index.js';
import { Audit } from '../../accounts/index.js';
import { AreaService } from '../../areas/index.js';
import { Clock } from '../../platform/clock/index.js';
import { beginsWith, Database } from '../../platform/database/index.js';
import type { Actor } from '../../platform/http/index.js';
import type { OutboxRelay } from '../../platform/outbox/index.js';
import { AtOnceService, EntryService, type Missing, ScheduleService } from '../../scheduling/index.js';
import { CommandRow } from './command.entity.js';
import { viewOf } from './command.views.js';
import { CommandIssuer } from './command-issuer.js';
import type { NewPlayNow, PlayNowView } from './play-now.api.js';
import { Summons, UnreadyAudio } from './summons.js';

/** Two taps at the same moment each find no order of the other: one of them is begun again. */
const ONE_AFTER_THE_OTHER = { isolation: 'serializable' } as const;

/** Phát ngay: approved content at once, ahead of the plan that tells the same. */
@Injectable()
export class PlayNowService {
  constructor(
    private readonly database: Database,
    private readonly areas: AreaService,
    private readonly atOnce: AtOnceService,
    private readonly entries: EntryService,
    private readonly schedule: ScheduleService,
    private readonly summons: Summons,
    private readonly issuer: CommandIssuer,
    private readonly audit: Audit,
    private readonly clock: Clock,
  ) {}

  /** What is taken off the schedule, or off the air everywhere, is stopped where it was ordered, too. */
  register(relay: OutboxRelay): void {
    relay.on<{ areaPath: string }>('schedule.changed', ({ payload: { areaPath } }) => this.#stopCancelled(areaPath));
    relay.on<{ itemId: string; version: number }>('library.withdrawn', ({ payload: { itemId, version } }) =>
      this.#stopWhere(null, 'nội dung đã bị thu hồi', ({ item }) => item.id === itemId && item.version === version),
    );
  }

  async play(actor: Actor, request: NewPlayNow): Promise<PlayNowView> {
    const { areaId, reason } = request;
    const requestKey = `playNow:${actor.accountId}:${request.requestKey}:`;
    const { area, before } = await this.database.read(async (reader) => ({
      area: await this.areas.seen(reader, actor, areaId),
      before: await givenBefore(reader, requestKey),
    }));
    actor.demand('fleet.command', area.path);
    if (before.length > 0) return this.#again(before);
    const { entryId, title, day, plays, missing } = await this.atOnce.air(actor, {
      ...request,
      clusterIds: request.clusterIds && [...new Set(request.clusterIds)],
    });
    const groups = await this.#grouped(plays);
    const given = await this.database.write(async (tx) => {
      if ((await givenBefore(tx.manager, requestKey)).length > 0) return null;
      const rows: CommandRow[] = [];
      for (const [n, { clusterIds, plays: own }] of groups.entries()) {
        const body: CommandBody = { kind: 'playNow', day, choices: [{ languages: null, plays: [...own] }] };
        const activeUntilMs = Math.max(...own.map(({ latestEndMs }) => latestEndMs));
        const to = { areaId: null, areaPath: area.path, clusterIds };
        rows.push(
          await this.issuer.issue(tx, {
            ...to,
            requestKey: `${requestKey}${n}`,
            body,
            by: actor,
            reason,
            activeUntilMs,
          }),
        );
      }
      const { itemId, class: kind, overrideReason } = request;
      const detail = { commands: rows.map(({ id }) => id), itemId, class: kind, reason, overrideReason };
      await this.audit.add(tx, actor, { action: 'command.playNow', subject: entryId, areaPath: area.path, detail });
      return rows;
    }, ONE_AFTER_THE_OTHER);
    if (given) return playNowOf(entryId, title, given, missing);
    // A second tap at the same moment was first.
    await this.entries.cancel(actor, entryId);
    return this.#again(await this.database.read((reader) => givenBefore(reader, requestKey)));
  }

  async #again(commands: readonly CommandRow[]): Promise<PlayNowView> {
    const [play] = commands.flatMap(({ body }) => playsOf(body));
    const { entryId, title, missing } = await this.atOnce.again(play ? entryOf(play) : '');
    return playNowOf(entryId, title, commands, missing);
  }

  /** Clusters that are told the same, together; its audio is there for whoever asks for it. */
  async #grouped(
    plays: ReadonlyMap<string, readonly PlannedPlay[]>,
  ): Promise<{ clusterIds: string[]; plays: readonly PlannedPlay[] }[]> {
    const groups = new Map<string, { clusterIds: string[]; plays: readonly PlannedPlay[] }>();
    for (const [clusterId, own] of plays) {
      const key = JSON.stringify(own);
      const group = groups.get(key) ?? { clusterIds: [], plays: own };
      group.clusterIds.push(clusterId);
      groups.set(key, group);
    }
    const all = [...groups.values()];
    const described = await this.#described(all.map((group) => group.plays));
    return all.map(({ clusterIds }, at) => ({ clusterIds: clusterIds.sort(), plays: described[at] ?? [] }));
  }

  async #described(choices: readonly (readonly PlannedPlay[])[]): Promise<PlannedPlay[][]> {
    for (;;)
      try {
        return await this.summons.described(choices);
      } catch (error) {
        if (!(error instanceof UnreadyAudio)) throw error;
        await this.summons.register(error);
      }
  }

  async #stopCancelled(areaPath: string): Promise<void> {
    const cancelled = await this.database.read(async (reader) => {
      const ordered = (await inForce(reader, areaPath, this.clock.nowMs())).flatMap(({ body }) => playsOf(body));
      return this.schedule.cancelledAmong(reader, [...new Set(ordered.map(entryOf))]);
    });
    if (cancelled.size > 0)
      await this.#stopWhere(areaPath, 'đã bỏ khỏi lịch phát', (play) => cancelled.has(entryOf(play)));
  }

  async #stopWhere(areaPath: string | null, why: string, over: (play: PlannedPlay) => boolean): Promise<void> {
    await this.database.write(async (tx) => {
      for (const { id, body } of await inForce(tx.manager, areaPath, this.clock.nowMs()))
        if (playsOf(body).some(over)) await this.summons.stop(tx, id, null, why);
    });
  }
}

/** The name of a play begins with its entry. */
const entryOf = ({ play }: PlannedPlay): string => play.slice(0, play.indexOf('-'));

const playsOf = (body: CommandBody): PlannedPlay[] =>
  body.kind === 'playNow' ? body.choices.flatMap(({ plays }) => plays) : [];

/** Ordered plays that may still sound; emergencies are ended by the room that airs them. */
async function inForce(reader: EntityManager, areaPath: string | null, nowMs: number): Promise<CommandRow[]> {
  const rows = await reader.findBy(CommandRow, {
    areaId: IsNull(),
    activeUntilMs: MoreThan(nowMs),
    endedAtMs: IsNull(),
    kind: 'playNow',
  });
  return rows.filter(
    (row) =>
      (areaPath === null || row.areaPath.startsWith(areaPath)) &&
      !playsOf(row.body).some((play) => play.class === 'emergency'),
  );
}

function givenBefore(reader: EntityManager, requestKey: string): Promise<CommandRow[]> {
  return reader
    .createQueryBuilder(CommandRow, 'command')
    .where(...beginsWith(reader, 'command.requestKey', requestKey))
    .orderBy('command.id')
    .getMany();
}

function playNowOf(
  entryId: string,
  title: string,
  commands: readonly CommandRow[],
  missing: readonly Missing[],
): PlayNowView {
  const starts = commands.flatMap(({ body }) => playsOf(body).map(({ startMs }) => startMs));
  return {
    ...{ entryId, title, startMs: Math.min(...starts) },
    commands: commands.map(viewOf),
    missing: missing.map((each) => ({ ...each })),
  };
}
