import { Injectable } from '@nestjs/common';
import { defineNotices, Notices } from '../../notices/index.js';
import type { WriteTransaction } from '../../platform/database/index.js';
import type { SentRequest } from './request.entity.js';

const requestNotice = defineNotices({
  'request.new': {
    vi: { title: 'Đề nghị phát: {title}', body: '{sender} đề nghị phát «{title}». Soạn nháp hoặc từ chối.' },
    en: { title: 'Request: {title}', body: '{sender} asks to broadcast «{title}». Draft it or decline.' },
  },
  'request.newUrgent': {
    vi: { title: 'KHẨN – đề nghị phát: {title}', body: '{sender} đề nghị phát khẩn «{title}». Xem ngay.' },
    en: { title: 'URGENT request: {title}', body: '{sender} asks to broadcast «{title}» urgently. Look at it now.' },
    urgent: true,
  },
});

const REMIND_AFTER_MS = 4 * 3_600_000;
const REMIND_URGENT_AFTER_MS = 15 * 60_000;

/** Tells who may answer requests that one waits. Inside the transaction of the deed. */
@Injectable()
export class RequestNotices {
  constructor(private readonly notices: Notices) {}

  async arrived(tx: WriteTransaction, request: SentRequest): Promise<void> {
    const { id, areaPath, title, senderName: sender, urgent } = request;
    await this.notices.tell(tx, {
      ...requestNotice(urgent ? 'request.newUrgent' : 'request.new', { title, sender }),
      key: keyOf(id),
      to: { action: 'request.manage', areaPath },
      link: `/de-nghi?id=${id}`,
      areaPath,
      remindAfterMs: urgent ? REMIND_URGENT_AFTER_MS : REMIND_AFTER_MS,
    });
  }

  /** Drafted or declined: nobody needs to look any more. */
  settle(tx: WriteTransaction, requestId: string): Promise<void> {
    return this.notices.settle(tx, keyOf(requestId));
  }
}

const keyOf = (requestId: string): string => `request.new:${requestId}`;
