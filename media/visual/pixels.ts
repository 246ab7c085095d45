import { VisualProblem } from './problem.js';

export const MOST_PICTURE_SIDE = 8_000;
/** A board holds the whole picture in memory, four bytes a pixel. */
const MOST_PIXELS = 40_000_000;

export interface Picture {
  readonly type: 'image/jpeg' | 'image/png' | 'image/webp';
  /** Pixels, as it is shown. */
  readonly width: number;
  readonly height: number;
  /** The picture alone: no place, no device, no comments, nothing behind its end. */
  readonly bytes: Buffer;
}

/** Called with what the header says, before anything is unpacked. */
export function demandSize(width: number, height: number): void {
  if (width < 1 || height < 1) throw new VisualProblem('picture.damaged', `${width} × ${height} pixels`);
  if (width > MOST_PICTURE_SIDE || height > MOST_PICTURE_SIDE || width * height > MOST_PIXELS)
    throw new VisualProblem('picture.tooLarge', `${width} × ${height} pixels`);
}
