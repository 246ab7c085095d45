import { z } from 'zod';
import { epochMs, id, localDay, named, sha256Hex, toUtf8 } from '../../devices/protocol/index.js';
import { ENTRY_NAME, LONGEST_NAME, MOST_BYTES, MOST_ENTRIES } from './zip.js';

const words = z.string().max(1_000);
const count = z.int().min(0);
const entryName = z.string().max(LONGEST_NAME).regex(ENTRY_NAME);

/** Of the format; the page docs/evidence.md says what changed. */
export const VERSION = 2;
export const CRITERIA = ['produced', 'playedEveryCommune', 'playedEveryHamlet'] as const;
/** What a play must prove: that it was whole, that the line carried a signal, that the head of the hamlet heard it. */
export const LEAST_GRADES = ['completed', 'sensed', 'heard'] as const;

/** One file of the pack: its content, and the bytes that stand in the archive for it. */
export const packedFile = z.strictObject({
  name: entryName,
  bytes: count.max(MOST_BYTES),
  sha256: sha256Hex,
  crc32: count.max(0xffffffff),
  packed: z.strictObject({ bytes: count.max(MOST_BYTES), sha256: sha256Hex }),
});
export type PackedFile = z.infer<typeof packedFile>;

/**
 * What the pack is and what is in it, signed by the installation. Written as JSON without spaces, keys in the order that stands here:
 * it has one spelling.
 */
export const manifest = z.strictObject({
  format: z.literal('vang-evidence'),
  v: z.literal(VERSION),
  /** SHA-256 of the root key, hex: to be compared with the published one. */
  root: sha256Hex,
  /** Key of `manifest.sig`. */
  kid: z.string().min(1).max(64),
  madeAtMs: epochMs,
  /** Of a database with simulated devices: proof of nothing (invariant 13). */
  demo: z.boolean(),
  issuer: words,
  plan: z.strictObject({ number: words, title: words, issuedOn: localDay }),
  line: z.strictObject({ id, title: words, target: count, unit: words, criterion: z.enum(CRITERIA) }),
  area: named.strict(),
  period: z.strictObject({ from: localDay, to: localDay }),
  /** Of the line: when a cell of the table is complete. */
  rule: z.strictObject({
    plays: z.int().min(1),
    clusters: z.enum(['all', 'any']),
    leastGrade: z.enum(LEAST_GRADES),
    /** BCP 47; null: any. */
    languages: z.array(z.string().min(1).max(35)).min(1).max(20).nullable(),
  }),
  result: z.strictObject({ required: count, reached: count, done: z.boolean() }),
  counts: z.strictObject({
    items: count,
    hamlets: count,
    communes: count,
    devices: count,
    receipts: count,
    declared: count,
  }),
  files: z.array(packedFile).max(MOST_ENTRIES),
});
export type Manifest = z.infer<typeof manifest>;
export type PackHead = Omit<Manifest, 'format' | 'v' | 'kid' | 'root' | 'files'>;

export const MANIFEST = 'manifest.json';
export const SIGNATURE = 'manifest.sig';

/** What the installation signs: no message to a device begins like this, and no kind of file is taken for another. */
export const signedManifestBytes = (sha256: string, format = 'vang-evidence'): Uint8Array =>
  toUtf8(`${format}\n${sha256}\n`);

const otherVersion = z.object({ format: z.literal('vang-evidence'), v: z.int().min(1) });

export type ReadManifest =
  | { readonly ok: true; readonly manifest: Manifest }
  | { readonly ok: false; readonly problem: 'malformed' | 'notCanonical' }
  | { readonly ok: false; readonly problem: 'otherVersion'; readonly version: number };

export const writtenManifest = (said: Manifest): string => JSON.stringify(manifest.parse(said));

export function readManifest(text: string): ReadManifest {
  let said: unknown;
  try {
    said = JSON.parse(text);
  } catch {
    return { ok: false, problem: 'malformed' };
  }
  const other = otherVersion.safeParse(said);
  if (other.success && other.data.v !== VERSION) return { ok: false, problem: 'otherVersion', version: other.data.v };
  const parsed = manifest.safeParse(said);
  if (!parsed.success) return { ok: false, problem: 'malformed' };
  return JSON.stringify(parsed.data) === text
    ? { ok: true, manifest: parsed.data }
    : { ok: false, problem: 'notCanonical' };
}
