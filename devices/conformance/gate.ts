/** Opens when everybody has arrived or left. */
export class Gate {
  #open: () => void = () => undefined;
  readonly opened = new Promise<void>((open) => {
    this.#open = open;
  });
  readonly #expected: Set<string>;

  constructor(names: Iterable<string>) {
    this.#expected = new Set(names);
    if (this.#expected.size === 0) this.#open();
  }

  arrive(name: string): Promise<void> {
    this.leave(name);
    return this.opened;
  }

  leave(name: string): void {
    if (this.#expected.delete(name) && this.#expected.size === 0) this.#open();
  }
}
