import { cp, mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import type { ApiClient } from '../../demo/api-client.js';
import { LOGINS } from '../../demo/load.js';
import { DemoService } from '../../demo/service.js';
import { Opened } from '../../src/platform/broker/broker.spec-support.js';
import { runMosquitto } from '../../src/platform/broker/mosquitto.spec-support.js';
import type { BenchPostgres } from './bench-postgres.js';
import { freePort } from './small-district.js';

/** How soon it starts is the bench's `ready` to judge. */
const START_WITHIN_MS = 180_000;
const SQLITE_FILES = ['vang.sqlite', 'vang.sqlite-wal', 'vang.sqlite-shm'];

/** A service that is killed, started and set back, with its broker: the embedded one, or a Mosquitto that lives and dies by itself. */
export class FaultyHouse {
  readonly #opened = new Opened();
  #service: DemoService | null = null;
  #mosquitto: { stop(): Promise<void> } | null = null;
  #external = false;
  #aheadMs = 0;
  #backups = 0;
  #databaseUrl: string | null;

  private constructor(
    readonly folder: string,
    private readonly postgres: BenchPostgres | null,
    private readonly ports: { readonly http: number; readonly mqtt: number; readonly mosquitto: number },
  ) {
    this.#databaseUrl = postgres?.url ?? null;
  }

  static async open(folder: string, postgres: BenchPostgres | null): Promise<FaultyHouse> {
    await mkdir(join(folder, 'backups'), { recursive: true });
    const ports = { http: await freePort(), mqtt: await freePort(), mosquitto: await freePort() };
    return new FaultyHouse(folder, postgres, ports);
  }

  get #data(): string {
    return join(this.folder, 'service');
  }

  get #more(): Record<string, string> {
    return this.#databaseUrl === null ? {} : { DATABASE_URL: this.#databaseUrl };
  }

  /** Of the service, for what looks into its database while it is down. */
  get environment(): Record<string, string> {
    return { VANG_DATA: this.#data, VANG_DEMO: 'true', ...this.#more };
  }

  /** Where devices find the broker of now. */
  get mqttPort(): number {
    return this.#external ? this.ports.mosquitto : this.ports.mqtt;
  }

  async start(): Promise<void> {
    const { http, mqtt } = this.ports;
    const broker: Record<string, string> = this.#external ? { MQTT_URL: `mqtt://127.0.0.1:${this.mqttPort}` } : {};
    const more = { ...broker, ...this.#more, BENCH_AHEAD_MS: String(this.#aheadMs) };
    this.#service = new DemoService(this.folder, { http, mqtt }, more, 'test/bench/ledger-faults.service.js');
    await this.#service.ready(START_WITHIN_MS);
  }

  get service(): DemoService {
    if (!this.#service) throw new Error('the service is down');
    return this.#service;
  }

  /** Kill -9 by its own id, and a new start. */
  async restart(): Promise<void> {
    await this.#service?.kill();
    await this.start();
  }

  async stop(): Promise<void> {
    await this.#service?.stop();
    this.#service = null;
  }

  async close(): Promise<void> {
    await this.stop();
    await this.#opened.close();
  }

  /** So much time passes for the service. */
  later(ms: number): void {
    this.#aheadMs += ms;
    this.service.send({ cmd: 'later', ms });
  }

  logIn(): Promise<ApiClient> {
    return this.service.logIn(LOGINS.administrator);
  }

  /** From now on the devices are on a Mosquitto; the service is killed and started with it. */
  async moveToMosquitto(): Promise<void> {
    await this.startMosquitto();
    this.#external = true;
    await this.restart();
  }

  /** Apart from the service, which stays. */
  async restartMosquitto(): Promise<void> {
    await this.#mosquitto?.stop();
    await this.startMosquitto();
  }

  private async startMosquitto(): Promise<void> {
    const listener = `listener ${this.ports.mosquitto} 127.0.0.1\nallow_anonymous true\npersistence false\n`;
    const log = 'set_tcp_nodelay true\nlog_type error\nlog_type information\n';
    this.#mosquitto = await runMosquitto(this.#opened, listener + log);
  }

  /** Of the running service, as docs/administration.md has it; PostgreSQL is copied as a template, for which the service is down. */
  async backUp(): Promise<string> {
    const name = `backup_${++this.#backups}`;
    if (this.postgres) {
      await this.#service?.kill();
      await this.postgres.copy(name);
      await this.start();
      return name;
    }
    const database = new Database(join(this.#data, 'vang.sqlite'));
    try {
      database.prepare('VACUUM INTO ?').run(join(this.folder, 'backups', name));
    } finally {
      database.close();
    }
    return name;
  }

  /** Kill -9, the backup in the place of the database, a new start. */
  async restore(name: string): Promise<void> {
    await this.#service?.kill();
    if (this.postgres) this.#databaseUrl = this.postgres.urlOf(name);
    else {
      for (const file of SQLITE_FILES) await rm(join(this.#data, file), { force: true });
      await cp(join(this.folder, 'backups', name), join(this.#data, 'vang.sqlite'));
    }
    await this.start();
  }
}
