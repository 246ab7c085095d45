import type { DeviceEvent, DeviceState, FaultCode, Telemetry, TimeTrust } from '../../../devices/protocol/index.js';

/** What speaks for the state of a controller. Each part has its own source, and none stands for another. */
export interface Evidence {
  /** By the device's own word, or its last will; null: the broker was restarted, who lives says so again. */
  readonly connected: boolean | null;
  /** When that last changed. */
  readonly connectionAtMs: number | null;
  /** When it last said anything itself. */
  readonly heardAtMs: number | null;
  /** By its event, or telemetry from the battery; null: it has power, as far as is known. */
  readonly powerLostAtMs: number | null;
  /** Faults that last, each since when. */
  readonly faults: Partial<Record<FaultCode, number>>;
  readonly trust: TimeTrust | null;
  /** Since when its time is untrusted. */
  readonly untrustedAtMs: number | null;
  /** The play that sounds. */
  readonly playing: string | null;
  /** Counts its boots. */
  readonly boot: number | null;
  readonly silentUntilMs: number | null;
  readonly volumePercent: number | null;
  readonly waitingReceipts: number;
  /** The last receipt that it wrote; null: none, or it does not say. */
  readonly lastReceiptBoot: number | null;
  readonly lastReceiptSeq: number | null;
}

/** What one message adds to the evidence. Pure, so that it can be learned again when a transaction begins again. */
export type Lesson = (before: Evidence) => Evidence;

export const NOTHING_KNOWN: Evidence = {
  connected: null,
  connectionAtMs: null,
  heardAtMs: null,
  powerLostAtMs: null,
  faults: {},
  trust: null,
  untrustedAtMs: null,
  playing: null,
  boot: null,
  silentUntilMs: null,
  volumePercent: null,
  waitingReceipts: 0,
  lastReceiptBoot: null,
  lastReceiptSeq: null,
};

/** The retained state of a device, or its last will (which is the broker's word: nothing was heard of the device). */
export function learnState(state: DeviceState, nowMs: number): Lesson {
  return (before) => {
    const connectionAtMs = before.connected === state.online ? before.connectionAtMs : nowMs;
    if (!state.online) return { ...before, connected: false, connectionAtMs, playing: null };
    const faults = Object.fromEntries((state.faults ?? []).map((code) => [code, before.faults[code] ?? nowMs]));
    const untrusted = state.trust === 'untrusted';
    return {
      ...before,
      connected: true,
      connectionAtMs,
      heardAtMs: nowMs,
      // Who starts anew has power.
      powerLostAtMs: state.boot > (before.boot ?? 0) ? null : before.powerLostAtMs,
      faults,
      trust: state.trust,
      untrustedAtMs: untrusted ? (before.untrustedAtMs ?? nowMs) : null,
      playing: state.playing,
      boot: Math.max(state.boot, before.boot ?? 0),
      silentUntilMs: state.silentUntilMs ?? null,
      volumePercent: state.volumePercent ?? null,
      waitingReceipts: state.waitingReceipts,
      lastReceiptBoot: state.lastReceipt?.boot ?? null,
      lastReceiptSeq: state.lastReceipt?.seq ?? null,
    };
  };
}

/** An event may come late: what an earlier boot says of power and faults is history. */
export function learnEvent(event: DeviceEvent, nowMs: number): Lesson {
  return (before) => {
    const heard = { ...before, heardAtMs: nowMs };
    if (event.boot < (before.boot ?? 0)) return heard;
    const known = { ...heard, boot: event.boot };
    switch (event.kind) {
      case 'powerLost':
        return { ...known, powerLostAtMs: before.powerLostAtMs ?? nowMs };
      case 'powerBack':
      case 'booted':
        return { ...known, powerLostAtMs: null };
      case 'faultBegan':
        return event.code
          ? { ...known, faults: { ...before.faults, [event.code]: before.faults[event.code] ?? nowMs } }
          : known;
      case 'faultEnded': {
        const { [event.code ?? 'sound']: ended, ...left } = before.faults;
        return event.code && ended !== undefined ? { ...known, faults: left } : known;
      }
      default:
        return known;
    }
  };
}

export function learnTelemetry(telemetry: Telemetry, nowMs: number): Lesson {
  return (before) => {
    const heard = { ...before, heardAtMs: nowMs };
    if (telemetry.boot < (before.boot ?? 0)) return heard;
    const powerLostAtMs =
      telemetry.supply === 'battery'
        ? (before.powerLostAtMs ?? nowMs)
        : telemetry.supply === 'mains'
          ? null
          : before.powerLostAtMs;
    return { ...heard, boot: telemetry.boot, powerLostAtMs };
  };
}
