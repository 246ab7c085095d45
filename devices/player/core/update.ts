import {
  maySignUpdates,
  PROBATION_MS,
  QUIET_BEFORE_PLAY_MS,
  type UpdateState,
  type UpdateStatus,
  updateOrder,
} from '../../protocol/index.js';
import type { CoreEvent } from './events.js';
import { openObligations, soundingPlay, suspendedPlays } from './playback.js';
import { holdSigned, open } from './signed.js';
import type { CoreState } from './state.js';
import { tell } from './telling.js';
import type { Turn } from './turn.js';

/** The order for another program, by a key that may change programs; any other is refused and reported. */
export function takeUpdate(turn: Turn, compact: string): void {
  if (turn.time.nowMs === null) return holdSigned(turn, { link: 'update', compact });
  const opened = open(turn, compact, 'vang-update');
  if (!opened.ok) {
    if (opened.problem === 'unknownKey') holdSigned(turn, { link: 'update', compact });
    return turn.refuse({ code: 'updateRejected', detail: opened.problem });
  }
  const { keys, update } = turn.state.durable;
  if (!keys || !maySignUpdates(keys, opened.kid))
    return turn.refuse({ code: 'updateRejected', detail: 'this key may not change programs' });
  const parsed = updateOrder.safeParse(opened.payload);
  if (!parsed.success) return turn.refuse({ code: 'updateRejected', detail: 'malformed' });
  const order = parsed.data;
  if (order.device !== turn.device) return turn.refuse({ code: 'updateRejected', detail: 'for another device' });
  // Retained: it comes with every connection. A later `notBeforeMs` is the word to try the same release again.
  const known = update?.order;
  if (known && known.release === order.release && known.notBeforeMs >= order.notBeforeMs) return;
  const { firmware, capabilities } = turn.env;
  if (!firmware || !capabilities?.includes('update')) return tellUpdate(turn, order.release, 'refused', 'unsupported');
  if (order.release === firmware.release) {
    // On its way in, or out, of a probation that decides by itself.
    if (update?.state === 'installing') return;
    // It runs already: what else waited to be installed is taken back by this.
    turn.record({ t: 'updateOrdered', order });
    return advance(turn, 'healthy');
  }
  if (order.release < firmware.release && !order.back)
    return turn.refuse({ code: 'updateRejected', detail: `release ${order.release} after ${firmware.release}` });
  turn.record({ t: 'updateOrdered', order });
  tellUpdate(turn, order.release, 'received');
}

/** After each event: what is next on the way from an order to a program that has shown that it works. */
export function settleUpdate(turn: Turn): void {
  const { update } = turn.state.durable;
  if (!update || turn.state.closing) return;
  const { release, name, bundle } = update.order;
  if (update.state === 'received' && turn.state.stored.has(bundle.sha256)) advance(turn, 'downloaded');
  const { nowMs } = turn.time;
  if (turn.state.durable.update?.state === 'downloaded' && nowMs !== null && installsAt(turn.state, nowMs) === nowMs) {
    advance(turn, 'installing');
    return turn.emit({ type: 'installUpdate', release, name, sha256: bundle.sha256 });
  }
  if (update.state !== 'installing' || turn.env.firmware?.release !== release) return;
  // It shows that it works by what the former program could do: know the time and reach the service.
  if (nowMs !== null && turn.state.connected && turn.state.faults.length === 0) {
    advance(turn, 'healthy');
    return turn.emit({ type: 'confirmUpdate', release });
  }
  if (turn.moment.monoMs - turn.state.durable.bootMonoMs >= PROBATION_MS) turn.emit({ type: 'abandonUpdate', release });
}

/** The first thing of a boot: another program than the one that was to be installed means that it did not hold. */
export function updateBooted(turn: Turn): void {
  const { update } = turn.state.durable;
  if (update?.state === 'installing' && turn.env.firmware?.release !== update.order.release)
    advance(turn, 'rolledBack');
}

export function updateFailed(turn: Turn, { release, detail }: Extract<CoreEvent, { type: 'updateFailed' }>): void {
  const { update } = turn.state.durable;
  if (update?.state === 'installing' && update.order.release === release) advance(turn, 'refused', detail);
}

/** Server time at which a downloaded program is installed, if nothing changes: never near a planned play. */
function installsAt(state: CoreState, nowMs: number): number | null {
  const { update } = state.durable;
  if (!update || soundingPlay(state) || suspendedPlays(state).length > 0) return null;
  let atMs = Math.max(nowMs, update.order.notBeforeMs);
  for (const { play } of openObligations(state)) {
    if (play.startMs - QUIET_BEFORE_PLAY_MS > atMs) break; // by their starts
    atMs = Math.max(atMs, play.latestEndMs + 1);
  }
  return atMs;
}

/** When `settleUpdate` has something to do by the clock alone. */
export function updateDueAt(state: CoreState, monoMs: number, nowMs: number | null): number | null {
  const { update, bootMonoMs } = state.durable;
  if (update?.state === 'installing') return Math.max(monoMs + 1_000, bootMonoMs + PROBATION_MS);
  if (update?.state !== 'downloaded' || nowMs === null) return null;
  const atMs = installsAt(state, nowMs);
  return atMs === null ? null : monoMs + (atMs - nowMs);
}

function advance(turn: Turn, state: UpdateState, detail?: string): void {
  const { update } = turn.state.durable;
  if (!update) return;
  turn.record({ t: 'updateState', state });
  tellUpdate(turn, update.order.release, state, detail);
}

function tellUpdate(turn: Turn, release: number, state: UpdateState, detail?: string): void {
  const more = detail ? { detail: detail.slice(0, 300) } : {};
  const status: UpdateStatus = { v: 1, device: turn.device, release, state, ...more, atMs: turn.time.nowMs };
  tell(turn, 'update', status);
}
