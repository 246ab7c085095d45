import { createHash } from 'node:crypto';
import { Agent, get } from 'node:http';
import type { Enrolled } from './world.js';

const TIMEOUT_MS = 600_000;

/** Every device gets the asset over HTTP at the same time, as those do that pull; each verifies it and throws it away. */
export async function pullAll(
  devices: readonly Enrolled[],
  sha256: string,
): Promise<{ whole: number; bytes: number; ms: number }> {
  const startedMs = performance.now();
  const agent = new Agent({ maxSockets: Number.POSITIVE_INFINITY });
  const pulls = await Promise.all(devices.map((device) => pull(device, sha256, agent)));
  agent.destroy();
  return {
    whole: pulls.filter(({ whole }) => whole).length,
    bytes: pulls.reduce((sum, { bytes }) => sum + bytes, 0),
    ms: Math.round(performance.now() - startedMs),
  };
}

function pull(
  { httpUrl, token, env }: Enrolled,
  sha256: string,
  agent: Agent,
): Promise<{ whole: boolean; bytes: number }> {
  return new Promise((resolve) => {
    const hash = createHash('sha256');
    let bytes = 0;
    const end = (whole: boolean) => resolve({ whole, bytes });
    const request = get(
      `${httpUrl.replace(/\/+$/, '')}/api/device/v1/assets/${sha256}`,
      { agent, headers: { authorization: `Bearer ${env.identity.device}.${token}` }, timeout: TIMEOUT_MS },
      (response) => {
        response.on('data', (piece: Buffer) => {
          bytes += piece.length;
          hash.update(piece);
        });
        response.on('end', () => end(response.statusCode === 200 && hash.digest('hex') === sha256));
        response.on('error', () => end(false));
      },
    );
    request.on('timeout', () => request.destroy(new Error('no answer')));
    request.on('error', () => end(false));
  });
}
