import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DemoService } from '../../demo/service.js';
import type { Bench } from './bench.js';

const LIMIT_MS = 3_000;

/** From the start of the process on an existing database to `ready`, against a bare Node process that starts and ends. */
export const ready: Bench = {
  name: 'ready',
  async run({ short }) {
    const folder = await mkdtemp(join(tmpdir(), 'vang-ready-'));
    try {
      await startOnce(folder);
      const runs: number[] = [];
      for (let run = 0; run < (short ? 2 : 7); run++) runs.push(await startOnce(folder));
      const readyMs = median(runs);
      return {
        nodeMs: Math.round(await bareNode()),
        readyMs: Math.round(readyMs),
        worstMs: Math.round(Math.max(...runs)),
        holds: readyMs <= LIMIT_MS,
      };
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  },
};

async function startOnce(folder: string): Promise<number> {
  const began = performance.now();
  const service = new DemoService(folder, { http: 0, mqtt: 0 });
  await service.ready();
  const ms = performance.now() - began;
  await service.stop();
  return ms;
}

async function bareNode(): Promise<number> {
  const began = performance.now();
  await once(spawn(process.execPath, ['-e', '0'], { stdio: 'ignore' }), 'exit');
  return performance.now() - began;
}

const median = (values: readonly number[]): number =>
  [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
