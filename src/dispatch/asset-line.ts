import { Inject, Injectable } from '@nestjs/common';
import { type EmbeddedBroker, MqttBus } from '../platform/broker/index.js';
import { EMBEDDED_BROKER } from '../platform/broker/token.js';
import { Clock } from '../platform/clock/index.js';
import { Metrics } from '../platform/http/index.js';
import { freshPace, holdMs, type Pace, rateOf, slowedDown, spent } from './engine/pace.js';
import { DISPATCH_SETTINGS, type DispatchSettings } from './settings.js';

/**
 * With more than this waiting in the embedded broker for its receivers nothing more of an asset goes out. Together with what
 * may be under way to the broker it stays below the mark (1 MiB) above which a receiver loses QoS 0 messages.
 */
const RECEIVER_BYTES = 384 * 1_024;
/** How much may be under way to the embedded broker: what is said about its receivers is so old at most. */
const NEAR_BYTES = 256 * 1_024;
const FULL_AGAIN_MS = 20;
const OFFLINE_MS = 1_000;

export type Room =
  /** The piece may go out; its bytes count so often. */
  | { readonly kind: 'go'; readonly copies: number }
  /** The receivers of this asset cannot take more just now; those of others may. */
  | { readonly kind: 'full'; readonly againMs: number }
  /** Nothing goes out for so long, or until the promise resolves. */
  | { readonly kind: 'hold'; readonly ms: number | null; readonly until?: Promise<unknown> };

/** The service's line for audio: how much may go out now, judged by what is limited and by what is taken. */
@Injectable()
export class AssetLine {
  #pace: Pace;
  #inFlight = 0;
  /** Pieces under way, oldest first. */
  readonly #landings: Promise<void>[] = [];
  #off: (() => void) | null = null;

  constructor(
    private readonly bus: MqttBus,
    @Inject(EMBEDDED_BROKER) private readonly broker: EmbeddedBroker | null,
    private readonly clock: Clock,
    @Inject(DISPATCH_SETTINGS) private readonly settings: DispatchSettings,
    metrics: Metrics,
  ) {
    this.#pace = freshPace(settings.egressBytesPerSecond, 0);
    metrics.gauge('vang_asset_in_flight_bytes', 'Audio under way to the broker', [], () => [
      { labels: {}, value: this.#inFlight },
    ]);
    metrics.gauge('vang_asset_rate_bytes', 'Audio per second at most; 0 while not limited', [], () => [
      { labels: {}, value: rateOf(this.#pace, this.clock.monotonicMs()) ?? 0 },
    ]);
  }

  /** @param left told of devices that lost their connection, as far as the broker says so */
  start(left: (device: string) => void): void {
    const onDisconnected = ({ username }: { username: string }) => left(username);
    this.broker?.on('disconnected', onDisconnected);
    this.#off = () => this.broker?.off('disconnected', onDisconnected);
  }

  stop(): void {
    this.#off?.();
  }

  /** Devices wished again for what they were sent. The embedded broker shows what its receivers take, and needs no such word. */
  lost(): void {
    if (!this.broker) this.#pace = slowedDown(this.#pace, this.clock.monotonicMs());
  }

  /** @param filter under which devices hear the asset */
  async room(filter: string): Promise<Room> {
    if (!this.bus.connected) return { kind: 'hold', ms: OFFLINE_MS };
    const nowMs = this.clock.monotonicMs();
    const ms = holdMs(this.#pace, nowMs);
    if (ms > 0) return { kind: 'hold', ms };
    const most = this.settings.egressInFlightBytes;
    if (this.#inFlight >= (this.broker ? Math.min(NEAR_BYTES, most) : most))
      return { kind: 'hold', ms: null, until: this.#landings[0] ?? Promise.resolve() };
    if (!this.broker) return { kind: 'go', copies: 1 };
    try {
      const { receivers, unsentBytes } = await this.broker.audience(filter);
      if (unsentBytes > RECEIVER_BYTES) return { kind: 'full', againMs: FULL_AGAIN_MS };
      return { kind: 'go', copies: Math.max(1, receivers) };
    } catch {
      // Its thread is being started again.
      return { kind: 'hold', ms: OFFLINE_MS };
    }
  }

  /**
   * Resolved when it is sent, not when it is there.
   * @param lost told if the connection went before the broker had it
   */
  async publish(
    topic: string,
    payload: Uint8Array,
    { label, copies }: { readonly label: string; readonly copies: number },
    lost: () => void,
  ): Promise<void> {
    this.#pace = spent(this.#pace, payload.length * copies, this.clock.monotonicMs());
    this.#inFlight += payload.length;
    const sent = this.bus.publish(topic, payload, { qos: 0, label });
    const landing = this.bus.takenIn().then((taken) => {
      this.#inFlight -= payload.length;
      this.#landings.splice(this.#landings.indexOf(landing), 1);
      if (!taken) lost();
    });
    this.#landings.push(landing);
    await sent;
  }
}
