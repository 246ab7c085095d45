import { z } from 'zod';
import { type Cause, type Outcome, type ReportCode } from '../protocol/index.js';

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
  | { readonly event: 'ready'; readonly serial: string; readonly planVersion: number }
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
