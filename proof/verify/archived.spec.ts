import { beforeAll, describe, expect, it } from '@jest/globals';
import { testKey } from '../../devices/player/testing/keys.js';
import { FIRST_LINK } from '../../devices/protocol/index.js';
import { ANSWERS_FILE } from '../archive/contents.js';
import { nodeEngine } from '../cli/node-engine.js';
import { printed } from '../cli/printed.js';
import { FILES } from '../pack/contents.js';
import { type ArchiveDraft, archiveDraft, archiveOf } from '../testing/left-receipts.js';
import { draftOf, packOf, ROOT_FINGERPRINT, receiptOf, signedRun } from '../testing/pack.js';
import { codes, SMALL } from '../testing/verdicts.js';
import { verifyArchive, verifyFile } from './archived.js';
import { verifyPack } from './index.js';

const checked = (file: Uint8Array, root: string | null = ROOT_FINGERPRINT) => verifyFile(file, nodeEngine, { root });
const forged = async (change: (draft: ArchiveDraft) => void) => {
  const draft = archiveDraft();
  change(draft);
  return checked(await archiveOf(draft));
};
const first = (draft: ArchiveDraft) => {
  const runs = draft.runs.get('device-1') ?? [];
  return { runs, run: runs[0] as (typeof runs)[number] };
};

describe('an archive', () => {
  let whole: Uint8Array;
  beforeAll(async () => {
    whole = await archiveOf(archiveDraft());
  });

  it('that is as it was written holds: bytes, keys, devices, receipts, log, answers', async () => {
    const verdict = await checked(whole);
    expect(verdict.findings).toEqual([]);
    expect(verdict).toMatchObject({ good: true, demo: false, manifest: null, archive: { counts: { receipts: 8 } } });
    expect(verdict.checks.map(({ code, state, looked }) => [code, state, looked > 0])).toEqual(
      ['archive', 'keys', 'devices', 'receipts', 'log', 'answers'].map((code) => [code, 'good', true]),
    );
    expect(printed(verdict, 'vi').slice(0, 2)).toEqual([
      'TỆP LƯU TRỮ ĐÚNG',
      'luu-tru-20260405-1.zip · 8 xác nhận phát, 2 câu trả lời, lập 11:00 05/01/2026',
    ]);
  });

  it('is no evidence pack, and a pack is no archive', async () => {
    expect(codes(await verifyPack(whole, nodeEngine, { root: ROOT_FINGERPRINT }))).toEqual(['manifestUnreadable']);
    const pack = await packOf(draftOf(SMALL));
    expect(codes(await verifyArchive(pack, nodeEngine))).toEqual(['manifestUnreadable']);
    expect((await checked(pack)).good).toBe(true);
  });

  it('altered in any byte is found', async () => {
    const missed: number[] = [];
    for (let at = 0; at < whole.length; at += 17) {
      const altered = whole.slice();
      altered[at] = (altered[at] ?? 0) ^ (1 << (at % 8));
      if ((await checked(altered)).good) missed.push(at);
    }
    expect(missed).toEqual([]);
  });

  it('cut off, or with something behind it, is found', async () => {
    for (const length of [0, 1, 100, whole.length >> 1, whole.length - 1])
      expect((await checked(whole.subarray(0, length))).good).toBe(false);
    const longer = new Uint8Array(whole.length + 1);
    longer.set(whole);
    expect((await checked(longer)).good).toBe(false);
  });

  it('of another service is found by the fingerprint of the root key, and without one it is asked for', async () => {
    expect(codes(await checked(whole, 'f'.repeat(64)))).toEqual(['rootWrong']);
    expect((await checked(whole, null)).notes.map(({ code }) => code)).toContain('rootUnchecked');
    expect(codes(await forged((draft) => Object.assign(draft, { signer: testKey('somebody') })))).toEqual([
      'keyUnknown',
    ]);
  });

  it.each<[string, string, (draft: ArchiveDraft) => void]>([
    [
      'a receipt was changed',
      'chainForged',
      (draft) => {
        const { run, runs } = first(draft);
        runs[0] = { ...run, receipts: run.receipts.map((text) => text.replace('"lateMs":0', '"lateMs":9')) };
      },
    ],
    [
      'a run was signed by somebody else',
      'keyForeign',
      (draft) => {
        const { run, runs } = first(draft);
        const texts = [JSON.stringify(receiptOf(1, 1)), run.receipts[1] ?? ''];
        runs[0] = { ...signedRun(1, texts, 1, FIRST_LINK, testKey('thief')), leaves: run.leaves };
      },
    ],
    ['a run is missing', 'receiptCount', (draft) => first(draft).runs.splice(1, 1)],
    [
      'a receipt has no place in the log',
      'inclusionWrong',
      (draft) => {
        const { run, runs } = first(draft);
        runs[0] = { ...run, leaves: [null, run.leaves[1] ?? null] };
      },
    ],
    [
      'a receipt has the place of another',
      'leafTwice',
      (draft) => {
        const { run, runs } = first(draft);
        runs[0] = { ...run, leaves: [run.leaves[1] ?? null, run.leaves[1] ?? null] };
      },
    ],
    ['the checkpoint is missing', 'fileMissing', (draft) => draft.files.delete(FILES.checkpoint)],
    ['the proof is missing', 'fileUnreadable', (draft) => draft.files.delete(FILES.proof)],
    ['the root key is missing', 'fileUnreadable', (draft) => draft.files.delete(FILES.root)],
    ['the key set is missing', 'keyUnknown', (draft) => draft.files.delete(FILES.keySet(1))],
    [
      'it names another checkpoint',
      'inclusionWrong',
      (draft) => {
        draft.head = { ...draft.head, checkpoint: { origin: 'vang/elsewhere/1', size: 9 } };
      },
    ],
    ['a device is missing', 'fileExtra', (draft) => draft.devices.delete('device-2')],
    ['an answer is missing', 'statedCountWrong', (draft) => draft.sessions[0]?.answers.pop()],
    [
      'answers are no answers',
      'runUnreadable',
      (draft) => {
        draft.sessions = [];
        draft.files.set(ANSWERS_FILE, '{"answers":[]}\n');
      },
    ],
    [
      'it says that it is no demonstration and its log is one',
      'checkpointWrong',
      (draft) => {
        draft.head = { ...draft.head, demo: true };
      },
    ],
  ])('made by somebody with all keys, in which %s', async (_, code, change) => {
    const verdict = await forged((draft) => void change(draft));
    expect(verdict.good).toBe(false);
    expect(codes(verdict)).toContain(code);
  });

  it('of answers alone needs no log', async () => {
    const verdict = await forged((draft) => {
      draft.runs.clear();
      draft.devices.clear();
      for (const name of [FILES.checkpoint, FILES.proof]) draft.files.delete(name);
      const counts = { devices: 0, runs: 0, receipts: 0, sessions: 1, answers: 2 };
      draft.head = { ...draft.head, received: null, checkpoint: null, counts };
    });
    expect(verdict.findings).toEqual([]);
    expect(verdict.good).toBe(true);
  });
});
