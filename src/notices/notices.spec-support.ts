import type { AddressInfo } from 'node:net';
import { Global, Module, type Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { type AccountRole, AccountService, accountEntities, accountMigrations, actorFrom } from '../accounts/index.js';
import { areaEntities, areaMigrations } from '../areas/index.js';
import { Clock, ManualClock } from '../platform/clock/index.js';
import { Database, newId } from '../platform/database/index.js';
import { type Actor, configureHttp } from '../platform/http/index.js';
import { Jobs, jobEntities, jobMigrations } from '../platform/jobs/index.js';
import { LOG, silentLog } from '../platform/logging/index.js';
import { Outbox, OutboxRelay, outboxEntities, outboxMigrations } from '../platform/outbox/index.js';
import { NoticeCourier } from './courier.js';
import { InboxService } from './inbox.service.js';
import { defineNotices } from './kinds.js';
import type { NoticeView } from './notice.api.js';
import { NoticeDelivery } from './notice.entity.js';
import { noticeEntities, noticeMigrations } from './notice.migration.js';
import { NoticeModule } from './notice.module.js';
import { type NewNotice, Notices } from './notices.service.js';
import { NOTICE_SETTINGS, type NoticeSettings } from './settings.js';

export const noticeSuite = {
  entities: [...outboxEntities, ...jobEntities, ...areaEntities, ...accountEntities, ...noticeEntities],
  migrations: [...outboxMigrations, ...jobMigrations, ...areaMigrations, ...accountMigrations, ...noticeMigrations],
};

export const testNotice = defineNotices({
  'test.pending': {
    vi: { title: '{title} chờ duyệt', body: '{author} gửi «{title}» để duyệt.' },
    en: { title: '{title} waits for approval', body: '{author} sent «{title}» for approval.' },
  },
  'test.alarm': {
    vi: { title: 'Cụm loa mất điện', body: 'Kiểm tra ngay.' },
    en: { title: 'A cluster lost its power', body: 'Look at once.' },
    urgent: true,
  },
});

export const COMMUNE = '/p/c/';
export const PASSWORD = 'mật khẩu đủ dài';
export const BASE_URL = 'https://vang.xa.gov.vn';
export const HOUR_MS = 3_600_000;
/** Monday, in Viet Nam. */
export const MONDAY_NINE = Date.parse('2026-03-02T09:00:00+07:00');

type AccountChange = { readonly email?: string | null; readonly disabled?: boolean };

/** The database as it was when it was new: much quicker than a new one. */
export async function emptied(database: Database): Promise<Database> {
  await database.write(async ({ manager }) => {
    for (const entity of noticeSuite.entities) await manager.createQueryBuilder().delete().from(entity).execute();
  });
  return database;
}

/** The room as it is composed in a process; nothing looks unasked, `carried()` does. */
export class NoticeRoom {
  private constructor(
    readonly app: NestExpressApplication,
    readonly clock: ManualClock,
    readonly database: Database,
    readonly relay: OutboxRelay,
    /** Where it listens. */
    readonly url: string,
  ) {}

  static async open(database: Database, settings?: Partial<NoticeSettings>): Promise<NoticeRoom> {
    const clock = new ManualClock(MONDAY_NINE);
    const outbox = new Outbox(clock);
    const rooms = [
      { provide: Clock, useValue: clock },
      { provide: Database, useValue: database },
      { provide: Jobs, useValue: new Jobs(database, clock) },
      { provide: Outbox, useValue: outbox },
      { provide: LOG, useValue: silentLog },
      ...(settings
        ? [{ provide: NOTICE_SETTINGS, useValue: { mail: null, pushToPrivateEndpoints: false, ...settings } }]
        : []),
    ];
    @Global()
    @Module({ providers: rooms, exports: rooms.map(({ provide }) => provide) })
    class Rooms {}
    @Module({ imports: [Rooms, NoticeModule] })
    class House {}
    const app = await NestFactory.create<NestExpressApplication>(House, {
      logger: false,
      bodyParser: false,
      forceCloseConnections: true,
    });
    configureHttp(app, silentLog);
    await app.listen(0, '127.0.0.1');
    const { port } = app.getHttpServer().address() as AddressInfo;
    const relay = new OutboxRelay({ database, outbox, clock, log: silentLog, pollMs: null });
    const room = new NoticeRoom(app, clock, database, relay, `http://127.0.0.1:${port}`);
    room.get(NoticeCourier).register(relay);
    await relay.start();
    await room.get(NoticeCourier).start({ baseUrl: () => BASE_URL, pollMs: null });
    return room;
  }

  get<T>(service: Type<T>): T {
    return this.app.get(service, { strict: false });
  }

  async close(): Promise<void> {
    await this.relay.stop();
    await this.get(NoticeCourier).stop();
    await this.app.close();
  }

  /** Somebody with a role at a path; without a password, so for services only. */
  async person(
    login: string,
    role: AccountRole,
    areaPath: string = COMMUNE,
    account: AccountChange = {},
  ): Promise<Actor> {
    const id = newId();
    await this.database.write(async ({ manager }) => {
      const row = { id, login, name: login, passwordHash: '', createdAtMs: 0, disabled: false, email: null };
      await manager.insert('account', { ...row, ...account });
      await manager.insert('account_grant', { id: newId(), accountId: id, role, areaId: null, areaPath });
    });
    return actorFrom({ id, name: login }, [{ role, areaPath }]);
  }

  async changeAccount({ accountId }: Actor, change: AccountChange): Promise<void> {
    await this.database.write(({ manager }) => manager.update('account', { id: accountId }, change));
  }

  async takeRights({ accountId }: Actor): Promise<void> {
    await this.database.write(({ manager }) => manager.delete('account_grant', { accountId }));
  }

  /** A content that waits for approval in the commune, unless said otherwise. */
  async tell(changes: Partial<NewNotice> = {}): Promise<void> {
    const notice: NewNotice = {
      ...testNotice('test.pending', { title: 'Lịch tiêm chủng', author: 'Chị Hoa' }),
      key: 'test.pending:1',
      to: { action: 'library.approve', areaPath: COMMUNE },
      link: '/duyet?item=1',
      areaPath: COMMUNE,
      ...changes,
    };
    await this.database.write((tx) => this.get(Notices).tell(tx, notice));
  }

  async settle(key = 'test.pending:1'): Promise<void> {
    await this.database.write((tx) => this.get(Notices).settle(tx, key));
  }

  /** Everything that is due is under way no more. */
  async carried(): Promise<void> {
    this.relay.wake();
    await this.relay.idle();
    this.get(NoticeCourier).wake();
    await this.get(NoticeCourier).idle();
  }

  /** Time passes, in steps of which each is looked at as a running service would. */
  async later(durationMs: number, stepMs = durationMs): Promise<void> {
    for (let passed = 0; passed < durationMs; passed += stepMs) {
      this.clock.advance(Math.min(stepMs, durationMs - passed));
      await this.carried();
    }
  }

  async inbox(actor: Actor): Promise<NoticeView[]> {
    return (await this.get(InboxService).page(actor, { limit: 200 }, 'vi')).notices;
  }

  /** Titles of what is open. */
  async waiting(actor: Actor): Promise<string[]> {
    return (await this.inbox(actor)).filter(({ open }) => open).map(({ title }) => title);
  }

  async deliveries(): Promise<{ channel: string; round: number; state: string; reason: string | null }[]> {
    const rows = await this.database.read((reader) => reader.find(NoticeDelivery, { order: { id: 'ASC' } }));
    return rows.map(({ channel, round, state, reason }) => ({ channel, round, state, reason }));
  }

  /** First account, for specs over HTTP. */
  async administrator(): Promise<void> {
    await this.get(AccountService).start({ login: 'quantri', password: PASSWORD });
  }
}
