import { nodeEngine } from '../../proof/cli/node-engine.js';
import { withSignatureThreads } from '../../proof/cli/node-threads.js';
import { draftOf, packOf, ROOT_FINGERPRINT } from '../../proof/testing/pack.js';
import { verifyPack } from '../../proof/verify/index.js';
import type { Bench } from './bench.js';
import { seeded } from './search.content.js';

const SEED = 288;
const LIMIT_MS = 20_000;

/**
 * `verify` of a large pack, with runs of 100 and with a signature under each receipt; and random alterations of one byte of small packs, each
 * of which has to be found and named.
 * Baseline of the time: unpacking and hashing alone would find an altered byte, and prove nothing.
 */
export const verify: Bench = {
  name: 'verify',
  async run({ short }) {
    const receipts = short ? 2_000 : 100_000;
    const devices = short ? 10 : 100;
    const runs = await timed({ devices, receipts, run: 100 });
    const single = await timed({ devices, receipts, run: 1 });
    const alterations = short ? 100 : 1_000;
    const { found, named } = await altered(alterations);
    const holds =
      runs.good &&
      single.good &&
      Math.max(runs.verifyMs, single.verifyMs) <= LIMIT_MS &&
      found === alterations &&
      named === alterations;
    return {
      receipts,
      verifyMs: runs.verifyMs,
      verifySingleMs: single.verifyMs,
      packBytes: runs.bytes,
      packSingleBytes: single.bytes,
      alterations,
      found,
      named,
      seed: SEED,
      holds,
    };
  },
};

async function timed(size: Parameters<typeof draftOf>[0]) {
  const pack = await packOf(draftOf(size));
  const from = performance.now();
  const { good } = await withSignatureThreads((engine) => verifyPack(pack, engine, { root: ROOT_FINGERPRINT }));
  return { good, verifyMs: Math.round(performance.now() - from), bytes: pack.length };
}

async function altered(count: number): Promise<{ found: number; named: number }> {
  const random = seeded(SEED);
  const packs = [
    await packOf(draftOf({ devices: 2, receipts: 4, run: 2 })),
    await packOf(draftOf({ devices: 3, receipts: 9, run: 1 })),
  ];
  let [found, named] = [0, 0];
  for (let n = 0; n < count; n++) {
    const pack = (packs[n % packs.length] as Uint8Array).slice();
    const at = Math.floor(random() * pack.length);
    // Any other byte, not only one bit of it.
    pack[at] = ((pack[at] as number) + 1 + Math.floor(random() * 255)) & 255;
    const verdict = await verifyPack(pack, nodeEngine, { root: ROOT_FINGERPRINT });
    if (!verdict.good) found += 1;
    if (verdict.findings.length > 0) named += 1;
  }
  return { found, named };
}
