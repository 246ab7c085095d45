import { createHash } from 'node:crypto';
import { gunzipSync } from 'node:zlib';
import type { StoredPart } from '../player/core/index.js';

/** A day part of 2,000 plays is far below this; a bomb is not unpacked. */
const MAX_PART_BYTES = 16 * 1024 * 1024;

/**
 * The bytes that all devices of the process hold, kept once. Every device has received and verified each chunk itself before it
 * writes here (that is its core's state); the store only spares keeping the same bytes again for each of them.
 */
export class SharedStore {
  readonly #pieces = new Map<string, Map<number, Uint8Array>>();
  readonly #whole = new Map<string, Uint8Array>();
  readonly #descriptors = new Map<string, Uint8Array>();
  readonly #texts = new Map<string, string | null>();
  readonly #plays = new Map<string, StoredPart['plays']>();

  get bytes(): number {
    let bytes = 0;
    for (const whole of this.#whole.values()) bytes += whole.length;
    for (const pieces of this.#pieces.values()) for (const piece of pieces.values()) bytes += piece.length;
    return bytes;
  }

  /** Whether these bytes are those kept at this place: a device that was sent others must not share in the verdict on the kept ones. */
  write(sha256: string, offset: number, bytes: Uint8Array): boolean {
    const whole = this.#whole.get(sha256);
    if (whole) return Buffer.compare(whole.subarray(offset, offset + bytes.length), bytes) === 0;
    const pieces = this.#pieces.get(sha256) ?? new Map<number, Uint8Array>();
    this.#pieces.set(sha256, pieces);
    const kept = pieces.get(offset);
    if (kept) return Buffer.compare(kept, bytes) === 0;
    // Copied: what a socket delivers is a window on a larger buffer, which would be kept alive with it.
    pieces.set(offset, Uint8Array.from(bytes));
    return true;
  }

  /** The same bytes, those that are kept for all. */
  keepDescriptor(sha256: string, bytes: Uint8Array): Uint8Array {
    const kept = this.#descriptors.get(sha256);
    if (kept && Buffer.compare(kept, bytes) === 0) return kept;
    const copy = Uint8Array.from(bytes);
    this.#descriptors.set(sha256, copy);
    return copy;
  }

  /** Whether the bytes written have this SHA-256: looked at once for all devices. Bytes that do not are thrown away. */
  finish(sha256: string): boolean {
    if (this.#whole.has(sha256)) return true;
    const pieces = [...(this.#pieces.get(sha256) ?? [])].sort(([a], [b]) => a - b).map(([, bytes]) => bytes);
    this.#pieces.delete(sha256);
    const whole = Buffer.concat(pieces);
    if (createHash('sha256').update(whole).digest('hex') !== sha256) return false;
    this.#whole.set(sha256, whole);
    return true;
  }

  /** The unpacked text of a stored day part; null when it is not there or is no gzip. */
  readPart(sha256: string): string | null {
    const known = this.#texts.get(sha256);
    if (known !== undefined) return known;
    const packed = this.#whole.get(sha256);
    if (!packed) return null;
    const text = unpacked(packed);
    this.#texts.set(sha256, text);
    return text;
  }

  /** The same parts with play lists that all devices share: 2,000 devices with one plan need not hold 2,000 copies. */
  shared(parts: Readonly<Record<string, StoredPart>>): Record<string, StoredPart> {
    const shared: Record<string, StoredPart> = {};
    for (const [day, part] of Object.entries(parts)) {
      const known = this.#plays.get(part.sha256) ?? part.plays;
      this.#plays.set(part.sha256, known);
      // A past day keeps only its open plays: the same address, another list.
      const same = known.length === part.plays.length && known.every(({ play }, i) => play === part.plays[i]?.play);
      shared[day] = same ? { ...part, plays: known } : part;
    }
    return shared;
  }
}

function unpacked(packed: Uint8Array): string | null {
  try {
    return gunzipSync(packed, { maxOutputLength: MAX_PART_BYTES }).toString('utf8');
  } catch {
    return null;
  }
}
