import { CAUSE_MEANINGS } from '../../../devices/protocol/index.js';

/** Why a cell is open, beyond what a device can state. */
const MORE: Readonly<Record<string, string>> = {
  keyDoubted: 'khóa của thiết bị đã bị thu hồi cho thời gian này',
  lineSilent: 'đường ra loa không có tín hiệu',
  noSignal: 'thiết bị không đo được đường ra loa, chỉ tiêu đòi có tín hiệu',
  notHeard: 'trưởng ấp chưa xác nhận nghe rõ',
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
  readonly sensed: boolean | null;
  readonly doubted: boolean;
  readonly followedItemId: string | null;
}

/**
 * Null: nothing was missing in it.
 * @param asks for a signal on the line, by the line's least grade
 */
export function causeOf(
  { outcome, cause, relayHeardMs, sensed, doubted, followedItemId }: Play,
  reach: string,
  asksForSignal: boolean,
): string | null {
  if (doubted) return 'keyDoubted';
  if (followedItemId !== null) return 'otherContent';
  if (outcome === null) return 'noReceipt';
  if (outcome !== 'complete') return cause ?? 'noReceipt';
  if (sensed === false) return 'lineSilent';
  if (relayHeardMs !== null) return 'relay';
  if (reach === 'transmitter') return 'transmitter';
  return asksForSignal && sensed === null ? 'noSignal' : null;
}
