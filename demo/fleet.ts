import type { ApiClient } from './api-client.js';
import { Program } from './processes.js';

export interface FleetMember {
  readonly serial: string;
  readonly claim: string;
}

/** The simulated controllers: one process, real enrolment, one real MQTT connection each. */
export class DemoFleet {
  readonly #program: Program;
  #receipts = 0;

  constructor(
    private readonly members: readonly FleetMember[],
    pace: 'instant' | number,
  ) {
    this.#program = new Program('devices/simulator/main.js', [], {});
    this.#program.on('line', (line) => {
      if (line.event === 'receipt') this.#receipts += 1;
    });
    const devices = members.map(({ claim, serial }) => ({ claim, serial, model: 'Bộ mô phỏng' }));
    this.#program.send({ devices, pace, start: 'held' });
  }

  get receipts(): number {
    return this.#receipts;
  }

  /** Every member has enrolled and is on the broker. */
  async connected(withinMs: number): Promise<void> {
    await this.#each('connected', withinMs);
  }

  /** As if somebody pulled the plug of its modem. */
  async takeOffline(serial: string): Promise<void> {
    const gone = this.#program.waitFor(
      (line) => line.event === 'disconnected' && line.serial === serial,
      `${serial} offline`,
      10_000,
    );
    this.#program.send({ cmd: 'disconnect', serial });
    await gone;
  }

  /** The service has heard from every member (but those offline) that a plan published since then and all its audio are there and verified. */
  async ready(
    administrator: ApiClient,
    plannedSinceMs: number,
    offline: number,
    pause: () => Promise<void>,
    report: (ready: number) => void,
  ): Promise<void> {
    const serials = new Set(this.members.map((member) => member.serial));
    for (;;) {
      const clusters =
        await administrator.get<{ controller: { serial: string; ready: boolean; syncedVersion: number } | null }[]>(
          '/api/clusters',
        );
      const ready = clusters.filter(
        ({ controller }) =>
          controller &&
          serials.has(controller.serial) &&
          controller.ready &&
          controller.syncedVersion >= plannedSinceMs,
      ).length;
      report(ready);
      if (ready >= serials.size - offline) return;
      await pause();
    }
  }

  /** Clocks run compressed from now on. */
  release(): void {
    this.#program.send({ cmd: 'release' });
  }

  async stop(): Promise<void> {
    await this.#program.stop();
  }

  #each(event: string, withinMs: number): Promise<unknown> {
    const missing = new Set(this.members.map((member) => member.serial));
    return this.#program.waitFor(
      (line) => {
        if (line.event === event) missing.delete(String(line.serial));
        return missing.size === 0;
      },
      `${event} of ${this.members.length} controllers`,
      withinMs,
    );
  }
}
