import { CAUSE_MEANINGS } from '../../../devices/protocol/index.js';

/** Why a cell is open, beyond what a device can state. */
const MORE: Readonly<Record<string, string>> = {
  noReceipt: 'chưa có xác nhận phát (thiết bị chưa báo về)',
  notPlanned: 'chưa xếp lịch phát',
  noCluster: 'ấp chưa có cụm loa',
  otherContent: 'thiết bị mất mạng đã phát nội dung của lịch cũ',
  relay: 'tiếp sóng: nội dung không kiểm chứng được',
  transmitter: 'chỉ đưa tới máy phát, không chứng minh được nơi nghe',
};

export const causeWords = (code: string): string =>
  MORE[code] ?? CAUSE_MEANINGS[code as keyof typeof CAUSE_MEANINGS]?.vi ?? code;

export const STATE_WORDS = {
  complete: 'phát đủ',
  partial: 'phát chưa đủ',
  notPlayed: 'không phát',
  unknown: 'chưa rõ',
  notPlanned: 'chưa xếp lịch',
} as const;

interface Play {
  readonly outcome: string | null;
  readonly cause: string | null;
  readonly relayHeardMs: number | null;
  readonly reach: string | null;
  readonly followedItemId: string | null;
}

/** Null: nothing was missing in it. */
export function causeOf({ outcome, cause, relayHeardMs, reach, followedItemId }: Play): string | null {
  if (followedItemId !== null) return 'otherContent';
  if (outcome === null) return 'noReceipt';
  if (outcome !== 'complete') return cause ?? 'noReceipt';
  if (relayHeardMs !== null) return 'relay';
  return reach === 'transmitter' ? 'transmitter' : null;
}
