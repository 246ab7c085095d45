import { cleanPicture, type Picture } from '../../../media/index.js';
import type { ContentStore, StoredContent } from '../storage/index.js';

export interface KeptPicture extends StoredContent {
  readonly type: Picture['type'];
  /** Pixels, as it is shown. */
  readonly width: number;
  readonly height: number;
}

/**
 * Reads a picture to its end, writes it anew without place, device and comments, and stores that file alone. The caller bounds
 * the body (`limitedBody`).
 * @returns null: there was not one byte
 * @throws VisualProblem, see `asPictureProblem`
 */
export async function keepPicture(store: ContentStore, body: AsyncIterable<Uint8Array>): Promise<KeptPicture | null> {
  const pieces: Uint8Array[] = [];
  for await (const piece of body) pieces.push(piece);
  const file = Buffer.concat(pieces);
  if (file.length === 0) return null;
  const { type, width, height, bytes } = await cleanPicture(file);
  return { ...(await store.put(bytes)), type, width, height };
}
