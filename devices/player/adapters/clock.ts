import { readFileSync } from 'node:fs';

/** What the core may know of this machine's time: never its wall clock (invariant 14). */
export interface MachineClock {
  /** Milliseconds of CLOCK_MONOTONIC: runs on through restarts of the player, starts anew with the kernel. */
  monoMs(): number;
  /** Changes with every boot of the kernel, so two equal ones make monotonic instants comparable. */
  readonly kernelBootId: string;
}

export class LinuxClock implements MachineClock {
  readonly kernelBootId = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();

  monoMs(): number {
    return Number(process.hrtime.bigint()) / 1e6;
  }
}
