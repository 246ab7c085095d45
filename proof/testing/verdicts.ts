import { nodeEngine } from '../cli/node-engine.js';
import { FINDINGS, filled, type Verdict, verifyPack } from '../verify/index.js';
import { type Draft, draftOf, packOf, ROOT_FINGERPRINT, type Size } from './pack.js';

export const SMALL = { devices: 2, receipts: 8, run: 2 };
export const checked = (pack: Uint8Array, root: string | null = ROOT_FINGERPRINT): Promise<Verdict> =>
  verifyPack(pack, nodeEngine, { root });
export const codes = ({ findings }: Verdict) => [...new Set(findings.map(({ code }) => code))];
export const words = ({ findings }: Verdict) =>
  findings.map(({ code, parameters }) => filled(FINDINGS[code], 'en', parameters)).join('\n');

/** A pack that was changed before somebody who holds every key of the installation signed it. */
export async function forged(change: (draft: Draft) => void, size: Size = SMALL): Promise<Verdict> {
  const draft = draftOf(size);
  change(draft);
  return checked(await packOf(draft));
}
