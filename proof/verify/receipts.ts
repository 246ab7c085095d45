import {
  concatBytes,
  FIRST_LINK,
  fromBase64Url,
  fromHex,
  type Receipt,
  receipt as receiptSchema,
  signedBatchBytes,
  toHex,
} from '../../devices/protocol/index.js';
import { leafHash } from '../merkle.js';
import { type DeviceRecord, FILES, isHashOnly, type ReceiptRun, receiptRun } from '../pack/contents.js';
import type { Bound, OpenedPack, Progress } from './archive.js';
import { nothing, type Proven } from './cells.js';
import type { Flaw } from './judge.js';
import { linesOf } from './lines.js';
import type { Engine, Report } from './verdict.js';

const TEXT = new TextEncoder();
const ONE = Uint8Array.of(1);
/** Under a former key something may have been on its way; see `receiptKeysOf` of the service. */
const KEY_SLACK_MS = 3_600_000;

/** What the receipts prove, by item and cluster (`tallyKey`) and local day. Missed plays prove nothing and are told apart. */
export type Tallies = ReadonlyMap<string, ReadonlyMap<string, Proven>>;
export const tallyKey = (item: string, cluster: string): string => `${item} ${cluster}`;

export interface ProvenReceipts {
  readonly tallies: Tallies;
  /** Hash of each leaf that a receipt claims in the log. */
  readonly leaves: ReadonlyMap<number, Uint8Array>;
  readonly withoutLeaf: number;
}

interface Scene {
  readonly pack: OpenedPack<Bound & { readonly counts: { readonly receipts: number } }>;
  readonly devices: ReadonlyMap<string, DeviceRecord>;
  /** What is wrong with what a receipt says, besides its signature and place. */
  readonly flawOf: (receipt: Receipt, numbered: Numbered, device: DeviceRecord) => Flaw | null;
  readonly engine: Engine;
  readonly report: Report;
}

/** Every run of every device: chain, signature, key, and what the receipts say. */
export async function checkReceipts(scene: Scene, progress: Progress): Promise<ProvenReceipts> {
  const { pack, devices, report } = scene;
  report.begin('receipts');
  const ledger = new Ledger(scene);
  const files = pack.manifest.files.filter(({ name }) => name.startsWith('receipts/'));
  for (const [n, { name }] of files.entries()) {
    const device = devices.get(name.slice('receipts/'.length, -'.jsonl'.length));
    if (!device || FILES.receipts(device.device) !== name) {
      report.find('receipts', 'fileExtra', { file: name });
      continue;
    }
    ledger.begin();
    let line = 0;
    for (const text of linesOf(pack.pieces(name))) {
      line += 1;
      const run = runOf(text);
      if (run) await ledger.enter(device, run);
      else report.find('receipts', 'runUnreadable', { file: name, line });
      await progress((n + 0.5) / files.length);
    }
  }
  await ledger.settle();
  if (ledger.count !== pack.manifest.counts.receipts)
    report.find('receipts', 'receiptCount', { said: pack.manifest.counts.receipts, found: ledger.count });
  if (ledger.neighbours > 0) report.note('neighbours', { count: ledger.neighbours });
  if (ledger.apart > 0) report.note('apart', { count: ledger.apart });
  return ledger;
}

/** A line of a file of receipts; null: it is none. */
export function runOf(text: string | null): ReceiptRun | null {
  if (text === null) return null;
  try {
    const parsed = receiptRun.safeParse(JSON.parse(text));
    if (!parsed.success) return null;
    const run = parsed.data;
    const texts = run.receipts.filter((entry) => !isHashOnly(entry)).length;
    const told = run.apart.every((seq) => isHashOnly(run.receipts[seq - run.first] ?? ''));
    const fits = run.last - run.first + 1 === run.receipts.length && run.leaves.length === texts && texts > 0 && told;
    return fits ? run : null;
  } catch {
    return null;
  }
}

class Ledger implements ProvenReceipts {
  readonly tallies = new Map<string, Map<string, Proven>>();
  readonly leaves = new Map<number, Uint8Array>();
  withoutLeaf = 0;
  count = 0;
  /** Neighbours told by their hash: of other content, and those that were put in quarantine. */
  neighbours = 0;
  apart = 0;
  /** Numbers and plays of the device whose file is read: a device has one. */
  readonly #seen = new Set<string>();
  readonly #finals = new Set<string>();
  readonly #waiting: Promise<void>[] = [];
  #before: { readonly boot: number; readonly last: number; readonly link: string } | null = null;

  constructor(private readonly scene: Scene) {}

  /** Before the runs of the next device. */
  begin(): void {
    this.#before = null;
    this.#seen.clear();
    this.#finals.clear();
  }

  async enter(device: DeviceRecord, run: ReceiptRun): Promise<void> {
    const { engine, report } = this.scene;
    const at = { device: device.device, seq: `${run.boot}/${run.first}–${run.last}` };
    let link = fromHex(run.previous);
    let text = 0;
    for (const [n, entry] of run.receipts.entries()) {
      if (isHashOnly(entry)) {
        link = engine.sha256(concatBytes(ONE, link, fromHex(entry)));
        if (run.apart.includes(run.first + n)) this.apart += 1;
        else this.neighbours += 1;
        continue;
      }
      const hash = engine.sha256(TEXT.encode(entry));
      link = engine.sha256(concatBytes(ONE, link, hash));
      const numbered = { boot: run.boot, seq: run.first + n };
      this.#leaf(device, numbered, run.leaves[text++] ?? null, hash);
      this.#judge(device, numbered, entry);
    }
    const before = this.#before;
    const follows = before && before.boot === run.boot && before.last + 1 === run.first;
    const starts = run.boot === 1 && run.first === 1 && run.previous !== FIRST_LINK;
    if (toHex(link) !== run.link || (follows && before.link !== run.previous) || starts)
      report.find('receipts', 'chainForged', at);
    this.#before = { boot: run.boot, last: run.last, link: run.link };
    const key = device.keys.find(({ publicKey }) => publicKey === run.key);
    const held =
      key &&
      run.receivedAtMs + KEY_SLACK_MS >= key.fromMs &&
      (key.untilMs === null || run.receivedAtMs <= key.untilMs + KEY_SLACK_MS);
    if (!held) report.find('receipts', 'keyForeign', at);
    this.#waiting.push(this.#verify(device.device, run, at));
    // The older half is waited for while the younger keeps other threads busy.
    if (this.#waiting.length >= engine.together)
      await Promise.all(this.#waiting.splice(0, Math.ceil(engine.together / 2)));
  }

  /** Waits for the signatures that are under verification. */
  async settle(): Promise<void> {
    await Promise.all(this.#waiting.splice(0));
  }

  async #verify(device: string, run: ReceiptRun, at: { readonly device: string; readonly seq: string }): Promise<void> {
    const { engine, report } = this.scene;
    let good = false;
    try {
      const message = signedBatchBytes({ device, ...run });
      good = await engine.verifyLater(fromBase64Url(run.key), message, fromBase64Url(run.signature));
    } catch {
      // Letters of base64url that are not its canonical form.
    }
    if (!good) report.find('receipts', 'signatureWrong', at);
  }

  #leaf({ device }: DeviceRecord, { boot, seq }: Numbered, leaf: number | null, hash: Uint8Array): void {
    const { engine, report } = this.scene;
    if (leaf === null) this.withoutLeaf += 1;
    else if (this.leaves.has(leaf)) report.find('log', 'leafTwice', { device, seq: `${boot}/${seq}`, found: leaf });
    else this.leaves.set(leaf, leafHash(hash, engine));
  }

  #judge(device: DeviceRecord, numbered: Numbered, text: string): void {
    const { report, flawOf } = this.scene;
    this.count += 1;
    report.looked('receipts');
    const at = { device: device.device, seq: `${numbered.boot}/${numbered.seq}` };
    const parsed = receiptSchema.safeParse(parseJson(text));
    if (!parsed.success) return report.find('receipts', 'receiptUnreadable', at);
    const receipt = parsed.data;
    const flaw = flawOf(receipt, numbered, device);
    if (flaw) return report.find(flaw.check, flaw.code, { ...at, ...flaw.parameters });
    if (this.#seen.has(at.seq) || this.#finals.has(receipt.play)) return report.find('receipts', 'receiptTwice', at);
    this.#seen.add(at.seq);
    this.#finals.add(receipt.play);
    this.#count(receipt, device);
  }

  #count({ item, day, outcome, relay, sensed }: Receipt, { cluster }: DeviceRecord): void {
    if (outcome === 'notPlayed') return;
    const key = tallyKey(item.id, cluster.id);
    const days = this.tallies.get(key) ?? new Map<string, Proven>();
    const proven = days.get(day) ?? nothing();
    // What a relay sent nobody verified, and a silent line was heard by nobody: a part at most.
    if (outcome === 'partial' || relay !== undefined || sensed === false) proven.partial += 1;
    else {
      proven.whole += 1;
      if (sensed) proven.sensed += 1;
    }
    days.set(day, proven);
    this.tallies.set(key, days);
  }
}

interface Numbered {
  readonly boot: number;
  readonly seq: number;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
