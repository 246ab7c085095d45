import { setTimeout as wait } from 'node:timers/promises';
import type { ApiClient } from '../../demo/api-client.js';

/** What people at consoles wait for meanwhile: one request every 50 ms, in turn of three kinds, ms each. */
export async function asking(api: ApiClient, meanwhile: () => Promise<unknown>): Promise<number[]> {
  const ways = ['/api/areas', '/api/items', '/api/me'];
  const took: number[] = [];
  let over = false;
  const done = meanwhile().finally(() => {
    over = true;
  });
  const under: Promise<void>[] = [];
  for (let i = 0; !over; i++) {
    const began = performance.now();
    const way = ways[i % ways.length] as string;
    // Not awaited: a slow answer must not spare the service the next question.
    under.push(api.get(way).then(() => void took.push(performance.now() - began)));
    await Promise.race([wait(50), done]);
  }
  await done;
  await Promise.all(under);
  return took;
}

/** @param share 0..1; to a tenth */
export function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  const found = sorted[Math.min(sorted.length - 1, Math.ceil(sorted.length * share) - 1)] ?? Number.NaN;
  return Math.round(found * 10) / 10;
}
