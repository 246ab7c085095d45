import { expect, it } from '@jest/globals';
import { Entity, type MigrationInterface, type QueryRunner } from 'typeorm';
import { describeOnBothDatabases } from '../../../test/support/databases.js';
import {
  among,
  BoolColumn,
  bigint,
  boolean,
  createTable,
  type Database,
  double,
  dropTable,
  IdColumn,
  IntColumn,
  insertMany,
  integer,
  JsonColumn,
  json,
  MsColumn,
  RealColumn,
  TextColumn,
  text,
} from './index.js';

@Entity('spec_tally')
class Tally {
  @IdColumn() id!: string;
  @TextColumn({ nullable: true }) word!: string | null;
  @MsColumn() total!: number;
  @BoolColumn() open!: boolean;
  @IntColumn() rank!: number;
  @RealColumn({ nullable: true }) share!: number | null;
  @JsonColumn<readonly string[]>() names!: readonly string[];
}

class Tallies1767225700002 implements MigrationInterface {
  readonly name = 'Tallies1767225700002';

  async up(runner: QueryRunner): Promise<void> {
    const columns = {
      ...{ id: text().primary(), word: text().nullable(), total: bigint(), open: boolean() },
      ...{ rank: integer(), share: double().nullable(), names: json() },
    };
    await createTable(runner, 'spec_tally', { columns });
  }

  async down(runner: QueryRunner): Promise<void> {
    await dropTable(runner, 'spec_tally');
  }
}

const rowOf = (n: number): Tally => ({
  id: `t${String(n).padStart(4, '0')}`,
  word: n % 2 ? `"Đắk ${n}"` : null,
  total: (n % 5 ? 1 : -1) * (2 ** 53 - 1 - n),
  open: n % 3 === 0,
  rank: n % 7 ? n : -(2 ** 31),
  share: n % 11 ? n / 3 : null,
  names: [`Ấp ${n}`],
});

describeOnBothDatabases('many rows at once', { entities: [Tally], migrations: [Tallies1767225700002] }, (open) => {
  const all = (database: Database) => database.read((reader) => reader.find(Tally, { order: { id: 'ASC' } }));

  it.each([0, 1, 5, 300])('%i rows are there as they were given', async (count) => {
    const database = await open();
    const rows = Array.from({ length: count }, (_, n) => rowOf(n));
    await database.write(({ manager }) => insertMany(manager, Tally, rows));
    expect(await all(database)).toEqual(rows);
  });

  it('a key that is there already is refused, replaced, added to, or left, as asked', async () => {
    const database = await open();
    const [first, second] = [rowOf(1), rowOf(2)];
    const changed = { ...first, total: 7, word: 'other' };
    await database.write(({ manager }) => insertMany(manager, Tally, [{ ...first, total: 1 }]));
    await expect(database.write(({ manager }) => insertMany(manager, Tally, [second, changed]))).rejects.toThrow();
    expect(await all(database)).toHaveLength(1);
    await database.write(({ manager }) => insertMany(manager, Tally, [second, changed], { of: ['id'] }));
    expect(await all(database)).toEqual([{ ...first, total: 1 }, second]);
    await database.write(({ manager }) => insertMany(manager, Tally, [changed], { of: ['id'], add: ['total'] }));
    expect((await all(database))[0]).toEqual({ ...first, total: 8 });
    await database.write(({ manager }) => insertMany(manager, Tally, [changed], { of: ['id'], replace: ['word'] }));
    expect((await all(database))[0]).toEqual({ ...first, total: 8, word: 'other' });
  });

  it('lists of any length find what they name, to the letter', async () => {
    const database = await open();
    const rows = Array.from({ length: 40 }, (_, n) => rowOf(n));
    await database.write(({ manager }) => insertMany(manager, Tally, rows));
    const found = (ids: readonly string[]) =>
      database.read((reader) =>
        reader
          .createQueryBuilder(Tally, 'tally')
          .where(...among(reader, 'tally.id', ids))
          .orderBy('tally.id')
          .getMany(),
      );
    expect(await found([])).toEqual([]);
    expect(await found(['t0003', "t'0004", 'T0005', '"t0006"'])).toEqual([rowOf(3)]);
    const many = Array.from({ length: 70_000 }, (_, n) => `t${String(n).padStart(4, '0')}`);
    expect(await found(many)).toEqual(rows);
  });
});
