import type { Receipt } from '../../devices/protocol/index.js';
import { type DeviceRecord } from '../pack/contents.js';
import type { Manifest } from '../pack/manifest.js';
import { isApproved, type Texts, textKey } from './texts.js';
import type { CheckCode, FindingCode, Parameters } from './words.js';

/** As far as a device's clock may be off (docs/protocol): the service judges with the same limits. */
const CLOCK_MS = 10 * 60_000;
/** A sound card rounds. */
const LONGER_BY_MS = 2_000;

export interface Flaw {
  readonly check: CheckCode;
  readonly code: FindingCode;
  readonly parameters?: Parameters;
}

/** What is wrong with what one receipt of `device` says; its signature and place in the chain are judged elsewhere. */
export function flawOf(
  receipt: Receipt,
  numbered: { readonly boot: number; readonly seq: number },
  device: DeviceRecord,
  { manifest, texts }: { readonly manifest: Manifest; readonly texts: Texts },
): Flaw | null {
  const { cluster, day, item } = receipt;
  const foreign = foreignOf(receipt, numbered, device, manifest.demo);
  if (foreign) return foreign;
  if (cluster.id !== device.cluster.id)
    return { check: 'receipts', code: 'receiptElsewhere', parameters: { found: cluster.name } };
  if (day < manifest.period.from || day > manifest.period.to) return { check: 'receipts', code: 'receiptOutside' };
  if (isOutsideLife(receipt, device)) return { check: 'receipts', code: 'receiptOutsideLife' };
  if (device.doubtedFromMs !== null && receipt.planned.startMs >= device.doubtedFromMs)
    return { check: 'receipts', code: 'receiptDoubted' };
  if (isAbsurd(receipt)) return { check: 'receipts', code: 'receiptAbsurd' };
  const text = texts.get(textKey(item.id, item.version));
  if (!text) return { check: 'texts', code: 'textUnknown' };
  return isApproved(receipt, text) ? null : { check: 'texts', code: 'textOther' };
}

/** Whether it is this device's, under this number, and may be in such a database at all. */
export function foreignOf(
  { device, boot, seq, simulated }: Receipt,
  numbered: { readonly boot: number; readonly seq: number },
  record: DeviceRecord,
  demo: boolean,
): Flaw | null {
  if (device !== record.device || boot !== numbered.boot || seq !== numbered.seq)
    return { check: 'receipts', code: 'receiptForeign', parameters: { found: `${device} ${boot}/${seq}` } };
  return simulated && !demo ? { check: 'receipts', code: 'receiptSimulated' } : null;
}

/** Compressed time of simulators has no such day. */
function isOutsideLife({ simulated, planned, endedAtMs }: Receipt, { enrolledAtMs, revoked }: DeviceRecord): boolean {
  if (simulated) return false;
  if (planned.startMs + CLOCK_MS < enrolledAtMs) return true;
  return revoked !== null && (endedAtMs ?? planned.startMs) > revoked.atMs + CLOCK_MS;
}

function isAbsurd({ outcome, cause, startedAtMs, endedAtMs, playedMs, planned, grade }: Receipt): boolean {
  if (playedMs > planned.durationMs + LONGER_BY_MS) return true;
  if ((startedAtMs === null) !== (endedAtMs === null)) return true;
  if (outcome === 'notPlayed') return startedAtMs !== null || playedMs > 0 || cause === null;
  if (startedAtMs === null || endedAtMs === null || endedAtMs < startedAtMs) return true;
  if (startedAtMs < planned.startMs - CLOCK_MS || endedAtMs > planned.latestEndMs + CLOCK_MS) return true;
  if (outcome === 'partial') return cause === null;
  return cause !== null || grade !== 'completed' || playedMs + LONGER_BY_MS < planned.durationMs;
}
