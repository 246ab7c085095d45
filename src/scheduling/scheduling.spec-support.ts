import type { EntityManager } from 'typeorm';
import { Audit, accountEntities, accountMigrations, actorFrom } from '../accounts/index.js';
import { AreaService, areaEntities, areaMigrations } from '../areas/index.js';
import {
  Cluster,
  ClusterService,
  fleetEntities,
  fleetMigrations,
  type Listener,
  ListenerService,
} from '../fleet/index.js';
import {
  AcceptanceService,
  type AirableItem,
  type LibraryService,
  libraryEntities,
  libraryMigrations,
  type SchedulableItem,
} from '../library/index.js';
import { ManualClock } from '../platform/clock/index.js';
import type { Database } from '../platform/database/index.js';
import { Outbox, outboxEntities, outboxMigrations } from '../platform/outbox/index.js';
import { at } from './engine/engine.spec-support.js';
import { AiringService } from './entries/airing.service.js';
import { newEntry } from './entries/entry.api.js';
import { EntryService } from './entries/entry.service.js';
import { Boards } from './preview/boards.js';
import { ScheduleService } from './preview/schedule.service.js';
import { PublicationService } from './publications/publication.service.js';
import { Publisher } from './publications/publisher.js';
import { RuleService } from './rules/rule.service.js';
import { schedulingEntities, schedulingMigrations } from './scheduling.migration.js';

export const tables = {
  entities: [
    ...areaEntities,
    ...accountEntities,
    ...outboxEntities,
    ...fleetEntities,
    ...libraryEntities,
    ...schedulingEntities,
  ],
  migrations: [
    ...areaMigrations,
    ...accountMigrations,
    ...outboxMigrations,
    ...fleetMigrations,
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
  /** For boards, or relayed. */
  readonly visuals = new Map<string, SchedulableItem>();

  async airable(_reader: EntityManager, ids: string[]): Promise<Map<string, AirableItem>> {
    return new Map([...this.items].filter(([id]) => ids.includes(id)));
  }

  async schedulable(_reader: EntityManager, ids: string[]): Promise<Map<string, SchedulableItem>> {
    return new Map<string, SchedulableItem>([...this.items, ...this.visuals].filter(([id]) => ids.includes(id)));
  }

  async schedulableTitled(
    _reader: EntityManager,
    _areaPath: string,
    titles: readonly string[],
  ): Promise<Map<string, SchedulableItem>> {
    return new Map([...this.items].filter(([, { title }]) => titles.includes(title)));
  }

  async schedulableInAllLanguages(reader: EntityManager, ids: string[]): Promise<Map<string, SchedulableItem>> {
    const groups = new Set([...(await this.schedulable(reader, ids)).values()].map(({ groupId }) => groupId));
    return new Map<string, SchedulableItem>(
      [...this.items, ...this.visuals].filter(([, { groupId }]) => groups.has(groupId)),
    );
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
      groupId: `item-${id}`,
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
  const publisher = new Publisher(areaService, acceptances, audit, outbox, clock);
  const boards = new Boards(library, new ListenerService(areaService), new RuleService());
  const entryService = new EntryService(database, areaService, library, publisher, boards, clock);
  const clusterService = new ClusterService(database, areaService, audit, clock, outbox);
  const publications = new PublicationService(
    database,
    areaService,
    clusterService,
    entryService,
    publisher,
    boards,
    clock,
  );
  return {
    clock,
    areas,
    shelf,
    root,
    operator: actorFrom({ id: 'op', name: 'Chị Hoa' }, [{ role: 'operator', areaPath: areas.ak.path }]),
    monitor: actorFrom({ id: 'mo', name: 'Anh Nam' }, [{ role: 'monitor', areaPath: areas.ak.path }]),
    entries: entryService,
    airing: new AiringService(new RuleService(), boards, audit, outbox, clock),
    areaService,
    clusters: clusterService,
    boards,
    publications,
    schedule: new ScheduleService(database, areaService, boards),
    /** A cluster, or a board, with this id, right in the area. */
    cluster: (
      id: string,
      area: { readonly id: string; readonly path: string },
      kind: Listener['kind'] = 'loudspeakers',
    ) =>
      database.write(({ manager }) =>
        manager.insert(Cluster, {
          ...{ id, code: id, name: `Cụm ${id}`, kind, areaId: area.id, areaPath: area.path },
          ...{ latitude: null, longitude: null, horns: 2, reach: 'horn' as const, createdAtMs: 0 },
        }),
      ),
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
