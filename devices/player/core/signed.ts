import { coveringKey, type JwsType, openJws } from '../../protocol/index.js';
import type { HeldMessage } from './state.js';
import type { Turn } from './turn.js';

/** Signed messages that cannot be judged yet, because time or their key is not known. */
const MOST_HELD = 8;

/** Opens what a key of the set signed whose scope covers this device. `nowMs` null: its validity in time is not judged. */
export function open(turn: Turn, compact: string, typ: JwsType, nowMs: number | null = turn.time.nowMs) {
  const { keys } = turn.state.durable;
  return openJws(compact, typ, turn.env.crypto, (kid) =>
    keys ? coveringKey(keys, kid, turn.identity.path, nowMs) : undefined,
  );
}

/** Until the next answer about the time, or the next key set. */
export function holdSigned(turn: Turn, message: HeldMessage): void {
  if (turn.state.held.some(({ compact }) => compact === message.compact)) return;
  turn.set({ held: [...turn.state.held, message].slice(-MOST_HELD) });
}
