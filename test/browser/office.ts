import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { ApiClient } from '../../demo/api-client.js';
import { AccountService } from '../../src/accounts/index.js';
import { LibraryAudio, MediaTools } from '../../src/library/index.js';
import type { ItemView, NewItemRequest } from '../../src/library/items/item.api.js';
import { NoticeCourier } from '../../src/notices/index.js';
import { SystemClock } from '../../src/platform/clock/index.js';
import { Database } from '../../src/platform/database/index.js';
import { JobRunner } from '../../src/platform/jobs/index.js';
import { silentLog } from '../../src/platform/logging/index.js';
import { OutboxRelay } from '../../src/platform/outbox/index.js';
import { everyTable, Station } from '../support/station.js';

export const PASSWORD = 'một mật khẩu đủ dài';
export const PEOPLE = { hoa: 'operator', nam: 'approver' } as const;
export type Login = keyof typeof PEOPLE;

/** A commune's station behind real HTTP, with real voices and ffmpeg, and people who can log in. */
export class Office {
  readonly #clients = new Map<Login, ApiClient>();

  private constructor(
    private readonly station: Station,
    private readonly database: Database,
    private readonly rooms: readonly { stop(): Promise<void> | void }[],
    private readonly folder: string,
    private readonly areaId: string,
  ) {}

  static async open(): Promise<Office> {
    const folder = await mkdtemp(join(tmpdir(), 'vang-office-'));
    const database = new Database({ ...everyTable, file: join(folder, 'vang.db') }, silentLog);
    await database.start();
    // Browsers keep no cookie of a clock that stands in the past.
    const clock = new SystemClock();
    const station = await Station.open(database, { withHttp: true, clock });
    await station.settle();
    await station.get(MediaTools).start({ ffmpegPath: null, cacheDir: join(folder, 'cache') });
    const { jobs, outbox } = station.platform;
    const relay = new OutboxRelay({ database, outbox, clock, log: silentLog });
    const courier = station.get(NoticeCourier);
    courier.register(relay);
    await courier.start({ baseUrl: () => station.http });
    await relay.start();
    const runner = new JobRunner({ database, jobs, clock, log: silentLog });
    station.get(LibraryAudio).register(runner);
    await runner.start({ concurrency: 1 });
    const { id: areaId } = await station.area('ak');
    const office = new Office(station, database, [runner, relay, courier, station.get(MediaTools)], folder, areaId);
    for (const [login, role] of Object.entries(PEOPLE)) {
      const person = { login, password: PASSWORD, name: NAMES[login as Login], grants: [{ role, areaId }] };
      await station.get(AccountService).create(station.root, person);
      office.#clients.set(login as Login, await new ApiClient(station.http).logIn(login, PASSWORD));
    }
    return office;
  }

  get url(): string {
    return this.station.http;
  }

  as(login: Login): ApiClient {
    const client = this.#clients.get(login);
    if (!client) throw new Error(`${login} is not known here`);
    return client;
  }

  /** @returns the address that a sender gets */
  async link(senderName: string): Promise<string> {
    const wanted = { areaId: this.areaId, senderKind: 'police', senderName };
    return (await this.as('hoa').post<{ address: string }>('/api/request-links', wanted)).address;
  }

  item(id: string, login: Login = 'nam'): Promise<ItemView> {
    return this.as(login).get<ItemView>(`/api/items/${id}`);
  }

  /** A script of Hoa's that is read by the machine. */
  async write(changes: Partial<Extract<NewItemRequest, { kind: 'script' }>> = {}): Promise<ItemView> {
    const usual = { kind: 'script', areaId: this.areaId, title: 'Họp dân', text: TEXT };
    return this.as('hoa').post<ItemView>('/api/items', { ...usual, ...changes });
  }

  /** The same, ready and sent for approval. */
  async pending(changes: Partial<Extract<NewItemRequest, { kind: 'script' }>> = {}): Promise<ItemView> {
    const { id } = await this.write(changes);
    await this.sounding(id);
    return this.as('hoa').post<ItemView>(`/api/items/${id}/submit`);
  }

  /** Its newest audio is made. */
  async sounding(id: string): Promise<ItemView> {
    for (;;) {
      const item = await this.item(id, 'hoa');
      const audio = item.versions.at(-1)?.audio;
      if (audio?.state === 'ready') return item;
      if (audio?.state === 'failed') throw new Error(audio.problem?.vi ?? 'no audio could be made');
      await wait(50);
    }
  }

  /** What the approver is told of an item, as soon as it is. @returns the link */
  async noticeOf({ id }: ItemView): Promise<string> {
    for (;;) {
      const { notices } = await this.as('nam').get<{ notices: { link: string }[] }>('/api/notices');
      const told = notices.find(({ link }) => link.endsWith(id));
      if (told) return told.link;
      await wait(50);
    }
  }

  async close(): Promise<void> {
    for (const room of this.rooms) await room.stop();
    await this.station.close();
    await this.database.stop();
    await rm(this.folder, { recursive: true, force: true, maxRetries: 5 });
  }
}

export const NAMES = { hoa: 'Chị Hoa', nam: 'Anh Nam' } as const;
export const TEXT =
  'Đây là thông báo của đài truyền thanh xã. Ngày mai bảy giờ họp dân tại nhà văn hóa ấp. Đề nghị bà con đến đông đủ, đúng giờ.';
