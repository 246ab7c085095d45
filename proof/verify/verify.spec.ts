import { beforeAll, describe, expect, it } from '@jest/globals';
import { testKey } from '../../devices/player/testing/keys.js';
import { FIRST_LINK, toBase64Url, toHex } from '../../devices/protocol/index.js';
import { nodeEngine } from '../cli/node-engine.js';
import { FILES } from '../pack/contents.js';
import { crc32 } from '../pack/crc32.js';
import { MANIFEST, readManifest, SIGNATURE, signedManifestBytes, writtenManifest } from '../pack/manifest.js';
import { directoryOf as directory, writePack } from '../pack/writer.js';
import { END_BYTES, listEntries, localHeader } from '../pack/zip.js';
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
import { FINDINGS, filled, type Verdict, verifyPack } from './index.js';

const SMALL = { devices: 2, receipts: 8, run: 2 };
const checked = (pack: Uint8Array, root: string | null = ROOT_FINGERPRINT): Promise<Verdict> =>
  verifyPack(pack, nodeEngine, { root });
const codes = ({ findings }: Verdict) => [...new Set(findings.map(({ code }) => code))];
const words = ({ findings }: Verdict) =>
  findings.map(({ code, parameters }) => filled(FINDINGS[code], 'en', parameters)).join('\n');

/** A pack that was changed before somebody who holds every key of the installation signed it. */
async function forged(change: (draft: Draft) => void): Promise<Verdict> {
  const draft = draftOf(SMALL);
  change(draft);
  return checked(await packOf(draft));
}

describe('a pack that holds', () => {
  it('passes every check, each of which looked at something', async () => {
    const verdict = await checked(await packOf(draftOf(SMALL)));
    expect(verdict.findings).toEqual([]);
    expect(verdict).toMatchObject({ good: true, demo: false });
    expect(verdict.checks.map(({ state }) => state)).toEqual(Array(7).fill('good'));
    expect(verdict.checks.every(({ looked }) => looked > 0)).toBe(true);
    expect(verdict.notes.map(({ code }) => code)).toEqual(['playing', 'operator']);
  });

  it('is the same bytes each time it is written', async () => {
    expect(await packOf(draftOf(SMALL))).toEqual(await packOf(draftOf(SMALL)));
  });

  it('asks for the comparison of the root key where nobody said which one was published', async () => {
    const verdict = await checked(await packOf(draftOf(SMALL)), null);
    expect(verdict).toMatchObject({ good: true });
    expect(verdict.notes.map(({ code }) => code)).toContain('rootUnchecked');
  });

  it('shows neighbours of a run as hashes only, and its chain holds all the same', async () => {
    const verdict = await forged((draft) => {
      const runs = draft.runs.get('device-1') ?? [];
      const run = runs[0];
      if (!run) return;
      const hash = toHex(nodeEngine.sha256(Buffer.from(run.receipts[1] ?? '')));
      runs[0] = { ...run, receipts: [run.receipts[0] ?? '', hash] };
      numberLeaves(draft);
      const { head } = draft;
      draft.head = {
        ...head,
        counts: { ...head.counts, receipts: 7 },
        result: { required: 8, reached: 7, done: false },
      };
      draft.coverage = draft.coverage.map((line) =>
        line.ma_ban_tin === 'item-2' && line.ma_ap === 'ap-1'
          ? { ...line, so_lan_phat_du: '0', cum_loa_ket_qua: 'unknown', o_ket_qua: 'unknown' }
          : line,
      );
    });
    expect(verdict.findings).toEqual([]);
  });

  it('of a demonstration says so first', async () => {
    const verdict = await forged((draft) => {
      draft.head = { ...draft.head, demo: true };
      numberLeaves(draft);
    });
    expect(verdict).toMatchObject({ good: true, demo: true });
    expect(verdict.notes[0]?.code).toBe('demo');
  });
});

describe('an archive that somebody altered', () => {
  let good: Uint8Array;
  beforeAll(async () => {
    good = await packOf(draftOf(SMALL));
  });
  const entry = (name: string) => {
    const listed = listEntries(good);
    const found = listed.ok ? listed.entries.find((each) => each.name === name) : undefined;
    if (!found) throw new Error(`no ${name}`);
    return found;
  };
  const altered = (at: number, bit = 1) => {
    const copy = good.slice();
    copy[at] = (copy[at] as number) ^ bit;
    return copy;
  };

  it.each([
    ['nothing', () => new Uint8Array(), 'notArchive'],
    ['something else', () => Buffer.from('%PDF-1.7 and more text than a directory'), 'notArchive'],
    ['a comment of the archive', () => Buffer.concat([altered(good.length - 2), Buffer.from('x')]), 'endAltered'],
    ['bytes behind it', () => Buffer.concat([good, Buffer.from('\n')]), 'endAltered'],
    ['a cut', () => good.slice(0, -100), 'endAltered'],
    ['a time in the header of a file', () => altered(entry('report.pdf').offset + 10), 'headerAltered'],
    ['a flag in the directory', () => altered(good.length - END_BYTES - 46 - SIGNATURE.length + 8), 'directoryAltered'],
    ['a byte of the report', () => altered(entry('report.pdf').offset + 80), 'fileAltered'],
    ['a byte of the table', () => altered(entry('coverage.csv').offset + 90), 'fileAltered'],
    ['a letter of the manifest', () => altered(entry(MANIFEST).offset + 700), 'manifestUnreadable'],
    ['a letter of the signature', () => altered(entry(SIGNATURE).offset + 50, 3), 'manifestUnsigned'],
  ])('%s', async (_what, bytes, code) => {
    const verdict = await checked(new Uint8Array(bytes()));
    expect(verdict.good).toBe(false);
    // A letter of a signed text may still read as a manifest: then its bytes or its signature tell.
    expect(codes(verdict).some((found) => found === code || (code.startsWith('manifest') && found.length > 0))).toBe(
      true,
    );
  });

  it('names the file that was altered', async () => {
    expect(words(await checked(altered(entry('report.pdf').offset + 80)))).toBe('The file report.pdf was altered.');
    expect(words(await checked(altered(entry('devices/device-2/device.json').offset + 80)))).toBe(
      'The file devices/device-2/device.json was altered.',
    );
  });

  it('finds each of 60 random alterations of one byte', async () => {
    for (let n = 0; n < 60; n++) {
      const at = (n * 7_919 + 13) % good.length;
      const verdict = await checked(altered(at, 1 << (n % 8)));
      expect([at, verdict.good, verdict.findingCount > 0]).toEqual([at, false, true]);
    }
  });

  it('finds bits that no unpacker looks at: those behind the end of deflated data', async () => {
    const { offset, name, packedBytes } = entry(FILES.missing);
    const end = offset + localHeader({ name, stored: false, crc32: 0, packedBytes: 0, bytes: 0 }).length + packedBytes;
    expect(codes(await checked(altered(end - 1, 0x80)))).toEqual(['fileAltered']);
  });

  /** A pack whose files are not those of its manifest, or whose manifest lies about them. */
  async function withManifest(change: (text: string) => string, files?: (all: string[]) => string[]): Promise<Verdict> {
    const draft = draftOf(SMALL);
    const order = sourcesOf(draft).map(({ name }) => name);
    const names = files ? files(order) : order;
    const sources = names.map(
      (name) => sourcesOf(draft).find((source) => source.name === name) ?? { name, content: Buffer.from('foreign') },
    );
    const options = { head: () => draft.head, root: draft.root, signer: draft.signer, hasher: nodeEngine.hasher };
    const chunks: Uint8Array[] = [];
    for await (const chunk of writePack(sources, options)) chunks.push(chunk);
    return checked(reManifested(Buffer.concat(chunks), draft, change));
  }

  it('says which file is missing, foreign or moved', async () => {
    const rest = (text: string) => text;
    const original = draftOf(SMALL);
    const listed = listEntries(await packOf(original));
    const said = listed.ok ? listed.entries.map(({ name }) => name) : [];
    expect(said.slice(-2)).toEqual([MANIFEST, SIGNATURE]);
    expect(words(await withManifest(rest, (all) => all.filter((name) => name !== FILES.coverage)))).toContain(
      'coverage.csv',
    );
    expect(words(await withManifest((text) => text.replace(/\{"name":"missing\.csv".*?\}\},/, '')))).toBe(
      'There is a foreign file missing.csv in the pack.',
    );
    expect(words(await withManifest((text) => text.replaceAll('"report.pdf"', '"report.doc"')))).toContain(
      'report.doc is missing',
    );
    const moved = await withManifest((text) => {
      const said = JSON.parse(text) as { files: unknown[] };
      said.files.reverse();
      return JSON.stringify(said);
    });
    expect(codes(moved)).toEqual(['fileOrder']);
  });

  it('stops a file that unpacks to more than was said, and refuses absurd sizes', async () => {
    const bomb = await withManifest((text) => {
      const said = JSON.parse(text) as { files: { name: string; bytes: number }[] };
      for (const file of said.files) if (file.name === 'report.pdf') file.bytes = 10;
      return JSON.stringify(said);
    });
    expect(codes(bomb)).toEqual(expect.arrayContaining(['headerAltered']));
    const absurd = await withManifest((text) =>
      text.replaceAll(/"bytes":\d+,"sha256"/g, '"bytes":4294967294,"sha256"'),
    );
    expect(absurd.good).toBe(false);
  });
});

/** The same files under another manifest, signed anew, as an installation without scruples would. */
function reManifested(pack: Uint8Array, draft: Draft, change: (text: string) => string): Uint8Array {
  const listed = listEntries(pack);
  if (!listed.ok) throw new Error('no pack');
  const entry = listed.entries.find(({ name }) => name === MANIFEST);
  if (!entry) throw new Error('no manifest');
  const start = entry.offset + localHeader(entry).length;
  const text = Buffer.from(change(Buffer.from(pack.subarray(start, start + entry.bytes)).toString()));
  const letters = Buffer.from(toBase64Url(draft.signer.sign(signedManifestBytes(toHex(nodeEngine.sha256(text))))));
  const parts: Uint8Array[] = [pack.subarray(0, entry.offset)];
  const written = listed.entries
    .slice(0, -2)
    .map((each) => ({ entry: each as Parameters<typeof localHeader>[0], offset: each.offset }));
  let offset = entry.offset;
  for (const [name, content] of [
    [MANIFEST, text],
    [SIGNATURE, letters],
  ] as const) {
    const each = { name, stored: true, crc32: crc32(content), packedBytes: content.length, bytes: content.length };
    parts.push(localHeader(each), content);
    written.push({ entry: each, offset });
    offset += localHeader(each).length + content.length;
  }
  return new Uint8Array(Buffer.concat([...parts, ...directory(written, offset)]));
}

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
    expect(codes(verdict)).toEqual(['chainForged', 'signatureWrong']);
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
    expect(words(verdict)).toContain('coverage.csv, Bài 3, An Khương, Ấp 1');
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
      const line = draft.coverage[0];
      if (line) draft.coverage[0] = { ...line, cum_loa_ket_qua: 'unknown', so_lan_phat_du: '0', o_ket_qua: 'unknown' };
    });
    expect(codes(verdict)).toEqual(['coverageWrong', 'resultWrong']);
    expect(words(verdict)).toContain('recomputed it is 7/8');
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
    const text = writtenManifest({ format: 'vang-evidence', v: 1, root, kid: signer.kid, ...head, files: [] });
    expect(readManifest(text)).toMatchObject({ ok: true });
    expect(readManifest(`${text} `)).toEqual({ ok: false, problem: 'notCanonical' });
    expect(readManifest(text.replace('{', '{"more":1,'))).toEqual({ ok: false, problem: 'malformed' });
    expect(readManifest('null')).toEqual({ ok: false, problem: 'malformed' });
  });
});
