import { z } from 'zod';
import { epochMs, id, named, publicKeyText, sha256Hex } from '../../devices/protocol/index.js';

const words = z.string().max(2_000);
const file = z.string().max(200);

/** Names of the files that every pack has, and of those that come in numbers. */
export const FILES = {
  report: 'report.pdf',
  coverage: 'coverage.csv',
  missing: 'missing.csv',
  root: 'keys/root.pub',
  texts: 'texts/index.json',
  checkpoint: 'log/checkpoint.txt',
  proof: 'log/proof.json',
  keySet: (version: number) => `keys/set-${version}.jws`,
  text: (itemId: string, version: number) => `texts/${itemId}-v${version}.txt`,
  device: (device: string) => `devices/${device}/device.json`,
  photo: (device: string, n: number, type: string) => `devices/${device}/photo-${n}.${EXTENSIONS[type] ?? 'bin'}`,
  handoverSignature: (device: string) => `devices/${device}/signature.png`,
  receipts: (device: string) => `receipts/${device}.jsonl`,
} as const;
const EXTENSIONS: Readonly<Record<string, string>> = {
  'image/jpeg': 'jpg',
  'image/png': 'png',
  'image/webp': 'webp',
};

/** How a device came to be one, and how it ended: who answers for its key being in that box, on that pole. */
export const deviceRecord = z.strictObject({
  v: z.literal(1),
  device: id,
  model: words,
  serial: words,
  simulated: z.boolean(),
  cluster: z.strictObject({ id, code: words, name: words, reach: z.enum(['horn', 'transmitter']) }),
  area: named.strict(),
  enrolledAtMs: epochMs,
  /** Who let it in by making its claim; null: nobody knows any more. */
  enrolledBy: words.nullable(),
  keys: z
    .array(z.strictObject({ publicKey: publicKeyText, fromMs: epochMs, untilMs: epochMs.nullable() }))
    .min(1)
    .max(1_000),
  revoked: z.strictObject({ atMs: epochMs, reason: words.nullable() }).nullable(),
  handover: z
    .strictObject({
      technician: words,
      signedBy: words,
      signedAtMs: epochMs,
      latitude: z.number(),
      longitude: z.number(),
      testTone: words,
      note: words,
      photos: z.array(file).max(20),
      signature: file.nullable(),
    })
    .nullable(),
});
export type DeviceRecord = z.infer<typeof deviceRecord>;

/**
 * One signature of a device and what it covers, a line of `receipts/DEVICE.jsonl`. A receipt of the pack stands as its text, letter by
 * letter as it was signed; one that belongs elsewhere (another item, another commune) as its SHA-256 only, which is all that the chain needs.
 */
export const receiptRun = z.strictObject({
  boot: z.int().min(1),
  first: z.int().min(1),
  last: z.int().min(1),
  previous: sha256Hex,
  link: sha256Hex,
  /** That the service found it signed with. */
  key: publicKeyText,
  signature: z.string().regex(/^[A-Za-z0-9_-]{86}$/),
  receivedAtMs: epochMs,
  receipts: z.array(z.string().min(2).max(8_192)).min(1).max(200),
  /** Numbers in the transparency log of those that stand as text, in order; null: not in it yet. */
  leaves: z.array(z.int().min(0).nullable()).max(200),
});
export type ReceiptRun = z.infer<typeof receiptRun>;

/** A receipt that is told by its hash only. A text begins with a brace. */
export const isHashOnly = (entry: string): boolean => /^[0-9a-f]{64}$/.test(entry);

/** The versions that went on air or may. */
export const textRecord = z.strictObject({
  item: id,
  version: z.int().min(1),
  title: z.string().max(300),
  language: z.string().max(35),
  /** Null: sound without a text. */
  file: file.nullable(),
  textSha256: sha256Hex.nullable(),
  audioSha256: sha256Hex.nullable(),
  author: words,
  approver: words.nullable(),
  approvedAtMs: epochMs.nullable(),
  /** The one that may go on air now. */
  current: z.boolean(),
});
export type TextRecord = z.infer<typeof textRecord>;
export const textIndex = z.array(textRecord).max(20_000);

/** `log/proof.json`: of a tree of `size` leaves, the hashes that the walk of `multiproof.ts` asks for, in its order. */
export const logProof = z.strictObject({ size: z.int().min(1), nodes: z.array(sha256Hex) });
export type LogProof = z.infer<typeof logProof>;
