/** Every way in which a picture or a video can be refused. The codes are stable: the service translates them. */
export const VISUAL_PROBLEM_CODES = [
  'picture.unknown',
  'picture.truncated',
  'picture.damaged',
  'picture.tooLarge',
  'picture.animated',
  'video.unknown',
  'video.truncated',
  'video.damaged',
  'video.noPicture',
  'video.codec',
  'video.tooLarge',
  'video.tooLong',
] as const;
export type VisualProblemCode = (typeof VISUAL_PROBLEM_CODES)[number];

/** `detail` is for the log (English); never for the screen. */
export class VisualProblem extends Error {
  override readonly name = 'VisualProblem';

  constructor(
    readonly code: VisualProblemCode,
    readonly detail: string,
  ) {
    super(`${code}: ${detail}`);
  }
}
