import { beforeEach, describe, expect, it, jest } from '@jest/globals';
import { Entity, type EntityManager, type MigrationInterface, type QueryRunner } from 'typeorm';
import { describeOnBothDatabases } from '../../../test/support/databases.js';
import { silentLog } from '../logging/log.js';
import { createTable, type Database, dropTable, IdColumn, IntColumn, integer, schemaDrift, text } from './index.js';

@Entity('spec_note')
class Note {
  @IdColumn()
  id!: string;

  @IntColumn()
  count!: number;
}

class Notes1700000000001 implements MigrationInterface {
  name = 'Notes1700000000001';

  async up(queryRunner: QueryRunner): Promise<void> {
    await createTable(queryRunner, 'spec_note', { columns: { id: text().primary(), count: integer() } });
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await dropTable(queryRunner, 'spec_note');
  }
}

/** A promise that the spec settles by hand. */
function signal() {
  let give = () => {};
  const given = new Promise<void>((resolve) => {
    give = resolve;
  });
  return { give, given };
}

const ids = async (database: Database) =>
  (await database.read((reader) => reader.find(Note, { order: { id: 'ASC' } }))).map(({ id }) => id);

const setup = { entities: [Note], migrations: [Notes1700000000001] };

describeOnBothDatabases('a database', setup, (open) => {
  let database: Database;
  beforeEach(async () => {
    database = await open({ idleLimitMs: 60_000 });
  });

  const add = (id: string) => database.write(({ manager }) => manager.insert(Note, { id, count: 0 }));

  it('rolls A back while B commits', async () => {
    const bAsked = signal();
    const a = database.write(async ({ manager }) => {
      await manager.insert(Note, { id: 'a1', count: 0 });
      await bAsked.given;
      await manager.insert(Note, { id: 'a2', count: 0 });
      throw new Error('A changes its mind');
    });
    const b = database.write(async ({ manager }) => {
      await manager.save(manager.create(Note, { id: 'b1', count: 0 }));
      await manager.save(manager.create(Note, { id: 'b2', count: 0 }));
    });
    bAsked.give();
    await expect(a).rejects.toThrow('A changes its mind');
    await b;
    expect(await ids(database)).toEqual(['b1', 'b2']);
  });

  it('loses no update when twenty read, change and save the same row', async () => {
    await add('row');
    const increment = () =>
      database.write(async ({ manager }) => {
        const note = await manager.findOneByOrFail(Note, { id: 'row' });
        note.count += 1;
        await manager.save(note);
      });
    await Promise.all(Array.from({ length: 20 }, increment));
    expect(await database.read((reader) => reader.findOneBy(Note, { id: 'row' }))).toMatchObject({ count: 20 });
  });

  it('lets two finish that want the same rows in opposite order', async () => {
    await add('x');
    await add('y');
    const both = (first: string, second: string) =>
      database.write(
        async ({ manager }) => {
          await manager.increment(Note, { id: first }, 'count', 1);
          await manager.query('SELECT 1');
          await manager.increment(Note, { id: second }, 'count', 1);
        },
        { isolation: 'read committed' },
      );
    await Promise.all(Array.from({ length: 6 }, (_, i) => (i % 2 ? both('x', 'y') : both('y', 'x'))));
    expect(await database.read((reader) => reader.sum(Note, 'count'))).toBe(12);
  });

  it.each<[string, (reader: EntityManager) => Promise<unknown>]>([
    ['an insert', (reader) => reader.insert(Note, { id: 'n', count: 0 })],
    ['a saved entity', (reader) => reader.save(reader.create(Note, { id: 'n', count: 0 }))],
    ['plain SQL', (reader) => reader.query('DELETE FROM spec_note')],
    ['a new table', (reader) => reader.query('CREATE TABLE spec_other (id text)')],
  ])('cannot write through the reading side: %s', async (_what, work) => {
    await expect(database.read(work)).rejects.toThrow(/read-?only/i);
    expect(await ids(database)).toEqual([]);
  });

  it('reads what was committed, and inside a write what the write has changed', async () => {
    const inside = await database.write(async ({ manager }) => {
      await manager.insert(Note, { id: 'n', count: 0 });
      return database.read((reader) => reader.count(Note));
    });
    expect(inside).toBe(1);
    expect(await ids(database)).toEqual(['n']);
  });

  it('refuses a write inside a write, and rolls the outer one back', async () => {
    const outer = database.write(async ({ manager }) => {
      await manager.insert(Note, { id: 'outer', count: 0 });
      await add('inner');
    });
    await expect(outer).rejects.toThrow('write() inside write()');
    expect(await ids(database)).toEqual([]);
  });

  it('lets what was started inside a write do its own write later', async () => {
    const committed = signal();
    let later = Promise.resolve<unknown>(undefined);
    await database.write(async ({ manager }) => {
      await manager.insert(Note, { id: '1', count: 0 });
      later = committed.given.then(() => add('2'));
    });
    committed.give();
    await later;
    expect(await ids(database)).toEqual(['1', '2']);
  });

  it('calls back after the commit, in order, and never after a rollback', async () => {
    const calls: string[] = [];
    await database.write(async (tx) => {
      tx.afterCommit(() => calls.push('first'));
      tx.afterCommit(() => calls.push('second'));
      await tx.manager.insert(Note, { id: 'm', count: 0 });
      expect(calls).toEqual([]);
    });
    const failing = database.write(async (tx) => {
      tx.afterCommit(() => calls.push('never'));
      throw new Error('no');
    });
    await expect(failing).rejects.toThrow('no');
    expect(calls).toEqual(['first', 'second']);
  });

  it('logs a callback that fails, runs the next one, and keeps the commit', async () => {
    const error = jest.fn<(fields: object, message: string) => void>();
    await database.stop();
    database = await open.again(database, { log: { ...silentLog, error } });
    const second = jest.fn();
    await database.write(async (tx) => {
      await tx.manager.insert(Note, { id: 'n', count: 0 });
      tx.afterCommit(() => {
        throw new Error('a broken listener');
      });
      tx.afterCommit(second);
    });
    expect(await ids(database)).toEqual(['n']);
    expect(second).toHaveBeenCalledTimes(1);
    expect(error).toHaveBeenCalledTimes(1);
  });

  it('rolls back a transaction that waits for something else, and goes on with the next', async () => {
    await database.stop();
    database = await open.again(database, { idleLimitMs: 80 });
    const network = signal();
    const late = signal();
    const stuck = database.write(async ({ manager }) => {
      await manager.insert(Note, { id: 'stuck', count: 0 });
      await network.given;
      await expect(manager.insert(Note, { id: 'late', count: 0 })).rejects.toThrow('it was rolled back');
      late.give();
    });
    const next = add('next');
    await expect(stuck).rejects.toThrow('did no database work for 80 ms');
    await next;
    network.give();
    await late.given;
    expect(await ids(database)).toEqual(['next']);
  });

  it('rolls back when the work ends before its own queries', async () => {
    const careless = database.write(async ({ manager }) => {
      void manager.query("INSERT INTO spec_note VALUES ('n', 0)");
    });
    await expect(careless).rejects.toThrow('an await is missing');
    expect(await ids(database)).toEqual([]);
  });

  it('refuses a manager that was kept longer than its transaction', async () => {
    const kept = await database.write(async ({ manager }) => manager);
    await expect(kept.insert(Note, { id: 'n', count: 0 })).rejects.toThrow('has ended');
  });

  it('never reports a commit that did not happen, when the work swallows a failed statement', async () => {
    await add('n');
    const swallowing = database.write(async ({ manager }) => {
      await manager.insert(Note, { id: 'm', count: 0 });
      await manager.insert(Note, { id: 'n', count: 0 }).catch(() => {});
    });
    const reported = await swallowing.then(
      () => true,
      () => false,
    );
    expect((await ids(database)).includes('m')).toBe(reported);
  });

  it('stops after the running and the queued writes, and refuses new ones', async () => {
    const begun = signal();
    const goOn = signal();
    const running = database.write(async ({ manager }) => {
      begun.give();
      await goOn.given;
      await manager.insert(Note, { id: 'running', count: 0 });
    });
    const queued = add('queued');
    await begun.given;
    const stopped = database.stop();
    await expect(add('late')).rejects.toThrow('stopping or stopped');
    await expect(ids(database)).rejects.toThrow('stopping or stopped');
    goOn.give();
    await Promise.all([running, queued, stopped]);
    database = await open.again(database);
    expect(await ids(database)).toEqual(['queued', 'running']);
  });

  it('has no drift of its own', async () => {
    expect(await schemaDrift(database)).toEqual([]);
  });
});

describeOnBothDatabases('the demo flag', setup, (open) => {
  it('is off unless asked for when the database is created', async () => {
    expect((await open()).isDemo()).toBe(false);
    expect((await open({ demo: true })).isDemo()).toBe(true);
  });

  it.each([true, false])('cannot be changed by a later start (created as %s)', async (demo) => {
    const database = await open({ demo });
    await database.stop();
    await expect(open.again(database, { demo: !demo })).rejects.toThrow('this database was created for');
    const again = await open.again(database, { demo });
    expect(again.isDemo()).toBe(demo);
  });

  describe.each([
    "UPDATE installation SET value = 'true'",
    "UPDATE installation SET key = 'other'",
    'DELETE FROM installation',
    "INSERT INTO installation (key, value) VALUES ('demo', 'true') ON CONFLICT (key) DO UPDATE SET value = 'true'",
  ])('refuses %s', (sql) => {
    it('through the writing side', async () => {
      const database = await open();
      await expect(database.write(({ manager }) => manager.query(sql))).rejects.toThrow('permanent');
    });
  });

  it('leaves the rest of the table alone', async () => {
    const database = await open();
    await database.write(async ({ manager }) => {
      await manager.query("INSERT INTO installation (key, value) VALUES ('name', 'Bình Định')");
      await manager.query("DELETE FROM installation WHERE key = 'name'");
    });
  });
});
