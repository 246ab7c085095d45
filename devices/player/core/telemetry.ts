import { TELEMETRY_EVERY_MS, type Telemetry, topics } from '../../protocol/index.js';
import type { Measured } from './events.js';
import type { CoreState } from './state.js';
import type { Turn } from './turn.js';

/** When telemetry is due (monotonic): soon after a boot, then every few minutes, each device in a rhythm of its own. */
export function telemetryDueAt({ measuredMonoMs, durable }: CoreState): number {
  if (measuredMonoMs === null) return durable.bootMonoMs;
  return measuredMonoMs + TELEMETRY_EVERY_MS + spread(durable.bootId);
}

export function askTelemetry(turn: Turn): void {
  if (turn.moment.monoMs < telemetryDueAt(turn.state)) return;
  turn.set({ measuredMonoMs: turn.moment.monoMs });
  turn.emit({ type: 'measure' });
}

export function tellTelemetry(turn: Turn, measured: Measured): void {
  if (!turn.state.connected) return;
  const { time, device, state } = turn;
  const message: Telemetry = {
    v: 1,
    device,
    boot: state.durable.boot,
    atMs: time.nowMs,
    clockErrorMs: time.errorMs,
    volumePercent: state.durable.volumePercent,
    ...measured,
  };
  turn.publish(topics.up(device, 'telemetry'), message, { qos: 0 });
}

/** Up to a tenth of the interval either way, from letters that differ with each boot. */
function spread(bootId: string): number {
  let sum = 0;
  for (const letter of bootId) sum = (sum * 31 + letter.charCodeAt(0)) % 1_000;
  return Math.round(((sum - 500) / 500) * (TELEMETRY_EVERY_MS / 10));
}
