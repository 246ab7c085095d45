import { constants, open } from 'node:fs/promises';

/** A file that can be looked at in places. Reading past the end gives what there is. */
export interface Bytes {
  readonly size: number;
  read(offset: number, length: number): Promise<Buffer>;
}

/** Opens a regular file for the time of `use`. A folder, device or pipe counts as empty. */
export async function withFile<T>(path: string, use: (bytes: Bytes) => Promise<T>): Promise<T> {
  // Without waiting: opening a pipe that nobody writes to would never return.
  const file = await open(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
  try {
    const stat = await file.stat();
    return await use(
      !stat.isFile()
        ? inMemory(Buffer.alloc(0))
        : {
            size: stat.size,
            async read(offset, length) {
              const { buffer, bytesRead } = await file.read(Buffer.alloc(length), 0, length, offset);
              return buffer.subarray(0, bytesRead);
            },
          },
    );
  } finally {
    await file.close();
  }
}

export function inMemory(content: Buffer): Bytes {
  return { size: content.length, read: async (offset, length) => content.subarray(offset, offset + length) };
}
