import { setImmediate as nextTurn } from 'node:timers/promises';

export interface GatheringOptions<Item> {
  /** How long after the first of them what was gathered is written, ms. */
  readonly afterMs: number;
  /** How many at once. */
  readonly atATime: number;
  /** Beyond so many none is taken: more come only from somebody who does not behave. */
  readonly most: number;
  /** One call at a time, in the order of arrival. */
  readonly write: (items: readonly Item[]) => Promise<void>;
  /** Told of what could not be written; it is not tried again. */
  readonly failed: (error: unknown, items: readonly Item[]) => void;
}

/** What comes in one by one and is written together: a commune that answers at once becomes a few transactions. */
export class Gathering<Item> {
  #items: Item[] = [];
  #timer: NodeJS.Timeout | null = null;
  #writing: Promise<void> = Promise.resolve();

  constructor(private readonly options: GatheringOptions<Item>) {}

  /** @returns false: too many wait already, and this one is lost */
  add(item: Item): boolean {
    const { most, afterMs } = this.options;
    if (this.#items.length >= most) return false;
    this.#items.push(item);
    this.#timer ??= setTimeout(() => void this.flush(), afterMs);
    return true;
  }

  /** Writes what was gathered so far; at the end of a room, so that nothing of it is lost. */
  flush(): Promise<void> {
    if (this.#timer) clearTimeout(this.#timer);
    this.#timer = null;
    this.#writing = this.#writing.then(() => this.#write());
    return this.#writing;
  }

  async #write(): Promise<void> {
    const { atATime, write, failed } = this.options;
    const items = this.#items;
    this.#items = [];
    for (let from = 0; from < items.length; from += atATime) {
      const some = items.slice(from, from + atATime);
      try {
        await write(some);
      } catch (error) {
        failed(error, some);
      }
      // SQLite answers without waiting: between two batches it is the turn of whoever asks something.
      await nextTurn();
    }
  }
}
