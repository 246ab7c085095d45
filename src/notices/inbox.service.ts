import { Inject, Injectable } from '@nestjs/common';
import { type EntityManager, In, IsNull, LessThan } from 'typeorm';
import { AccountService } from '../accounts/index.js';
import { Clock } from '../platform/clock/index.js';
import { Database } from '../platform/database/index.js';
import type { Actor } from '../platform/http/index.js';
import type { Language } from '../platform/i18n/index.js';
import { textOf } from './kinds.js';
import type { InboxCount, InboxPage, InboxQuery, NoticeView, PreferenceChange, PreferenceView } from './notice.api.js';
import { Notice, NoticeEntry, NoticePreference, PushSubscription } from './notice.entity.js';
import { noticeProblem } from './problems.js';
import { type NoticeSettings, SETTINGS_IN_USE } from './settings.js';

/** What one person is told, and how they want to be told. Nobody sees another's. */
@Injectable()
export class InboxService {
  constructor(
    private readonly database: Database,
    private readonly accounts: AccountService,
    private readonly clock: Clock,
    @Inject(SETTINGS_IN_USE) private readonly settings: NoticeSettings,
  ) {}

  async page(actor: Actor, { after, limit }: InboxQuery, language: Language): Promise<InboxPage> {
    return this.database.read(async (reader) => {
      const wanted = limit + 1;
      const mark = { part: after?.charAt(0) ?? 'o', id: after?.slice(1) };
      const entries = mark.part === 'o' ? await part(reader, actor, true, wanted, mark.id) : [];
      if (entries.length < wanted)
        entries.push(
          ...(await part(reader, actor, false, wanted - entries.length, mark.part === 'c' ? mark.id : undefined)),
        );
      const shown = entries.slice(0, limit);
      const last = shown.at(-1);
      return {
        notices: await viewsOf(reader, shown, language),
        next: entries.length > limit && last ? `${last.open ? 'o' : 'c'}${last.id}` : null,
      };
    });
  }

  async count(actor: Actor): Promise<InboxCount> {
    const mine = { accountId: actor.accountId, open: true };
    return this.database.read(async (reader) => ({
      open: await reader.countBy(NoticeEntry, mine),
      unseen: await reader.countBy(NoticeEntry, { ...mine, seenAtMs: IsNull() }),
    }));
  }

  /** Seen is not settled: the matter stays open. Once more changes nothing. */
  async seen(actor: Actor, id: string): Promise<void> {
    await this.database.write(async ({ manager }) => {
      const mine = { id, accountId: actor.accountId };
      if (!(await manager.existsBy(NoticeEntry, mine))) throw noticeProblem('notices.unknown');
      await manager.update(NoticeEntry, { ...mine, seenAtMs: IsNull() }, { seenAtMs: this.clock.nowMs() });
    });
  }

  async preferences(actor: Actor): Promise<PreferenceView> {
    return this.database.read(async (reader) => {
      const { accountId } = actor;
      const kept = await reader.findOneBy(NoticePreference, { accountId });
      const [account] = await this.accounts.reachable(reader, [accountId]);
      return {
        email: kept?.email ?? true,
        push: kept?.push ?? true,
        language: kept?.language ?? 'vi',
        emailPossible: this.settings.mail !== null && Boolean(account?.email),
        pushBrowsers: await reader.countBy(PushSubscription, { accountId }),
      };
    });
  }

  async prefer(actor: Actor, { email, push, language }: PreferenceChange): Promise<PreferenceView> {
    const { accountId } = actor;
    await this.database.write(async ({ manager }) => {
      const row = { accountId, email, push, language: language ?? 'vi' };
      await manager.createQueryBuilder().insert().into(NoticePreference).values(row).orIgnore().execute();
      await manager.update(NoticePreference, { accountId }, { email, push, ...(language ? { language } : {}) });
    });
    return this.preferences(actor);
  }
}

/** Ids sort as they were made. */
function part(reader: EntityManager, actor: Actor, open: boolean, take: number, before?: string) {
  return reader.find(NoticeEntry, {
    where: { accountId: actor.accountId, open, ...(before === undefined ? {} : { id: LessThan(before) }) },
    order: { id: 'DESC' },
    take,
  });
}

async function viewsOf(
  reader: EntityManager,
  entries: readonly NoticeEntry[],
  language: Language,
): Promise<NoticeView[]> {
  const found = await reader.findBy(Notice, { id: In(entries.map(({ noticeId }) => noticeId)) });
  const notices = new Map(found.map((notice) => [notice.id, notice]));
  return entries.flatMap(({ id, noticeId, open, createdAtMs, seenAtMs }) => {
    const notice = notices.get(noticeId);
    if (!notice) return [];
    const { kind, params, link, areaPath, dueAtMs, reminders } = notice;
    const text = textOf(kind, params, language);
    return { id, kind, ...text, link, areaPath, open, createdAtMs, seenAtMs, dueAtMs, reminders };
  });
}
