import { fromUtf8, toHex } from '../../devices/protocol/index.js';
import { ANSWERS_FILE, answeredSession } from '../archive/contents.js';
import { type ArchiveManifest, readArchiveManifest, saysArchive } from '../archive/manifest.js';
import { parseCheckpoint } from '../checkpoint.js';
import { FILES } from '../pack/contents.js';
import { manifestText, type OpenedPack, openBound } from './archive.js';
import { checkDevices } from './devices.js';
import { type VerifyOptions, verifyPack } from './index.js';
import { foreignOf } from './judge.js';
import { checkKeys } from './keys.js';
import { linesOf } from './lines.js';
import { checkLog } from './log.js';
import { checkReceipts } from './receipts.js';
import { type Engine, Report, type Verdict } from './verdict.js';
import type { CheckCode } from './words.js';

const CHECKED: readonly CheckCode[] = ['archive', 'keys', 'devices', 'receipts', 'log', 'answers'];
const MOST_BYTES = 1024 ** 3;

/** Whichever of the two it is: a pack, or receipts that left a database. */
export function verifyFile(file: Uint8Array, engine: Engine, options: VerifyOptions = {}): Promise<Verdict> {
  const isArchive = saysArchive(manifestText(file) ?? '');
  return isArchive ? verifyArchive(file, engine, options) : verifyPack(file, engine, options);
}

/**
 * That an archive holds what devices signed and what the log of the installation has under the named checkpoint, without asking anybody.
 * Whatever is given to it, it says what is wrong and does not throw.
 */
export async function verifyArchive(
  file: Uint8Array,
  engine: Engine,
  { root = null, progress = () => undefined }: VerifyOptions = {},
): Promise<Verdict> {
  const report = new Report();
  if (file.length > MOST_BYTES) {
    report.find('archive', 'tooLarge');
    return report.verdict({ sha256: '' }, CHECKED);
  }
  const whole = engine.hasher();
  whole.update(file);
  const sha256 = toHex(whole.digest());
  const opened = await openBound(file, engine, report, (done) => progress(done * 0.3), readArchiveManifest);
  const { pack, manifest: archive } = opened;
  if (archive?.demo) report.note('demo');
  // What the parts of an altered file say is nobody's word.
  if (!pack) return report.verdict({ archive, sha256 }, CHECKED);
  const keys = checkKeys(pack, root, engine, report);
  const devices = checkDevices(pack, report);
  const proven = await checkReceipts(
    {
      ...{ pack, devices, engine, report },
      flawOf: (receipt, numbered, device) => foreignOf(receipt, numbered, device, pack.manifest.demo),
    },
    (done) => progress(0.3 + done * 0.6),
  );
  const { counts } = pack.manifest;
  if (devices.size !== counts.devices)
    report.find('devices', 'statedCountWrong', { said: counts.devices, found: devices.size });
  if (counts.receipts > 0) {
    // What may leave is in the tree: an archive without its proof is none.
    if (!pack.has(FILES.checkpoint)) report.find('log', 'fileMissing', { file: FILES.checkpoint });
    else checkLog(pack, keys, proven, engine, report);
    if (proven.withoutLeaf > 0 || !namesCheckpoint(pack)) report.find('log', 'inclusionWrong');
  } else report.begin('log');
  checkAnswers(pack, report);
  report.note('playing');
  report.note('operator');
  await progress(1);
  return report.verdict({ archive, sha256 }, CHECKED);
}

function namesCheckpoint(pack: OpenedPack<ArchiveManifest>): boolean {
  const { checkpoint } = pack.manifest;
  if (!pack.has(FILES.checkpoint)) return checkpoint === null;
  try {
    const parsed = parseCheckpoint(fromUtf8(pack.bytes(FILES.checkpoint)));
    if (!parsed.ok) return false;
    return checkpoint?.origin === parsed.checkpoint.origin && checkpoint.size === parsed.checkpoint.size;
  } catch {
    return false;
  }
}

function checkAnswers(pack: OpenedPack<ArchiveManifest>, report: Report): void {
  report.begin('answers');
  const { counts } = pack.manifest;
  let [sessions, answers, line] = [0, 0, 0];
  if (pack.has(ANSWERS_FILE))
    for (const text of linesOf(pack.pieces(ANSWERS_FILE))) {
      line += 1;
      const session = sessionOf(text);
      if (!session) report.find('answers', 'runUnreadable', { file: ANSWERS_FILE, line });
      else {
        sessions += 1;
        answers += session.answers.length;
        report.looked('answers', session.answers.length);
      }
    }
  if (sessions !== counts.sessions || answers !== counts.answers)
    report.find('answers', 'statedCountWrong', { said: counts.answers, found: answers });
}

function sessionOf(text: string | null) {
  if (text === null) return null;
  try {
    return answeredSession.parse(JSON.parse(text));
  } catch {
    return null;
  }
}
