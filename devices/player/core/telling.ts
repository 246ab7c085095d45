import { type DeviceEvent, type EventKind, topics, type Uplink } from '../../protocol/index.js';
import type { Turn } from './turn.js';

/** Messages that wait for a connection; the oldest go first when it is too long. */
const MOST_WAITING = 100;

/** Says something once: now, or at the next connection. What a power cut loses here was no receipt. */
export function tell(turn: Turn, uplink: Uplink, message: unknown): void {
  if (turn.state.connected) return turn.publish(topics.up(turn.device, uplink), message, { qos: 1 });
  turn.set({ waiting: [...turn.state.waiting, { uplink, message }].slice(-MOST_WAITING) });
}

export function tellEvent(turn: Turn, kind: EventKind, more: Pick<DeviceEvent, 'code' | 'detail'> = {}): void {
  const seq = turn.state.eventSeq + 1;
  turn.set({ eventSeq: seq });
  const event: DeviceEvent = {
    v: 1,
    device: turn.device,
    boot: turn.state.durable.boot,
    seq,
    kind,
    ...more,
    atMs: turn.time.nowMs,
  };
  tell(turn, 'events', event);
}

/** At each new connection. */
export function tellWaiting(turn: Turn): void {
  const { waiting } = turn.state;
  turn.set({ waiting: [] });
  for (const { uplink, message } of waiting) tell(turn, uplink, message);
}
