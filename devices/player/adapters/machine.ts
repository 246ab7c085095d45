import { readFile, statfs } from 'node:fs/promises';
import { uptime } from 'node:os';
import type { Measured } from '../core/index.js';
import { type Command, runCommand } from './amplifier/command.js';
import type { Meter } from './amplifier/line-sense.js';
import type { PowerSense } from './power-sense.js';
import { TrafficMeter } from './traffic.js';

/** The computer under the player. */
export interface Machine {
  /** @param since what it has carried by now belongs to this boot of the player if it was switched on since the last one */
  start(since: 'powerOn' | 'now'): Promise<void>;
  measure(): Promise<Measured>;
  /** Present where its owner allows it. @returns whether it is about to */
  reboot?(): Promise<boolean>;
}

/** As the contract has it; weaker is no network. */
const LEAST_DBM = -160;

/** What the owner of a machine has told of it. */
export interface Equipment {
  readonly reboot?: Command;
  /** Of the mobile network, dBm. */
  readonly signal?: Meter;
  readonly power?: Pick<PowerSense, 'supply'>;
}

export class LinuxMachine implements Machine {
  readonly reboot?: () => Promise<boolean>;
  readonly #traffic = new TrafficMeter();

  constructor(
    /** On the disk whose room counts. */
    private readonly folder: string,
    private readonly equipment: Equipment = {},
    /** Where the kernel tells its counters. */
    private readonly netDev = '/proc/net/dev',
  ) {
    const { reboot } = equipment;
    if (reboot) this.reboot = async () => (await runCommand(reboot)).ok;
  }

  async start(since: 'powerOn' | 'now'): Promise<void> {
    const table = await this.#counters();
    if (since === 'now' && table !== null) this.#traffic.skip(table);
  }

  async measure(): Promise<Measured> {
    const { signal, power } = this.equipment;
    const [table, signalDbm, degrees, disk] = await Promise.all([
      this.#counters(),
      signal?.() ?? null,
      readFile('/sys/class/thermal/thermal_zone0/temp', 'utf8').then(Number, () => Number.NaN),
      statfs(this.folder).catch(() => null),
    ]);
    return {
      uptimeS: Math.floor(uptime()),
      memoryBytes: process.memoryUsage.rss(),
      ...(table === null ? {} : this.#traffic.read(table)),
      // A sense that prints anything else must not make the whole message unreadable.
      ...(signalDbm !== null && signalDbm >= LEAST_DBM && signalDbm <= 0 ? { signalDbm } : {}),
      ...(power?.supply ? { supply: power.supply } : {}),
      ...(Number.isFinite(degrees) && degrees > 0 ? { temperatureC: degrees / 1_000 } : {}),
      ...(disk ? { freeBytes: disk.bavail * disk.bsize } : {}),
    };
  }

  #counters(): Promise<string | null> {
    return readFile(this.netDev, 'utf8').catch(() => null);
  }
}
