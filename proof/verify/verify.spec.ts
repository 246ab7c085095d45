import { beforeAll, describe, expect, it } from '@jest/globals';
import { toBase64Url, toHex } from '../../devices/protocol/index.js';
import { nodeEngine } from '../cli/node-engine.js';
import { FILES } from '../pack/contents.js';
import { crc32 } from '../pack/crc32.js';
import { MANIFEST, SIGNATURE, signedManifestBytes } from '../pack/manifest.js';
import { directoryOf as directory, writePack } from '../pack/writer.js';
import { END_BYTES, listEntries, localHeader } from '../pack/zip.js';
import { type Draft, draftOf, numberLeaves, packOf, sourcesOf } from '../testing/pack.js';
import { checked, codes, forged, SMALL, words } from '../testing/verdicts.js';
import { type Verdict } from './index.js';

describe('a pack that holds', () => {
  it('passes every check, each of which looked at something', async () => {
    const verdict = await checked(await packOf(draftOf(SMALL)));
    expect(verdict.findings).toEqual([]);
    expect(verdict).toMatchObject({ good: true, demo: false });
    expect(verdict.checks.map(({ state }) => state)).toEqual(Array(8).fill('good'));
    expect(verdict.checks.filter(({ looked }) => looked === 0).map(({ code }) => code)).toEqual(['declared']);
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
          ? { ...line, so_lan_phat_du: '0', so_lan_chua_ro: '1', cum_loa_ket_qua: 'unknown', o_ket_qua: 'unknown' }
          : line,
      );
    });
    expect(verdict.findings).toEqual([]);
    expect(verdict.notes).toContainEqual({ code: 'neighbours', parameters: { count: 1 } });
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
