import { Inject, Injectable } from '@nestjs/common';
import {
  fromBitmap,
  parseTopic,
  TOPIC_RULES,
  topics,
  type Wish,
  wish as wishSchema,
} from '../../devices/protocol/index.js';
import { jsonOf, MqttBus, RateLimit } from '../platform/broker/index.js';
import { Clock } from '../platform/clock/index.js';
import { LOG, type Log } from '../platform/logging/index.js';
import { AssetService } from './asset.service.js';
import type { Asset } from './dispatch.entity.js';
import { addWish, forget, nextPiece, served, type WishList } from './engine/wish-list.js';
import { DISPATCH_SETTINGS, type DispatchSettings } from './settings.js';

/** Answers wishes for audio and parts: gathers them, then publishes each missing chunk once for all who want it. */
@Injectable()
export class AssetServer {
  #list: WishList = new Map();
  readonly #limit = new RateLimit(TOPIC_RULES['up.wishes'].perMinute);
  #unsubscribe: (() => Promise<void>) | null = null;
  #running: Promise<void> | null = null;
  #stopped = true;
  #wake: (() => void) | null = null;
  #release: (() => void) | null = null;

  constructor(
    private readonly bus: MqttBus,
    private readonly assets: AssetService,
    private readonly clock: Clock,
    @Inject(DISPATCH_SETTINGS) private readonly settings: DispatchSettings,
    @Inject(LOG) private readonly log: Log,
  ) {}

  async start(): Promise<void> {
    this.#stopped = false;
    this.#running = this.#serve();
    this.#unsubscribe = await this.bus.subscribe(topics.everyUplink('wishes'), { qos: 1 }, (topic, payload) =>
      this.#take(topic, payload),
    );
  }

  async stop(): Promise<void> {
    await this.#unsubscribe?.();
    this.#stopped = true;
    this.#release?.();
    await this.#running;
    // What was wished for and not served is wished for again: devices ask until they have it.
    this.#list = new Map();
  }

  async #take(topic: string, payload: Uint8Array): Promise<void> {
    const parsed = parseTopic(topic);
    const message = readWish(payload);
    if (parsed?.kind !== 'up' || !message || message.device !== parsed.device) return;
    if (!this.#limit.allow(parsed.device, this.clock.monotonicMs())) return;
    for (const wished of message.assets) {
      const asset = await this.assets.find(wished.sha256);
      if (!asset) continue;
      const chunkCount = Math.ceil(asset.bytes / asset.chunkBytes);
      try {
        const missing = wished.missing === undefined ? null : fromBitmap(wished.missing, chunkCount);
        const urgent = wished.urgent ?? false;
        this.#list = addWish(
          this.#list,
          { device: message.device, sha256: asset.sha256, missing, chunkCount, urgent },
          this.clock.monotonicMs(),
        );
      } catch {
        // A bitmap of another length wishes for nothing that exists.
      }
    }
    this.#wake?.();
  }

  async #serve(): Promise<void> {
    while (!this.#stopped) {
      const piece = nextPiece(this.#list, this.clock.monotonicMs(), this.settings.wishWindowMs);
      if (piece.kind === 'nothing') await this.#pause(null);
      else if (piece.kind === 'wait') await this.#pause(piece.untilMs - this.clock.monotonicMs());
      else {
        try {
          const bytes = await this.#publish(piece);
          // Taken off the list when it is out: who wished before that has subscribed and gets it.
          this.#list = served(this.#list, piece, this.clock.monotonicMs());
          // The broker sends it once to each: the line from there is the narrow one, and a flooded subscriber loses QoS 0.
          await this.#pause((bytes * piece.devices * 1_000) / this.settings.egressBytesPerSecond, false);
        } catch (error) {
          this.log.warn(
            { err: error, sha256: piece.sha256 },
            'an asset could not be published; devices will ask again',
          );
          this.#list = forget(this.#list, piece.sha256);
        }
      }
    }
  }

  async #publish(
    piece: { kind: 'descriptor'; sha256: string } | { kind: 'chunk'; sha256: string; index: number },
  ): Promise<number> {
    const asset = await this.assets.find(piece.sha256);
    if (!asset) throw new Error('asset is gone');
    const payload = await this.#payload(asset, piece);
    const topic = piece.kind === 'chunk' ? topics.chunk(asset.sha256, piece.index) : topics.descriptor(asset.sha256);
    await this.bus.publish(topic, payload, { qos: 0, label: asset.kind });
    return payload.length;
  }

  async #payload(asset: Asset, piece: { kind: 'descriptor' } | { kind: 'chunk'; index: number }): Promise<Uint8Array> {
    if (piece.kind === 'chunk') return this.assets.readChunk(asset, piece.index);
    if (asset.descriptor === null) throw new Error('an asset of one chunk has no descriptor');
    return Buffer.from(asset.descriptor);
  }

  /** Until time has passed, the stop comes, or (if `interruptible`) a wish. */
  #pause(ms: number | null, interruptible = true): Promise<void> {
    if (this.#stopped || (ms !== null && ms < 1)) return Promise.resolve();
    return new Promise((resolve) => {
      const end = () => {
        if (timer) clearTimeout(timer);
        this.#wake = null;
        this.#release = null;
        resolve();
      };
      const timer = ms === null ? null : setTimeout(end, ms);
      this.#release = end;
      this.#wake = interruptible ? end : null;
    });
  }
}

function readWish(payload: Uint8Array): Wish | null {
  if (payload.length > TOPIC_RULES['up.wishes'].maxBytes) return null;
  const parsed = wishSchema.safeParse(jsonOf(payload));
  return parsed.success ? parsed.data : null;
}
