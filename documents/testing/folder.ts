import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface DocumentFolder {
  /** Stores the bytes and returns the path. */
  put(bytes: Uint8Array | string, name?: string): Promise<string>;
  remove(): Promise<void>;
}

export async function documentFolder(): Promise<DocumentFolder> {
  const path = await mkdtemp(join(tmpdir(), 'vang-documents-'));
  let count = 0;
  return {
    async put(bytes, name) {
      count += 1;
      // Stored as uploads are: the name of the sender plays no part in the path.
      const file = join(path, `${count}${name ?? ''}`);
      await writeFile(file, bytes);
      return file;
    },
    remove: () => rm(path, { recursive: true, force: true }),
  };
}
