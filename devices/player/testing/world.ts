import { deepStrictEqual, strictEqual } from 'node:assert';
import { type Capability, type Identity, type PlannedPlay, type Receipt, receipt } from '../../protocol/index.js';
import {
  applyRecord,
  bornState,
  type CoreEffect,
  type CoreEnv,
  type CoreEvent,
  type CoreState,
  type Durable,
  type JournalRecord,
  nextWake,
  step,
  UNBORN,
} from '../core/index.js';
import { crypto, ROOT, rawOf, testKey } from './keys.js';
import { type Latency, Loudspeaker, type Sounded } from './loudspeaker.js';
import { audioNamed, DAY_ONE, type PlanOptions, planOf, type TestAsset } from './plans.js';
import { FakeService, type Sent } from './service.js';
import { WorldDisk } from './world-disk.js';

export const DEVICE = 'device-1';
const KEY = testKey('device');
const IDENTITY: Identity = {
  v: 1,
  device: DEVICE,
  publicKey: KEY.publicKey,
  path: ['commune-1', 'province-1'],
  area: { id: 'commune-1', name: 'Xã Tân Khai' },
  cluster: { id: 'cluster-1', name: 'Cụm loa ấp 3' },
};
const ENV: CoreEnv = { crypto, signer: KEY, identity: IDENTITY, rootPublicKey: rawOf(ROOT), simulated: false };

const NETWORK_MS = 10;
/**
 * One core in a world whose time only the test moves. `now` is true server time; the device knows it only through the
 * service's answers. What the journal holds survives a crash, what was on its way does not.
 */
export class World {
  now = DAY_ONE;
  readonly service = new FakeService(DEVICE, KEY);
  readonly journal: JournalRecord[] = [];
  /** Everything that sounded, by the truth: what a listener would note. */
  get sounded(): readonly Sounded[] {
    return this.#loudspeaker.sounded;
  }

  readonly effects: CoreEffect[] = [];
  readonly disk = new WorldDisk();
  /** Milliseconds of sound in each audio file, by hash. */
  readonly lengths = new Map<string, number>();
  /** Check after every step that the journal alone, after a trip through JSON, gives the durable state back. */
  checksJournal = false;
  /** The power fails when the journal holds so many records; nothing that was asked after the last of them happens. */
  powerFailsAfter = Number.POSITIVE_INFINITY;
  hardwareWorks = true;
  /** As its file holds it. */
  identity = IDENTITY;
  /** Of the device; what it has beside stored sound. */
  capabilities: readonly Capability[] = [];
  /** The program that runs, and the one that is kept to go back to. */
  firmware = { release: 1, name: '1.0.0' };
  confirmed = 1;
  #durable: Durable = UNBORN;
  #state: CoreState | null = null;
  #agenda: { readonly atMs: number; readonly order: number; readonly run: () => void }[] = [];
  #order = 0;
  #process = 0;
  #connection = 0;
  #kernel = 0;
  #kernelMs = DAY_ONE;
  #boots = 0;
  readonly #loudspeaker = new Loudspeaker({
    now: () => this.now,
    monoMs: () => this.monoMs,
    later: (afterMs, run) => this.#later(afterMs, run),
    feed: (event) => this.feed(event),
  });
  #linked = false;

  get state(): CoreState {
    if (!this.#state) throw new Error('the player is down');
    return this.#state;
  }

  get running(): boolean {
    return this.#state !== null;
  }

  /** The final receipts of the device's whole life, as its journal holds them. */
  get receipts(): Receipt[] {
    return this.journal.flatMap((record) =>
      record.t === 'receipt' ? [receipt.parse(JSON.parse(record.receipt.text))] : [],
    );
  }

  receiptOf(play: string): Receipt {
    const found = this.receipts.filter((candidate) => candidate.play === play);
    if (found.length !== 1) throw new Error(`${found.length} receipts of ${play}`);
    return found[0] as Receipt;
  }

  /** A powered, connected device that has the plan, all its audio and trusted time. */
  static ready(nowMs: number, plays: readonly PlannedPlay[], ...audio: readonly TestAsset[]): World {
    const world = new World();
    world.now = nowMs;
    world.service.hold(audioNamed('bulletin'));
    world.powerOn();
    world.connect();
    world.plan({ version: 1, plays }, ...audio);
    world.run(nowMs + 1_000);
    return world;
  }

  /** Publishes a plan; the audio of its plays is supplied with it. */
  plan(options: Omit<PlanOptions, 'device'>, ...audio: readonly TestAsset[]): void {
    this.service.hold(...audio);
    for (const play of options.plays) this.lengths.set(play.audio.sha256, play.audio.durationMs);
    const sent = this.service.publish(planOf({ device: DEVICE, ...options }));
    this.deliver(sent);
  }

  powerOn(): void {
    this.#kernel += 1;
    this.#kernelMs = this.now;
    this.startPlayer();
  }

  /** The program begins; the kernel may have been up for long. */
  startPlayer(): void {
    this.#state = bornState(this.#durable);
    this.#process += 1;
    this.feed({
      type: 'booted',
      bootId: `boot-${++this.#boots}`,
      kernelBootId: `kernel-${this.#kernel}`,
      stored: this.disk.stored,
      begun: this.disk.begun,
    });
  }

  crash(): void {
    this.#loudspeaker.hush();
    this.#state = null;
    this.#process += 1;
    this.#connection += 1;
    this.#linked = false;
  }

  /** Like a crash; the kernel ends too. Call `powerOn` when the power comes back. */
  powerCut(): void {
    this.crash();
  }

  connect(): void {
    if (this.#linked || !this.#state) return;
    this.#connection += 1;
    this.#linked = true;
    this.feed({ type: 'connected' });
  }

  disconnect(): void {
    if (!this.#linked) return;
    this.#connection += 1;
    this.#linked = false;
    this.feed({ type: 'disconnected' });
  }

  /** From the broker to the device, if there is a connection; it takes a little. */
  deliver(...messages: readonly Sent[]): void {
    const connection = this.#connection;
    if (!this.#linked) return;
    for (const { topic, payload } of messages) {
      const bytes = typeof payload === 'string' ? Buffer.from(payload) : payload;
      this.#later(NETWORK_MS, () => {
        if (connection === this.#connection) this.feed({ type: 'message', topic, payload: bytes });
      });
    }
  }

  #send(topic: string, payload: string): void {
    const connection = this.#connection;
    if (!this.#linked) return;
    this.#later(NETWORK_MS, () => {
      if (connection === this.#connection) this.deliver(...this.service.take(topic, payload, this.now));
    });
  }

  /** Lets everything happen that is due until this instant of true time. */
  run(untilMs: number): void {
    for (let turns = 0; ; turns++) {
      if (turns > 200_000) throw new Error('the player does not come to rest');
      this.#agenda.sort((a, b) => a.atMs - b.atMs || a.order - b.order);
      const next = this.#agenda[0];
      const wakeMono = this.#state ? nextWake(this.#state, this.monoMs) : null;
      const wakeMs =
        wakeMono === null ? Number.POSITIVE_INFINITY : Math.max(this.now, Math.ceil(wakeMono + this.#kernelMs));
      const dueMs = Math.min(next?.atMs ?? Number.POSITIVE_INFINITY, wakeMs);
      if (dueMs > untilMs) break;
      this.now = dueMs;
      if (next && next.atMs === dueMs) {
        this.#agenda.shift();
        next.run();
      } else this.feed({ type: 'wake' });
    }
    this.now = untilMs;
  }

  get monoMs(): number {
    return this.now - this.#kernelMs;
  }

  feed(event: CoreEvent): void {
    const before = this.state.durable;
    const { state, effects } = step(
      this.state,
      event,
      { monoMs: this.monoMs, random: `nonce-${String(this.#order++).padStart(20, '0')}` },
      { ...ENV, identity: this.identity, capabilities: this.capabilities, firmware: this.firmware },
    );
    this.#state = state;
    for (const effect of effects) {
      this.effects.push(effect);
      this.#carryOut(effect);
      if (this.journal.length < this.powerFailsAfter) continue;
      this.powerFailsAfter = Number.POSITIVE_INFINITY;
      return this.powerCut();
    }
    if (!this.checksJournal) return;
    if (effects.some(({ type }) => type === 'persist'))
      deepStrictEqual(this.#durable, JSON.parse(JSON.stringify(state.durable)));
    else strictEqual(state.durable, before);
  }

  #carryOut(effect: CoreEffect): void {
    switch (effect.type) {
      case 'persist': {
        const record = JSON.parse(JSON.stringify(effect.record)) as JournalRecord;
        this.journal.push(record);
        this.#durable = applyRecord(this.#durable, record);
        return;
      }
      case 'publish':
        return this.#send(effect.topic, effect.payload);
      case 'subscribe':
        return this.deliver(...this.service.retained(effect.topic));
      case 'unsubscribe':
        return;
      case 'keepDescriptor':
        return this.disk.put(`${effect.sha256}.descriptor`, effect.bytes);
      case 'findChunks':
        return this.#soon({ type: 'chunksFound', sha256: effect.sha256, ...this.disk.findChunks(effect.sha256) });
      case 'dropChunks':
        return this.disk.drop(effect.sha256);
      case 'writeChunk':
        return this.disk.write(effect.sha256, effect.offset, effect.bytes);
      case 'finishAsset':
        return this.#soon({ type: 'assetFinished', sha256: effect.sha256, ok: this.disk.finish(effect.sha256) });
      case 'readPart':
        return this.#soon({ type: 'partRead', sha256: effect.sha256, text: this.disk.readPart(effect.sha256) });
      case 'startSound':
        return this.#loudspeaker.start(effect, this.lengths.get(effect.sha256) ?? 0);
      case 'stopSound':
        return this.#loudspeaker.stop(effect.play);
      case 'testTone':
      case 'amplifier':
        return this.#soon({ type: 'commandEnded', command: effect.command, ok: this.hardwareWorks });
      case 'reboot': {
        const order = this.state.durable.rebootFor;
        if (this.hardwareWorks || !order) return this.#later(1_000, () => this.crash());
        return this.#soon({ type: 'commandEnded', command: order.command, ok: false });
      }
      case 'measure':
        return this.#soon({ type: 'measured', telemetry: { uptimeS: Math.floor(this.monoMs / 1_000) } });
      case 'installUpdate':
        return this.#later(1_000, () => {
          this.firmware = { release: effect.release, name: effect.name };
          this.crash();
          this.startPlayer();
        });
      case 'abandonUpdate':
        return this.#later(1_000, () => {
          this.firmware = { release: this.confirmed, name: 'former' };
          this.crash();
          this.startPlayer();
        });
      case 'confirmUpdate':
        this.confirmed = effect.release;
        return;
      case 'setVolume':
      case 'recallReceipts':
        return;
    }
  }

  /** How prompt the sound output is from now on. */
  set latency(latency: Latency) {
    this.#loudspeaker.latency = latency;
  }

  /** What sounds ends now, for this reason; nothing happens when nothing sounds. */
  endSound(reason: 'end' | 'stopped' | 'failed' | 'damaged'): void {
    this.#loudspeaker.end(reason);
  }

  #soon(event: CoreEvent): void {
    this.#later(0, () => this.feed(event));
  }

  /** Only if the same process still runs then. */
  #later(afterMs: number, run: () => void): void {
    const process = this.#process;
    this.#agenda.push({
      atMs: this.now + afterMs,
      order: this.#order++,
      run: () => process === this.#process && run(),
    });
  }
}
