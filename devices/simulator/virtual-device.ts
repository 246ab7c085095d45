import {
  bornState,
  type CoreEffect,
  type CoreEnv,
  type CoreEvent,
  type CoreState,
  type JournalRecord,
  nextWake,
  replay,
  step,
} from '../player/core/index.js';
import { topics } from '../protocol/index.js';
import { DeviceBody } from './device-body.js';
import { DeviceFaults } from './device-faults.js';
import type { Fault, FaultKind } from './faults.js';
import type { Seeded } from './seeded.js';
import type { SharedStore } from './shared-store.js';
import type { Subscriber, VirtualBroker } from './virtual-network.js';
import type { VirtualTime } from './virtual-time.js';

const JOURNAL_RECORDS = 256;
/** As often as a player journals the progress of a sound: what a power cut takes of it. */
const PROGRESS_MS = 10_000;
const NETWORK_MS = 40;
/** From power to a running player, and from a lost connection to the next. */
const BOOT_MS = 25_000;
const RECONNECT_MS = { least: 500, most: 5_000 };
/** Telemetry every five minutes is most of what happens in a year, and no receipt depends on it: in virtual time it is not told. */
const NO_TELEMETRY = { measuredMonoMs: Number.MAX_SAFE_INTEGER };

export interface VirtualWorld {
  readonly time: VirtualTime;
  readonly broker: VirtualBroker;
  readonly store: SharedStore;
  /** Device → service. */
  readonly hear: (topic: string, payload: Uint8Array) => void;
}

/** The same core and the same body as on sockets, with a clock and a network that pass only when something happens. */
export class VirtualDevice implements Subscriber {
  readonly #faults = new DeviceFaults();
  readonly #body: DeviceBody;
  #state: CoreState = { ...bornState(replay([])), ...NO_TELEMETRY };
  #journal: JournalRecord[] = [];
  readonly #inbox: CoreEvent[] = [];
  #working = false;
  #powered = false;
  #connected = false;
  /** Counts connections and boots: what was arranged under an earlier one does not happen. */
  #connection = 0;
  #boot = 0;
  #wakeAtMs = Number.POSITIVE_INFINITY;
  #lineBusyUntilMs = 0;
  #latestMonoMs = 0;
  #bytesDown = 0;
  #restartDue = false;

  constructor(
    private readonly env: CoreEnv,
    private readonly keySet: string,
    private readonly seeded: Seeded,
    private readonly world: VirtualWorld,
  ) {
    const { device } = env.identity;
    this.#body = new DeviceBody(world.store, env.capabilities ?? [], { device, signer: env.signer }, this.#faults);
  }

  get unsent(): number {
    return this.#state.durable.unsent.length;
  }

  powerOn(): void {
    const boot = ++this.#boot;
    this.world.time.later(BOOT_MS, () => {
      if (boot !== this.#boot || this.#powered || this.#faults.has('powerCut')) return;
      this.#powered = true;
      this.#bytesDown = 0;
      this.#state = { ...bornState(replay(this.#journal)), ...NO_TELEMETRY };
      const { finished, begun } = this.#body.disk;
      this.#take({
        type: 'booted',
        bootId: this.seeded.letters(),
        kernelBootId: this.seeded.letters(),
        stored: finished,
        begun,
      });
      this.#take({ type: 'message', topic: topics.keys, payload: Buffer.from(this.keySet) });
      this.#changed('fullDisk');
      this.#connectSoon();
    });
  }

  powerOff(): void {
    // Also one that was about to start.
    this.#boot++;
    if (!this.#powered) return;
    this.#journalProgress();
    this.#powered = false;
    this.#drop();
    this.#body.powerCut(this.#monoMs());
    this.#inbox.length = 0;
    this.#wakeAtMs = Number.POSITIVE_INFINITY;
  }

  fail(fault: Fault): void {
    this.#faults.begin(fault, this.world.time.nowMs);
    if (fault.kind === 'powerCut') this.powerOff();
    if (fault.kind === 'offline') this.#lose();
    this.#changed(fault.kind);
  }

  mend(kind: FaultKind): void {
    this.#faults.end(kind, this.world.time.nowMs);
    if (kind === 'powerCut') this.powerOn();
    if (kind === 'offline') this.#connectSoon();
    this.#changed(kind);
  }

  receive(topic: string, sent: Uint8Array): void {
    const payload = this.#faults.arrives(topic, sent);
    if (!payload) return;
    const { time } = this.world;
    const connection = this.#connection;
    // Nothing overtakes what is on its way.
    const atMs = Math.max(
      this.#lineBusyUntilMs,
      time.nowMs + NETWORK_MS + this.#faults.delayOf(payload.length, time.nowMs),
    );
    this.#lineBusyUntilMs = atMs;
    time.at(atMs, () => {
      if (connection !== this.#connection) return;
      this.#bytesDown += payload.length;
      this.#take({ type: 'message', topic, payload });
    });
  }

  #connectSoon(): void {
    const boot = this.#boot;
    const connection = this.#connection;
    this.world.time.later(this.seeded.whole(RECONNECT_MS.least, RECONNECT_MS.most), () => {
      if (boot !== this.#boot || connection !== this.#connection) return;
      if (!this.#powered || this.#connected || this.#faults.has('offline')) return;
      this.#connected = true;
      this.#take({ type: 'connected' });
    });
  }

  #lose(): void {
    if (!this.#connected) return;
    this.#drop();
    this.#take({ type: 'disconnected' });
  }

  #drop(): void {
    this.#connected = false;
    this.#connection++;
    this.#lineBusyUntilMs = 0;
    this.#faults.lineLost();
    this.world.broker.leave(this);
  }

  #changed(kind: FaultKind): void {
    if (!this.#powered) return;
    if (kind === 'fullDisk') this.#take({ type: 'fault', code: 'storageFull', present: this.#faults.has('fullDisk') });
    else this.#arrange();
  }

  #take(event: CoreEvent): void {
    if (!this.#powered) return;
    this.#inbox.push(event);
    if (this.#working) return;
    this.#working = true;
    try {
      for (let next = this.#inbox.shift(); next; next = this.#inbox.shift()) this.#step(next);
    } finally {
      this.#working = false;
    }
    if (this.#restartDue) {
      this.#restartDue = false;
      this.powerOff();
      this.powerOn();
    } else this.#arrange();
  }

  #step(event: CoreEvent): void {
    const moment = { monoMs: this.#monoMs(), random: this.seeded.letters() };
    const { state, effects } = step(this.#state, event, moment, {
      ...this.env,
      firmware: this.#body.hardware.firmware,
    });
    this.#state = state;
    for (const effect of effects) this.#carryOut(effect);
    if (this.#journal.length > JOURNAL_RECORDS) this.#journal = [{ t: 'snapshot', durable: this.#state.durable }];
  }

  #carryOut(effect: CoreEffect): void {
    switch (effect.type) {
      case 'persist':
        this.#journal.push(effect.record);
        if (effect.record.t === 'receipt') this.#body.hardware.keep(effect.record.receipt);
        return;
      case 'publish':
        return this.#publish(effect.topic, effect.payload);
      case 'subscribe':
        if (this.#connected) this.world.broker.subscribe(this, effect.topic);
        return;
      case 'unsubscribe':
        return this.world.broker.unsubscribe(this, effect.topic);
    }
    const { events, restart, resend } = this.#body.carryOut(effect, this.#state, this.#monoMs(), this.#bytesDown);
    this.#inbox.push(...events);
    for (const batch of resend) this.#publish(topics.up(batch.device, 'receipts'), JSON.stringify(batch));
    if (!restart) return;
    this.#inbox.push({ type: 'closing' });
    this.#restartDue = true;
  }

  /** Upstream nothing is slow; what is on its way when the connection goes is lost with it. */
  #publish(topic: string, payload: string): void {
    if (!this.#connected) return;
    const connection = this.#connection;
    this.world.time.later(NETWORK_MS, () => {
      if (connection === this.#connection) this.world.hear(topic, Buffer.from(payload));
    });
  }

  #journalProgress(): void {
    const progress = this.#body.loudspeaker.progress(this.#monoMs());
    if (!progress) return;
    const playedMs = Math.floor(progress.playedMs / PROGRESS_MS) * PROGRESS_MS;
    this.#take({ type: 'soundProgress', play: progress.play, playedMs });
  }

  // Time.

  /** Counts from no instant in particular, and never back. */
  #monoMs(): number {
    const { nowMs } = this.world.time;
    this.#latestMonoMs = Math.max(this.#latestMonoMs, nowMs + this.#faults.skewAt(nowMs));
    return this.#latestMonoMs;
  }

  /** Sees to it that this device is woken at what is due next by its own clock. */
  #arrange(): void {
    const monoMs = this.#monoMs();
    const due = [nextWake(this.#state, monoMs), this.#body.loudspeaker.endsMonoMs, this.#body.hardware.dueMonoMs];
    const dueMono = Math.min(...due.map((each) => each ?? Number.POSITIVE_INFINITY));
    if (dueMono === Number.POSITIVE_INFINITY) return;
    const { time } = this.world;
    // Its clock may drift: it looks again when it should be time by the true one, and then is nearer.
    const atMs = time.nowMs + Math.max(1, dueMono - monoMs);
    if (atMs >= this.#wakeAtMs && this.#wakeAtMs > time.nowMs) return;
    this.#wakeAtMs = atMs;
    const boot = this.#boot;
    time.at(atMs, () => {
      if (this.#wakeAtMs !== atMs || boot !== this.#boot) return;
      this.#wakeAtMs = Number.POSITIVE_INFINITY;
      this.#wake();
    });
  }

  #wake(): void {
    const monoMs = this.#monoMs();
    const { loudspeaker, hardware } = this.#body;
    for (const event of hardware.take(monoMs)) this.#take(event);
    if (loudspeaker.endsMonoMs !== null && loudspeaker.endsMonoMs <= monoMs)
      for (const event of this.#body.endSound('end', monoMs)) this.#take(event);
    const wake = nextWake(this.#state, monoMs);
    if (wake !== null && wake <= monoMs) this.#take({ type: 'wake' });
    else this.#arrange();
  }
}
