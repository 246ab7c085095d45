import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { ApiClient } from '../../demo/api-client.js';
import { LOGINS } from '../../demo/load.js';
import { DemoService } from '../../demo/service.js';
import { asking, quantile } from './asking.js';
import type { Bench } from './bench.js';
import { filled } from './pack.scene.js';
import { freePort } from './small-district.js';

/** Of the service's heap, as docs/administration.md advises for a district: whoever held a pack in memory would end here. */
const HEAP = '--max-semi-space-size=2 --max-old-space-size=192';
const LIMITS = { seconds: 120, peakMb: 400, apiP99Ms: 250, verifySeconds: 20 };
const LOOK_MS = 200;
const BUILT = new URL(import.meta.url.includes('/dist/') ? '../../' : '../../dist/', import.meta.url);

/**
 * A hồ sơ nghiệm thu of 100,000 receipts made by a running service while people ask it things, and checked by the command. Beside it the same
 * service's memory before anybody ordered one.
 */
export const pack: Bench = {
  name: 'pack',
  async run({ short }) {
    const [clusters, each] = short ? [10, 200] : [100, 1_000];
    const folder = await mkdtemp(join(tmpdir(), 'vang-pack-'));
    try {
      const order = await filled(folder, clusters, each);
      const ports = { http: await freePort(), mqtt: await freePort() };
      const service = new DemoService(folder, ports, { NODE_OPTIONS: HEAP });
      await service.ready();
      try {
        const api = await service.logIn(LOGINS.administrator);
        await asking(api, () => wait(1_000));
        const beforeMb = (await service.peakMemoryMb()) ?? 0;
        let made: Made | null = null;
        const asked = await asking(api, async () => {
          made = await madePack(api, { ...order, from: '2026-01-01', to: '2026-12-31' });
        });
        const { seconds, id, receipts, bytes } = made as unknown as Made;
        const peakMb = (await service.peakMemoryMb()) ?? 0;
        const file = join(folder, 'pack.zip');
        await writeFile(file, await api.bytes(`/api/evidence-packs/${id}/file`));
        const { verifySeconds, good } = await verified(file);
        const apiP99Ms = quantile(asked, 0.99);
        const figures = { receipts, seconds, beforeMb, peakMb, apiP99Ms, packBytes: bytes, verifySeconds, good };
        const holds =
          good &&
          receipts === clusters * each &&
          seconds <= LIMITS.seconds &&
          peakMb <= LIMITS.peakMb &&
          apiP99Ms <= LIMITS.apiP99Ms &&
          verifySeconds <= LIMITS.verifySeconds;
        return { ...figures, holds };
      } finally {
        await service.stop();
      }
    } finally {
      await rm(folder, { recursive: true, force: true, maxRetries: 5 });
    }
  },
};

interface Made {
  readonly id: string;
  readonly seconds: number;
  readonly receipts: number;
  readonly bytes: number;
}

async function madePack(api: ApiClient, order: object): Promise<Made> {
  const began = performance.now();
  const { id } = await api.post<{ id: string }>('/api/evidence-packs', order);
  for (;;) {
    const view = await api.get<{ state: string; reason: string | null; receipts: number; bytes: number }>(
      `/api/evidence-packs/${id}`,
    );
    if (view.state === 'done') return { id, seconds: secondsSince(began), receipts: view.receipts, bytes: view.bytes };
    if (view.state !== 'running') throw new Error(`${view.state} ${view.reason}`);
    await wait(LOOK_MS);
  }
}

/** By the command, as an auditor runs it, with its start. */
async function verified(file: string): Promise<{ verifySeconds: number; good: boolean }> {
  const began = performance.now();
  const command = [fileURLToPath(new URL('proof/cli/vang.js', BUILT)), 'verify', file];
  const good = await new Promise<boolean>((resolve) => {
    execFile(process.execPath, command, { maxBuffer: 1 << 24 }, (error) => resolve(error === null));
  });
  return { verifySeconds: secondsSince(began), good };
}

const secondsSince = (began: number): number => Math.round((performance.now() - began) / 100) / 10;
