import type { ApiClient } from '../../demo/api-client.js';
import { fromBase64Url } from '../../devices/protocol/index.js';
import { fromBase64, logKeysOf, verifyCheckpointOf, verifyConsistency } from '../../proof/index.js';
import { nodeCrypto } from '../../src/platform/keys/index.js';

interface Kept {
  readonly text: string;
  readonly epoch: number;
  readonly size: number;
  readonly root: Uint8Array;
}

/** Somebody who keeps checkpoints where the operator cannot reach, and asks later, with `proof/` alone, whether all is still there. */
export class Payer {
  readonly kept: Kept[] = [];
  /** Consistency proofs that did not lead from one checkpoint to the next of its epoch. */
  wrongProofs = 0;

  constructor(private readonly rootPublicKey: string) {}

  async keep(api: ApiClient): Promise<Kept> {
    const text = await api.text('/api/log/checkpoint');
    const { keySets } = await api.get<{ keySets: { signed: string }[] }>('/api/log');
    const root = fromBase64Url(this.rootPublicKey);
    const sets = keySets.map(({ signed }) => signed);
    const keys = logKeysOf(sets, root, nodeCrypto);
    const told = verifyCheckpointOf(text, keys.ok ? keys.keys : [], root, nodeCrypto);
    if (!told.ok) throw new Error(`a checkpoint that does not hold: ${told.problem}`);
    const kept: Kept = { text, epoch: told.epoch, size: told.checkpoint.size, root: told.checkpoint.root };
    const before = this.kept.at(-1);
    if (before && before.epoch === kept.epoch && !(await this.#leads(api, before, kept))) this.wrongProofs++;
    this.kept.push(kept);
    return kept;
  }

  /** What the log says of all that was kept, by verdict. */
  async verdicts(api: ApiClient): Promise<Record<string, number>> {
    const counts: Record<string, number> = {};
    for (const { text } of this.kept) {
      const { verdict } = await api.post<{ verdict: string }>('/api/log/check', { checkpoint: text });
      counts[verdict] = (counts[verdict] ?? 0) + 1;
    }
    return counts;
  }

  async #leads(api: ApiClient, from: Kept, to: Kept): Promise<boolean> {
    // Everything continues the empty tree, and no proof says so.
    if (from.size === 0) return true;
    const { path } = await api.get<{ path: string[] }>(`/api/log/consistency?from=${from.size}&to=${to.size}`);
    const hashes = path.map((hash) => fromBase64(hash) as Uint8Array);
    const claim = { from: from.size, fromRoot: from.root, to: to.size, toRoot: to.root, path: hashes };
    return verifyConsistency(claim, nodeCrypto);
  }
}
