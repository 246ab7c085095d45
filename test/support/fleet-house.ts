import { type DeviceState, topics, type Uplink } from '../../devices/protocol/index.js';
import { png } from '../../media/visual/testing/pictures.js';
import { AuditEntry } from '../../src/accounts/account.entity.js';
import { AccountService } from '../../src/accounts/index.js';
import { UplinkHall } from '../../src/fleet/index.js';
import { PresenceService } from '../../src/fleet/state/presence.service.js';
import { Notice } from '../../src/notices/notice.entity.js';
import type { Database } from '../../src/platform/database/index.js';
import type { PoleDevice } from './pole-device.js';
import { Station, type StationOptions } from './station.js';

const JSON_TYPE = { 'content-type': 'application/json' };
const PASSWORD = 'một mật khẩu đủ dài';
/** Technicians of two communes, and somebody who only looks. */
const PEOPLE = [
  ['tho', 'technician', 'ak'],
  ['phuc', 'technician', 'ap'],
  ['mai', 'monitor', 'ak'],
] as const;
export type Login = (typeof PEOPLE)[number][0];

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  readonly body: Record<string, unknown> & {
    readonly code?: string;
    readonly errors?: readonly { at: string; code: string }[];
  };
}

/** A station whose devices speak and whose technicians are logged in. */
export class FleetHouse {
  readonly #tokens = new Map<Login, string>();
  readonly #arrivals = new Set<(topic: string) => void>();

  private constructor(
    readonly station: Station,
    readonly presence: PresenceService | null,
  ) {}

  static async open(database: Database, options: StationOptions = {}): Promise<FleetHouse> {
    const station = await Station.open(database, { withHttp: true, ...options });
    await station.settle();
    const presence = options.withBroker ? await station.start(PresenceService) : null;
    const house = new FleetHouse(station, presence);
    const accounts = station.get(AccountService);
    for (const [login, role, area] of PEOPLE) {
      const grants = [{ role, areaId: (await station.area(area)).id }];
      await accounts.create(station.root, { login, password: PASSWORD, name: login, grants });
      await house.#logIn(login);
    }
    return house;
  }

  /** Hears what devices say, after the rooms that were started before. */
  async listen(...uplinks: readonly Uplink[]): Promise<void> {
    for (const uplink of uplinks)
      await this.station.platform.bus.subscribe(topics.everyUplink(uplink), { qos: 1 }, (topic) => {
        for (const arrived of this.#arrivals) arrived(topic);
      });
  }

  arrivalOf(topic: string): Promise<void> {
    return new Promise((resolve) => {
      const look = (arrived: string) => {
        if (arrived === topic && this.#arrivals.delete(look)) resolve();
      };
      this.#arrivals.add(look);
    });
  }

  /** A device says something, and the service has it. */
  async say(device: PoleDevice, uplink: Uplink, message: unknown): Promise<void> {
    const there = this.arrivalOf(topics.up(device.id, uplink));
    await device.send(uplink, message);
    await there;
  }

  /** What has been taken in, and what has been refused, is written. */
  async written(room: { stop(): Promise<void>; start(): Promise<void> } | null = this.presence): Promise<void> {
    await room?.stop();
    await this.station.get(UplinkHall).flush();
    await room?.start();
  }

  /** As somebody who is logged in, and logs in again after the day that a spec let pass. */
  async as(
    login: Login,
    method: string,
    path: string,
    sent?: unknown,
    headers: Record<string, string> = {},
  ): Promise<Answer> {
    const bytes = sent instanceof Uint8Array ? sent : sent === undefined ? undefined : JSON.stringify(sent);
    const type: Record<string, string> = sent instanceof Uint8Array ? {} : JSON_TYPE;
    const ask = async () =>
      this.#ask(method, path, bytes, { ...type, authorization: `Bearer ${this.#tokens.get(login)}`, ...headers });
    const answer = await ask();
    if (answer.status !== 401) return answer;
    await this.#logIn(login);
    return ask();
  }

  async #logIn(login: Login): Promise<void> {
    const { body } = await this.#ask('POST', '/api/login', JSON.stringify({ login, password: PASSWORD }), JSON_TYPE);
    this.#tokens.set(login, String(body.token));
  }

  async audited(action: string): Promise<AuditEntry[]> {
    return this.station.database.read((reader) => reader.findBy(AuditEntry, { action }));
  }

  /** Notices about a fault that are open. */
  async noticesOf(fault: { readonly id: string } | undefined): Promise<Notice[]> {
    return this.station.database.read((reader) => reader.findBy(Notice, { openKey: `fleet.fault:${fault?.id}` }));
  }

  async #ask(
    method: string,
    path: string,
    body: string | Uint8Array | undefined,
    headers: Record<string, string>,
  ): Promise<Answer> {
    const answer = await fetch(`${this.station.http}${path}`, {
      method,
      headers,
      ...(body === undefined ? {} : { body: body as string }),
    });
    const text = await answer.text();
    const json = /json/.test(answer.headers.get('content-type') ?? '') ? JSON.parse(text) : {};
    return { status: answer.status, headers: answer.headers, text, body: json };
  }

  close(): Promise<void> {
    return this.station.close();
  }
}

export function stateOf(device: { readonly id: string }, changes: object = {}): DeviceState {
  return {
    v: 1,
    device: device.id,
    online: true,
    boot: 1,
    planVersion: 1_767_000_000_000,
    ready: true,
    trust: 'trusted',
    playing: null,
    waitingReceipts: 0,
    ...changes,
  };
}

/** A picture that a telephone took: with a text in it that must not be kept. */
export const PHOTO: Buffer = (() => {
  // Three rows of four grey pixels, each behind the byte that names its filter.
  const clean = png({ width: 4, height: 3, raw: Buffer.alloc(15) });
  return Buffer.concat([clean, Buffer.from('GPS 11.5 106.5')]);
})();
