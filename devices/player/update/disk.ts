import { mkdir, open, readdir, readFile, readlink, rename, rm, stat, symlink } from 'node:fs/promises';

/** The few things that are asked of the file system, each of them one step between which the power may go. */
export interface Disk {
  /** Null: not there. */
  readText(path: string): Promise<string | null>;
  /** Names; none when the folder is not there. */
  list(path: string): Promise<string[]>;
  /** Null: no link there. */
  readLink(path: string): Promise<string | null>;
  isFile(path: string): Promise<boolean>;
  makeFolder(path: string): Promise<void>;
  /** A new file, on the disk when it resolves. Its name is so only after `syncFolder`. */
  write(path: string, content: string | Uint8Array): Promise<void>;
  link(path: string, target: string): Promise<void>;
  rename(from: string, to: string): Promise<void>;
  /** With all that is in it; nothing when it is not there. */
  remove(path: string): Promise<void>;
  syncFolder(path: string): Promise<void>;
}

const unlessMissing = (error: unknown): null => {
  const code = typeof error === 'object' && error !== null && 'code' in error ? error.code : null;
  if (code === 'ENOENT' || code === 'ENOTDIR' || code === 'EINVAL') return null;
  throw error;
};

export const nodeDisk: Disk = {
  readText: (path) => readFile(path, 'utf8').catch(unlessMissing),
  list: async (path) => (await readdir(path).catch(unlessMissing)) ?? [],
  readLink: (path) => readlink(path).catch(unlessMissing),
  isFile: async (path) => (await stat(path).catch(unlessMissing))?.isFile() ?? false,
  makeFolder: async (path) => {
    await mkdir(path, { recursive: true, mode: 0o755 });
  },
  write: async (path, content) => {
    const file = await open(path, 'w', 0o644);
    try {
      await file.writeFile(content);
      await file.sync();
    } finally {
      await file.close();
    }
  },
  link: (path, target) => symlink(target, path),
  rename,
  remove: (path) => rm(path, { recursive: true, force: true }),
  syncFolder: async (path) => {
    const folder = await open(path, 'r');
    try {
      await folder.sync();
    } finally {
      await folder.close();
    }
  },
};
