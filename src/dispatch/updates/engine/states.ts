import type { UpdateState } from '../../../../devices/protocol/index.js';

/**
 * How far a device has come with what it was ordered. `chosen`: its order is not made yet; `holding`: it is to stay with what it has, but
 * was not told yet; `held`: it was. The others are the device's own words.
 */
export const TARGET_STATES = [
  'chosen',
  'ordered',
  'received',
  'downloaded',
  'holding',
  'held',
  'installing',
  'healthy',
  'rolledBack',
  'refused',
] as const;
export type TargetState = (typeof TARGET_STATES)[number];

/** It was told and has not begun: it can still be told otherwise. */
export const TOLD: readonly TargetState[] = ['ordered', 'received', 'downloaded'];
export const FAILED: readonly TargetState[] = ['rolledBack', 'refused'];

/** A last word stands until the device is ordered anew; and what comes late or again changes nothing. */
export function follows(before: TargetState, said: UpdateState): boolean {
  if (before === 'chosen') return false;
  const rank = (state: TargetState) => Math.min(TARGET_STATES.indexOf(state), TARGET_STATES.indexOf('healthy'));
  return rank(said) > rank(before);
}
