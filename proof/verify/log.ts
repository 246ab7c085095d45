import { fromHex, fromUtf8, sameBytes } from '../../devices/protocol/index.js';
import { verifyCheckpointOf } from '../log-keys.js';
import { FILES, logProof } from '../pack/contents.js';
import { rootOfMultiproof } from '../pack/multiproof.js';
import type { Bound, OpenedPack } from './archive.js';
import type { InstallationKeys } from './keys.js';
import type { ProvenReceipts } from './receipts.js';
import type { Engine, Report } from './verdict.js';

/** That each receipt is in the tree of the checkpoint, where it says, and nothing else is there. */
export function checkLog(
  pack: OpenedPack<Bound>,
  keys: InstallationKeys | null,
  { leaves, withoutLeaf }: ProvenReceipts,
  engine: Engine,
  report: Report,
): void {
  report.begin('log');
  if (!pack.has(FILES.checkpoint)) {
    report.note('noLog');
    if (leaves.size > 0) report.find('log', 'fileMissing', { file: FILES.checkpoint });
    return;
  }
  const checkpoint = keys && verifyCheckpointOf(textOf(pack, FILES.checkpoint), keys.logKeys, keys.root, engine);
  if (!checkpoint?.ok || checkpoint.checkpoint.demo !== pack.manifest.demo) {
    report.find('log', 'checkpointWrong');
    return;
  }
  if (withoutLeaf > 0) report.note('notInLogYet', { count: withoutLeaf });
  if (leaves.size === 0) return;
  const proof = proofOf(pack);
  if (!proof) {
    report.find('log', 'fileUnreadable', { file: FILES.proof });
    return;
  }
  const { size, root } = checkpoint.checkpoint;
  const made = proof.size === size ? rootOfMultiproof(leaves, size, proof.nodes.map(fromHex), engine) : null;
  if (!made || !sameBytes(made, root)) report.find('log', 'inclusionWrong');
  report.looked('log', leaves.size);
}

function textOf(pack: OpenedPack<Bound>, name: string): string {
  try {
    return fromUtf8(pack.bytes(name));
  } catch {
    return '';
  }
}

function proofOf(pack: OpenedPack<Bound>) {
  try {
    const parsed = logProof.safeParse(JSON.parse(textOf(pack, FILES.proof)));
    return parsed.success ? parsed.data : null;
  } catch {
    return null;
  }
}
