/** Thrown when more would have to be kept for the broker than the bus may hold. */
export class BusFullError extends Error {
  override readonly name = 'BusFullError';
}

interface Entry {
  readonly bytes: number;
  readonly durable: boolean;
  resolve(): void;
  reject(error: Error): void;
}

/** Messages handed to the client and not yet settled: a bounded number, whether the broker is there or not. */
export class Pending {
  readonly #entries = new Set<Entry>();
  readonly #maxMessages: number;
  readonly #maxBytes: number;
  readonly #onEmpty = new Set<() => void>();
  #bytes = 0;

  constructor(maxMessages: number, maxBytes: number) {
    this.#maxMessages = maxMessages;
    this.#maxBytes = maxBytes;
  }

  get size(): number {
    return this.#entries.size;
  }

  /**
   * @param durable the message outlives a lost connection (QoS 1)
   * @param send calls back when the broker has it
   * @throws BusFullError
   */
  run(bytes: number, durable: boolean, send: (done: (error?: Error) => void) => void): Promise<void> {
    if (this.#entries.size >= this.#maxMessages || this.#bytes + bytes > this.#maxBytes) {
      throw new BusFullError(
        `${this.#entries.size} messages (${this.#bytes} bytes) already wait for the MQTT broker; publish again later`,
      );
    }
    return new Promise((resolve, reject) => {
      const entry: Entry = { bytes, durable, resolve, reject };
      this.#entries.add(entry);
      this.#bytes += bytes;
      send((error) => {
        if (!this.#remove(entry)) return;
        if (error) reject(error);
        else resolve();
      });
    });
  }

  /** MQTT.js never calls back for a QoS 0 message that waited in a socket that then closed. It is lost, as QoS 0 may be. */
  connectionLost(): void {
    for (const entry of [...this.#entries]) if (!entry.durable && this.#remove(entry)) entry.resolve();
  }

  rejectAll(error: Error): void {
    for (const entry of [...this.#entries]) if (this.#remove(entry)) entry.reject(error);
  }

  /** Resolved when nothing waits. */
  async empty(): Promise<void> {
    if (this.#entries.size > 0) await new Promise<void>((resolve) => this.#onEmpty.add(resolve));
  }

  #remove(entry: Entry): boolean {
    if (!this.#entries.delete(entry)) return false;
    this.#bytes -= entry.bytes;
    if (this.#entries.size === 0) {
      for (const resolve of this.#onEmpty) resolve();
      this.#onEmpty.clear();
    }
    return true;
  }
}
