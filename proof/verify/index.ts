import { toHex } from '../../devices/protocol/index.js';
import { openPack, type Progress } from './archive.js';
import { checkCoverage } from './coverage.js';
import { checkDevices } from './devices.js';
import { checkDeclared, statedGround } from './hamlets.js';
import { flawOf } from './judge.js';
import { checkKeys } from './keys.js';
import { checkLog } from './log.js';
import { checkReceipts } from './receipts.js';
import { checkTexts } from './texts.js';
import { type Engine, Report, type Verdict } from './verdict.js';

export type { Check, Engine, Finding, Note, Verdict } from './verdict.js';
export { CHECKS, FINDINGS, filled, type Language, NOTES } from './words.js';

/** Beyond that a browser would have no memory for it. */
const LARGEST_PACK = 1024 ** 3;

export interface VerifyOptions {
  /** Fingerprint of the root key as the office published it, hex. */
  readonly root?: string | null;
  /** Told from 0 to 1, and waited for: a browser paints meanwhile. */
  readonly progress?: Progress;
}

/** Everything that can be checked without asking anybody. Whatever is given to it, it says what is wrong and does not throw. */
export async function verifyPack(archive: Uint8Array, engine: Engine, options: VerifyOptions = {}): Promise<Verdict> {
  const { root = null, progress = () => undefined } = options;
  const report = new Report();
  if (archive.length > LARGEST_PACK) {
    report.find('archive', 'tooLarge');
    return report.verdict({ sha256: '' });
  }
  const whole = engine.hasher();
  whole.update(archive);
  const sha256 = toHex(whole.digest());
  const opened = await openPack(archive, engine, report, (done) => progress(done * 0.3));
  const { pack, manifest } = opened;
  if (manifest?.demo) report.note('demo');
  // An altered pack is not examined further: what its parts say is nobody's word.
  if (!pack) return report.verdict({ manifest, sha256 });
  const keys = checkKeys(pack, root, engine, report);
  const devices = checkDevices(pack, report);
  const texts = checkTexts(pack, engine, report);
  const ofPack = { manifest: pack.manifest, texts };
  const proven = await checkReceipts(
    { pack, devices, engine, report, flawOf: (receipt, at, device) => flawOf(receipt, at, device, ofPack) },
    (done) => progress(0.3 + done * 0.6),
  );
  checkLog(pack, keys, proven, engine, report);
  const declared = checkDeclared(pack, engine, report);
  const ground = statedGround(pack, devices, report);
  if (ground) checkCoverage({ pack, tallies: proven.tallies, texts, ground, declared, report });
  report.note('playing');
  report.note('operator');
  await progress(1);
  return report.verdict({ manifest: pack.manifest, sha256 });
}
