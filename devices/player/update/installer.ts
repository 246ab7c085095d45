import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { dirname, join } from 'node:path';
import { createGunzip } from 'node:zlib';
import type { Layout } from './layout.js';
import { MANIFEST, type Manifest, manifest } from './manifest.js';
import { BadBundle, filesOf, type TarBounds, type TarFile } from './tar.js';

/** Many times what our own bundle needs; more is a bomb. */
const BOUNDS: TarBounds = { files: 5_000, fileBytes: 33_554_432, allBytes: 268_435_456 };

/** Puts programs on the disk. What it does not finish is not there: the choice of the launcher changes last, by one rename. */
export class Installer {
  constructor(
    private readonly layout: Layout,
    private readonly bounds = BOUNDS,
  ) {}

  /** Afterwards the launcher's next start is on trial. @throws BadBundle, or what the disk says */
  async install(release: number, bundle: string): Promise<void> {
    await this.unpack(release, bundle);
    await this.layout.setTrial({ release, starts: 0 });
  }

  /** It has shown that it works. Of the others the one before is kept. Once more changes nothing. */
  async confirm(release: number): Promise<void> {
    const { layout } = this;
    const before = await layout.current();
    if (before !== release) await layout.setCurrent(release);
    if ((await layout.trial())?.release === release) await layout.setTrial(null);
    if (before === release) return;
    for (const old of await layout.installed())
      if (old !== release && old !== before) await layout.disk.remove(layout.folderOf(old));
  }

  async abandon(release: number): Promise<void> {
    if ((await this.layout.trial())?.release === release) await this.layout.setTrial(null);
  }

  /** A version of its own in `versions`, whole or not at all. */
  async unpack(release: number, bundle: string): Promise<void> {
    const { disk, versions } = this.layout;
    // What is to be replaced must not be started any more.
    await this.layout.setTrial(null);
    if ((await this.layout.current()) === release) throw new BadBundle(`release ${release} runs already`);
    const incoming = join(versions, 'incoming');
    await disk.remove(incoming);
    await disk.makeFolder(incoming);
    try {
      await this.#fill(incoming, release, bundle);
      await disk.remove(this.layout.folderOf(release));
      await disk.rename(incoming, this.layout.folderOf(release));
      await disk.syncFolder(versions);
    } catch (error) {
      await disk.remove(incoming);
      throw error;
    }
  }

  async #fill(folder: string, release: number, bundle: string): Promise<void> {
    const { disk } = this.layout;
    const input = createReadStream(bundle);
    const tar = input.pipe(createGunzip());
    input.on('error', (error) => tar.destroy(error));
    const folders = new Set([folder]);
    try {
      const files = filesOf(asBundle(tar), this.bounds);
      const first = await files.next();
      const { files: hashes } = manifestOf(first.done ? null : first.value, release);
      const left = new Map(Object.entries(hashes));
      if (!first.done) await disk.write(join(folder, MANIFEST), first.value.bytes);
      for await (const { path, bytes } of files) {
        if (left.get(path) !== createHash('sha256').update(bytes).digest('hex'))
          throw new BadBundle(`${path}: not as the manifest says`);
        left.delete(path);
        const target = join(folder, path);
        for (let above = dirname(target); !folders.has(above); above = dirname(above)) folders.add(above);
        await disk.makeFolder(dirname(target));
        await disk.write(target, bytes);
      }
      const [missing] = left.keys();
      if (missing !== undefined) throw new BadBundle(`${missing} is missing`);
    } finally {
      input.destroy();
      tar.destroy();
    }
    for (const each of folders) await disk.syncFolder(each);
  }
}

/** What gunzip says of a file that is none. */
async function* asBundle(tar: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  try {
    yield* tar;
  } catch (error) {
    const code = typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : '';
    throw code.startsWith('Z_') ? new BadBundle('not a gzip file, or a damaged one') : error;
  }
}

function manifestOf(file: TarFile | null, release: number): Manifest {
  if (file?.path !== MANIFEST) throw new BadBundle(`${MANIFEST} is not the first file`);
  let stated: unknown;
  try {
    stated = JSON.parse(Buffer.from(file.bytes).toString());
  } catch {
    throw new BadBundle(`${MANIFEST} is not JSON`);
  }
  const parsed = manifest.safeParse(stated);
  if (!parsed.success) throw new BadBundle(`${MANIFEST}: ${parsed.error.issues[0]?.message}`);
  if (parsed.data.release !== release)
    throw new BadBundle(`it is release ${parsed.data.release}, ordered was release ${release}`);
  return parsed.data;
}
