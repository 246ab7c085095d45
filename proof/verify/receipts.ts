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
import type { Flaw } from './judge.js';
import { linesOf } from './lines.js';
import type { Engine, Report } from './verdict.js';

const TEXT = new TextEncoder();
const ONE = Uint8Array.of(1);
/** Under a former key something may have been on its way; see `receiptKeysOf` of the service. */
const KEY_SLACK_MS = 3_600_000;
/** Signatures under verification at a time; the older half is waited for while the younger keeps the other threads busy. */
const AT_A_TIME = 128;

/** What complete, partial and missed plays the receipts prove, by item and cluster. */
export interface Tally {
  complete: number;
  partial: number;
  notPlayed: number;
}
export const tallyKey = (item: string, cluster: string): string => `${item} ${cluster}`;

export interface Proven {
  readonly tallies: ReadonlyMap<string, Tally>;
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
export async function checkReceipts(scene: Scene, progress: Progress): Promise<Proven> {
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
    const fits = run.last - run.first + 1 === run.receipts.length && run.leaves.length === texts && texts > 0;
    return fits ? run : null;
  } catch {
    return null;
  }
}

class Ledger implements Proven {
  readonly tallies = new Map<string, Tally>();
  readonly leaves = new Map<number, Uint8Array>();
  withoutLeaf = 0;
  count = 0;
  readonly #seen = new Set<string>();
  readonly #finals = new Set<string>();
  readonly #waiting: Promise<void>[] = [];
  #before: { readonly device: string; readonly boot: number; readonly last: number; readonly link: string } | null =
    null;

  constructor(private readonly scene: Scene) {}

  async enter(device: DeviceRecord, run: ReceiptRun): Promise<void> {
    const { engine, report } = this.scene;
    const at = { device: device.device, seq: `${run.boot}/${run.first}–${run.last}` };
    let link = fromHex(run.previous);
    let text = 0;
    for (const [n, entry] of run.receipts.entries()) {
      if (isHashOnly(entry)) {
        link = engine.sha256(concatBytes(ONE, link, fromHex(entry)));
        continue;
      }
      const hash = engine.sha256(TEXT.encode(entry));
      link = engine.sha256(concatBytes(ONE, link, hash));
      const numbered = { boot: run.boot, seq: run.first + n };
      this.#leaf(device, numbered, run.leaves[text++] ?? null, hash);
      this.#judge(device, numbered, entry);
    }
    const before = this.#before?.device === device.device ? this.#before : null;
    const follows = before && before.boot === run.boot && before.last + 1 === run.first;
    const starts = run.boot === 1 && run.first === 1 && run.previous !== FIRST_LINK;
    if (toHex(link) !== run.link || (follows && before.link !== run.previous) || starts)
      report.find('receipts', 'chainForged', at);
    this.#before = { device: device.device, boot: run.boot, last: run.last, link: run.link };
    const key = device.keys.find(({ publicKey }) => publicKey === run.key);
    const held =
      key &&
      run.receivedAtMs + KEY_SLACK_MS >= key.fromMs &&
      (key.untilMs === null || run.receivedAtMs <= key.untilMs + KEY_SLACK_MS);
    if (!held) report.find('receipts', 'keyForeign', at);
    this.#waiting.push(this.#verify(device.device, run, at));
    if (this.#waiting.length >= AT_A_TIME) await Promise.all(this.#waiting.splice(0, AT_A_TIME / 2));
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
    const name = `${at.device} ${at.seq}`;
    const play = `${at.device} ${receipt.play}`;
    if (this.#seen.has(name) || this.#finals.has(play)) return report.find('receipts', 'receiptTwice', at);
    this.#seen.add(name);
    this.#finals.add(play);
    this.#count(receipt, device);
  }

  #count(receipt: Receipt, { cluster }: DeviceRecord): void {
    const key = tallyKey(receipt.item.id, cluster.id);
    const tally = this.tallies.get(key) ?? { complete: 0, partial: 0, notPlayed: 0 };
    // What a relay sent, and who hears a transmitter, nobody verified, and a silent line was heard by nobody: a part at most.
    const weak = receipt.relay !== undefined || receipt.sensed === false || cluster.reach === 'transmitter';
    tally[receipt.outcome === 'complete' && weak ? 'partial' : receipt.outcome] += 1;
    this.tallies.set(key, tally);
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
