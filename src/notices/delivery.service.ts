import { createHash } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { AccountService } from '../accounts/index.js';
import { Clock } from '../platform/clock/index.js';
import { Database } from '../platform/database/index.js';
import { type Job, Jobs } from '../platform/jobs/index.js';
import { LOG, type Log } from '../platform/logging/index.js';
import { composeMail, composePush, type LetterParts } from './engine/letters.js';
import { nextReminderAt, outsideQuietHours } from './engine/reminders.js';
import { isUrgent, textOf } from './kinds.js';
import { MailSender } from './mail/mail.sender.js';
import {
  type DeliveryState,
  Notice,
  NoticeDelivery,
  NoticeEntry,
  NoticePreference,
  PushSubscription,
} from './notice.entity.js';
import { PushSender } from './push/push.sender.js';
import { type NoticeSettings, SETTINGS_IN_USE } from './settings.js';
import { matterOf, SEND_JOBS } from './telling.service.js';

/** For the VAPID token where neither a sender of mails nor a public https address is known. */
const NO_CONTACT = 'mailto:nobody@vang.invalid';

type Ending = { readonly state: Exclude<DeliveryState, 'waiting'>; readonly reason: string | null };

interface Errand {
  readonly delivery: NoticeDelivery;
  readonly notice: Notice;
  readonly urgent: boolean;
  readonly parts: LetterParts;
  readonly to:
    | { readonly kind: 'email'; readonly name: string; readonly address: string }
    | { readonly kind: 'push'; readonly subscription: PushSubscription };
}

/** Sends one message, if it is still to be sent. */
@Injectable()
export class DeliveryService {
  constructor(
    private readonly database: Database,
    private readonly accounts: AccountService,
    private readonly jobs: Jobs,
    private readonly mail: MailSender,
    private readonly push: PushSender,
    private readonly clock: Clock,
    @Inject(SETTINGS_IN_USE) private readonly settings: NoticeSettings,
    @Inject(LOG) private readonly log: Log,
  ) {}

  /**
   * Sent twice only when the process dies between the other side's answer and our note of it.
   * @param baseUrl address of this service for people
   * @throws when it may be tried again
   */
  async deliver(job: Job, deliveryId: string, baseUrl: string): Promise<void> {
    const found = await this.database.read((reader) => this.#errand(reader, deliveryId));
    if (found === null) return;
    if ('state' in found) return this.#end(deliveryId, found);
    const nowMs = this.clock.nowMs();
    const allowedMs = found.delivery.round === 0 ? nowMs : outsideQuietHours(nowMs, found.urgent);
    if (allowedMs > nowMs) {
      const nextMs = nextReminderAt(matterOf(found.notice, nowMs));
      if (nextMs !== null && nextMs <= allowedMs) return this.#end(deliveryId, dropped('overtaken'));
      return this.#postpone(found.delivery, job, allowedMs);
    }
    try {
      const ending = await this.#send(found, baseUrl);
      await this.#end(deliveryId, ending);
      if (ending.state === 'failed')
        this.log.warn({ deliveryId, channel: found.delivery.channel, reason: ending.reason }, 'a notice was refused');
    } catch (error) {
      if (job.attempts >= job.maxAttempts)
        await this.#end(deliveryId, { state: 'failed', reason: 'given up after many attempts' });
      throw error;
    }
  }

  /** What is to be done, or why nothing is any more; null when that is settled already. */
  async #errand(reader: EntityManager, deliveryId: string): Promise<Errand | Ending | null> {
    const delivery = await reader.findOneBy(NoticeDelivery, { id: deliveryId });
    if (delivery?.state !== 'waiting') return null;
    const { noticeId, accountId, channel, target } = delivery;
    const notice = await reader.findOneBy(Notice, { id: noticeId });
    const entry = await reader.findOneBy(NoticeEntry, { noticeId, accountId, open: true });
    if (!notice || !entry || notice.settledAtMs !== null) return dropped('settled');
    const [account] = await this.accounts.reachable(reader, [accountId]);
    if (!account) return dropped('the account is disabled');
    const preference = await reader.findOneBy(NoticePreference, { accountId });
    if (preference && !preference[channel]) return dropped('not wanted');
    const language = preference?.language ?? 'vi';
    const text = textOf(notice.kind, notice.params, language);
    const parts = { text, language, round: delivery.round, dueAtMs: notice.dueAtMs, demo: this.database.isDemo() };
    const errand = { delivery, notice, urgent: isUrgent(notice.kind), parts };
    if (channel === 'email') {
      if (account.email === null) return dropped('no address');
      return { ...errand, to: { kind: 'email', name: account.name, address: account.email } };
    }
    const subscription = await reader.findOneBy(PushSubscription, { id: target, accountId });
    return subscription ? { ...errand, to: { kind: 'push', subscription } } : dropped('no subscription');
  }

  async #send({ delivery, notice, urgent, parts, to }: Errand, baseUrl: string): Promise<Ending> {
    if (to.kind === 'email') {
      const { name, address } = to;
      const outcome = await this.mail.send({
        id: delivery.id,
        to: { name, address },
        ...composeMail(parts, baseUrl + notice.link),
      });
      return outcome.kind === 'sent' ? SENT : { state: 'failed', reason: outcome.reason };
    }
    const outcome = await this.push.send(to.subscription, {
      payload: composePush(parts, notice.link),
      urgent,
      topic: createHash('sha256').update(notice.id).digest('base64url').slice(0, 32),
      contact: this.#contact(baseUrl),
    });
    if (outcome.kind === 'sent') return SENT;
    if (outcome.kind === 'refused') return { state: 'failed', reason: outcome.reason };
    await this.database.write(({ manager }) => manager.delete(PushSubscription, { id: to.subscription.id }));
    return dropped('no subscription');
  }

  #contact(baseUrl: string): string {
    const { mail } = this.settings;
    if (mail) return `mailto:${mail.from.address}`;
    return baseUrl.startsWith('https://') ? baseUrl : NO_CONTACT;
  }

  async #end(id: string, { state, reason }: Ending): Promise<void> {
    await this.database.write(({ manager }) =>
      manager.update(NoticeDelivery, { id }, { state, reason, endedAtMs: this.clock.nowMs() }),
    );
  }

  async #postpone({ id, channel }: NoticeDelivery, { maxAttempts }: Job, untilMs: number): Promise<void> {
    await this.database.write((tx) =>
      this.jobs.enqueue(tx, {
        kind: SEND_JOBS[channel],
        payload: { deliveryId: id },
        uniqueKey: `${id}:${untilMs}`,
        runAtMs: untilMs,
        maxAttempts,
      }),
    );
  }
}

const SENT: Ending = { state: 'sent', reason: null };
const dropped = (reason: string): Ending => ({ state: 'dropped', reason });
