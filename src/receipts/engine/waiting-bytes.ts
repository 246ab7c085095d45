/** Bytes of messages that wait in memory: of all devices together, and no more of one than its share. */
export class WaitingBytes {
  readonly #of = new Map<string, number>();
  #all = 0;

  constructor(private readonly limits: { readonly most: number; readonly mostOfOne: number }) {}

  /** @returns `in`, and they count until they {@link leave}; otherwise who has used the room up: this device, or all together */
  enter(device: string, bytes: number): 'in' | 'ownShareUsed' | 'allUsed' {
    const own = (this.#of.get(device) ?? 0) + bytes;
    if (own > this.limits.mostOfOne) return 'ownShareUsed';
    if (this.#all + bytes > this.limits.most) return 'allUsed';
    this.#of.set(device, own);
    this.#all += bytes;
    return 'in';
  }

  leave(device: string, bytes: number): void {
    const left = (this.#of.get(device) ?? 0) - bytes;
    if (left > 0) this.#of.set(device, left);
    else this.#of.delete(device);
    this.#all -= bytes;
  }
}
