import { Injectable } from '@nestjs/common';
import { defineNotices, Notices } from '../../notices/index.js';
import type { WriteTransaction } from '../../platform/database/index.js';
import type { Item, ItemVersion } from '../items/item.entity.js';
import { Delegations } from './delegations.js';

const libraryNotice = defineNotices({
  'library.pending': {
    vi: { title: 'Chờ duyệt: {title}', body: '{author} trình duyệt «{title}». Đọc, nghe rồi duyệt hoặc trả lại.' },
    en: { title: 'To approve: {title}', body: '{author} asks to approve «{title}». Read and hear it, then decide.' },
  },
  'library.returned': {
    vi: { title: 'Trả lại: {title}', body: '{approver} trả lại «{title}»: {reason}' },
    en: { title: 'Returned: {title}', body: '{approver} returned «{title}»: {reason}' },
  },
  'library.refused': {
    vi: { title: 'Từ chối: {title}', body: '{approver} từ chối «{title}»: {reason}' },
    en: { title: 'Refused: {title}', body: '{approver} refused «{title}»: {reason}' },
  },
  'library.approved': {
    vi: { title: 'Đã duyệt: {title}', body: '{approver} đã duyệt «{title}». Có thể xếp lịch phát.' },
    en: { title: 'Approved: {title}', body: '{approver} approved «{title}». It can be scheduled.' },
  },
  'library.reviewAfter': {
    vi: {
      title: 'Cần hậu kiểm: {title}',
      body: '{officer} đã phát khẩn cấp «{title}» trước khi duyệt. Duyệt hoặc từ chối trước hạn, nếu không sẽ tự gỡ.',
    },
    en: {
      title: 'To judge afterwards: {title}',
      body: '{officer} aired «{title}» in an emergency before approval. Decide before the deadline, or it is taken off.',
    },
    urgent: true,
  },
  'library.lapsed': {
    vi: { title: 'Quá hạn hậu kiểm: {title}', body: '«{title}» đã bị gỡ vì không ai duyệt đúng hạn.' },
    en: { title: 'Not judged in time: {title}', body: '«{title}» was taken off the air: nobody judged it in time.' },
  },
});

export const REMIND_PENDING_AFTER_MS = 2 * 3_600_000;

type Matter = Pick<Item, 'id' | 'areaPath'>;
type Judged = Pick<ItemVersion, 'n' | 'authorId' | 'authorName'>;
type Verdict = 'library.returned' | 'library.refused' | 'library.approved';

/** Tells people what waits for them, and authors what became of their work. All inside the transaction of the deed. */
@Injectable()
export class ApprovalNotices {
  constructor(
    private readonly notices: Notices,
    private readonly delegations: Delegations,
  ) {}

  /** @param authors who may not decide on it */
  async submitted(
    tx: WriteTransaction,
    item: Matter,
    version: Judged,
    title: string,
    authors: ReadonlySet<string>,
  ): Promise<void> {
    const notice = libraryNotice('library.pending', { title, author: version.authorName });
    await this.#tellApprovers(tx, item, version, notice, authors, { remindAfterMs: REMIND_PENDING_AFTER_MS });
  }

  /** @param reviewWithinMs until the deadline; reminded at half of it */
  async airedAtOnce(
    tx: WriteTransaction,
    item: Matter,
    version: Judged,
    title: string,
    authors: ReadonlySet<string>,
    aired: { readonly officer: string; readonly dueAtMs: number; readonly reviewWithinMs: number },
  ): Promise<void> {
    const notice = libraryNotice('library.reviewAfter', { title, officer: aired.officer });
    const { dueAtMs } = aired;
    const remindAfterMs = Math.round(aired.reviewWithinMs / 2);
    await this.#tellApprovers(tx, item, version, notice, authors, { dueAtMs, remindAfterMs });
  }

  async lapsed(
    tx: WriteTransaction,
    item: Matter,
    version: Judged,
    title: string,
    authors: ReadonlySet<string>,
  ): Promise<void> {
    await this.#tellApprovers(tx, item, version, libraryNotice('library.lapsed', { title }), authors, {});
  }

  async decided(
    tx: WriteTransaction,
    kind: Verdict,
    item: Matter,
    version: Judged,
    params: { readonly title: string; readonly approver: string; readonly reason: string },
  ): Promise<void> {
    await this.notices.tell(tx, {
      ...libraryNotice(kind, params),
      key: keyOf(kind, item.id, version.n),
      to: { accountIds: [version.authorId] },
      link: `/noi-dung?item=${item.id}`,
      areaPath: item.areaPath,
    });
  }

  /** Nobody needs to look at this version any more; what its author was told of it before is over too. */
  async settle(tx: WriteTransaction, itemId: string, n: number): Promise<void> {
    for (const kind of ['library.pending', 'library.reviewAfter'])
      for (const key of bothKeys(kind, itemId, n)) await this.notices.settle(tx, key);
    await this.notices.settle(tx, keyOf('library.returned', itemId, n));
  }

  /** An audience is people with a right, or accounts: delegates are told by a notice of their own. */
  async #tellApprovers(
    tx: WriteTransaction,
    { id, areaPath }: Matter,
    { n }: Judged,
    notice: { readonly kind: string; readonly params: Readonly<Record<string, string | number>> },
    authors: ReadonlySet<string>,
    times: { readonly remindAfterMs?: number; readonly dueAtMs?: number },
  ): Promise<void> {
    const [key, delegatesKey] = bothKeys(notice.kind, id, n);
    const common = { ...notice, ...times, link: `/duyet?item=${id}`, areaPath };
    await this.notices.tell(tx, { ...common, key, to: { action: 'library.approve', areaPath, except: [...authors] } });
    const delegations = await this.delegations.at(tx.manager, areaPath);
    const able = delegations.filter(({ fromId, toId }) => !authors.has(fromId) && !authors.has(toId));
    const accountIds = [...new Set(able.map(({ toId }) => toId))];
    if (accountIds.length > 0) await this.notices.tell(tx, { ...common, key: delegatesKey, to: { accountIds } });
  }
}

const keyOf = (kind: string, itemId: string, n: number): string => `${kind}:${itemId}:${n}`;
const bothKeys = (kind: string, itemId: string, n: number): readonly [string, string] => [
  keyOf(kind, itemId, n),
  `${keyOf(kind, itemId, n)}:delegates`,
];
