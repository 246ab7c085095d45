import { setImmediate as nextTurn } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { type Area, AreaService } from '../../areas/index.js';
import { LibraryService } from '../../library/index.js';
import { Clock } from '../../platform/clock/index.js';
import { Database } from '../../platform/database/index.js';
import type { Actor } from '../../platform/http/index.js';
import { Problem } from '../../platform/i18n/index.js';
import { extentOf, LONGEST_YEARS, refusalOf } from '../engine/index.js';
import type { Entry } from '../entries/entry.entity.js';
import { EntryService } from '../entries/entry.service.js';
import type { EntryChanges } from '../entries/entry-changes.js';
import { inTurns, KnownRules } from '../entries/known-rules.js';
import { scheduleProblem } from '../problems.js';
import { Publisher } from '../publications/publisher.js';
import { type ReadEvent, type ReadPart, readCalendar } from './calendar-reader.js';
import { countsTooFar, type Imported, importSeries } from './engine/import-series.js';
import type { CalendarAnswer, CalendarImport } from './exchange.api.js';
import { KeysOfArea, keyOf } from './keys-of-area.js';
import { readLunar, readSettings, requestOf } from './own-properties.js';

/** An event whose days can be scheduled. */
interface Draft extends Imported {
  readonly event: ReadEvent;
  readonly settings: Readonly<Record<string, unknown>>;
}
interface Playing {
  readonly draft: Draft;
  /** Null: the event says itself what it plays. */
  readonly itemId: string | Problem | null;
}
type Judged =
  | { readonly part: ReadPart; readonly problem: Problem }
  | { readonly part: ReadEvent; readonly draft: Draft };
type Result = CalendarAnswer['events'][number];

@Injectable()
export class CalendarIntake {
  constructor(
    private readonly database: Database,
    private readonly areas: AreaService,
    private readonly library: LibraryService,
    private readonly entries: EntryService,
    private readonly publisher: Publisher,
    private readonly clock: Clock,
  ) {}

  /** Makes entries of the events of a calendar: those that can be, in one publication; of the others it tells why not. */
  async take(actor: Actor, request: CalendarImport): Promise<CalendarAnswer> {
    actor.demand('schedule.write', (await this.areas.get(actor, request.areaId)).path);
    const parts = readCalendar(request.ics);
    if (typeof parts === 'string') throw scheduleProblem(parts);
    const judged = await this.#judged(parts);
    // All is worked out before the write, which then only looks at what has changed since.
    const known = new KnownRules();
    const keys = new KeysOfArea();
    const foreseen = await this.database.read(async (reader) => {
      const judge = this.entries.changes(reader, actor, known);
      return this.#entriesOf(reader, actor, request, judged, keys, inTurns(making(judge, request)));
    });
    if (request.dryRun || foreseen.made.length === 0) return { events: foreseen.events.map(notMade) };
    return this.database.write(async (tx) => {
      const judge = this.entries.changes(tx.manager, actor, known);
      const { made, events } = await this.#entriesOf(tx.manager, actor, request, judged, keys, making(judge, request));
      const changes = made.map((after) => ({ before: null, after }));
      await this.publisher.publish(tx, actor, changes);
      return { events };
    });
  }

  async #entriesOf(
    reader: EntityManager,
    actor: Actor,
    request: CalendarImport,
    judged: readonly Judged[],
    keys: KeysOfArea,
    make: (one: Playing) => Promise<Entry | Problem>,
  ): Promise<{ readonly made: readonly Entry[]; readonly events: Result[] }> {
    const area = await this.areas.seen(reader, actor, request.areaId);
    actor.demand('schedule.write', area.path);
    const itemOf = await this.#itemsOf(reader, area, judged, request);
    const known = await keys.of(reader, area.path);
    const made: Entry[] = [];
    const events: Result[] = [];
    for (const one of judged) {
      const entry = 'problem' in one ? one.problem : await make({ draft: one.draft, itemId: itemOf(one.draft) });
      if (entry instanceof Problem) events.push(refused(one.part, entry));
      else if (known.has(one.part.uid) || known.has(keyOf(entry))) events.push(result(one.part, 'present'));
      else {
        known.add(keyOf(entry));
        made.push(entry);
        events.push({ ...result(one.part, 'made'), entryId: entry.id });
      }
    }
    return { made, events };
  }

  /** Whether the days of each can be scheduled; rules can be bombs, so others have their turn in between, and no write waits. */
  async #judged(parts: readonly ReadPart[]): Promise<Judged[]> {
    const judged: Judged[] = [];
    for (const part of parts) {
      await nextTurn();
      const draft = part.kind === 'event' ? draftOf(part, this.clock.nowMs()) : scheduleProblem(part.code);
      judged.push(draft instanceof Problem ? { part, problem: draft } : { part: draft.event, draft });
    }
    return judged;
  }

  /** What events play that do not say so themselves: what the request says, else the only item that is called as they are. */
  async #itemsOf(
    reader: EntityManager,
    area: Pick<Area, 'path'>,
    judged: readonly Judged[],
    { items }: CalendarImport,
  ): Promise<(draft: Draft) => string | Problem | null> {
    const titles = judged.flatMap((one) =>
      'draft' in one && one.draft.settings.runningOrder === undefined && !Object.hasOwn(items, one.part.uid)
        ? [one.part.title]
        : [],
    );
    const named = await this.library.schedulableTitled(reader, area.path, [...new Set(titles)]);
    const titled = [...named.values()];
    return ({ event, settings }) => {
      if (Object.hasOwn(items, event.uid)) return items[event.uid] ?? null;
      if (settings.runningOrder !== undefined) return null;
      const [only, ...others] = titled.filter(({ title }) => title === event.title);
      if (!only) return scheduleProblem('schedule.icsNoItem');
      return others.length > 0 ? scheduleProblem('schedule.icsTitleAmbiguous') : only.id;
    };
  }
}

function draftOf(event: ReadEvent, nowMs: number): Draft | Problem {
  const lunar = event.own.lunar === null ? null : readLunar(event.own.lunar);
  const settings = readSettings(event.own.entry);
  if (settings === null || (lunar === null && event.own.lunar !== null))
    return scheduleProblem('schedule.icsEventUnreadable');
  if (countsTooFar(event.series)) return scheduleProblem('schedule.icsCountTooLarge');
  const imported = importSeries({ ...event.series, lunar });
  const refusal = refusalOf(imported.recurrence, event.series.zone, nowMs);
  if (refusal) return scheduleProblem(refusal, { years: LONGEST_YEARS });
  return { ...imported, event, settings };
}

const making =
  (judge: EntryChanges, { areaId }: CalendarImport) =>
  (one: Playing): Promise<Entry | Problem> =>
    entryOf(judge, areaId, one);

async function entryOf(judge: EntryChanges, areaId: string, { draft, itemId }: Playing): Promise<Entry | Problem> {
  const { event, settings, recurrence, changes } = draft;
  if (itemId instanceof Problem) return itemId;
  const { runningOrder, ...others } = settings;
  const request = requestOf({
    ...others,
    ...(itemId === null ? { runningOrder } : { itemId }),
    areaId,
    ...(event.title === '' ? {} : { title: event.title }),
    class: event.categories.includes('PRIORITY') ? 'priority' : 'normal',
    ...{ recurrence, zone: event.series.zone },
  });
  if (request === null) return scheduleProblem('schedule.icsEventUnreadable');
  try {
    const { entry } = await judge.make(request);
    const extent = extentOf(entry.recurrence, entry.zone, changes);
    if (extent === null) return scheduleProblem('schedule.never');
    return { ...entry, changes, firstStartMs: extent.firstMs, lastStartMs: extent.lastMs };
  } catch (error) {
    if (error instanceof Problem) return error;
    throw error;
  }
}

const result = ({ uid, title }: ReadPart, outcome: Result['outcome']): Result => ({
  ...{ uid, title, outcome },
  ...{ entryId: null, code: null, words: null },
});

const notMade = (event: Result): Result => ({ ...event, entryId: null });

const refused = (part: ReadPart, problem: Problem): Result => ({
  ...result(part, part.kind === 'ignored' ? 'ignored' : 'refused'),
  code: problem.code,
  words: problem.title('vi'),
});
