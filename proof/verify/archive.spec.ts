import { beforeAll, describe, expect, it } from '@jest/globals';
import { deflateSync } from 'fflate';
import { toHex } from '../../devices/protocol/index.js';
import { nodeEngine } from '../cli/node-engine.js';
import { crc32 } from '../pack/crc32.js';
import { writePack } from '../pack/writer.js';
import { assembled, type Part, partsOf } from '../testing/archive.js';
import { type Draft, draftOf, packOf } from '../testing/pack.js';
import { checked, codes, SMALL, words } from '../testing/verdicts.js';

describe('an archive that was put together with ill intent, signed and consistent in itself', () => {
  let draft: Draft;
  let parts: Part[];
  beforeAll(async () => {
    draft = draftOf(SMALL);
    parts = partsOf(await packOf(draft));
  });
  const of = (name: string, content: Uint8Array, changes: Partial<Part['said']> = {}): Part => {
    const packed = deflateSync(content);
    const hash = (bytes: Uint8Array) => toHex(nodeEngine.sha256(bytes));
    const said = { name, bytes: content.length, sha256: hash(content), crc32: crc32(content) };
    return { said: { ...said, packed: { bytes: packed.length, sha256: hash(packed) }, ...changes }, packed };
  };
  const named = (name: string) => (part: Part) => part.said.name === name;

  it('put together again as it was, it holds', async () => {
    expect((await checked(assembled(draft, parts))).findings).toEqual([]);
  });

  it.each([
    ['an absolute path', '/etc/cron.d/job'],
    ['a way out of the folder', '../../home/user/.bashrc'],
    ['one in the middle', 'texts/../../x.txt'],
    ['a drive and backslashes', 'C:\\Windows\\x.dll'],
    ['a folder', 'texts/'],
    ['no name', ''],
    ['a name that begins with a point', 'keys/.hidden'],
    ['a line break', 'report\n.pdf'],
    ['a name that is too long', 'x'.repeat(201)],
  ])('%s as the name of a file: it is never unpacked', async (_what, name) => {
    const verdict = await checked(assembled(draft, [...parts, of(name, Buffer.from('x'))]));
    expect(verdict).toMatchObject({ good: false });
    expect(codes(verdict)[0]).toMatch(/^(manifestUnreadable|directoryAltered)$/);
    const options = { head: () => draft.head, root: draft.root, signer: draft.signer, hasher: nodeEngine.hasher };
    const written = async () => {
      for await (const _piece of writePack([{ name, content: Buffer.from('x') }], options));
    };
    await expect(written()).rejects.toThrow(RangeError);
  });

  it.each(['coverage.csv', 'Coverage.CSV'])('a second %s: whoever unpacks it would see the other one', async (name) => {
    const first = parts.find(named('coverage.csv')) as Part;
    const verdict = await checked(assembled(draft, [...parts, { ...first, said: { ...first.said, name } }]));
    expect(codes(verdict)).toEqual(['fileTwice']);
    expect(words(verdict)).toBe(`${name} is in the pack twice.`);
  });

  it('a bomb: it stops where it was said to end, whatever is packed behind', async () => {
    const bomb = of('report.pdf', new Uint8Array(30_000_000), { bytes: 2_000 });
    const verdict = await checked(
      assembled(
        draft,
        parts.map((part) => (named('report.pdf')(part) ? bomb : part)),
      ),
    );
    expect(words(verdict)).toBe('The file report.pdf unpacks to more than was declared: reading stopped.');
  });

  it('files that would unpack to more than any pack has', async () => {
    const large = parts.map(({ said, packed }) => ({ said: { ...said, bytes: 4_000_000_000 }, packed }));
    expect(codes(await checked(assembled(draft, large)))).toEqual(['tooLarge']);
  });

  it('data that ends in the middle, and data that is none', async () => {
    const report = parts.find(named('report.pdf')) as Part;
    const hash = (packed: Uint8Array) => ({ bytes: packed.length, sha256: toHex(nodeEngine.sha256(packed)) });
    for (const packed of [report.packed.slice(0, -20), Buffer.from('no deflate at all, by any reading')]) {
      const broken = { said: { ...report.said, packed: hash(packed) }, packed };
      const verdict = await checked(
        assembled(
          draft,
          parts.map((part) => (named('report.pdf')(part) ? broken : part)),
        ),
      );
      expect([codes(verdict)[0], verdict.good]).toEqual([expect.stringMatching(/^file(Altered|Bomb)$/), false]);
    }
  });

  it.each(['coverage.csv', 'hamlets.json', 'heard.json', 'declared/index.json', 'texts/index.json', 'keys/root.pub'])(
    'without %s, which every pack has: the file is named',
    async (name) => {
      const verdict = await checked(
        assembled(
          draft,
          parts.filter((part) => !named(name)(part)),
        ),
      );
      expect(words(verdict)).toContain(`The file ${name} is not well-formed.`);
    },
  );

  it('without the receipts of a device, or its record', async () => {
    const without = (name: string) =>
      checked(
        assembled(
          draft,
          parts.filter((part) => !named(name)(part)),
        ),
      );
    expect(codes(await without('receipts/device-1.jsonl'))).toEqual(
      expect.arrayContaining(['receiptCount', 'inclusionWrong', 'countWrong', 'coverageWrong']),
    );
    expect(codes(await without('devices/device-1/device.json'))).toContain('fileExtra');
  });

  it('of another format: says which one, and which verifier reads it', async () => {
    const verdict = await checked(assembled(draft, parts, 1));
    expect(words(verdict)).toContain('The pack is of format 1, this tool reads format 2.');
  });
});
