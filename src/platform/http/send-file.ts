import { basename, dirname } from 'node:path';
import type { Response } from 'express';

/**
 * Sends a file with Range (RFC 9110 §14); headers that are set already stay. A range outside the file is 416; a reader who
 * goes away in the middle is no fault of ours. @throws when there is no such file
 */
export function sendFile(response: Response, path: string): Promise<void> {
  // Named below its folder, because express hides what has a dot anywhere in its path (`.vang` by default).
  // Ours to name, so a name with a dot in front is as good as any.
  const options = {
    root: dirname(path),
    dotfiles: 'allow' as const,
    lastModified: false,
    cacheControl: false,
    etag: false,
  };
  return new Promise((resolve, reject) => {
    response.sendFile(basename(path), options, (error?: Error) => {
      if (!error || response.headersSent) return resolve();
      if (!('status' in error) || error.status !== 416) return reject(error);
      response.status(416).end();
      resolve();
    });
  });
}

/** A file of the content store, named by its hash. */
export interface StoredFile {
  readonly path: string;
  readonly sha256: string;
  readonly type: string;
}

/**
 * Sends what somebody once uploaded: asked again, it is answered by its hash; opened by itself, nothing in it runs,
 * whatever a browser may take it for.
 * @throws missing when the store no longer has it
 */
export async function sendUpload(response: Response, { path, sha256, type }: StoredFile, missing: Error): Promise<void> {
  response.setHeader('etag', `"${sha256}"`);
  response.setHeader('content-type', type);
  response.setHeader('x-content-type-options', 'nosniff');
  response.setHeader('content-security-policy', 'sandbox');
  response.setHeader('cache-control', 'private, no-cache');
  try {
    await sendFile(response, path);
  } catch {
    throw missing;
  }
}
