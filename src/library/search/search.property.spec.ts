import { afterAll, beforeAll, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { fillLibrary, searchRooms, starterWords, TOPICS } from '../../../test/bench/search.content.js';
import { describeOnBothDatabases } from '../../../test/support/databases.js';
import { AreaService } from '../../areas/index.js';
import type { Database } from '../../platform/database/index.js';
import { fold } from '../../platform/i18n/index.js';
import { Item, ItemVersion } from '../items/item.entity.js';
import { person } from '../library.spec-support.js';
import { indexFor } from './index.choice.js';
import type { ItemQuery } from './search.api.js';
import { SearchService } from './search.service.js';

const ITEMS = 2_000;

/** An item as somebody would look for words in it with their own eyes: no index, no tokens. */
interface Read {
  readonly id: string;
  readonly areaPath: string;
  readonly topic: string;
  readonly status: string;
  readonly title: readonly string[];
  readonly fields: readonly (readonly string[])[];
}

const plain = (text: string): string[] =>
  fold(text)
    .split(/[^\p{L}\p{N}]+/u)
    .filter(Boolean);

describeOnBothDatabases('search among 2,000 items', searchRooms, (open) => {
  let database: Database;
  let service: SearchService;
  let items: readonly Read[];
  let words: readonly string[];

  beforeAll(async () => {
    database = await open();
    await fillLibrary(database, ITEMS);
    const index = indexFor(database.kind);
    expect(await database.write(({ manager }) => index.rebuild(manager))).toBe(ITEMS);
    service = new SearchService(database, new AreaService(database), index);
    words = (await starterWords()).filter((word) => /^[\p{L}]+$/u.test(word));
    items = await database.read(async (reader) => {
      const versions = new Map((await reader.find(ItemVersion)).map((version) => [version.itemId, version]));
      const all = await reader.find(Item, { order: { createdAtMs: 'DESC' } });
      return all.map((item) => read(item, versions.get(item.id)!));
    });
  });
  afterAll(() => database.stop());

  const read = (item: Item, version: ItemVersion): Read => ({
    id: item.id,
    areaPath: item.areaPath,
    topic: item.topic,
    status: version.status,
    title: plain(item.title),
    fields: [
      item.title,
      item.topic,
      ...item.audience,
      item.form,
      item.programme,
      item.sourceOffice,
      item.sponsor,
      item.byline,
      item.areaPath.split('/').length === 3 ? `Tỉnh ${item.areaId}` : `Xã số ${item.areaId}`,
      item.kind === 'script' ? 'script kịch bản đọc máy' : 'recording bản thu',
      item.language === 'vi' ? 'vi tiếng Việt' : 'km tiếng Khmer',
      version.text ?? '',
    ].map(plain),
  });

  function naive(scope: string, { search = '', topic, status }: Partial<ItemQuery>): Read[] {
    const phrase = /^"(.*)" ?$/.exec(search)?.[1];
    const wanted = plain(search);
    const has = (here: readonly string[]) =>
      wanted.every((word, at) =>
        here.some((own) => (at === wanted.length - 1 && phrase === undefined ? own.startsWith(word) : own === word)),
      );
    const inRow = (here: readonly string[]) =>
      here.some((_, from) => wanted.every((word, at) => here[from + at] === word));
    const matches = items.filter(
      (item) =>
        item.areaPath.startsWith(scope) &&
        (topic === undefined || item.topic === topic) &&
        (status === undefined || item.status === status) &&
        (phrase === undefined ? has(item.fields.flat()) : item.fields.some(inRow)),
    );
    return [...matches.filter(({ title }) => has(title)), ...matches.filter(({ title }) => !has(title))];
  }

  async function all(scope: string, query: Partial<ItemQuery>): Promise<string[]> {
    const actor = person('Chị Hoa', 'operator', scope);
    const ids: string[] = [];
    for (let cursor: string | undefined, more = true; more; ) {
      const { items: found, next } = await service.page(actor, { ...query, cursor, limit: 100 });
      ids.push(...found.map(({ id }) => id));
      more = next !== null;
      cursor = next ?? undefined;
    }
    return ids;
  }

  it('finds, in its order, what reading every item finds', async () => {
    const from = fc.nat({ max: 4_000 });
    const search = fc.oneof(
      from.map((at) => words.at(at)!),
      fc.tuple(from, from).map(([one, two]) => `${words.at(one)} ${words.at(two)}`),
      fc.tuple(from, fc.integer({ min: 1, max: 5 })).map(([at, length]) => words.at(at)!.slice(0, length)),
      fc
        .tuple(from, fc.integer({ min: 2, max: 5 }))
        .map(([at, length]) => `"${words.slice(at, at + length).join(' ')}"`),
      fc.constantFrom('Nông thôn mới', 'xã số p7', 'khmer', ''),
    );
    const query = fc.record(
      { search, topic: fc.constantFrom(...TOPICS), status: fc.constantFrom('approved', 'pending', 'draft') },
      { requiredKeys: ['search'] },
    );
    await fc.assert(
      fc.asyncProperty(fc.constantFrom('/p/', '/p/p7/', '/'), query, async (scope, asked) => {
        // Without diacritics, so that the order is that of the naive search, too.
        const folded = { ...asked, search: fold(asked.search) } as Partial<ItemQuery>;
        const expected = naive(scope, folded).map(({ id }) => id);
        expect(await all(scope, folded)).toEqual(expected);
        const accented = await all(scope, asked as Partial<ItemQuery>);
        expect([...accented].sort()).toEqual([...expected].sort());
      }),
      { numRuns: 60 },
    );
  });
});
