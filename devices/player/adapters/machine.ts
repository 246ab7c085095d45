import { readFile, statfs } from 'node:fs/promises';
import { uptime } from 'node:os';
import type { Measured } from '../core/index.js';
import { type Command, runCommand } from './amplifier/command.js';

/** The computer under the player. */
export interface Machine {
  measure(): Promise<Measured>;
  /** Present where its owner allows it. @returns whether it is about to */
  reboot?(): Promise<boolean>;
}

export class LinuxMachine implements Machine {
  readonly reboot?: () => Promise<boolean>;

  /** @param folder on the disk whose room counts */
  constructor(
    private readonly folder: string,
    reboot: Command | undefined,
  ) {
    if (reboot) this.reboot = async () => (await runCommand(reboot)).ok;
  }

  async measure(): Promise<Measured> {
    const [traffic, degrees, disk] = await Promise.all([
      readFile('/proc/net/dev', 'utf8').then(trafficOf, () => null),
      readFile('/sys/class/thermal/thermal_zone0/temp', 'utf8').then(Number, () => Number.NaN),
      statfs(this.folder).catch(() => null),
    ]);
    return {
      uptimeS: Math.floor(uptime()),
      memoryBytes: process.memoryUsage.rss(),
      ...(traffic ?? {}),
      ...(Number.isFinite(degrees) && degrees > 0 ? { temperatureC: degrees / 1_000 } : {}),
      ...(disk ? { freeBytes: disk.bavail * disk.bsize } : {}),
    };
  }
}

/** Sums all interfaces but the loopback, since the boot of the machine. */
export function trafficOf(text: string): Pick<Measured, 'bytesDown' | 'bytesUp'> {
  let [bytesDown, bytesUp] = [0, 0];
  for (const line of text.split('\n')) {
    const [, name, counters] = /^\s*([^:\s]+):\s*(.+)$/.exec(line) ?? [];
    const numbers = counters?.split(/\s+/).map(Number) ?? [];
    if (!name || name === 'lo' || numbers.length < 9) continue;
    bytesDown += numbers[0] ?? 0;
    bytesUp += numbers[8] ?? 0;
  }
  return { bytesDown, bytesUp };
}
