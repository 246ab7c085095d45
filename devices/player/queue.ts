/** Jobs one after another, in the order given. A job that fails is the failure of its own promise only. */
export class SerialQueue {
  #tail: Promise<unknown> = Promise.resolve();
  #waiting = 0;

  get waiting(): number {
    return this.#waiting;
  }

  push<T>(job: () => Promise<T>): Promise<T> {
    this.#waiting += 1;
    const done = this.#tail.then(job).finally(() => {
      this.#waiting -= 1;
    });
    this.#tail = done.catch(() => undefined);
    return done;
  }

  async idle(): Promise<void> {
    await this.#tail;
  }
}
