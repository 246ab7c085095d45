import { z } from 'zod';
import { COMMAND_REFUSALS, commandBody, epochMs, id } from '../../../devices/protocol/index.js';

/** What people may ask for by itself: `playNow` is made of approved content (phát ngay), or by the policy of emergencies. */
const [, stop, silence, resume, volume, amplifier, testTone, reboot] = commandBody.options;
const orderable = z.discriminatedUnion('kind', [stop, silence, resume, volume, amplifier, testTone, reboot]);
export type OrderableBody = z.infer<typeof orderable>;

const reason = z.string().trim().max(500).default('');
/** Six digits that were sent to the person. */
const otp = z
  .string()
  .regex(/^\d{6}$/)
  .optional();
/** A second tap, or a retry on a poor line, with the same key is the same command. */
const requestKey = z.uuid();

export const newCommand = z.object({
  target: z.union([z.strictObject({ areaId: id }), z.strictObject({ clusterIds: z.array(id).min(1).max(500) })]),
  body: orderable,
  reason,
  otp,
  requestKey,
});
export type NewCommand = z.infer<typeof newCommand>;

/** Dừng tất cả loa. */
export const stopAllRequest = z.object({
  untilMs: epochMs,
  /** Whether emergencies still sound. */
  emergencies: z.boolean(),
  reason,
  otp,
  requestKey,
});
export type StopAllRequest = z.infer<typeof stopAllRequest>;

export const resumeRequest = z.object({ reason, requestKey });
export type ResumeRequest = z.infer<typeof resumeRequest>;

/** `waiting`: not published yet; `sent`: no answer yet; `expired`: none came in time, or the device says that it came too late. */
export const SEEN_STATES = ['waiting', 'sent', 'received', 'done', 'refused', 'expired'] as const;
export type SeenState = (typeof SEEN_STATES)[number];

const counts = z.object({
  waiting: z.int(),
  sent: z.int(),
  received: z.int(),
  done: z.int(),
  refused: z.int(),
  expired: z.int(),
});
export type Counts = z.infer<typeof counts>;

export const commandView = z.object({
  id: z.string(),
  kind: z.string(),
  body: commandBody,
  areaId: z.string().nullable(),
  clusterIds: z.array(z.string()).nullable(),
  issuedByName: z.string(),
  reason: z.string(),
  issuedAtMs: z.int(),
  expiresAtMs: z.int(),
  publishedAtMs: z.int().nullable(),
  /** In force until then, unless something later took its place. */
  activeUntilMs: z.int().nullable(),
  endedAtMs: z.int().nullable(),
});
export type CommandView = z.infer<typeof commandView>;

export const commandDetail = commandView.extend({
  counts,
  /** By cluster; the address of the next page stands in the `Link` header. */
  devices: z.array(
    z.object({
      controllerId: z.string(),
      clusterId: z.string(),
      clusterName: z.string(),
      state: z.enum(SEEN_STATES),
      reason: z.enum(COMMAND_REFUSALS).nullable(),
      atMs: z.int().nullable(),
      heardAtMs: z.int().nullable(),
    }),
  ),
});
export type CommandDetail = z.infer<typeof commandDetail>;

const page = { cursor: id.optional(), limit: z.coerce.number().int().min(1).max(500).default(100) };
export const commandQuery = z.object({ areaId: id, ...page });
export type CommandQuery = z.infer<typeof commandQuery>;
export const deviceQuery = z.object(page);
export type DeviceQuery = z.infer<typeof deviceQuery>;
