import { Injectable } from '@nestjs/common';
import { Temporal } from 'temporal-polyfill';
import { type EntityManager, In } from 'typeorm';
import { AreaService, idsUpwards } from '../../areas/index.js';
import { Database } from '../../platform/database/index.js';
import type { Actor } from '../../platform/http/index.js';
import { VALIDITY_ZONE } from '../engine/approval-clock.js';
import { Item, ItemVersion } from '../items/item.entity.js';
import { asApproved } from '../items/item.queries.js';
import { summaryOf } from '../items/item.views.js';
import { libraryProblem } from '../problems.js';
import { cursorOf, positionOf } from './engine/cursor.js';
import { is, type Match, type Term, termsOf } from './engine/query.js';
import { snippetOf } from './engine/snippet.js';
import { token } from './engine/tokens.js';
import { below, facetsOf, inAreas } from './facets.js';
import { type Hit, LibraryIndex, type Question } from './library.index.js';
import type { FoundItem, FoundPage, ItemQuery } from './search.api.js';

const USUAL_LIMIT = 50;

/** Finds content: of the actor's areas, or of the offices above them as it was approved (invariant 9). */
@Injectable()
export class SearchService {
  constructor(
    private readonly database: Database,
    private readonly areas: AreaService,
    private readonly index: LibraryIndex,
  ) {}

  /** The first page, or the one of the cursor. */
  async list(actor: Actor, query: Partial<ItemQuery>): Promise<readonly FoundItem[]> {
    return (await this.page(actor, query)).items;
  }

  async page(actor: Actor, query: Partial<ItemQuery>): Promise<FoundPage> {
    return this.database.read(async (reader) => {
      const places = await this.#placesOf(actor, query);
      if (places === null) return { items: [], next: null };
      const limit = query.limit ?? USUAL_LIMIT;
      const terms = termsOf(query.search ?? '');
      // One more than wanted tells whether there is another page.
      const hits = await this.index.find(reader, { ...question(query, terms, places), limit: limit + 1 });
      const shown = hits.slice(0, limit);
      const last = hits.length > limit ? shown.at(-1) : undefined;
      const items = await foundItems(reader, shown, query.from === 'above', terms);
      return { items, next: last ? cursorOf(last.position) : null };
    });
  }

  /** Where the actor may look; null: nowhere. */
  async #placesOf(actor: Actor, { from, areaId }: Partial<ItemQuery>): Promise<readonly Match[] | null> {
    const scopes = actor.scopes('library.read');
    if (scopes.length === 0) return null;
    if (from === 'above') return this.#placesAbove(actor, scopes, areaId);
    const own = below(scopes);
    const narrower = areaId === undefined ? [] : [is(token('under', (await this.areas.get(actor, areaId)).id))];
    return own === null ? narrower : [own, ...narrower];
  }

  async #placesAbove(actor: Actor, scopes: readonly string[], areaId: string | undefined) {
    const above = new Set(scopes.flatMap((scope) => idsUpwards(scope).slice(1)));
    // Its own area has an answer, too, though not this one; of any other the actor learns nothing.
    if (areaId !== undefined && !above.has(areaId)) await this.areas.get(actor, areaId);
    const wanted = areaId === undefined ? [...above] : [...above].filter((id) => id === areaId);
    return wanted.length === 0 ? null : [inAreas(wanted)];
  }
}

function question(query: Partial<ItemQuery>, terms: readonly Term[], places: readonly Match[]): Question {
  const after = query.cursor === undefined ? null : positionOf(query.cursor);
  if (query.cursor !== undefined && after === null) throw libraryProblem('library.cursorUnknown');
  return {
    of: query.from === 'above' ? 'approved' : 'current',
    facets: [...places, ...facetsOf(query)],
    terms,
    status: query.status ?? null,
    audioState: query.audioState ?? null,
    createdFromMs: query.createdFrom === undefined ? null : startOf(query.createdFrom, 0),
    createdBeforeMs: query.createdTo === undefined ? null : startOf(query.createdTo, 1),
    validOn: query.validOn ?? null,
    limit: USUAL_LIMIT,
    after,
  };
}

/** @param day YYYY-MM-DD, local */
const startOf = (day: string, later: number): number =>
  Temporal.PlainDate.from(day).add({ days: later }).toZonedDateTime(VALIDITY_ZONE).epochMilliseconds;

async function foundItems(
  reader: EntityManager,
  hits: readonly Hit[],
  fromAbove: boolean,
  terms: readonly Term[],
): Promise<FoundItem[]> {
  if (hits.length === 0) return [];
  const ids = hits.map(({ itemId }) => itemId);
  const items = new Map((await reader.findBy(Item, { id: In(ids) })).map((item) => [item.id, item]));
  const versions = await shownVersions(reader, hits, terms.length > 0, fromAbove);
  return hits.flatMap(({ itemId, version: n }) => {
    const item = items.get(itemId);
    const version = versions.get(`${itemId} ${n}`);
    if (!item || !version) return [];
    const shown = fromAbove ? asApproved(item, version) : item;
    const found = summaryOf(shown, version);
    return terms.length === 0 ? [found] : [{ ...found, snippet: snippetFor(shown.title, version.text, terms) }];
  });
}

/** Without what a list does not show: texts are long, pictures of sounds longer. */
async function shownVersions(reader: EntityManager, hits: readonly Hit[], withText: boolean, withMetadata: boolean) {
  const columns = ['itemId', 'n', 'status', 'audioState', 'audioDurationMs'];
  if (withText) columns.push('text');
  if (withMetadata) columns.push('metadata');
  const versions = await reader
    .createQueryBuilder(ItemVersion, 'version')
    .select(columns.map((column) => `version.${column}`))
    .where('version.itemId IN (:...ids)', { ids: hits.map(({ itemId }) => itemId) })
    .andWhere('version.n IN (:...numbers)', { numbers: [...new Set(hits.map(({ version }) => version))] })
    .getMany();
  return new Map(versions.map((version) => [`${version.itemId} ${version.n}`, version]));
}

/** Of the text, unless only the title has the words. */
function snippetFor(title: string, text: string | null, terms: readonly Term[]) {
  const ofText = snippetOf(text ?? '', terms);
  const shown = ofText.marks.length > 0 ? ofText : snippetOf(title, terms);
  const { text: piece, marks } = shown.marks.length > 0 ? shown : ofText;
  return { text: piece, marks: [...marks] };
}
