import type { CoreEffect } from '../player/core/index.js';
import { TOPIC_RULES, topics } from '../protocol/index.js';
import type { Compression, Reach } from './compressed-clock.js';
import type { DeviceFaults } from './device-faults.js';
import { Link } from './link.js';
import type { FleetEvent } from './stdio.js';
import type { Turnstile } from './turnstile.js';

/**
 * The service stops listening to a device that says too much in a minute of real time (topic table), and compressed time holds
 * hundreds of plays in one. So, once released: the retained state, of which only the last matters, is told at most
 * this often, and beyond half the limit of receipts the clock waits for the next minute.
 */
const STATE_EVERY_MS = 2_500;
const BATCHES_A_MINUTE = TOPIC_RULES['up.receipts'].perMinute / 2;
const MINUTE_MS = 60_000;
/** Devices that lost the same broker do not come back in step. */
const RECONNECT_MS = { least: 500, spread: 4_500 };
/** What the core says once, even while offline (plan synced, reports), waits as in any MQTT client, so much at most. */
const OUTBOX = 50;

export type Publish = Extract<CoreEffect, { type: 'publish' }>;

export interface NetworkWorld {
  /** Limits how many connections are being made at a time. */
  readonly doorway: Turnstile;
  readonly realMs: () => number;
  readonly compression: () => Compression;
  readonly tell: (event: FleetEvent) => void;
}

export interface NetworkIdentity {
  readonly serial: string;
  readonly device: string;
  readonly token: string;
  readonly mqttUrl: string;
}

export interface NetworkHandlers {
  connected(): void;
  disconnected(): void;
  message(topic: string, payload: Uint8Array): void;
}

/** One device's side of the network: keeps a link while it should have one, and minds the manners of the topic table. */
export class DeviceNetwork {
  readonly #identity: NetworkIdentity;
  readonly #world: NetworkWorld;
  readonly #handlers: NetworkHandlers;
  readonly #faults: DeviceFaults;
  #powered = true;
  /** On a slow link: what is on its way, in order. */
  #late: { readonly atRealMs: number; readonly topic: string; readonly payload: Uint8Array }[] = [];
  #link: Link | null = null;
  #up = false;
  #severed = true;
  #planSeen = false;
  #reconnectAtRealMs: number | null = null;
  #outbox: Publish[] = [];
  #heldState: Publish | null = null;
  #stateToldRealMs = Number.NEGATIVE_INFINITY;
  #minute = { endsRealMs: Number.NEGATIVE_INFINITY, batches: 0 };

  constructor(identity: NetworkIdentity, world: NetworkWorld, faults: DeviceFaults, handlers: NetworkHandlers) {
    this.#identity = identity;
    this.#world = world;
    this.#faults = faults;
    this.#handlers = handlers;
  }

  get reach(): Reach {
    if (this.#severed) return 'severed';
    return this.#up && this.#planSeen ? 'linked' : 'linking';
  }

  /** Until when no further receipts should be made; in the past when they may be. */
  get quietUntilRealMs(): number {
    return this.#minute.batches < BATCHES_A_MINUTE ? Number.NEGATIVE_INFINITY : this.#minute.endsRealMs;
  }

  connect(): void {
    this.#severed = false;
    if (this.#wanted && !this.#link) void this.#open();
  }

  get #wanted(): boolean {
    return this.#powered && !this.#severed;
  }

  /** Offline on purpose, until `connect`. */
  sever(): void {
    this.#severed = true;
    this.#reconnectAtRealMs = null;
    this.#link?.sever();
  }

  /** Power is cut: what was not sent is forgotten. */
  powerOff(): void {
    this.#powered = false;
    this.#reconnectAtRealMs = null;
    this.#outbox = [];
    this.#link?.sever();
  }

  /** Power is back: the device comes back if it was to be online. */
  powerOn(): void {
    this.#powered = true;
    if (!this.#severed) this.connect();
  }

  tick(realMs: number): void {
    for (let [first] = this.#late; first && first.atRealMs <= realMs; [first] = this.#late) {
      this.#late.shift();
      this.#hand(first.topic, first.payload);
    }
    if (this.#reconnectAtRealMs !== null && realMs >= this.#reconnectAtRealMs) void this.#open();
    if (this.#heldState) this.#tellState(this.#heldState);
  }

  publish(effect: Publish): void {
    if (!this.#up) {
      if (effect.qos === 1 && this.#outbox.length < OUTBOX) this.#outbox.push(effect);
      return;
    }
    const { device } = this.#identity;
    if (effect.topic === topics.up(device, 'state')) this.#tellState(effect);
    else {
      if (effect.topic === topics.up(device, 'receipts')) this.#countBatch();
      this.#link?.publish(effect.topic, effect.payload, effect);
    }
  }

  subscribe(topic: string): void {
    if (this.#up) this.#link?.subscribe(topic);
  }

  unsubscribe(topic: string): void {
    if (this.#up) this.#link?.unsubscribe(topic);
  }

  async #open(): Promise<void> {
    this.#reconnectAtRealMs = null;
    const { serial, device, token, mqttUrl } = this.#identity;
    let leave = (): void => undefined;
    const link: Link = new Link(
      { url: mqttUrl, device, token },
      {
        up: () => {
          leave();
          this.#came(link);
        },
        down: () => {
          leave();
          this.#lost();
        },
        message: (topic, payload) => this.#receive(topic, payload),
        problem: (detail) => this.#world.tell({ event: 'problem', serial, detail }),
      },
    );
    this.#link = link;
    leave = await this.#world.doorway.enter();
    // While it waited for its turn the device may have been severed; severed and back again, it is still the one to open.
    if (this.#wanted) link.open();
    else {
      this.#link = null;
      leave();
    }
  }

  #receive(topic: string, sent: Uint8Array): void {
    const payload = this.#faults.arrives(topic, sent);
    if (!payload) return;
    const realMs = this.#world.realMs();
    const delayMs = this.#faults.delayOf(payload.length, realMs);
    // On a link that was slow a moment ago nothing overtakes what is still on its way.
    const before = this.#late.at(-1)?.atRealMs ?? realMs;
    if (delayMs === 0 && this.#late.length === 0) this.#hand(topic, payload);
    else this.#late.push({ atRealMs: Math.max(before, realMs + delayMs), topic, payload });
  }

  #hand(topic: string, payload: Uint8Array): void {
    if (topic === topics.down(this.#identity.device, 'plan')) this.#planSeen = true;
    this.#handlers.message(topic, payload);
  }

  #came(link: Link): void {
    this.#up = true;
    this.#stateToldRealMs = Number.NEGATIVE_INFINITY;
    this.#world.tell({ event: 'connected', serial: this.#identity.serial });
    this.#handlers.connected();
    for (const effect of this.#outbox.splice(0)) link.publish(effect.topic, effect.payload, effect);
  }

  #lost(): void {
    const wasUp = this.#up;
    this.#link = null;
    this.#up = false;
    this.#planSeen = false;
    this.#heldState = null;
    this.#late = [];
    this.#faults.lineLost();
    if (this.#wanted)
      this.#reconnectAtRealMs = this.#world.realMs() + RECONNECT_MS.least + Math.random() * RECONNECT_MS.spread;
    if (!wasUp) return;
    this.#world.tell({ event: 'disconnected', serial: this.#identity.serial });
    this.#handlers.disconnected();
  }

  #tellState(effect: Publish): void {
    const realMs = this.#world.realMs();
    const tooSoon = this.#world.compression() !== null && realMs < this.#stateToldRealMs + STATE_EVERY_MS;
    this.#heldState = tooSoon ? effect : null;
    if (tooSoon) return;
    this.#stateToldRealMs = realMs;
    this.#link?.publish(effect.topic, effect.payload, effect);
  }

  #countBatch(): void {
    const realMs = this.#world.realMs();
    if (realMs >= this.#minute.endsRealMs) this.#minute = { endsRealMs: realMs + MINUTE_MS, batches: 0 };
    this.#minute.batches++;
  }
}
