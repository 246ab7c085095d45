import { Injectable } from '@nestjs/common';
import type { Area } from '../../areas/index.js';
import { LibraryService } from '../../library/index.js';
import { Clock } from '../../platform/clock/index.js';
import type { WriteTransaction } from '../../platform/database/index.js';
import type { Actor } from '../../platform/http/index.js';
import {
  type DayLine,
  inWords,
  itemIdsOf,
  type LaidLine,
  layOut,
  plannedLengthMs,
  type SkippedLine,
  type TimelineItem,
} from '../engine/index.js';
import type { NewEntry } from '../entries/entry.api.js';
import type { Entry } from '../entries/entry.entity.js';
import { EntryService } from '../entries/entry.service.js';
import { each } from '../entries/entry-changes.js';
import { Publisher } from '../publications/publisher.js';
import { anchorsOf, entriesOfArea } from './area-entries.queries.js';
import type { CopyAnswer } from './copy.api.js';
import { SKIP_WORDS } from './skip-words.js';

export interface Laying {
  readonly lines: readonly DayLine[];
  /** First day, and how many from there on may get lines. */
  readonly to: string;
  readonly days: number;
  /** False: clusters, groups and hamlets that lines name are of another area. */
  readonly namesHold: boolean;
  readonly dryRun: boolean;
}

/** Lays copied days and templates: each line becomes an entry that plays once, all of them in one publication. */
@Injectable()
export class LineLayer {
  constructor(
    private readonly library: LibraryService,
    private readonly entries: EntryService,
    private readonly publisher: Publisher,
    private readonly clock: Clock,
  ) {}

  /** @param area in which the actor may schedule @throws Problem `schedule.bulkRefused`: none was made */
  async lay(tx: WriteTransaction, actor: Actor, area: Pick<Area, 'id'>, laying: Laying): Promise<CopyAnswer> {
    const { lines, to, days, namesHold, dryRun } = laying;
    const items = await this.library.airable(
      tx.manager,
      lines.flatMap(({ runningOrder }) => itemIdsOf(runningOrder)),
    );
    const { made, skipped } = layOut(lines, {
      ...{ to, days, namesHold, items },
      entries: await entriesOfArea(tx.manager, area.id, to, days),
      anchors: await anchorsOf(tx.manager, lines),
      nowMs: this.clock.nowMs(),
    });
    const judge = this.entries.changes(tx.manager, actor);
    const prepared = await each(made, 'made', (laid) => judge.make(requestOf(laid, area)));
    const checked = prepared.map(({ entry }) => entry);
    if (!dryRun && made.length > 0)
      await this.publisher.publish(
        tx,
        actor,
        placed(made, checked).map((after) => ({ before: null, after })),
      );
    return {
      made: made.map((laid, index) => madeView(laid, items, dryRun ? null : (checked[index]?.id ?? null))),
      skipped: skipped.map(skippedView),
    };
  }
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
  items: ReadonlyMap<string, Pick<TimelineItem, 'audio'>>,
  entryId: string | null,
): CopyAnswer['made'][number] {
  const words = inWords(startMs, startMs + (plannedLengthMs(line, items) ?? 0), line.zone);
  return { entryId, title: line.title, day, time: line.time, startMs, words };
}

const skippedView = ({ line, day, startMs, reason }: SkippedLine): CopyAnswer['skipped'][number] => ({
  ...{ reason, title: line.title, day, time: line.time, startMs },
  words: SKIP_WORDS[reason],
});
