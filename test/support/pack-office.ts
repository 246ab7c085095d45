import { readFile } from 'node:fs/promises';
import { unzipSync } from 'fflate';
import { nodeEngine } from '../../proof/cli/node-engine.js';
import { type CoverageLine, readCoverage } from '../../proof/pack/coverage.js';
import { FINDINGS, filled, NOTES, type Verdict, verifyPack } from '../../proof/verify/index.js';
import { JobRunner } from '../../src/platform/jobs/index.js';
import { silentLog } from '../../src/platform/logging/index.js';
import { EvidencePackJob } from '../../src/reports/evidence-pack.job.js';
import { EvidencePackService } from '../../src/reports/evidence-pack.service.js';
import type { Station } from './station.js';

type Order = Parameters<EvidencePackService['order']>[1];

export interface MadePack {
  readonly view: Awaited<ReturnType<EvidencePackService['get']>>;
  readonly pack: Uint8Array;
}

/** Packs of a station, made by its own job and judged by the verifier. */
export class PackOffice {
  private constructor(
    private readonly station: Station,
    private readonly runner: JobRunner,
  ) {}

  static async open(station: Station): Promise<PackOffice> {
    const { database, jobs, clock } = station.platform;
    const runner = new JobRunner({ database, jobs, clock, log: silentLog, pollMs: null });
    station.get(EvidencePackJob).register(runner);
    await runner.start({ concurrency: 1 });
    return new PackOffice(station, runner);
  }

  /** Before the station closes. */
  close(): Promise<void> {
    return this.runner.stop();
  }

  /** Of the province in January 2026, unless told otherwise. @throws with the reason of a job that failed */
  async ordered(lineId: string, changes: Partial<Order> = {}): Promise<MadePack> {
    const { station } = this;
    const packs = station.get(EvidencePackService);
    const areaId = (await station.area('bp')).id;
    const order = { lineId, areaId, from: '2026-01-01', to: '2026-01-31', ...changes };
    const { id, jobId } = await packs.order(station.root, order);
    await new Promise<void>((resolve, reject) => {
      const look = async () => {
        const job = await station.platform.jobs.get(jobId);
        if (job?.state === 'done') resolve();
        else if (job?.error) reject(new Error(job.error));
      };
      station.platform.jobs.onChanged((changed) => void (changed === jobId && look()));
      void look();
    });
    const view = await packs.get(station.root, id);
    if (view.state !== 'done') throw new Error(`${view.state} ${view.reason}`);
    const { path } = await packs.file(station.root, id);
    return { view, pack: new Uint8Array(await readFile(path)) };
  }

  async checked(pack: Uint8Array): Promise<{ verdict: Verdict; words: string[]; notes: string[] }> {
    const verdict = await verifyPack(pack, nodeEngine, { root: this.station.platform.keys.rootFingerprint });
    return {
      verdict,
      words: verdict.findings.map(({ code, parameters }) => filled(FINDINGS[code], 'en', parameters)),
      notes: verdict.notes.map(({ code, parameters }) => filled(NOTES[code], 'en', parameters)),
    };
  }
}

/** What is in a pack. */
export class OpenedFiles {
  readonly #files: Record<string, Uint8Array>;
  constructor(pack: Uint8Array) {
    this.#files = unzipSync(pack);
  }

  get names(): string[] {
    return Object.keys(this.#files);
  }

  bytes(name: string): Buffer {
    return Buffer.from(this.#files[name] ?? []);
  }

  text(name: string): string {
    return this.bytes(name).toString();
  }

  json<T>(name: string): T {
    return JSON.parse(this.text(name));
  }

  get table(): CoverageLine[] {
    return readCoverage(this.text('coverage.csv')) ?? [];
  }
}
