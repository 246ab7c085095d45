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

/** Commands that one slip of a finger must not give: they wait for a one-time password. */
export function isDangerous(body: CommandBody, isForArea: boolean): boolean {
  switch (body.kind) {
    case 'reboot':
      return true;
    case 'amplifier':
      return !body.on;
    // Dừng tất cả loa: a whole area falls silent.
    case 'silence':
      return isForArea;
    case 'volume':
      return isForArea && body.percent === 0;
    default:
      return false;
  }
}
