import { ROOT, rawOf, signedKeySet } from '../../devices/player/testing/keys.js';
import { toBase64Url } from '../../devices/protocol/index.js';
import { ANSWERS_FILE, type AnsweredSession } from '../archive/contents.js';
import type { ArchiveHead } from '../archive/manifest.js';
import { writeArchive } from '../archive/writer.js';
import { parseCheckpoint } from '../checkpoint.js';
import { nodeEngine } from '../cli/node-engine.js';
import { FILES } from '../pack/contents.js';
import type { PackSource } from '../pack/writer.js';
import { type Draft, draftOf, START } from './pack.js';

export interface ArchiveDraft extends Pick<Draft, 'runs' | 'devices' | 'signer' | 'root'> {
  head: ArchiveHead;
  files: Map<string, string | Uint8Array>;
  sessions: AnsweredSession[];
}

/** A small archive that holds, made of what a spec may change before it is written. */
export function archiveDraft(): ArchiveDraft {
  const { files, runs, devices, signer, root } = draftOf({ devices: 2, receipts: 8, run: 2 });
  const checkpoint = String(files.get(FILES.checkpoint));
  const parsed = parseCheckpoint(checkpoint);
  if (!parsed.ok) throw new Error('no checkpoint');
  const { origin, size } = parsed.checkpoint;
  const receivedAtMs = [...runs.values()].flat().map((run) => run.receivedAtMs);
  return {
    head: {
      ...{ madeAtMs: START + 7_200_000, demo: false, name: 'luu-tru-20260405-1.zip' },
      rule: { receiptDays: 90, confirmationDays: 90 },
      received: { fromMs: Math.min(...receivedAtMs), toMs: Math.max(...receivedAtMs) },
      checkpoint: { origin, size },
      counts: { devices: 2, runs: 4, receipts: 8, sessions: 1, answers: 2 },
    },
    files: new Map<string, string | Uint8Array>([
      [FILES.root, toBase64Url(rawOf(ROOT))],
      [FILES.keySet(1), signedKeySet(1)],
      [FILES.checkpoint, checkpoint],
      [FILES.proof, String(files.get(FILES.proof))],
    ]),
    sessions: [answered()],
    ...{ runs, devices, signer, root },
  };
}

function answered(): AnsweredSession {
  const given = { kind: 'head', answer: 'unclear', byId: 'link-1', byName: 'Ông Ba', toldBy: null } as const;
  return {
    ...{ id: `ap-1.${START}`, hamlet: { id: 'ap-1', name: 'Ấp 1', commune: 'An Khương' }, day: '2026-01-05' },
    ...{ startMs: START, endMs: START + 600_000 },
    clusters: [{ id: 'cluster-1', name: 'Cụm loa ấp 1', reach: 'horn' }],
    plays: [
      { id: 'device-1.play-1', clusterId: 'cluster-1', controllerId: 'device-1', itemId: 'item-1', title: 'Bài 1' },
    ],
    answers: [
      { ...given, id: 'answer-1', n: 1, atMs: START + 700_000, supersededAtMs: START + 800_000 },
      { ...given, id: 'answer-2', n: 2, answer: 'clear', atMs: START + 800_000, supersededAtMs: null },
    ],
  };
}

/** The archive as it would be written, whether it holds or not. */
export async function archiveOf({ head, files, runs, devices, sessions, signer, root }: ArchiveDraft) {
  const sources = new Map(files);
  for (const [name, record] of devices) sources.set(FILES.device(name), JSON.stringify(record));
  for (const [name, list] of runs) sources.set(FILES.receipts(name), lines(list));
  if (sessions.length > 0) sources.set(ANSWERS_FILE, lines(sessions));
  const all: PackSource[] = [...sources].map(([name, content]) => ({ name, content: Buffer.from(content) }));
  const chunks: Uint8Array[] = [];
  for await (const chunk of writeArchive(all, { head, root, signer, hasher: nodeEngine.hasher })) chunks.push(chunk);
  return new Uint8Array(Buffer.concat(chunks));
}

const lines = (rows: readonly object[]): string => rows.map((row) => `${JSON.stringify(row)}\n`).join('');
