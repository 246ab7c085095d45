import type { IncomingBody } from '../../platform/http/index.js';
import { asPictureProblem, type KeptPicture, keepPicture } from '../../platform/pictures/index.js';
import { BrokenBody, type ContentStore, limitedBody } from '../../platform/storage/index.js';
import { photoProblem } from './problems.js';

const MOST_PHOTO_MB = 10;

/** A picture as the body of a request: bounded, cleaned of place and device, stored. Nothing is kept of one that is refused. */
export async function pictureOf(store: ContentStore, upload: IncomingBody): Promise<KeptPicture> {
  if (!/^image\/[\w.+-]+$|^application\/octet-stream$/i.test(upload.type)) throw photoProblem('photo.type');
  const tooLarge = () => photoProblem('photo.tooLarge', { most: MOST_PHOTO_MB });
  if (upload.bytes !== null && upload.bytes > MOST_PHOTO_MB * 1_000_000) throw tooLarge();
  try {
    const kept = await keepPicture(store, limitedBody(upload.body, MOST_PHOTO_MB * 1_000_000, tooLarge));
    if (kept === null) throw photoProblem('photo.empty');
    return kept;
  } catch (error) {
    throw error instanceof BrokenBody ? photoProblem('photo.broken') : asPictureProblem(error);
  }
}
