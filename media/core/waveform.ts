/** Bars of the widest picture that is drawn of a sound. */
export const MOST_PEAKS = 800;

/** Heights of a waveform picture, 0 to 100 of full scale, one for each equal slice of a sound of known length. */
export class Waveform {
  readonly #heights: Float32Array;
  #at = 0;

  constructor(private readonly samples: number) {
    this.#heights = new Float32Array(Math.max(1, Math.min(MOST_PEAKS, samples)));
  }

  push(piece: Float32Array): void {
    const slices = this.#heights.length;
    for (let at = 0; at < piece.length; at++, this.#at++) {
      const slice = Math.min(slices - 1, Math.floor((this.#at * slices) / this.samples));
      const height = Math.abs(piece[at] as number);
      if (height > (this.#heights[slice] as number)) this.#heights[slice] = height;
    }
  }

  get peaks(): number[] {
    return Array.from(this.#heights, (height) => Math.round(Math.min(1, height) * 100));
  }
}
