import { randomBytes } from 'node:crypto';
import { buffer, text } from 'node:stream/consumers';
import { crc32, deflateRawSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type ArchiveEntry, type ArchiveLimits, type RefusedEntry, readArchive } from '../index.js';
import { type DocumentFolder, documentFolder } from '../testing/folder.js';
import { type RawEntry, rawZip, zip } from '../testing/zip.js';

let folder: DocumentFolder;
beforeAll(async () => {
  folder = await documentFolder();
});
afterAll(() => folder.remove());

interface Read {
  readonly files: Readonly<Record<string, string>>;
  readonly refused: readonly RefusedEntry[];
}

async function read(bytes: Uint8Array, limits: Partial<ArchiveLimits> = {}): Promise<Read> {
  const files: Record<string, string> = {};
  const refused: RefusedEntry[] = [];
  await readArchive({
    path: await folder.put(bytes),
    limits,
    async onEntry(entry) {
      files[entry.name] = await text(await entry.open());
    },
    onRefused: (one) => {
      refused.push(one);
    },
  });
  return { files, refused };
}
const problem = (code: string) => expect.objectContaining({ name: 'DocumentProblem', code });
const ZEROS = deflateRawSync(Buffer.alloc(64 * 1024 ** 2), { level: 9 });

describe('an archive of programmes', () => {
  test('gives its files one by one, with clean names, and skips folders and rubbish', async () => {
    const bytes = rawZip([
      { name: 'thôn 1/' },
      { name: 'thôn 1/thông báo.txt'.normalize('NFD'), content: 'Xin chào' },
      { name: './thôn 2//lịch.md', content: '# Lịch' },
      { name: 'từ\\Windows\\a.txt', content: 'a' },
      { name: '__MACOSX/thôn 1/._thông báo.txt', content: 'x' },
      { name: 'thôn 1/.DS_Store', content: 'x' },
      { name: 'Thumbs.db', content: 'x' },
      { name: 'rỗng.txt' },
    ]);
    expect(await read(bytes)).toEqual({
      files: {
        'thôn 1/thông báo.txt': 'Xin chào',
        'thôn 2/lịch.md': '# Lịch',
        'từ/Windows/a.txt': 'a',
        'rỗng.txt': '',
      },
      refused: [],
    });
  });

  test('as other tools write it, is read the same, byte for byte', async () => {
    const sound = randomBytes(300_000);
    const seen: Buffer[] = [];
    await readArchive({
      path: await folder.put(await zip({ 'a.mp3': sound })),
      async onEntry(entry) {
        expect(entry.bytes).toBe(300_000);
        seen.push(await buffer(await entry.open()));
      },
      onRefused() {},
    });
    expect(Buffer.concat(seen).equals(sound)).toBe(true);
  });

  test('can be listed without opening anything, and left in the middle of a file', async () => {
    const path = await folder.put(await zip({ 'a.txt': 'x'.repeat(500_000), 'b.txt': 'b' }));
    const names: string[] = [];
    await readArchive({
      path,
      async onEntry(entry) {
        names.push(entry.name);
        for await (const _ of await entry.open()) break;
      },
      onRefused() {},
    });
    expect(names).toEqual(['a.txt', 'b.txt']);
  });
});

describe('a bad entry is refused and the rest goes on', () => {
  const latin = (name: string) => Buffer.from(name, 'latin1');
  const unicodePath = (raw: Uint8Array, name: string) => {
    const copy = Buffer.from(name);
    const field = Buffer.alloc(9);
    field.writeUInt16LE(0x7075, 0);
    field.writeUInt16LE(copy.length + 5, 2);
    field[4] = 1;
    field.writeUInt32LE(crc32(raw), 5);
    return Buffer.concat([field, copy]);
  };
  const cases: [string, RawEntry, string][] = [
    ['a parent folder', { name: '../../etc/passwd' }, 'archive.pathOutside'],
    ['a parent folder inside', { name: 'a/../../b.txt' }, 'archive.pathOutside'],
    ['a parent folder the Windows way', { name: '..\\..\\b.txt' }, 'archive.pathOutside'],
    ['a parent folder in disguise', { name: 'a/.. /b.txt' }, 'archive.pathOutside'],
    ['an absolute path', { name: '/etc/passwd' }, 'archive.pathOutside'],
    ['a share', { name: '\\\\server\\share\\b.txt' }, 'archive.pathOutside'],
    ['a drive', { name: 'C:\\b.txt' }, 'archive.pathOutside'],
    ['a drive without a root', { name: 'c:b.txt' }, 'archive.pathOutside'],
    ['a NUL', { name: 'b.txt\0.exe' }, 'archive.nameNotAllowed'],
    ['a line break', { name: 'b\n.txt' }, 'archive.nameNotAllowed'],
    ['a turned name', { name: 'b\u202etxt.exe' }, 'archive.nameNotAllowed'],
    ['a name without a name', { name: './.' }, 'archive.nameNotAllowed'],
    ['no name', { name: '' }, 'archive.nameNotAllowed'],
    ['an endless name', { name: `${'b'.repeat(300)}.txt` }, 'archive.nameNotAllowed'],
    ['a name in an old code page', { name: latin('th\xa4ng.txt') }, 'archive.nameNotUtf8'],
    ['a name that only says it is UTF-8', { name: latin('th\xa4ng.txt'), flags: 0x800 }, 'archive.nameNotUtf8'],
    ['a link', { name: 'b.txt', content: '/etc/passwd', mode: 0o120777 }, 'archive.link'],
    ['a device', { name: 'b.txt', mode: 0o020666 }, 'archive.link'],
    ['a name that was there', { name: 'good.txt', content: 'another' }, 'archive.duplicate'],
    ['a name that was there in other letters', { name: './a//tốt.txt'.normalize('NFD') }, 'archive.duplicate'],
    ['encryption', { name: 'b.txt', flags: 1 }, 'archive.encryptedEntry'],
    ['an unknown compression', { name: 'b.txt', method: 14 }, 'archive.methodUnsupported'],
    ['an archive', { name: 'b.ZIP', content: 'x' }, 'archive.nested'],
    ['an archive in disguise', { name: 'b.txt', content: rawZip([{ name: 'c.txt' }]) }, 'archive.nested'],
    ['a size over the limit', { name: 'b.txt', content: 'x'.repeat(20_001) }, 'archive.tooLarge'],
    ['more than it states', { name: 'b.txt', deflated: ZEROS, statedBytes: 10 }, 'archive.entryDamaged'],
    ['less than it states', { name: 'b.txt', content: 'abc', statedBytes: 4 }, 'archive.entryDamaged'],
    ['a wrong checksum', { name: 'b.txt', content: 'abc', statedChecksum: 7 }, 'archive.entryDamaged'],
    ['broken compression', { name: 'b.txt', deflated: randomBytes(64), statedBytes: 64 }, 'archive.entryDamaged'],
    [
      'stored bytes of another size',
      { name: 'b.txt', deflated: Buffer.from('abcd'), method: 0, statedBytes: 3 },
      'archive.entryDamaged',
    ],
  ];

  test.each(cases)('%s', async (_, entry, code) => {
    const good = [
      { name: 'good.txt', content: 'good' },
      { name: 'a/tốt.txt', content: 'tốt' },
    ];
    const seen = await read(rawZip([...good, entry, { name: 'last.txt', content: 'last' }]), { maxEntryBytes: 20_000 });
    expect(seen.refused.map((one) => one.code)).toEqual([code]);
    expect(seen.files).toEqual({ 'good.txt': 'good', 'a/tốt.txt': 'tốt', 'last.txt': 'last' });
  });

  test('a name in an old code page with its copy in UTF-8 is read', async () => {
    const raw = latin('th\xa4ng.txt');
    const entry = { name: raw, content: 'x', extra: unicodePath(raw, 'tháng.txt') };
    expect((await read(rawZip([entry]))).files).toEqual({ 'tháng.txt': 'x' });
    const outdated = { ...entry, extra: unicodePath(latin('other'), 'tháng.txt') };
    expect((await read(rawZip([outdated]))).refused).toEqual([{ name: 'th\ufffdng.txt', code: 'archive.nameNotUtf8' }]);
  });

  test('what is shown of a refused name can do no harm', async () => {
    const { refused } = await read(rawZip([{ name: '../\u001b[31m\u202eb.txt' }]));
    expect(refused).toEqual([{ name: '../\ufffd[31m\ufffdb.txt', code: 'archive.nameNotAllowed' }]);
  });

  test('also when the caller keeps the error to itself, or wraps it', async () => {
    const entries = [{ name: 'b.txt', content: 'abc', statedChecksum: 7 }];
    const handlers = [
      async (entry: ArchiveEntry) => {
        await text(await entry.open()).catch(() => {});
      },
      async (entry: ArchiveEntry) => {
        await text(await entry.open()).catch((cause) => {
          throw new Error('could not store', { cause });
        });
      },
    ];
    for (const onEntry of handlers) {
      const refused: RefusedEntry[] = [];
      await readArchive({
        path: await folder.put(rawZip(entries)),
        onEntry,
        onRefused: (one) => void refused.push(one),
      });
      expect(refused).toEqual([{ name: 'b.txt', code: 'archive.entryDamaged' }]);
    }
  });
});

describe('an archive that cannot be trusted at all', () => {
  const bomb = { name: 'b.txt', deflated: ZEROS, statedBytes: 64 * 1024 ** 2 };

  test('one that packs over 200 to 1 ends while inflating, at the size from which that counts', async () => {
    const path = await folder.put(rawZip([bomb]));
    let bytes = 0;
    const reading = readArchive({
      path,
      async onEntry(entry) {
        for await (const chunk of await entry.open()) bytes += chunk.length;
      },
      onRefused() {},
    });
    await expect(reading).rejects.toEqual(problem('archive.bomb'));
    expect(bytes).toBeLessThanOrEqual(32 * 1024 ** 2);
  });

  test('one whose files are too much together ends when the sum is reached', async () => {
    const entries = Array.from({ length: 20 }, (_, at) => ({ name: `${at}.txt`, content: randomBytes(100_000) }));
    await expect(read(rawZip(entries), { maxTotalBytes: 1_000_000 })).rejects.toEqual(problem('archive.bomb'));
  });

  test('a bomb cannot be kept quiet', async () => {
    const path = await folder.put(rawZip([bomb]));
    const onEntry = async (entry: ArchiveEntry) => {
      await buffer(await entry.open()).catch(() => {});
    };
    await expect(readArchive({ path, onEntry, onRefused() {} })).rejects.toEqual(problem('archive.bomb'));
  });

  test.each<[string, () => Uint8Array, string]>([
    [
      'with entries that share their bytes',
      () =>
        rawZip([
          { name: 'a', content: 'x' },
          { name: 'b', sharesDataOf: 0 },
        ]),
      'archive.bomb',
    ],
    [
      'with too many entries',
      () => rawZip(Array.from({ length: 2_001 }, (_, at) => ({ name: `${at}/` }))),
      'archive.tooManyEntries',
    ],
    [
      'all encrypted',
      () =>
        rawZip([
          { name: 'a', flags: 1 },
          { name: 'b', flags: 1 },
        ]),
      'archive.encrypted',
    ],
    ['cut in the middle', () => rawZip([{ name: 'a', content: 'x'.repeat(9) }]).subarray(0, 50), 'archive.damaged'],
    ['with a directory that is not one', () => withoutDirectory(), 'archive.damaged'],
    ['that is no archive', () => Buffer.from('Xin chào'), 'archive.notArchive'],
    ['that is empty', () => Buffer.alloc(0), 'archive.notArchive'],
  ])('one %s', async (_, make, code) => {
    await expect(read(make())).rejects.toEqual(problem(code));
  });

  function withoutDirectory(): Buffer {
    const bytes = rawZip([{ name: 'a', content: 'x' }]);
    bytes.write('XX', bytes.indexOf('PK\x01\x02', 'latin1'));
    return bytes;
  }
});

test('what the caller throws and aborts comes through as it is', async () => {
  const path = await folder.put(await zip({ 'a.txt': 'x'.repeat(300_000), 'b.txt': 'b' }));
  const full = new Error('no space left');
  await expect(readArchive({ path, onEntry: () => Promise.reject(full), onRefused() {} })).rejects.toBe(full);
  const stop = new AbortController();
  const reading = readArchive({
    path,
    signal: stop.signal,
    async onEntry(entry) {
      for await (const _ of await entry.open()) stop.abort(new Error('no longer wanted'));
    },
    onRefused() {},
  });
  await expect(reading).rejects.toThrow('no longer wanted');
  await expect(readArchive({ path: `${path}-gone`, onEntry: async () => {}, onRefused() {} })).rejects.toMatchObject({
    code: 'ENOENT',
  });
});
