import { beforeAll, expect, it } from '@jest/globals';
import type { EntityManager, ObjectLiteral, SelectQueryBuilder } from 'typeorm';
import { describeOnBothDatabases } from '../../../test/support/databases.js';
import type { Database } from '../../platform/database/index.js';
import { spanOfDays } from '../engine/index.js';
import { aProvince, tables } from '../scheduling.spec-support.js';
import { Entry } from './entry.entity.js';
import { entriesWithin, placedAt, selectPlacedAt, selectWithin } from './entry.queries.js';

const COMMUNES = 150;
const OF_EACH = 40;

describeOnBothDatabases('finding entries among those of a province', tables, (open) => {
  let database: Database;
  let place: Awaited<ReturnType<typeof aProvince>>;
  const span = spanOfDays('2026-01-06', 1, 'Asia/Ho_Chi_Minh');
  let slotId: string;

  beforeAll(async () => {
    database = await open();
    place = await aProvince(database);
    slotId = (await place.entries.create(place.operator, place.request({ title: 'Khung giờ' }))).id;
    const model = await database.read((reader) => reader.findOneByOrFail(Entry, { id: slotId }));
    await database.write(async ({ manager }) => {
      for (let commune = 0; commune < COMMUNES; commune++) {
        const areaPath = `${place.areas.bp.path}commune${commune}/`;
        await manager.insert(
          Entry,
          Array.from({ length: OF_EACH }, (_, n) => ({ ...model, id: `e${commune}-${n}`, areaPath })) as Entry[],
        );
      }
    });
    for (let n = 0; n < 2_000; n++) places.push({ entryId: `e${n % COMMUNES}-${n % OF_EACH}x${n}`, anchorId: `a${n}` });
    await database.write(async ({ manager }) => {
      for (let from = 0; from < places.length; from += 500)
        await manager.insert('entry_place', places.slice(from, from + 500));
      await manager.query('ANALYZE');
    });
  });
  const places: { entryId: string; anchorId: string }[] = [];

  /** What the database says that it does, in one text. */
  async function planOf<Row extends ObjectLiteral>(select: (reader: EntityManager) => SelectQueryBuilder<Row>) {
    const rows = await database.read((reader) => {
      const [sql, parameters] = select(reader).getQueryAndParameters();
      return reader.query<unknown[]>(
        `${database.kind === 'sqlite' ? 'EXPLAIN QUERY PLAN' : 'EXPLAIN'} ${sql}`,
        parameters,
      );
    });
    return JSON.stringify(rows);
  }
  const WALKS_ALL = /SCAN entry\b|Seq Scan on entry\b|Seq Scan on \\"entry\\"/;

  it('those of a commune and of the offices above it are found by the index of areas', async () => {
    const path = `${place.areas.bp.path}commune7/`;
    const plan = await planOf((reader) => selectWithin(reader, span, path));
    expect(plan).toMatch(/area_path/);
    expect(plan).not.toMatch(WALKS_ALL);
    expect(await database.read((reader) => entriesWithin(reader, span, path))).toHaveLength(OF_EACH);
  });

  it('what stands in or behind an entry is found by the index of places', async () => {
    const [behind] = await place.entries.createMany(place.operator, [
      place.request({ place: { kind: 'after', entryId: slotId } }),
    ]);
    const plan = await planOf((reader) => selectPlacedAt(reader, slotId));
    expect(plan).toMatch(/anchor_id/);
    expect(plan).not.toMatch(/SCAN|Seq Scan/);
    const found = await database.read((reader) => placedAt(reader, slotId));
    expect(found.map(({ id }) => id)).toEqual([behind?.id]);
  });

  it('a place that changed is found where it is now, and no more where it was', async () => {
    const [first, second] = await place.entries.createMany(place.operator, [place.request(), place.request()]);
    const { id } = await place.entries.create(
      place.operator,
      place.request({ place: { kind: 'after', entryId: first?.id ?? '' } }),
    );
    const { entry } = await place.entries.edit(place.operator, id, {
      place: { kind: 'after', entryId: second?.id ?? '', gapMs: 0 },
    });
    const at = async (anchorId = '') =>
      (await database.read((reader) => placedAt(reader, anchorId))).map((placed) => placed.id);
    expect(await at(second?.id)).toEqual([entry.id]);
    expect(await at(first?.id)).toEqual([]);
  });
});
