import type { Clock } from '../clock/index.js';
import { newId, type WriteTransaction } from '../database/index.js';
import { OutboxEntity } from './outbox.entity.js';

export type OutboxMessage<T = unknown> = {
  readonly id: string;
  readonly topic: string;
  readonly payload: T;
  /** UTC epoch milliseconds. */
  readonly createdAtMs: number;
  /** 1 at the first delivery. */
  readonly attempt: number;
};

/** Where a domain change leaves the messages it causes: in its own transaction (invariant 11). */
export class Outbox {
  private readonly listeners = new Set<(topic: string) => void>();

  constructor(private readonly clock: Clock) {}

  /**
   * The message exists if and only if the transaction commits.
   * @param message its payload is kept as JSON
   * @returns the id of the message
   */
  async add(tx: WriteTransaction, message: { readonly topic: string; readonly payload: unknown }): Promise<string> {
    const { topic } = message;
    const nowMs = this.clock.nowMs();
    const id = newId(nowMs);
    await tx.manager.insert(OutboxEntity, {
      id,
      topic,
      payload: (message.payload ?? {}) as object,
      state: 'waiting',
      attempts: 0,
      dueAtMs: nowMs,
      createdAtMs: nowMs,
      deliveredAtMs: null,
      error: null,
    });
    tx.afterCommit(() => {
      for (const listener of this.listeners) listener(topic);
    });
    return id;
  }

  /** Calls back after each commit that left messages here, in this process. @returns ends it */
  onCommitted(listener: (topic: string) => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }
}
