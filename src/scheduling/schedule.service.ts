import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { PlannedPlay } from '../../devices/protocol/index.js';
import { AreaService, covers } from '../areas/index.js';
import { LibraryService } from '../library/index.js';
import { Clock } from '../platform/clock/index.js';
import { Database } from '../platform/database/index.js';
import type { Actor } from '../platform/http/index.js';
import {
  concerns,
  DEFAULT_ZONE,
  entryIdOf,
  type Gap,
  type GapReason,
  inWords,
  localDayOf,
  localTimeOf,
  MOST_PLAYS_A_DAY,
  spanOfDays,
  timeline,
} from './engine/index.js';
import type { Entry } from './entry.entity.js';
import { entriesWithin, pathsScheduling } from './entry.queries.js';
import { scheduleProblem } from './problems.js';
import type { PreviewQuery, PreviewView } from './scheduling.api.js';

/** Today has begun up to 26 hours ago, in whatever zone. */
const STILL_TODAY_MS = 26 * 3_600_000;
const MOST_PREVIEWED = 5_000;

@Injectable()
export class ScheduleService {
  constructor(
    private readonly database: Database,
    private readonly areas: AreaService,
    private readonly library: LibraryService,
    private readonly clock: Clock,
  ) {}

  /** Entries that may start something from the beginning of today (in any zone) to before `untilMs`, of all areas. */
  activeEntries(reader: EntityManager, untilMs: number): Promise<Entry[]> {
    return entriesWithin(reader, { fromMs: this.clock.nowMs() - STILL_TODAY_MS, untilMs });
  }

  /** Paths of the areas that have, or had, this item on their schedule. For other rooms; rights are theirs to check. */
  pathsWith(reader: EntityManager, itemId: string): Promise<string[]> {
    return pathsScheduling(reader, itemId);
  }

  /** What devices are told for these days, made by what makes it for them (invariant 3). */
  async preview(actor: Actor, { areaId, clusterId, from, days }: PreviewQuery): Promise<PreviewView> {
    const zone = DEFAULT_ZONE;
    const span = spanOfDays(from, days, zone);
    const { areaPath, entries, items } = await this.database.read(async (reader) => {
      const area = await this.areas.get(actor, areaId);
      actor.demand('schedule.read', area.path);
      const nearby = await entriesWithin(reader, span, area.path);
      // Which clusters an office above names, and whether they lie here, is not for everyone who may see this area.
      const told = nearby.filter((entry) =>
        clusterId === undefined
          ? entry.clusterIds === null || covers(area.path, entry.areaPath)
          : concerns(entry, { id: clusterId, areaPath: area.path }),
      );
      if (told.length > MOST_PREVIEWED) throw scheduleProblem('schedule.previewTooLarge');
      return {
        areaPath: area.path,
        entries: told,
        items: await this.library.airable(reader, [...new Set(told.map(({ itemId }) => itemId))]),
      };
    });
    const { plays, gaps, overlaps } = timeline({
      entries,
      items,
      span,
      zone,
      of: clusterId === undefined ? 'manyClusters' : 'oneCluster',
    });
    if (plays.length + gaps.length + overlaps.length > MOST_PREVIEWED)
      throw scheduleProblem('schedule.previewTooLarge');
    const entryOf = new Map(entries.map((entry) => [entry.id, entry]));
    return {
      zone,
      ...span,
      plays: plays.flatMap((play) => {
        const entry = entryOf.get(entryIdOf(play.occurrence));
        if (!entry) return [];
        const fromAbove = clusterId !== undefined && !covers(areaPath, entry.areaPath);
        return [playView(play, entry, fromAbove && entry.clusterIds ? [clusterId] : entry.clusterIds, zone)];
      }),
      gaps: gaps.map((gap) => gapView(gap, entryOf.get(gap.entryId)?.title ?? '', zone)),
      overlaps: [...overlaps],
    };
  }
}

function playView(
  play: PlannedPlay,
  entry: Entry,
  clusterIds: string[] | null,
  zone: string,
): PreviewView['plays'][number] {
  const endMs = play.startMs + play.audio.durationMs;
  return {
    entryId: entry.id,
    entryTitle: entry.title,
    areaId: entry.areaId,
    clusterIds,
    localDay: localDayOf(play.startMs, zone),
    starts: localTimeOf(play.startMs, zone),
    ends: localTimeOf(endMs, zone),
    words: inWords(play.startMs, endMs, zone),
    play,
  };
}

const GAP_WORDS: Readonly<Record<GapReason, string>> = {
  notApproved: 'Nội dung chưa được duyệt hoặc đã bị thu hồi nên không phát.',
  unknownDuration: 'Không đọc được thời lượng âm thanh nên không phát.',
  notValid: 'Ngày này nằm ngoài thời hạn hiệu lực của nội dung nên không phát.',
  dayFull: `Ngày này đã đủ ${MOST_PLAYS_A_DAY.toLocaleString('vi-VN')} lượt phát nên lượt bắt đầu muộn này không phát.`,
};

function gapView(gap: Gap, entryTitle: string, zone: string): PreviewView['gaps'][number] {
  return { ...gap, entryTitle, starts: localTimeOf(gap.startMs, zone), words: GAP_WORDS[gap.reason] };
}
