import { readFile } from 'node:fs/promises';
import { deflateSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { execa } from 'execa';
import { record, recordingFolder } from '../testing/recordings.js';
import { type FfmpegTool, findFfmpeg } from '../tool.js';
import { cleanPicture } from './picture.js';
import { exifWith, parts, png, pngPart, riff, segment } from './testing/pictures.js';

let tool: FfmpegTool;
let folder: Awaited<ReturnType<typeof recordingFolder>>;
const made = new Map<string, Buffer>();

beforeAll(async () => {
  tool = await findFfmpeg();
  folder = await recordingFolder();
  const make = async (name: string, extension: string, options: readonly string[] = []) => {
    const source = 'testsrc=s=321x200:d=1';
    made.set(name, await readFile(await record(tool, folder.path, extension, source, ['-frames:v', '1', ...options])));
  };
  await make('jpeg', 'jpg', ['-pix_fmt', 'yuvj420p']);
  await make('png', 'png');
  await make('palette', 'png', ['-pix_fmt', 'pal8']);
  await make('webp', 'webp', ['-lossless', '0']);
  await make('lossless webp', 'webp', ['-lossless', '1']);
  await make('gif', 'gif');
});
afterAll(() => folder.remove());

const file = (name: string): Buffer => made.get(name) as Buffer;
/** What a player sees, as raw pixels, decoded by ffmpeg. */
async function pixels(bytes: Buffer): Promise<Buffer> {
  const args = ['-v', 'error', '-xerror', '-i', 'pipe:0', '-f', 'rawvideo', '-pix_fmt', 'rgba', 'pipe:1'];
  const { stdout } = await execa(tool.path, args, { input: bytes, encoding: 'buffer', stripFinalNewline: false });
  return Buffer.from(stdout);
}
const refused = async (bytes: Buffer, code: string) =>
  expect(cleanPicture(bytes)).rejects.toMatchObject({ name: 'VisualProblem', code });

describe('pictures that boards show', () => {
  it.each([
    ['jpeg', 'image/jpeg'],
    ['png', 'image/png'],
    ['palette', 'image/png'],
    ['webp', 'image/webp'],
    ['lossless webp', 'image/webp'],
  ])('a %s keeps its pixels and has its size read from its own structure', async (name, type) => {
    const clean = await cleanPicture(file(name));
    expect(clean).toMatchObject({ type, width: 321, height: 200 });
    expect((await pixels(clean.bytes)).equals(await pixels(file(name)))).toBe(true);
    expect((await cleanPicture(clean.bytes)).bytes.equals(clean.bytes)).toBe(true);
  });

  it('every kind of PNG is counted right: depths, colours, interlaced or not', async () => {
    for (const [type, depths, samples] of [
      [0, [1, 2, 4, 8, 16], 1],
      [2, [8, 16], 3],
      [4, [8, 16], 2],
      [6, [8, 16], 4],
    ] as const)
      for (const depth of depths) {
        const row = 1 + Math.ceil((13 * depth * samples) / 8);
        const { width, height } = await cleanPicture(
          png({ width: 13, height: 7, depth, type, raw: Buffer.alloc(row * 7) }),
        );
        expect([width, height]).toEqual([13, 7]);
      }
    // 8 × 8 grey pixels in seven passes: 1, 1, 2, 4, 8, 16 and 32 pixels in 1, 1, 1, 2, 2, 4 and 4 rows.
    const raw = Buffer.alloc(64 + 15);
    await expect(cleanPicture(png({ width: 8, height: 8, interlace: 1, raw }))).resolves.toMatchObject({ width: 8 });
    await refused(png({ width: 8, height: 8, interlace: 1, raw: raw.subarray(1) }), 'picture.truncated');
  });
});

describe('what a telephone writes into a photograph does not reach a board', () => {
  const secret = 'GPS 11.53N 106.88E iPhone of Hoa <script>alert(1)</script>';

  it('JPEG: Exif, XMP, comments, thumbnails and whatever stands behind the end', async () => {
    const [start, rest] = [file('jpeg').subarray(0, 2), file('jpeg').subarray(2)];
    const told = Buffer.concat([
      start,
      segment(0xe1, Buffer.from(`Exif\0\0MM\0*\0\0\0\x08\0\0${secret}`, 'latin1')),
      segment(0xe1, Buffer.from(`http://ns.adobe.com/xap/1.0/\0${secret}`)),
      segment(0xed, Buffer.from(secret)),
      segment(0xfe, Buffer.from(secret)),
      rest,
      Buffer.from(secret),
    ]);
    const { bytes } = await cleanPicture(told);
    expect(bytes.includes('<script>')).toBe(false);
    expect(bytes.equals((await cleanPicture(file('jpeg'))).bytes)).toBe(true);
  });

  it.each([
    ['II', 6, 200, 321],
    ['MM', 3, 321, 200],
  ] as const)('JPEG: a %s mark of the side that is up (%i) stays, alone', async (order, orientation, width, height) => {
    const turned = Buffer.concat([
      file('jpeg').subarray(0, 2),
      segment(0xe1, exifWith(order, orientation, secret)),
      file('jpeg').subarray(2),
    ]);
    const clean = await cleanPicture(turned);
    expect([clean.width, clean.height]).toEqual([width, height]);
    expect(clean.bytes.includes('GPS')).toBe(false);
    expect((await cleanPicture(clean.bytes)).bytes.equals(clean.bytes)).toBe(true);
    expect((await cleanPicture(clean.bytes)).width).toBe(width);
  });

  it('PNG: texts, time, Exif, unknown parts, what is hidden behind the pixels or the end', async () => {
    const [head, ...rest] = parts(file('png'));
    const plain = await cleanPicture(file('png'));
    const told = Buffer.concat([
      file('png').subarray(0, 8),
      head as Buffer,
      ...['tEXt', 'zTXt', 'iTXt', 'eXIf', 'tIME', 'prVt'].map((name) => pngPart(name, Buffer.from(secret))),
      ...rest,
      Buffer.from(secret),
    ]);
    const { bytes } = await cleanPicture(told);
    expect(bytes.equals(plain.bytes)).toBe(true);
    const hidden = png({ width: 2, height: 1, raw: Buffer.alloc(3), behind: Buffer.from(secret) });
    expect((await cleanPicture(hidden)).bytes.includes('GPS')).toBe(false);
  });

  it('WebP: Exif and XMP, and the marks in the header that announce them', async () => {
    const picture = file('webp').subarray(12);
    const header = Buffer.from('0c00000040010000c700'.padEnd(20, '0'), 'hex');
    header.writeUIntLE(320, 4, 3);
    header.writeUIntLE(199, 7, 3);
    const told = riff([
      ['VP8X', header],
      ['raw', picture],
      ['EXIF', Buffer.from(secret)],
      ['XMP ', Buffer.from(secret)],
    ]);
    const { bytes } = await cleanPicture(told);
    expect(bytes.includes('GPS')).toBe(false);
    expect(bytes.readUInt8(20)).toBe(0);
    expect((await pixels(bytes)).equals(await pixels(file('webp')))).toBe(true);
  });
});

describe('bad pictures', () => {
  it.each([
    ['nothing', Buffer.alloc(0)],
    ['SVG', Buffer.from('<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"><script/></svg>')],
    ['HTML', Buffer.from('<!doctype html><script>alert(1)</script>')],
    ['a playlist', Buffer.from('#EXTM3U\nfile:///etc/passwd')],
    ['PDF', Buffer.from('%PDF-1.7')],
  ])('%s is no picture', async (_, bytes) => refused(bytes, 'picture.unknown'));

  it('a GIF is no picture here, whatever its name', async () => refused(file('gif'), 'picture.unknown'));

  it.each(['jpeg', 'png', 'webp', 'lossless webp'])('a %s that was cut off anywhere is refused', async (name) => {
    const whole = file(name);
    for (let length = 21; length < whole.length; length += Math.ceil(whole.length / 97))
      await expect(cleanPicture(whole.subarray(0, length))).rejects.toMatchObject({
        code: expect.stringMatching(/^picture\.(truncated|damaged|unknown)$/),
      });
    await refused(whole.subarray(0, whole.length - 2), 'picture.truncated');
  });

  it('a PNG of 30,000 × 30,000 in 100 kB is refused by its header, before anything is unpacked', async () => {
    const bomb = png({ width: 30_000, height: 30_000, raw: Buffer.alloc(0), packed: Buffer.alloc(100_000) });
    expect(bomb.length).toBeLessThan(101_000);
    await refused(bomb, 'picture.tooLarge');
    await refused(png({ width: 7_000, height: 7_000, raw: Buffer.alloc(1) }), 'picture.tooLarge');
  });

  it('a PNG that says 10 × 10 and unpacks to 500 MB is refused at the first pixel too many', async () => {
    const packed = deflateSync(Buffer.alloc(64 * 1024 ** 2));
    const started = process.memoryUsage().rss;
    for (let turn = 0; turn < 8; turn++)
      await refused(png({ width: 10, height: 10, raw: Buffer.alloc(0), packed }), 'picture.damaged');
    expect(process.memoryUsage().rss - started).toBeLessThan(200 * 1024 ** 2);
  });

  it.each([
    ['a checksum that does not hold', () => flip(file('png'), 40)],
    ['no palette', () => png({ width: 1, height: 1, type: 3, raw: Buffer.alloc(2) })],
    ['a colour type that does not exist', () => png({ width: 1, height: 1, type: 5, raw: Buffer.alloc(2) })],
    ['no width', () => png({ width: 0, height: 1, raw: Buffer.alloc(1) })],
    [
      'pixels that do not unpack',
      () => png({ width: 1, height: 1, raw: Buffer.alloc(0), packed: Buffer.from('xxxx') }),
    ],
  ])('a PNG with %s is damaged', async (_, make) => refused(make(), 'picture.damaged'));

  it('an animated PNG or WebP is not shown', async () => {
    const [head, ...rest] = parts(file('png'));
    const animated = [file('png').subarray(0, 8), head as Buffer, pngPart('acTL', Buffer.alloc(8)), ...rest];
    await refused(Buffer.concat(animated), 'picture.animated');
    const header = Buffer.from('02000000400100c70000', 'hex');
    await refused(riff([['VP8X', header]]), 'picture.animated');
  });

  it('a JPEG of 65,500 pixels, without a picture, or with a hundred thousand scans is refused', async () => {
    const whole = file('jpeg');
    const frame = whole.indexOf(Buffer.from('ffc0', 'hex'));
    const wide = Buffer.from(whole);
    wide.writeUInt16BE(65_500, frame + 7);
    await refused(wide, 'picture.tooLarge');
    await refused(Buffer.from('ffd8ffd9', 'hex'), 'picture.damaged');
    const scan = Buffer.concat([segment(0xda, Buffer.from('010100003f00', 'hex')), Buffer.from([0])]);
    const scans = Buffer.concat([
      whole.subarray(0, whole.length - 2),
      ...Array(100_000).fill(scan),
      whole.subarray(-2),
    ]);
    await refused(scans, 'picture.damaged');
  });

  it('a file that is JPEG and HTML at once comes out as JPEG alone', async () => {
    const html = Buffer.from('<!doctype html><script>alert(document.cookie)</script>');
    const both = Buffer.concat([file('jpeg').subarray(0, 2), segment(0xfe, html), file('jpeg').subarray(2), html]);
    expect((await cleanPicture(both)).bytes.includes('<script>')).toBe(false);
    await refused(Buffer.concat([html, file('jpeg')]), 'picture.unknown');
  });

  it('random damage is refused or harmless, never a crash', async () => {
    let seed = 7;
    const random = (below: number) => {
      seed = (seed * 1_103_515_245 + 12_345) % 2 ** 31;
      return seed % below;
    };
    for (const name of ['jpeg', 'png', 'webp', 'lossless webp'])
      for (let turn = 0; turn < 150; turn++) {
        const bytes = Buffer.from(file(name));
        for (let hit = 0; hit < 3; hit++) bytes[random(Math.min(bytes.length, 400))] = random(256);
        await cleanPicture(bytes).catch((error: unknown) => expect(error).toMatchObject({ name: 'VisualProblem' }));
      }
  });
});

function flip(bytes: Buffer, at: number): Buffer {
  const changed = Buffer.from(bytes);
  changed.writeUInt8((changed[at] ?? 0) ^ 0xff, at);
  return changed;
}
