import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { INestApplicationContext, Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { testKey } from '../../devices/player/testing/keys.js';
import { decodeClaim, type EnrolmentRequest, proofBytes, toBase64Url } from '../../devices/protocol/index.js';
import type { AccountRole } from '../../src/accounts/engine/roles.js';
import { actorFrom } from '../../src/accounts/session.service.js';
import { AppModule, entities, migrations } from '../../src/app.module.js';
import type { Area } from '../../src/areas/area.entity.js';
import { AreaService } from '../../src/areas/area.service.js';
import { ClusterService } from '../../src/fleet/cluster.service.js';
import { EnrolmentService } from '../../src/fleet/enrolment/enrolment.service.js';
import type { Cluster } from '../../src/fleet/fleet.entity.js';
import { EmbeddedBroker, type ExternalAccess, MqttBus, NO_EXTERNAL_ACCESS } from '../../src/platform/broker/index.js';
import { type Clock, ManualClock } from '../../src/platform/clock/index.js';
import { type Database, newId } from '../../src/platform/database/index.js';
import { type Actor, configureHttp, PublicAddress, serveOpenApi } from '../../src/platform/http/index.js';
import { Jobs } from '../../src/platform/jobs/index.js';
import { KeyRing } from '../../src/platform/keys/index.js';
import { type Log, silentLog } from '../../src/platform/logging/index.js';
import { Outbox } from '../../src/platform/outbox/index.js';
import type { Platform } from '../../src/platform/platform.module.js';
import { ContentStore } from '../../src/platform/storage/index.js';
import { KEEP_EVERYTHING, type RetentionSettings } from '../../src/receipts/retention/settings.js';
import { PoleDevice } from './pole-device.js';

/** Every table, for specs that cross rooms. */
export const everyTable = { entities, migrations };

/** Monday 5 January 2026, 09:00 in Viet Nam. */
export const MONDAY_NINE = Date.parse('2026-01-05T09:00:00+07:00');

const SETTINGS = {
  wishWindowMs: 100,
  egressBytesPerSecond: null,
  egressInFlightBytes: 1_048_576,
  zone: 'Asia/Ho_Chi_Minh',
};

const AREAS = `code,parentCode,kind,name,validFrom,validTo,speciallyDisadvantaged,border,ethnicMinority
bp,,province,Bình Phước,2020-01-01,,,,
ak,bp,commune,An Khương,2020-01-01,,x,,x
ap,bp,commune,An Phú,2020-01-01,,,,
ak1,ak,hamlet,Ấp 1,2020-01-01,,,,
ak2,ak,hamlet,Ấp 2,2020-01-01,,,,
ap1,ap,hamlet,Ấp 1,2020-01-01,,,,
`;
const CLUSTER_HEADER = 'code,areaCode,name,latitude,longitude,horns,hamletCodes\n';
const CLUSTERS = `k1,ak,Cụm loa ấp 1,11.5,106.5,2,ak1
k2,ak,Cụm loa ấp 2,11.6,106.6,4,ak2
k9,ap,Cụm loa An Phú,,,2,ap1
`;

export interface StationOptions {
  /** Default: a clock that stands at nine on a Monday. */
  readonly clock?: Clock;
  /** A real broker on a free port, and the bus connected to it. Default: none, and the bus is not started. */
  readonly withBroker?: boolean;
  /** For a broker that is to come back where it was. Default: a free one. */
  readonly brokerPort?: number;
  /** Listens on a free port as the service does. Default: no HTTP. */
  readonly withHttp?: boolean;
  /** How an external broker learns of rights. Default: none. */
  readonly externalAccess?: ExternalAccess;
  readonly wishWindowMs?: number;
  /** What may leave the database. Default: nothing. */
  readonly retention?: Partial<RetentionSettings>;
  readonly log?: Log;
  /** Name of the folder for content and keys, below a temporary one. */
  readonly folder?: string;
}

/** The service as it is composed in a process, over a given database; only what a spec asks for is started. */
export class Station {
  readonly root = person('Quản trị', 'administrator', '/');
  readonly #devices: PoleDevice[] = [];
  readonly #starts: { stop(): Promise<void> | void }[] = [];

  private constructor(
    readonly platform: Platform,
    readonly app: INestApplicationContext,
    private readonly folder: string,
    /** Where it listens; nowhere without HTTP. */
    readonly http: string,
  ) {
    const mqtt = platform.broker ? this.mqtt : 'mqtt://127.0.0.1:1';
    app.get(PublicAddress).set({ http, mqtt });
  }

  static async open(database: Database, options: StationOptions = {}): Promise<Station> {
    const folder = await mkdtemp(join(tmpdir(), 'vang-station-'));
    const { platform } = await platformOver(database, join(folder, options.folder ?? 'data'), options);
    const dispatch = { ...SETTINGS, wishWindowMs: options.wishWindowMs ?? SETTINGS.wishWindowMs };
    const retention = { ...KEEP_EVERYTHING, folder: join(folder, 'archives'), ...options.retention };
    const module = AppModule.of(platform, dispatch, undefined, undefined, retention);
    const quiet = { logger: false, abortOnError: false } as const;
    if (!options.withHttp) {
      const app = await NestFactory.createApplicationContext(module, quiet);
      return new Station(platform, app, folder, 'http://127.0.0.1:1');
    }
    const app = await NestFactory.create<NestExpressApplication>(module, {
      ...quiet,
      bodyParser: false,
      forceCloseConnections: true,
    });
    configureHttp(app, platform.log);
    serveOpenApi(app);
    await app.listen(0, '127.0.0.1');
    return new Station(platform, app, folder, (await app.getUrl()).replace(/\/$/, ''));
  }

  /** Another process over the same technical rooms, which stay the first one's to stop. */
  static async over(platform: Platform): Promise<{ get<T>(room: Type<T>): T; close(): Promise<void> }> {
    const app = await NestFactory.createApplicationContext(AppModule.of(platform, SETTINGS), {
      logger: false,
      abortOnError: false,
    });
    return { get: (room) => app.get(room, { strict: false }), close: () => app.close() };
  }

  get database(): Database {
    return this.platform.database;
  }

  /** Where devices find the broker. */
  get mqtt(): string {
    return `mqtt://${new URL(this.broker.serviceUrl).host}`;
  }

  get broker(): EmbeddedBroker {
    if (!this.platform.broker) throw new Error('this station was opened without a broker');
    return this.platform.broker;
  }

  /** Only for specs that move time. */
  get clock(): ManualClock {
    if (!(this.platform.clock instanceof ManualClock)) throw new Error('this station runs on the real clock');
    return this.platform.clock;
  }

  get<T>(room: Type<T>): T {
    return this.app.get(room, { strict: false });
  }

  /** Starts a room, and stops it when the station closes. */
  async start<T extends { start(): Promise<void> | void; stop(): Promise<void> | void }>(room: Type<T>): Promise<T> {
    const found = this.get(room);
    await found.start();
    this.#starts.push(found);
    return found;
  }

  /** Two communes of a province, three hamlets, three clusters. */
  async settle(): Promise<void> {
    await this.get(AreaService).importCsv(this.root, AREAS);
    await this.importClusters(CLUSTERS);
  }

  async importClusters(lines: string): Promise<void> {
    await this.get(ClusterService).importCsv(this.root, CLUSTER_HEADER + lines);
  }

  async area(code: string): Promise<Area> {
    const area = await this.database.read((reader) => this.get(AreaService).byCode(reader, code));
    if (!area) throw new Error(`no area ${code}`);
    return area;
  }

  async cluster(code: string): Promise<Cluster> {
    const { id } = (await this.get(ClusterService).list(this.root)).find((cluster) => cluster.code === code) ?? {
      id: '',
    };
    return this.database.read((reader) => this.get(ClusterService).demand(reader, this.root, 'fleet.read', id));
  }

  async claimCode(clusterCode: string): Promise<string> {
    const { claim } = await this.get(EnrolmentService).createClaim(this.root, (await this.cluster(clusterCode)).id);
    return decodeClaim(claim)?.code ?? '';
  }

  /** A device at a cluster, with a key of its own; connected if there is a broker. */
  async enrol(
    clusterCode: string,
    options: { readonly simulated?: boolean; readonly name?: string; readonly offline?: boolean } = {},
  ): Promise<PoleDevice> {
    const key = testKey(options.name ?? newId());
    const request = enrolmentOf(await this.claimCode(clusterCode), key, { simulated: options.simulated ?? false });
    const answer = await this.get(EnrolmentService).enrol(request);
    const device = new PoleDevice(answer.device, answer.token, key, options.simulated ?? false);
    this.#devices.push(device);
    if (this.platform.broker && !options.offline) await device.connect(answer.mqttUrl);
    return device;
  }

  /** A box of the stock, by the code that is printed on it. */
  async enrolBox(code: string, serial: string, listening: (id: string) => readonly string[]): Promise<PoleDevice> {
    const key = testKey(serial);
    const answer = await this.get(EnrolmentService).enrol(enrolmentOf(code, key, { serial }));
    const device = new PoleDevice(answer.device, answer.token, key, false);
    this.#devices.push(device);
    await device.connect(answer.mqttUrl, listening(device.id));
    return device;
  }

  async close(): Promise<void> {
    for (const device of this.#devices) await device.disconnect();
    for (const room of this.#starts.reverse()) await room.stop();
    await this.app.close();
    const { bus, broker, store } = this.platform;
    await bus.stop();
    await broker?.stop();
    await store.stop();
    await rm(this.folder, { recursive: true, force: true });
  }
}

/** The technical rooms, started, apart from the database (whose suite stops it). */
export async function platformOver(
  database: Database,
  folder: string,
  options: StationOptions = {},
): Promise<{ platform: Platform }> {
  const log = options.log ?? silentLog;
  const clock = options.clock ?? new ManualClock(MONDAY_NINE);
  const broker = options.withBroker
    ? new EmbeddedBroker({ host: '127.0.0.1', port: options.brokerPort ?? 0, log })
    : null;
  const platform: Platform = {
    clock,
    log,
    database,
    outbox: new Outbox(clock),
    jobs: new Jobs(database, clock),
    store: new ContentStore(join(folder, 'content')),
    keys: new KeyRing(join(folder, 'keys'), clock),
    broker,
    externalAccess: options.externalAccess ?? NO_EXTERNAL_ACCESS,
    bus: new MqttBus({ url: () => broker?.serviceUrl ?? '', log, reconnectMs: 50 }),
  };
  await platform.store.start();
  await platform.keys.start();
  if (broker) {
    await broker.start();
    await platform.bus.start();
    await platform.bus.whenConnected();
  }
  return { platform };
}

export function person(name: string, role: AccountRole, areaPath: string): Actor {
  return actorFrom({ id: newId(), name }, [{ role, areaPath }]);
}

export function enrolmentOf(
  code: string,
  key: ReturnType<typeof testKey>,
  changes: Partial<EnrolmentRequest> = {},
): EnrolmentRequest {
  const { publicKey } = key;
  const proof = toBase64Url(key.sign(proofBytes(code, publicKey)));
  return { v: 1, code, publicKey, model: 'spec', serial: 'SN-1', simulated: false, proof, ...changes };
}
