import { randomBytes } from 'node:crypto';
import { bornState, isReady, nextWake, replay, step, timeAt } from '../player/core/index.js';
import type { CoreEffect, CoreEvent, CoreState, JournalRecord } from '../player/core/state.js';
import { topics } from '../protocol/index.js';
import { ahead, carried, horizon, horizonReaches, mayJump, nextChange } from './compressed-clock.js';
import { DeviceDisk } from './device-disk.js';
import { DeviceNetwork, type Publish } from './device-network.js';
import { SilentLoudspeaker } from './silent-loudspeaker.js';
import { toldOfRecord, toldOfReport } from './told.js';
import type { Enrolled, World } from './world.js';

/** Beyond this the journal is folded into one snapshot; it shares its content with the state, so that costs nothing. */
const JOURNAL_RECORDS = 256;
/** A player journals the progress of a sound in such steps; what a power cut leaves of it is cut down to them. */
const PROGRESS_MS = 10_000;

/** One controller: a player core with its clock, its loudspeaker, its journal and its network. */
export class SimulatedDevice {
  readonly #enrolled: Enrolled;
  readonly #world: World;
  readonly #network: DeviceNetwork;
  #state: CoreState = bornState(replay([]));
  readonly #inbox: CoreEvent[] = [];
  #working = false;
  #powered = true;
  readonly #loudspeaker = new SilentLoudspeaker();
  /** How far this device lives ahead of real time. */
  #offsetMs = 0;
  /** Real instant of the next look at the clock. */
  #lookAtRealMs = 0;
  #idle = false;
  #toldReady = 0;
  // What a power cut leaves.
  #journal: JournalRecord[] = [];
  readonly #disk: DeviceDisk;

  constructor(enrolled: Enrolled, world: World) {
    this.#enrolled = enrolled;
    this.#world = world;
    this.#disk = new DeviceDisk(world.store);
    const { serial, token, mqttUrl, env } = enrolled;
    this.#network = new DeviceNetwork({ serial, token, mqttUrl, device: env.identity.device }, world, {
      connected: () => this.#take({ type: 'connected' }),
      disconnected: () => this.#take({ type: 'disconnected' }),
      message: (topic, payload) => {
        world.counted.bytesReceived += payload.length;
        this.#take({ type: 'message', topic, payload });
      },
    });
  }

  get unsent(): number {
    return this.#state.durable.unsent.length;
  }

  /** Nothing to do, nothing owed: every play of the fleet's span has its receipt, and each is acknowledged. */
  get idle(): boolean {
    return this.#idle && this.#lookAtRealMs > 0;
  }

  start(): void {
    this.#boot();
    this.#take({ type: 'message', topic: topics.keys, payload: Buffer.from(this.#enrolled.keySet) });
    this.#network.connect();
  }

  connect(): void {
    this.#network.connect();
  }

  disconnect(): void {
    this.#catchUp();
    this.#network.sever();
    this.hurry();
  }

  /** Power off and on again: memory is gone, journal and finished assets are not. */
  kill(): void {
    this.#catchUp();
    this.#journalProgress();
    this.#powered = false;
    this.#network.restart();
    this.#powered = true;
    this.#inbox.length = 0;
    this.#state = bornState(replay(this.#journal));
    this.#loudspeaker.stop(this.#monoMs());
    this.#toldReady = 0;
    this.#disk.powerCut();
    this.#boot();
  }

  stop(): void {
    // A device that is merely offline plays on.
    this.#powered = false;
    this.#network.sever();
  }

  /** The fleet's clock changed: look at once. */
  hurry(): void {
    this.#lookAtRealMs = 0;
  }

  /** Does what is due by now; cheap when nothing is. */
  tick(realMs: number): void {
    this.#network.tick(realMs);
    if (realMs < this.#lookAtRealMs) return;
    const wake = nextWake(this.#state, this.#monoMs());
    this.#take(wake !== null && wake <= this.#monoMs() ? { type: 'wake' } : null);
    this.#idle = this.unsent === 0 && this.#mayJump() && this.#nextChange() === null;
    this.#lookAtRealMs = this.#nextLook();
  }

  #boot(): void {
    this.#take({ type: 'booted', bootId: letters(), kernelBootId: letters(), stored: this.#disk.finished });
  }

  /** Takes an event, all that follows from it, and then as much time as may be skipped. */
  #take(event: CoreEvent | null): void {
    if (!this.#powered) return;
    if (event) this.#inbox.push(event);
    if (this.#working) return;
    this.#working = true;
    try {
      do {
        for (let next = this.#inbox.shift(); next; next = this.#inbox.shift()) this.#step(next);
      } while (this.#advance());
    } finally {
      this.#working = false;
    }
    this.hurry();
    this.#tellReady();
  }

  #step(event: CoreEvent): void {
    const moment = { monoMs: this.#monoMs(), random: letters() };
    const { state, effects } = step(this.#state, event, moment, this.#enrolled.env);
    this.#state = state;
    for (const effect of effects) this.#carryOut(effect);
    // Not before all records of a step are in it: the snapshot already knows the whole step.
    if (this.#journal.length > JOURNAL_RECORDS) this.#journal = [{ t: 'snapshot', durable: this.#state.durable }];
  }

  #carryOut(effect: CoreEffect): void {
    switch (effect.type) {
      case 'persist':
        this.#persist(effect.record);
        break;
      case 'publish':
        this.#publish(effect);
        break;
      case 'subscribe':
        this.#network.subscribe(effect.topic);
        break;
      case 'unsubscribe':
        this.#network.unsubscribe(effect.topic);
        break;
      case 'writeChunk':
        this.#world.counted.chunks++;
        this.#disk.write(effect.sha256, effect.offset, effect.bytes);
        break;
      case 'finishAsset':
        this.#inbox.push({ type: 'assetFinished', sha256: effect.sha256, ok: this.#disk.finish(effect.sha256) });
        break;
      case 'readPart':
        this.#inbox.push({ type: 'partRead', sha256: effect.sha256, text: this.#disk.readPart(effect.sha256) });
        break;
      case 'startSound':
        this.#startSound(effect.play, effect.seekMs);
        break;
      case 'stopSound':
        this.#endSound('stopped');
        break;
    }
  }

  #persist(record: JournalRecord): void {
    const kept = this.#asLivedHere(record);
    this.#journal.push(kept);
    const told = toldOfRecord(kept, this.#enrolled.serial, this.unsent);
    if (told) this.#world.tell(told);
  }

  /** Two records read otherwise in a compressed fleet: the service's time, and play lists, which are kept once for all. */
  #asLivedHere(record: JournalRecord): JournalRecord {
    if (record.t === 'clock' && this.#offsetMs > 0) {
      const anchor = ahead(record.anchor, this.#offsetMs);
      this.#amend({ clock: anchor });
      // For this one step the device believed the service's own, earlier time, at which nothing more was due.
      this.#inbox.push({ type: 'wake' });
      return { t: 'clock', anchor };
    }
    if (record.t === 'activated') {
      const parts = this.#world.store.shared(record.parts);
      this.#amend({ parts });
      return { ...record, parts };
    }
    return record;
  }

  #amend(changes: Partial<CoreState['durable']>): void {
    this.#state = { ...this.#state, durable: { ...this.#state.durable, ...changes } };
  }

  #publish(effect: Publish): void {
    const { serial, env } = this.#enrolled;
    if (effect.topic === topics.up(env.identity.device, 'reports')) {
      this.#world.counted.rejected++;
      this.#world.tell(toldOfReport(effect, serial));
    }
    this.#network.publish(effect);
  }

  #tellReady(): void {
    const { activeVersion, clock } = this.#state.durable;
    if (activeVersion === this.#toldReady || !isReady(this.#state, timeAt(clock, this.#monoMs()).nowMs)) return;
    this.#toldReady = activeVersion;
    this.#world.tell({ event: 'ready', serial: this.#enrolled.serial, planVersion: activeVersion });
  }

  #startSound(play: string, seekMs: number): void {
    const { starting } = this.#state;
    if (starting?.obliged.play.play !== play) return;
    const monoMs = this.#monoMs();
    this.#loudspeaker.start(play, Math.max(0, starting.obliged.play.audio.durationMs - seekMs), monoMs);
    this.#inbox.push({ type: 'soundStarted', play, atMonoMs: monoMs });
  }

  #endSound(reason: 'end' | 'stopped'): void {
    const ended = this.#loudspeaker.stop(this.#monoMs());
    if (ended) this.#inbox.push({ type: 'soundEnded', ...ended, reason });
  }

  #journalProgress(): void {
    const progress = this.#loudspeaker.progress(this.#monoMs());
    if (!progress) return;
    const playedMs = Math.floor(progress.playedMs / PROGRESS_MS) * PROGRESS_MS;
    this.#take({ type: 'soundProgress', play: progress.play, playedMs });
  }

  // Time.

  #monoMs(): number {
    return this.#world.realMs() + this.#offsetMs;
  }

  #mayJump(): boolean {
    return mayJump(this.#state, this.#monoMs(), this.#network.reach);
  }

  #nextChange(): number | null {
    return nextChange(this.#state, this.#loudspeaker.endsMonoMs, this.#monoMs(), this.#world.untilMs);
  }

  /** Lets the next due thing happen, the time until then skipped if that may be; false when nothing can happen now. */
  #advance(): boolean {
    const change = this.#nextChange();
    if (change === null) return false;
    if (change > this.#monoMs() && !this.#jump(change)) return false;
    const { endsMonoMs } = this.#loudspeaker;
    if (endsMonoMs !== null && endsMonoMs <= this.#monoMs()) {
      this.#endSound('end');
      return true;
    }
    const { durable } = this.#state;
    this.#step({ type: 'wake' });
    return this.#inbox.length > 0 || this.#state.durable !== durable;
  }

  #jump(toMonoMs: number): boolean {
    const { clock } = this.#state.durable;
    const realMs = this.#world.realMs();
    const compression = this.#world.compression();
    if (!compression || !clock || toMonoMs > horizon(compression, realMs)) return false;
    if (!this.#mayJump() || this.#network.quietUntilRealMs > realMs) return false;
    const byMs = toMonoMs - this.#monoMs();
    this.#offsetMs += byMs;
    const anchor = carried(clock, byMs);
    this.#journal.push({ t: 'clock', anchor });
    this.#amend({ clock: anchor });
    return true;
  }

  /** Brings the device to the fleet's time before somebody's hand is laid on it; jumps otherwise lead from change to change. */
  #catchUp(): void {
    this.#take(null);
    const change = this.#nextChange();
    const target = Math.min(horizon(this.#world.compression(), this.#world.realMs()), change ?? this.#monoMs());
    if (target > this.#monoMs()) this.#jump(target);
  }

  #nextLook(): number {
    const realMs = this.#world.realMs();
    const monoMs = this.#monoMs();
    const wake = nextWake(this.#state, monoMs) ?? Number.POSITIVE_INFINITY;
    const change = this.#nextChange();
    const look = realMs + Math.min(wake, change ?? wake) - monoMs;
    const compression = this.#world.compression();
    if (!compression || change === null || !this.#mayJump()) return look;
    return Math.min(look, Math.max(horizonReaches(compression, change), this.#network.quietUntilRealMs));
  }
}

/** 22 letters of base64url from 128 random bits: an id, or a nonce. */
function letters(): string {
  return randomBytes(16).toString('base64url');
}
