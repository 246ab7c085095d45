import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { Area } from '../../areas/index.js';
import { LibraryService } from '../../library/index.js';
import { Clock } from '../../platform/clock/index.js';
import { Database } from '../../platform/database/index.js';
import type { Actor } from '../../platform/http/index.js';
import {
  type DayLine,
  inWords,
  itemIdsOf,
  type LaidLine,
  layOut,
  plannedLengthMs,
  type SkippedLine,
  type Timed,
} from '../engine/index.js';
import type { NewEntry } from '../entries/entry.api.js';
import type { Entry } from '../entries/entry.entity.js';
import { EntryService } from '../entries/entry.service.js';
import { each } from '../entries/entry-changes.js';
import { inTurns, KnownRules } from '../entries/known-rules.js';
import { Publisher } from '../publications/publisher.js';
import { anchorsOf, entriesOfArea } from './area-entries.queries.js';
import type { CopyAnswer } from './copy.api.js';
import { SKIP_WORDS } from './skip-words.js';

export interface Laying {
  /** In which the actor may schedule. */
  readonly area: Pick<Area, 'id' | 'path'>;
  readonly lines: readonly DayLine[];
  /** First day, and how many from there on may get lines. */
  readonly to: string;
  readonly days: number;
  /** False: clusters, groups and hamlets that lines name are of another area. */
  readonly namesHold: boolean;
}
export type FindLines = (reader: EntityManager, known: KnownRules) => Promise<Laying>;

interface Laid {
  readonly made: readonly LaidLine[];
  readonly skipped: readonly SkippedLine[];
  /** Of `made`, in their order. */
  readonly checked: readonly Entry[];
  readonly items: ReadonlyMap<string, Timed>;
}
type Pace = typeof inTurns;

/** Lays copied days and templates: each line becomes an entry that plays once, all of them in one publication. */
@Injectable()
export class LineLayer {
  constructor(
    private readonly database: Database,
    private readonly library: LibraryService,
    private readonly entries: EntryService,
    private readonly publisher: Publisher,
    private readonly clock: Clock,
  ) {}

  /**
   * Works out what is to be laid before the write, and again inside it by what stands then; rules that take long are known there. A dry
   * run needs no write.
   * @param find what is laid and where; checks that the actor may @throws Problem `schedule.bulkRefused`: none was made
   */
  async lay(actor: Actor, dryRun: boolean, find: FindLines): Promise<CopyAnswer> {
    const known = new KnownRules();
    const foreseen = await this.database.read((reader) => this.#laid(reader, actor, find, known, inTurns));
    if (dryRun || foreseen.made.length === 0) return answerOf(foreseen, []);
    return this.database.write(async (tx) => {
      const laid = await this.#laid(tx.manager, actor, find, known, (work) => work);
      const entries = placed(laid.made, laid.checked);
      const changes = entries.map((after) => ({ before: null, after }));
      await this.publisher.publish(tx, actor, changes);
      return answerOf(laid, entries);
    });
  }

  async #laid(reader: EntityManager, actor: Actor, find: FindLines, known: KnownRules, pace: Pace): Promise<Laid> {
    const { area, lines, to, days, namesHold } = await find(reader, known);
    const items = await this.library.schedulable(
      reader,
      lines.flatMap(({ runningOrder }) => itemIdsOf(runningOrder)),
    );
    const { made, skipped } = layOut(lines, {
      ...{ to, days, namesHold, items },
      entries: await entriesOfArea(reader, area.path, to, days, known),
      anchors: await anchorsOf(reader, lines, known),
      nowMs: this.clock.nowMs(),
    });
    const judge = this.entries.changes(reader, actor, known);
    const prepared = await each(
      made,
      'made',
      pace((laid) => judge.make(requestOf(laid, area))),
    );
    return { made, skipped, checked: prepared.map(({ entry }) => entry), items };
  }
}

function answerOf({ made, skipped, items }: Laid, entries: readonly Entry[]): CopyAnswer {
  return {
    made: made.map((laid, index) => madeView(laid, items, entries[index]?.id ?? null)),
    skipped: skipped.map(skippedView),
  };
}

/** What stands in or behind another new line gets its place when that one has an identity. */
function requestOf({ line, day, place }: LaidLine, { id: areaId }: Pick<Area, 'id'>): NewEntry {
  const { day: _day, time, source: _source, place: _place, ...settings } = line;
  const request = {
    ...structuredClone(settings),
    areaId,
    recurrence: { kind: 'once', date: day, time },
    place: place && !('made' in place) ? place : null,
  };
  // A line was an entry: it passed the door when that one was made.
  return request as NewEntry;
}

function placed(made: readonly LaidLine[], entries: readonly Entry[]): Entry[] {
  const idOf = new Map(made.map(({ index }, at) => [index, entries[at]?.id ?? '']));
  return entries.map((entry, at) => {
    const place = made[at]?.place;
    if (!place || !('made' in place)) return entry;
    const entryId = idOf.get(place.made) ?? '';
    const { kind, gapMs } = place;
    return { ...entry, place: kind === 'inSlot' ? { kind, entryId } : { kind, entryId, gapMs } };
  });
}

function madeView(
  { line, day, startMs }: LaidLine,
  items: ReadonlyMap<string, Timed>,
  entryId: string | null,
): CopyAnswer['made'][number] {
  const words = inWords(startMs, startMs + (plannedLengthMs(line, items) ?? 0), line.zone);
  return { entryId, title: line.title, day, time: line.time, startMs, words };
}

const skippedView = ({ line, day, startMs, reason }: SkippedLine): CopyAnswer['skipped'][number] => ({
  ...{ reason, title: line.title, day, time: line.time, startMs },
  words: SKIP_WORDS[reason],
});
