import { CAUSE_MEANINGS, type Cause, type Meaning, type Outcome } from '../../../devices/protocol/index.js';
import { REMARKS } from './outcome.js';

/** What keeps an *unknown* play from being known: what its cluster's device is now. */
export const UNKNOWN_REASONS = [
  'noController',
  'never',
  'offline',
  'powerLost',
  'fault',
  'noTrustedTime',
  'receiptsOnTheWay',
  'replaced',
] as const;
export type UnknownReason = (typeof UNKNOWN_REASONS)[number];

/** Plays that are not complete though no cause was given: what was heard proves a part at most, or something else was heard. */
export const OTHER_REASONS = ['relayUnverified', 'lineSilent', 'toTransmitter', 'otherContent', 'noCause'] as const;
export type OtherReason = (typeof OTHER_REASONS)[number];

export type ReasonCode = `cause.${Cause}` | `unknown.${UnknownReason}` | `other.${OtherReason}`;

const UNKNOWN_MEANINGS: Readonly<Record<UnknownReason, Meaning>> = {
  noController: { vi: 'cụm loa chưa có bộ điều khiển', en: 'The cluster has no controller now.' },
  never: { vi: 'thiết bị chưa từng kết nối', en: 'The device has not said a word yet.' },
  offline: { vi: 'mất kết nối, xác nhận có thể còn tới', en: 'The device is offline; its receipts may still come.' },
  powerLost: { vi: 'mất điện, xác nhận có thể còn tới', en: 'The device has no power; its receipts may still come.' },
  fault: { vi: 'thiết bị có sự cố', en: 'The device is here and tells of a fault.' },
  noTrustedTime: { vi: 'thiết bị chưa có giờ tin cậy', en: 'The device is here without a trusted clock.' },
  receiptsOnTheWay: {
    vi: 'đang kết nối, xác nhận chưa tới',
    en: 'The device is here; its receipts have not come yet.',
  },
  replaced: {
    vi: 'bộ điều khiển đã thay, xác nhận của bộ cũ chưa tới',
    en: 'The controller was replaced, and the receipts of the former one have not come.',
  },
};
const OTHER_MEANINGS: Readonly<Record<OtherReason, Meaning>> = {
  relayUnverified: REMARKS.relayUnverified,
  lineSilent: REMARKS.lineSilent,
  toTransmitter: REMARKS.toTransmitter,
  otherContent: REMARKS.otherContent,
  noCause: { vi: 'thiết bị không nêu lý do', en: 'The device gave no cause.' },
};

export function meaningOf(code: ReasonCode): Meaning {
  const [kind, name] = code.split('.', 2) as [string, string];
  if (kind === 'cause') return CAUSE_MEANINGS[name as Cause];
  return kind === 'unknown' ? UNKNOWN_MEANINGS[name as UnknownReason] : OTHER_MEANINGS[name as OtherReason];
}

/** Plays of one cluster that were planned and are not complete, counted by what is said of them. */
export interface Shortfall {
  readonly clusterId: string;
  /** That was told to play. */
  readonly controllerId: string;
  /** Null: unknown. */
  readonly outcome: Outcome | null;
  readonly cause: Cause | null;
  readonly relayed: boolean;
  readonly lineSilent: boolean;
  readonly toTransmitter: boolean;
  /** A former telling was followed, of another item. */
  readonly otherContent: boolean;
  readonly plays: number;
}

/** What stands at a cluster now. */
export interface PresentDevice {
  readonly controllerId: string;
  readonly state: 'never' | 'online' | 'playing' | 'noTrustedTime' | 'fault' | 'powerLost' | 'offline';
  readonly heardAtMs: number | null;
}

export interface RankedReason {
  readonly code: ReasonCode;
  readonly words: Meaning;
  readonly plays: number;
  /** By id. */
  readonly clusters: readonly {
    readonly clusterId: string;
    readonly plays: number;
    /** Of an *unknown* play: when its device was last heard; null: never, or no device, or not unknown. */
    readonly lastHeardAtMs: number | null;
  }[];
}

/** The reason that costs most plays first, then the one at most clusters, then by code. @param devices by cluster */
export function ranked(shortfalls: readonly Shortfall[], devices: ReadonlyMap<string, PresentDevice>): RankedReason[] {
  const reasons = new Map<ReasonCode, Map<string, { plays: number; lastHeardAtMs: number | null }>>();
  for (const shortfall of shortfalls) {
    const device = devices.get(shortfall.clusterId);
    const code = codeOf(shortfall, device);
    const clusters = reasons.get(code) ?? new Map<string, { plays: number; lastHeardAtMs: number | null }>();
    reasons.set(code, clusters);
    const known = clusters.get(shortfall.clusterId)?.plays ?? 0;
    const lastHeardAtMs = shortfall.outcome === null ? (device?.heardAtMs ?? null) : null;
    clusters.set(shortfall.clusterId, { plays: known + shortfall.plays, lastHeardAtMs });
  }
  return [...reasons]
    .map(([code, clusters]) => ({
      code,
      words: meaningOf(code),
      plays: [...clusters.values()].reduce((sum, { plays }) => sum + plays, 0),
      clusters: [...clusters]
        .map(([clusterId, counted]) => ({ clusterId, ...counted }))
        .sort((a, b) => (a.clusterId < b.clusterId ? -1 : 1)),
    }))
    .sort((a, b) => b.plays - a.plays || b.clusters.length - a.clusters.length || (a.code < b.code ? -1 : 1));
}

function codeOf(shortfall: Shortfall, device: PresentDevice | undefined): ReasonCode {
  const { outcome, cause, otherContent, relayed, lineSilent, toTransmitter } = shortfall;
  if (outcome === null) return `unknown.${unknownReason(shortfall.controllerId, device)}`;
  if (otherContent) return 'other.otherContent';
  if (cause !== null) return `cause.${cause}`;
  if (outcome === 'complete' && lineSilent) return 'other.lineSilent';
  if (outcome === 'complete' && relayed) return 'other.relayUnverified';
  return outcome === 'complete' && toTransmitter ? 'other.toTransmitter' : 'other.noCause';
}

/** @param toldId the controller that was told to play @param device that stands at its cluster now */
export function unknownReason(toldId: string, device: PresentDevice | undefined): UnknownReason {
  if (!device) return 'noController';
  if (device.controllerId !== toldId) return 'replaced';
  return device.state === 'online' || device.state === 'playing' ? 'receiptsOnTheWay' : device.state;
}
