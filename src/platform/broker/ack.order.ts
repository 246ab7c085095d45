/**
 * Order of PUBACKs on one connection. Handlers finish in any order, acknowledgements must be sent in the order in which the
 * messages came (MQTT-4.6.0-2).
 */
export class AckOrder {
  readonly #send: (messageId: number) => void;
  readonly #open: { readonly messageId: number; state: 'running' | 'done' | 'skipped' }[] = [];

  constructor(send: (messageId: number) => void) {
    this.#send = send;
  }

  /** The returned function is called once: with true to acknowledge, with false to leave the message unacknowledged for good. */
  take(messageId: number): (acknowledge: boolean) => void {
    const entry: { readonly messageId: number; state: 'running' | 'done' | 'skipped' } = {
      messageId,
      state: 'running',
    };
    this.#open.push(entry);
    return (acknowledge) => {
      entry.state = acknowledge ? 'done' : 'skipped';
      this.#flush();
    };
  }

  #flush(): void {
    let finished = 0;
    for (const entry of this.#open) {
      if (entry.state === 'running') break;
      if (entry.state === 'done') this.#send(entry.messageId);
      finished++;
    }
    this.#open.splice(0, finished);
  }
}
