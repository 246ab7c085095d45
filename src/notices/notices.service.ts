import { Injectable } from '@nestjs/common';
import { Clock } from '../platform/clock/index.js';
import { newId, type WriteTransaction } from '../platform/database/index.js';
import { Outbox } from '../platform/outbox/index.js';
import { isInnerLink, type NoticeParameters, tidyParameters } from './engine/texts.js';
import { demandKind } from './kinds.js';
import { type Audience, Notice, NoticeDelivery, NoticeEntry } from './notice.entity.js';

export interface NewNotice {
  /** Declared with `defineNotices`. */
  readonly kind: string;
  /** Names the matter, e.g. `library.pending:<itemId>:<n>`. */
  readonly key: string;
  /**
   * Either the people who may do `action` at the area, of whom the nearest are told (`nearestHolders`); they are looked
   * for when it is delivered, and anew at each reminder. Or these accounts.
   */
  readonly to: Audience;
  /** Values for the texts: titles and names, never a script. Each is cut to 200 characters on one line. */
  readonly params: NoticeParameters;
  /** Path in this service, e.g. `/duyet?item=…`. What it leads to asks for a login. */
  readonly link: string;
  readonly areaPath: string;
  /** Reminders after this time, three at most. Default none. */
  readonly remindAfterMs?: number;
  /** Shown to the reader. UTC epoch ms. */
  readonly dueAtMs?: number;
}

/** Topic of the outbox. */
export const NOTICE_TOLD = 'notices.told';

/** Tells people what waits for them. For other rooms, inside the transaction of the deed (invariant 11). */
@Injectable()
export class Notices {
  constructor(
    private readonly clock: Clock,
    private readonly outbox: Outbox,
  ) {}

  /**
   * Repeating with the same key while the matter is open changes nothing.
   * @throws Error when the notice itself is wrong: a mistake of the caller, not of a person
   */
  async tell(tx: WriteTransaction, notice: NewNotice): Promise<void> {
    const params = tidyParameters(notice.params);
    demandKind(notice.kind, params);
    if (!isInnerLink(notice.link)) throw new RangeError(`the link of a notice must be a path: ${notice.link}`);
    if (notice.key === '' || notice.key.length > 300)
      throw new RangeError('the key of a notice has 1 to 300 characters');
    const nowMs = this.clock.nowMs();
    const row: Notice = {
      id: newId(nowMs),
      key: notice.key,
      openKey: notice.key,
      kind: notice.kind,
      params,
      link: notice.link,
      areaPath: notice.areaPath,
      audience: notice.to,
      createdAtMs: nowMs,
      dueAtMs: wholeMs(notice.dueAtMs),
      remindAfterMs: wholeMs(notice.remindAfterMs) || null,
      lastToldAtMs: null,
      reminders: 0,
      settledAtMs: null,
    };
    // Not "look, then insert": on PostgreSQL another transaction may come in between.
    await tx.manager
      .createQueryBuilder()
      .insert()
      .into(Notice)
      .values(row as object)
      .orIgnore()
      .execute();
    const open = await tx.manager.findOneByOrFail(Notice, { openKey: notice.key });
    if (open.id === row.id) await this.outbox.add(tx, { topic: NOTICE_TOLD, payload: { noticeId: row.id } });
  }

  /** The matter is settled: its inbox entries close, no more reminders, what was not yet sent is dropped. */
  async settle(tx: WriteTransaction, key: string): Promise<void> {
    const open = await tx.manager.findOneBy(Notice, { openKey: key });
    if (!open) return;
    const nowMs = this.clock.nowMs();
    // The notice first: whoever is telling people of it at this moment meets this row, and one of the two begins again.
    await tx.manager.update(Notice, { id: open.id }, { openKey: null, settledAtMs: nowMs });
    await tx.manager.update(NoticeEntry, { noticeId: open.id, open: true }, { open: false });
    await tx.manager.update(
      NoticeDelivery,
      { noticeId: open.id, state: 'waiting' },
      { state: 'dropped', reason: 'settled', endedAtMs: nowMs },
    );
  }

  /** Takes an open matter back for good, with every copy that is kept here: for one whose text is a secret of minutes. */
  async forget(tx: WriteTransaction, key: string): Promise<void> {
    const open = await tx.manager.findOneBy(Notice, { openKey: key });
    if (!open) return;
    await tx.manager.delete(NoticeDelivery, { noticeId: open.id });
    await tx.manager.delete(NoticeEntry, { noticeId: open.id });
    await tx.manager.delete(Notice, { id: open.id });
  }
}

function wholeMs(ms: number | undefined): number | null {
  if (ms === undefined) return null;
  if (!Number.isSafeInteger(ms) || ms < 0 || ms > 8.64e15) throw new RangeError(`not a time in ms: ${ms}`);
  return ms;
}
