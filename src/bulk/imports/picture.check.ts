import { readFile } from 'node:fs/promises';
import { cleanPicture, VisualProblem } from '../../../media/index.js';
import type { ArchivedItem } from '../../library/index.js';
import type { ContentStore } from '../../platform/storage/index.js';

const MOST_PICTURE_BYTES = 10_000_000;

/**
 * Whether each picture is what cleaning would make of it, so that an export brings in nothing that an upload could not:
 * cleaning what is clean changes nothing.
 */
export async function picturesAreClean(store: ContentStore, { versions }: ArchivedItem): Promise<boolean> {
  for (const { content } of versions) {
    if (content?.kind !== 'picture') continue;
    const found = await store.stat(content.sha256);
    if (!found || found.bytes !== content.bytes || found.bytes > MOST_PICTURE_BYTES) return false;
    const file = await readFile(store.path(content.sha256));
    try {
      const { bytes, type, width, height } = await cleanPicture(file);
      const same = type === content.type && width === content.width && height === content.height;
      if (!same || !bytes.equals(file)) return false;
    } catch (error) {
      if (error instanceof VisualProblem) return false;
      throw error;
    }
  }
  return true;
}
