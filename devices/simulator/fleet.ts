import type { Compression } from './compressed-clock.js';
import { enrolSimulated } from './enrol.js';
import { type Fault, type FaultKind, faultsOf } from './faults.js';
import { pullAll } from './pull.js';
import { SharedStore } from './shared-store.js';
import { SimulatedDevice } from './simulated-device.js';
import type { Command, FleetConfig, FleetEvent, FleetStats } from './stdio.js';
import { Turnstile } from './turnstile.js';
import type { World } from './world.js';

/** One timer looks after the clocks of all devices: thousands need no timers of their own. */
const TICK_MS = 20;
const STATS_MS = 1_000;
const ENROLMENTS_AT_A_TIME = 16;
const CONNECTIONS_AT_A_TIME = 50;

export interface FleetPorts {
  readonly tell: (event: FleetEvent) => void;
  /** The process's monotonic clock, ms. */
  readonly realMs?: () => number;
}

/** Many controllers in one process. `start()` enrols and connects them, `stop()` ends every connection and timer. */
export class Fleet {
  readonly #config: FleetConfig;
  readonly #world: World;
  readonly #devices = new Map<string, SimulatedDevice>();
  readonly #counted = { bytesReceived: 0, chunks: 0, rejected: 0 };
  #compression: Compression = null;
  /** What is still to begin or to end, by its real instant. */
  #agenda: {
    readonly atRealMs: number;
    readonly serial: string;
    readonly begin: Fault | null;
    readonly end: FaultKind | null;
  }[] = [];
  #timer: NodeJS.Timeout | null = null;
  #enrolling = 0;
  #stopped = false;
  #wasIdle = false;
  #statsToldRealMs = 0;
  #statsTold = '';

  constructor(config: FleetConfig, ports: FleetPorts) {
    this.#config = config;
    this.#world = {
      store: new SharedStore(),
      doorway: new Turnstile(CONNECTIONS_AT_A_TIME),
      // Whole milliseconds: sums of fractions would leave an event a hair before its instant.
      realMs: ports.realMs ?? (() => Math.floor(performance.now())),
      compression: () => this.#compression,
      untilMs: config.until ?? null,
      counted: this.#counted,
      tell: ports.tell,
    };
  }

  get stats(): FleetStats {
    let unsent = 0;
    for (const device of this.#devices.values()) unsent += device.unsent;
    return { ...this.#counted, unsent };
  }

  /** Resolves when every enrolment has succeeded or failed; connections and playing go on. */
  async start(): Promise<void> {
    if (this.#config.start === 'running') this.#release();
    this.#timer = setInterval(() => this.#tick(), TICK_MS);
    const doorway = new Turnstile(ENROLMENTS_AT_A_TIME);
    this.#enrolling = this.#config.devices.length;
    await Promise.all(
      this.#config.devices.map(async (config) => {
        const leave = await doorway.enter();
        if (!this.#stopped) await this.#enrol(config);
        this.#enrolling--;
        leave();
      }),
    );
  }

  stop(): void {
    this.#stopped = true;
    if (this.#timer) clearInterval(this.#timer);
    this.#timer = null;
    for (const device of this.#devices.values()) device.stop();
  }

  obey(command: Command): void {
    if (command.cmd === 'release') this.#release();
    else if (command.cmd === 'stats') this.#world.tell({ event: 'stats', ...this.stats });
    else if (command.cmd === 'stop') this.stop();
    else if (command.cmd === 'fault') this.#fail(command.serial, command.fault, command.forMs);
    else if (command.cmd === 'mend') this.#change(command.serial, null, command.kind);
    else if (command.cmd === 'faults') this.#failBySeed(command.seed, command.spanMs);
    else if (command.cmd === 'pull') void this.#pull(command.sha256);
    else this.#handOn(command.cmd, command.serial);
  }

  #handOn(cmd: 'connect' | 'disconnect' | 'kill', serial: string): void {
    const device = this.#devices.get(serial);
    if (!device) {
      this.#world.tell({ event: 'problem', serial, detail: `${cmd}: no such enrolled device` });
      return;
    }
    device[cmd]();
    // Whoever gave the command waits to hear that the fleet is done with what follows from it, be it nothing.
    this.#wasIdle = false;
  }

  #fail(serial: string, fault: Fault, forMs: number | undefined): void {
    this.#change(serial, fault, null);
    if (forMs !== undefined) this.#plan(this.#world.realMs() + forMs, serial, null, fault.kind);
  }

  #failBySeed(seed: string, spanMs: number): void {
    const fromMs = this.#world.realMs();
    for (const span of faultsOf(seed, [...this.#devices.keys()], { fromMs, untilMs: fromMs + spanMs })) {
      this.#plan(span.fromMs, span.device, span.fault, null);
      if (span.untilMs > span.fromMs) this.#plan(span.untilMs, span.device, null, span.fault.kind);
    }
  }

  #plan(atRealMs: number, serial: string, begin: Fault | null, end: FaultKind | null): void {
    this.#agenda.push({ atRealMs, serial, begin, end });
    this.#agenda.sort((a, b) => a.atRealMs - b.atRealMs);
  }

  #change(serial: string, begin: Fault | null, end: FaultKind | null): void {
    const device = this.#devices.get(serial);
    if (!device) {
      this.#world.tell({ event: 'problem', serial, detail: 'fault: no such enrolled device' });
      return;
    }
    if (begin) {
      device.fail(begin);
      this.#world.tell({ event: 'faultBegan', serial, fault: begin });
    }
    if (end) {
      device.mend(end);
      this.#world.tell({ event: 'faultEnded', serial, kind: end });
    }
    this.#wasIdle = false;
  }

  async #pull(sha256: string): Promise<void> {
    const pulled = await pullAll(
      [...this.#devices.values()].map(({ enrolled }) => enrolled),
      sha256,
    );
    this.#world.tell({ event: 'pulled', ...pulled });
  }

  async #enrol(config: FleetConfig['devices'][number]): Promise<void> {
    const { serial, cluster } = config;
    try {
      const enrolled = await enrolSimulated(config, this.#config.mqtt);
      if (this.#stopped) return;
      const device = new SimulatedDevice(enrolled, this.#world);
      this.#devices.set(serial, device);
      this.#world.tell({
        event: 'enrolled',
        serial,
        device: enrolled.env.identity.device,
        ...(cluster === undefined ? {} : { cluster }),
      });
      device.start();
    } catch (error) {
      this.#world.tell({ event: 'problem', serial, detail: error instanceof Error ? error.message : String(error) });
    }
  }

  #release(): void {
    if (this.#compression) return;
    this.#compression = { pace: this.#config.pace, releasedAtRealMs: this.#world.realMs() };
    for (const device of this.#devices.values()) device.hurry();
  }

  #tick(): void {
    const realMs = this.#world.realMs();
    for (let [next] = this.#agenda; next && next.atRealMs <= realMs; [next] = this.#agenda) {
      this.#agenda.shift();
      this.#change(next.serial, next.begin, next.end);
    }
    for (const device of this.#devices.values()) device.tick(realMs);
    const idle = this.#idle();
    if (idle && !this.#wasIdle) {
      this.#tellStats();
      this.#world.tell({ event: 'idle' });
    }
    this.#wasIdle = idle;
    if (realMs >= this.#statsToldRealMs + STATS_MS) {
      this.#statsToldRealMs = realMs;
      this.#tellStats();
    }
  }

  /** A fleet of which nobody could be enrolled is never idle: it has done nothing. */
  #idle(): boolean {
    if (!this.#compression || this.#enrolling > 0 || this.#devices.size === 0) return false;
    for (const device of this.#devices.values()) if (!device.idle) return false;
    return true;
  }

  #tellStats(): void {
    const { stats } = this;
    const told = JSON.stringify(stats);
    if (told === this.#statsTold) return;
    this.#statsTold = told;
    this.#world.tell({ event: 'stats', ...stats });
  }
}
