import { Inject, Injectable } from '@nestjs/common';
import { type EntityManager, In, IsNull, Not } from 'typeorm';
import { AccountService } from '../accounts/index.js';
import { Clock } from '../platform/clock/index.js';
import { Database, newId, type WriteTransaction } from '../platform/database/index.js';
import { Jobs } from '../platform/jobs/index.js';
import { LOG, type Log } from '../platform/logging/index.js';
import { nearestHolders } from './engine/recipients.js';
import { decideReminder, type Matter, nextReminderAt } from './engine/reminders.js';
import { isUrgent } from './kinds.js';
import { MailSender } from './mail/mail.sender.js';
import {
  type Channel,
  Notice,
  NoticeDelivery,
  NoticeEntry,
  NoticePreference,
  PushSubscription,
} from './notice.entity.js';

export const REMIND_JOB = 'notices.remind';
export const SEND_JOBS: Readonly<Record<Channel, string>> = { email: 'notices.email', push: 'notices.push' };
/** With the pauses of the job table: mails wait most of a day for a dead server, pushes two hours. */
const MOST_ATTEMPTS: Readonly<Record<Channel, number>> = { email: 100, push: 20 };

interface People {
  /** Who is told now. */
  readonly told: readonly string[];
  /** Whose matter it is at all: others' entries close. */
  readonly concerned: ReadonlySet<string>;
}

/** Turns a matter into entries of inboxes and messages to be sent: at first, and with each reminder. */
@Injectable()
export class Telling {
  constructor(
    private readonly database: Database,
    private readonly accounts: AccountService,
    private readonly jobs: Jobs,
    private readonly mail: MailSender,
    private readonly clock: Clock,
    @Inject(LOG) private readonly log: Log,
  ) {}

  /** May come more than once for a notice. */
  async begin(noticeId: string): Promise<void> {
    await this.database.write(async (tx) => {
      const notice = await tx.manager.findOneBy(Notice, { id: noticeId });
      if (notice && notice.lastToldAtMs === null) await this.#tell(tx, notice, 0);
    });
  }

  /** May come more than once, too early and too late: what is to be done is decided anew. */
  async remind(noticeId: string): Promise<void> {
    await this.database.write(async (tx) => {
      const notice = await tx.manager.findOneBy(Notice, { id: noticeId, settledAtMs: IsNull() });
      if (!notice || notice.lastToldAtMs === null) return;
      const decision = decideReminder(matterOf(notice, this.clock.nowMs()), this.clock.nowMs());
      if (decision.kind === 'remind') await this.#tell(tx, notice, notice.reminders + 1);
      if (decision.kind === 'wait') await this.#remindAt(tx, notice, decision.untilMs);
    });
  }

  async #tell(tx: WriteTransaction, notice: Notice, round: number): Promise<void> {
    const nowMs = this.clock.nowMs();
    const told = { lastToldAtMs: nowMs, reminders: round };
    const { affected } = await tx.manager.update(Notice, { id: notice.id, settledAtMs: IsNull() }, told);
    if (!affected) return;
    const people = await this.#people(tx.manager, notice);
    if (people.told.length === 0)
      this.log.warn({ kind: notice.kind, areaPath: notice.areaPath }, 'there is nobody to tell of a notice');
    await this.#fillInboxes(tx, notice, people, nowMs);
    await this.#queueMessages(tx, notice, people.told, round, nowMs);
    const nextMs = nextReminderAt(matterOf({ ...notice, ...told }, nowMs));
    if (nextMs !== null) await this.#remindAt(tx, { ...notice, ...told }, nextMs);
  }

  async #people(manager: EntityManager, { audience }: Notice): Promise<People> {
    if ('accountIds' in audience) {
      const told = (await this.accounts.reachable(manager, audience.accountIds)).map(({ id }) => id);
      return { told, concerned: new Set(told) };
    }
    const holders = await this.accounts.whoMay(manager, audience.action, audience.areaPath);
    return {
      told: nearestHolders(holders, audience.except),
      concerned: new Set(holders.map(({ accountId }) => accountId)),
    };
  }

  async #fillInboxes(tx: WriteTransaction, notice: Notice, people: People, nowMs: number): Promise<void> {
    const entries = await tx.manager.findBy(NoticeEntry, { noticeId: notice.id });
    const having = new Set(entries.map(({ accountId }) => accountId));
    const again = entries.filter(({ accountId }) => people.told.includes(accountId)).map(({ id }) => id);
    const over = entries.filter(({ accountId, open }) => open && !people.concerned.has(accountId)).map(({ id }) => id);
    // A reminder in the inbox is an entry that nobody has seen.
    if (again.length > 0) await tx.manager.update(NoticeEntry, { id: In(again) }, { open: true, seenAtMs: null });
    if (over.length > 0) await tx.manager.update(NoticeEntry, { id: In(over) }, { open: false });
    for (const accountId of people.told)
      if (!having.has(accountId))
        await tx.manager.insert(NoticeEntry, {
          id: newId(nowMs),
          noticeId: notice.id,
          accountId,
          open: true,
          createdAtMs: nowMs,
          seenAtMs: null,
        });
  }

  async #queueMessages(
    tx: WriteTransaction,
    notice: Notice,
    told: readonly string[],
    round: number,
    nowMs: number,
  ): Promise<void> {
    // A server that was dead for a day must not send the first mail and three reminders of it at once.
    await tx.manager.update(
      NoticeDelivery,
      { noticeId: notice.id, state: 'waiting', round: Not(round) },
      { state: 'dropped', reason: 'overtaken', endedAtMs: nowMs },
    );
    for (const { accountId, channel, target } of await this.#addresses(tx.manager, told)) {
      const id = newId(nowMs);
      const delivery = { id, noticeId: notice.id, accountId, channel, target, round, createdAtMs: nowMs };
      await tx.manager.insert(NoticeDelivery, { ...delivery, state: 'waiting', reason: null, endedAtMs: null });
      await this.jobs.enqueue(tx, {
        kind: SEND_JOBS[channel],
        payload: { deliveryId: id },
        maxAttempts: MOST_ATTEMPTS[channel],
      });
    }
  }

  async #addresses(
    manager: EntityManager,
    told: readonly string[],
  ): Promise<Pick<NoticeDelivery, 'accountId' | 'channel' | 'target'>[]> {
    const accounts = await this.accounts.reachable(manager, told);
    const accountId = In(accounts.map(({ id }) => id));
    const preferences = new Map(
      (await manager.findBy(NoticePreference, { accountId })).map((each) => [each.accountId, each]),
    );
    const subscriptions = await manager.find(PushSubscription, { where: { accountId }, order: { id: 'ASC' } });
    const mails = accounts
      .filter(({ id, email }) => this.mail.ready && email !== null && (preferences.get(id)?.email ?? true))
      .map(({ id }) => ({ accountId: id, channel: 'email' as const, target: '' }));
    const pushes = subscriptions
      .filter((subscription) => preferences.get(subscription.accountId)?.push ?? true)
      .map((subscription) => ({
        accountId: subscription.accountId,
        channel: 'push' as const,
        target: subscription.id,
      }));
    return [...mails, ...pushes];
  }

  /** The key holds the moment, so that a job that is begun again after a crash makes no second one. */
  async #remindAt(tx: WriteTransaction, notice: Notice, atMs: number): Promise<void> {
    await this.jobs.enqueue(tx, {
      kind: REMIND_JOB,
      payload: { noticeId: notice.id },
      uniqueKey: `${notice.id}:${notice.reminders}:${atMs}`,
      runAtMs: atMs,
      maxAttempts: 20,
    });
  }
}

/** @param nowMs stands for when people were told, where they were not yet */
export const matterOf = ({ remindAfterMs, reminders, kind, lastToldAtMs }: Notice, nowMs: number): Matter => ({
  remindAfterMs,
  lastToldAtMs: lastToldAtMs ?? nowMs,
  reminders,
  urgent: isUrgent(kind),
});
