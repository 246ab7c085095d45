import { z } from 'zod';
import { epochMs, id } from './words.js';

/** How often a connected device tells of itself, give or take a tenth, so that a district does not speak at once. */
export const TELEMETRY_EVERY_MS = 300_000;

/**
 * Of the moment; not retained, and a lost one is no loss. Whatever a device cannot measure is left out. `boot` is that of the
 * receipts: it rises each time the controller's program starts, also when the machine under it ran on. Bytes count from that start
 * (from power-on, if that came after the boot before), so the first word of a new boot counts whole and no byte counts twice.
 */
export const telemetry = z.object({
  v: z.literal(1),
  device: id,
  boot: z.int().min(1),
  atMs: epochMs.nullable(),
  /** Of the program or of the machine under it, never less than before in one boot: two that count with one name show here. */
  uptimeS: z.int().min(0),
  /** Bytes sent and received over the mobile network in this `boot`. */
  bytesUp: z.int().min(0).optional(),
  bytesDown: z.int().min(0).optional(),
  /** Of the mobile network, dBm. */
  signalDbm: z.number().min(-160).max(0).optional(),
  temperatureC: z.number().min(-60).max(150).optional(),
  supplyVolts: z.number().min(0).max(500).optional(),
  supply: z.enum(['mains', 'battery']).optional(),
  freeBytes: z.int().min(0).optional(),
  memoryBytes: z.int().min(0).optional(),
  clockErrorMs: z.int().min(0).nullable().optional(),
  volumePercent: z.int().min(0).max(100).optional(),
  amplifier: z.boolean().optional(),
});
export type Telemetry = z.infer<typeof telemetry>;

/** What happens to a device, told at once, or as soon as it can. */
export const EVENT_KINDS = [
  'booted',
  'powerLost',
  'powerBack',
  'faultBegan',
  'faultEnded',
  'stopButton',
  'lineSilent',
  'relayLost',
  'relayBack',
] as const;
export type EventKind = (typeof EVENT_KINDS)[number];

export const FAULT_CODES = ['sound', 'amplifier', 'line', 'storage', 'storageFull', 'temperature', 'supply'] as const;
export type FaultCode = (typeof FAULT_CODES)[number];

export const deviceEvent = z.object({
  v: z.literal(1),
  device: id,
  boot: z.int().min(1),
  /** Counts the events of a boot, so that one told twice is one. */
  seq: z.int().min(1),
  kind: z.enum(EVENT_KINDS),
  code: z.enum(FAULT_CODES).optional(),
  detail: z.string().max(300).optional(),
  atMs: epochMs.nullable(),
});
export type DeviceEvent = z.infer<typeof deviceEvent>;
