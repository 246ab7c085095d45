import type { CommandState } from '../../../../devices/protocol/index.js';

/** As stored: `sent`, then what the device says. */
export type StoredState = 'sent' | CommandState;

/** The others are a device's last word. */
const OPEN: readonly StoredState[] = ['sent', 'received'];

/** States that a device's word may take the place of: it says the same more than once, and not always in order. */
export function statesBefore(said: CommandState): readonly StoredState[] {
  return said === 'received' ? ['sent'] : OPEN;
}

/** Of two words of one device in a row the one that counts. */
export const newerOf = <Word extends { readonly state: CommandState }>(before: Word | undefined, said: Word): Word =>
  before && !statesBefore(said.state).includes(before.state) ? before : said;

/** How a state reads: without an answer by the expiry it is *expired*; a command that never went out was not sent. */
export function seenAs(
  state: StoredState,
  { publishedAtMs, expiresAtMs }: { readonly publishedAtMs: number | null; readonly expiresAtMs: number },
  nowMs: number,
): 'waiting' | StoredState {
  if (state !== 'sent') return state;
  if (nowMs > expiresAtMs) return 'expired';
  return publishedAtMs === null ? 'waiting' : 'sent';
}
