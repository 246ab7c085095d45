import { z } from 'zod';
import { TEST_TONES } from '../engine/handover-form.js';
import { REACHES } from '../engine/place-kind.js';

/** Made by the telephone before it has any signal. */
export const HANDOVER_KEY = /^[A-Za-z0-9_-]{16,64}$/;
export const HANDOVER_FILE = /^(photo-[1-6]|signature)$/;

/** An existing cluster, or a new one that a hamlet hears. */
const place = z.union([
  z.object({ clusterId: z.string().min(1).max(64) }),
  z.object({
    hamletId: z.string().min(1).max(64),
    name: z.string().trim().min(1).max(200),
    horns: z.int().min(0).max(100),
    reach: z.enum(REACHES).default('horn'),
  }),
]);

const position = z.object({
  latitude: z.number().min(-90).max(90),
  longitude: z.number().min(-180).max(180),
  accuracyM: z.number().min(0).max(100_000).nullable(),
});
/** The text of the QR code, or the code in it. */
const claim = z.string().min(16).max(2_000);

/** Lắp thử: before anything is signed. */
export const trial = z.object({ claim, place, position });
export type Trial = z.infer<typeof trial>;

/** As far as it is filled in: what is null is named in the refusal `handover.incomplete`. */
export const handoverForm = z.object({
  claim: claim.nullable().default(null),
  place: place.nullable().default(null),
  position: position.nullable().default(null),
  testTone: z.enum(TEST_TONES).nullable().default(null),
  /** The command that asked for it, with `heard`: a test tone that this box says it has played. */
  testToneCommand: z
    .string()
    .regex(/^[A-Za-z0-9_-]{1,64}$/)
    .nullable()
    .default(null),
  signedName: z.string().trim().max(200).nullable().default(null),
  /** By the telephone's clock. */
  signedAtMs: z.int().min(0).max(253_402_300_799_999).nullable().default(null),
  note: z.string().trim().max(1_000).default(''),
});
export type HandoverForm = z.infer<typeof handoverForm>;

export const handoverView = z.object({
  id: z.string(),
  boxId: z.string(),
  clusterId: z.string(),
  technicianName: z.string(),
  position: z.object({ latitude: z.number(), longitude: z.number(), accuracyM: z.number().nullable() }),
  /** `heard` is proved by the command; `heardUnproven` is the technician's word. */
  testTone: z.enum(TEST_TONES),
  testToneCommand: z.string().nullable(),
  signedName: z.string(),
  /** There is a drawn signature. */
  drawn: z.boolean(),
  note: z.string(),
  signedAtMs: z.int(),
  receivedAtMs: z.int(),
  photoIds: z.array(z.string()),
});
export type HandoverView = z.infer<typeof handoverView>;

export const handoverFileView = z.object({ name: z.string(), sha256: z.string(), bytes: z.int() });
export type HandoverFileView = z.infer<typeof handoverFileView>;
