import { TOPIC_RULES, topics } from '../protocol/index.js';
import type { AssetStore } from './adapters/asset-store.js';
import type { MachineClock } from './adapters/clock.js';
import type { AssetSource } from './adapters/http-assets.js';
import type { Journal } from './adapters/journal-file.js';
import type { Link } from './adapters/mqtt-link.js';
import type { SoundOutput } from './adapters/sound/sound.js';
import {
  bornState,
  type CoreEffect,
  type CoreEnv,
  type CoreEvent,
  type CoreState,
  nextWake,
  step,
  UNBORN,
} from './core/index.js';
import type { Log } from './logger.js';
import { SerialQueue } from './queue.js';

export interface PlayerParts {
  readonly env: CoreEnv;
  readonly clock: MachineClock;
  readonly journal: Journal;
  readonly store: AssetStore;
  readonly link: Link;
  readonly sound: SoundOutput;
  /** Given when assets come over HTTP instead of MQTT. */
  readonly assetSource?: (finished: (sha256: string) => void) => AssetSource;
  /** The key set of the enrolment, for a device that has not heard the retained one yet. */
  readonly keySet: string;
  /** At least 16 unguessable letters of base64url. */
  readonly random: () => string;
  readonly log: Log;
}

/** Timers this long drift and overflow; waking for nothing costs nothing. */
const LONGEST_TIMER_MS = 30_000;
/** Disk jobs that may wait before no more messages are taken from the broker. */
const DISK_BACKLOG = 64;
/** How long an orderly end waits for the sound to stop. */
const SILENCE_MS = 3_000;
const ASSET_TOPIC = /^vang\/v1\/assets\/([0-9a-f]{64})\/#$/;

/**
 * Feeds the core one event at a time and carries out what it asks. Records are durable before any effect of the same step
 * begins. Sound begins and stops right then; disk and network have queues of their own, so a slow card or a dead link
 * never delays a loudspeaker. A failing journal is fatal: a player that forgets must not play.
 */
export class PlayerRuntime {
  #state: CoreState = bornState(UNBORN);
  readonly #events: CoreEvent[] = [];
  #running: Promise<void> | null = null;
  #timer: NodeJS.Timeout | null = null;
  #stopped = false;
  /** Counts connections: what was meant for an earlier one is not sent on a later one. */
  #connection = 0;
  readonly #disk = new SerialQueue();
  readonly #network = new SerialQueue();
  readonly #sounding = new Map<string, AbortController>();
  #assets: AssetSource | null = null;
  #fail: (error: unknown) => void = () => undefined;
  /** Rejects when the player cannot go on; never resolves. */
  readonly failed = new Promise<never>((_, reject) => {
    this.#fail = reject;
  });

  constructor(private readonly parts: PlayerParts) {
    this.failed.catch(() => undefined);
  }

  get state(): CoreState {
    return this.#state;
  }

  async start(): Promise<void> {
    const { journal, store, link, clock, log } = this.parts;
    const { durable, records, droppedBytes } = await journal.start();
    if (droppedBytes > 0) log.warn('journalCut', { droppedBytes });
    const stored = await store.start();
    this.#state = bornState(durable);
    this.#assets =
      this.parts.assetSource?.((sha256) => this.#feed({ type: 'assetFinished', sha256, ok: true })) ?? null;
    this.#feed({ type: 'booted', bootId: this.parts.random(), kernelBootId: clock.kernelBootId, stored });
    if (!durable.keys)
      this.#feed({
        type: 'message',
        topic: TOPIC_RULES.keys.topic,
        payload: new TextEncoder().encode(this.parts.keySet),
      });
    await this.#running;
    log.info('booted', {
      boot: this.#state.durable.boot,
      records,
      stored: stored.length,
      unsent: durable.unsent.length,
    });
    link.start({
      connected: () => {
        this.#connection += 1;
        log.info('connected');
        this.#feed({ type: 'connected' });
      },
      disconnected: () => {
        this.#connection += 1;
        log.info('disconnected');
        this.#feed({ type: 'disconnected' });
      },
      message: async (topic, payload) => {
        this.#feed({ type: 'message', topic, payload });
        if (this.#disk.waiting > DISK_BACKLOG) await this.#disk.idle();
      },
    });
  }

  /** Stops the sound, writes its receipt (partial, `playerStopped`), says goodbye. */
  async stop(): Promise<void> {
    if (this.#stopped) return;
    this.#feed({ type: 'closing' });
    const deadline = this.parts.clock.monoMs() + SILENCE_MS;
    while (!this.#silent() && this.parts.clock.monoMs() < deadline) await new Promise((done) => setTimeout(done, 5));
    this.#stopped = true;
    if (this.#timer) clearTimeout(this.#timer);
    await this.#assets?.stop();
    await this.parts.link.stop();
    await this.#running;
    await this.#disk.idle();
    await this.parts.store.stop();
    await this.parts.journal.stop();
  }

  #silent(): boolean {
    return this.#events.length === 0 && this.#running === null && this.#sounding.size === 0;
  }

  #feed(event: CoreEvent): void {
    if (this.#stopped) return;
    this.#events.push(event);
    this.#running ??= this.#run();
  }

  async #run(): Promise<void> {
    try {
      // Let the caller finish first: an event may be fed from within an effect.
      await Promise.resolve();
      for (let event = this.#events.shift(); event; event = this.#events.shift()) await this.#take(event);
    } catch (error) {
      this.#stopped = true;
      this.#silence();
      this.#fail(error);
    } finally {
      this.#running = null;
      this.#arm();
    }
  }

  async #take(event: CoreEvent): Promise<void> {
    const moment = { monoMs: this.parts.clock.monoMs(), random: this.parts.random() };
    const { state, effects } = step(this.#state, event, moment, this.parts.env);
    this.#state = state;
    // All of a step in one write: a record may be durable before an effect that stands before it, never after.
    const records = effects.flatMap((effect) => (effect.type === 'persist' ? [effect.record] : []));
    if (records.length > 0) await this.parts.journal.append(records, state.durable);
    for (const { t: record } of records) if (record !== 'progress') this.parts.log.debug('record', { record });
    for (const effect of effects) this.#carryOut(effect);
    if (event.type === 'closing') this.#silence();
    if (event.type === 'assetFinished' && event.ok) this.#evict();
    if (event.type === 'assetsEvicted') this.#onDisk(() => this.parts.store.remove(event.sha256s));
  }

  #carryOut(effect: CoreEffect): void {
    switch (effect.type) {
      case 'persist':
        return;
      case 'startSound':
        return this.#sound(effect);
      case 'stopSound':
        return this.#sounding.get(effect.play)?.abort();
      case 'writeChunk':
        return this.#onDisk(() => this.parts.store.writeChunk(effect.sha256, effect.offset, effect.bytes));
      case 'finishAsset':
        return this.#onDisk(async () => {
          const ok = await this.parts.store.finish(effect.sha256).catch((error) => this.#lost(error));
          this.#feed({ type: 'assetFinished', sha256: effect.sha256, ok: ok === true });
        });
      case 'readPart':
        return this.#onDisk(async () => {
          const text = await this.parts.store.readPart(effect.sha256);
          this.#feed({ type: 'partRead', sha256: effect.sha256, text });
        });
      case 'publish':
        // Who pulls over HTTP wishes for nothing.
        if (this.#assets && effect.topic === topics.up(this.parts.env.identity.device, 'wishes')) return;
        return this.#onNetwork(async () => this.parts.link.publish(effect.topic, effect.payload, effect));
      case 'subscribe':
      case 'unsubscribe': {
        const asset = this.#assets && ASSET_TOPIC.exec(effect.topic)?.[1];
        if (this.#assets && asset)
          return effect.type === 'subscribe' ? this.#assets.want(asset) : this.#assets.forget(asset);
        return this.#onNetwork(() => this.parts.link[effect.type](effect.topic));
      }
    }
  }

  #sound(effect: Extract<CoreEffect, { type: 'startSound' }>): void {
    const { play, sha256, seekMs, volume } = effect;
    const path = this.parts.store.pathOf(sha256);
    if (!path) return this.#feed({ type: 'soundEnded', play, playedMs: 0, reason: 'failed' });
    const abort = new AbortController();
    this.#sounding.set(play, abort);
    this.parts.log.info('play', { play, seekMs, volume });
    void this.parts.sound
      .play({
        name: play,
        path,
        seekMs,
        volume,
        onStarted: (atMonoMs) => this.#feed({ type: 'soundStarted', play, atMonoMs }),
        onProgress: (playedMs) => this.#feed({ type: 'soundProgress', play, playedMs }),
        signal: abort.signal,
      })
      .then(({ playedMs, reason }) => {
        this.#sounding.delete(play);
        this.parts.log.info('played', { play, playedMs, reason });
        this.#feed({ type: 'soundEnded', play, playedMs, reason });
      });
  }

  #silence(): void {
    for (const abort of this.#sounding.values()) abort.abort();
  }

  #onDisk(job: () => Promise<void>): void {
    this.#disk.push(job).catch((error) => this.#lost(error));
  }

  /** A full or failing disk for audio is not fatal: the asset stays missing, and receipts say so. */
  #lost(error: unknown): void {
    this.parts.log.error('disk', { problem: String(error) });
  }

  #onNetwork(job: () => Promise<void>): void {
    const connection = this.#connection;
    this.#network
      .push(async () => {
        if (connection === this.#connection) await job();
      })
      .catch((error) => this.parts.log.warn('network', { problem: String(error) }));
  }

  #evict(): void {
    const victims = this.parts.store.evictable(neededByPlan(this.#state));
    // The core first, so that it asks again for what it needs again; the disk queue keeps the order.
    if (victims.length > 0) this.#feed({ type: 'assetsEvicted', sha256s: victims });
  }

  #arm(): void {
    if (this.#timer) clearTimeout(this.#timer);
    this.#timer = null;
    if (this.#stopped) return;
    const nowMs = this.parts.clock.monoMs();
    const dueMs = nextWake(this.#state, nowMs);
    if (dueMs === null) return;
    // A timer may fire a little early, and no timer is trusted for long.
    const ring = () => (this.parts.clock.monoMs() >= dueMs ? this.#feed({ type: 'wake' }) : this.#arm());
    this.#timer = setTimeout(ring, Math.min(LONGEST_TIMER_MS, Math.ceil(dueMs - nowMs)));
  }
}

/** Everything that the plan, new or old, may still ask for. */
export function neededByPlan({ durable, readParts, starting }: CoreState): Set<string> {
  const needed = new Set(durable.head?.parts.map((part) => part.sha256));
  const plays = [...readParts.values()].flat();
  for (const part of Object.values(durable.parts)) {
    needed.add(part.sha256);
    plays.push(...part.plays.filter(({ play }) => !Object.hasOwn(durable.finals, play)));
  }
  for (const begun of [durable.current, starting, ...Object.values(durable.suspended)])
    if (begun) plays.push(begun.obliged.play);
  for (const play of plays) needed.add(play.audio.sha256);
  return needed;
}
