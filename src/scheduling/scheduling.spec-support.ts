import type { EntityManager } from 'typeorm';
import { Audit, accountEntities, accountMigrations, actorFrom } from '../accounts/index.js';
import { AreaService, areaEntities, areaMigrations } from '../areas/index.js';
import {
  AcceptanceService,
  type AirableItem,
  type LibraryService,
  libraryEntities,
  libraryMigrations,
} from '../library/index.js';
import { ManualClock } from '../platform/clock/index.js';
import type { Database } from '../platform/database/index.js';
import { Outbox, outboxEntities, outboxMigrations } from '../platform/outbox/index.js';
import { at } from './engine/engine.spec-support.js';
import { EntryService } from './entry.service.js';
import { ScheduleService } from './schedule.service.js';
import { newEntry } from './scheduling.api.js';
import { schedulingEntities, schedulingMigrations } from './scheduling.migration.js';

export const tables = {
  entities: [...areaEntities, ...accountEntities, ...outboxEntities, ...libraryEntities, ...schedulingEntities],
  migrations: [
    ...areaMigrations,
    ...accountMigrations,
    ...outboxMigrations,
    ...libraryMigrations,
    ...schedulingMigrations,
  ],
};

const AREAS = `code,parentCode,kind,name,validFrom,validTo,speciallyDisadvantaged,border,ethnicMinority
bp,,province,Bình Phước,2020-01-01,,false,false,false
ak,bp,commune,An Khương,2020-01-01,,true,false,true
ap,bp,commune,An Phú,2020-01-01,,false,false,false
ak1,ak,hamlet,Ấp 1,2020-01-01,,false,false,true
`;

/** Hands out what a spec put in, as the library hands out what is approved. */
export class ShelfOfItems {
  readonly items = new Map<string, AirableItem>();

  async airable(_reader: EntityManager, ids: string[]): Promise<Map<string, AirableItem>> {
    return new Map([...this.items].filter(([id]) => ids.includes(id)));
  }
}

/** A province with two communes, an item of each, and people; the clock stands at nine on Monday 5 January 2026. */
export async function aProvince(database: Database) {
  const clock = new ManualClock(at('2026-01-05T09:00:00'));
  const areaService = new AreaService(database);
  const shelf = new ShelfOfItems();
  const library = shelf as unknown as LibraryService;
  const root = actorFrom({ id: 'root', name: 'Quản trị' }, [{ role: 'administrator', areaPath: '/' }]);
  await areaService.importCsv(root, AREAS);
  const found = await areaService.list(root, {});
  const areaOf = async (code: string) => areaService.get(root, found.find((area) => area.code === code)?.id ?? '');
  const areas = { bp: await areaOf('bp'), ak: await areaOf('ak'), ap: await areaOf('ap'), ak1: await areaOf('ak1') };
  for (const [id, area] of Object.entries(areas))
    shelf.items.set(`item-${id}`, {
      id: `item-${id}`,
      version: 1,
      title: `Bản tin ${area.name}`,
      language: 'vi',
      textSha256: null,
      planLineId: null,
      validFrom: null,
      validTo: null,
      approval: 'before',
      areaId: area.id,
      audio: { sha256: 'c'.repeat(64), bytes: 2_000, type: 'audio/ogg', durationMs: 720_000 },
    });
  const [audit, outbox] = [new Audit(clock), new Outbox(clock)];
  const acceptances = new AcceptanceService(database, areaService, audit, outbox, clock);
  return {
    clock,
    areas,
    shelf,
    root,
    operator: actorFrom({ id: 'op', name: 'Chị Hoa' }, [{ role: 'operator', areaPath: areas.ak.path }]),
    monitor: actorFrom({ id: 'mo', name: 'Anh Nam' }, [{ role: 'monitor', areaPath: areas.ak.path }]),
    entries: new EntryService(database, areaService, library, acceptances, audit, outbox, clock),
    schedule: new ScheduleService(database, areaService, library, clock),
    /** A request as it comes out of the door: daily at five in An Khương. */
    request: (changes: Record<string, unknown> = {}) =>
      newEntry.parse({
        areaId: areas.ak.id,
        itemId: 'item-ak',
        recurrence: { kind: 'daily', from: '2026-01-05', until: null, time: '05:00' },
        ...changes,
      }),
  };
}
