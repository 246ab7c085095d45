import { describe, expect, it } from '@jest/globals';
import { testKey } from '../../devices/player/testing/keys.js';
import { FIRST_LINK } from '../../devices/protocol/index.js';
import { nodeEngine } from '../cli/node-engine.js';
import { FILES } from '../pack/contents.js';
import { readManifest, VERSION, writtenManifest } from '../pack/manifest.js';
import { writePack } from '../pack/writer.js';
import {
  type Draft,
  draftOf,
  keyOfDevice,
  numberLeaves,
  packOf,
  ROOT_FINGERPRINT,
  receiptOf,
  signedRun,
  sourcesOf,
} from '../testing/pack.js';
import { checked, codes, forged, SMALL, words } from '../testing/verdicts.js';

describe('what somebody forged who holds the keys of the installation', () => {
  const change = (draft: Draft, device: string, n: number, of: (text: string) => string) => {
    const runs = draft.runs.get(device) ?? [];
    runs[n] = { ...(runs[n] as (typeof runs)[number]), receipts: (runs[n]?.receipts ?? []).map(of) };
  };

  it('a changed receipt: its device, run and number are named', async () => {
    const verdict = await forged((draft) =>
      change(draft, 'device-2', 1, (text) =>
        text.replace('"volume":80}', '"volume":81}').replace('"playedMs":30000', '"playedMs":29999'),
      ),
    );
    expect(words(verdict)).toContain('Device device-2, number 1/3–4: the chain does not fit');
    expect(codes(verdict)).toContain('inclusionWrong');
  });

  it('a changed receipt whose chain was reckoned anew: the device did not sign that', async () => {
    const verdict = await forged((draft) => {
      const runs = draft.runs.get('device-1') ?? [];
      const changed = signedRun(
        1,
        [JSON.stringify(receiptOf(1, 1, { playedMs: 29_000 })), runs[0]?.receipts[1] ?? ''],
        1,
        FIRST_LINK,
      );
      runs[0] = { ...changed, signature: runs[0]?.signature ?? '' };
      numberLeaves(draft);
    });
    expect(codes(verdict)).toEqual(['signatureWrong', 'chainForged']);
    expect(words(verdict)).toContain('the signature of the device is wrong');
  });

  it('another key', async () => {
    const verdict = await forged((draft) => {
      const runs = draft.runs.get('device-1') ?? [];
      runs[0] = {
        ...signedRun(1, runs[0]?.receipts ?? [], 1, FIRST_LINK, testKey('thief')),
        leaves: runs[0]?.leaves ?? [],
      };
    });
    expect(codes(verdict)).toEqual(['keyForeign']);
  });

  it('a removed receipt: the chain, the log and the table miss it', async () => {
    const verdict = await forged((draft) => {
      const runs = draft.runs.get('device-1') ?? [];
      runs.splice(1, 1);
    });
    expect(codes(verdict)).toEqual(expect.arrayContaining(['receiptCount', 'inclusionWrong', 'coverageWrong']));
    expect(words(verdict)).toContain(
      'coverage.csv, Bài 3, An Khương, Ấp 1: says “complete”, the receipts under the rule of the line show “not planned”.',
    );
  });

  it('two devices that changed places', async () => {
    const verdict = await forged((draft) => {
      const [one, two] = [draft.runs.get('device-1') ?? [], draft.runs.get('device-2') ?? []];
      draft.runs.set('device-1', two);
      draft.runs.set('device-2', one);
    });
    expect(codes(verdict)).toEqual(expect.arrayContaining(['keyForeign', 'signatureWrong', 'receiptForeign']));
    const records = await forged((draft) => {
      const [one, two] = [draft.devices.get('device-1'), draft.devices.get('device-2')];
      if (one && two) {
        draft.devices.set('device-1', { ...one, cluster: two.cluster });
        draft.devices.set('device-2', { ...two, cluster: one.cluster });
      }
    });
    expect(words(records)).toContain('Device device-1, number 1/1: the device says it played at cluster Cụm loa ấp 1');
    const named = await forged((draft) => {
      const two = draft.devices.get('device-2');
      if (two) draft.devices.set('device-1', two);
    });
    expect(words(named)).toContain('devices/device-1/device.json is the record of another device.');
    const shared = await forged((draft) => {
      const one = draft.devices.get('device-1');
      if (one)
        draft.devices.set('device-1', {
          ...one,
          keys: [...one.keys, { ...one.keys[0], publicKey: keyOfDevice(2).publicKey } as never],
        });
    });
    expect(codes(shared)).toEqual(['deviceKeyTwice']);
  });

  it.each([
    ['a play after the device was revoked', { revoked: { atMs: 1, reason: 'Mất trộm' } }, 'receiptOutsideLife'],
    ['a play before it was enrolled', { enrolledAtMs: 9_000_000_000_000 }, 'receiptOutsideLife'],
    ['a simulated device without the word demonstration', { simulated: true }, 'demoMixed'],
  ])('%s', async (_what, changes, code) => {
    const verdict = await forged((draft) => {
      const one = draft.devices.get('device-1');
      if (one) draft.devices.set('device-1', { ...one, ...changes });
    });
    expect(codes(verdict)).toContain(code);
  });

  it.each([
    ['a simulated receipt', { simulated: true }, 'receiptSimulated'],
    ['a receipt of another period', { day: '2027-01-05' }, 'receiptOutside'],
    ['more sound than the file has', { playedMs: 99_000 }, 'receiptAbsurd'],
    ['an end before the start', { endedAtMs: 0 }, 'receiptAbsurd'],
    [
      'an item that nobody approved',
      { item: { id: 'item-x', version: 1, title: 'Lạ', language: 'vi' } },
      'textUnknown',
    ],
    ['sound that nobody approved', { audioSha256: 'b'.repeat(64) }, 'textOther'],
    ['the number of another', { seq: 77 }, 'receiptForeign'],
    ['the same play again', { play: 'play-2' }, 'receiptTwice'],
  ])('%s, though the device signed it', async (_what, changes, code) => {
    const verdict = await forged((draft) => {
      const runs = draft.runs.get('device-1') ?? [];
      const texts = [JSON.stringify(receiptOf(1, 1, changes)), runs[0]?.receipts[1] ?? ''];
      runs[0] = signedRun(1, texts, 1, FIRST_LINK);
      runs[1] = signedRun(1, runs[1]?.receipts ?? [], 3, runs[0].link);
      numberLeaves(draft);
    });
    expect(codes(verdict)).toContain(code);
    expect(words(verdict)).toContain('device-1');
  });

  it.each([
    ['a text', FILES.text('item-1', 1), 'Một văn bản khác.', 'textAltered'],
    ['the index of texts', FILES.texts, '{', 'fileUnreadable'],
    ['the checkpoint', FILES.checkpoint, 'vang/spec\n', 'checkpointWrong'],
    ['the proof', FILES.proof, '{"size":1,"nodes":[]}', 'inclusionWrong'],
    ['the table', FILES.coverage, 'a,b\r\n', 'fileUnreadable'],
    ['a key set', FILES.keySet(1), 'e30.e30.e30', 'keySetWrong'],
    ['the root key', FILES.root, 'x', 'fileUnreadable'],
    ['a foreign receipts file', 'receipts/device-9.jsonl', '{}\n', 'fileExtra'],
    ['lines that are none', 'receipts/device-1.jsonl', '{}\n{"boot":1}\nnot ended', 'runUnreadable'],
  ])('%s', async (_what, name, content, code) => {
    const draft = draftOf(SMALL);
    const sources = sourcesOf(draft).filter((source) => source.name !== name);
    const options = { head: () => draft.head, root: draft.root, signer: draft.signer, hasher: nodeEngine.hasher };
    const chunks: Uint8Array[] = [];
    for await (const chunk of writePack([...sources, { name, content: Buffer.from(content) }], options))
      chunks.push(chunk);
    expect(codes(await checked(new Uint8Array(Buffer.concat(chunks))))).toContain(code);
  });

  it('case 21: the same text in NFD has the same hash', async () => {
    const verdict = await forged((draft) => {
      const name = FILES.text('item-1', 1);
      draft.files.set(name, String(draft.files.get(name)).normalize('NFD'));
    });
    expect(verdict.findings).toEqual([]);
  });

  it('case 22: a line that says it is done with one cell missing', async () => {
    const verdict = await forged((draft) => {
      draft.head = { ...draft.head, counts: { ...draft.head.counts, receipts: 6 } };
      draft.runs.get('device-1')?.splice(0, 1);
      numberLeaves(draft);
      draft.coverage = draft.coverage.map((line) =>
        line.ma_ap === 'ap-1' && ['item-1', 'item-2'].includes(line.ma_ban_tin)
          ? { ...line, cum_loa_ket_qua: 'unknown', so_lan_phat_du: '0', so_lan_chua_ro: '1', o_ket_qua: 'unknown' }
          : line,
      );
    });
    expect(codes(verdict)).toEqual(['resultWrong']);
    expect(words(verdict)).toContain('recomputed it is 6/8');
  });

  it('a table that says less than the receipts: each figure and each cell is named', async () => {
    const verdict = await forged((draft) => {
      const line = draft.coverage[0];
      if (line) draft.coverage[0] = { ...line, cum_loa_ket_qua: 'unknown', so_lan_phat_du: '0', o_ket_qua: 'unknown' };
    });
    expect(words(verdict).split('\n')).toEqual([
      'coverage.csv, Bài 1, An Khương, Ấp 1, Cụm loa ấp 1: the number of complete plays is stated as 0, the pack shows 1.',
      'coverage.csv, Bài 1, An Khương, Ấp 1, Cụm loa ấp 1: says “unknown”, the receipts under the rule of the line show “complete”.',
      'coverage.csv, Bài 1, An Khương, Ấp 1: says “unknown”, the receipts under the rule of the line show “complete”.',
    ]);
  });

  it('a demonstration whose flag was taken away', async () => {
    const verdict = await forged((draft) => {
      for (const [name, record] of draft.devices) draft.devices.set(name, { ...record, simulated: true });
      const texts = [JSON.stringify(receiptOf(1, 1, { simulated: true }))];
      draft.runs.set('device-1', [signedRun(1, texts, 1, FIRST_LINK)]);
      numberLeaves(draft);
    });
    expect(codes(verdict)).toEqual(expect.arrayContaining(['demoMixed', 'receiptSimulated']));
  });

  it('a whole pack of another installation: the fingerprint of its root is not the published one', async () => {
    const verdict = await checked(await packOf(draftOf(SMALL)), 'f'.repeat(64));
    expect(codes(verdict)).toEqual(['rootWrong']);
    expect(words(verdict)).toContain(ROOT_FINGERPRINT);
    const foreign = await forged((draft) => {
      draft.signer = testKey('stranger');
    });
    expect(codes(foreign)).toEqual(['keyUnknown']);
  });

  it('a manifest in another spelling, or with something more in it', () => {
    const { head, root, signer } = draftOf(SMALL);
    const text = writtenManifest({ format: 'vang-evidence', v: VERSION, root, kid: signer.kid, ...head, files: [] });
    expect(readManifest(text)).toMatchObject({ ok: true });
    expect(readManifest(`${text} `)).toEqual({ ok: false, problem: 'notCanonical' });
    expect(readManifest(text.replace('{', '{"more":1,'))).toEqual({ ok: false, problem: 'malformed' });
    expect(readManifest('null')).toEqual({ ok: false, problem: 'malformed' });
  });
});
