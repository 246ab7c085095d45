import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { AreaService } from '../../areas/index.js';
import { Database } from '../../platform/database/index.js';
import type { Actor } from '../../platform/http/index.js';
import {
  addDays,
  Board,
  DEFAULT_ZONE,
  type Gap,
  inWords,
  localDayOf,
  localTimeOf,
  lunarOf,
  type Shared,
  type Slice,
  type Span,
  spanOfDays,
  together,
  yearNameOf,
} from '../engine/index.js';
import { wordsOf } from '../engine/rules/index.js';
import type { Entry } from '../entries/entry.entity.js';
import { cancelledAmong, pathsScheduling } from '../entries/entry.queries.js';
import { scheduleProblem } from '../problems.js';
import { Boards, type Gathered, isImagined, withImagined } from './boards.js';
import { demandWithin } from './bounds.js';
import { GAP_WORDS } from './gap-words.js';
import type { PreviewQuery, PreviewView } from './preview.api.js';

const MOST_PREVIEWED = 5_000;

@Injectable()
export class ScheduleService {
  constructor(
    private readonly database: Database,
    private readonly areas: AreaService,
    private readonly boards: Boards,
  ) {}

  /** For whoever tells devices: what the board of everybody at or below an area is made of. */
  gather(reader: EntityManager, area: string, span: Span, zone: string): Promise<Gathered> {
    return this.boards.gather(reader, area, span, zone);
  }

  /** Paths of the areas that have, or had, this item on their schedule. For other rooms; rights are theirs to check. */
  pathsWith(reader: EntityManager, itemId: string): Promise<string[]> {
    return pathsScheduling(reader, itemId);
  }

  /** Those of the entries that people took off, see the query. */
  cancelledAmong(reader: EntityManager, entryIds: readonly string[]): Promise<Set<string>> {
    return cancelledAmong(reader, entryIds);
  }

  /** What devices are told for these days, made by what makes it for them (invariant 3). */
  async preview(actor: Actor, { areaId, clusterId, from, days }: PreviewQuery): Promise<PreviewView> {
    const zone = DEFAULT_ZONE;
    const span = spanOfDays(from, days, zone);
    const gathered = await this.database.read(async (reader) => {
      const area = await this.areas.get(actor, areaId);
      actor.demand('schedule.read', area.path);
      await demandWithin(reader, [area.path], days);
      const found = await this.boards.gather(reader, area.path, span, zone);
      if (found.entries.length > MOST_PREVIEWED) throw scheduleProblem('schedule.previewTooLarge');
      return clusterId === undefined ? withImagined(found, area.path) : found;
    });
    const ids = gathered.listeners.map(({ id }) => id).filter((id) => clusterId === undefined || id === clusterId);
    if (ids.length === 0) throw scheduleProblem('schedule.clusterUnknown');
    const seen = together(new Board(gathered), ids);
    if (seen.slices.length + seen.gaps.length + seen.overlaps.length > MOST_PREVIEWED)
      throw scheduleProblem('schedule.previewTooLarge');
    const entryOf = new Map(gathered.entries.map((entry) => [entry.id, entry]));
    return {
      zone,
      ...span,
      days: Array.from({ length: days }, (_, offset) => dayView(addDays(from, offset))),
      plays: seen.slices.map((slice) => playView(slice, entryOf.get(slice.entryId), zone)),
      gaps: seen.gaps.map((gap) => gapView(gap, entryOf.get(gap.entryId), zone)),
      overlaps: seen.overlaps.map(({ first, second, fromMs, untilMs }) => ({ first, second, fromMs, untilMs })),
    };
  }
}

/** @param day YYYY-MM-DD; null where the lunar calendar is not computed */
function dayView(day: string): PreviewView['days'][number] {
  const lunar = lunarOf(day);
  if (!lunar) return { day, lunar: null, lunarYear: null };
  const { year, month, day: date, leap } = lunar;
  return { day, lunar: { year, month, day: date, leap }, lunarYear: yearNameOf(year) };
}

function playView(slice: Shared<Slice>, entry: Entry | undefined, zone: string): PreviewView['plays'][number] {
  const { startMs, endMs, play, kind, volume } = slice;
  return {
    id: slice.id,
    kind,
    entryId: slice.entryId,
    entryTitle: entry?.title ?? '',
    areaId: entry?.areaId ?? '',
    clusterIds: slice.listeners.filter((id) => !isImagined(id)),
    localDay: localDayOf(startMs, zone),
    starts: localTimeOf(startMs, zone),
    ends: localTimeOf(endMs, zone),
    words: inWords(startMs, endMs, zone),
    startMs,
    endMs,
    volume,
    play,
  };
}

function gapView(gap: Shared<Gap>, entry: Entry | undefined, zone: string): PreviewView['gaps'][number] {
  const { entryId, occurrence, localDay, startMs, reason, listeners } = gap;
  return {
    ...{ entryId, occurrence, localDay, startMs, reason },
    entryTitle: entry?.title ?? '',
    clusterIds: listeners.filter((id) => !isImagined(id)),
    starts: localTimeOf(startMs, zone),
    words: gap.breach ? wordsOf(gap.breach, 'vi') : GAP_WORDS[reason],
  };
}
