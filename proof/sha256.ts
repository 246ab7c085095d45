import type { Hasher } from './pack/writer.js';

/**
 * SHA-256 (FIPS 180-4) in pieces and without waiting: browsers have it only for whole messages and one at a time, and a pack has
 * hundreds of thousands. On Node it is node:crypto's; a specification compares the two.
 */
const K = constants(64, 1 / 3);
const FIRST = constants(8, 1 / 2);

/** The first 32 bits of the fractions of roots of the first primes. */
function constants(count: number, power: number): Uint32Array {
  const found: number[] = [];
  for (let candidate = 2; found.length < count; candidate++) {
    if (Array.from({ length: candidate }, (_, n) => n).some((n) => n > 1 && candidate % n === 0)) continue;
    const root = candidate ** power;
    found.push(Math.floor((root - Math.floor(root)) * 2 ** 32));
  }
  return Uint32Array.from(found);
}

export class Sha256 implements Hasher {
  readonly #state = FIRST.slice();
  readonly #block = new Uint8Array(64);
  readonly #view = new DataView(this.#block.buffer);
  readonly #words = new Uint32Array(64);
  #filled = 0;
  #bytes = 0;

  update(bytes: Uint8Array): this {
    this.#bytes += bytes.length;
    let at = 0;
    while (at < bytes.length) {
      const taken = Math.min(64 - this.#filled, bytes.length - at);
      this.#block.set(bytes.subarray(at, at + taken), this.#filled);
      this.#filled += taken;
      at += taken;
      if (this.#filled === 64) this.#compress();
    }
    return this;
  }

  digest(): Uint8Array {
    const bits = this.#bytes * 8;
    this.update(Uint8Array.of(0x80));
    while (this.#filled !== 56) this.update(ZERO);
    this.#view.setUint32(56, Math.floor(bits / 2 ** 32));
    this.#view.setUint32(60, bits >>> 0);
    this.#compress();
    const out = new Uint8Array(32);
    const view = new DataView(out.buffer);
    this.#state.forEach((word, n) => {
      view.setUint32(n * 4, word);
    });
    return out;
  }

  #compress(): void {
    const w = this.#words;
    for (let i = 0; i < 16; i++) w[i] = this.#view.getUint32(i * 4);
    for (let i = 16; i < 64; i++) {
      const a = w[i - 15] as number;
      const b = w[i - 2] as number;
      const s0 = turned(a, 7) ^ turned(a, 18) ^ (a >>> 3);
      const s1 = turned(b, 17) ^ turned(b, 19) ^ (b >>> 10);
      w[i] = ((w[i - 16] as number) + s0 + (w[i - 7] as number) + s1) | 0;
    }
    const s = this.#state;
    let [a, b, c, d, e, f, g, h] = s as unknown as [number, number, number, number, number, number, number, number];
    for (let i = 0; i < 64; i++) {
      const s1 = turned(e, 6) ^ turned(e, 11) ^ turned(e, 25);
      const t1 = (h + s1 + ((e & f) ^ (~e & g)) + (K[i] as number) + (w[i] as number)) | 0;
      const s0 = turned(a, 2) ^ turned(a, 13) ^ turned(a, 22);
      const t2 = (s0 + ((a & b) ^ (a & c) ^ (b & c))) | 0;
      h = g;
      g = f;
      f = e;
      e = (d + t1) | 0;
      d = c;
      c = b;
      b = a;
      a = (t1 + t2) | 0;
    }
    for (const [n, word] of [a, b, c, d, e, f, g, h].entries()) s[n] = (s[n] as number) + word;
    this.#filled = 0;
  }
}

const ZERO = Uint8Array.of(0);
const turned = (word: number, by: number): number => (word >>> by) | (word << (32 - by));

export const sha256 = (bytes: Uint8Array): Uint8Array => new Sha256().update(bytes).digest();
