/** Numbers of which nobody knows beforehand how many there will be: one per step of a recording. */
export class Growing {
  #values = new Float32Array(4096);
  #length = 0;

  push(value: number): void {
    if (this.#length === this.#values.length) {
      const larger = new Float32Array(this.#length * 2);
      larger.set(this.#values);
      this.#values = larger;
    }
    this.#values[this.#length++] = value;
  }

  get length(): number {
    return this.#length;
  }

  /** What was pushed so far, without a copy. */
  get values(): Float32Array {
    return this.#values.subarray(0, this.#length);
  }
}
