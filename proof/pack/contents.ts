import { z } from 'zod';
import { epochMs, id, localDay, named, publicKeyText, sha256Hex } from '../../devices/protocol/index.js';

const words = z.string().max(2_000);
const file = z.string().max(200);

/** Names of the files that every pack has, and of those that come in numbers. */
export const FILES = {
  report: 'report.pdf',
  coverage: 'coverage.csv',
  missing: 'missing.csv',
  root: 'keys/root.pub',
  texts: 'texts/index.json',
  hamlets: 'hamlets.json',
  heard: 'heard.json',
  declared: 'declared/index.json',
  checkpoint: 'log/checkpoint.txt',
  proof: 'log/proof.json',
  keySet: (version: number) => `keys/set-${version}.jws`,
  text: (itemId: string, version: number) => `texts/${itemId}-v${version}.txt`,
  device: (device: string) => `devices/${device}/device.json`,
  declaredPhoto: (n: number, type: string) => `declared/photo-${n}.${EXTENSIONS[type] ?? 'bin'}`,
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
  v: z.literal(2),
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
  /** Without a reason: another box took its place. */
  revoked: z.strictObject({ atMs: epochMs, reason: words.nullable() }).nullable(),
  /** From then on its key may have been in other hands: what it signed proves nothing, and is not in the pack. */
  doubtedFromMs: epochMs.nullable(),
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
  /** Numbers of neighbours that the service put in quarantine: they were signed and count nowhere. */
  apart: z.array(z.int().min(1)).max(200),
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

const places = 100_000;

/** `hamlets.json`: the columns of the table, and which clusters of loudspeakers served each hamlet when. The word of the installation. */
export const servedHamlet = z.strictObject({
  ...named.shape,
  commune: named.strict(),
  clusters: z
    .array(z.strictObject({ id, reach: z.enum(['horn', 'transmitter']), from: localDay, to: localDay.nullable() }))
    .max(1_000),
});
export type ServedHamlet = z.infer<typeof servedHamlet>;
export const servedHamlets = z.array(servedHamlet).max(places);

/** `heard.json`: sessions that the head of a hamlet heard clearly, item by item; nobody signed them. Empty unless the line asks for it. */
export const heardAnswer = z.strictObject({
  item: id,
  hamlet: id,
  session: z.string().min(1).max(200),
  day: localDay,
  kind: z.enum(['head', 'telephone']),
});
export type HeardAnswer = z.infer<typeof heardAnswer>;
export const heardAnswers = z.array(heardAnswer).max(1_000_000);

/** `declared/index.json` (khai báo): what a person states to have brought to a hamlet by hand. Never a receipt, never counted as played. */
export const declaredRecord = z.strictObject({
  id,
  item: id,
  title: z.string().max(300),
  hamlet: id,
  hamletName: words,
  communeName: words,
  day: localDay,
  means: z.enum(['portableLoudspeaker', 'other']),
  person: words,
  note: words,
  enteredBy: words,
  enteredAtMs: epochMs,
  /** `file` null: the store has lost it; its hash stands. */
  photo: z.strictObject({ sha256: sha256Hex, file: file.nullable() }),
});
export type DeclaredRecord = z.infer<typeof declaredRecord>;
export const declaredIndex = z.array(declaredRecord).max(50_000);
