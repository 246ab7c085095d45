import { type CommandBody, LONGEST_COMMAND_MS } from '../../../../devices/protocol/index.js';

const MINUTE_MS = 60_000;

/** How long a device may still obey: what is of the moment must not happen later. */
const LIFETIME_MS: Readonly<Record<CommandBody['kind'], number>> = {
  stop: MINUTE_MS,
  testTone: MINUTE_MS,
  reboot: 2 * MINUTE_MS,
  amplifier: 10 * MINUTE_MS,
  volume: 10 * MINUTE_MS,
  silence: 10 * MINUTE_MS,
  resume: 10 * MINUTE_MS,
  playNow: 10 * MINUTE_MS,
  resendReceipts: LONGEST_COMMAND_MS,
};

/**
 * When a command expires: what stays in force can be obeyed for as long as it is, within what the contract lets a command live.
 * @param activeUntilMs null: it is of the moment
 */
export function expiryOf(kind: CommandBody['kind'], issuedAtMs: number, activeUntilMs: number | null): number {
  if (activeUntilMs === null) return issuedAtMs + LIFETIME_MS[kind];
  return Math.min(activeUntilMs, issuedAtMs + LONGEST_COMMAND_MS);
}

/** How many clusters somebody may silence by name without a one-time password; more are a village that falls silent. */
export const SILENCED_FREELY = 3;
/** Orders of one person within this are judged together: one by one is no way around the rule. */
export const TOGETHER_MS = 3_600_000;
/** Below this nobody hears what is said: such a volume is a silence by another name. */
const HEARD_FROM_PERCENT = 10;

/** Whom an order means, together with what the same person silenced by name within `TOGETHER_MS`. */
export type Meant = 'area' | { readonly clusters: number; readonly wholeArea: boolean };

export const isSilencing = (body: CommandBody): boolean =>
  body.kind === 'silence' || (body.kind === 'volume' && body.percent < HEARD_FROM_PERCENT);

/** Commands that one slip of a finger must not give: they wait for a one-time password. */
export function isDangerous(body: CommandBody, meant: Meant): boolean {
  if (body.kind === 'reboot') return true;
  if (body.kind === 'amplifier') return !body.on;
  // Dừng tất cả loa, in whatever words.
  return isSilencing(body) && (meant === 'area' || meant.wholeArea || meant.clusters > SILENCED_FREELY);
}
