import { Injectable } from '@nestjs/common';
import { PLAN_DAYS } from '../../../devices/protocol/index.js';
import { AreaService } from '../../areas/index.js';
import { Clock } from '../../platform/clock/index.js';
import { Database } from '../../platform/database/index.js';
import type { Actor } from '../../platform/http/index.js';
import {
  addDays,
  Board,
  Calendar,
  DEFAULT_ZONE,
  type ForecastController,
  type ForecastPlan,
  forecast,
  localDayOf,
  MONTH_DAYS,
  type Slice,
  spanOfDays,
} from '../engine/index.js';
import { Boards } from '../preview/boards.js';
import { demandWithin } from '../preview/bounds.js';
import type { ForecastQuery, ForecastView } from './forecast.api.js';
import { clustersUnder, controllersUnder } from './nearby.queries.js';

/** A usual rate of a station's stream. */
const STREAM_BITS_PER_SECOND = 64_000;

/** What a schedule costs the SIM of each controller. */
@Injectable()
export class ForecastService {
  constructor(
    private readonly database: Database,
    private readonly areas: AreaService,
    private readonly boards: Boards,
    private readonly clock: Clock,
  ) {}

  /** @throws Problem area.unknown, right.missing, planning.tooLarge */
  async forecast(actor: Actor, { areaId, from, days }: ForecastQuery): Promise<ForecastView> {
    const zone = DEFAULT_ZONE;
    const today = localDayOf(this.clock.nowMs(), zone);
    const { areaName, clusters, controllers, asked, told } = await this.database.read(async (reader) => {
      const area = await this.areas.seen(reader, actor, areaId);
      actor.demand('schedule.read', area.path);
      await demandWithin(reader, [area.path], days + PLAN_DAYS, 'planning.tooLarge');
      const names = new Map((await this.areas.under(reader, area.path)).map(({ id, name }) => [id, name]));
      const found = await clustersUnder(reader, area.path);
      return {
        areaName: names,
        clusters: new Map(found.map((cluster) => [cluster.id, cluster])),
        controllers: await controllersUnder(reader, area.path),
        asked: new Board(await this.boards.gather(reader, area.path, spanOfDays(from, days, zone), zone)),
        told: new Board(await this.boards.gather(reader, area.path, spanOfDays(today, PLAN_DAYS, zone), zone)),
      };
    });
    const plans = new SamePlans();
    const questions = controllers.map(({ id, clusterId, ready }): ForecastController => {
      const cluster = clusters.get(clusterId);
      const holds = ready ? told.planOf(clusterId).plays.map(({ audio }) => audio.sha256) : [];
      return {
        id,
        areaName: areaName.get(cluster?.areaId ?? '') ?? '',
        clusterName: cluster?.name ?? '',
        plan: plans.of(asked.planOf(clusterId).slices),
        holds: new Set(holds),
      };
    });
    const calendar = new Calendar();
    const dayStartsMs = [...Array(days + 1).keys()].map(
      (day) => calendar.instantOf(addDays(from, day), '00:00', zone).startMs,
    );
    const answer = forecast({ controllers: questions, dayStartsMs });
    if (!answer.ok) throw new Error(`the forecast was asked wrongly: ${answer.refusal}`);
    const served = new Set(controllers.map(({ clusterId }) => clusterId));
    return {
      monthDays: MONTH_DAYS,
      controllers: answer.controllers.map((bytes, index) => {
        const { clusterId = '', ready = false } = controllers[index] ?? {};
        return { ...bytes, clusterId, clusterName: clusters.get(clusterId)?.name ?? '', ready };
      }),
      clustersWithout: [...clusters.keys()].filter((id) => !served.has(id)).length,
      totalBytes: answer.totalBytes,
      liveBytes: answer.liveBytes,
      streamBitsPerSecond: STREAM_BITS_PER_SECOND,
    };
  }
}

/** One object for all who are told the same, so that it is weighed once. */
class SamePlans {
  readonly #known = new Map<string, ForecastPlan>();

  of(slices: readonly Slice[]): ForecastPlan {
    const key = slices.map(({ id, startMs, volume }) => `${id} ${startMs} ${volume}`).join('\n');
    const known = this.#known.get(key) ?? planOf(slices);
    this.#known.set(key, known);
    return known;
  }
}

function planOf(slices: readonly Slice[]): ForecastPlan {
  return {
    plays: slices.flatMap(({ play }) => play ?? []),
    streams: slices
      .filter(({ kind }) => kind === 'relay' || kind === 'live')
      .map(({ startMs, endMs }) => ({ bitsPerSecond: STREAM_BITS_PER_SECOND, durationMs: endMs - startMs })),
  };
}
