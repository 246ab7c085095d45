import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { AreaService } from '../../areas/index.js';
import type { Cluster } from '../../fleet/index.js';
import { Clock } from '../../platform/clock/index.js';
import { Database } from '../../platform/database/index.js';
import type { Actor } from '../../platform/http/index.js';
import {
  addDays,
  Board,
  Calendar,
  DEFAULT_ZONE,
  EarshotGrid,
  type Interval,
  NEIGHBOUR_SETTINGS,
  neighbours,
  type Slice,
  type SoundingPlay,
  type Span,
  spanOfDays,
  weekdayOf,
} from '../engine/index.js';
import { Boards, type Gathered } from '../preview/boards.js';
import { demandWithin, MOST_LISTENER_DAYS } from '../preview/bounds.js';
import { scheduleProblem } from '../problems.js';
import { allowedOn } from './allowed.js';
import type { LoudHours } from './foreign-loudspeaker.entity.js';
import { ForeignLoudspeakerService } from './foreign-loudspeaker.service.js';
import { type Box, clustersBeside, clustersUnder, communesOf } from './nearby.queries.js';
import type { NeighboursQuery, NeighboursView } from './neighbours.api.js';
import { type Beside, viewOfNeighbours } from './neighbours.view.js';

/** Warnings between two clusters elsewhere are found too, and left out afterwards: so more are asked for than are told. */
const MOST_FOUND = 5_000;
const METRES_PER_DEGREE = 111_000;

/** What is heard together, within an area and over its border. */
@Injectable()
export class NeighboursService {
  constructor(
    private readonly database: Database,
    private readonly areas: AreaService,
    private readonly boards: Boards,
    private readonly loudspeakers: ForeignLoudspeakerService,
    private readonly clock: Clock,
  ) {}

  /** @throws Problem area.unknown, right.missing, planning.tooLarge */
  async neighbours(actor: Actor, { areaId, from, days }: NeighboursQuery): Promise<NeighboursView> {
    const zone = DEFAULT_ZONE;
    const span = spanOfDays(from, days, zone);
    const found = await this.database.read(async (reader) => {
      const area = await this.areas.seen(reader, actor, areaId);
      actor.demand('schedule.read', area.path);
      await demandWithin(reader, [area.path], days, 'planning.tooLarge');
      // Boards make no noise that a neighbour hears.
      const clusters = (await clustersUnder(reader, area.path)).filter(({ kind }) => kind === 'loudspeakers');
      const beside = await besideOf(reader, area.path, clusters);
      if ((clusters.length + beside.length) * days > MOST_LISTENER_DAYS) throw scheduleProblem('planning.tooLarge');
      const boards = [await this.boards.gather(reader, area.path, span, zone)];
      // Each office's own board: what is aimed at one of them only is not on the others'.
      for (const path of new Set(beside.map(({ areaPath }) => areaPath)))
        boards.push(await this.boards.gather(reader, path, span, zone));
      const communes = await communesOf(reader, [...new Set(beside.map(({ areaPath }) => areaPath))]);
      return { area, clusters, beside, boards, communes, foreign: await this.loudspeakers.around(reader, area.path) };
    });
    const { area, clusters, beside, boards, communes, foreign } = found;
    const [own] = boards;
    const ownEntries = new Set(
      own?.entries.filter(({ areaPath }) => areaPath.startsWith(area.path)).map(({ id }) => id),
    );
    const nowMs = this.clock.nowMs();
    const mayMove = ({ entryId, kind, class: ofClass, startMs }: Slice) =>
      ownEntries.has(entryId) && kind === 'sound' && ofClass !== 'emergency' && startMs > nowMs;
    const playsOf = playsFrom(boards, beside, mayMove);
    const localDays = [...Array(days + 1).keys()].map((index) => addDays(from, index - 1));
    const calendar = new Calendar();
    const pathOf = new Map(clusters.map(({ id, areaPath }) => [id, areaPath]));
    const answer = neighbours({
      clusters: [...clusters, ...beside],
      playsOf,
      allowedOf: (id) => allowedIn(span, own, localDays, pathOf.get(id) ?? area.path, calendar),
      foreign: foreign.map(({ name, latitude, longitude, hours }) => ({
        ...{ name, latitude, longitude },
        hours: hours.map(soundingHours),
      })),
      // What began the evening before may still sound.
      days: localDays.map((day) => ({
        startMs: calendar.instantOf(day, '00:00', zone).startMs,
        weekday: weekdayOf(day),
      })),
      settings: { mostWarnings: MOST_FOUND },
    });
    const elsewhere = new Map<string, Beside>(
      beside.map(({ id, areaPath }) => [id, { commune: communes.get(areaPath)?.name ?? '' }]),
    );
    return viewOfNeighbours(answer, clusters, elsewhere, zone);
  }
}

/** Clusters of other areas that somebody at one of these hears. */
async function besideOf(reader: EntityManager, path: string, clusters: readonly Cluster[]): Promise<Cluster[]> {
  const placed = clusters.filter(hasPlace);
  if (placed.length === 0) return [];
  const grid = new EarshotGrid(placed, NEIGHBOUR_SETTINGS.earshotM);
  const near = (await clustersBeside(reader, path, boxAround(placed))).filter(hasPlace);
  return near.filter((cluster) => !grid.near(cluster)[Symbol.iterator]().next().done);
}

type PlacedCluster = Cluster & { readonly latitude: number; readonly longitude: number };

const hasPlace = (cluster: Cluster): cluster is PlacedCluster =>
  cluster.latitude !== null && cluster.longitude !== null;

function boxAround(placed: readonly PlacedCluster[]): Box {
  const box = { south: 90, north: -90, west: 180, east: -180 };
  for (const { latitude, longitude } of placed) {
    box.south = Math.min(box.south, latitude);
    box.north = Math.max(box.north, latitude);
    box.west = Math.min(box.west, longitude);
    box.east = Math.max(box.east, longitude);
  }
  const up = NEIGHBOUR_SETTINGS.earshotM / METRES_PER_DEGREE;
  const farthest = Math.min(89, Math.max(Math.abs(box.south), Math.abs(box.north)));
  const along = up / Math.cos((farthest * Math.PI) / 180);
  // A little wider than needed: distances are looked at afterwards.
  return {
    south: box.south - 1.1 * up,
    north: box.north + 1.1 * up,
    west: box.west - 1.1 * along,
    east: box.east + 1.1 * along,
  };
}

function playsFrom(gathered: readonly Gathered[], beside: readonly Cluster[], mayMove: (slice: Slice) => boolean) {
  const elsewhere = new Set(beside.map(({ id }) => id));
  const plays = new Map<string, readonly SoundingPlay[]>();
  for (const [index, settings] of gathered.entries()) {
    const board = new Board(settings);
    for (const { id } of settings.listeners) {
      if (plays.has(id) || (index > 0 && !elsewhere.has(id))) continue;
      const sounding = board.planOf(id).slices.map(
        (slice): SoundingPlay => ({
          play: slice.id,
          // Two relays are never the same sound: each comes over its own line, with its own delay.
          itemId: slice.kind === 'relay' ? null : (slice.play?.item.id ?? null),
          fromMs: slice.startMs,
          untilMs: slice.endMs,
          movable: index === 0 && mayMove(slice),
        }),
      );
      plays.set(id, sounding);
    }
  }
  return (id: string): readonly SoundingPlay[] => plays.get(id) ?? [];
}

function allowedIn(
  { fromMs, untilMs }: Span,
  own: Gathered | undefined,
  days: readonly string[],
  areaPath: string,
  calendar: Calendar,
): Interval[] {
  return days
    .flatMap((day) => allowedOn(own?.rules, DEFAULT_ZONE, calendar, areaPath, day))
    .filter((stretch) => stretch.untilMs > fromMs && stretch.fromMs < untilMs);
}

function soundingHours({ weekdays, from, until, untilDay }: LoudHours) {
  const next = untilDay === 'next' ? 86_400_000 : 0;
  return { weekdays, fromMs: timeMs(from), untilMs: timeMs(until) + next };
}

const timeMs = (time: string): number => (Number(time.slice(0, 2)) * 60 + Number(time.slice(3, 5))) * 60_000;
