import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Brackets, type EntityManager } from 'typeorm';
import { actorFrom } from '../../src/accounts/index.js';
import { AreaService } from '../../src/areas/index.js';
import { Item, ItemVersion } from '../../src/library/items/item.entity.js';
import { currentStates } from '../../src/library/items/item.queries.js';
import { indexFor } from '../../src/library/search/index.choice.js';
import type { ItemQuery } from '../../src/library/search/search.api.js';
import { SearchService } from '../../src/library/search/search.service.js';
import { Database, type DatabasePlace } from '../../src/platform/database/index.js';
import type { Actor } from '../../src/platform/http/index.js';
import { fold } from '../../src/platform/i18n/index.js';
import { silentLog } from '../../src/platform/logging/index.js';
import type { Bench } from './bench.js';
import { benchPostgres } from './bench-postgres.js';
import { fillLibrary, PROGRAMMES, pick, searchRooms, seeded, starterWords, TOPICS } from './search.content.js';

const LIMIT_MS = 50;

/** Searches over 50,000 items, as people of a commune and of a province ask, against the LIKE search over titles before. */
export const search: Bench = {
  name: 'search',
  async run({ short }) {
    const count = short ? 2_000 : 50_000;
    const folder = await mkdtemp(join(tmpdir(), 'vang-search-'));
    try {
      const sqlite = await measured('sqlite', { file: join(folder, 'library.db') }, count);
      const server = await benchPostgres();
      try {
        const postgres = await measured('postgres', { url: server.url }, count);
        const holds = sqlite.sqliteP95Ms! <= LIMIT_MS && postgres.postgresP95Ms! <= LIMIT_MS;
        return { items: count, queries: QUERIES, ...sqlite, ...postgres, holds };
      } finally {
        await server.stop();
      }
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  },
};

const QUERIES = 300;

async function measured(name: string, place: DatabasePlace, count: number): Promise<Record<string, number>> {
  const database = new Database({ ...searchRooms, ...place }, silentLog);
  await database.start();
  try {
    const filling = await timed(() => fillLibrary(database, count));
    const index = indexFor(database.kind);
    const indexing = await timed(() => database.write(({ manager }) => index.rebuild(manager)));
    // What autovacuum does in time.
    if (database.kind === 'postgres')
      await database.write(({ manager }) => manager.query('ANALYZE item, item_version, item_search'));
    const service = new SearchService(database, new AreaService(database), index);
    const questions = await askedFor(QUERIES);
    const now = await spread(questions, ({ actor, query }) => service.list(actor, query));
    const before = await spread(questions, ({ actor, query }) =>
      database.read((reader) => likeSearch(reader, actor.scopes('library.read'), query.search ?? '')),
    );
    return {
      [`${name}FillMs`]: Math.round(filling),
      [`${name}IndexMs`]: Math.round(indexing),
      ...named(name, now),
      ...named(`${name}Like`, before),
    };
  } finally {
    await database.stop();
  }
}

interface Asked {
  readonly actor: Actor;
  readonly query: Partial<ItemQuery>;
}

/** Half of them by people of a commune, half by those of its province; each shape of query as often as any other. */
async function askedFor(count: number): Promise<Asked[]> {
  const random = seeded(7);
  const words = (await starterWords())
    .map((word) => word.replace(/[^\p{L}\p{N}]/gu, ''))
    .filter((word) => word.length > 1);
  const actors = ['/p/p7/', '/p/'].map((areaPath) =>
    actorFrom({ id: 'account-1', name: 'Chị Hoa' }, [{ role: 'contentOffice', areaPath }]),
  );
  const rarest = rareWords(words);
  const some = () => pick(random, words);
  const run = (length: number) => {
    const from = Math.floor(random() * (words.length - length));
    return words.slice(from, from + length).join(' ');
  };
  const shapes: readonly (() => Partial<ItemQuery>)[] = [
    () => ({ search: some() }),
    () => ({ search: fold(some()) }),
    () => ({ search: run(2) }),
    () => ({ search: `${some()} ${some()}` }),
    () => ({ search: fold(run(3)) }),
    () => ({ search: [...some()].slice(0, 1 + Math.floor(random() * 3)).join('') }),
    () => ({ search: `${some()} ${[...fold(some())].slice(0, 2).join('')}` }),
    () => ({ search: pick(random, rarest) }),
    () => ({ search: pick(random, ['có', 'và', 'của', 'người', 'nghèo', 'hộ', 'được', 'cho']) }),
    () => ({ search: `"${run(4)}"` }),
    () => ({ search: some(), status: pick(random, ['approved', 'pending', 'draft', 'refused'] as const) }),
    () => ({ search: some(), topic: pick(random, TOPICS), programme: pick(random, PROGRAMMES) }),
    () => ({ search: some(), createdFrom: '2025-06-01', createdTo: '2025-06-30', validOn: '2025-06-15' }),
    () => ({ status: pick(random, ['pending', 'approved'] as const), field: 3, validOn: '2026-07-01' }),
    () => ({ from: 'above', search: some() }),
    () => ({ search: some(), audioState: 'failed' }),
    () => ({ planLineId: `line-${Math.floor(random() * 200)}` }),
    () => ({ search: some(), author: 'thi hoa', language: 'km' }),
    () => ({}),
  ];
  return Array.from({ length: count }, (_, n) => ({
    actor: actors[n % 2]!,
    query: shapes[Math.floor(n / 2) % shapes.length]!(),
  }));
}

function rareWords(words: readonly string[]): string[] {
  const counts = new Map<string, number>();
  for (const word of words) counts.set(word, (counts.get(word) ?? 0) + 1);
  return [...counts].filter(([, count]) => count === 1).map(([word]) => word);
}

/** As the library searched before it had an index: the words of the title only. */
async function likeSearch(reader: EntityManager, scopes: readonly string[], search: string) {
  const select = reader
    .createQueryBuilder(Item, 'item')
    .innerJoin(ItemVersion, 'version', 'version.itemId = item.id AND version.n = item.currentVersion')
    .where(
      new Brackets((any) =>
        scopes.forEach((scope, i) => void any.orWhere(`item.areaPath LIKE :scope${i}`, { [`scope${i}`]: `${scope}%` })),
      ),
    );
  const words = fold(search)
    .replace(/["%_\\]/g, ' ')
    .split(' ')
    .filter((word) => word !== '')
    .slice(0, 10);
  for (const [i, word] of words.entries())
    select.andWhere(`item.titleFolded LIKE :word${i}`, { [`word${i}`]: `%${word}%` });
  const items = await select.orderBy('item.createdAtMs', 'DESC').addOrderBy('item.id', 'DESC').limit(50).getMany();
  return currentStates(reader, items);
}

async function spread(questions: readonly Asked[], ask: (asked: Asked) => Promise<unknown>): Promise<number[]> {
  for (const asked of questions.slice(0, 10)) await ask(asked);
  const times: number[] = [];
  for (const asked of questions) {
    const ms = await timed(() => ask(asked));
    times.push(ms);
  }
  return times.sort((a, b) => a - b);
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const began = performance.now();
  await work();
  return performance.now() - began;
}

function named(name: string, sorted: readonly number[]): Record<string, number> {
  const at = (share: number) => Math.round((sorted[Math.ceil(sorted.length * share) - 1] ?? 0) * 10) / 10;
  return { [`${name}P50Ms`]: at(0.5), [`${name}P95Ms`]: at(0.95), [`${name}MaxMs`]: at(1) };
}
