import { createHash } from 'node:crypto';
import { open, rename } from 'node:fs/promises';
import { createServer } from 'node:net';
import { dirname, resolve } from 'node:path';

export const isFullDisk = (error: unknown): boolean =>
  typeof error === 'object' && error !== null && 'code' in error && /^(ENOSPC|EDQUOT)$/.test(String(error.code));

/** A rename is durable only once its folder is. */
export async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Whole or not at all, whenever the power goes: temporary file, fsync, rename, fsync of the folder. */
export async function writeWhole(path: string, content: string | Uint8Array, mode: number): Promise<void> {
  const temporary = `${path}.new`;
  const handle = await open(temporary, 'w', mode);
  try {
    await handle.writeFile(content);
    await handle.chmod(mode);
    await handle.sync();
  } finally {
    await handle.close();
  }
  await rename(temporary, path);
  await syncFolder(dirname(path));
}

/**
 * Two players on one folder would write into each other's journal. An abstract socket (Linux) is a lock that the kernel
 * gives back however the process ends. Resolves to its release; rejects with EADDRINUSE when another player holds it.
 */
export async function lockFolder(folder: string): Promise<() => Promise<void>> {
  const name = createHash('sha256').update(resolve(folder)).digest('hex').slice(0, 32);
  const server = createServer((socket) => socket.destroy());
  await new Promise<void>((done, refuse) => server.once('error', refuse).listen(`\0vang-player-${name}`, done));
  server.unref();
  return () => new Promise((done) => server.close(() => done()));
}
