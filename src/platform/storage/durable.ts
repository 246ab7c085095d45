import { createHash } from 'node:crypto';
import { type FileHandle, open } from 'node:fs/promises';

/** Writes what comes, piece by piece. @returns what it came to */
export async function copyHashed(
  source: AsyncIterable<Uint8Array>,
  file: FileHandle,
): Promise<{ readonly sha256: string; readonly bytes: number }> {
  const hash = createHash('sha256');
  let bytes = 0;
  for await (const chunk of source) {
    hash.update(chunk);
    bytes += chunk.byteLength;
    await file.writeFile(chunk); // at the current position, and all of it, which write() does not promise
  }
  return { sha256: hash.digest('hex'), bytes };
}

/** A file that was renamed into a folder is there after a power cut only when the folder is on the disk too. */
export async function syncFolder(path: string): Promise<void> {
  if (process.platform === 'win32') return; // cannot open a folder; NTFS journals the rename
  const folder = await open(path, 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}
