import { expect, it } from '@jest/globals';
import { Check, Entity, ForeignKey, Index, type MigrationInterface, type QueryRunner, Unique } from 'typeorm';
import { describeOnBothDatabases } from '../../../test/support/databases.js';
import {
  addColumn,
  BoolColumn,
  bigint,
  boolean,
  createTable,
  double,
  dropTable,
  IdColumn,
  IntColumn,
  integer,
  JsonColumn,
  json,
  MsColumn,
  RealColumn,
  schemaDrift,
  TextColumn,
  text,
} from './index.js';

@Entity('spec_station')
@Unique(['name'])
class Station {
  @IdColumn()
  id!: string;

  @TextColumn()
  name!: string;

  @TextColumn({ nullable: true })
  phoneNumber!: string | null;
}

@Entity('spec_session')
@Index(['stationId', 'startsAtMs'])
@Index(['startsAtMs', 'stationId'], { unique: true })
@Check('"volume" >= 0 AND "volume" <= 100')
@Check(`"kind" IN ('normal','priority')`)
class Session {
  @IdColumn()
  id!: string;

  @ForeignKey(() => Station, { onDelete: 'CASCADE' })
  @TextColumn()
  stationId!: string;

  @MsColumn()
  startsAtMs!: number;

  @MsColumn({ nullable: true })
  endsAtMs!: number | null;

  @IntColumn({ default: 60 })
  volume!: number;

  @BoolColumn({ default: true })
  repeats!: boolean;

  @RealColumn({ default: 0.5 })
  gain!: number;

  @TextColumn({ default: 'đọc hai lần' })
  note!: string;

  @TextColumn({ default: 'normal' })
  kind!: string;

  @JsonColumn<{ days: number[] }>()
  rule!: { days: number[] };

  @IntColumn({ default: -1 })
  offsetMs!: number;

  @JsonColumn({ nullable: true })
  extra!: unknown;
}

@Entity('spec_member')
class Member {
  @TextColumn({ primary: true })
  stationId!: string;

  @IntColumn({ primary: true })
  position!: number;
}

class Spec1700000000001 implements MigrationInterface {
  name = 'Spec1700000000001';

  async up(queryRunner: QueryRunner): Promise<void> {
    await createTable(queryRunner, 'spec_station', {
      columns: { id: text().primary(), name: text().unique() },
    });
    await createTable(queryRunner, 'spec_session', {
      columns: {
        id: text().primary(),
        station_id: text().references('spec_station', 'id', 'CASCADE'),
        starts_at_ms: bigint(),
        ends_at_ms: bigint().nullable(),
        volume: integer().default(60),
        repeats: boolean().default(true),
        gain: double().default(0.5),
        note: text().default('đọc hai lần'),
        kind: text().default('normal'),
        rule: json(),
        extra: json().nullable(),
        offset_ms: integer().default(-1),
      },
      indexes: [['station_id', 'starts_at_ms']],
      uniqueIndexes: [['starts_at_ms', 'station_id']],
      checks: ['"volume" >= 0 AND "volume" <= 100', `"kind" IN ('normal','priority')`],
    });
    await createTable(queryRunner, 'spec_member', {
      columns: { station_id: text().primary(), position: integer().primary() },
    });
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    for (const table of ['spec_member', 'spec_session', 'spec_station']) await dropTable(queryRunner, table);
  }
}

class Spec1700000000002 implements MigrationInterface {
  name = 'Spec1700000000002';

  async up(queryRunner: QueryRunner): Promise<void> {
    await addColumn(queryRunner, 'spec_station', 'phone_number', text().nullable());
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.dropColumn('spec_station', 'phone_number');
  }
}

const entities = [Station, Session, Member];
const migrations = [Spec1700000000001, Spec1700000000002];

describeOnBothDatabases('one migration source', { entities, migrations }, (open) => {
  it('makes exactly the tables that the entities describe', async () => {
    expect(await schemaDrift(await open())).toEqual([]);
  });

  it('keeps values, and the defaults of columns left out', async () => {
    const database = await open();
    const session = await database.write(async ({ manager }) => {
      await manager.insert(Station, { id: 'đài-1', name: 'Đài xã Tân Khai' });
      await manager.insert(Session, {
        id: 's1',
        stationId: 'đài-1',
        startsAtMs: 1_767_225_600_123,
        rule: { days: [2, 4] },
      });
      return manager.findOneByOrFail(Session, { startsAtMs: 1_767_225_600_123 });
    });
    expect(session).toEqual({
      id: 's1',
      stationId: 'đài-1',
      startsAtMs: 1_767_225_600_123,
      endsAtMs: null,
      volume: 60,
      repeats: true,
      gain: 0.5,
      note: 'đọc hai lần',
      kind: 'normal',
      rule: { days: [2, 4] },
      extra: null,
      offsetMs: -1,
    });
  });

  it('answers plain SQL with numbers for counts, sums and milliseconds', async () => {
    const database = await open();
    await database.write(async ({ manager }) => {
      await manager.insert(Station, { id: 'a', name: 'a' });
      await manager.insert(Session, { id: 's', stationId: 'a', startsAtMs: 1_767_225_600_123, rule: { days: [] } });
    });
    const rows = await database.read((reader) =>
      reader.query('SELECT count(*) AS n, sum(starts_at_ms) AS total, max(starts_at_ms) AS latest FROM spec_session'),
    );
    expect(rows).toEqual([{ n: 1, total: 1_767_225_600_123, latest: 1_767_225_600_123 }]);
  });

  it.each([
    ['a child without its parent', { id: 's', stationId: 'nobody', startsAtMs: 1, rule: { days: [] } }],
    ['a value outside its check', { id: 's', stationId: 'a', startsAtMs: 1, volume: 101, rule: { days: [] } }],
  ])('refuses %s', async (_what, row) => {
    const database = await open();
    await database.write(({ manager }) => manager.insert(Station, { id: 'a', name: 'a' }));
    await expect(database.write(({ manager }) => manager.insert(Session, row))).rejects.toThrow(/constraint/i);
  });

  it('names the rule that was broken', async () => {
    const database = await open();
    const twice = database.write(({ manager }) =>
      manager.insert(Station, [
        { id: 'a', name: 'same' },
        { id: 'b', name: 'same' },
      ]),
    );
    await expect(twice).rejects.toThrow(/spec_station(_|\.)name/);
  });

  it('deletes children with their parent', async () => {
    const database = await open();
    const left = await database.write(async ({ manager }) => {
      await manager.insert(Station, { id: 'a', name: 'a' });
      await manager.insert(Session, { id: 's', stationId: 'a', startsAtMs: 1, rule: { days: [] } });
      await manager.delete(Station, { id: 'a' });
      return manager.count(Session);
    });
    expect(left).toBe(0);
  });
});

class LateStation extends Station {}
Entity('spec_station')(LateStation);
TextColumn()(LateStation.prototype, 'owner');

describeOnBothDatabases(
  'an entity that ran ahead of its migration',
  { entities: [LateStation], migrations },
  (open) => {
    it('is reported as drift', async () => {
      expect((await schemaDrift(await open())).join('\n')).toContain('"owner"');
    });
  },
);
