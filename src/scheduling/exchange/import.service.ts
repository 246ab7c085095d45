import { setImmediate as nextTurn } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import { IsNull } from 'typeorm';
import { type Area, AreaService } from '../../areas/index.js';
import { LibraryService } from '../../library/index.js';
import { Clock } from '../../platform/clock/index.js';
import { Database, type WriteTransaction } from '../../platform/database/index.js';
import type { Actor } from '../../platform/http/index.js';
import { Problem } from '../../platform/i18n/index.js';
import { extentOf, LONGEST_YEARS, refusalOf } from '../engine/index.js';
import { Entry } from '../entries/entry.entity.js';
import { EntryService } from '../entries/entry.service.js';
import type { EntryChanges } from '../entries/entry-changes.js';
import { scheduleProblem } from '../problems.js';
import { Publisher } from '../publications/publisher.js';
import { type ReadEvent, type ReadPart, readCalendar } from './calendar-reader.js';
import { countsTooFar, type Imported, importSeries } from './engine/import-series.js';
import type { CalendarAnswer, CalendarImport } from './exchange.api.js';
import { readLunar, readSettings, requestOf } from './own-properties.js';
import { itemsTitled } from './titled.queries.js';

/** An event whose days can be scheduled. */
interface Draft extends Imported {
  readonly event: ReadEvent;
  readonly settings: Readonly<Record<string, unknown>>;
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
    return this.database.write(async (tx) => {
      const area = await this.areas.seen(tx.manager, actor, request.areaId);
      actor.demand('schedule.write', area.path);
      const judge = this.entries.changes(tx.manager, actor);
      const itemOf = await this.#itemsOf(tx, area, judged, request);
      const there = await tx.manager.findBy(Entry, { areaId: area.id, cancelledAtMs: IsNull() });
      const known = new Set(there.flatMap((entry) => [entry.id, keyOf(entry)]));
      const made: Entry[] = [];
      const events: Result[] = [];
      for (const one of judged) {
        const entry = 'problem' in one ? one.problem : await entryOf(judge, area, one.draft, itemOf(one.draft));
        if (entry instanceof Problem) events.push(refused(one.part, entry));
        else if (known.has(one.part.uid) || known.has(keyOf(entry))) events.push(result(one.part, 'present'));
        else {
          known.add(keyOf(entry));
          made.push(entry);
          events.push({ ...result(one.part, 'made'), entryId: request.dryRun ? null : entry.id });
        }
      }
      if (!request.dryRun && made.length > 0)
        await this.publisher.publish(
          tx,
          actor,
          made.map((after) => ({ before: null, after })),
        );
      return { events };
    });
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
    tx: WriteTransaction,
    area: Pick<Area, 'path'>,
    judged: readonly Judged[],
    { items }: CalendarImport,
  ): Promise<(draft: Draft) => string | Problem | null> {
    const titles = judged.flatMap((one) =>
      'draft' in one && one.draft.settings.runningOrder === undefined && !Object.hasOwn(items, one.part.uid)
        ? [one.part.title]
        : [],
    );
    const ids = await itemsTitled(tx.manager, area.path, [...new Set(titles)]);
    const titled = [...(await this.library.airable(tx.manager, ids)).values()];
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

/** @param itemId null: the event says itself what it plays */
async function entryOf(
  judge: EntryChanges,
  area: Pick<Area, 'id'>,
  { event, settings, recurrence, changes }: Draft,
  itemId: string | Problem | null,
): Promise<Entry | Problem> {
  if (itemId instanceof Problem) return itemId;
  const { runningOrder, ...others } = settings;
  const request = requestOf({
    ...others,
    ...(itemId === null ? { runningOrder } : { itemId }),
    areaId: area.id,
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

/** Entries with one key play the same, whenever they do. */
const keyOf = ({ recurrence, zone, changes, runningOrder, place, clusterIds, groupIds, hamletIds }: Entry): string =>
  JSON.stringify([recurrence, zone, changes, runningOrder, place, clusterIds, groupIds, hamletIds].map(sorted));

/** Databases keep the members of an object in orders of their own. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  const members = Object.entries(value).map(([name, member]) => [name, sorted(member)] as const);
  return Object.fromEntries(members.sort(([a], [b]) => (a < b ? -1 : 1)));
}

const result = ({ uid, title }: ReadPart, outcome: Result['outcome']): Result => ({
  ...{ uid, title, outcome },
  ...{ entryId: null, code: null, words: null },
});

const refused = (part: ReadPart, problem: Problem): Result => ({
  ...result(part, part.kind === 'ignored' ? 'ignored' : 'refused'),
  code: problem.code,
  words: problem.title('vi'),
});
