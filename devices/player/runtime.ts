import { type Identity, TOPIC_RULES, topics } from '../protocol/index.js';
import { AssetDesk } from './asset-desk.js';
import {
  batchOf,
  bornState,
  type CoreEffect,
  type CoreEvent,
  type CoreState,
  neededByPlan,
  nextStart,
  nextWake,
  step,
  timeAt,
  UNBORN,
  type UnsentReceipt,
} from './core/index.js';
import { Faults } from './faults.js';
import type { PlayerParts } from './parts.js';
import { SerialQueue } from './queue.js';
import { Recall } from './recall.js';

/** Timers this long drift and overflow; waking for nothing costs nothing. */
const LONGEST_TIMER_MS = 30_000;
/** How long before its start a play is made ready: a small board needs a second to start a decoder. */
const PREPARE_MS = 2_000;
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
  readonly #over = new AbortController();
  /** Counts connections: what was meant for an earlier one is not sent on a later one. */
  #connection = 0;
  readonly #network = new SerialQueue();
  readonly #sounding = new Map<string, AbortController>();
  readonly #faults = new Faults((event) => this.#feed(event));
  readonly #assets: AssetDesk;
  #onQuiet: (() => void)[] = [];
  readonly #recall: Recall | null;
  #fail: (error: unknown) => void = () => undefined;
  /** Rejects when the player cannot go on; never resolves. */
  readonly failed = new Promise<never>((_, reject) => {
    this.#fail = reject;
  });

  constructor(private readonly parts: PlayerParts) {
    this.failed.catch(() => undefined);
    this.#assets = new AssetDesk({
      ...parts,
      faults: this.#faults,
      feed: (event) => this.#feed(event),
      needed: () => neededByPlan(this.#state),
    });
    this.#recall = parts.archive ? new Recall(parts.archive, (run) => this.#sendAgain(run)) : null;
  }

  get state(): CoreState {
    return this.#state;
  }

  async start(): Promise<void> {
    const { journal, store, link, clock, log } = this.parts;
    const { durable, records, droppedBytes } = await journal.start();
    if (droppedBytes > 0) log.warn('journalCut', { droppedBytes });
    await this.parts.archive?.start();
    const { stored, begun } = await store.start();
    // Its counters run on while only the player was down; what they counted until then was told, or lost, in the boot before.
    const switchedOn = durable.boot > 0 && durable.kernelBootId !== clock.kernelBootId;
    await this.parts.machine?.start(switchedOn ? 'powerOn' : 'now');
    this.#state = bornState(durable);
    this.#assets.source =
      this.parts.assetSource?.((sha256) => this.#feed({ type: 'assetFinished', sha256, ok: true })) ?? null;
    this.#feed({ type: 'booted', bootId: this.parts.random(), kernelBootId: clock.kernelBootId, stored, begun });
    if (!durable.keys)
      this.#feed({
        type: 'message',
        topic: TOPIC_RULES.keys.topic,
        payload: new TextEncoder().encode(this.parts.keySet),
      });
    await this.#running;
    await this.parts.programs?.booted(this.#state.durable.update);
    log.info('booted', {
      boot: this.#state.durable.boot,
      records,
      stored: stored.length,
      begun: begun.length,
      unsent: durable.unsent.length,
    });
    this.parts.powerSense?.follow(this.#over.signal, (supply) => {
      log.info('power', { supply });
      this.#feed({ type: 'power', supply });
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
        this.#recall?.connectionLost();
        this.#feed({ type: 'disconnected' });
      },
      message: async (topic, payload) => {
        this.#feed({ type: 'message', topic, payload });
        await this.#assets.room();
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
    this.#over.abort();
    this.#recall?.connectionLost();
    if (this.#timer) clearTimeout(this.#timer);
    this.parts.sound.prepare?.(null);
    await this.parts.amplifier?.stop();
    await this.#assets.source?.stop();
    await this.parts.link.stop();
    await this.#running;
    await this.#assets.stop();
    await this.parts.journal.stop();
  }

  /** Resolves when nothing sounds. */
  quiet(): Promise<void> {
    return this.#sounding.size === 0 ? Promise.resolve() : new Promise((done) => this.#onQuiet.push(done));
  }

  /** The stop button at the device: what sounds ends, and but for emergencies it stays silent for half an hour. */
  pressStop(): void {
    this.parts.log.info('stopPressed', { sounding: [...this.#sounding.keys()] });
    this.#feed({ type: 'stopPressed' });
  }

  keyChanged(identity: Identity): void {
    this.#feed({ type: 'keyChanged', identity });
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
      this.#over.abort();
      this.#silence();
      this.#fail(error);
    } finally {
      this.#running = null;
      this.#arm();
    }
  }

  async #take(event: CoreEvent): Promise<void> {
    const moment = { monoMs: this.parts.clock.monoMs(), random: this.parts.random() };
    const { durable } = this.#state;
    const { state, effects } = step(this.#state, event, moment, this.parts.env);
    this.#state = state;
    // All of a step in one write: a record may be durable before an effect that stands before it, never after.
    const records = effects.flatMap((effect) => (effect.type === 'persist' ? [effect.record] : []));
    // Before their acknowledgement is durable, after which nothing knows of them any more.
    if (records.some(({ t }) => t === 'acked')) await this.#keepReceipts(durable.unsent, state, moment.monoMs);
    if (records.length > 0) await this.parts.journal.append(records, state.durable);
    for (const { t: record } of records) if (record !== 'progress') this.parts.log.debug('record', { record });
    for (const effect of effects) this.#carryOut(effect);
    if (event.type === 'closing') this.#silence();
    if (event.type === 'assetFinished' && event.ok) this.#assets.keepQuota();
    if (event.type === 'assetsEvicted') this.#assets.remove(event.sha256s);
  }

  #carryOut(effect: CoreEffect): void {
    switch (effect.type) {
      case 'persist':
        if (effect.record.t === 'acked') this.#recall?.acknowledged(effect.record);
        return;
      case 'recallReceipts':
        return this.#answer(effect.command, this.#recall?.order(effect));
      case 'startSound':
        return this.#sound(effect);
      case 'stopSound':
        return this.#sounding.get(effect.play)?.abort();
      case 'writeChunk':
      case 'keepDescriptor':
      case 'findChunks':
      case 'dropChunks':
      case 'finishAsset':
      case 'readPart':
        return this.#assets.carryOut(effect);
      case 'publish':
        // Who pulls over HTTP wishes for nothing.
        if (this.#assets.source && effect.topic === topics.up(this.parts.env.identity.device, 'wishes')) return;
        return this.#onNetwork(async () => this.parts.link.publish(effect.topic, effect.payload, effect));
      case 'subscribe':
      case 'unsubscribe': {
        const { source } = this.#assets;
        const asset = source && ASSET_TOPIC.exec(effect.topic)?.[1];
        if (source && asset) return effect.type === 'subscribe' ? source.want(asset) : void source.forget(asset);
        return this.#onNetwork(() => this.parts.link[effect.type](effect.topic));
      }
      case 'installUpdate':
        return this.parts.programs?.carryOut(effect, this.parts.store.pathOf(effect.sha256), (detail) =>
          this.#feed({ type: 'updateFailed', release: effect.release, detail }),
        );
      case 'confirmUpdate':
      case 'abandonUpdate':
        return this.parts.programs?.carryOut(effect, undefined, () => undefined);
      case 'setVolume':
        return this.parts.sound.setVolume?.(effect.play, effect.volume);
      case 'measure':
        return void this.parts.machine?.measure().then((telemetry) => this.#feed({ type: 'measured', telemetry }));
      case 'testTone':
        return this.#answer(effect.command, this.parts.sound.tone?.(effect.volume, effect.durationMs));
      case 'amplifier':
        return this.#answer(effect.command, this.parts.amplifier?.byHand(effect.on, this.parts.clock.monoMs()));
      case 'reboot':
        // What was said before it goes out first.
        return void this.#network.push(() => this.#reboot());
    }
  }

  /** Tells the core what the hardware made of a command; hardware that is not there made nothing of it. */
  #answer(command: string, done: Promise<boolean> | undefined): void {
    void Promise.resolve(done ?? false)
      .catch(() => false)
      .then((ok) => this.#feed({ type: 'commandEnded', command, ok }));
  }

  async #keepReceipts(before: readonly UnsentReceipt[], state: CoreState, monoMs: number): Promise<void> {
    const { unsent, clock } = state.durable;
    const waiting = new Set(unsent);
    const acknowledged = before.filter((receipt) => !waiting.has(receipt));
    await this.parts.archive?.keep(acknowledged, timeAt(clock, monoMs).nowMs);
  }

  #sendAgain(run: readonly UnsentReceipt[]): void {
    const { link, env } = this.parts;
    const { device } = env.identity;
    const batch = JSON.stringify(batchOf(device, run, env.signer));
    this.#onNetwork(async () => link.publish(topics.up(device, 'receipts'), batch, { qos: 1, retain: false }));
  }

  async #reboot(): Promise<void> {
    const order = this.#state.durable.rebootFor?.command;
    const ok = (await this.parts.machine?.reboot?.()) ?? false;
    // One that is about to happen is answered by the next boot.
    if (!ok && order) this.#feed({ type: 'commandEnded', command: order, ok });
  }

  #sound(effect: Extract<CoreEffect, { type: 'startSound' }>): void {
    const { play, sha256, seekMs, volume, atMonoMs, relay } = effect;
    const path = this.parts.store.pathOf(sha256);
    if (!path) return this.#feed({ type: 'soundEnded', play, playedMs: 0, reason: 'failed' });
    const abort = new AbortController();
    const over = new AbortController();
    this.#sounding.set(play, abort);
    this.parts.log.info('play', { play, seekMs, volume });
    void this.parts.sound
      .play({
        name: play,
        path,
        seekMs,
        volume,
        atMonoMs,
        ...(relay ? { relay } : {}),
        onRelay: (heard, relayMs) => this.#feed({ type: 'relayHeard', play, heard, relayMs }),
        onStarted: (monoMs) => {
          this.#feed({ type: 'soundStarted', play, atMonoMs: monoMs });
          this.parts.lineSense?.follow(over.signal, (heard, level) => {
            this.parts.log.info('lineSense', { play, heard, level });
            this.#feed({ type: 'lineSensed', play, sensed: heard });
          });
        },
        onProgress: (playedMs) => this.#feed({ type: 'soundProgress', play, playedMs }),
        signal: abort.signal,
      })
      .then(({ playedMs, reason }) => {
        over.abort();
        this.#sounding.delete(play);
        if (this.#sounding.size === 0) for (const quiet of this.#onQuiet.splice(0)) quiet();
        this.parts.log.info('played', { play, playedMs, reason });
        this.#feed({ type: 'soundEnded', play, playedMs, reason });
      });
  }

  #silence(): void {
    for (const abort of this.#sounding.values()) abort.abort();
  }

  #onNetwork(job: () => Promise<void>): void {
    const connection = this.#connection;
    this.#network
      .push(async () => {
        if (connection === this.#connection) await job();
      })
      .catch((error) => this.parts.log.warn('network', { problem: String(error) }));
  }

  #arm(): void {
    if (this.#timer) clearTimeout(this.#timer);
    this.#timer = null;
    if (this.#stopped) return;
    const nowMs = this.parts.clock.monoMs();
    const due = [nextWake(this.#state, nowMs, this.parts.env.leadMs), this.#lookAhead(nowMs)].filter(isDue);
    if (due.length === 0) return;
    const dueMs = Math.min(...due);
    // A timer may fire a little early, and no timer is trusted for long.
    const ring = () => (this.parts.clock.monoMs() >= dueMs ? this.#feed({ type: 'wake' }) : this.#arm());
    this.#timer = setTimeout(ring, Math.min(LONGEST_TIMER_MS, Math.ceil(dueMs - nowMs)));
  }

  /** Gets ready for what comes next; returns when (monotonic) to look again, null: at the next event. */
  #lookAhead(nowMs: number): number | null {
    const { sound, store, amplifier } = this.parts;
    const next = nextStart(this.#state, nowMs);
    const again = amplifier?.keep(nowMs, this.#sounding.size > 0, next?.atMonoMs ?? null) ?? null;
    if (amplifier) this.#faults.tell('amplifier', amplifier.problem);
    // What is about to begin has the machine to itself.
    if (this.#state.starting) return again;
    const soon = next !== null && next.atMonoMs - nowMs <= PREPARE_MS;
    const path = soon && !next.play.relay ? store.pathOf(next.play.audio.sha256) : undefined;
    sound.prepare?.(path && next ? { name: next.play.play, path, volume: next.volume } : null);
    const prepareMs = next && !soon ? next.atMonoMs - PREPARE_MS : null;
    return [again, prepareMs].filter(isDue).reduce<number | null>((a, b) => Math.min(a ?? b, b), null);
  }
}

const isDue = (ms: number | null): ms is number => ms !== null;
