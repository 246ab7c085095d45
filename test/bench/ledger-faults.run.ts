import { setTimeout as wait } from 'node:timers/promises';
import type { Program } from '../../demo/processes.js';
import type { Seeded } from '../../devices/simulator/seeded.js';
import type { EnrolledDevice } from './enrolled-devices.js';
import type { Life } from './ledger-faults.life.js';
import type { Figures } from './ledger-faults.loudspeaker.js';
import { Payer } from './ledger-faults.payer.js';
import type { FaultyHouse } from './ledger-faults.scene.js';

/** So much time passes for the service with each step: it asks for what is missing after ten minutes. */
const STEP_MS = 11 * 60_000;
/** Without anything new for so long something is lost for good. */
const STUCK_MS = 300_000;
const LOOK_MS = 50;
const AHEAD = 0.02;
const LEAST_AHEAD = 300;
const TELL_MS = 5_000;
/** When nothing else is under way any more, time passes faster. */
const MOST_BETWEEN_MS = 2_000;

export interface Size extends Life {
  readonly devices: number;
  readonly kills: number;
  /** Of a Mosquitto, apart from the service; it takes the place of the embedded broker at `mosquittoFrom`. */
  readonly brokerRestarts: number;
  /** Share of all receipts that are acknowledged by then; null: never. */
  readonly mosquittoFrom: number | null;
  /** Backups, by the shares at which they are taken and put back; 1: when everything was acknowledged. */
  readonly restores: readonly { readonly taken: number; readonly restored: number }[];
  readonly stepEveryMs: number;
}

interface Due {
  readonly at: number;
  readonly happens: () => Promise<void>;
}

export const tell = (words: string): void =>
  void process.stderr.write(`${new Date().toISOString().slice(11, 19)} ${words}\n`);

/** The service, its fleet, and what happens to them, in the order that the seed gives. */
export class FaultyRun {
  readonly done = { kills: 0, brokerRestarts: 0, backups: 0, restores: 0, hoursAhead: 0 };
  readonly payer: Payer;
  readonly #all: number;
  readonly #backups: string[] = [];
  #figures: Partial<Figures> = {};
  /** Between a backup that was put back and the new epoch no time passes: the office has ten minutes for it. */
  #mayStep = true;

  private constructor(
    private readonly house: FaultyHouse,
    private readonly fleet: Program,
    private readonly size: Size,
    private readonly random: Seeded,
    rootPublicKey: string,
  ) {
    this.#all = size.devices * size.each;
    this.payer = new Payer(rootPublicKey);
    fleet.on('line', (line) => {
      if (line.event === 'progress') this.#figures = line as Partial<Figures>;
    });
  }

  /** The fleet is connected and plays. */
  static async begin(
    house: FaultyHouse,
    fleet: Program,
    size: Size,
    devices: readonly EnrolledDevice[],
    seed: string,
    random: Seeded,
  ): Promise<FaultyRun> {
    await house.start();
    const api = await house.logIn();
    const { rootPublicKey } = await api.get<{ rootPublicKey: string }>('/api/log');
    const { each, perBoot } = size;
    fleet.send({ seed, each, perBoot, rootPublicKey, devices });
    fleet.send({ cmd: 'connect', port: house.mqttPort });
    return new FaultyRun(house, fleet, size, random, rootPublicKey);
  }

  get figures(): Partial<Figures> {
    const { event: _, ...figures } = this.#figures as Partial<Figures> & { event?: string };
    return figures;
  }

  /** Everything that is to happen has happened, and each device has an acknowledgement of all that it wrote. */
  async untilAllIsAcknowledged(): Promise<void> {
    const steps = this.#steps();
    try {
      for (const { at, happens } of this.#plan()) {
        this.#mayPlayTo(at);
        await this.#until(() => this.#acked >= at * this.#all);
        await wait(this.random.whole(0, 300));
        await happens();
      }
      this.#mayPlayTo(1);
      await this.#until(() => this.#acked === this.#all);
      for (const [index, { restored }] of this.size.restores.entries()) if (restored === 1) await this.#restore(index);
      await this.#untilNothingIsMissing();
    } finally {
      steps.stop();
      await steps.ended;
    }
  }

  /** The last checkpoint covers everything. @returns it, and what the log says of all that were kept */
  async signed() {
    for (const deadlineMs = performance.now() + STUCK_MS; ; ) {
      this.#later();
      await wait(500);
      const api = await this.house.logIn();
      const last = await this.payer.keep(api);
      if (last.size === this.#all) return { last, verdicts: await this.payer.verdicts(api) };
      if (performance.now() > deadlineMs) throw new Error(`the log ends with ${last.size} receipts`);
    }
  }

  /** A little further than what is to happen next, so that it happens in the middle of intake. */
  #mayPlayTo(at: number): void {
    const ahead = Math.max(LEAST_AHEAD, AHEAD * this.#all);
    this.fleet.send({ cmd: 'upTo', written: Math.min(this.#all, Math.ceil(at * this.#all + ahead)) });
  }

  get #acked(): number {
    return this.#figures.acked ?? 0;
  }

  #plan(): Due[] {
    const { kills, brokerRestarts, restores, mosquittoFrom } = this.size;
    const { random } = this;
    const due: Due[] = [];
    for (let n = 0; n < kills; n++) due.push({ at: 0.01 + 0.98 * random.share(), happens: () => this.#kill() });
    for (const [index, { taken, restored }] of restores.entries()) {
      due.push({ at: taken, happens: () => this.#backUp(index) });
      if (restored < 1) due.push({ at: restored, happens: () => this.#restore(index) });
    }
    if (mosquittoFrom !== null) {
      due.push({ at: mosquittoFrom, happens: () => this.#move() });
      for (let n = 0; n < brokerRestarts; n++)
        due.push({
          at: mosquittoFrom + 0.01 + (0.98 - mosquittoFrom) * random.share(),
          happens: () => this.#restartBroker(),
        });
    }
    return due.sort((a, b) => a.at - b.at);
  }

  async #kill(): Promise<void> {
    await this.house.restart();
    this.done.kills++;
  }

  async #backUp(index: number): Promise<void> {
    this.#backups[index] = await this.house.backUp();
    this.done.backups++;
    tell(`backup ${this.done.backups} at ${this.#acked}`);
  }

  async #restore(index: number): Promise<void> {
    this.#mayStep = false;
    await this.payer.keep(await this.house.logIn());
    await this.house.restore(this.#backups[index] as string);
    const api = await this.house.logIn();
    await api.post('/api/log/epochs', { reason: `Khôi phục bản sao lưu ${index + 1}` });
    this.done.restores++;
    this.#mayStep = true;
    await this.payer.keep(api);
    tell(`backup ${index + 1} put back at ${this.#acked}`);
  }

  async #move(): Promise<void> {
    await this.house.moveToMosquitto();
    this.fleet.send({ cmd: 'connect', port: this.house.mqttPort });
    tell(`on Mosquitto from ${this.#acked} on`);
  }

  async #restartBroker(): Promise<void> {
    await this.house.restartMosquitto();
    this.done.brokerRestarts++;
  }

  /** What backups lacked comes again from the archives, as the service asks for it. */
  async #untilNothingIsMissing(): Promise<void> {
    let missing = '';
    let sinceMs = performance.now();
    for (;;) {
      // A session lasts some hours, and hours pass with every few steps.
      const api = await this.house.logIn();
      const { size } = await api.get<{ size: number }>('/api/log');
      const gaps = await api.get<unknown[]>('/api/receipts/gaps');
      if (size === this.#all && gaps.length === 0) return;
      const now = `${size} of ${this.#all} receipts in the log, ${gaps.length} gaps`;
      if (now !== missing) sinceMs = performance.now();
      missing = now;
      tell(missing);
      if (performance.now() - sinceMs > STUCK_MS)
        throw new Error(`lost for good: ${missing} ${JSON.stringify(gaps[0])}`);
      this.#later();
      await wait(Math.min(this.size.stepEveryMs, MOST_BETWEEN_MS));
    }
  }

  #later(): void {
    this.house.later(STEP_MS);
    this.done.hoursAhead = Math.round((this.done.hoursAhead + STEP_MS / 3_600_000) * 100) / 100;
  }

  /** Time passes for the service; and somebody reads how far it is. */
  #steps() {
    const end = new AbortController();
    let toldMs = performance.now();
    const run = async () => {
      while (!end.signal.aborted) {
        await wait(this.size.stepEveryMs, undefined, { signal: end.signal }).catch(() => undefined);
        if (this.#mayStep) this.#later();
        if (performance.now() - toldMs < TELL_MS) continue;
        toldMs = performance.now();
        const { recalled } = this.#figures;
        tell(`${this.#acked} of ${this.#all} acknowledged, ${this.done.kills} kills, ${recalled} sent for asking`);
      }
    };
    return { stop: () => end.abort(), ended: run() };
  }

  async #until(reached: () => boolean): Promise<void> {
    let before = -1;
    let sinceMs = performance.now();
    while (!reached()) {
      if (this.#acked !== before) sinceMs = performance.now();
      before = this.#acked;
      if (performance.now() - sinceMs > STUCK_MS)
        throw new Error(`nothing is acknowledged any more: ${JSON.stringify(this.#figures)}`);
      await wait(LOOK_MS);
    }
  }
}
