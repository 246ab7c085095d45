import { Injectable } from '@nestjs/common';
import { defineNotices, Notices } from '../../notices/index.js';
import { Clock } from '../../platform/clock/index.js';
import type { WriteTransaction } from '../../platform/database/index.js';
import { DEFAULT_ZONE, localDayOf, localTimeOf } from '../engine/index.js';
import type { ClashRow } from './clash.entity.js';

const VI = {
  title: 'Trùng lịch ưu tiên: {first} – {second}',
  body: '«{first}» ({firstArea}) và «{second}» ({secondArea}) trùng giờ từ {from}. Chọn bản tin phát trước; quá hạn thì «{byDefault}» phát trước.',
} as const;
const EN = {
  title: 'Clash of priorities: {first} – {second}',
  body: '«{first}» ({firstArea}) and «{second}» ({secondArea}) clash from {from}. Say which goes first; after the deadline it is «{byDefault}».',
} as const;

const scheduleNotice = defineNotices({
  'schedule.clash': { vi: VI, en: EN },
  'schedule.clashSoon': { vi: VI, en: EN, urgent: true },
});

const DAY_MS = 86_400_000;

/** Tells those who make the schedule of the commune that a clash waits for them. Inside the transaction of the deed. */
@Injectable()
export class ClashNotices {
  constructor(
    private readonly notices: Notices,
    private readonly clock: Clock,
  ) {}

  async waits(tx: WriteTransaction, clash: ClashRow): Promise<void> {
    const { id, areaPath, parties, deadlineMs, fromMs } = clash;
    const [first, second] = parties;
    const leftMs = Math.max(0, deadlineMs - this.clock.nowMs());
    await this.notices.tell(tx, {
      ...scheduleNotice(leftMs <= DAY_MS ? 'schedule.clashSoon' : 'schedule.clash', {
        first: first.title,
        firstArea: first.areaName,
        second: second.title,
        secondArea: second.areaName,
        from: inVietnamese(fromMs),
        byDefault: (clash.byDefault === clash.first ? first : second).title,
      }),
      key: keyOf(id),
      to: { action: 'schedule.write', areaPath },
      link: `/trung-lich?id=${id}`,
      areaPath,
      dueAtMs: deadlineMs,
      remindAfterMs: Math.round(leftMs / 2),
    });
  }

  settle(tx: WriteTransaction, { id }: Pick<ClashRow, 'id'>): Promise<void> {
    return this.notices.settle(tx, keyOf(id));
  }
}

const keyOf = (id: string): string => `schedule.clash:${id}`;

/** `06/01/2026, 05:00` */
function inVietnamese(ms: number): string {
  const [year, month, day] = localDayOf(ms, DEFAULT_ZONE).split('-');
  return `${day}/${month}/${year}, ${localTimeOf(ms, DEFAULT_ZONE).slice(0, 5)}`;
}
