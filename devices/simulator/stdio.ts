import { z } from 'zod';
import { CAPABILITIES, type Cause, type Outcome, type ReportCode } from '../protocol/index.js';
import { FAULT_KINDS, type Fault, type FaultKind, fault } from './faults.js';

/** What the simulator reads and writes: JSON lines. The README's table is this file in words. */

const serial = z.string().min(1).max(100);

export const fleetConfig = z.strictObject({
  devices: z
    .array(
      z.strictObject({
        claim: z.string(),
        serial,
        model: z.string().min(1).max(100).default('Vang simulator'),
        /** Only repeated in `enrolled`, for whoever orchestrates. */
        cluster: z.string().max(200).optional(),
        /** What it has beside stored sound. */
        capabilities: z.array(z.enum(CAPABILITIES)).default(['amplifier', 'testTone', 'reboot', 'update', 'archive']),
        /** Has charge enough to tell of a power cut. */
        battery: z.boolean().default(false),
      }),
    )
    .min(1)
    .refine(
      (devices) => new Set(devices.map((device) => device.serial)).size === devices.length,
      'serials must differ',
    ),
  /** Broker to use instead of the one that enrolment names. */
  mqtt: z.string().optional(),
  /** `instant`, or virtual milliseconds per real one. */
  pace: z.union([z.literal('instant'), z.number().min(1).max(1e9)]).default('instant'),
  start: z.enum(['held', 'running']).default('held'),
  /** Server time (UTC epoch ms) beyond which no play is begun; default: the end of each device's plan. */
  until: z.int().optional(),
});
export type FleetConfig = z.infer<typeof fleetConfig>;
export type DeviceConfig = FleetConfig['devices'][number];

export const command = z.discriminatedUnion('cmd', [
  z.strictObject({ cmd: z.literal('release') }),
  z.strictObject({ cmd: z.literal('disconnect'), serial }),
  z.strictObject({ cmd: z.literal('connect'), serial }),
  z.strictObject({ cmd: z.literal('kill'), serial }),
  /** One fault begins now, and ends by itself after `forMs` or when it is taken back. */
  z.strictObject({ cmd: z.literal('fault'), serial, fault, forMs: z.int().min(1).optional() }),
  z.strictObject({ cmd: z.literal('mend'), serial, kind: z.enum(FAULT_KINDS) }),
  /** Faults of a seed for the whole fleet, over the real time that follows. */
  z.strictObject({ cmd: z.literal('faults'), seed: z.string().min(1).max(200), spanMs: z.int().min(1_000) }),
  /** Every device gets this asset over HTTP at the same time, verifies it and throws it away. */
  z.strictObject({ cmd: z.literal('pull'), sha256: z.string().regex(/^[0-9a-f]{64}$/) }),
  z.strictObject({ cmd: z.literal('stats') }),
  z.strictObject({ cmd: z.literal('stop') }),
]);
export type Command = z.infer<typeof command>;

export interface FleetStats {
  /** MQTT payload bytes that reached the devices, repeats included. */
  readonly bytesReceived: number;
  /** Chunks received and verified, each device counted. */
  readonly chunks: number;
  /** Inputs that the cores refused and reported. */
  readonly rejected: number;
  /** Receipts not yet acknowledged. */
  readonly unsent: number;
}

export type FleetEvent =
  | { readonly event: 'enrolled'; readonly serial: string; readonly device: string; readonly cluster?: string }
  | { readonly event: 'connected'; readonly serial: string }
  | { readonly event: 'disconnected'; readonly serial: string }
  /** The first wish for an asset that it lacks, after it was ready or has booted. */
  | { readonly event: 'wishing'; readonly serial: string; readonly sha256: string }
  | { readonly event: 'ready'; readonly serial: string; readonly planVersion: number; readonly bytesReceived: number }
  | { readonly event: 'faultBegan'; readonly serial: string; readonly fault: Fault }
  | { readonly event: 'faultEnded'; readonly serial: string; readonly kind: FaultKind }
  /** `whole`: devices that had all bytes with the right hash; `bytes`: of all of them together. */
  | { readonly event: 'pulled'; readonly whole: number; readonly bytes: number; readonly ms: number }
  | {
      readonly event: 'receipt';
      readonly serial: string;
      readonly outcome: Outcome;
      readonly cause: Cause | null;
      readonly play: string;
      /** Planned start, server time. */
      readonly startMs: number;
    }
  | {
      readonly event: 'acked';
      readonly serial: string;
      readonly boot: number;
      readonly first: number;
      readonly last: number;
      readonly unsent: number;
    }
  | { readonly event: 'rejected'; readonly serial: string; readonly code: ReportCode; readonly detail: string }
  | { readonly event: 'problem'; readonly serial?: string; readonly detail: string }
  | ({ readonly event: 'stats' } & FleetStats)
  | { readonly event: 'idle' }
  | { readonly event: 'stopped' };
