import { describe, expect, it } from '@jest/globals';
import { Entity, Index, type MigrationInterface, type QueryRunner } from 'typeorm';
import { describeOnBothDatabases } from '../../../test/support/databases.js';
import {
  addPrefixIndex,
  beginsWith,
  createTable,
  dropTable,
  IdColumn,
  schemaDrift,
  TextColumn,
  text,
} from './index.js';
import { prefixRange } from './prefix.js';

@Entity('spec_branch')
@Index(['path'])
class Branch {
  @IdColumn() id!: string;
  @TextColumn() path!: string;
}

class Branches1767225700001 implements MigrationInterface {
  readonly name = 'Branches1767225700001';

  async up(runner: QueryRunner): Promise<void> {
    await createTable(runner, 'spec_branch', { columns: { id: text().primary(), path: text() } });
    await addPrefixIndex(runner, 'spec_branch', 'path');
  }

  async down(runner: QueryRunner): Promise<void> {
    await dropTable(runner, 'spec_branch');
  }
}

describe('the range of texts that begin with another', () => {
  it('ends before the next text of that length', () => {
    expect(prefixRange('/bp/')).toEqual({ from: '/bp/', before: '/bp0' });
    expect(prefixRange('/')).toEqual({ from: '/', before: '0' });
  });

  it.each(['', '/\ud7ff', '/\ud83d\ude00', '/\uffff'])('is refused where there is none: %j', (prefix) =>
    expect(() => prefixRange(prefix)).toThrow(RangeError),
  );
});

describeOnBothDatabases(
  'what begins with a text',
  { entities: [Branch], migrations: [Branches1767225700001] },
  (open) => {
    const PATHS = [
      '/',
      '/bp/',
      '/bp/ak/',
      '/bp/ak/1/',
      '/bP/',
      '/bp_/',
      '/bpx/',
      '/bp0/',
      '/b/',
      '/bp',
      'bp/',
      '/bp/Ân/',
    ];

    it('is found to the letter, in every case and beside signs that LIKE reads otherwise', async () => {
      const database = await open();
      await database.write(({ manager }) =>
        manager.insert(
          Branch,
          PATHS.map((path, at) => ({ id: String(at), path })),
        ),
      );
      for (const prefix of ['/bp/', '/bp_/', '/bP/', '/', '/bp/ak/', '/nobody/']) {
        const found = await database.read((reader) =>
          reader
            .createQueryBuilder(Branch, 'branch')
            .where(...beginsWith(reader, 'branch.path', prefix))
            .getMany(),
        );
        expect(found.map(({ path }) => path).sort()).toEqual(PATHS.filter((path) => path.startsWith(prefix)).sort());
      }
    });

    it('is found by an index, which is the one that the entity names', async () => {
      const database = await open();
      expect(await schemaDrift(database)).toEqual([]);
      await database.write(async ({ manager }) => {
        for (let from = 0; from < 5_000; from += 500)
          await manager.insert(
            Branch,
            Array.from({ length: 500 }, (_, at) => ({
              id: `b${from + at}`,
              path: `/p${(from + at) % 50}/c${from + at}/`,
            })),
          );
        await manager.query('ANALYZE');
      });
      const plan = await database.read((reader) => {
        const [sql, parameters] = reader
          .createQueryBuilder(Branch, 'branch')
          .where(...beginsWith(reader, 'branch.path', '/p7/'))
          .getQueryAndParameters();
        return reader.query(`${database.kind === 'sqlite' ? 'EXPLAIN QUERY PLAN' : 'EXPLAIN'} ${sql}`, parameters);
      });
      expect(JSON.stringify(plan)).toContain('ix_spec_branch_path');
    });
  },
);
