import { Injectable } from '@nestjs/common';
import { defineNotices, Notices } from '../../notices/index.js';
import type { WriteTransaction } from '../../platform/database/index.js';
import { FAULT_KINDS, type FaultKind } from '../engine/faults.js';
import type { Cluster } from '../fleet.entity.js';
import type { Fault } from './fault.entity.js';
import { FAULT_WORDS } from './words.js';

type NoticeKind = `fleet.${FaultKind}`;

const fleetNotice = defineNotices(
  Object.fromEntries(
    FAULT_KINDS.map((kind) => [
      `fleet.${kind}`,
      {
        vi: { title: `${FAULT_WORDS[kind].vi}: {cluster}`, body: `${FAULT_WORDS[kind].vi} tại {cluster} từ {since}.` },
        en: {
          title: `${FAULT_WORDS[kind].en}: {cluster}`,
          body: `${FAULT_WORDS[kind].en} at {cluster} since {since}.`,
        },
      },
    ]),
  ) as Record<NoticeKind, { vi: { title: string; body: string }; en: { title: string; body: string } }>,
);

const REMIND_AFTER_MS = 3 * 86_400_000;

/** Tells those who look after the devices of the commune. Inside the transaction of the deed. */
@Injectable()
export class FaultNotices {
  constructor(private readonly notices: Notices) {}

  opened(tx: WriteTransaction, { id, kind, firstSeenMs }: Fault, cluster: Cluster): Promise<void> {
    const since = new Intl.DateTimeFormat('vi-VN', {
      dateStyle: 'short',
      timeStyle: 'short',
      timeZone: 'Asia/Ho_Chi_Minh',
    }).format(firstSeenMs);
    return this.notices.tell(tx, {
      ...fleetNotice(`fleet.${kind}`, { cluster: cluster.name, since }),
      key: keyOf(id),
      to: { action: 'fleet.manage', areaPath: cluster.areaPath },
      link: `/thiet-bi/su-co?id=${id}`,
      areaPath: cluster.areaPath,
      remindAfterMs: REMIND_AFTER_MS,
    });
  }

  closed(tx: WriteTransaction, id: string): Promise<void> {
    return this.notices.settle(tx, keyOf(id));
  }
}

const keyOf = (id: string): string => `fleet.fault:${id}`;
