import { type Command, topics } from '../../devices/protocol/index.js';
import type { EnrolledDevice } from './enrolled-devices.js';
import { type Archive, type Life, type Nth, nthOf } from './ledger-faults.life.js';
import type { LightLink } from './light-link.js';

const MOST_RECEIPTS = 100;
const ATTEMPTS = 3;

interface Order {
  readonly id: string;
  next: Nth;
  readonly to: Nth;
  run: { readonly from: Nth; readonly to: Nth; sentMs: number } | null;
  attempts: number;
}

/** Orders of `resendReceipts`, and receipts sent for them. */
export interface RecallFigures {
  recalls: number;
  recalled: number;
}

/**
 * Sends out of the archive what the service asks for, as the player does: an order behind the other, a batch at a time, the next once
 * that is acknowledged, until the connection is lost.
 */
export class RecallOrders {
  #orders: Order[] = [];
  readonly #obeyed = new Set<string>();

  constructor(
    private readonly me: EnrolledDevice,
    private readonly life: Life,
    private readonly archive: Archive,
    private readonly link: LightLink,
    private readonly againMs: number,
    private readonly sum: RecallFigures,
  ) {}

  /** An order is obeyed once. Time is the service's word here, so it is as old as it says. */
  take({ id, to, body }: Command): void {
    if (body.kind !== 'resendReceipts' || !('device' in to) || to.device !== this.me.id || this.#obeyed.has(id)) return;
    this.#obeyed.add(id);
    this.sum.recalls++;
    this.#answer(id, 'received');
    const { life, archive } = this;
    // What it never wrote is left out, and so is what another boot counted.
    const last = Math.min(nthOf(body.boot, Math.min(body.last, life.perBoot), life), archive.written);
    this.#orders.push({ id, next: nthOf(body.boot, body.first, life), to: last, run: null, attempts: 0 });
    if (this.#orders.length === 1) this.#goOn(this.#orders[0] as Order);
  }

  acknowledged(from: Nth, to: Nth): void {
    const [order] = this.#orders;
    if (order?.run && from <= order.run.from && to >= order.run.to) this.#goOn(order);
  }

  /** What is not acknowledged in time goes out again. */
  tick(nowMs: number): void {
    const [order] = this.#orders;
    if (order?.run && nowMs - order.run.sentMs >= this.againMs) this.#send(order);
  }

  /** An order that a loss of the connection interrupts is not gone on with. */
  connectionLost(): void {
    this.#orders = [];
  }

  /** The next run of the order, or its end. */
  #goOn(order: Order): void {
    if (order.run) order.next = order.run.to + 1;
    order.attempts = 0;
    if (order.next > order.to) return this.#end(order, 'done');
    order.run = { from: order.next, to: Math.min(order.next + MOST_RECEIPTS - 1, order.to), sentMs: 0 };
    this.sum.recalled += order.run.to - order.run.from + 1;
    this.#send(order);
  }

  #send(order: Order): void {
    if (!order.run) return;
    if (order.attempts++ === ATTEMPTS) return this.#end(order, 'refused');
    order.run.sentMs = performance.now();
    this.link.publish(topics.up(this.me.id, 'receipts'), this.archive.batchOf(order.run.from, order.run.to));
  }

  #end({ id }: Order, state: 'done' | 'refused'): void {
    this.#answer(id, state);
    this.#orders.shift();
    const [next] = this.#orders;
    if (next) this.#goOn(next);
  }

  #answer(command: string, state: 'received' | 'done' | 'refused'): void {
    const status = { v: 1, device: this.me.id, command, state, atMs: null };
    const reason = state === 'refused' ? { reason: 'failed' } : {};
    this.link.publish(topics.up(this.me.id, 'commands'), { ...status, ...reason });
  }
}
