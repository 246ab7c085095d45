/** Numbers that look random and are the same for the same seed, for ever (sfc32 over a hash of the seed's letters). */
export class Seeded {
  #a: number;
  #b: number;
  #c: number;
  #d = 1;

  constructor(seed: string) {
    let hash = 0x811c9dc5;
    const words = [0, 0, 0].map((_, at) => {
      for (const letter of `${seed}/${at}`) hash = Math.imul(hash ^ (letter.codePointAt(0) ?? 0), 0x01000193) >>> 0;
      return hash;
    });
    [this.#a = 0, this.#b = 0, this.#c = 0] = words;
    for (let i = 0; i < 12; i++) this.#next();
  }

  /** 0 ≤ x < 1. */
  share(): number {
    return this.#next() / 4_294_967_296;
  }

  /** A whole number, `least` ≤ x ≤ `most`. */
  whole(least: number, most: number): number {
    return least + Math.floor(this.share() * (most - least + 1));
  }

  /** 22 letters of base64url: an id, or a nonce. */
  letters(): string {
    const bytes = Buffer.alloc(16);
    for (let at = 0; at < 16; at += 4) bytes.writeUInt32LE(this.#next(), at);
    return bytes.toString('base64url');
  }

  #next(): number {
    const sum = (((this.#a + this.#b) | 0) + this.#d) | 0;
    this.#d = (this.#d + 1) | 0;
    this.#a = this.#b ^ (this.#b >>> 9);
    this.#b = (this.#c + (this.#c << 3)) | 0;
    this.#c = (((this.#c << 21) | (this.#c >>> 11)) + sum) | 0;
    return sum >>> 0;
  }
}
