import { createHash } from 'node:crypto';
import { ROOT, rawOf, SERVICE, signedKeySet, testKey } from '../../devices/player/testing/keys.js';
import {
  chainOf,
  FIRST_LINK,
  fromHex,
  type Receipt,
  signedBatchBytes,
  toBase64Url,
  toHex,
  toUtf8,
} from '../../devices/protocol/index.js';
import { signCheckpoint } from '../checkpoint.js';
import { nodeEngine } from '../cli/node-engine.js';
import { logOrigin } from '../log-keys.js';
import { Frontier, leafHash, nodeHash } from '../merkle.js';
import {
  type DeclaredRecord,
  type DeviceRecord,
  FILES,
  type HeardAnswer,
  type ReceiptRun,
  type ServedHamlet,
} from '../pack/contents.js';
import { COVERAGE_COLUMNS, type CoverageLine } from '../pack/coverage.js';
import type { PackHead } from '../pack/manifest.js';
import { multiproof } from '../pack/multiproof.js';
import { type PackSource, writePack } from '../pack/writer.js';

type Key = ReturnType<typeof testKey>;
export const START = Date.parse('2026-01-05T09:00:00+07:00');
export const ROOT_FINGERPRINT = toHex(nodeEngine.sha256(rawOf(ROOT)));
const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');
const SCRIPT = 'Hộ nghèo được vay vốn nuôi dê.';

/** A small pack that holds, made of what a spec may change before it is written. */
export interface Draft {
  head: PackHead;
  files: Map<string, string | Uint8Array>;
  runs: Map<string, ReceiptRun[]>;
  devices: Map<string, DeviceRecord>;
  coverage: CoverageLine[];
  hamlets: ServedHamlet[];
  heard: HeardAnswer[];
  declared: DeclaredRecord[];
  signer: Key;
  root: string;
}

export interface Size {
  readonly devices: number;
  readonly receipts: number;
  /** Receipts under one signature. */
  readonly run: number;
}

export const deviceName = (n: number): string => `device-${n}`;
const itemOf = (n: number) => ({
  id: `item-${n}`,
  version: 1,
  title: `Bài ${n}`,
  language: 'vi',
  textSha256: sha256(SCRIPT),
});

export function receiptOf(device: number, seq: number, changes: Partial<Receipt> = {}): Receipt {
  const startMs = START + seq * 60_000;
  return {
    ...{ v: 1, device: deviceName(device), boot: 1, bootId: 'boot-1', seq, simulated: false },
    ...{ play: `play-${seq}`, occurrence: `occurrence-${seq}`, part: 0, planVersion: 1, day: '2026-01-05' },
    item: itemOf(seq),
    audioSha256: 'a'.repeat(64),
    area: { id: 'xa-1', name: 'An Khương' },
    cluster: { id: `cluster-${device}`, name: `Cụm loa ấp ${device}` },
    planned: {
      startMs,
      latestEndMs: startMs + 600_000,
      durationMs: 30_000,
      volume: 80,
      class: 'normal',
      late: 'whole',
    },
    ...{ outcome: 'complete', cause: null, grade: 'completed', startedAtMs: startMs, endedAtMs: startMs + 30_000 },
    ...{ playedMs: 30_000, seekMs: 0, lateMs: 0, volume: 80, clock: { trust: 'trusted', errorMs: 20 } },
    ...changes,
  } as Receipt;
}

export const keyOfDevice = (device: number): Key => testKey(deviceName(device));

/** Signed anew after a change of its receipts. */
export function signedRun(
  device: number,
  texts: readonly string[],
  first: number,
  previous: string,
  key = keyOfDevice(device),
): ReceiptRun {
  const links = chainOf(fromHex(previous), texts, nodeEngine);
  const run = { boot: 1, first, last: first + texts.length - 1, previous, link: links.at(-1) ?? previous };
  const signature = toBase64Url(key.sign(signedBatchBytes({ device: deviceName(device), ...run })));
  const receivedAtMs = START + 3_600_000;
  return { ...run, key: key.publicKey, signature, receivedAtMs, receipts: [...texts], apart: [], leaves: [] };
}

/** Each device plays each item once, whole; one cluster and one hamlet a device. */
export function draftOf({ devices, receipts, run }: Size): Draft {
  const items = receipts / devices;
  const draft: Draft = {
    head: {
      ...{ madeAtMs: START + 7_200_000, demo: false, issuer: 'UBND huyện Hớn Quản' },
      plan: { number: '288/KH-UBND', title: 'Truyền thông giảm nghèo', issuedOn: '2025-12-01' },
      line: { id: 'line-1', title: 'Bài truyền thanh', target: items, unit: 'bài', criterion: 'playedEveryHamlet' },
      ...{ area: { id: 'area-1', name: 'Hớn Quản' }, period: { from: '2026-01-01', to: '2026-12-31' } },
      rule: { plays: 1, clusters: 'all', leastGrade: 'completed', languages: null },
      result: { required: receipts, reached: receipts, done: true },
      counts: { items, hamlets: devices, communes: 1, devices, receipts, declared: 0 },
    },
    ...{ files: new Map(), runs: new Map(), devices: new Map() },
    ...{ coverage: [], hamlets: [], heard: [], declared: [], signer: SERVICE, root: ROOT_FINGERPRINT },
  };
  for (let device = 1; device <= devices; device++) {
    const name = deviceName(device);
    draft.devices.set(name, recordOf(device));
    draft.hamlets.push({
      ...{ id: `ap-${device}`, name: `Ấp ${device}`, commune: { id: 'xa-1', name: 'An Khương' } },
      clusters: [{ id: `cluster-${device}`, reach: 'horn', from: '2025-01-01', to: null }],
    });
    const runs: ReceiptRun[] = [];
    for (let first = 1; first <= items; first += run) {
      const texts = Array.from({ length: Math.min(run, items - first + 1) }, (_, n) =>
        JSON.stringify(receiptOf(device, first + n)),
      );
      runs.push(signedRun(device, texts, first, runs.at(-1)?.link ?? FIRST_LINK));
    }
    draft.runs.set(name, runs);
  }
  for (let item = 1; item <= items; item++)
    for (let device = 1; device <= devices; device++) draft.coverage.push(coverageLine(item, device));
  const texts = Array.from({ length: items }, (_, n) => textOf(n + 1));
  for (const { file } of texts) draft.files.set(file, SCRIPT);
  draft.files.set(FILES.texts, JSON.stringify(texts));
  draft.files.set(
    FILES.report,
    new Uint8Array(2_000).map((_, n) => (n * 7_919) % 251),
  );
  draft.files.set(FILES.missing, 'hang,nguyen_nhan\r\n');
  draft.files.set(FILES.root, toBase64Url(rawOf(ROOT)));
  draft.files.set(FILES.keySet(1), signedKeySet(1));
  numberLeaves(draft);
  return draft;
}

function recordOf(device: number): DeviceRecord {
  const enrolledAtMs = START - 86_400_000;
  return {
    ...{ v: 2, device: deviceName(device), model: 'V1', serial: `SN-${device}`, simulated: false },
    cluster: { id: `cluster-${device}`, code: `k${device}`, name: `Cụm loa ấp ${device}`, reach: 'horn' },
    ...{ area: { id: 'xa-1', name: 'An Khương' }, enrolledAtMs, enrolledBy: 'Chị Hoa' },
    keys: [{ publicKey: keyOfDevice(device).publicKey, fromMs: enrolledAtMs, untilMs: null }],
    ...{ revoked: null, doubtedFromMs: null, handover: null },
  };
}

function textOf(item: number) {
  const { id, version, title, language, textSha256 } = itemOf(item);
  const file = FILES.text(id, version);
  return {
    item: id,
    version,
    title,
    language,
    file,
    textSha256,
    audioSha256: 'a'.repeat(64),
    author: 'Hoa',
    approver: 'Nam',
    approvedAtMs: START,
    current: true,
  };
}

function coverageLine(item: number, device: number): CoverageLine {
  return {
    ...{ ma_ban_tin: `item-${item}`, ban_tin: `Bài ${item}`, ma_xa: 'xa-1', xa: 'An Khương', ma_ap: `ap-${device}` },
    ...{
      ap: `Ấp ${device}`,
      ma_cum_loa: `cluster-${device}`,
      so_hieu_cum_loa: `k${device}`,
      cum_loa: `Cụm loa ấp ${device}`,
    },
    ...{
      may_phat: '',
      cum_loa_ket_qua: 'complete',
      so_lan_phat_du: '1',
      so_lan_co_tin_hieu: '0',
      so_lan_phat_chua_du: '0',
      so_lan_khong_phat: '0',
    },
    ...{ so_lan_chua_ro: '0', nguyen_nhan: '', so_lan_nghe_ro: '0', khai_bao: '0' },
    ...{ o_ket_qua: 'complete', o_dien_giai: '1/1 cụm' },
  };
}

/** Every receipt is a leaf of a log that a stranger's receipt begins; checkpoint and proof are made anew. */
export function numberLeaves(draft: Draft): void {
  const hashes: Uint8Array[] = [leafHash(toUtf8('stranger'), nodeEngine)];
  for (const runs of draft.runs.values())
    for (const [n, run] of runs.entries()) {
      const texts = run.receipts.filter((entry) => entry.startsWith('{'));
      runs[n] = { ...run, leaves: texts.map((_, k) => hashes.length + k) };
      for (const text of texts) hashes.push(leafHash(nodeEngine.sha256(Buffer.from(text)), nodeEngine));
    }
  const frontier = new Frontier();
  for (const hash of hashes) frontier.append(hash, nodeEngine);
  const size = hashes.length;
  const checkpoint = {
    origin: logOrigin(rawOf(ROOT), 1, nodeEngine),
    size,
    root: frontier.root(nodeEngine),
    signedAtMs: START,
    demo: draft.head.demo,
  };
  const leaves = hashes.map((_, n) => n).slice(1);
  const proof = { size, nodes: multiproof(leaves, size, (low, high) => hashOf(hashes, low, high)) };
  const signer = { sign: (bytes: Uint8Array) => SERVICE.sign(bytes), publicKey: rawOf(SERVICE) };
  draft.files.set(FILES.checkpoint, signCheckpoint(checkpoint, signer, nodeEngine));
  draft.files.set(FILES.proof, JSON.stringify(proof));
}

/** RFC 9162 §2.1.1, straight from its definition. */
export function hashOf(hashes: readonly Uint8Array[], low: number, high: number): Uint8Array {
  if (high - low === 1) return hashes[low] as Uint8Array;
  let power = 1;
  while (power * 2 < high - low) power *= 2;
  return nodeHash(hashOf(hashes, low, low + power), hashOf(hashes, low + power, high), nodeEngine);
}

/** The pack as it would be written, whether it holds or not. */
export async function packOf(draft: Draft): Promise<Uint8Array> {
  const { head, signer, root } = draft;
  const chunks: Uint8Array[] = [];
  for await (const chunk of writePack(sourcesOf(draft), { head: () => head, root, signer, hasher: nodeEngine.hasher }))
    chunks.push(chunk);
  return new Uint8Array(Buffer.concat(chunks));
}

export function sourcesOf({ files, runs, devices, coverage, hamlets, heard, declared }: Draft): PackSource[] {
  const quoted = (cell: string) => (/[",\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell);
  const table = [
    COVERAGE_COLUMNS.join(),
    ...coverage.map((line) => COVERAGE_COLUMNS.map((name) => quoted(line[name])).join()),
  ];
  const all = new Map(files);
  if (!all.has(FILES.coverage)) all.set(FILES.coverage, `\ufeff${table.map((line) => `${line}\r\n`).join('')}`);
  for (const [name, said] of [
    [FILES.hamlets, hamlets],
    [FILES.heard, heard],
    [FILES.declared, declared],
  ] as const)
    if (!all.has(name)) all.set(name, JSON.stringify(said));
  for (const [name, record] of devices) all.set(FILES.device(name), JSON.stringify(record));
  for (const [name, list] of runs)
    all.set(FILES.receipts(name), list.map((run) => `${JSON.stringify(run)}\n`).join(''));
  return [...all].map(([name, content]) => ({
    name,
    content: typeof content === 'string' ? Buffer.from(content) : content,
  }));
}
