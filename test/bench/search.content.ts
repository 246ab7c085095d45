import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { Area, areaEntities, areaMigrations } from '../../src/areas/index.js';
import { libraryEntities, libraryMigrations } from '../../src/library/index.js';
import { Item, ItemVersion } from '../../src/library/items/item.entity.js';
import type { Database, WriteTransaction } from '../../src/platform/database/index.js';
import { fold } from '../../src/platform/i18n/index.js';

/** Tables that a library to search in needs. */
export const searchRooms = {
  entities: [...areaEntities, ...libraryEntities],
  migrations: [...areaMigrations, ...libraryMigrations],
};

export const COMMUNES = 50;
const START_MS = Date.UTC(2025, 0, 1);
const AT_ONCE = 100;
/** Batches of a transaction: each waits for the disk once. */
const BATCHES = 20;

/** Numbers of 0 to 1 that are the same on each run (mulberry32). */
export function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** The words of the starter scripts, in their order. */
export async function starterWords(): Promise<string[]> {
  const folder = new URL('../../media/starter/', sourceRoot());
  const names = (await readdir(folder)).filter((name) => name.endsWith('.md') && name !== 'README.md').sort();
  const texts = await Promise.all(names.map((name) => readFile(new URL(name, folder), 'utf8')));
  return texts.flatMap((text) => text.replace(/^---[\s\S]*?---/, '').split(/\s+/)).filter((word) => word !== '');
}

/** The bench runs compiled, in `dist`; the scripts lie where the sources are. */
const sourceRoot = (): string => import.meta.url.replace('/dist/test/', '/test/');

export const pick = <T>(random: () => number, values: readonly T[]): T =>
  values[Math.floor(random() * values.length)] as T;

/** Pieces of sentences, so that words stand beside those beside which people write them. */
export function sentence(random: () => number, words: readonly string[], length: number): string {
  const made: string[] = [];
  while (made.length < length) {
    const from = Math.floor(random() * (words.length - 8));
    made.push(...words.slice(from, from + 3 + Math.floor(random() * 5)));
  }
  return made.slice(0, length).join(' ').normalize('NFC');
}

export const TOPICS = ['giảm nghèo', 'y tế', 'khuyến nông', 'pháp luật', 'nước sạch', 'giáo dục', 'an ninh', 'văn hóa'];
export const PROGRAMMES = ['Bản tin xã', 'Nông thôn mới', 'Giảm nghèo bền vững', 'Sức khỏe cho mọi người'];

/** Two provinces: nine items of ten in the first. @returns the number of items */
export async function fillLibrary(database: Database, count: number, seed = 1): Promise<number> {
  const random = seeded(seed);
  const words = await starterWords();
  await database.write(async ({ manager }) => {
    const areas = [area('p', '/p/', 'province'), area('q', '/q/', 'province')];
    for (let n = 0; n < COMMUNES; n++)
      areas.push(area(`p${n}`, `/p/p${n}/`, 'commune'), area(`q${n}`, `/q/q${n}/`, 'commune'));
    for (const each of areas) await manager.insert(Area, each);
  });
  const all = Array.from({ length: count }, (_, n) => made(random, words, n));
  for (let from = 0; from < count; from += AT_ONCE * BATCHES)
    await database.write(async (tx) => {
      const until = Math.min(count, from + AT_ONCE * BATCHES);
      for (let at = from; at < until; at += AT_ONCE) await insert(tx, all.slice(at, Math.min(until, at + AT_ONCE)));
    });
  return count;
}

interface Made {
  readonly item: Item;
  readonly version: Partial<ItemVersion>;
}

async function insert({ manager }: WriteTransaction, items: readonly Made[]) {
  await manager
    .createQueryBuilder()
    .insert()
    .into(Item)
    .values(items.map(({ item }) => item))
    .execute();
  await manager
    .createQueryBuilder()
    .insert()
    .into(ItemVersion)
    .values(items.map(({ version }) => version))
    .execute();
}

const area = (id: string, path: string, kind: Area['kind']): Area => ({
  id,
  path,
  kind,
  parentId: null,
  code: id,
  name: kind === 'commune' ? `Xã số ${id}` : `Tỉnh ${id}`,
  nameFolded: fold(id),
  validFrom: '2020-01-01',
  validTo: null,
  successorId: null,
  speciallyDisadvantaged: false,
  border: false,
  ethnicMinority: false,
});

function made(random: () => number, words: readonly string[], n: number): Made {
  const province = random() < 0.9 ? 'p' : 'q';
  const commune = random() < 0.05 ? null : `${province}${Math.floor(random() * COMMUNES)}`;
  const id = n.toString(36).padStart(26, '0');
  const title = sentence(random, words, 5 + Math.floor(random() * 7));
  const text = sentence(random, words, 50 + Math.floor(random() * 110));
  const status = random() < 0.7 ? 'approved' : pick(random, ['draft', 'draft', 'returned', 'withdrawn'] as const);
  const pending = random() < 0.002;
  const metadata = {
    title,
    topic: pick(random, TOPICS),
    field: 1 + Math.floor(random() * 6),
    audience: random() < 0.5 ? ['hộ nghèo'] : [],
    form: pick(random, ['tổng hợp', 'mô hình', 'gương người tốt', '']),
    programme: pick(random, PROGRAMMES),
    sourceOffice: pick(random, ['UBND xã', 'Phòng Văn hóa', 'Công an', 'Trạm Y tế', '']),
    sponsor: random() < 0.05 ? 'Ngân hàng Chính sách xã hội' : '',
    byline: random() < 0.3 ? pick(random, ['Nguyễn Văn Nam', 'Thị Hoa', 'Điểu Krứ']) : '',
    validFrom: random() < 0.2 ? '2025-03-01' : null,
    validTo: random() < 0.2 ? '2026-06-30' : null,
    thirdParty: null,
  };
  const item = {
    ...metadata,
    id,
    groupId: id,
    areaId: commune ?? province,
    areaPath: commune === null ? `/${province}/` : `/${province}/${commune}/`,
    kind: random() < 0.8 ? 'script' : 'recording',
    titleFolded: fold(title),
    language: random() < 0.95 ? 'vi' : 'km',
    planLineId: random() < 0.1 ? `line-${Math.floor(random() * 200)}` : null,
    requestId: random() < 0.02 ? `request-${n}` : null,
    createdBy: `account-${Math.floor(random() * 100)}`,
    createdAtMs: START_MS + n * 600_000,
    currentVersion: 1,
    approvedVersion: status === 'approved' && !pending ? 1 : null,
  } as Item;
  const version = {
    itemId: id,
    n: 1,
    text,
    textSha256: createHash('sha256').update(text).digest('hex'),
    metadata,
    authorId: item.createdBy,
    authorName: 'Chị Hoa',
    createdAtMs: item.createdAtMs,
    status: pending ? 'pending' : status,
    audioState: random() < 0.99 ? 'none' : 'failed',
  } satisfies Partial<ItemVersion>;
  return { item, version };
}
