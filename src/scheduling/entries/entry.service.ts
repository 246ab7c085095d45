import { Injectable } from '@nestjs/common';
import { type EntityManager, In, MoreThan } from 'typeorm';
import { AreaService } from '../../areas/index.js';
import { LibraryService } from '../../library/index.js';
import { Clock } from '../../platform/clock/index.js';
import { beginsWith, Database, type WriteTransaction } from '../../platform/database/index.js';
import type { Actor } from '../../platform/http/index.js';
import type { OccurrenceChange } from '../engine/index.js';
import { recurrenceInWords } from '../engine/why/index.js';
import { Boards } from '../preview/boards.js';
import { Publisher } from '../publications/publisher.js';
import { type EntryEdit, type EntryQuery, type EntryView, MOST_LISTED, type NewEntry } from './entry.api.js';
import { Entry } from './entry.entity.js';
import { EntryChanges, each, type Prepared } from './entry-changes.js';
import { inTurns, KnownRules } from './known-rules.js';

/** What an edit did to a series: the entry that goes on, the one that ended, and what a person has to decide. */
export interface Edited {
  readonly entry: EntryView;
  /** The part before `fromMs`, when the rule changed; null: the entry was changed in place. */
  readonly ended: EntryView | null;
  /** Moved and cancelled occurrences ahead that the new rule has no counterpart for. */
  readonly orphans: readonly OccurrenceChange[];
}

@Injectable()
export class EntryService {
  constructor(
    private readonly database: Database,
    private readonly areas: AreaService,
    private readonly library: LibraryService,
    private readonly publisher: Publisher,
    private readonly boards: Boards,
    private readonly clock: Clock,
  ) {}

  async create(actor: Actor, request: NewEntry): Promise<EntryView> {
    return (await this.#publish(actor, (changes) => changes.make(request))).entry;
  }

  /** All or none; what is wrong is told for each entry by its index. */
  async createMany(actor: Actor, requests: readonly NewEntry[]): Promise<EntryView[]> {
    const all = await this.#publishAll(actor, requests, 'entries', (changes, request) => changes.make(request));
    return all.map(({ entry }) => entry);
  }

  /**
   * As `createMany`, for rooms that write beside it in the same commit. On PostgreSQL `along` may run several times; what it looks up
   * before it makes the entries is as it was until the commit.
   */
  async createAlong<T>(
    actor: Actor,
    requests: readonly NewEntry[],
    along: (tx: WriteTransaction, make: () => Promise<EntryView[]>) => Promise<T>,
  ): Promise<T> {
    const known = await this.foresee(actor, (changes) =>
      each(
        requests,
        'entries',
        inTurns((request) => changes.make(request)),
      ),
    );
    const make = async (tx: WriteTransaction) => {
      const changes = this.changes(tx.manager, actor, known);
      const prepared = await each(requests, 'entries', (request) => changes.make(request));
      const all = prepared.flatMap((one) => one.changes);
      await this.publisher.publish(tx, actor, all);
      return prepared.map(({ entry }) => viewOf(entry));
    };
    return this.database.write((tx) => along(tx, () => make(tx)), { isolation: 'serializable' });
  }

  /** The last start of those of the entries that are not cancelled, with what goes on from them; null: no end. */
  async standing(reader: EntityManager, ids: readonly string[]): Promise<ReadonlyMap<string, number | null>> {
    const standing = new Map<string, number | null>();
    const originOf = new Map(ids.map((id) => [id, id]));
    let wave = await namedBy(reader, 'id', [...originOf.keys()]);
    while (wave.length > 0) {
      for (const { id, followsId, cancelledAtMs, lastStartMs } of wave) {
        const origin = originOf.get(id) ?? originOf.get(followsId ?? '') ?? id;
        originOf.set(id, origin);
        if (cancelledAtMs !== null) continue;
        const before = standing.get(origin);
        standing.set(origin, before === null || lastStartMs === null ? null : Math.max(before ?? 0, lastStartMs));
      }
      const followed = new Set(wave.map(({ id }) => id));
      wave = (await namedBy(reader, 'followsId', [...followed])).filter(({ id }) => !originOf.has(id));
    }
    return standing;
  }

  async edit(actor: Actor, id: string, edit: EntryEdit, fromMs = 0): Promise<Edited> {
    return this.#publish(actor, (changes) => changes.edit(id, edit, fromMs));
  }

  /** The same edit of many: all or none; what is wrong is told for each entry by its index. */
  async editMany(actor: Actor, ids: readonly string[], edit: EntryEdit, fromMs = 0): Promise<Edited[]> {
    return this.#publishAll(actor, [...new Set(ids)], 'ids', (changes, id) => changes.edit(id, edit, fromMs));
  }

  /** Moves one occurrence, or cancels it (`to` null), or puts it back where the rule has it (`to` = `original`). */
  async changeOccurrence(actor: Actor, id: string, change: OccurrenceChange): Promise<EntryView> {
    return (await this.#publish(actor, (changes) => changes.occurrence(id, change))).entry;
  }

  /** What has started stays; nothing starts from now on. Cancelled twice is cancelled once. */
  async cancel(actor: Actor, id: string): Promise<EntryView> {
    return (await this.#publish(actor, (changes) => changes.cancel(id))).entry;
  }

  async list(actor: Actor, { areaId, after }: EntryQuery): Promise<EntryView[]> {
    return this.database.read(async (reader) => {
      const area = await this.areas.get(actor, areaId);
      actor.demand('schedule.read', area.path);
      return (await atOrBelow(reader, area.path, after)).map(viewOf);
    });
  }

  async #publish(actor: Actor, prepare: (changes: EntryChanges) => Promise<Prepared>): Promise<Edited> {
    const known = await this.foresee(actor, prepare);
    return this.database.write(async (tx) => {
      const prepared = await prepare(this.changes(tx.manager, actor, known));
      await this.publisher.publish(tx, actor, prepared.changes);
      return editedOf(prepared);
    });
  }

  async #publishAll<In>(
    actor: Actor,
    all: readonly In[],
    name: string,
    prepare: (changes: EntryChanges, one: In) => Promise<Prepared>,
  ): Promise<Edited[]> {
    const known = await this.foresee(actor, (changes) =>
      each(
        all,
        name,
        inTurns((one) => prepare(changes, one)),
      ),
    );
    return this.database.write(async (tx) => {
      const changes = this.changes(tx.manager, actor, known);
      const prepared = await each(all, name, (one) => prepare(changes, one));
      await this.publisher.publish(
        tx,
        actor,
        prepared.flatMap((one) => one.changes),
      );
      return prepared.map(editedOf);
    });
  }

  /**
   * Judges before a write what is to be judged again inside it, by what stands then.
   * @returns the rules that it met, for `changes` inside the write @throws Problem as judging does
   */
  async foresee(actor: Actor, judge: (changes: EntryChanges) => Promise<unknown>): Promise<KnownRules> {
    const known = new KnownRules();
    await this.database.read((reader) => judge(this.changes(reader, actor, known)));
    return known;
  }

  /** For those who publish several changes at once. @param known from `foresee` */
  changes(reader: EntityManager, actor: Actor, known: KnownRules): EntryChanges {
    return new EntryChanges(reader, actor, this.areas, this.library, this.boards, this.clock.nowMs(), known);
  }
}

/** Named to the database at once. */
const AT_ONCE = 5_000;

async function namedBy(reader: EntityManager, by: 'id' | 'followsId', ids: readonly string[]): Promise<Entry[]> {
  const found: Entry[] = [];
  for (let from = 0; from < ids.length; from += AT_ONCE)
    found.push(...(await reader.findBy(Entry, { [by]: In(ids.slice(from, from + AT_ONCE)) })));
  return found;
}

const editedOf = ({ entry, ended, orphans }: Prepared): Edited => ({
  entry: viewOf(entry),
  ended: ended && viewOf(ended),
  orphans,
});

function atOrBelow(reader: EntityManager, path: string, after: string | undefined): Promise<Entry[]> {
  const select = reader.createQueryBuilder(Entry, 'entry').where(...beginsWith(reader, 'entry.areaPath', path));
  if (after !== undefined) select.andWhere({ id: MoreThan(after) });
  return select.orderBy('entry.id').limit(MOST_LISTED).getMany();
}

export function viewOf(entry: Entry): EntryView {
  const { areaPath: _path, firstStartMs: _first, lastStartMs: _last, createdBy: _by, ...view } = entry;
  return {
    ...(structuredClone(view) as Omit<EntryView, 'words'>),
    words: recurrenceInWords(view.recurrence, view.zone),
  };
}
