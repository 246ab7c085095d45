import { z } from 'zod';
import { Seeded } from './seeded.js';

/** Back to 1970, and as far ahead. */
const LONGEST_STEP_MS = 60 * 366 * 86_400_000;

/** What can go wrong with a controller on its pole. Each lasts from one instant to another, but `clockStep`, which happens once. */
export const fault = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('offline') }),
  /** Memory is lost at its begin, and the device boots at its end. */
  z.strictObject({ kind: z.literal('powerCut') }),
  /** Downstream. What has not come through when the connection goes is lost. */
  z.strictObject({ kind: z.literal('slowLink'), bytesPerSecond: z.int().min(100) }),
  /** The counter under the monotonic clock leaps ahead (positive) or stands still for so long (negative), ms. */
  z.strictObject({ kind: z.literal('clockStep'), byMs: z.int().min(-LONGEST_STEP_MS).max(LONGEST_STEP_MS) }),
  /** It runs too fast (positive) or too slow, millionths. */
  z.strictObject({ kind: z.literal('clockDrift'), ppm: z.int().min(-1_000).max(1_000) }),
  /** Acknowledgements of receipts do not arrive. */
  z.strictObject({ kind: z.literal('lostAcks') }),
  z.strictObject({ kind: z.literal('fullDisk') }),
  /** One of so many chunks arrives with other bytes. */
  z.strictObject({ kind: z.literal('corruptedChunks'), oneIn: z.int().min(1) }),
]);
export type Fault = z.infer<typeof fault>;
export type FaultKind = Fault['kind'];
export const FAULT_KINDS = fault.options.map((option) => option.shape.kind.value);

export interface FaultSpan {
  readonly device: string;
  readonly fromMs: number;
  /** The same as `fromMs` for what happens once. */
  readonly untilMs: number;
  readonly fault: Fault;
}

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** How often in a week, and for how long, ms: a bad week of a remote hamlet, not a usual one. */
const WEEKLY: Readonly<
  Record<FaultKind, { readonly times: number; readonly leastMs: number; readonly mostMs: number }>
> = {
  offline: { times: 1.5, leastMs: MINUTE, mostMs: 30 * HOUR },
  powerCut: { times: 1.5, leastMs: 2_000, mostMs: 8 * HOUR },
  slowLink: { times: 1, leastMs: 10 * MINUTE, mostMs: 12 * HOUR },
  clockStep: { times: 0.5, leastMs: 0, mostMs: 0 },
  clockDrift: { times: 0.7, leastMs: HOUR, mostMs: 3 * DAY },
  lostAcks: { times: 1, leastMs: MINUTE, mostMs: 6 * HOUR },
  fullDisk: { times: 0.3, leastMs: 10 * MINUTE, mostMs: 12 * HOUR },
  corruptedChunks: { times: 0.5, leastMs: 10 * MINUTE, mostMs: 12 * HOUR },
};

function drawn(kind: FaultKind, seeded: Seeded): Fault {
  const sign = seeded.share() < 0.5 ? -1 : 1;
  switch (kind) {
    case 'slowLink':
      return { kind, bytesPerSecond: seeded.whole(500, 20_000) };
    case 'clockStep':
      return { kind, byMs: sign * seeded.whole(500, 5 * MINUTE) };
    case 'clockDrift':
      return { kind, ppm: sign * seeded.whole(5, 90) };
    case 'corruptedChunks':
      return { kind, oneIn: seeded.whole(2, 6) };
    default:
      return { kind };
  }
}

/**
 * The faults of these devices in a span of time, the same for the same seed, by their begin. Faults of one kind on one device
 * do not overlap; each device's are its own, so that another device in the list changes nothing of them.
 */
export function faultsOf(
  seed: string,
  devices: readonly string[],
  span: { readonly fromMs: number; readonly untilMs: number },
): FaultSpan[] {
  const all: FaultSpan[] = [];
  const lengthMs = span.untilMs - span.fromMs;
  for (const device of devices)
    for (const kind of FAULT_KINDS) {
      const seeded = new Seeded(`${seed}/${device}/${kind}`);
      const { times, leastMs, mostMs } = WEEKLY[kind];
      // A short span gets short faults, so that a trial of a minute shows them too.
      const longestMs = Math.min(mostMs, lengthMs / 4);
      const everyMs = times > 0 ? Math.min((7 * DAY) / times, lengthMs) : Number.POSITIVE_INFINITY;
      for (let atMs = span.fromMs; ; ) {
        atMs += Math.round(everyMs * (0.2 + 1.6 * seeded.share()));
        if (atMs >= span.untilMs) break;
        // Most are short: the square leans that way.
        const lastsMs = Math.round(
          Math.min(leastMs, longestMs) + seeded.share() ** 2 * Math.max(0, longestMs - leastMs),
        );
        const untilMs = Math.min(span.untilMs, atMs + lastsMs);
        all.push({ device, fromMs: atMs, untilMs, fault: drawn(kind, seeded) });
        atMs = untilMs;
      }
    }
  return all.sort((a, b) => a.fromMs - b.fromMs || (a.device < b.device ? -1 : 1));
}
