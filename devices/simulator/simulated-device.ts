import { randomBytes } from 'node:crypto';
import {
  bornState,
  type CoreEffect,
  type CoreEnv,
  type CoreEvent,
  type CoreState,
  isReady,
  type JournalRecord,
  nextWake,
  replay,
  step,
  timeAt,
} from '../player/core/index.js';
import { topics } from '../protocol/index.js';
import { ahead, carried, horizon, horizonReaches, mayJump, nextChange } from './compressed-clock.js';
import { DeviceBody } from './device-body.js';
import { DeviceFaults } from './device-faults.js';
import { DeviceNetwork, type Publish } from './device-network.js';
import type { Fault, FaultKind } from './faults.js';
import { toldOfRecord, toldOfReport, toldOfWish } from './told.js';
import type { Enrolled, World } from './world.js';

/** Beyond this the journal is folded into one snapshot; it shares its content with the state, so that costs nothing. */
const JOURNAL_RECORDS = 256;
/** A player journals the progress of a sound in such steps; what a power cut leaves of it is cut down to them. */
const PROGRESS_MS = 10_000;

/** How long a battery carries a device without power, of real time: enough to say so, and for the shortest cuts. */
const CHARGE_MS = 500;

/** One controller on real sockets: a player core with its clock, its body, its journal and its network. */
export class SimulatedDevice {
  readonly #enrolled: Enrolled;
  readonly #world: World;
  readonly #network: DeviceNetwork;
  readonly #faults = new DeviceFaults();
  readonly #body: DeviceBody;
  #state: CoreState = bornState(replay([]));
  readonly #inbox: CoreEvent[] = [];
  #working = false;
  #powered = true;
  /** On the battery, until this real instant. */
  #emptyAtRealMs: number | null = null;
  /** Ordered by the core, done when its step is through. */
  #restartDue = false;
  /** How far this device lives ahead of real time by jumps. */
  #offsetMs = 0;
  #latestMonoMs = 0;
  /** Real instant of the next look at the clock. */
  #lookAtRealMs = 0;
  #idle = false;
  #toldReady = 0;
  readonly #toldWishing = new Set<string>();
  #bytesDown = 0;
  /** What had come down when it booted: telemetry counts from there. */
  #bytesBefore = 0;
  /** What a power cut leaves, with what is on the disk. */
  #journal: JournalRecord[] = [];

  constructor(enrolled: Enrolled, world: World) {
    this.#enrolled = enrolled;
    this.#world = world;
    const { serial, token, mqttUrl, env } = enrolled;
    const { device } = env.identity;
    this.#body = new DeviceBody(world.store, env.capabilities ?? [], { device, signer: env.signer }, this.#faults);
    this.#network = new DeviceNetwork({ serial, token, mqttUrl, device }, world, this.#faults, {
      connected: () => this.#take({ type: 'connected' }),
      disconnected: () => this.#take({ type: 'disconnected' }),
      message: (topic, payload) => {
        this.#bytesDown += payload.length;
        world.counted.bytesReceived += payload.length;
        this.#take({ type: 'message', topic, payload });
      },
    });
  }

  get enrolled(): Enrolled {
    return this.#enrolled;
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

  /** Power off and on again: memory is gone, journal and what came of assets are not. */
  kill(): void {
    this.#powerOff();
    this.#powerOn();
  }

  /** Something begins to be wrong. */
  fail(fault: Fault): void {
    this.#faults.begin(fault, this.#world.realMs());
    if (fault.kind === 'offline') this.disconnect();
    if (fault.kind === 'powerCut') this.#mainsLost();
    this.#tellStorage(fault.kind);
    this.hurry();
  }

  /** It is right again. */
  mend(kind: FaultKind): void {
    this.#faults.end(kind, this.#world.realMs());
    if (kind === 'offline') this.connect();
    if (kind === 'powerCut') this.#mainsBack();
    this.#tellStorage(kind);
    this.hurry();
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
    if (this.#emptyAtRealMs !== null && realMs >= this.#emptyAtRealMs) this.#powerOff();
    if (realMs < this.#lookAtRealMs || !this.#powered) return;
    for (const event of this.#body.hardware.take(this.#monoMs())) this.#take(event);
    const wake = nextWake(this.#state, this.#monoMs());
    this.#take(wake !== null && wake <= this.#monoMs() ? { type: 'wake' } : null);
    this.#idle = this.unsent === 0 && this.#mayJump() && this.#nextChange() === null;
    this.#lookAtRealMs = this.#nextLook();
  }

  #mainsLost(): void {
    if (!this.#enrolled.battery) return this.#powerOff();
    this.#emptyAtRealMs = this.#world.realMs() + CHARGE_MS;
    this.#take({ type: 'power', supply: 'lost' });
  }

  #mainsBack(): void {
    if (this.#emptyAtRealMs === null) return this.#powerOn();
    this.#emptyAtRealMs = null;
    this.#take({ type: 'power', supply: 'back' });
  }

  #powerOff(): void {
    this.#emptyAtRealMs = null;
    if (!this.#powered) return;
    this.#catchUp();
    this.#journalProgress();
    this.#powered = false;
    this.#network.powerOff();
  }

  #powerOn(): void {
    if (this.#powered) return;
    this.#powered = true;
    this.#restartDue = false;
    this.#inbox.length = 0;
    this.#state = bornState(replay(this.#journal));
    this.#body.powerCut(this.#monoMs());
    this.#toldReady = 0;
    this.#toldWishing.clear();
    this.#boot();
    this.#network.powerOn();
  }

  #boot(): void {
    const { finished, begun } = this.#body.disk;
    this.#bytesBefore = this.#bytesDown;
    this.#take({ type: 'booted', bootId: letters(), kernelBootId: letters(), stored: finished, begun });
    this.#tellStorage('fullDisk');
  }

  #tellStorage(kind: FaultKind): void {
    if (kind === 'fullDisk') this.#take({ type: 'fault', code: 'storageFull', present: this.#faults.has('fullDisk') });
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
    if (this.#restartDue) this.kill();
  }

  get #env(): CoreEnv {
    return { ...this.#enrolled.env, firmware: this.#body.hardware.firmware };
  }

  #step(event: CoreEvent): void {
    const moment = { monoMs: this.#monoMs(), random: letters() };
    const { state, effects } = step(this.#state, event, moment, this.#env);
    this.#state = state;
    for (const effect of effects) this.#carryOut(effect);
    // Not before all records of a step are in it: the snapshot already knows the whole step.
    if (this.#journal.length > JOURNAL_RECORDS) this.#journal = [{ t: 'snapshot', durable: this.#state.durable }];
  }

  #carryOut(effect: CoreEffect): void {
    switch (effect.type) {
      case 'persist':
        return this.#persist(effect.record);
      case 'publish':
        return this.#publish(effect);
      case 'subscribe':
        return this.#network.subscribe(effect.topic);
      case 'unsubscribe':
        return this.#network.unsubscribe(effect.topic);
      case 'writeChunk':
        this.#world.counted.chunks++;
    }
    const bytesDown = this.#bytesDown - this.#bytesBefore;
    const { events, restart, resend } = this.#body.carryOut(effect, this.#state, this.#monoMs(), bytesDown);
    this.#inbox.push(...events);
    for (const batch of resend)
      this.#network.publish({
        type: 'publish',
        topic: topics.up(batch.device, 'receipts'),
        payload: JSON.stringify(batch),
        qos: 1,
        retain: false,
      });
    if (!restart) return;
    // What sounds is stopped in good order first.
    this.#inbox.push({ type: 'closing' });
    this.#restartDue = true;
  }

  #persist(record: JournalRecord): void {
    const kept = this.#asLivedHere(record);
    this.#journal.push(kept);
    if (kept.t === 'receipt') this.#body.hardware.keep(kept.receipt);
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
    const { device } = env.identity;
    if (effect.topic === topics.up(device, 'reports')) {
      this.#world.counted.rejected++;
      this.#world.tell(toldOfReport(effect, serial));
    }
    if (effect.topic === topics.up(device, 'wishes'))
      for (const told of toldOfWish(effect, serial, this.#toldWishing)) this.#world.tell(told);
    this.#network.publish(effect);
  }

  #tellReady(): void {
    const { activeVersion, clock } = this.#state.durable;
    if (activeVersion === this.#toldReady || !isReady(this.#state, timeAt(clock, this.#monoMs()).nowMs)) return;
    this.#toldReady = activeVersion;
    this.#toldWishing.clear();
    const { serial } = this.#enrolled;
    this.#world.tell({ event: 'ready', serial, planVersion: activeVersion, bytesReceived: this.#bytesDown });
  }

  #journalProgress(): void {
    const progress = this.#body.loudspeaker.progress(this.#monoMs());
    if (!progress) return;
    const playedMs = Math.floor(progress.playedMs / PROGRESS_MS) * PROGRESS_MS;
    this.#take({ type: 'soundProgress', play: progress.play, playedMs });
  }

  // Time.

  /** Never goes back, whatever happens to the counter under it. */
  #monoMs(): number {
    const realMs = this.#world.realMs();
    const monoMs = realMs + this.#offsetMs + this.#faults.skewAt(realMs);
    this.#latestMonoMs = Math.max(this.#latestMonoMs, monoMs);
    return this.#latestMonoMs;
  }

  #mayJump(): boolean {
    return this.#body.hardware.dueMonoMs === null && mayJump(this.#state, this.#monoMs(), this.#network.reach);
  }

  #nextChange(): number | null {
    return nextChange(this.#state, this.#body.loudspeaker.endsMonoMs, this.#monoMs(), this.#world.untilMs);
  }

  /** Lets the next due thing happen, the time until then skipped if that may be; false when nothing can happen now. */
  #advance(): boolean {
    const change = this.#nextChange();
    if (change === null || this.#restartDue) return false;
    if (change > this.#monoMs() && !this.#jump(change)) return false;
    const { endsMonoMs } = this.#body.loudspeaker;
    if (endsMonoMs !== null && endsMonoMs <= this.#monoMs()) {
      this.#inbox.push(...this.#body.endSound('end', this.#monoMs()));
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
    const due = [nextWake(this.#state, monoMs), this.#body.hardware.dueMonoMs, this.#nextChange()];
    const look = realMs + Math.min(...due.map((each) => each ?? Number.POSITIVE_INFINITY)) - monoMs;
    const change = this.#nextChange();
    const compression = this.#world.compression();
    if (!compression || change === null || !this.#mayJump()) return look;
    return Math.min(look, Math.max(horizonReaches(compression, change), this.#network.quietUntilRealMs));
  }
}

/** 22 letters of base64url from 128 random bits: an id, or a nonce. */
function letters(): string {
  return randomBytes(16).toString('base64url');
}
