import { Inject, Injectable } from '@nestjs/common';
import { fromBitmap, topics, type Wish, wish as wishSchema } from '../../devices/protocol/index.js';
import { UplinkHall } from '../fleet/index.js';
import { Clock } from '../platform/clock/index.js';
import { Metrics } from '../platform/http/index.js';
import { LOG, type Log } from '../platform/logging/index.js';
import { AssetService } from './asset.service.js';
import { AssetLine } from './asset-line.js';
import type { Asset } from './dispatch.entity.js';
import {
  addWish,
  chunksToGo,
  forget,
  gone,
  lostTo,
  nextPiece,
  type Piece,
  putBack,
  served,
  type WishFor,
  type WishList,
} from './engine/wish-list.js';
import { DISPATCH_SETTINGS, type DispatchSettings } from './settings.js';

type WishVerdict = 'taken' | 'unknownAsset' | 'otherLength';

/** Answers wishes for audio and parts: gathers them, then publishes each missing chunk once for all who want it. */
@Injectable()
export class AssetServer {
  #list: WishList = new Map();
  readonly #verdicts = new Map<WishVerdict, number>();
  readonly #published = { first: 0, again: 0 };
  #unsubscribe: (() => Promise<void>) | null = null;
  #running: Promise<void> | null = null;
  #stopped = true;
  /** Ends the pause of the one who serves, whatever it waits for. */
  #wake: (() => void) | null = null;

  constructor(
    private readonly line: AssetLine,
    private readonly assets: AssetService,
    private readonly clock: Clock,
    private readonly hall: UplinkHall,
    @Inject(DISPATCH_SETTINGS) private readonly settings: DispatchSettings,
    @Inject(LOG) private readonly log: Log,
    metrics: Metrics,
  ) {
    metrics.counter(
      'vang_asset_wishes_total',
      'Wishes of devices for assets, by what became of them',
      ['verdict'],
      () => [...this.#verdicts].map(([verdict, value]) => ({ labels: { verdict }, value })),
    );
    metrics.counter('vang_asset_chunks_total', 'Chunks published for the first time, and again', ['time'], () =>
      Object.entries(this.#published).map(([time, value]) => ({ labels: { time }, value })),
    );
    metrics.gauge('vang_asset_chunks_waiting', 'Chunks that are wished for and not yet published', [], () => [
      { labels: {}, value: chunksToGo(this.#list) },
    ]);
  }

  async start(): Promise<void> {
    this.#stopped = false;
    this.line.start((device) => {
      this.#list = gone(this.#list, device);
    });
    this.#running = this.#serve();
    this.#unsubscribe = await this.hall.listen('wishes', wishSchema, { qos: 1 }, (wish) => this.#take(wish));
  }

  async stop(): Promise<void> {
    await this.#unsubscribe?.();
    this.#stopped = true;
    this.#wake?.();
    await this.#running;
    this.line.stop();
    // What was wished for and not served is wished for again: devices ask until they have it.
    this.#list = new Map();
  }

  async #take({ device, assets }: Wish): Promise<void> {
    for (const wished of assets) this.#count(await this.#add(device, wished));
    this.#wake?.();
  }

  async #add(
    device: string,
    { sha256, missing: bitmap, urgent = false }: Wish['assets'][number],
  ): Promise<WishVerdict> {
    const asset = await this.assets.find(sha256);
    if (!asset) return 'unknownAsset';
    const chunkCount = Math.ceil(asset.bytes / asset.chunkBytes);
    let missing: number[] | null = null;
    try {
      if (bitmap !== undefined) missing = fromBitmap(bitmap, chunkCount);
    } catch {
      // It wishes for nothing that exists.
      return 'otherLength';
    }
    const wish: WishFor = { device, sha256, missing, chunkCount, urgent };
    const nowMs = this.clock.monotonicMs();
    if (lostTo(this.#list, wish, nowMs) > 0) this.line.lost();
    this.#list = addWish(this.#list, wish, nowMs);
    return 'taken';
  }

  #count(verdict: WishVerdict): void {
    this.#verdicts.set(verdict, (this.#verdicts.get(verdict) ?? 0) + 1);
  }

  async #serve(): Promise<void> {
    /** Assets whose receivers are full → until when they are left alone. */
    const parked = new Map<string, number>();
    while (!this.#stopped) {
      const nowMs = this.clock.monotonicMs();
      for (const [sha256, untilMs] of parked) if (untilMs <= nowMs) parked.delete(sha256);
      const piece = nextPiece(this.#list, nowMs, this.settings.wishWindowMs, parked);
      if (piece.kind === 'nothing') await this.#pause(null);
      else if (piece.kind === 'wait') await this.#pause(piece.untilMs - nowMs);
      else {
        const room = await this.line.room(topics.asset(piece.sha256));
        if (room.kind === 'full') parked.set(piece.sha256, nowMs + room.againMs);
        // Whatever comes in meanwhile may be more urgent: it is chosen anew.
        else if (room.kind === 'hold') await this.#pause(room.ms, room.until);
        else await this.#send(piece, room.copies);
      }
    }
  }

  async #send(piece: Piece, copies: number): Promise<void> {
    try {
      const asset = await this.assets.find(piece.sha256);
      if (!asset) throw new Error('asset is gone');
      const payload = await this.#payload(asset, piece);
      const topic = piece.kind === 'chunk' ? topics.chunk(asset.sha256, piece.index) : topics.descriptor(asset.sha256);
      if (piece.kind === 'chunk')
        this.#published[this.#list.get(piece.sha256)?.sent.has(piece.index) ? 'again' : 'first']++;
      // Taken off the list when it goes out: who wished before that has subscribed and gets it.
      this.#list = served(this.#list, piece, this.clock.monotonicMs());
      await this.line.publish(topic, payload, { label: asset.kind, copies }, () => {
        this.#list = putBack(this.#list, piece);
        this.#wake?.();
      });
    } catch (error) {
      this.log.warn({ err: error, sha256: piece.sha256 }, 'an asset could not be published; devices will ask again');
      this.#list = forget(this.#list, piece.sha256);
    }
  }

  async #payload(asset: Asset, piece: Piece): Promise<Uint8Array> {
    if (piece.kind === 'chunk') return this.assets.readChunk(asset, piece.index);
    if (asset.descriptor === null) throw new Error('an asset of one chunk has no descriptor');
    return Buffer.from(asset.descriptor);
  }

  /** Until time has passed (null: for ever), `until` resolves, a wish comes or the stop. */
  #pause(ms: number | null, until?: Promise<unknown>): Promise<void> {
    if (this.#stopped || (ms !== null && ms <= 0)) return Promise.resolve();
    return new Promise((resolve) => {
      const end = () => {
        if (timer) clearTimeout(timer);
        // `until` may come long after this pause has ended otherwise.
        if (this.#wake === end) this.#wake = null;
        resolve();
      };
      const timer = ms === null ? null : setTimeout(end, Math.max(1, ms));
      this.#wake = end;
      void until?.then(end);
    });
  }
}
