/**
 * Just enough of ustar (POSIX.1-1988) for our own bundles: plain files. No library, because none of ours reads tar, a general one brings
 * links, owners and extensions that would have to be refused again, and this is a page.
 */
const BLOCK = 512;

/** Not a bundle, or one that must not be unpacked. The message is for people. */
export class BadBundle extends Error {
  override readonly name = 'BadBundle';
}

export interface TarFile {
  readonly path: string;
  readonly bytes: Uint8Array;
}

export interface TarBounds {
  readonly files: number;
  readonly fileBytes: number;
  readonly allBytes: number;
}

/** Relative, and of letters that are the same everywhere. */
const SEGMENT = /^[A-Za-z0-9@._+-]{1,100}$/;
export const isInnerPath = (path: string): boolean =>
  path.length <= 255 && path.split('/').every((part) => SEGMENT.test(part) && part !== '.' && part !== '..');

/** Files in their order. Nothing of an archive is believed: each size is bounded before anything is kept. @throws BadBundle */
export async function* filesOf(tar: AsyncIterable<Uint8Array>, bounds: TarBounds): AsyncGenerator<TarFile> {
  const input = new Blocks(tar);
  let files = 0;
  let all = 0;
  for (;;) {
    const head = await input.take(BLOCK);
    if (head.every((byte) => byte === 0)) return;
    const { path, size } = headOf(head);
    files += 1;
    all += size;
    if (files > bounds.files) throw new BadBundle('too many files');
    if (size > bounds.fileBytes || all > bounds.allBytes) throw new BadBundle('too large when unpacked');
    const bytes = await input.take(size);
    await input.take((BLOCK - (size % BLOCK)) % BLOCK);
    yield { path, bytes };
  }
}

/** The same files make the same bytes: no time, no owner. */
export function tarOf(files: readonly TarFile[]): Buffer {
  const blocks = files.flatMap(({ path, bytes }) => [
    headFor(path, bytes.length),
    bytes,
    Buffer.alloc((BLOCK - (bytes.length % BLOCK)) % BLOCK),
  ]);
  return Buffer.concat([...blocks, Buffer.alloc(2 * BLOCK)]);
}

class Blocks {
  #held = Buffer.alloc(0);
  readonly #pieces: AsyncIterator<Uint8Array>;

  constructor(tar: AsyncIterable<Uint8Array>) {
    this.#pieces = tar[Symbol.asyncIterator]();
  }

  async take(bytes: number): Promise<Buffer> {
    const parts = [this.#held];
    let have = this.#held.length;
    while (have < bytes) {
      const piece = await this.#pieces.next();
      if (piece.done) throw new BadBundle('it ends too early');
      parts.push(Buffer.from(piece.value));
      have += piece.value.length;
    }
    const all = parts.length === 1 ? this.#held : Buffer.concat(parts);
    this.#held = all.subarray(bytes);
    return all.subarray(0, bytes);
  }
}

function headOf(head: Buffer): { readonly path: string; readonly size: number } {
  const text = (from: number, length: number) => head.toString('latin1', from, from + length).split('\0', 1)[0] ?? '';
  const octal = (from: number, length: number) => {
    const digits = text(from, length).trim();
    if (!/^[0-7]{1,11}$/.test(digits)) throw new BadBundle('not a tar archive');
    return Number.parseInt(digits, 8);
  };
  if (text(257, 6) !== 'ustar' || octal(148, 8) !== checksumOf(head)) throw new BadBundle('not a tar archive');
  const [name, prefix] = [text(0, 100), text(345, 155)];
  const path = prefix === '' ? name : `${prefix}/${name}`;
  const type = text(156, 1);
  if (type !== '0' && type !== '') throw new BadBundle(`${path}: not a plain file`);
  if (!isInnerPath(path)) throw new BadBundle(`not a path of a bundle: ${path.slice(0, 100)}`);
  return { path, size: octal(124, 12) };
}

function headFor(path: string, size: number): Buffer {
  // The cut that leaves the longest name that fits.
  const cut = path.length <= 100 ? -1 : path.indexOf('/', path.length - 101);
  if (!isInnerPath(path) || (path.length > 100 && (cut < 0 || cut > 155))) throw new RangeError(`no path: ${path}`);
  const head = Buffer.alloc(BLOCK);
  head.write(path.slice(cut + 1), 0, 'latin1');
  head.write('0000644\0', 100, 'latin1');
  head.write('0000000\x000000000\0', 108, 'latin1');
  head.write(`${size.toString(8).padStart(11, '0')}\0`, 124, 'latin1');
  head.write('00000000000\0', 136, 'latin1');
  head.write('0', 156, 'latin1');
  head.write('ustar\x0000', 257, 'latin1');
  if (cut >= 0) head.write(path.slice(0, cut), 345, 'latin1');
  head.write(`${checksumOf(head).toString(8).padStart(6, '0')}\0 `, 148, 'latin1');
  return head;
}

/** Of all bytes, its own field counted as spaces. */
function checksumOf(head: Uint8Array): number {
  let sum = 8 * 0x20;
  for (let at = 0; at < BLOCK; at++) if (at < 148 || at >= 156) sum += head[at] ?? 0;
  return sum;
}
