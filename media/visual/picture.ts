import { cleanJpeg, isJpeg } from './jpeg.js';
import type { Picture } from './pixels.js';
import { cleanPng, isPng } from './png.js';
import { VisualProblem } from './problem.js';
import { cleanWebp, isWebp } from './webp.js';

/**
 * A picture by its content, written anew from the parts that show it. Its pixels are not coded again: nothing is lost, and the
 * same file gives the same bytes. SVG, GIF, HTML and whatever else are no pictures here.
 * @throws VisualProblem
 */
export async function cleanPicture(file: Buffer): Promise<Picture> {
  if (isJpeg(file)) return cleanJpeg(file);
  if (isPng(file)) return cleanPng(file);
  if (isWebp(file)) return cleanWebp(file);
  throw new VisualProblem('picture.unknown', 'neither JPEG nor PNG nor WebP');
}
