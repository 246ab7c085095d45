import type { Controller } from '../fleet.entity.js';

/** What was signed with the former key may be under way for this long. */
const FORMER_KEY_MS = 3_600_000;

/** Public keys whose signature under a receipt of this device holds now: its own and, for an hour after a change, the former one. */
export function receiptKeysOf(
  controller: Pick<Controller, 'publicKey' | 'formerPublicKey' | 'keyChangedAtMs'>,
  nowMs: number,
): string[] {
  const { publicKey, formerPublicKey, keyChangedAtMs } = controller;
  const both = formerPublicKey !== null && keyChangedAtMs !== null && nowMs - keyChangedAtMs < FORMER_KEY_MS;
  return both ? [publicKey, formerPublicKey] : [publicKey];
}
