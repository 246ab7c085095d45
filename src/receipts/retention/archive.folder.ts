import { createHash } from 'node:crypto';
import { mkdir, open, readFile, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { Inject, Injectable } from '@nestjs/common';
import { copyHashed, type StoredContent, syncFolder } from '../../platform/storage/index.js';
import { retentionProblem } from './problems.js';
import { RETENTION_SETTINGS, type RetentionSettings } from './settings.js';

/** Names that the service gave, and no way out of the folder (invariant 12). */
const NAME = /^luu-tru-\d{8}-[0-9a-z]{26}\.zip$/;
/** One process writes at a time, so one name does; what a crash left of it is overwritten. */
const UNDER_WAY = 'dang-ghi.part';

/** @param madeAtMs UTC epoch; the name has the local day */
export function archiveName(id: string, madeAtMs: number): string {
  const day = new Date(madeAtMs + 7 * 3_600_000).toISOString().slice(0, 10).replaceAll('-', '');
  return `luu-tru-${day}-${id}.zip`;
}

/** Files of what left the database. A file that has its name is whole and on the disk. */
@Injectable()
export class ArchiveFolder {
  constructor(@Inject(RETENTION_SETTINGS) private readonly settings: RetentionSettings) {}

  path(name: string): string {
    if (!NAME.test(name)) throw new RangeError(`no name of an archive: ${name}`);
    return join(this.settings.folder, name);
  }

  /** Returns when the file is on the disk, to survive a loss of power. @throws retention.diskFull */
  async write(name: string, content: AsyncIterable<Uint8Array>): Promise<StoredContent> {
    const path = this.path(name);
    const { folder } = this.settings;
    const underWay = join(folder, UNDER_WAY);
    try {
      await mkdir(folder, { recursive: true });
      const file = await open(underWay, 'w', 0o640);
      let written: StoredContent;
      try {
        written = await copyHashed(content, file);
        await file.sync();
      } finally {
        await file.close();
      }
      await rename(underWay, path);
      await syncFolder(folder);
      return written;
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code !== 'ENOSPC' && code !== 'EDQUOT') throw error;
      // What is half there takes the room that somebody has to make.
      await rm(underWay, { force: true });
      throw retentionProblem('retention.diskFull');
    }
  }

  /** A file as it was kept. @throws retention.archiveGone, retention.archiveAltered */
  async read({ name, sha256 }: { readonly name: string; readonly sha256: string | null }): Promise<Uint8Array> {
    let bytes: Buffer;
    try {
      bytes = await readFile(this.path(name));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') throw retentionProblem('retention.archiveGone', { name });
      throw error;
    }
    if (createHash('sha256').update(bytes).digest('hex') !== sha256)
      throw retentionProblem('retention.archiveAltered', { name });
    return bytes;
  }

  /** Of the size that was written. */
  async has({ name, bytes }: { readonly name: string; readonly bytes: number | null }): Promise<boolean> {
    try {
      return (await stat(this.path(name))).size === bytes;
    } catch {
      return false;
    }
  }

  async remove(name: string): Promise<void> {
    await rm(this.path(name), { force: true });
  }
}
